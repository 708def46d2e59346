//! `hotcell run`: one tool of one package, once.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use clap::Args;
use hotcell_host::{Ask, LoadError, Progress, ProgressSink, Reply, deliver};
use hotcell_package::json::{JsonLimits, parse_strict};
use hotcell_package::{FileTree, printable};
use hotcell_policy::{Failure, Invocation, Outcome, Policy, Retry, Status, Usage};
use serde_json::{Map, Value, json};

use super::read_package;
use crate::{exit, house, print};

/// Bytes of one file that `--in` passes.
const INPUT_FILE_BYTES_MAX: u64 = 64 << 20;

/// Bytes of JSON that `--input` may have; the tool's own limit is checked after it.
const INPUT_JSON_BYTES_MAX: u64 = 16 << 20;

/// Depth and values of that JSON: looser than the host's, which holds for the arguments alone,
/// so that a whole invocation around them changes nothing. The parser's own bound is deeper.
const INPUT_JSON_DEPTH_MAX: usize = 2 * JsonLimits::STANDARD.depth - 2;
const INPUT_JSON_VALUES_MAX: usize = 2 * JsonLimits::STANDARD.values;

const EXAMPLES: &str = "Examples:
  hotcell run skills-examples/tax-check check_vat_number --input '{\"number\": \"DE136695976\"}'
  hotcell run quote.zip make_quote --input @quote.json --out quotes
  hotcell run quote.zip --input '{\"tool\": \"make_quote\", \"input\": {…}, \"idempotency_key\": \"q-17\"}'
  hotcell run report.zip render --in data.csv --out . --limit time_ms=30s --limit memory_bytes=128MiB";

/// What `hotcell run` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A package: a folder or a zip
    package: PathBuf,
    /// The tool; may be left out where --input names it
    tool: Option<String>,
    /// Arguments or a whole invocation: JSON, @FILE, or - for stdin [default: {}]
    #[arg(long, value_name = "JSON|@FILE|-")]
    input: Option<String>,
    /// A file that the tool sees as /in/NAME; may be repeated
    #[arg(long = "in", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The folder that gets what the tool writes to /out; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Set a limit, whatever the package asks for; may be repeated
    #[arg(long = "limit", value_name = "NAME=VALUE")]
    limits: Vec<String>,
    /// Print the whole Outcome as JSON
    #[arg(long)]
    json: bool,
    /// The folder of compiled code [default: the platform's cache folder]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

/// Why a run ended before there was an Outcome of an invocation.
struct Stop {
    exit: u8,
    status: Status,
    code: &'static str,
    message: String,
    hint: Option<String>,
    details: Option<Value>,
}

impl Stop {
    fn usage(message: impl Into<String>, hint: Option<&str>) -> Stop {
        Stop {
            exit: exit::USAGE,
            status: Status::Refused,
            code: "usage",
            message: message.into(),
            hint: hint.map(str::to_owned),
            details: None,
        }
    }

