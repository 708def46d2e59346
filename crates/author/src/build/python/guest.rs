//! The module, started in WebAssembly, and its memory kept as a component.

use std::fs;
use std::path::{Path, PathBuf};

use hotcell_package::Diagnostic;
use serde_json::json;

use super::super::report::LateImport;
use super::super::{Job, kit, process, traceback, unusable};
use super::{no_python, python};

/// What `late.py` ends with where imports would come too late; their numbers follow.
const LATE_MARK: &str = "hotcell: imports that come too late:";

/// What goes into a component.
pub(super) struct Guest<'a> {
    pub(super) job: &'a Job<'a>,
    pub(super) tools: &'a Path,
    pub(super) entry: &'a Path,
    pub(super) site: &'a Path,
}

impl Guest<'_> {
    /// Makes the component. Where functions import something, the guest itself is asked which of it the
    /// component will not have: only it knows what was loaded on the way.
    pub(super) fn component(
        &self,
        asked: Vec<LateImport>,
    ) -> Result<(PathBuf, Vec<LateImport>), Vec<Diagnostic>> {
        if asked.is_empty() {
            return Ok((self.made("")?, asked));
        }
        let told = self.start(&check_of(&asked))?;
        if told.succeeded {
            return Ok((self.output(), Vec::new()));
        }
        let Some(numbers) = late_numbers(&told.stderr) else {
            return Err(vec![self.failed(&told)]);
        };
        let numbered = asked.into_iter().enumerate();
        let late = numbered.filter(|(at, _)| numbers.contains(at));
        let late = late.map(|(_, import)| import).collect();
        Ok((self.made("")?, late))
    }

    fn output(&self) -> PathBuf {
        self.job.work.join("skill.wasm")
    }

    fn made(&self, check: &str) -> Result<PathBuf, Vec<Diagnostic>> {
        let ran = self.start(check)?;
        match ran.succeeded {
            true => Ok(self.output()),
            false => Err(vec![self.failed(&ran)]),
        }
    }

    /// Runs componentize-py on the skill's module, and `check` behind it.
    fn start(&self, check: &str) -> Result<process::Ran, Vec<Diagnostic>> {
        let module = self.entry.file_stem().unwrap_or_default().to_string_lossy();
        let app = self.job.work.join("app");
        let text = kit::PYTHON_APP.replace("SKILL", &module) + check;
        let written =
            fs::create_dir_all(&app).and_then(|()| fs::write(app.join("hotcell_app.py"), text));
        written.map_err(|error| vec![unusable(&app, &error)])?;
        let sources = self.entry.parent().expect("a file stands in a folder");
        let mut command = python();
        command
            .env("PYTHONPATH", self.tools.join("tool"))
            .current_dir(&app);
        // With a backtrace of its own, componentize-py tells that at length, and the module's last.
        command.env_remove("VIRTUAL_ENV").env("RUST_BACKTRACE", "0");
        command.args([
            "-c",
            "import sys; from componentize_py import script; sys.exit(script())",
        ]);
        command.arg("--wit-path").arg(self.tools.join("wit"));
        command.args(["--world", "python", "componentize", "hotcell_app"]);
        let (sdk, late) = (self.tools.join("sdk"), self.tools.join("late"));
        // The engine sees them as /0, /1 and so on: `traceback::SOURCES` is the second.
        let paths = [app.as_path(), sources, self.site, &sdk];
        let late = (!check.is_empty()).then_some(late.as_path());
        for path in paths.into_iter().chain(late) {
            command.arg("--python-path").arg(path);
        }
        command.arg("--output").arg(self.output());
        let ran = process::run(&mut command);
        let mut ran = ran.map_err(|error| vec![no_python(&error.to_string())])?;
        ran.succeeded &= self.output().is_file();
        Ok(ran)
    }

    fn failed(&self, ran: &process::Ran) -> Diagnostic {
        let entry = self.entry.strip_prefix(&self.job.folder);
        traceback::failure(&ran.stderr, entry.unwrap_or(self.entry))
    }
}

/// Returns the lines of Python that ask which imports come too late.
fn check_of(asked: &[LateImport]) -> String {
    let asked = asked
        .iter()
        .map(|import| json!([import.module, import.name, import.guarded]).to_string());
    // JSON's own text, so that no name of an author's is code here.
    let list = json!(format!("[{}]", asked.collect::<Vec<_>>().join(",")));
    format!("import json\nimport hotcell_late\nhotcell_late.check(json.loads({list}))\n")
}

/// Returns the numbers that stand behind the mark.
fn late_numbers(words: &str) -> Option<Vec<usize>> {
    let (_, behind) = words.split_once(LATE_MARK)?;
    serde_json::from_str(behind.lines().next()?.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_behind_the_mark_are_read() {
        let words = format!("Traceback\nAssertionError: {LATE_MARK} [0, 3]\n\nCaused by");
        assert_eq!(late_numbers(&words), Some(vec![0, 3]));
        assert_eq!(late_numbers("Traceback\nKeyError: [0]"), None);
    }
}
