//! `hotcell dev`: builds, lints and tests a skill whenever one of its files changes.

use std::path::{Path, PathBuf};

use clap::Args;
use hotcell_author::build::{BuildOptions, InstallScripts, Language, build};
use hotcell_author::report::TestReport;
use hotcell_author::testing::{Chaos, TestOptions};
use hotcell_author::watching::Changes;
use hotcell_host::Sandbox;
use hotcell_package::{Diagnostic, Package, lint};

use super::build::know_engine;
use super::read_package;
use super::test::test_one;
use crate::{exit, house, print};

const EXAMPLES: &str = "Examples:
  hotcell dev my-skill

Where the folder has sources, this builds them, and so runs its author's code: do that only with what
you trust. Ctrl-C ends it.";

/// What `hotcell dev` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The skill's folder
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Where compiled code is kept
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

/// Runs the command, until somebody ends it.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let changes = match Changes::of(&arguments.folder) {
        Ok(changes) => changes,
        Err(why) => {
            let message = format!("{} cannot be watched: {why}", arguments.folder.display());
            print::error(&message, Some("name a skill's folder"));
            return exit::USAGE;
        }
    };
    let (runtime, sandbox) = match (house::runtime(), house::sandbox(arguments.cache.clone())) {
        (Ok(runtime), Ok(sandbox)) => (runtime, sandbox),
        (Err(fault), _) => {
            print::error(&fault.message, Some(&fault.mend));
            return exit::FAULT;
        }
        (_, Err(error)) => {
            print::error(&format!("the host cannot start: {error}"), None);
            return exit::FAULT;
        }
    };
    loop {
        runtime.block_on(look(&sandbox, &arguments.folder));
        print::note("waiting for a change; Ctrl-C ends");
        match changes.next() {
            Ok(changed) => {
                let names: Vec<_> = changed
                    .iter()
                    .map(|path| path.display().to_string())
                    .collect();
                print::note(&format!("changed: {}", names.join(", ")));
            }
            Err(why) => {
                print::error(&format!("the folder is no longer watched: {why}"), None);
                return exit::FAULT;
            }
        }
    }
}

/// Builds the skill where its folder has sources.
async fn rebuild(sandbox: &Sandbox, folder: &Path) -> Result<(), Vec<Diagnostic>> {
    let Ok(language) = Language::of_folder(folder) else {
        return Ok(());
    };
    let cache = house::author_cache().map_err(|error| {
        let found = Diagnostic::error("cache_unusable", "cache", error.to_string());
        vec![found.hint("give this user a home folder")]
    })?;
    let options = BuildOptions {
        folder,
        language: Some(language),
        cache: &cache,
        install_scripts: InstallScripts::Refused,
        tell: &|what| print::note(&format!("{what} …")),
    };
    let built = build(&options)?;
    print::diagnostics(&built.warnings);
    know_engine(sandbox, language, &cache).await;
    Ok(())
}

/// Looks at the skill once. Whatever is wrong is told, and ends nothing.
async fn look(sandbox: &Sandbox, folder: &Path) {
    if let Err(found) = rebuild(sandbox, folder).await {
        return print::diagnostics(&found);
    }
    let package: Package = match read_package(folder) {
        Ok(package) => package,
        Err(found) => return print::diagnostics(&found),
    };
    print::diagnostics(&lint(&package));
    let options = TestOptions {
        case: None,
        fuzz: None,
        chaos: Chaos::Calm,
    };
    match test_one(sandbox, folder, &options).await {
        Ok(report) => {
            let skills = vec![report];
            print::result(&TestReport { skills }.to_string());
        }
        Err(stop) => {
            let _ = stop.tell(false);
        }
    }
}
