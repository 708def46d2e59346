//! "Did you mean": the known name nearest to a wrong one.

/// Names longer than this are not compared: the distance takes time in the product of the
/// lengths, and one side is untrusted.
const COMPARED_BYTES_MAX: usize = 64;
/// Most known names that are looked at.
const COMPARED_NAMES_MAX: usize = 256;
/// How alike two names must be, from 0 to 1, for one to be offered for the other.
const LIKENESS_MIN: f64 = 0.7;

/// Returns the name in `known` that `wrong` was most likely meant to be.
pub fn near_name<'k>(wrong: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if wrong.len() > COMPARED_BYTES_MAX {
        return None;
    }
    let folded = wrong.to_lowercase();
    let short = known
        .into_iter()
        .filter(|name| name.len() <= COMPARED_BYTES_MAX);
    short
        .take(COMPARED_NAMES_MAX)
        .map(|name| {
            let likeness = strsim::normalized_damerau_levenshtein(&folded, &name.to_lowercase());
            (likeness, name)
        })
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_a_near_name_or_none() {
        let check = |wrong, expected| {
            assert_eq!(
                near_name(wrong, ["effect", "idempotency", "mode"]),
                expected
            );
        };
        check("efect", Some("effect"));
        check("Mode", Some("mode"));
        check("idempotent", Some("idempotency"));
        check("colour", None);
        check(&"effect".repeat(100), None);
    }
}
