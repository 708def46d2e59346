//! Texts that fit a regular expression.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::Generator;

/// Repetitions that are made up beyond the fewest.
const MORE_MAX: u64 = 6;
/// Most signs of a text.
const TEXT_MAX: usize = 10_000;

/// Returns a text that `pattern` matches, as a rule: what looks around is not looked at. None where
/// the pattern cannot be read.
pub(super) fn text_of(pattern: &str, generator: &mut Generator<'_>) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut text = String::new();
    write(&hir, generator, &mut text)?;
    Some(text)
}

fn write(hir: &Hir, generator: &mut Generator<'_>, text: &mut String) -> Option<()> {
    if text.len() > TEXT_MAX {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(sign(class, generator)?),
        HirKind::Repetition(repetition) => {
            let (min, max) = (u64::from(repetition.min), repetition.max.map(u64::from));
            let most = max.map_or(min + MORE_MAX, |max| max.min(min + MORE_MAX));
            let mut count = min + generator.below(most - min + 1);
            // Once in a while as many as there may be.
            if let Some(max) = max
                && generator.below(8) == 0
            {
                count = max;
            }
            for _ in 0..count {
                write(&repetition.sub, generator, text)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, generator, text)?,
        HirKind::Concat(all) => {
            for one in all {
                write(one, generator, text)?;
            }
        }
        HirKind::Alternation(some) => {
            let one = generator.pick(some)?.clone();
            write(&one, generator, text)?;
        }
    }
    Some(())
}

/// Returns a sign of a class; a plain one where the class has any.
fn sign(class: &Class, generator: &mut Generator<'_>) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|r| (r.start(), r.end())).collect(),
        Class::Bytes(class) => {
            let ranges = class.iter();
            ranges.map(|r| (r.start().into(), r.end().into())).collect()
        }
    };
    let plain = |(start, end): (char, char)| {
        let (start, end) = (start.max(' '), end.min('~'));
        (start <= end).then_some((start, end))
    };
    let printable: Vec<_> = ranges.iter().copied().filter_map(plain).collect();
    let from = match printable.is_empty() || generator.below(8) == 0 {
        true => ranges,
        false => printable,
    };
    let (start, end) = *generator.pick(&from)?;
    let (start, end) = (u32::from(start), u32::from(end));
    let at = start + u32::try_from(generator.below(u64::from(end - start) + 1)).ok()?;
    char::from_u32(at).or(char::from_u32(start))
}
