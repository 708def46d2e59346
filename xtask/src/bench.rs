//! `cargo xtask bench`: builds what is measured, then measures it.
//!
//! The bench is a program of its own, so that `cargo xtask` never waits for wasmtime.

mod gallery;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use clap::Args;

use crate::clients::Clients;
use crate::failure::{Failure, Result};
use crate::{examples, process, workspace};

/// What is measured.
#[derive(Args)]
pub(crate) struct Options {
    /// Leave out the JavaScript components, which need npm and a minute to build
    #[arg(long)]
    no_javascript: bool,
    /// Leave out the Python client, which needs PyPI
    #[arg(long)]
    no_python: bool,
    /// Measure the example skills alone, beside their sources as programs: the table of their README
    #[arg(long)]
    gallery: bool,
}

/// Builds and measures.
pub(crate) fn run(options: &Options) -> Result<()> {
    examples::build()?;
    let mut build = workspace::cargo();
    build.args(["build", "--locked", "--workspace"]);
    process::run("bench", &mut build)?;
    let root = workspace::root();
    let mut bench = Command::new(workspace::target().join("debug/hotcell-bench"));
    bench.arg(&root);
    if options.gallery {
        let (node, site) = gallery::programs()?;
        bench.arg("--node").arg(node).arg("--site").arg(site);
        return process::run("bench", &mut bench);
    }
    if !options.no_javascript {
        bench.arg("--javascript").arg(javascript()?);
    }
    if !options.no_python {
        bench
            .arg("--python")
            .arg(Clients::install("bench")?.python());
    }
    process::run("bench", &mut bench)
}

/// Builds the JavaScript components, if they are not there yet, and returns their folder.
fn javascript() -> Result<PathBuf> {
    let root = workspace::root();
    let folder = root.join("target/bench/javascript");
    if ["engine", "one", "two"]
        .iter()
        .all(|name| folder.join(format!("{name}.wasm")).exists())
    {
        return Ok(folder);
    }
    let failed = |error: std::io::Error| {
        Failure::new(
            format!("bench: {}: {error}", folder.display()),
            "remove the folder",
        )
    };
    fs::create_dir_all(&folder).map_err(failed)?;
    for name in ["package.json", "build.mjs"] {
        let from = root.join("bench/javascript").join(name);
        fs::copy(from, folder.join(name)).map_err(failed)?;
    }
    let mut npm = Command::new("npm");
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&folder);
    process::run("bench: npm", &mut npm)?;
    let mut node = Command::new("node");
    node.arg("build.mjs")
        .arg(root.join("wit"))
        .arg(".")
        .current_dir(&folder);
    process::run("bench: componentize-js", &mut node)?;
    Ok(folder)
}
