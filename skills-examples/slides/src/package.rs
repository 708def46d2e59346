//! A deck as parts and relationships (ECMA-376 part 2).
//!
//! What is opened is checked: every relationship leads to a part that is there and whose kind is
//! said, and XML declares no document type. What is written are the parts that something leads to.

use std::collections::{BTreeMap, BTreeSet};

use office_parts::archive::{Limits, Part, read, write_storing};
use office_parts::xml::parse;

use crate::content_types::{self, ContentTypes};
use crate::error::DeckError;
use crate::rels::{self, BadRels, Rel, Target};

/// Most bytes of a deck as it comes, and as it is written.
pub(crate) const DECK_BYTES_MAX: u64 = 16 << 20;
/// How much a deck may hold.
pub(crate) const UNPACKED: Limits = Limits {
    unpacked_bytes: 32 << 20,
    parts: 3000,
};

/// The parts of a deck.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    parts: BTreeMap<String, Vec<u8>>,
    /// By the part that they lead from; the package's own under an empty name.
    rels: BTreeMap<String, Vec<Rel>>,
    pub(crate) types: ContentTypes,
    /// The number of the last part that was named, by what stands before it.
    last: BTreeMap<String, usize>,
}

impl Package {
    /// Opens a deck.
    pub(crate) fn open(bytes: &[u8]) -> Result<Package, DeckError> {
        let mut package = Package {
            parts: BTreeMap::new(),
            rels: BTreeMap::new(),
            types: ContentTypes::default(),
            last: BTreeMap::new(),
        };
        let mut names = BTreeSet::new();
        for part in read(bytes, UNPACKED).map_err(DeckError::template)? {
            if !names.insert(part.name.to_ascii_lowercase()) {
                return Err(broken(&part.name, "it is there twice"));
            }
            if part.name == content_types::NAME {
                let types = ContentTypes::read(utf8(&part.name, &part.bytes)?);
                package.types = types.map_err(|why| broken(&part.name, why))?;
            } else if let Some(source) = rels::source_of(&part.name) {
                let found = rels::read(&source, utf8(&part.name, &part.bytes)?);
                let found = found.map_err(|why| bad_rels(&part.name, why))?;
                package.rels.insert(source, found);
            } else {
                package.parts.insert(part.name, part.bytes);
            }
        }
        package.check()?;
        Ok(package)
    }

    /// Refuses what leads nowhere, is of no kind, or is no plain XML.
    fn check(&self) -> Result<(), DeckError> {
        for name in self.reachable()? {
            let Some(kind) = self.types.of(name) else {
                return Err(broken(name, "nothing says what it is"));
            };
            if kind.ends_with("+xml") || kind.ends_with("/xml") {
                parse(self.text(name)?).map_err(|why| broken(name, why))?;
            }
        }
        Ok(())
    }

    /// Returns the parts that something leads to, sorted.
    fn reachable(&self) -> Result<BTreeSet<&str>, DeckError> {
        let mut found = BTreeSet::new();
        let mut next = vec![""];
        while let Some(source) = next.pop() {
            for part in self.rels(source).iter().filter_map(Rel::part) {
                let Some((name, _)) = self.parts.get_key_value(part) else {
                    let part: String = part.chars().take(100).collect();
                    return Err(broken(
                        source,
                        &format!("it leads to {part}, which is not there"),
                    ));
                };
                if found.insert(name.as_str()) {
                    next.push(name);
                }
            }
        }
        Ok(found)
    }

    /// Refuses macros, and what a program would load from outside as soon as it opens the deck.
    /// Links that a person follows are left alone.
    pub(crate) fn refuse_unsafe(&self) -> Result<(), DeckError> {
        for name in self.reachable()? {
            let kind = self.types.of(name).unwrap_or_default();
            if kind.contains("macroEnabled")
                || kind.contains("vbaProject")
                || kind.contains("activeX")
            {
                return Err(DeckError::Unsafe(format!("{name} holds a program")));
            }
        }
        for (source, rels) in &self.rels {
            let loads =
                |rel: &&Rel| matches!(rel.target, Target::Outside(_)) && !rel.is("hyperlink");
            if let Some(rel) = rels.iter().find(loads) {
                let kind: String = rel
                    .kind
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .chars()
                    .take(40)
                    .collect();
                let what = format!("{source} loads its {kind} from outside");
                return Err(DeckError::Unsafe(what));
            }
        }
        Ok(())
    }

