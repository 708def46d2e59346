//! Signed notes (C2SP signed-note) that tell a log's state (C2SP tlog-checkpoint).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use crate::journal::Sign;
use crate::leaf::hex;
use crate::tree::{Hash, TreeHead};

/// The algorithm Ed25519, in a key's first byte.
const ED25519_ID: u8 = 1;

/// How long a note may be that is read.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;

/// Begins each signature line: an em dash and a space.
const SIGNATURE: &str = "\u{2014} ";

/// Why a note, a key or its name is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteError {
    /// A key's name is empty, or has a space or a plus.
    Name,
    /// The key is not a verifier key in its text form, or of another algorithm.
    Key,
    /// The note is not a checkpoint of this log: it is malformed, or of another origin.
    Malformed(&'static str),
    /// The note has no signature of this key.
    Unsigned,
    /// The signature of this key is wrong.
    Forged,
}

impl fmt::Display for NoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoteError::Name => f.write_str("a key's name has a space or a plus, or is empty"),
            NoteError::Key => f.write_str("this is no verifier key of Ed25519"),
            NoteError::Malformed(why) => write!(f, "this is no checkpoint of this log: {why}"),
            NoteError::Unsigned => f.write_str("it has no signature of this key"),
            NoteError::Forged => f.write_str("its signature is wrong"),
        }
    }
}

impl std::error::Error for NoteError {}

/// A key's name, which is the log's origin too: such as `hotcell.example.com/prod`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName(String);

impl KeyName {
    /// Returns a name that may stand in a note.
    pub fn new(name: impl Into<String>) -> Result<KeyName, NoteError> {
        let name = name.into();
        let odd = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if name.is_empty() || name.contains(odd) {
            return Err(NoteError::Name);
        }
        Ok(KeyName(name))
    }

    /// Returns it as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Signs checkpoints of one log.
pub struct Signer {
    name: KeyName,
    pair: Ed25519KeyPair,
}

impl Signer {
    /// Returns a signer of the key that this seed gives. Whoever hands it in wipes it.
    pub fn new(name: KeyName, seed: &[u8; 32]) -> Signer {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed);
        Signer {
            name,
            pair: pair.expect("32 bytes are a seed"),
        }
    }

    /// Returns what checks this signer's notes.
    pub fn verifier(&self) -> Verifier {
        let public = self.pair.public_key().as_ref();
        let key = public.try_into().expect("a public key has 32 bytes");
        Verifier {
            name: self.name.clone(),
            key,
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signer").field(&self.name.0).finish()
    }
}

impl Sign for Signer {
    fn sign(&self, size: u64, root: &Hash) -> String {
        let name = &self.name.0;
        let text = format!("{name}\n{size}\n{}\n", BASE64.encode(root));
        let mut signature = self.verifier().key_id().to_vec();
        signature.extend_from_slice(self.pair.sign(text.as_bytes()).as_ref());
        format!("{text}\n{SIGNATURE}{name} {}\n", BASE64.encode(signature))
    }
}

/// Checks checkpoints of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: KeyName,
    key: [u8; 32],
}

impl Verifier {
    /// Reads a verifier key: name, key id in hex, and algorithm and key in Base64, with a plus
    /// between them.
    pub fn parse(vkey: &str) -> Result<Verifier, NoteError> {
        let mut parts = vkey.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key);
        };
        let bytes = BASE64.decode(key).map_err(|_| NoteError::Key)?;
        let Some((&ED25519_ID, key)) = bytes.split_first() else {
            return Err(NoteError::Key);
        };
        let verifier = Verifier {
            name: KeyName::new(name)?,
            key: key.try_into().map_err(|_| NoteError::Key)?,
        };
        if hex(&verifier.key_id()) != id.to_ascii_lowercase() {
            return Err(NoteError::Key);
        }
        Ok(verifier)
    }

    /// Returns the text form of the key, which other people's verifiers read.
    pub fn vkey(&self) -> String {
        let id = hex(&self.key_id());
        format!("{}+{id}+{}", self.name.0, BASE64.encode(self.typed_key()))
    }

    /// Returns the key's id: the first four bytes of SHA-256 of name, a line feed and the key.
    pub fn key_id(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(self.name.0.as_bytes());
        hasher.update(b"\n");
        hasher.update(self.typed_key());
        let hash: Hash = hasher.finalize().into();
        [hash[0], hash[1], hash[2], hash[3]]
    }

    fn typed_key(&self) -> Vec<u8> {
        [&[ED25519_ID], self.key.as_slice()].concat()
    }

    /// Reads a checkpoint that this key signed. Signatures of other keys, such as witnesses, are
    /// passed over.
    pub fn verify(&self, note: &str) -> Result<TreeHead, NoteError> {
        let malformed = NoteError::Malformed;
        if note.len() > NOTE_BYTES_MAX {
            return Err(malformed("it is too long"));
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(malformed("no signatures"))?;
        let text = format!("{text}\n");
        let signatures = signatures
            .strip_suffix('\n')
            .ok_or(malformed("its last line is cut"))?;
        let mut is_signed = false;
        for line in signatures.split('\n') {
            is_signed |= self.is_signed_by(&text, line)?;
        }
        if !is_signed {
            return Err(NoteError::Unsigned);
        }
        self.read(&text)
    }

    /// Returns whether a signature line is this key's; an error where it is and is wrong.
    fn is_signed_by(&self, text: &str, line: &str) -> Result<bool, NoteError> {
        let malformed = NoteError::Malformed;
        let line = line
            .strip_prefix(SIGNATURE)
            .ok_or(malformed("a line without a signature"))?;
        let (name, signature) = line
            .split_once(' ')
            .ok_or(malformed("a line without a key"))?;
        let signature = BASE64
            .decode(signature)
            .map_err(|_| malformed("a signature's Base64"))?;
        let Some((id, signature)) = signature.split_at_checked(4) else {
            return Err(malformed("a short signature"));
        };
        if name != self.name.0 || id != self.key_id() {
            return Ok(false);
        }
        let key = UnparsedPublicKey::new(&ED25519, &self.key);
        key.verify(text.as_bytes(), signature)
            .map_err(|_| NoteError::Forged)?;
        Ok(true)
    }

    /// Reads a checkpoint's text: origin, size, root; what follows is for others.
    fn read(&self, text: &str) -> Result<TreeHead, NoteError> {
        let malformed = NoteError::Malformed;
        let mut lines = text.split('\n');
        if lines.next() != Some(self.name.as_str()) {
            return Err(malformed("it is of another log"));
        }
        let size = lines.next().unwrap_or_default();
        let number = size.parse::<u64>().map_err(|_| malformed("its size"))?;
        if number.to_string() != size {
            return Err(malformed("its size"));
        }
        let root = BASE64.decode(lines.next().unwrap_or_default());
        let root = root.ok().and_then(|root| root.try_into().ok());
        Ok(TreeHead {
            size: number,
            root: root.ok_or(malformed("its root"))?,
        })
    }
}
