//! How a version of a skill is named: `crm`, `crm@1.2.0`, `crm@1` or `crm@sha256:…`.

use std::fmt;
use std::str::FromStr;

use hotcell_package::Digest;
use semver::{Version, VersionReq};

/// Names one version of a skill, or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The skill's name.
    pub name: String,
    wanted: Wanted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    Any,
    Range(VersionReq),
    Exact(Version),
    Digest(Digest),
}

impl Reference {
    /// Names any version of a skill.
    pub fn any(name: impl Into<String>) -> Reference {
        Reference {
            name: name.into(),
            wanted: Wanted::Any,
        }
    }

    /// Names one package.
    pub fn digest(name: impl Into<String>, digest: Digest) -> Reference {
        Reference {
            name: name.into(),
            wanted: Wanted::Digest(digest),
        }
    }

    /// Returns whether it names this version of this skill, whose package has this digest.
    pub fn fits(&self, name: &str, version: &str, digest: &str) -> bool {
        if name != self.name {
            return false;
        }
        let version = || Version::parse(version).ok();
        match &self.wanted {
            Wanted::Any => true,
            Wanted::Exact(wanted) => version().is_some_and(|v| v == *wanted),
            Wanted::Range(range) => version().is_some_and(|v| range.matches(&v)),
            Wanted::Digest(wanted) => wanted.to_string() == digest,
        }
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Reference, ReferenceError> {
        let error = || ReferenceError(text.to_owned());
        let Some((name, wanted)) = text.split_once('@') else {
            return match text.is_empty() {
                true => Err(error()),
                false => Ok(Reference::any(text)),
            };
        };
        let wanted = if wanted.starts_with("sha256:") {
            Wanted::Digest(wanted.parse().map_err(|_| error())?)
        } else if let Ok(exact) = Version::parse(wanted) {
            Wanted::Exact(exact)
        } else {
            Wanted::Range(VersionReq::parse(wanted).map_err(|_| error())?)
        };
        match name.is_empty() {
            true => Err(error()),
            false => Ok(Reference {
                name: name.to_owned(),
                wanted,
            }),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.wanted {
            Wanted::Any => f.write_str(name),
            Wanted::Range(range) => write!(f, "{name}@{range}"),
            Wanted::Exact(version) => write!(f, "{name}@{version}"),
            Wanted::Digest(digest) => write!(f, "{name}@{digest}"),
        }
    }
}

/// Text that names no version of a skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceError(String);

impl fmt::Display for ReferenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = hotcell_package::printable(&self.0);
        write!(
            f,
            "`{text}` names no version of a skill: write NAME, NAME@1.2.0, NAME@1 or NAME@sha256:…"
        )
    }
}

impl std::error::Error for ReferenceError {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_named_in_four_ways() {
        let digest = |version: &str| Digest::of_bytes(version.as_bytes()).to_string();
        for (text, fits, not) in [
            ("crm", "1.2.0", None),
            ("crm@1", "1.9.3", Some("2.0.0")),
            ("crm@~1.2", "1.2.7", Some("1.3.0")),
            ("crm@1.2.0", "1.2.0", Some("1.2.1")),
            (&format!("crm@{}", digest("1.2.0")), "1.2.0", Some("1.2.1")),
        ] {
            let reference: Reference = text.parse().unwrap();
            assert!(reference.fits("crm", fits, &digest(fits)), "{text}");
            assert!(!reference.fits("crn", fits, &digest(fits)), "{text}");
            if let Some(not) = not {
                assert!(!reference.fits("crm", not, &digest(not)), "{text}");
            }
        }
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for text in ["", "@1", "crm@", "crm@one", "crm@sha256:12"] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }
}
