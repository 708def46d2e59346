//! `cargo xtask demo`: the main job on real input, with results that one can look at.

mod crm;
mod mcp;
mod record;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::{examples, process, workspace};

/// Builds the example skills and the program, and runs them as a user would.
pub(crate) fn run() -> Result<()> {
    examples::build()?;
    let mut build = workspace::cargo();
    build.args(["build", "--locked", "--workspace"]);
    process::run("demo", &mut build)?;
    let demo = Demo::new()?;
    demo.tax_check()?;
    demo.datev_export()?;
    demo.quote_docx()?;
    crm::run(&demo)?;
    mcp::run(&demo)?;
    demo.hostile()?;
    title("done");
    println!("Files: {}", demo.out.display());
    Ok(())
}

struct Demo {
    program: PathBuf,
    out: PathBuf,
}

impl Demo {
    fn new() -> Result<Demo> {
        let target = workspace::target();
        let out = target.join("demo");
        let failed = |error: std::io::Error| {
            Failure::new(
                format!("demo: {}: {error}", out.display()),
                "remove the folder",
            )
        };
        if out.exists() {
            fs::remove_dir_all(&out).map_err(failed)?;
        }
        fs::create_dir_all(&out).map_err(failed)?;
        Ok(Demo {
            program: target.join("debug/hotcell"),
            out,
        })
    }

    /// Returns a call of `hotcell` at the repository's root, its compiled code kept apart.
    fn hotcell(&self, command: &str) -> Command {
        let mut hotcell = Command::new(&self.program);
        hotcell.current_dir(workspace::root()).arg(command);
        hotcell
    }

    fn call(&self, skill: &str, tool: &str, input: &str) -> Command {
        let mut run = self.hotcell("run");
        run.arg(format!("skills-examples/{skill}")).arg(tool);
        run.arg("--input").arg(input);
        run.arg("--cache").arg(self.out.join("cache"));
        run
    }

    fn tax_check(&self) -> Result<()> {
        title("a package: what it is, what it can do, what it asks for");
        process::run(
            "demo",
            self.hotcell("show").arg("skills-examples/tax-check"),
        )?;
        title("tax-check: an invoice with mistakes in it");
        let input = "@skills-examples/tax-check/examples/faulty.json";
        process::run("demo", &mut self.call("tax-check", "check_invoice", input))
    }

    fn datev_export(&self) -> Result<()> {
        title("datev-export: a month of invoices becomes a DATEV booking batch");
        let input = "@skills-examples/datev-export/examples/october.json";
        let out = self.out.join("datev");
        let mut run = self.call("datev-export", "export_bookings", input);
        process::run("demo", run.arg("--out").arg(&out))?;
        show_head(&out)
    }

    fn quote_docx(&self) -> Result<()> {
        title("quote-docx: a Word template and data become a quote");
        let input = "@skills-examples/quote-docx/examples/office.json";
        let out = self.out.join("quote");
        let mut run = self.call("quote-docx", "make_quote", input);
        process::run("demo", run.arg("--out").arg(&out))?;
        println!("Open it with Word or LibreOffice.");
        Ok(())
    }

    /// Shows that a skill which does not wish us well stays inside.
    fn hostile(&self) -> Result<()> {
        title("hostile skills: each is stopped by something that has a name");
        let folder = self.out.join("hostile");
        let mut write = Command::new(workspace::target().join("debug/hostile-packages"));
        process::run("demo", write.arg(&folder))?;
        let failed = |error: std::io::Error| {
            Failure::new(
                format!("demo: {}: {error}", folder.display()),
                "run it again",
            )
        };
        let listing = fs::read_dir(&folder).map_err(failed)?;
        let mut packages: Vec<_> = listing
            .map(|entry| Ok(entry?.path()))
            .collect::<std::io::Result<_>>()
            .map_err(failed)?;
        packages.sort();
        for package in packages {
            let is_told = package.ends_with("wants-sockets");
            let mut run = self.hotcell("run");
            run.arg(&package).args(["go", "--limit", "time_ms=2s"]);
            run.arg("--cache").arg(self.out.join("cache"));
            println!();
            if is_told {
                println!("asks for a TCP socket, a UDP socket and a name, and counts refusals:");
                process::run("demo", &mut run)?;
            } else {
                process::run_to_failure("demo", &mut run)?;
            }
        }
        Ok(())
    }
}

/// Prints the first lines of each file in `folder`, as Windows-1252 where it is that.
fn show_head(folder: &Path) -> Result<()> {
    let failed = |error: std::io::Error| {
        Failure::new(
            format!("demo: {}: {error}", folder.display()),
            "run it again",
        )
    };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let bytes = fs::read(entry.map_err(failed)?.path()).map_err(failed)?;
        let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
        for line in text.lines().take(4) {
            println!("  {}", line.chars().take(110).collect::<String>());
        }
    }
    Ok(())
}

fn title(text: &str) {
    println!("\n== {text}");
}
