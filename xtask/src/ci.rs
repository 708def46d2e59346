//! Every check that must pass before a change lands, in one order, with one table at the end.
//!
//! It never goes on past a failure: the first one is the one to mend.

mod steps;
mod tools;

use std::time::{Duration, Instant};

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::ci::steps::{STEPS, Step};
use crate::counts::Counts;
use crate::failure::{Failure, Result};

/// Which steps to run.
#[derive(Args)]
pub(crate) struct Options {
    /// Runs this step alone.
    #[arg(long, value_name = "STEP", value_parser = names(), conflicts_with = "from")]
    only: Option<String>,
    /// Runs this step and all after it.
    #[arg(long, value_name = "STEP", value_parser = names())]
    from: Option<String>,
    /// Checks the dependencies against the advisory database too, which needs the open network.
    #[arg(long)]
    advisories: bool,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(STEPS.iter().map(|step| step.name))
}

/// What the steps share while they run.
pub(crate) struct Context {
    /// Whether the deny step reads the advisory database.
    pub(crate) advisories: bool,
    /// The tests of all steps so far.
    pub(crate) counts: Counts,
}

/// One step that was begun.
struct Row {
    name: &'static str,
    took: Duration,
    passed: bool,
}

/// Runs the chosen steps.
pub(crate) fn run(options: &Options) -> Result<()> {
    let chosen = choose(&STEPS, options.only.as_deref(), options.from.as_deref());
    let mut context = Context {
        advisories: options.advisories,
        counts: Counts::default(),
    };
    let mut rows = Vec::new();
    let mut result = Ok(());
    for (place, step) in chosen.iter().enumerate() {
        println!(
            "\n== {} ({} of {}): {}",
            step.name,
            place + 1,
            chosen.len(),
            step.about
        );
        let start = Instant::now();
        result = (step.run)(&mut context);
        rows.push(Row {
            name: step.name,
            took: start.elapsed(),
            passed: result.is_ok(),
        });
        if result.is_err() {
            break;
        }
    }
    print!("\n{}", table(&rows, chosen));
    if context.counts != Counts::default() {
        println!("\ntests: {}", context.counts);
    }
    result.map_err(|failure| repeat(failure, rows.last()))
}

fn choose<'steps>(steps: &'steps [Step], only: Option<&str>, from: Option<&str>) -> &'steps [Step] {
    let place = |name| {
        steps
            .iter()
            .position(|step| step.name == name)
            .expect("the parser takes the names of steps only")
    };
    match (only, from) {
        (Some(name), _) => &steps[place(name)..=place(name)],
        (None, Some(name)) => &steps[place(name)..],
        (None, None) => steps,
    }
}

fn table(rows: &[Row], chosen: &[Step]) -> String {
    let mut table = format!("{:<14} {:>8}  result\n", "step", "seconds");
    for row in rows {
        let (name, seconds) = (row.name, row.took.as_secs_f64());
        let word = if row.passed { "ok" } else { "FAILED" };
        table += &format!("{name:<14} {seconds:>8.1}  {word}\n");
    }
    for step in &chosen[rows.len()..] {
        table += &format!("{:<14} {:>8}  not run\n", step.name, "-");
    }
    let total: f64 = rows.iter().map(|row| row.took.as_secs_f64()).sum();
    table + &format!("{:<14} {total:>8.1}\n", "all")
}

fn repeat(failure: Failure, last: Option<&Row>) -> Failure {
    let name = last.map_or("", |row| row.name);
    failure.with_next(format!(
        "cargo xtask ci --only {name} repeats it; cargo xtask ci --from {name} goes on"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(only: Option<&str>, from: Option<&str>) -> Vec<&'static str> {
        let steps = choose(&STEPS, only, from);
        steps.iter().map(|step| step.name).collect()
    }

    #[test]
    fn only_is_one_step_and_from_is_the_rest() {
        assert_eq!(chosen(Some("clippy"), None), ["clippy"]);
        assert_eq!(chosen(None, Some("docs")), ["docs", "deny"]);
        assert_eq!(chosen(None, None).len(), STEPS.len());
    }

    #[test]
    fn the_table_shows_what_failed_and_what_never_ran() {
        let rows = [
            Row {
                name: "toolchain",
                took: Duration::from_millis(1_250),
                passed: true,
            },
            Row {
                name: "fmt",
                took: Duration::from_secs(2),
                passed: false,
            },
        ];
        let table = table(&rows, &STEPS[..3]);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[1], "toolchain           1.2  ok");
        assert_eq!(lines[2], "fmt                 2.0  FAILED");
        assert_eq!(lines[3], "tidy                  -  not run");
        assert_eq!(lines[4], "all                 3.2");
    }

    #[test]
    fn a_failure_says_how_to_repeat_it() {
        let row = Row {
            name: "docs",
            took: Duration::ZERO,
            passed: false,
        };
        let words = repeat(Failure::new("docs: it broke", "read it"), Some(&row)).to_string();
        assert!(words.starts_with("error: docs: it broke"));
        assert!(words.contains("cargo xtask ci --only docs"));
        assert!(words.contains("cargo xtask ci --from docs"));
    }
}