    /// Returns a part's bytes; none where there are none.
    pub(crate) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.parts.get(name).map(Vec::as_slice)
    }

    /// Returns a part as text.
    pub(crate) fn text(&self, name: &str) -> Result<&str, DeckError> {
        let bytes = self
            .bytes(name)
            .ok_or_else(|| broken(name, "it is not there"))?;
        utf8(name, bytes)
    }

    /// Returns the relationships of a part; those of the package for an empty name.
    pub(crate) fn rels(&self, source: &str) -> &[Rel] {
        self.rels.get(source).map_or(&[], Vec::as_slice)
    }

    /// Returns the first part of a kind that a part leads to.
    pub(crate) fn led(&self, source: &str, kind: &str) -> Option<&str> {
        let found = self.rels(source).iter().find(|rel| rel.is(kind));
        found.and_then(Rel::part)
    }

    /// Adds or replaces a part.
    pub(crate) fn put(&mut self, name: &str, kind: &str, bytes: Vec<u8>, rels: Vec<Rel>) {
        self.types.set(name, kind);
        self.parts.insert(name.to_owned(), bytes);
        self.set_rels(name, rels);
    }

    /// Replaces a part's text.
    pub(crate) fn set_text(&mut self, name: &str, text: String) {
        self.parts.insert(name.to_owned(), text.into_bytes());
    }

    /// Replaces the relationships of a part.
    pub(crate) fn set_rels(&mut self, source: &str, rels: Vec<Rel>) {
        self.rels.insert(source.to_owned(), rels);
    }

    /// Removes a part.
    pub(crate) fn remove(&mut self, name: &str) {
        self.parts.remove(name);
        self.rels.remove(name);
    }

    /// Returns a name that no part has, such as `ppt/media/image3.png`.
    pub(crate) fn free_name(&mut self, stem: &str, ending: &str) -> String {
        let last = self.last.entry(format!("{stem}.{ending}")).or_default();
        loop {
            *last += 1;
            let name = format!("{stem}{last}.{ending}");
            if !self.parts.contains_key(&name) {
                return name;
            }
        }
    }

    /// Copies a part with the parts that it leads to, and returns the copy's name. `copies` holds
    /// what was copied; `shared` says which relationships lead both copies to one part.
    pub(crate) fn copy(
        &mut self,
        name: &str,
        shared: fn(&Rel) -> bool,
        copies: &mut BTreeMap<String, String>,
    ) -> String {
        if let Some(copy) = copies.get(name) {
            return copy.clone();
        }
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let copy = self.free_name(stem.trim_end_matches(|c: char| c.is_ascii_digit()), ending);
        copies.insert(name.to_owned(), copy.clone());
        let bytes = self.parts.get(name).cloned().unwrap_or_default();
        let kind = self.types.of(name).unwrap_or_default().to_owned();
        self.put(&copy, &kind, bytes, Vec::new());
        let mut rels = self.rels(name).to_vec();
        for rel in &mut rels {
            if let (Target::Part(part), false) = (&rel.target, shared(rel)) {
                rel.target = Target::Part(self.copy(&part.clone(), shared, copies));
            }
        }
        self.set_rels(&copy, rels);
        copy
    }

    /// Returns the bytes of all parts.
    pub(crate) fn size(&self) -> u64 {
        self.parts.values().map(|bytes| bytes.len() as u64).sum()
    }

    /// Writes the parts that something leads to.
    pub(crate) fn write(&self) -> Result<Vec<u8>, DeckError> {
        let names: Vec<String> = self.reachable()?.into_iter().map(str::to_owned).collect();
        let mut parts = vec![Part {
            name: content_types::NAME.to_owned(),
            bytes: self.types.write(names.iter()).into_bytes(),
        }];
        for source in std::iter::once("").chain(names.iter().map(String::as_str)) {
            if let Some(bytes) = self.bytes(source) {
                parts.push(Part {
                    name: source.to_owned(),
                    bytes: bytes.to_vec(),
                });
            }
            let rels = self.rels(source);
            if !rels.is_empty() {
                parts.push(Part {
                    name: rels::name_of(source),
                    bytes: rels::write(source, rels).into_bytes(),
                });
            }
        }
        write_storing(&parts, is_picture).map_err(DeckError::template)
    }
}

fn is_picture(part: &Part) -> bool {
    [".png", ".jpeg", ".jpg"]
        .iter()
        .any(|ending| part.name.ends_with(ending))
}

fn utf8<'b>(name: &str, bytes: &'b [u8]) -> Result<&'b str, DeckError> {
    std::str::from_utf8(bytes).map_err(|_| broken(name, "it is not UTF-8"))
}

/// Returns the failure of a part.
pub(crate) fn broken(name: &str, why: &str) -> DeckError {
    let name: String = name.chars().take(100).collect();
    DeckError::template(format!("in {name}: {why}"))
}

fn bad_rels(name: &str, why: BadRels) -> DeckError {
    match why {
        BadRels::Broken(why) => broken(name, why),
        BadRels::Escapes(target) => {
            DeckError::Unsafe(format!("{name} leads out of the document, to {target:?}"))
        }
    }
}
