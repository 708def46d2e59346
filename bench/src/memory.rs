//! Memory: flat over many calls.

use crate::Result;
use crate::figure::Figures;
use crate::house::House;

const CALLS: usize = 100_000;
const WARM_UP: usize = 2_000;

/// Measures how much this process grows over a hundred thousand calls.
pub(crate) async fn flatness(house: &House, figures: &mut Figures) -> Result<()> {
    let job = house.job(
        "tax-check",
        "check_vat_number",
        r#"{"number":"DE136695976"}"#,
    )?;
    let prepared = house
        .sandbox
        .prepare(&job.component)
        .await
        .map_err(|e| format!("{e:?}"))?;
    for _ in 0..WARM_UP {
        house.sandbox.run(&prepared, job.call()).await;
    }
    let before = resident_mib()?;
    for _ in 0..CALLS {
        house.sandbox.run(&prepared, job.call()).await;
    }
    let grown = resident_mib()? - before;
    figures.add("resident memory before", before, "MiB");
    figures.at_most(
        "resident memory grown over 100,000 calls",
        grown,
        "MiB",
        8.0,
    );
    Ok(())
}

/// Returns how much of this process is in memory.
pub(crate) fn resident_mib() -> Result<f64> {
    status_mib("VmRSS:")
}

/// Returns the most that was in memory since [`forget_peak`].
pub(crate) fn peak_mib() -> Result<f64> {
    status_mib("VmHWM:")
}

/// Begins a new peak (proc(5), `clear_refs`).
pub(crate) fn forget_peak() -> Result<()> {
    Ok(std::fs::write("/proc/self/clear_refs", "5")?)
}

fn status_mib(field: &str) -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib: f64 = line
        .and_then(|rest| rest.trim().strip_suffix("kB"))
        .ok_or_else(|| format!("no {field}"))?
        .trim()
        .parse()?;
    Ok(kib / 1024.0)
}
