//! Calls: what the sandbox adds to one, and how many it does in a second.

use std::sync::Arc;
use std::time::Instant;

use hotcell_sandbox::{End, Prepared};

use crate::Result;
use crate::bare::Bare;
use crate::figure::{Figures, percentile};
use crate::house::{House, Job};

/// Rounds, each with one bare call and one in the sandbox.
const ROUNDS: usize = 4_000;
/// Calls of each measurement of throughput.
const CALLS: usize = 20_000;

/// Measures a tool that touches no file, and one that writes a small one.
pub(crate) async fn ratios(house: &House, figures: &mut Figures) -> Result<()> {
    let job = vat_number(house)?;
    ratio(house, figures, "a tool that touches no file", &job, 1.25).await?;
    let job = small_file(house)?;
    ratio(house, figures, "a tool that writes a small file", &job, 1.5).await
}

fn vat_number(house: &House) -> Result<Job> {
    house.job(
        "tax-check",
        "check_vat_number",
        r#"{"number":"DE136695976"}"#,
    )
}

fn small_file(house: &House) -> Result<Job> {
    let path = house
        .root
        .join("skills-examples/datev-export/examples/october.json");
    let input =
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    house.job("datev-export", "export_bookings", &input)
}

async fn ratio(
    house: &House,
    figures: &mut Figures,
    what: &str,
    job: &Job,
    promise: f64,
) -> Result<()> {
    let bare = Bare::new(job)?;
    let prepared = house
        .sandbox
        .prepare(&job.component)
        .await
        .map_err(|e| format!("{e:?}"))?;
    let (mut bare_us, mut sandbox_us) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS + ROUNDS / 4 {
        let (one, two) = (
            bare_once(&bare, job).await?,
            sandbox_once(house, &prepared, job).await?,
        );
        // The first rounds warm the caches.
        if round >= ROUNDS / 4 {
            bare_us.push(one);
            sandbox_us.push(two);
        }
    }
    for (name, values) in [("bare", &mut bare_us), ("sandbox", &mut sandbox_us)] {
        figures.add(format!("{what}: {name}, p50"), percentile(values, 50), "µs");
        figures.add(format!("{what}: {name}, p99"), percentile(values, 99), "µs");
    }
    let ratio = percentile(&mut sandbox_us, 50) / percentile(&mut bare_us, 50);
    figures.at_most(format!("{what}: sandbox / bare, p50"), ratio, "×", promise);
    Ok(())
}

async fn bare_once(bare: &Bare, job: &Job) -> Result<f64> {
    bare.clean()?;
    let start = Instant::now();
    bare.call(job).await?;
    Ok(micros(start))
}

async fn sandbox_once(house: &House, prepared: &Prepared, job: &Job) -> Result<f64> {
    let call = job.call();
    let start = Instant::now();
    let report = house.sandbox.run(prepared, call).await;
    let us = micros(start);
    match report.end {
        End::Answer(_) => Ok(us),
        other => Err(format!("the tool did not answer: {other:?}").into()),
    }
}

fn micros(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e6
}

/// Measures calls per second with some in flight at once.
pub(crate) async fn throughput(house: &House, figures: &mut Figures) -> Result<()> {
    let job = Arc::new(vat_number(house)?);
    let prepared = house
        .sandbox
        .prepare(&job.component)
        .await
        .map_err(|e| format!("{e:?}"))?;
    for at_once in [1, 2, 8, 64] {
        let start = Instant::now();
        let callers = (0..at_once).map(|_| {
            let (job, prepared) = (Arc::clone(&job), prepared.clone());
            let sandbox = Arc::clone(&house.sandbox);
            tokio::spawn(async move {
                for _ in 0..CALLS / at_once {
                    sandbox.run(&prepared, job.call()).await;
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await?;
        }
        let per_second = CALLS as f64 / start.elapsed().as_secs_f64();
        figures.add(
            format!("calls per second, {at_once} at once"),
            per_second,
            "/s",
        );
    }
    Ok(())
}
