//! `hotcell load`: what a model is shown when it loads a skill.

use clap::Args;
use hotcell_host::{LoadedSkill, TOKENIZER};

use crate::reader::ReaderArguments;
use crate::recorded::Trouble;
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell load tax-check
  hotcell load crm@1 --json
  hotcell load quote-docx --file assets/template.txt
  hotcell load crm --assistant sales

The text on stdout is what a model is shown: the author's words between marks that name the
package's digest, and the tools. The skill's files are listed on stderr.";

/// What `hotcell load` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The skill: NAME, NAME@1, NAME@1.2.0 or NAME@sha256:…
    skill: String,
    /// Show one of its files instead, which has to be text
    #[arg(long, value_name = "PATH", conflicts_with = "json")]
    file: Option<String>,
    #[command(flatten)]
    reader: ReaderArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let reader = &arguments.reader;
    reader.record.with_host(async |host, _| {
        let who = reader.reader();
        let loaded = host.load_skill(&who, &arguments.skill).await??;
        match &arguments.file {
            Some(path) => print::result(text(&loaded, path)?.trim_end_matches('\n')),
            None if reader.record.json => print::json(&loaded),
            None => {
                print::result(loaded.to_string().trim_end());
                tell_files(&loaded);
            }
        }
        Ok(exit::OK)
    })
}

fn tell_files(loaded: &LoadedSkill) {
    for file in loaded.files() {
        print::note(&format!("file {}, {} bytes", file.path, file.bytes));
    }
    print::note(&format!("{} tokens ({TOKENIZER})", loaded.tokens()));
}

fn text<'l>(loaded: &'l LoadedSkill, path: &str) -> Result<&'l str, Trouble> {
    let name = loaded.name();
    let bytes = loaded.file(path).ok_or_else(|| {
        let all = loaded.files().iter().map(|file| file.path.as_str());
        let mend = match hotcell_package::near_name(path, all) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("`hotcell load {name}` lists its files"),
        };
        Trouble::refused(format!("the skill `{name}` has no file {path}"), mend)
    })?;
    std::str::from_utf8(bytes).map_err(|_| {
        let message = format!("{path} is not text");
        Trouble::usage(message, "unpack the package to look at it")
    })
}
