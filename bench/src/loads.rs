//! Loading: from the cache with its authentication, and compiling a second skill of a
//! language whose engine is known.

use std::path::Path;
use std::time::Instant;

use hotcell_sandbox::Sandbox;

use crate::Result;
use crate::figure::{Figures, percentile};
use crate::house::{House, sandbox};

const ROUNDS: usize = 40;

/// Measures the load of a Rust component.
pub(crate) async fn rust(house: &House, figures: &mut Figures) -> Result<()> {
    let job = house.job("tax-check", "check_vat_number", "{}")?;
    let ms = load_ms(&house.sandbox, &job.component).await?;
    figures.at_most("load from the cache, Rust, p50", ms, "ms", 0.5);
    Ok(())
}

/// Measures a 12 MB JavaScript component: `engine.wasm`, `one.wasm` and `two.wasm` in
/// `folder`, all with the same engine.
pub(crate) async fn javascript(folder: &Path, figures: &mut Figures) -> Result<()> {
    let read = |name: &str| std::fs::read(folder.join(name));
    let (engine, two) = (read("engine.wasm")?, read("two.wasm")?);
    let cold = tempfile::tempdir()?;
    let first_s = prepare_s(&sandbox(cold.path())?, &two).await?;
    let warm = tempfile::tempdir()?;
    let warm_sandbox = sandbox(warm.path())?;
    warm_sandbox
        .add_engine(&engine)
        .await
        .map_err(|error| format!("{error:?}"))?;
    let second_s = prepare_s(&warm_sandbox, &two).await?;
    figures.add("compile JavaScript, engine unknown", first_s, "s");
    figures.add("compile JavaScript, engine known", second_s, "s");
    figures.at_most(
        "compile JavaScript: known / unknown",
        second_s / first_s,
        "×",
        1.0 / 3.0,
    );
    let ms = load_ms(&warm_sandbox, &two).await?;
    figures.at_most("load from the cache, JavaScript, p50", ms, "ms", 15.0);
    Ok(())
}

async fn prepare_s(sandbox: &Sandbox, component: &[u8]) -> Result<f64> {
    let start = Instant::now();
    sandbox
        .prepare(component)
        .await
        .map_err(|error| format!("{error:?}"))?;
    Ok(start.elapsed().as_secs_f64())
}

async fn load_ms(sandbox: &Sandbox, component: &[u8]) -> Result<f64> {
    prepare_s(sandbox, component).await?;
    let mut loads = Vec::new();
    for _ in 0..ROUNDS {
        loads.push(prepare_s(sandbox, component).await? * 1e3);
    }
    Ok(percentile(&mut loads, 50))
}
