//! `hotcell new`: a skill's folder to begin with.

use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use hotcell_author::new::{NewSkill, Template, new};

use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell new my-skill --lang python
  hotcell new my-skill --lang ts --http https://api.example.com

Nothing is ever overwritten. Then: hotcell build my-skill, and hotcell test my-skill";

/// Longest answer to a question: 256 bytes.
const ANSWER_BYTES_MAX: u64 = 256;

/// What `hotcell new` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The skill's name: a new folder, of a-z, 0-9 and single hyphens
    name: Option<PathBuf>,
    /// The language: rust, js, ts or python
    #[arg(long, value_name = "LANGUAGE")]
    lang: Option<Template>,
    /// A server that it asks, such as `https://api.example.com`
    #[arg(long, value_name = "ORIGIN")]
    http: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> u8 {
    let Some(folder) = arguments
        .name
        .or_else(|| ask("name of the skill").map(PathBuf::from))
    else {
        print::error(
            "the skill has no name",
            Some("hotcell new my-skill --lang python"),
        );
        return exit::USAGE;
    };
    let template = match arguments.lang {
        Some(template) => Ok(template),
        None => match ask("language (rust, js, ts or python)") {
            Some(word) => word.parse(),
            None => Err("the language is not said".to_owned()),
        },
    };
    let template = match template {
        Ok(template) => template,
        Err(why) => {
            print::error(&why, Some("say it: --lang rust, js, ts or python"));
            return exit::USAGE;
        }
    };
    let skill = NewSkill {
        folder: &folder,
        template,
        origins: &arguments.http,
    };
    match new(&skill) {
        Ok(files) => {
            for file in files.iter().filter(|file| !file.starts_with(".hotcell")) {
                print::result(&folder.join(file).display().to_string());
            }
            print::note(&format!("next: hotcell build {}", folder.display()));
            exit::OK
        }
        Err(diagnostics) => {
            print::diagnostics(&diagnostics);
            exit::USAGE
        }
    }
}

/// Asks a person, where one is there; none otherwise.
fn ask(what: &str) -> Option<String> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return None;
    }
    print::note(&format!("{what}?"));
    let mut answer = String::new();
    let mut input = io::Read::take(io::stdin().lock(), ANSWER_BYTES_MAX);
    input.read_line(&mut answer).ok()?;
    let answer = answer.trim();
    (!answer.is_empty()).then(|| answer.to_owned())
}
