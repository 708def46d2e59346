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
use crate::house::House;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What a compile worker of this program is called with.
const COMPILE_WORKER: &str = "compile-worker";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(root) = arguments.next() else {
        println!("usage: hotcell-bench ROOT [FOLDER OF JAVASCRIPT COMPONENTS]");
        return ExitCode::from(2);
    };
    if root == COMPILE_WORKER {
        return hotcell_sandbox::run_worker();
    }
    match measure(PathBuf::from(root), arguments.next().map(PathBuf::from)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("the bench could not run: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(root: PathBuf, javascript: Option<PathBuf>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let mut figures = Figures::default();
    mcp::figures(&root, &mut figures)?;
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
