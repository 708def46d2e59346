//! `hotcell build`: a skill's component, from sources in its author's language.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use hotcell_author::build::{BuildOptions, Built, InstallScripts, Language, build, engine};
use hotcell_host::Sandbox;
use hotcell_package::{Diagnostic, Package, pack};
use serde_json::json;

use super::read_package;
use crate::{exit, house, print};

const EXAMPLES: &str = "Examples:
  hotcell build my-skill
  hotcell build . --lang python
  hotcell build my-skill -o dist/my-skill.zip

Building runs the author's own code (build scripts of Rust, and with --allow-scripts those of npm \
packages). Build only what you trust.";

/// What `hotcell build` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The skill's folder
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// The language: rust, js, ts or python [default: found by itself]
    #[arg(long, value_name = "LANGUAGE")]
    lang: Option<Language>,
    /// Where tools and earlier builds are kept [default: the platform's cache folder]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Let npm packages run their install scripts, with your rights
    #[arg(long)]
    allow_scripts: bool,
    /// The zip to write [default: NAME-VERSION.zip beside the folder]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print what was built as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let begun = Instant::now();
    match built(arguments) {
        Ok((built, package, zip)) => {
            let seconds = begun.elapsed().as_secs_f64();
            tell(arguments, &built, &package, &zip, seconds);
            exit::OK
        }
        Err(diagnostics) => {
            print::diagnostics(&diagnostics);
            exit::USAGE
        }
    }
}

fn built(arguments: &Arguments) -> Result<(Built, Package, PathBuf), Vec<Diagnostic>> {
    let cache = match &arguments.cache {
        Some(cache) => cache.clone(),
        None => house::author_cache().map_err(|error| {
            let found = Diagnostic::error("cache_unusable", "cache", error.to_string());
            vec![found.hint("choose a folder with --cache DIR")]
        })?,
    };
    let built = build(&BuildOptions {
        folder: &arguments.folder,
        language: arguments.lang,
        cache: &cache,
        install_scripts: if arguments.allow_scripts {
            InstallScripts::Allowed
        } else {
            InstallScripts::Refused
        },
        tell: &|what| print::note(&format!("{what} …")),
    })?;
    print::diagnostics(&built.warnings);
    if built.language != Language::Rust {
        prepare_engine(built.language, &cache);
    }
    let package = read_package(&arguments.folder)?;
    let zip = zip_place(arguments, &package);
    let bytes = pack(&package.files, &package.name).expect("a package's name is a folder's name");
    std::fs::write(&zip, bytes).map_err(|error| {
        let found = Diagnostic::error("unwritable", &zip.display().to_string(), error.to_string());
        vec![found.hint("choose another place with -o")]
    })?;
    Ok((built, package, zip))
}

/// Compiles the language's engine where `hotcell run` looks for it. The skill is built already: a
/// machine without such a place, as one without a home folder, goes on without.
fn prepare_engine(language: Language, cache: &Path) {
    match (house::sandbox(None), house::runtime()) {
        (Ok(sandbox), Ok(runtime)) => runtime.block_on(know_engine(&sandbox, language, cache)),
        (Err(error), _) => engine_is_not_kept(language, &error.to_string()),
        (_, Err(fault)) => engine_is_not_kept(language, &fault.message),
    }
}

/// Compiles the language's engine, once for a machine, so that every skill with it is ready in a
/// third of the time. Where that fails, each skill is compiled whole.
pub(super) async fn know_engine(sandbox: &Sandbox, language: Language, cache: &Path) {
    let component = match engine(language, cache, &|_| {}) {
        Ok(Some(component)) => component,
        Ok(None) => return,
        Err(found) => {
            let why = found.first().map_or("", |first| first.message.as_str());
            return engine_is_not_kept(language, why);
        }
    };
    if sandbox.knows_engine(&component) {
        return;
    }
    print::note(&format!("compiling the engine of {language}, once …"));
    if let Err(error) = sandbox.add_engine(&component).await {
        engine_is_not_kept(language, &format!("{error:?}"));
    }
}

fn engine_is_not_kept(language: Language, why: &str) {
    print::note(&format!(
        "the engine of {language} is not kept, and each skill is compiled whole: {why}"
    ));
}

/// Beside the folder: in it, the zip would become part of the package.
fn zip_place(arguments: &Arguments, package: &Package) -> PathBuf {
    let name = format!("{}-{}.zip", package.name, package.manifest.version);
    let beside = || {
        let folder = arguments.folder.canonicalize().ok()?;
        Some(folder.parent().unwrap_or(Path::new("/")).join(&name))
    };
    let output = arguments.output.clone();
    output
        .or_else(beside)
        .unwrap_or_else(|| PathBuf::from(&name))
}

fn tell(arguments: &Arguments, built: &Built, package: &Package, zip: &Path, seconds: f64) {
    if arguments.json {
        print::json(&json!({
            "skill": package.name,
            "version": package.manifest.version.to_string(),
            "language": built.written_in.word(),
            "component_bytes": built.component_bytes,
            "digest": package.digest.to_string(),
            "zip": zip,
            "unchanged": built.unchanged,
            "warnings": built.warnings,
        }));
        return;
    }
    print::result(&zip.display().to_string());
    let state = if built.unchanged {
        ", as built before"
    } else {
        ""
    };
    print::note(&format!(
        "{} {} from {}: component of {} KiB, {}{state}; {seconds:.1} s",
        package.name,
        package.manifest.version,
        built.written_in,
        built.component_bytes / 1024,
        package.digest,
    ));
}
