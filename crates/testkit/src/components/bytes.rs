//! From text to bytes, and what can be done to bytes that were honest.

use wasm_encoder::{ComponentSection, RawSection};

/// Returns the binary form of WebAssembly text.
///
/// # Panics
///
/// Panics where the text is wrong: the testkit's own texts are not.
pub fn from_text(text: &str) -> Vec<u8> {
    match wat::parse_str(text) {
        Ok(bytes) => bytes,
        Err(error) => panic!("the testkit's text is wrong: {error}\n{}", head(text)),
    }
}

/// The first lines of a text that may be megabytes long.
fn head(text: &str) -> String {
    text.lines().take(200).collect::<Vec<_>>().join("\n")
}

/// Returns `honest` cut off at every `step`th byte, shortest first.
pub fn truncations(honest: &[u8], step: usize) -> impl Iterator<Item = &[u8]> {
    (0..honest.len()).step_by(step).map(|end| &honest[..end])
}

/// Returns `count` copies of `honest`, each with one to eight bits turned. The same `seed`
/// turns the same bits.
pub fn bit_flips(honest: &[u8], count: usize, seed: u64) -> impl Iterator<Item = Vec<u8>> {
    let mut numbers = Numbers(seed);
    (0..count).map(move |_| {
        let mut bytes = honest.to_vec();
        for _ in 0..=numbers.below(8) {
            let place = numbers.below(bytes.len());
            bytes[place] ^= 1 << numbers.below(8);
        }
        bytes
    })
}

/// Returns the components that come of `honest` where one section says that it is longer or
/// shorter than it is: `(which section, component)`.
pub fn lying_sections(honest: &[u8]) -> Vec<(usize, Vec<u8>)> {
    const LIES: [u8; 4] = [0, 1, 0x7e, 0x7f];
    let mut lies = Vec::new();
    let mut at = HEADER_BYTES;
    while at < honest.len() {
        let size_at = at + 1;
        let (size, size_bytes) = leb128(&honest[size_at..]);
        for lie in LIES {
            let mut bytes = honest.to_vec();
            bytes[size_at] = (bytes[size_at] & 0x80) | lie;
            if bytes != honest {
                lies.push((at, bytes));
            }
        }
        let mut endless = honest[..size_at].to_vec();
        endless.extend([0xff, 0xff, 0xff, 0xff, 0x0f]);
        endless.extend(&honest[size_at + size_bytes..]);
        lies.push((at, endless));
        at = size_at + size_bytes + size;
    }
    lies
}

/// Returns `component` with `module` in the place of its first core module.
pub(super) fn with_first_module(component: &[u8], module: &[u8]) -> Vec<u8> {
    const CORE_MODULE: u8 = 1;
    let mut at = HEADER_BYTES;
    while component[at] != CORE_MODULE {
        at += section_bytes(&component[at..]);
    }
    let mut bytes = component[..at].to_vec();
    RawSection {
        id: CORE_MODULE,
        data: module,
    }
    .append_to_component(&mut bytes);
    bytes.extend(&component[at + section_bytes(&component[at..])..]);
    bytes
}

/// How long a section is, with its id and its size.
fn section_bytes(section: &[u8]) -> usize {
    let (size, size_bytes) = leb128(&section[1..]);
    1 + size_bytes + size
}

/// Bytes of the magic word and the version.
const HEADER_BYTES: usize = 8;

fn leb128(bytes: &[u8]) -> (usize, usize) {
    let mut value = 0;
    for (place, byte) in bytes.iter().enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return (value, place + 1);
        }
    }
    (value, bytes.len())
}

/// Numbers that look random and follow from a seed (splitmix64): the same on every machine.
#[derive(Debug, Clone)]
pub struct Numbers(pub u64);

impl Numbers {
    /// Returns the next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.draw() % end as u64).expect("it is below a usize")
    }

    /// Returns that many bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let words = count.div_ceil(8);
        let mut bytes: Vec<u8> = (0..words).flat_map(|_| self.draw().to_le_bytes()).collect();
        bytes.truncate(count);
        bytes
    }
}
