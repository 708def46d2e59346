//! Relationships: what a part leads to (ECMA-376 part 2, section 9.3).

use office_parts::xml::{attribute, elements, escape, parse};

/// A relationship of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rel {
    /// Its id, unique in the part that it leads from.
    pub(crate) id: String,
    /// Its type: an address whose last segment says what it is.
    pub(crate) kind: String,
    pub(crate) target: Target,
}

/// Where a relationship leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// To a part, by its name in the zip.
    Part(String),
    /// Out of the document, to an address.
    Outside(String),
}

/// Why relationships cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BadRels {
    Broken(&'static str),
    /// A target that climbs out of the document.
    Escapes(String),
}

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";

impl Rel {
    /// Returns a relationship to a part.
    pub(crate) fn new(id: &str, kind: &str, part: &str) -> Rel {
        Rel {
            id: id.to_owned(),
            kind: match kind {
                "core-properties" => {
                    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties".to_owned()
                }
                kind => format!("{OFFICE}{kind}"),
            },
            target: Target::Part(part.to_owned()),
        }
    }

    /// Returns whether it is of a kind, such as `slideLayout`.
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.kind.rsplit('/').next() == Some(kind)
    }

    /// Returns the part that it leads to.
    pub(crate) fn part(&self) -> Option<&str> {
        match &self.target {
            Target::Part(part) => Some(part),
            Target::Outside(_) => None,
        }
    }
}

/// Returns the id that follows on those that are used.
pub(crate) fn free_id(rels: &[Rel]) -> String {
    let used = |id: &str| rels.iter().any(|rel| rel.id == id);
    (rels.len() + 1..)
        .map(|number| format!("rId{number}"))
        .find(|id| !used(id))
        .expect("more numbers than relationships")
}

/// Returns the part whose relationships are in this part; none where it holds none.
pub(crate) fn source_of(name: &str) -> Option<String> {
    let stem = name.strip_suffix(".rels")?;
    let (folder, file) = stem.rsplit_once('/')?;
    let folder = folder.strip_suffix("_rels")?;
    Some(format!("{folder}{file}"))
}

/// Returns the name of the part that holds a part's relationships.
pub(crate) fn name_of(source: &str) -> String {
    let (folder, file) = source
        .rsplit_once('/')
        .map_or(("", source), |(a, b)| (a, b));
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}_rels/{file}.rels")
}

/// Reads the relationships of the part `source`.
pub(crate) fn read(source: &str, xml: &str) -> Result<Vec<Rel>, BadRels> {
    let nodes = parse(xml).map_err(BadRels::Broken)?;
    let root = elements(&nodes).find(|element| element.name == "Relationships");
    let mut rels: Vec<Rel> = Vec::new();
    for node in root.map_or(&[][..], |root| root.children.as_slice()) {
        let Some(tag) = node.tag() else { continue };
        let get =
            |name| attribute(tag, name).ok_or(BadRels::Broken("a relationship is incomplete"));
        let (id, target) = (get("Id")?, get("Target")?);
        if rels.iter().any(|rel| rel.id == id) {
            return Err(BadRels::Broken("two relationships have one id"));
        }
        let target = match attribute(tag, "TargetMode").as_deref() {
            Some("External") => Target::Outside(target),
            _ => Target::Part(resolve(source, &target)?),
        };
        rels.push(Rel {
            id,
            kind: get("Type")?,
            target,
        });
    }
    Ok(rels)
}

/// Returns the name of the part that a target names.
fn resolve(source: &str, target: &str) -> Result<String, BadRels> {
    let escapes = || BadRels::Escapes(target.chars().take(100).collect());
    if target.contains(['\\', ':', '%', '?', '#']) {
        return Err(escapes());
    }
    let (mut path, target): (Vec<&str>, _) = match target.strip_prefix('/') {
        Some(rest) => (Vec::new(), rest),
        None => (source.split('/').collect(), target),
    };
    if !path.is_empty() {
        path.pop();
    }
    for segment in target.split('/') {
        match segment {
            "" => return Err(escapes()),
            "." => {}
            ".." => {
                path.pop().ok_or_else(escapes)?;
            }
            segment => path.push(segment),
        }
    }
    Ok(path.join("/"))
}

/// Writes the relationships of the part `source`.
pub(crate) fn write(source: &str, rels: &[Rel]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
    );
    for rel in rels {
        let (target, mode) = match &rel.target {
            Target::Part(part) => (relative(source, part), ""),
            Target::Outside(address) => (address.clone(), " TargetMode=\"External\""),
        };
        let (id, kind, target) = (escape(&rel.id), escape(&rel.kind), escape(&target));
        out += &format!("<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{target}\"{mode}/>");
    }
    out + "</Relationships>"
}

/// Returns the way from a part to another.
fn relative(source: &str, part: &str) -> String {
    let mut from: Vec<&str> = source.split('/').collect();
    from.pop();
    let to: Vec<&str> = part.split('/').collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let shared = shared.min(to.len() - 1);
    let mut way = vec![".."; from.len() - shared];
    way.extend(&to[shared..]);
    way.join("/")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn check(source: &str, target: &str, expected: Option<&str>) {
        assert_eq!(
            resolve(source, target).ok().as_deref(),
            expected,
            "{target}"
        );
    }

    #[test]
    fn a_target_stays_in_the_document() {
        let slide = "ppt/slides/slide1.xml";
        check(slide, "../media/a.png", Some("ppt/media/a.png"));
        check(slide, "/ppt/media/a.png", Some("ppt/media/a.png"));
        check("", "ppt/presentation.xml", Some("ppt/presentation.xml"));
        for target in [
            "../../../a",
            "..\\a",
            "file:///etc/passwd",
            "//host/a",
            "a%2f..",
            "",
        ] {
            check(slide, target, None);
        }
    }

    #[test]
    fn relationships_are_written_as_they_were_read() {
        let xml = "<Relationships><Relationship Id=\"rId1\" Type=\"t/image\" Target=\"../media/a&amp;b.png\"/>\
                   <Relationship Id=\"x\" Type=\"t/hyperlink\" Target=\"https://a.de/?b=1&amp;c\" TargetMode=\"External\"/></Relationships>";
        let source = "ppt/slides/slide1.xml";
        let rels = read(source, xml).unwrap();
        assert_eq!(rels[0].part(), Some("ppt/media/a&b.png"));
        assert!(rels[1].is("hyperlink"));
        assert_eq!(read(source, &write(source, &rels)).unwrap(), rels);
        assert_eq!(relative("ppt/a.xml", "docProps/b.xml"), "../docProps/b.xml");
        assert_eq!(relative("", "ppt/a.xml"), "ppt/a.xml");
        assert_eq!(free_id(&rels), "rId3");
    }

    #[test]
    fn names_of_relationship_parts() {
        assert_eq!(source_of("_rels/.rels").as_deref(), Some(""));
        assert_eq!(name_of(""), "_rels/.rels");
        let slide = "ppt/slides/slide1.xml";
        assert_eq!(source_of(&name_of(slide)).as_deref(), Some(slide));
        assert_eq!(source_of("ppt/a.rels"), None);
    }
}
