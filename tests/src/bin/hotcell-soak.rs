//! `hotcell-soak --kills N --seed N --minutes N`: the soak, and the processes that it kills.
//!
//! `cargo xtask soak` builds and runs it.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program talks to the person who called it"
)]

use std::env;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use hotcell_tests::soak::child::{self, Part};
use hotcell_tests::soak::place::{Failed, Place};
use hotcell_tests::soak::{Options, run};

const USAGE: &str = "usage: hotcell-soak [--kills N] [--seed N] [--minutes N]";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // The workers are the program itself, and so is what compiles.
    if matches!(words.first(), Some(&"compile-worker" | &"work")) {
        return hotcell_cli::main();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let ended = runtime
        .map_err(Failed::from)
        .and_then(|runtime| runtime.block_on(begin(&words)));
    match ended {
        Ok(code) => code,
        Err(error) => {
            eprintln!("hotcell-soak: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn begin(words: &[&str]) -> Result<ExitCode, Failed> {
    let place = |folder: &str| -> Result<Place, Failed> {
        Ok(Place::at(Path::new(folder), &env::current_exe()?))
    };
    match words {
        ["call", folder, seed, process, lanes @ ..] => {
            let part = Part {
                seed: seed.parse()?,
                process: process.parse()?,
                lanes: lanes.iter().filter_map(|lane| read_lane(lane)).collect(),
            };
            child::call(&place(folder)?, &part).await?;
        }
        _ => return soak(&read_options(words).ok_or(USAGE)?).await,
    }
    Ok(ExitCode::SUCCESS)
}

fn read_lane(text: &str) -> Option<(u32, u64)> {
    let (lane, number) = text.split_once(':')?;
    Some((lane.parse().ok()?, number.parse().ok()?))
}

fn read_options(words: &[&str]) -> Option<Options> {
    let mut options = Options {
        kills: 1_000,
        seed: 1,
        time: Duration::from_secs(3_600),
    };
    for pair in words.chunks(2) {
        let [name, value] = pair else { return None };
        let value: u64 = value.parse().ok()?;
        match *name {
            "--kills" => options.kills = value,
            "--seed" => options.seed = value,
            "--minutes" => options.time = Duration::from_secs(60 * value),
            _ => return None,
        }
    }
    Some(options)
}

async fn soak(options: &Options) -> Result<ExitCode, Failed> {
    let folder = tempfile::tempdir()?;
    let ledger = run(folder.path(), &env::current_exe()?, options, |line| {
        eprintln!("{line}");
    })
    .await?;
    println!("{}", ledger.figures);
    for violation in ledger.violations() {
        println!("VIOLATION {violation}");
    }
    if ledger.violations().is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("the record is kept in {}", folder.keep().display());
    Ok(ExitCode::FAILURE)
}
