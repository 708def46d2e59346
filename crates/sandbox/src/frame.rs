//! What the host and its compile worker say to each other over stdin and stdout.
//!
//! A request is an [`Order`] and two blocks, the component and the engine store; a reply is one byte that says
//! what kind it is, and one block. A block is its length as eight bytes, little-endian, and
//! its bytes.

use std::io::{self, Read, Write};

/// Bytes of compiled code. 18 MB of Python gave 38 MB, 12 MB of JavaScript 41 MB.
pub const COMPILED_BYTES_MAX: usize = 256 << 20;

/// Bytes of the engine store; one JavaScript engine is 44 MB.
pub const ENGINE_STORE_BYTES_MAX: usize = 512 << 20;

/// What the worker is asked to do, and within which limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Order {
    /// Whether to answer with a filled engine store instead of code.
    pub(crate) fill: bool,
    /// Bytes of address space.
    pub(crate) memory_bytes: u64,
    /// Seconds of processor time.
    pub(crate) cpu_s: u64,
}

impl Order {
    /// Returns the bytes that open a request.
    pub(crate) fn to_bytes(self) -> [u8; 17] {
        let mut bytes = [0; 17];
        bytes[0] = u8::from(self.fill);
        bytes[1..9].copy_from_slice(&self.memory_bytes.to_le_bytes());
        bytes[9..].copy_from_slice(&self.cpu_s.to_le_bytes());
        bytes
    }

    pub(crate) fn read(from: &mut impl Read) -> io::Result<Order> {
        let (mut fill, mut memory, mut cpu) = ([0], [0; 8], [0; 8]);
        from.read_exact(&mut fill)?;
        from.read_exact(&mut memory)?;
        from.read_exact(&mut cpu)?;
        Ok(Order {
            fill: fill[0] == 1,
            memory_bytes: u64::from_le_bytes(memory),
            cpu_s: u64::from_le_bytes(cpu),
        })
    }
}

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
    fn an_order_is_read_as_it_was_written() {
        let order = Order {
            fill: true,
            memory_bytes: 1 << 30,
            cpu_s: 60,
        };
        assert_eq!(
            Order::read(&mut order.to_bytes().as_slice()).unwrap(),
            order
        );
    }

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
