//! A small soak. `cargo xtask soak` runs the large one.

use std::time::Duration;

use hotcell_tests::soak::{Options, run};

#[tokio::test(flavor = "multi_thread")]
async fn thirty_kills_lose_nothing_and_do_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        kills: 30,
        seed: 7,
        time: Duration::from_secs(30),
    };
    let program = env!("CARGO_BIN_EXE_hotcell-soak").as_ref();
    let ledger = run(folder.path(), program, &options, |_| {}).await.unwrap();
    let violations = ledger.violations();
    assert!(violations.is_empty(), "{}\n{violations:#?}", ledger.figures);
    let figures = &ledger.figures;
    assert!(figures.kills_of_workers > 0 && figures.kills_of_callers > 0);
    assert!(
        figures.acknowledged > 0 && figures.keyed_ends > 0,
        "{figures}"
    );
}
