//! The example skills, each by one call of its usual work: how long it takes in a sealed store, and
//! as a program of its own, which is how a host without a sandbox calls a script.
//!
//! The program is the skill's own source. Both must answer the same. Where the work reaches a
//! server, both ask the same one by TLS: the sealed call through the broker, which places the
//! credential, the program by itself, with the credential in its environment.

mod place;
mod program;
mod works;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use hotcell_host::{Ask, Skill};
use hotcell_package::{FileTree, Package, ReadLimits};
use hotcell_policy::{Invocation, Outcome, Status};
use serde_json::Value;
use tokio::runtime::Runtime;

use self::place::Place;
use self::works::{WORKS, Work};
use crate::Result;
use crate::figure::percentile;

/// Rounds of which the median is told, after one that warms up: sealed calls, then the program
/// once, so that both meet the same machine.
const ROUNDS: usize = 15;
const SEALED: usize = 3;

/// Where the programs are: what `cargo xtask bench --gallery` made.
pub(crate) struct Programs {
    /// Bundles of the JavaScript skills, by name.
    pub(crate) node: PathBuf,
    /// The packages of the Python skills.
    pub(crate) site: PathBuf,
}

/// Measures, and prints a table in Markdown.
pub(crate) fn table(runtime: &Runtime, root: &Path, programs: &Programs) -> Result<()> {
    let cache = tempfile::tempdir()?;
    println!(
        "| skill | written in | component | one call of | sealed | peak memory | as a program | sealed is |"
    );
    println!("|---|---|---:|---|---:|---:|---:|---:|");
    for work in &WORKS {
        let package = root.join("skills-examples").join(work.skill);
        let package = Package::read(&package, &ReadLimits::STANDARD)
            .map_err(|error| error.diagnostics()[0].to_string())?;
        let place = Place::new(work, &package, cache.path())?;
        let row = row(&place, package, root, programs, work);
        println!("{}", runtime.block_on(row)?);
    }
    Ok(())
}

async fn row(
    place: &Place,
    package: Package,
    root: &Path,
    programs: &Programs,
    work: &Work,
) -> Result<String> {
    let examples = root.join("skills-examples");
    let kib = package.component().len() / 1024;
    let sealed = Sealed::new(place, package, work, &examples).await?;
    let program = work.program.map(|program| {
        let environment = place.environment()?;
        program.ready(root, programs, work, &examples, environment)
    });
    let program = program.transpose()?;
    let (mut sealed_ms, mut alone_ms) = (Vec::new(), Vec::new());
    let first = sealed.once("first").await?.0;
    for round in 0..=ROUNDS {
        for call in 0..SEALED {
            let (_, took) = sealed.once(&format!("{round}-{call}")).await?;
            sealed_ms.extend((round > 0).then_some(took));
        }
        if let Some(program) = &program {
            let begun = Instant::now();
            let told = program.once(&sealed.input)?;
            let took = ms(begun);
            if Some(&told) != first.output.as_ref() {
                return Err(format!("{}: the program answers {told}", work.skill).into());
            }
            alone_ms.extend((round > 0).then_some(took));
        }
    }
    let ms = percentile(&mut sealed_ms, 50);
    let alone = match program {
        Some(_) => {
            let alone = percentile(&mut alone_ms, 50);
            format!("{alone:.0} ms | {:.0}× quicker", alone / ms)
        }
        None => "– | –".to_owned(),
    };
    Ok(format!(
        "| `{}` | {} | {kib} KiB | `{}` | {ms:.2} ms | {:.1} MiB | {alone} |",
        work.skill,
        work.language,
        work.tool,
        first.usage.memory_peak_bytes as f64 / f64::from(1 << 20),
    ))
}

/// A work that is called in its sandbox.
struct Sealed<'a> {
    place: &'a Place,
    work: &'a Work,
    skill: Arc<Skill>,
    input: Value,
    files: FileTree,
}

impl<'a> Sealed<'a> {
    async fn new(
        place: &'a Place,
        package: Package,
        work: &'a Work,
        examples: &Path,
    ) -> Result<Sealed<'a>> {
        let input = match work.input.starts_with('{') {
            true => work.input.replace("ORIGIN", &place.origin()),
            false => std::fs::read_to_string(examples.join(work.input))?,
        };
        let mut files = Vec::new();
        for file in work.files {
            let name = file.rsplit('/').next().unwrap_or(file);
            files.push((name, std::fs::read(examples.join(file))?));
        }
        Ok(Sealed {
            place,
            work,
            skill: place.host.load(package).await?,
            input: serde_json::from_str(&input)?,
            files: FileTree::new(files).map_err(|error| format!("{error:?}"))?,
        })
    }

    /// Calls it with this key, and returns what it told, and the time in milliseconds. A server
    /// would tell a key that it knows what it told before.
    async fn once(&self, key: &str) -> Result<(Outcome, f64)> {
        self.place.restore()?;
        let begun = Instant::now();
        let ask = Ask {
            input: self.files.clone(),
            ..Ask::new(Invocation {
                idempotency_key: Some(key.to_owned()),
                ..Invocation::new(self.work.tool, self.input.clone())
            })
        };
        let outcome = self.place.host.invoke(&self.skill, ask).await.outcome;
        let took = ms(begun);
        match outcome.status {
            Status::Ok => Ok((outcome, took)),
            _ => Err(format!("{}: a call ended as {:?}", self.work.skill, outcome.error).into()),
        }
    }
}

fn ms(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}
