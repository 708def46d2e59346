//! `hotcell add`: packages are installed, compiled before anybody can call them.

use std::path::{Path, PathBuf};

use clap::Args;
use hotcell_host::{Added, Host, LoadError, Review, hidden_characters};
use hotcell_package::{Diagnostic, Documentation, Installable, Package, ReadLimits};
use hotcell_policy::Policy;
use serde_json::{Value, json};

use crate::config::Places;
use crate::record::{OPERATOR, Record, with_record};
use crate::recorded::{RecordArguments, Trouble};
use crate::{exit, house, print, waiting};

const EXAMPLES: &str = "Examples:
  hotcell add crm.zip
  hotcell add skills-examples/tax-check skills-examples/quote-docx
  hotcell add crm-2.zip --json

A version is added once: other content under the same version is refused. A version that asks for
more than the one before is added, and waits: `hotcell approve NAME@VERSION` lets it be called.
A folder with a SKILL.md and no component is added as documentation: it is read and never run.

Exit code: 0 added, or there already · 2 a package cannot be read · 3 refused · 4 a limit";

/// What `hotcell add` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Packages: folders or zips
    #[arg(required = true)]
    packages: Vec<PathBuf>,
    /// Add a package whose text has characters that a person cannot see
    #[arg(long)]
    allow_hidden: bool,
    /// The folder of compiled code [default: the platform's cache folder]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    #[command(flatten)]
    record: RecordArguments,
}

/// What came of one package.
struct Done {
    installed: Installable,
    added: Added,
    is_enabled: bool,
    waits: bool,
    review: Review,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    with_record(&arguments.record, async |record, places, _| {
        let host = house::host(arguments.cache.clone(), Policy::standard(), None);
        let host = host.map_err(|error| {
            let message = format!("the folder of compiled code: {error}");
            Trouble::usage(message, "choose another with --cache DIR")
        })?;
        let mut code = exit::OK;
        let mut told = Vec::new();
        for path in &arguments.packages {
            match add(arguments, path, record, places, &host).await {
                Ok(done) if arguments.record.json => told.push(done.as_json()),
                Ok(done) => done.tell(),
                Err(trouble) => {
                    let failed = match arguments.record.json {
                        true => {
                            let (failed, error) = as_json(trouble);
                            told.push(json!({ "package": path, "added": false, "error": error }));
                            failed
                        }
                        false => trouble.tell(false),
                    };
                    code = if code == exit::OK { failed } else { code };
                }
            }
        }
        if arguments.record.json {
            print::json(&json!({ "packages": told }));
        }
        Ok(code)
    })
}

async fn add(
    arguments: &Arguments,
    path: &Path,
    record: &Record,
    places: &Places,
    host: &Host,
) -> Result<Done, Trouble> {
    let read = Installable::read(path, &ReadLimits::STANDARD);
    let package = match read.map_err(|error| error.diagnostics().to_vec())? {
        Installable::Runnable(package) => *package,
        Installable::Documentation(skill) => {
            return add_documentation(arguments, *skill, record).await;
        }
    };
    let hidden = hidden_characters(&package);
    if !hidden.is_empty() && !arguments.allow_hidden {
        return Err(refuse_hidden(&package.name, &hidden));
    }
    let review = record.registry.review(&package, &places.state()).await?;
    // Before it is on record: nobody ever waits for a compiler, or finds that it cannot be run.
    let what = format!(
        "compiling {} {}, {} KiB",
        package.name,
        package.manifest.version,
        package.component().len() / 1024
    );
    let loaded = waiting::for_work(&what, host.load(package.clone())).await;
    loaded.map_err(|error| unfit(&package, &error))?;
    let added = record
        .registry
        .add(&package, review.waits(), OPERATOR)
        .await?;
    let (name, version) = (package.name.clone(), package.manifest.version.to_string());
    let releases = record.registry.releases().await?;
    let release = releases
        .iter()
        .find(|one| one.name == name && one.version == version);
    let is_enabled = release.is_some_and(|release| release.is_enabled);
    let waits = record.registry.waiting().await?.contains(&(name, version));
    Ok(Done {
        installed: Installable::Runnable(Box::new(package)),
        added,
        is_enabled,
        waits,
        review,
    })
}

