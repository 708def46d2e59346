//! The digest of a package: one sha256 over what it contains, and nothing else.
//!
//! The order of a zip, its times, its compression and its top folder do not count, so a
//! folder and every zip packed from it have one digest. The bytes hashed are:
//!
//! ```text
//! "hotcell-package-v1\n"
//! number of files                      u64, big endian
//! for each file, by the path's bytes:
//!   length of the path in bytes        u64, big endian
//!   the path, UTF-8
//!   length of the contents in bytes    u64, big endian
//!   the contents
//! ```
//!
//! Every part is preceded by its length, so no two trees hash the same bytes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::file_tree::FileTree;

/// First bytes of what is hashed. A change of the layout changes the number.
const DOMAIN: &[u8] = b"hotcell-package-v1\n";
const PREFIX: &str = "sha256:";

/// A sha256, written `sha256:<64 hex digits>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// Returns the canonical digest of a tree.
    pub fn of_tree(files: &FileTree) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(DOMAIN);
        hasher.update((files.len() as u64).to_be_bytes());
        for (path, contents) in files {
            for part in [path.as_bytes(), contents] {
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part);
            }
        }
        Self(hasher.finalize().into())
    }

    /// Returns the plain sha256 of some bytes, such as one file's.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Returns the 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Text that is not `sha256:` and 64 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DigestError;

impl fmt::Display for DigestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a digest is `sha256:` and 64 lower-case hex digits")
    }
}

impl std::error::Error for DigestError {}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let hex = text.strip_prefix(PREFIX).ok_or(DigestError)?.as_bytes();
        if hex.len() != 64 {
            return Err(DigestError);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = DigestError;
    fn try_from(text: String) -> Result<Self, DigestError> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// Lower case only: one digest has one spelling.
fn nibble(hex: u8) -> Result<u8, DigestError> {
    match hex {
        b'0'..=b'9' => Ok(hex - b'0'),
        b'a'..=b'f' => Ok(hex - b'a' + 10),
        _ => Err(DigestError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_is_the_documented_one() {
        let tree = FileTree::new([("b", b"2".to_vec()), ("a", b"1".to_vec())]).unwrap();
        let mut bytes = b"hotcell-package-v1\n".to_vec();
        bytes.extend(2u64.to_be_bytes());
        for text in ["a", "1", "b", "2"] {
            bytes.extend(1u64.to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        assert_eq!(Digest::of_tree(&tree), Digest::of_bytes(&bytes));
    }

    #[test]
    fn text_form_is_one() {
        let digest = Digest::of_bytes(b"");
        let text = digest.to_string();
        assert_eq!(
            text,
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(text.parse(), Ok(digest));
        assert_eq!(text.to_uppercase().parse::<Digest>(), Err(DigestError));
        assert_eq!(text[1..].parse::<Digest>(), Err(DigestError));
        assert_eq!(format!("{text}0").parse::<Digest>(), Err(DigestError));
    }
}
