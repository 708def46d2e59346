//! What the host and its compile worker say to each other over stdin and stdout.
//!
//! A request is two blocks, the component and the engine store; a reply is one byte that says
//! what kind it is, and one block. A block is its length as eight bytes, little-endian, and
//! its bytes.

use std::io::{self, Read, Write};

/// What a worker answers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Compiled code.
    Compiled(Vec<u8>),
    /// Compiled code, and an engine store filled by it, in one block each.
    Filled(Vec<u8>),
    /// The component is not valid, or asks for what the settings do not have.
    Invalid(String),
}

/// Writes one block.
pub(crate) fn write_block(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(&(bytes.len() as u64).to_le_bytes())?;
    to.write_all(bytes)
}

/// Reads one block of at most `bytes_max` bytes.
pub(crate) fn read_block(from: &mut impl Read, bytes_max: usize) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let length = usize::try_from(u64::from_le_bytes(length)).unwrap_or(usize::MAX);
    if length > bytes_max {
        return Err(io::Error::other("a block is longer than its limit"));
    }
    let mut bytes = Vec::new();
    from.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

impl Reply {
    pub(crate) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let (kind, bytes) = match self {
            Reply::Compiled(code) => (0, code.as_slice()),
            Reply::Filled(store) => (1, store.as_slice()),
            Reply::Invalid(why) => (2, why.as_bytes()),
        };
        to.write_all(&[kind])?;
        write_block(to, bytes)
    }

    pub(crate) fn read(from: &mut impl Read, bytes_max: usize) -> io::Result<Reply> {
        let mut kind = [0];
        from.read_exact(&mut kind)?;
        let bytes = read_block(from, bytes_max)?;
        match kind[0] {
            0 => Ok(Reply::Compiled(bytes)),
            1 => Ok(Reply::Filled(bytes)),
            2 => Ok(Reply::Invalid(String::from_utf8_lossy(&bytes).into_owned())),
            _ => Err(io::Error::other("a reply of an unknown kind")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_read_as_it_was_written() {
        for reply in [
            Reply::Compiled(vec![1, 2, 3]),
            Reply::Filled(Vec::new()),
            Reply::Invalid("no".to_owned()),
        ] {
            let mut bytes = Vec::new();
            reply.write(&mut bytes).unwrap();
            assert_eq!(Reply::read(&mut bytes.as_slice(), 3).unwrap(), reply);
        }
    }

    #[test]
    fn a_block_that_lies_about_its_length_is_refused() {
        let mut long = u64::MAX.to_le_bytes().to_vec();
        long.push(7);
        assert!(read_block(&mut long.as_slice(), 1 << 20).is_err());
        let mut short = 8_u64.to_le_bytes().to_vec();
        short.push(7);
        assert!(read_block(&mut short.as_slice(), 1 << 20).is_err());
    }
}
