//! The steps of `cargo xtask ci`, in their order: what fails within seconds comes first.
//!
//! All of them share one target folder and the dev profile, so that the sandbox's compiler is
//! itself compiled once for checking (clippy, docs) and once for running (tests, doctests).

use std::process::Command;

use crate::ci::{Context, tools};
use crate::examples::TARGET;
use crate::failure::{Failure, Result};
use crate::workspace::{cargo, cargo_in_examples, examples, root};
use crate::{attacks, conformance, process, tidy};

/// One named check.
pub(crate) struct Step {
    /// What `--only` and `--from` take.
    pub(crate) name: &'static str,
    /// One line for the person who watches.
    pub(crate) about: &'static str,
    /// The check itself.
    pub(crate) run: fn(&mut Context) -> Result<()>,
}

/// Every step, in order.
pub(crate) const STEPS: [Step; 14] = [
    Step {
        name: "toolchain",
        about: "the pinned toolchain can compile skills",
        run: toolchain,
    },
    Step {
        name: "fmt",
        about: "both workspaces are formatted",
        run: fmt,
    },
    Step {
        name: "tidy",
        about: "the house rules hold",
        run: |_| tidy::run(),
    },
    Step {
        name: "clippy",
        about: "both workspaces pass clippy without a warning",
        run: clippy,
    },
    Step {
        name: "examples",
        about: "the example skills compile, and their components are put in place",
        run: |_| crate::examples::run(),
    },
    Step {
        name: "tests",
        about: "the tests of the main workspace",
        run: tests,
    },
    Step {
        name: "attacks",
        about: "the table of attacks is what the tests have just tried",
        run: |_| attacks::check(),
    },
    Step {
        name: "doctests",
        about: "the examples in the documentation",
        run: doctests,
    },
    Step {
        name: "example-tests",
        about: "the example skills' own tests, natively",
        run: example_tests,
    },
    Step {
        name: "documents",
        about: "LibreOffice opens the quote and the deck that skills wrote",
        run: |_| crate::documents::run(),
    },
    Step {
        name: "demo",
        about: "what a newcomer runs first does what it says",
        run: |_| crate::demo::run(),
    },
    Step {
        name: "conformance",
        about: "the MCP conformance suite finds what it is expected to",
        run: |_| conformance::run(),
    },
    Step {
        name: "docs",
        about: "the documentation builds without a warning",
        run: docs,
    },
    Step {
        name: "deny",
        about: "licences, sources and banned crates",
        run: deny,
    },
];

fn toolchain(_: &mut Context) -> Result<()> {
    let step = "toolchain";
    let rustup = |verb| {
        let mut command = Command::new("rustup");
        command.current_dir(root()).args(["target", verb]);
        command
    };
    let installed = process::output(step, rustup("list").arg("--installed"))?;
    if !installed.lines().any(|line| line == TARGET) {
        process::run(step, rustup("add").arg(TARGET))?;
    }
    process::run(step, cargo().arg("--version"))
}

fn fmt(_: &mut Context) -> Result<()> {
    process::run("fmt", cargo().args(["fmt", "--all", "--check"]))?;
    process::run("fmt", cargo_in_examples().args(["fmt", "--all", "--check"]))
}

/// The skills are checked twice: natively with their tests, and as what they are compiled to.
fn clippy(_: &mut Context) -> Result<()> {
    let deny = ["--", "-D", "warnings"];
    let all = ["clippy", "--workspace", "--locked", "--all-targets"];
    process::run("clippy", cargo().args(all).args(deny))?;
    process::run("clippy", cargo_in_examples().args(all).args(deny))?;
    let skills = ["clippy", "--workspace", "--locked", "--target", TARGET];
    process::run("clippy", cargo_in_examples().args(skills).args(deny))
}

fn tests(context: &mut Context) -> Result<()> {
    attacks::forget()?;
    nextest("tests", context, cargo())
}

fn example_tests(context: &mut Context) -> Result<()> {
    nextest("example-tests", context, cargo_in_examples())
}

/// All failures are shown, not only the first; a run of no test is a failure.
fn nextest(step: &str, context: &mut Context, cargo: Command) -> Result<()> {
    let mut command = tools::nextest(step)?.command(cargo);
    command.args([
        "--workspace",
        "--locked",
        "--no-fail-fast",
        "--color",
        "never",
    ]);
    let tested = process::test(step, &mut command);
    context.counts += tested.counts;
    tested.result?;
    if tested.counts.passed == 0 {
        return Err(Failure::new(
            format!("{step}: no test has run"),
            "cargo nextest list shows what is found",
        ));
    }
    Ok(())
}

fn doctests(context: &mut Context) -> Result<()> {
    let mut command = cargo();
    command.args(["test", "--doc", "--workspace", "--locked"]);
    let tested = process::test("doctests", &mut command);
    context.counts += tested.counts;
    tested.result
}

/// Private items are included: the pages are read by those who work on the house.
fn docs(_: &mut Context) -> Result<()> {
    let mut command = cargo();
    command
        .env("RUSTDOCFLAGS", "-D warnings")
        .args(["doc", "--workspace", "--locked", "--no-deps"])
        .arg("--document-private-items");
    process::run("docs", &mut command)
}

fn deny(context: &mut Context) -> Result<()> {
    let deny = tools::deny("deny")?;
    let config = root().join("deny.toml");
    for folder in [root(), examples()] {
        let mut command = Command::new(&deny);
        command
            .current_dir(folder)
            .args(["--locked", "--config"])
            .arg(&config)
            .args(["check", "bans", "licenses", "sources"]);
        if context.advisories {
            command.arg("advisories");
        }
        process::run("deny", &mut command)?;
    }
    Ok(())
}
