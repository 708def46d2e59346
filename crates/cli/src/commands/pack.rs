//! `hotcell pack`: a folder becomes the zip that everybody gets.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use hotcell_package::pack;

use super::read_package;
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell pack skills-examples/tax-check
  hotcell pack my-skill -o dist/my-skill.zip";

/// What `hotcell pack` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The package's folder
    folder: PathBuf,
    /// The zip to write; never overwritten with other bytes [default: NAME-VERSION.zip]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let package = match read_package(&arguments.folder) {
        Ok(package) => package,
        Err(diagnostics) => {
            print::diagnostics(&diagnostics);
            return exit::USAGE;
        }
    };
    let zip = pack(&package.files, &package.name).expect("a package's name is a folder's name");
    let name = format!("{}-{}.zip", package.name, package.manifest.version);
    let output = arguments.output.clone().unwrap_or_else(|| name.into());
    if is_inside(&output, &arguments.folder) {
        print::error(
            &format!(
                "{} is in the package's own folder, and would become part of it",
                output.display()
            ),
            Some("choose a place outside with -o"),
        );
        return exit::USAGE;
    }
    match write_new(&output, &zip) {
        Ok(()) => {
            print::result(&output.display().to_string());
            print::note(&format!("{} bytes, {}", zip.len(), package.digest));
            exit::OK
        }
        Err(why) => {
            print::error(
                &format!("{}: {why}", output.display()),
                Some("choose another with -o"),
            );
            exit::USAGE
        }
    }
}

fn is_inside(output: &Path, folder: &Path) -> bool {
    let parent = match output.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    match (parent.canonicalize(), folder.canonicalize()) {
        (Ok(parent), Ok(folder)) => folder.is_dir() && parent.starts_with(folder),
        _ => false,
    }
}

/// Writes a file that is not there yet. The same bytes already there are as good.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), String> {
    match fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
    {
        Ok(mut file) => file.write_all(bytes).map_err(|error| {
            let _ = fs::remove_file(path);
            error.to_string()
        }),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => match fs::read(path) {
            Ok(there) if there == bytes => Ok(()),
            _ => Err("it is there already with other bytes, and is left as it was".to_owned()),
        },
        Err(error) => Err(error.to_string()),
    }
}
