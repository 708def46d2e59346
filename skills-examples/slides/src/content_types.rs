//! `[Content_Types].xml`: what each part is (ECMA-376 part 2, section 10.1).

use std::collections::BTreeMap;

use office_parts::xml::{attribute, elements, escape, parse};

/// The part's name in the zip.
pub(crate) const NAME: &str = "[Content_Types].xml";

/// What the parts of a document are.
#[derive(Debug, Clone, Default)]
pub(crate) struct ContentTypes {
    /// By the ending of the part's name, in lower case.
    endings: BTreeMap<String, String>,
    /// By the part's name.
    parts: BTreeMap<String, String>,
}

impl ContentTypes {
    /// Reads the part.
    pub(crate) fn read(xml: &str) -> Result<ContentTypes, &'static str> {
        let nodes = parse(xml)?;
        let root = elements(&nodes).find(|element| element.name == "Types");
        let mut types = ContentTypes::default();
        for node in root.map_or(&[][..], |root| root.children.as_slice()) {
            let Some(tag) = node.tag() else { continue };
            let get = |name| attribute(tag, name).ok_or("a content type is incomplete");
            match node.name() {
                Some("Default") => {
                    let ending = get("Extension")?.to_ascii_lowercase();
                    types.endings.insert(ending, get("ContentType")?);
                }
                Some("Override") => {
                    let part = get("PartName")?.trim_start_matches('/').to_owned();
                    types.parts.insert(part, get("ContentType")?);
                }
                _ => {}
            }
        }
        Ok(types)
    }

    /// Returns what a part is.
    pub(crate) fn of(&self, part: &str) -> Option<&str> {
        let by_ending = || self.endings.get(&ending(part));
        self.parts.get(part).or_else(by_ending).map(String::as_str)
    }

    /// Says what a part is.
    pub(crate) fn set(&mut self, part: &str, content_type: &str) {
        self.parts.remove(part);
        if self.of(part) != Some(content_type) {
            self.parts.insert(part.to_owned(), content_type.to_owned());
        }
    }

    /// Says what parts of an ending are, where nothing is said yet.
    pub(crate) fn set_ending(&mut self, ending: &str, content_type: &str) {
        let said = self.endings.entry(ending.to_owned());
        said.or_insert_with(|| content_type.to_owned());
    }

    /// Writes the part for the parts that there are.
    pub(crate) fn write<'p>(&self, parts: impl Iterator<Item = &'p String> + Clone) -> String {
        let mut out = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">",
        );
        for (name, content_type) in &self.endings {
            let used = parts.clone().any(|part| ending(part) == *name);
            if used || name == "rels" || name == "xml" {
                let (name, content_type) = (escape(name), escape(content_type));
                out += &format!("<Default Extension=\"{name}\" ContentType=\"{content_type}\"/>");
            }
        }
        for part in parts {
            if let Some(content_type) = self.parts.get(part) {
                let (name, content_type) = (escape(part), escape(content_type));
                out += &format!("<Override PartName=\"/{name}\" ContentType=\"{content_type}\"/>");
            }
        }
        out + "</Types>"
    }
}

fn ending(part: &str) -> String {
    let file = part.rsplit('/').next().unwrap_or(part);
    file.rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase())
        .unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_not_named() {
        let xml = "<Types><Default Extension=\"PNG\" ContentType=\"image/png\"/>\
                   <Override PartName=\"/a.xml\" ContentType=\"t/a+xml\"/>\
                   <Override PartName=\"/b.xml\" ContentType=\"t/b+xml\"/></Types>";
        let mut types = ContentTypes::read(xml).unwrap();
        assert_eq!(types.of("ppt/x.Png"), Some("image/png"));
        assert_eq!(types.of("c.xml"), None);
        types.set("ppt/y.png", "image/png");
        types.set("c.xml", "t/c+xml");
        let out = types.write([String::from("b.xml"), String::from("c.xml")].iter());
        assert!(!out.contains("a.xml") && !out.contains("png"), "{out}");
        assert!(out.contains("/b.xml") && out.contains("t/c+xml"), "{out}");
    }
}
