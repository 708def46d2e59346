//! The JavaScript and Python of the example skills, as programs of their own.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::process;
use crate::workspace::{examples, root, target};

const STEP: &str = "bench: gallery";

/// The skills in JavaScript and TypeScript, and where their code begins.
const NODE: [(&str, &str); 2] = [
    ("calendar", "src/index.ts"),
    ("datev-export-js", "src/index.js"),
];

/// Makes the programs and returns their folders: bundles for Node, packages for Python.
pub(super) fn programs() -> Result<(PathBuf, PathBuf)> {
    let folder = target().join("bench/gallery");
    let esbuild = esbuild()?;
    let shim = root().join("bench/gallery/hotcell.mjs");
    let node = folder.join("node");
    for (skill, entry) in NODE {
        let mut bundle = Command::new(&esbuild);
        bundle.arg(examples().join(skill).join(entry));
        bundle.args([
            "--bundle",
            "--format=esm",
            "--platform=node",
            "--log-level=warning",
        ]);
        bundle.arg(format!("--alias:hotcell={}", shim.display()));
        let made = node.join(format!("{skill}.mjs"));
        bundle.arg(format!("--outfile={}", made.display()));
        process::run(STEP, &mut bundle)?;
    }
    let site = folder.join("site");
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--upgrade",
        "--root-user-action=ignore",
    ]);
    pip.arg("--target").arg(&site);
    pip.arg("-r")
        .arg(examples().join("pdf-extract/requirements.txt"));
    process::run(STEP, &mut pip)?;
    Ok((node, site))
}

/// Finds the esbuild that `hotcell build` brought.
fn esbuild() -> Result<PathBuf> {
    let tools = target().join("author-tools/tools");
    let entries = std::fs::read_dir(&tools).into_iter().flatten().flatten();
    let mut found = entries.map(|entry| entry.path().join("node_modules/.bin/esbuild"));
    found.find(|program| program.exists()).ok_or_else(|| {
        Failure::new(
            format!("{STEP}: no esbuild below {}", tools.display()),
            "cargo xtask examples brings it",
        )
    })
}
