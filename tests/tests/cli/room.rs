//! A folder of its own for each test: the program's working, home, temporary and cache folder
//! all lie in it, so that whatever a run leaves behind is seen.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hotcell_package::is_invisible;
use hotcell_testkit::components::Tool;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_hotcell-under-test");

/// Compiled code of honest skills, for all tests that do not look at the cache.
const SHARED_CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/cli-cache");

/// The package of the tests: its component is what a test gives it.
const PROBE: [(&str, &str); 3] = [
    ("SKILL.md", include_str!("../../packages/probe/SKILL.md")),
    (
        "skill.toml",
        include_str!("../../packages/probe/skill.toml"),
    ),
    (
        "schema.json",
        include_str!("../../packages/probe/schema.json"),
    ),
];

/// A folder to run the program in.
pub(crate) struct Room {
    folder: TempDir,
    cache: PathBuf,
}

/// What a run of the program showed.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Room {
    /// Returns an empty room that shares compiled code with other tests.
    pub(crate) fn new() -> Room {
        Room::with_cache(Path::new(SHARED_CACHE))
    }

    /// Returns an empty room with an empty cache inside it.
    pub(crate) fn with_own_cache() -> Room {
        Room::with_cache(Path::new("cache"))
    }

    fn with_cache(cache: &Path) -> Room {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("home")).unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        let cache = folder.path().join(cache);
        Room { folder, cache }
    }

    /// Returns a path in the room.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file and the folders above it.
    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Makes the package `probe` with this component.
    pub(crate) fn probe(&self, component: &[u8]) {
        for (name, text) in PROBE {
            self.write(&format!("probe/{name}"), text);
        }
        self.write("probe/skill.wasm", component);
    }

    /// The same with a component of the testkit.
    pub(crate) fn tool(&self, tool: &Tool) {
        self.probe(&tool.to_bytes());
    }

    /// Returns a call of the program in the room, with nothing of this process's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .env_clear()
            .env("HOME", self.at("home"))
            .env("TMPDIR", self.at("tmp"))
            .env("XDG_CACHE_HOME", &self.cache)
            .current_dir(self.folder.path())
            .args(arguments);
        command
    }

    /// Runs the program with an empty stdin.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with_stdin(arguments, b"")
    }

    /// Runs the program, writing `stdin` to it.
    pub(crate) fn run_with_stdin(&self, arguments: &[&str], stdin: &[u8]) -> Ran {
        self.run_command(self.command(arguments), stdin)
    }

    /// Runs a call that [`Room::command`] made, writing `stdin` to it.
    pub(crate) fn run_command(&self, mut command: Command, stdin: &[u8]) -> Ran {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let stdin = stdin.to_vec();
        // The program need not read it to its end, nor at all.
        let writer = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let ran = Ran {
            code: output.status.code().expect("it is not killed by a signal"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        ran.check(&command);
        ran
    }

    /// Returns every file and folder of the room by its path, with a file's bytes.
    pub(crate) fn everything(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.folder.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let bytes = (!path.is_dir()).then(|| fs::read(&path).unwrap());
                if bytes.is_none() {
                    open.push(path.clone());
                }
                let name = path.strip_prefix(self.folder.path()).unwrap().to_owned();
                found.insert(name, bytes);
            }
        }
        found
    }

    /// Returns the names in the room's own cache of compiled code.
    pub(crate) fn cached(&self) -> Vec<String> {
        let folder = self.at("cache/hotcell/compiled");
        let Ok(entries) = fs::read_dir(folder) else {
            return Vec::new();
        };
        let names = entries.map(|entry| entry.unwrap().file_name());
        names.map(|name| name.into_string().unwrap()).collect()
    }
}

impl Ran {
    /// Holds for every run: it did not panic, and a terminal got nothing to obey.
    fn check(&self, command: &Command) {
        let arguments: Vec<_> = command.get_args().collect();
        assert_ne!(
            self.code, 101,
            "it panicked on {arguments:?}:\n{}",
            self.stderr
        );
        for stream in [&self.stdout, &self.stderr] {
            let raw = stream
                .chars()
                .find(|c| (c.is_control() && *c != '\n') || is_invisible(*c));
            assert_eq!(raw, None, "{arguments:?} printed it raw:\n{stream}");
        }
    }

    /// Returns the one JSON value on stdout.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}:\n{}\n{}", self.stdout, self.stderr))
    }

    /// Asserts one clear error on stderr with all of `words` in it, nothing on stdout, and the
    /// exit code.
    pub(crate) fn fails(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{}", self.stderr);
        assert_eq!(self.stdout, "");
        let is_error = |line: &&str| line.starts_with("error: ") || line.contains(": error[");
        let errors = self.stderr.lines().filter(is_error).count();
        assert_eq!(errors, 1, "one error is told:\n{}", self.stderr);
        for word in words {
            assert!(
                self.stderr.contains(word),
                "no `{word}` in:\n{}",
                self.stderr
            );
        }
    }
}

/// Returns the folder of an example skill.
pub(crate) fn example(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    root.join("skills-examples")
        .join(name)
        .to_str()
        .unwrap()
        .to_owned()
}
