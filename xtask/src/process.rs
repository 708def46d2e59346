//! Runs one program and says clearly what went wrong. Never goes through a shell.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitStatus, Stdio};

use crate::counts::Counts;
use crate::failure::{Failure, Result};
use crate::workspace;

/// Runs a program for a named step, its output going where ours goes.
pub(crate) fn run(step: &str, command: &mut Command) -> Result<()> {
    let line = announce(command);
    let status = command.stdin(Stdio::null()).status();
    judge(step, &line, status)
}

/// Runs a program that reads `input` from its stdin.
pub(crate) fn run_with_input(step: &str, command: &mut Command, input: &str) -> Result<()> {
    let line = announce(command);
    let (reader, mut writer) = match std::io::pipe() {
        Ok(pipe) => pipe,
        Err(error) => return judge(step, &line, Err(error)),
    };
    // It is shorter than a pipe holds, so nobody needs to read it yet.
    let written = writer.write_all(input.as_bytes());
    drop(writer);
    judge(
        step,
        &line,
        written.and_then(|()| command.stdin(reader).status()),
    )
}

/// Runs a program that is to end by its own word with another code than 0, and prints it.
pub(crate) fn run_to_failure(step: &str, command: &mut Command) -> Result<()> {
    let line = announce(command);
    match command.stdin(Stdio::null()).status() {
        Ok(status) if matches!(status.code(), Some(1..)) => {
            println!("{status}");
            Ok(())
        }
        Ok(status) => Err(Failure::new(
            format!("{step}: `{line}` was to fail, and ended with {status}"),
            "its own words stand above",
        )),
        unstarted => judge(step, &line, unstarted),
    }
}

/// Runs a program and returns what it wrote to stdout; its stderr goes where ours goes.
pub(crate) fn output(step: &str, command: &mut Command) -> Result<String> {
    let line = spell(command);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    let (status, stdout) = match output {
        Ok(output) => (Ok(output.status), output.stdout),
        Err(error) => (Err(error), Vec::new()),
    };
    judge(step, &line, status)?;
    String::from_utf8(stdout).map_err(|_| {
        Failure::new(
            format!("{step}: `{line}` printed no UTF-8"),
            "run it by hand",
        )
    })
}

/// What a program said that judges by its exit code.
pub(crate) struct Told {
    /// What it wrote to stdout.
    pub(crate) stdout: String,
    /// Whether it ended with 0.
    pub(crate) is_success: bool,
}

/// Runs a program whose failure is an answer, and returns what it wrote to stdout; its stderr goes
/// where ours goes.
pub(crate) fn captured(step: &str, command: &mut Command) -> Result<Told> {
    let line = announce(command);
    let ran = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    match ran {
        Ok(output) => Ok(Told {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            is_success: output.status.success(),
        }),
        Err(error) => Err(unstarted(step, &line, &error)),
    }
}

/// What a test runner left behind: its counts are known even where it failed.
pub(crate) struct Tested {
    /// The sum of all closing lines.
    pub(crate) counts: Counts,
    /// Whether the runner itself was content.
    pub(crate) result: Result<()>,
}

/// Runs a test runner, passes its output on line by line, and reads its closing lines.
///
/// Both streams share one pipe, so that they stay in order.
pub(crate) fn test(step: &str, command: &mut Command) -> Tested {
    let line = announce(command);
    let mut counts = Counts::default();
    let status = watch(command, |line| {
        println!("{line}");
        if let Some(found) = Counts::read(line) {
            counts += found;
        }
    });
    Tested {
        counts,
        result: judge(step, &line, status),
    }
}

fn watch(command: &mut Command, mut each: impl FnMut(&str)) -> std::io::Result<ExitStatus> {
    let (reader, writer) = std::io::pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let mut child = command.spawn()?;
    // `command` keeps the write ends until they are replaced; held, the pipe would never end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut reader = BufReader::new(reader);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes)? > 0 {
        each(String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']));
        bytes.clear();
    }
    child.wait()
}

fn announce(command: &Command) -> String {
    let line = spell(command);
    println!("$ {line}");
    line
}

/// Returns the command as one would type it at the root of the repository.
fn spell(command: &Command) -> String {
    let mut words = Vec::new();
    if let Some(folder) = command.get_current_dir()
        && folder != workspace::root()
    {
        words.push(format!("cd {} &&", quote(&folder.to_string_lossy())));
    }
    for (key, value) in command.get_envs() {
        if let Some(value) = value {
            let value = quote(&value.to_string_lossy());
            words.push(format!("{}={value}", key.to_string_lossy()));
        }
    }
    words.push(quote(&command.get_program().to_string_lossy()));
    let arguments = command.get_args();
    words.extend(arguments.map(|word| quote(&word.to_string_lossy())));
    words.join(" ")
}

fn quote(word: &str) -> String {
    if word.contains([' ', '"', '$']) || word.is_empty() {
        format!("'{word}'")
    } else {
        word.to_owned()
    }
}

fn judge(step: &str, line: &str, status: std::io::Result<ExitStatus>) -> Result<()> {
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(
            format!("{step}: `{line}` ended with {status}"),
            "its own words stand above",
        )),
        Err(error) => Err(unstarted(step, line, &error)),
    }
}

fn unstarted(step: &str, line: &str, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("{step}: `{line}` cannot start: {error}"),
        "see that the folder is there, and the program installed and on PATH",
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn success_and_failure_are_told_apart() {
        assert!(run("sample", &mut Command::new("true")).is_ok());
        let failure = run("sample", Command::new("false").arg("a b")).unwrap_err();
        let words = failure.to_string();
        assert!(words.contains("sample: `false 'a b'` ended with exit status: 1"));
    }

    #[test]
    fn a_missing_program_is_named() {
        let failure = run("sample", &mut Command::new("no-such-program-here")).unwrap_err();
        assert!(
            failure
                .to_string()
                .contains("`no-such-program-here` cannot start")
        );
    }

    #[test]
    fn output_is_returned_and_a_failing_program_is_not_believed() {
        let good = output("sample", Command::new("echo").arg("one"));
        assert_eq!(good.unwrap(), "one\n");
        let bad = output(
            "sample",
            Command::new("sh").args(["-c", "echo one; exit 3"]),
        );
        assert!(bad.unwrap_err().to_string().contains("exit status: 3"));
    }

    #[test]
    fn tests_are_counted_on_both_streams_even_when_they_fail() {
        let script = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; \
            echo ' Summary [ 0.1s] 4 tests run: 3 passed, 1 failed, 5 skipped' >&2; exit 100";
        let tested = test("sample", Command::new("sh").args(["-c", script]));
        assert_eq!(tested.counts.to_string(), "5 passed, 1 failed, 5 skipped");
        assert!(tested.result.unwrap_err().to_string().contains("100"));
    }

    #[test]
    fn a_command_is_spelled_as_one_types_it() {
        let mut command = Command::new("cargo");
        command
            .args(["doc", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(
            spell(&command),
            "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps"
        );
        let mut command = Command::new("git");
        command
            .arg("status")
            .current_dir("/some/where")
            .env_remove("HOME");
        assert_eq!(spell(&command), "cd /some/where && git status");
    }
}
