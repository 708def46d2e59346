//! The quote that `quote-docx` writes, opened by a program that is not ours: LibreOffice makes a
//! PDF of it, and the PDF holds the total.

use std::fs;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::{examples, process, workspace};

const STEP: &str = "documents";

/// Runs the skill through `hotcell run` and reads its document back through LibreOffice.
pub(crate) fn run() -> Result<()> {
    examples::build()?;
    let mut build = workspace::cargo();
    process::run(STEP, build.args(["build", "--locked", "--workspace"]))?;
    let out = workspace::target().join("documents");
    let failed = |error: std::io::Error| {
        Failure::new(
            format!("{STEP}: {}: {error}", out.display()),
            "remove the folder",
        )
    };
    if out.exists() {
        fs::remove_dir_all(&out).map_err(failed)?;
    }
    let mut hotcell = Command::new(workspace::target().join("debug/hotcell"));
    hotcell.current_dir(workspace::root());
    hotcell.args(["run", "skills-examples/quote-docx", "make_quote"]);
    hotcell.args([
        "--input",
        "@skills-examples/quote-docx/examples/office.json",
    ]);
    hotcell
        .arg("--out")
        .arg(&out)
        .arg("--cache")
        .arg(out.join("cache"));
    let told = process::output(STEP, &mut hotcell)?;
    let gross = field(&told, "gross")?;
    let document = out.join(field(&told, "file")?);

    let mut office = Command::new("soffice");
    office.arg(format!(
        "-env:UserInstallation=file://{}",
        out.join("office").display()
    ));
    office
        .args(["--headless", "--convert-to", "pdf", "--outdir"])
        .arg(&out)
        .arg(&document);
    process::run(STEP, &mut office)?;
    let mut read = Command::new("pdftotext");
    let text = process::output(STEP, read.arg(document.with_extension("pdf")).arg("-"))?;
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let wanted = digits(&gross);
    if text.split_whitespace().any(|word| digits(word) == wanted) {
        println!("the PDF of {} holds the total {gross}", document.display());
        return Ok(());
    }
    Err(Failure::new(
        format!("{STEP}: LibreOffice's PDF does not hold the total {gross}"),
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
