//! Takes a content coding off a response's body, piece by piece and within a bound.

use std::io::Write;

use bytes::{Buf, Bytes};
use flate2::write::{MultiGzDecoder, ZlibDecoder};

use hotcell_policy::Transport;

/// Bytes of coded input that are decoded at one time. DEFLATE grows data 1,032-fold at most, so
/// one piece stays near a megabyte.
const PIECE_BYTES_MAX: usize = 1_024;

/// How a body is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Identity,
    Gzip,
    Deflate,
}

/// Decodes one body.
pub(crate) enum Decoder {
    Identity,
    Gzip(MultiGzDecoder<Vec<u8>>),
    Deflate(ZlibDecoder<Vec<u8>>),
}

impl Decoder {
    pub(crate) fn new(coding: Coding) -> Self {
        match coding {
            Coding::Identity => Decoder::Identity,
            Coding::Gzip => Decoder::Gzip(MultiGzDecoder::new(Vec::new())),
            Coding::Deflate => Decoder::Deflate(ZlibDecoder::new(Vec::new())),
        }
    }

    /// Takes the next piece off `coded` and returns what it decodes to, which may be empty.
    pub(crate) fn next(&mut self, coded: &mut Bytes) -> Result<Bytes, Transport> {
        let piece = match self {
            Decoder::Identity => return Ok(coded.split_to(coded.remaining())),
            _ => coded.split_to(coded.len().min(PIECE_BYTES_MAX)),
        };
        let (written, out) = match self {
            Decoder::Identity => unreachable!("returned above"),
            Decoder::Gzip(decoder) => (decoder.write_all(&piece), decoder.get_mut()),
            Decoder::Deflate(decoder) => (decoder.write_all(&piece), decoder.get_mut()),
        };
        written.map_err(|_| Transport::Malformed)?;
        Ok(std::mem::take(out).into())
    }

    /// Ends the body; returns what was left. The decoder is of no use then.
    pub(crate) fn finish(&mut self) -> Result<Bytes, Transport> {
        let left = match std::mem::replace(self, Decoder::Identity) {
            Decoder::Identity => Ok(Vec::new()),
            Decoder::Gzip(decoder) => decoder.finish(),
            Decoder::Deflate(decoder) => decoder.finish(),
        };
        left.map(Bytes::from).map_err(|_| Transport::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};

    fn decode(coding: Coding, coded: Vec<u8>) -> Result<Vec<u8>, Transport> {
        let mut decoder = Decoder::new(coding);
        let mut coded = Bytes::from(coded);
        let mut text = Vec::new();
        while !coded.is_empty() {
            text.extend_from_slice(&decoder.next(&mut coded)?);
        }
        text.extend_from_slice(&decoder.finish()?);
        Ok(text)
    }

    #[test]
    fn what_was_coded_comes_back() {
        let text: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&text).unwrap();
        assert_eq!(decode(Coding::Gzip, gzip.finish().unwrap()).unwrap(), text);
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(&text).unwrap();
        assert_eq!(
            decode(Coding::Deflate, zlib.finish().unwrap()).unwrap(),
            text
        );
    }

    #[test]
    fn a_cut_or_wrong_coding_is_malformed() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&[7; 50_000]).unwrap();
        let mut coded = gzip.finish().unwrap();
        coded.truncate(coded.len() / 2);
        assert_eq!(decode(Coding::Gzip, coded), Err(Transport::Malformed));
        assert_eq!(
            decode(Coding::Gzip, b"plain text".to_vec()),
            Err(Transport::Malformed)
        );
    }

    #[test]
    fn a_bomb_comes_in_small_pieces() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        for _ in 0..64 {
            gzip.write_all(&vec![0; 1 << 20]).unwrap();
        }
        let mut coded = Bytes::from(gzip.finish().unwrap());
        let mut decoder = Decoder::new(Coding::Gzip);
        while !coded.is_empty() {
            assert!(decoder.next(&mut coded).unwrap().len() <= 2 << 20);
        }
    }
}
