//! The same server with the Python client, as other servers are measured.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{CALLS, IN_FLIGHT, Site, call};
use crate::Result;
use crate::figure::Figures;

/// Measures with the client that `python` has.
pub(super) fn figures(
    python: &Path,
    root: &Path,
    site: &Site,
    figures: &mut Figures,
) -> Result<()> {
    let mut command = Command::new(python);
    command.arg(root.join("bench/clients/rate.py"));
    command.args([(CALLS / 2).to_string(), IN_FLIGHT.to_string()]);
    command.arg(call().to_string());
    command.arg(&site.program).arg("mcp");
    command.env("HOME", site.home.path());
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let told: Value = serde_json::from_slice(&output.stdout)?;
    let figure = |name: &str| told[name].as_f64().ok_or("the client printed no figure");
    figures.add("… with the Python client, p50", figure("p50_us")?, "µs");
    figures.add(
        "… with the Python client, 16 in flight",
        figure("per_second")?,
        "/s",
    );
    Ok(())
}
