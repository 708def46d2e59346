//! The scan agrees with one that is slow and plain, on what is not escaped.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use crate::dice::Dice;
use crate::{CANARY, needles};

/// Returns every run that is a hit, as it is compared.
fn runs(value: &[u8]) -> Vec<Vec<u8>> {
    let mut runs: Vec<Vec<u8>> = value.windows(12).map(<[u8]>::to_vec).collect();
    let hex: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
    runs.extend(hex.as_bytes().windows(24).map(<[u8]>::to_vec));
    for shift in 0..3 {
        // Signs that neither neighbour of the value changes are its own.
        let signs = |fill: u8| STANDARD.encode([&vec![fill; shift], value, &[fill; 3]].concat());
        let (zeros, ones) = (signs(0).into_bytes(), signs(0xFF).into_bytes());
        let own: Vec<u8> = zeros
            .iter()
            .zip(&ones)
            .filter(|(a, b)| a == b)
            .map(|(a, _)| *a)
            .collect();
        runs.extend(own.windows(15).map(<[u8]>::to_vec));
    }
    runs.iter()
        .map(|run| run.iter().map(|byte| same(*byte)).collect())
        .collect()
}

fn same(byte: u8) -> u8 {
    match byte {
        b'-' | b' ' => b'+',
        b'_' => b'/',
        byte => byte.to_ascii_lowercase(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_of_every_form_put_together(seed: u64) {
        let mut dice = Dice::new(seed);
        let runs = runs(CANARY);
        let hex: String = CANARY.iter().map(|byte| format!("{byte:02x}")).collect();
        let base = |shift: usize| STANDARD.encode([&b"xyz"[..shift], CANARY].concat());
        let forms = [
            (CANARY.to_vec(), 12),
            (hex.into_bytes(), 24),
            (base(0).into_bytes(), 15),
            (base(1).into_bytes(), 15),
            (base(2).into_bytes(), 15),
        ];
        let mut text = Vec::new();
        for _ in 0..dice.below(12) {
            let (form, run) = dice.pick(&forms);
            let length = run + 2 - dice.below(8);
            let from = dice.below(form.len() - length + 1);
            text.extend(&form[from..from + length]);
            text.extend(*dice.pick(&[&b""[..], b".", b"hc_", b"Zq3-", b"filler text"]));
        }
        if dice.one_in(2) {
            text.make_ascii_uppercase();
        }
        let compared: Vec<u8> = text.iter().map(|byte| same(*byte)).collect();
        let expected = runs.iter().any(|run| compared.windows(run.len()).any(|part| part == run));
        let hit = needles(&[CANARY]).find(&text);
        prop_assert_eq!(hit.is_some(), expected, "{}", String::from_utf8_lossy(&text));
    }
}
