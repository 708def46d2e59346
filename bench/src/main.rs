//! Measures Hotcell against the bare limit, in one run and as ratios: `cargo xtask bench`.
//!
//! Every figure stands beside its promise. Machines are noisy, so a figure is the median of
//! rounds that take turns: a bare one, a sandboxed one, a bare one, and so on. Nothing here
//! is a test: a missed promise is printed as missed, and the run goes on.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

mod bare;
mod calls;
mod download;
mod exchange;
mod figure;
mod gallery;
mod granted;
mod house;
mod loads;
mod mcp;
mod memory;
mod recorded;
mod scan;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::figure::Figures;
use crate::gallery::Programs;
use crate::house::House;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What a compile worker of this program is called with.
const COMPILE_WORKER: &str = "compile-worker";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|word| word == COMPILE_WORKER) {
        return hotcell_sandbox::run_worker();
    }
    let Some(given) = Given::of(&arguments) else {
        println!("usage: hotcell-bench ROOT [--javascript FOLDER] [--python PROGRAM]");
        println!("       hotcell-bench ROOT --node FOLDER --site FOLDER");
        return ExitCode::from(2);
    };
    match measure(given) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("the bench could not run: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Where things are.
struct Given {
    /// The repository.
    root: PathBuf,
    /// Two JavaScript components and their engine.
    javascript: Option<PathBuf>,
    /// A Python that has the client `mcp`.
    python: Option<PathBuf>,
    /// With `site`: the example skills are measured, and nothing else.
    node: Option<PathBuf>,
    /// Packages of Python skills.
    site: Option<PathBuf>,
}

impl Given {
    fn of(arguments: &[String]) -> Option<Given> {
        let (root, rest) = arguments.split_first()?;
        let mut given = Given {
            root: root.into(),
            javascript: None,
            python: None,
            node: None,
            site: None,
        };
        for pair in rest.chunks(2) {
            let [name, value] = pair else { return None };
            match name.as_str() {
                "--javascript" => given.javascript = Some(value.into()),
                "--python" => given.python = Some(value.into()),
                "--node" => given.node = Some(value.into()),
                "--site" => given.site = Some(value.into()),
                _ => return None,
            }
        }
        Some(given)
    }
}

fn measure(given: Given) -> Result<()> {
    let Given {
        root,
        javascript,
        python,
        node,
        site,
    } = given;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    if let (Some(node), Some(site)) = (node, site) {
        let programs = Programs { node, site };
        return gallery::table(&runtime, &root, &programs);
    }
    let mut figures = Figures::default();
    mcp::figures(&root, python.as_deref(), &mut figures)?;
    scan::throughput(&mut figures)?;
    exchange::ratios(&mut figures)?;
    download::flatness(&mut figures)?;
    runtime.block_on(async {
        let house = House::new(root)?;
        recorded::ratios(&house, &mut figures).await?;
        calls::ratios(&house, &mut figures).await?;
        calls::throughput(&house, &mut figures).await?;
        loads::rust(&house, &mut figures).await?;
        if let Some(folder) = javascript {
            loads::javascript(&folder, &mut figures).await?;
        }
        memory::flatness(&house, &mut figures).await
    })?;
    figures.print();
    Ok(())
}
