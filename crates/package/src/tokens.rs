//! How much of a model's context a text takes.

/// Returns the number of tokens of `text` in OpenAI's `o200k_base` encoding.
///
/// Other vendors' encodings differ by some ten to thirty per cent; one public encoding gives
/// everybody the same number. The counter is linear in the text.
pub fn tokens(text: &str) -> usize {
    bpe_openai::o200k_base().count(text)
}