    fn fault(message: impl Into<String>) -> Stop {
        Stop {
            exit: exit::FAULT,
            status: Status::Failed,
            code: "fault",
            message: message.into(),
            hint: None,
            details: None,
        }
    }
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> u8 {
    let json = arguments.json;
    let ended = runtime().and_then(|runtime| runtime.block_on(call(&arguments)));
    match ended {
        Ok(reply) => tell(&reply, arguments.out.as_deref(), json),
        Err(stop) => tell_stop(stop, json),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Stop> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Stop::fault(format!("no threads: {error}")))
}

async fn call(arguments: &Arguments) -> Result<Reply, Stop> {
    let mut policy = Policy::standard();
    for limit in &arguments.limits {
        policy
            .fix_limit(limit)
            .map_err(|error| Stop::usage(error.to_string(), None))?;
    }
    let package = read_package(&arguments.package).map_err(|diagnostics| {
        let lines: Vec<_> = diagnostics.iter().map(ToString::to_string).collect();
        Stop {
            code: "invalid_package",
            details: Some(json!({ "diagnostics": diagnostics })),
            ..Stop::usage(lines.join("\n"), None)
        }
    })?;
    let invocation = invocation(arguments)?;
    let input = input_files(&arguments.files)?;
    check_out(arguments.out.as_deref())?;
    let host = house::host(arguments.cache.clone(), policy)
        .map_err(|error| Stop::fault(format!("the host cannot start: {error}")))?;
    let skill = host.load(package).await.map_err(load_stop)?;
    let progress = (!arguments.json).then(|| Arc::new(print_progress) as ProgressSink);
    let reply = host
        .invoke(
            &skill,
            Ask {
                invocation,
                input,
                progress,
            },
        )
        .await;
    if let Some(out) = &arguments.out {
        write_out(out, &reply.files)?;
    }
    Ok(reply)
}

/// Reads `--input`: arguments for the named tool, or a whole invocation.
fn invocation(arguments: &Arguments) -> Result<Invocation, Stop> {
    let value = match arguments.input.as_deref() {
        None => Value::Object(Map::new()),
        Some(given) => parse(&input_text(given)?)?,
    };
    let whole = Invocation::is_shape_of(&value);
    match &arguments.tool {
        Some(tool) if !whole => Ok(Invocation::new(tool, value)),
        tool => {
            let invocation = Invocation::from_value(value).map_err(|error| {
                let hint = "name the tool: hotcell run PACKAGE TOOL, or in the invocation";
                Stop::usage(error.to_string(), Some(hint))
            })?;
            match tool {
                Some(tool) if *tool != invocation.tool => Err(Stop::usage(
                    format!("the command names `{tool}` and the invocation another tool"),
                    Some("name the tool in one place"),
                )),
                _ => Ok(invocation),
            }
        }
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
fn input_files(paths: &[PathBuf]) -> Result<FileTree, Stop> {
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

/// Finds out before the tool runs that its files will have no place.
fn check_out(out: Option<&Path>) -> Result<(), Stop> {
    match out {
        Some(out) if out.exists() && !out.is_dir() => {
            let message = format!("--out {} is not a folder", out.display());
            Err(Stop::usage(message, None))
        }
        _ => Ok(()),
    }
}

fn write_out(out: &Path, files: &FileTree) -> Result<(), Stop> {
    if files.is_empty() {
        return Ok(());
    }
    let made = !out.exists();
    let written = fs::create_dir_all(out)
        .and_then(|()| Dir::open_ambient_dir(out, ambient_authority()))
        .map_err(|error| error.to_string())
        .and_then(|dir| deliver(&dir, files).map_err(|error| error.to_string()));
    written.map_err(|why| {
        if made {
            let _ = fs::remove_dir(out);
        }
        Stop {
            exit: exit::REFUSED,
            status: Status::Refused,
            code: "out_not_written",
            message: format!(
                "--out {}: {why}; none of the files was written",
                out.display()
            ),
            hint: Some("choose another folder, or move away what is there".to_owned()),
            details: None,
        }
    })
}

fn load_stop(error: LoadError) -> Stop {
    match error {
        LoadError::Component {
            code,
            message,
            hint,
        } => Stop {
            code,
            ..Stop::usage(message, Some(&hint))
        },
        LoadError::CompileLimit(_) => Stop {
            exit: exit::LIMIT,
            status: Status::Limit,
            code: "limit_compile",
            message: error.to_string(),
            hint: Some(
                "an honest component compiles within them; do not trust this one".to_owned(),
            ),
            details: None,
        },
        LoadError::Fault(why) => Stop::fault(why),
    }
}

fn print_progress(progress: Progress) {
    let Progress {
        done,
        total,
        message,
    } = progress;
    let of = total.map_or(String::new(), |total| format!("/{total}"));
    print::note(&format!("… {done}{of} {}", printable(&message)));
}

fn tell(reply: &Reply, out: Option<&Path>, json: bool) -> u8 {
    let outcome = &reply.outcome;
    print::log(&reply.log.bytes, reply.log.dropped_bytes);
    if json {
        print::json(outcome);
        return exit::of_outcome(outcome);
    }
    if let Some(output) = &outcome.output {
        print::json(output);
    }
    if let Some(failure) = &outcome.error {
        print::failure(failure);
    }
    for artifact in &outcome.artifacts {
        match out {
            Some(out) => print::note(&format!(
                "wrote {} ({} bytes)",
                out.join(&artifact.name).display(),
                artifact.bytes
            )),
            None => print::note(&format!(
                "not kept: {} ({} bytes); --out DIR keeps it",
                artifact.name, artifact.bytes
            )),
        }
    }
    exit::of_outcome(outcome)
}

fn tell_stop(stop: Stop, json: bool) -> u8 {
    if json {
        print::json(&Outcome {
            status: stop.status,
            output: None,
            job_id: None,
            error: Some(Failure {
                code: stop.code.to_owned(),
                message: stop.message,
                retry: Retry::Never,
                hint: stop.hint,
                details: stop.details.map(Box::new),
            }),
            artifacts: Vec::new(),
            usage: Usage::default(),
            invocation_id: String::new(),
            correlation_id: String::new(),
            replayed: false,
            recorded: false,
        });
    } else if stop.code == "invalid_package" {
        print::note(&stop.message);
    } else {
        print::error(&stop.message, stop.hint.as_deref());
    }
    stop.exit
}