/// Installs somebody's SKILL.md and the files beside it: there is nothing to compile, and nothing
/// that it asks for.
async fn add_documentation(
    arguments: &Arguments,
    skill: Documentation,
    record: &Record,
) -> Result<Done, Trouble> {
    let hidden = skill.hidden_characters();
    if !hidden.is_empty() && !arguments.allow_hidden {
        return Err(refuse_hidden(&skill.name, &hidden));
    }
    print::diagnostics(&skill.warnings);
    let added = record.registry.add_documentation(&skill, OPERATOR).await?;
    let releases = record.registry.releases().await?;
    let digest = skill.digest.to_string();
    let own = releases.iter().find(|one| one.digest == digest);
    Ok(Done {
        is_enabled: own.is_some_and(|own| own.is_enabled),
        installed: Installable::Documentation(Box::new(skill)),
        added,
        waits: false,
        review: Review::default(),
    })
}

fn refuse_hidden(name: &str, found: &[Diagnostic]) -> Trouble {
    let first = &found[0];
    let line = first.line.map_or(String::new(), |line| format!(":{line}"));
    let message = format!(
        "{name} has {} characters that a model reads and a person cannot see, such as {}{line}: {}",
        found.len(),
        first.file,
        first.message
    );
    let mend = "remove them: `hotcell lint` lists them; or look at each, and add --allow-hidden";
    Trouble::refused(message, mend)
}

/// Returns the exit code and the words of what went wrong with one package.
fn as_json(trouble: Trouble) -> (u8, Value) {
    match trouble {
        Trouble::Unusable(found) => (exit::USAGE, json!({ "diagnostics": found })),
        Trouble::Told(code, message, mend) => (code, json!({ "message": message, "hint": mend })),
        Trouble::Stop(stop) => (stop.tell(false), Value::Null),
    }
}

/// Tells why a component cannot be run.
fn unfit(package: &Package, error: &LoadError) -> Trouble {
    let message = format!("{} {}: {error}", package.name, package.manifest.version);
    match error {
        LoadError::Component { hint, .. } => Trouble::usage(message, hint.clone()),
        LoadError::CompileLimit(_) => Trouble::Told(
            exit::LIMIT,
            message,
            "an honest component compiles within them; do not trust this one".to_owned(),
        ),
        LoadError::Fault(_) => Trouble::Told(exit::FAULT, message, "try again".to_owned()),
    }
}

impl Done {
    fn asks(&self) -> Vec<String> {
        match &self.installed {
            Installable::Runnable(package) => package.manifest.ask_lines(),
            Installable::Documentation(_) => Vec::new(),
        }
    }

    fn as_json(&self) -> Value {
        json!({
            "skill": self.installed.name(),
            "version": self.installed.version(),
            "digest": self.installed.digest(),
            "added": self.added == Added::New,
            "enabled": self.is_enabled,
            "waits": self.waits,
            "asks": self.asks(),
            "since": self.review.since,
            "new_asks": self.review.new_asks,
        })
    }

    fn tell(&self) {
        let (name, version) = (self.installed.name(), self.installed.version());
        let came = match (&self.added, self.waits) {
            (Added::New, false) => "added",
            (Added::New, true) => "added, and waits for approval",
            (Added::Same, false) => "is there already",
            (Added::Same, true) => "is there already, and waits for approval",
        };
        let mut text = format!("{name} {version}  {}\n{came}\n", self.installed.digest());
        if self.added == Added::New && !self.waits {
            text += "asks for\n";
            text += &lines(&self.asks());
        }
        if let Some(since) = self.review.since.as_ref().filter(|_| self.waits) {
            text += &format!("asks anew, compared with {since}\n");
            text += &lines(&self.review.new_asks);
        }
        if let Installable::Documentation(_) = self.installed {
            text += "it has no component: it is read and never run\n";
        }
        print::result(text.trim_end());
        if self.waits {
            print::note(&format!("  mend: hotcell approve {name}@{version}"));
        } else if !self.is_enabled {
            print::note(&format!(
                "  it is disabled; mend: hotcell enable {name}@{version}"
            ));
        }
    }
}

fn lines(asks: &[String]) -> String {
    match asks {
        [] => "  nothing\n".to_owned(),
        asks => asks.iter().map(|ask| format!("  + {ask}\n")).collect(),
    }
}
