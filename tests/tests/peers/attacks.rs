//! What hostile guests, clients and pages try. Each test shows what is permitted beside what is
//! not, and leaves a note for the table of docs/attacks.md.

mod bounds;
mod callers;
mod doors;
mod endless;
mod forged;
mod gone;
mod logs;
mod malformed;
mod powers;
mod replaced;

use std::path::Path;

use serde_json::json;

/// Leaves a note of one attack in `target/attacks/server/NN.json`: its number and name, what was
/// tried in one phrase, in how many variants. All were stopped, or the test had ended before.
fn note(number: u8, name: &str, tried: &str, variants: usize) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let folder = target.join("attacks/server");
    std::fs::create_dir_all(&folder).unwrap();
    let note = json!({
        "number": number, "name": name, "tried": tried, "variants": variants, "refused": variants,
    });
    let file = folder.join(format!("{number:02}.json"));
    std::fs::write(file, format!("{note:#}\n")).unwrap();
}
