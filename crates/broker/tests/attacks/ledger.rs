//! Notes of what each attack tried, for `cargo xtask attacks` to make its table of.

use std::fmt::Debug;
use std::path::Path;

use hotcell_broker::SendError;
use serde_json::json;

use crate::world::{CANARY, code};

/// Leaves a note of one attack in `target/attacks/broker/NN.json`: its number and name, what was
/// tried in one phrase, in how many variants, and how many of them were stopped.
pub(crate) fn note(number: u8, name: &str, tried: &str, variants: usize, refused: usize) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let folder = target.join("attacks/broker");
    std::fs::create_dir_all(&folder).unwrap();
    let note = json!({
        "number": number, "name": name, "tried": tried, "variants": variants, "refused": refused,
    });
    let file = folder.join(format!("{number:02}.json"));
    std::fs::write(file, format!("{note:#}\n")).unwrap();
}

/// Counts the variants of one attack.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    variants: usize,
}

impl Tally {
    /// Counts a variant that the broker refused with this code, and told no secret by it.
    #[track_caller]
    pub(crate) fn refused<T>(&mut self, what: &str, result: &Result<T, SendError>, wanted: &str) {
        assert_eq!(code(result), wanted, "{what}");
        let told = format!("{:?}", result.as_ref().err());
        assert!(!told.contains(CANARY), "{what}: the error tells the secret");
        self.variants += 1;
    }

    /// Counts a variant that cannot even be said: the types, or a parser of ours, refuse it.
    #[track_caller]
    pub(crate) fn unsayable<T, E: Debug>(&mut self, what: &str, made: Result<T, E>) {
        assert!(made.is_err(), "{what} can be said");
        self.variants += 1;
    }

    /// Counts a variant that was shown to have no effect.
    #[track_caller]
    pub(crate) fn without_effect(&mut self, what: &str, holds: bool) {
        assert!(holds, "{what} had an effect");
        self.variants += 1;
    }

    /// Returns how many variants were counted.
    pub(crate) fn variants(&self) -> usize {
        self.variants
    }

    /// Leaves the note: all variants were stopped, or the test had ended before.
    pub(crate) fn note(self, number: u8, name: &str, tried: &str) {
        assert!(self.variants > 0, "nothing was tried");
        note(number, name, tried, self.variants, self.variants);
    }
}
