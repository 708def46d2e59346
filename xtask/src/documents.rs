//! What the skills write for people, opened by a program that is not ours: LibreOffice makes a PDF
//! of a quote and of a deck, and the PDF holds what they say.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::{examples, process, workspace};

const STEP: &str = "documents";

/// Runs the skills through `hotcell run` and reads their documents back through LibreOffice.
pub(crate) fn run() -> Result<()> {
    examples::build()?;
    let mut build = workspace::cargo();
    process::run(STEP, build.args(["build", "--locked", "--workspace"]))?;
    let out = workspace::target().join("documents");
    if out.exists() {
        fs::remove_dir_all(&out).map_err(|error| {
            let problem = format!("{STEP}: {}: {error}", out.display());
            Failure::new(problem, "remove the folder")
        })?;
    }
    let office = "skills-examples/quote-docx/examples/office.json";
    let told = made(&out, ["quote-docx", "make_quote"], office, &[])?;
    let gross = field(&told, "gross")?;
    let quote = text_of(&out, &field(&told, "file")?)?;
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let is_there = |word: &str| digits(word) == digits(&gross);
    holds(quote.split_whitespace().any(is_there), &gross)?;
    let review = "skills-examples/slides/examples/review.json";
    let pictures = ["slides/tests/chart.png", "slides/tests/showroom.jpeg"];
    let told = made(&out, ["slides", "make_deck"], review, &pictures)?;
    let deck = text_of(&out, &field(&told, "file")?)?;
    holds(deck.contains("A strong quarter"), "A strong quarter")
}

/// Returns what the tool answers. Its files are in `out` then.
fn made(out: &Path, [skill, tool]: [&str; 2], input: &str, files: &[&str]) -> Result<String> {
    let mut hotcell = Command::new(workspace::target().join("debug/hotcell"));
    hotcell.current_dir(workspace::root());
    hotcell.arg("run").arg(format!("skills-examples/{skill}"));
    hotcell.arg(tool).arg("--input").arg(format!("@{input}"));
    hotcell.arg("--out").arg(out);
    hotcell.arg("--cache").arg(out.join("cache"));
    for file in files {
        hotcell.arg("--in").arg(format!("skills-examples/{file}"));
    }
    process::output(STEP, &mut hotcell)
}

/// Returns the text of the PDF that LibreOffice makes of a document.
fn text_of(out: &Path, name: &str) -> Result<String> {
    let document = out.join(name);
    let mut office = Command::new("soffice");
    let profile = out.join("office");
    office.arg(format!(
        "-env:UserInstallation=file://{}",
        profile.display()
    ));
    office.args(["--headless", "--convert-to", "pdf", "--outdir"]);
    office.arg(out).arg(&document);
    process::run(STEP, &mut office)?;
    let mut read = Command::new("pdftotext");
    process::output(STEP, read.arg(document.with_extension("pdf")).arg("-"))
}

fn holds(is_there: bool, what: &str) -> Result<()> {
    if is_there {
        println!("the PDF holds {what}");
        return Ok(());
    }
    Err(Failure::new(
        format!("{STEP}: LibreOffice's PDF does not hold {what}"),
        "open the document by hand",
    ))
}

/// Returns the text under `key` in the skill's pretty-printed answer.
fn field(answer: &str, key: &str) -> Result<String> {
    let start = format!("\"{key}\": \"");
    let found = answer
        .lines()
        .find_map(|line| line.trim().strip_prefix(&start)?.split('"').next());
    found.map(str::to_owned).ok_or_else(|| {
        Failure::new(
            format!("{STEP}: the answer has no `{key}`"),
            "run the demo and look",
        )
    })
}
