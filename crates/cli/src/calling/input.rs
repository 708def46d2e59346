//! What a call is given: the arguments and the files that the tool sees at `/in`.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use hotcell_package::json::{JsonLimits, parse_strict};
use hotcell_package::{FileTree, printable};
use serde_json::{Map, Value};

use super::stop::Stop;

/// Bytes of one file that `--in` passes.
const INPUT_FILE_BYTES_MAX: u64 = 64 << 20;

/// Bytes of JSON that `--input` may have; the tool's own limit is checked after it.
const INPUT_JSON_BYTES_MAX: u64 = 16 << 20;

/// Depth and values of that JSON: looser than the host's, which holds for the arguments alone,
/// so that a whole invocation around them changes nothing. The parser's own bound is deeper.
const INPUT_JSON_DEPTH_MAX: usize = 2 * JsonLimits::STANDARD.depth - 2;
const INPUT_JSON_VALUES_MAX: usize = 2 * JsonLimits::STANDARD.values;

/// Reads `--input`; where it was not given, no arguments.
///
/// # Errors
///
/// Fails where it cannot be read, is too long or is no JSON.
pub(crate) fn input_value(given: Option<&str>) -> Result<Value, Stop> {
    match given {
        None => Ok(Value::Object(Map::new())),
        Some(given) => parse(&input_text(given)?),
    }
}

fn input_text(given: &str) -> Result<String, Stop> {
    let (name, bytes) = match given.strip_prefix('@') {
        Some(path) => (path, read_at_most(Path::new(path), INPUT_JSON_BYTES_MAX)),
        None if given == "-" => (
            "stdin",
            take_at_most(io::stdin().lock(), INPUT_JSON_BYTES_MAX),
        ),
        None => return Ok(given.to_owned()),
    };
    let bytes = bytes.map_err(|error| Stop::usage(format!("{name}: {error}"), None))?;
    String::from_utf8(bytes).map_err(|_| Stop::usage(format!("{name}: this is not UTF-8"), None))
}

fn parse(text: &str) -> Result<Value, Stop> {
    let limits = JsonLimits {
        bytes: usize::MAX,
        depth: INPUT_JSON_DEPTH_MAX,
        values: INPUT_JSON_VALUES_MAX,
    };
    parse_strict(text, &limits).map_err(|error| {
        let hint = "--input takes JSON, @FILE with JSON in it, or - for stdin";
        Stop::usage(format!("--input is no JSON: {error}"), Some(hint))
    })
}

/// Reads the `--in` files; each is seen under its own name.
///
/// # Errors
///
/// Fails where one cannot be read, or two have one name.
pub(crate) fn input_files(paths: &[PathBuf]) -> Result<FileTree, Stop> {
    let mut files = Vec::new();
    for path in paths {
        let shown = path.display();
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| Stop::usage(format!("{shown}: no usable name"), None))?;
        let bytes = read_at_most(path, INPUT_FILE_BYTES_MAX)
            .map_err(|error| Stop::usage(format!("{shown}: {error}"), None))?;
        files.push((name.to_owned(), bytes));
    }
    FileTree::new(files).map_err(|error| {
        let message = format!(
            "--in: `{}` {}",
            printable(&error.path),
            error.reason.message
        );
        Stop::usage(
            message,
            Some("rename the file, and pass no two of one name"),
        )
    })
}

fn read_at_most(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    take_at_most(fs::File::open(path)?, bytes_max)
}

fn take_at_most(from: impl Read, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        return Err(io::Error::other(format!(
            "it has more than {bytes_max} bytes"
        )));
    }
    Ok(bytes)
}
