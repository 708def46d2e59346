//! A skill whose one tool is a job: it saves its state and then never comes to an end, unless it
//! finds the state that an attempt before it saved.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use hotcell_testkit::components::{Interface, Tool};
use serde_json::Value;

use crate::room::{Ran, Room};

const SKILL: &str = "---\nname: slow\ndescription: Takes its time and goes on where it was. Use \
when jobs are tested.\n---\n\n# Slow\n\n## When to use\n\nOnly in tests.\n\n## Tools\n\n- `grind`: \
answers when it is begun twice.\n";

const MANIFEST: &str = "[skill]\nversion = \"1.0.0\"\n\n[tool.grind]\neffect = \"none\"\nmode = \
\"async\"\n\n[limits]\ntime_ms = 60_000\n";

const SCHEMA: &str = r#"{
  "tools": [
    {
      "name": "grind",
      "description": "Answers when it is begun twice.",
      "input_schema": { "type": "object" },
      "output_schema": {
        "type": "object",
        "properties": { "ok": { "type": "boolean", "description": "Always true." } },
        "required": ["ok"],
        "additionalProperties": false
      },
      "errors": []
    }
  ]
}"#;

/// A lease that runs out while a test waits for it.
const CONFIG: &str = "[jobs]\nlease_ms = 1000\n";

/// How long a test waits at most for what another process does.
const PATIENCE: Duration = Duration::from_secs(120);

/// A room with the skill installed.
pub(super) struct Slow {
    pub(super) room: Room,
}

/// A worker that is ended with the test.
pub(super) struct Worker(pub(super) Child);

impl Worker {
    /// Starts one in a room.
    pub(super) fn of(room: &Room) -> Worker {
        Worker::doing(room, &["work"])
    }

    /// Starts another command that takes long.
    pub(super) fn doing(room: &Room, arguments: &[&str]) -> Worker {
        let mut command = room.command(arguments);
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        Worker(command.spawn().unwrap())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Slow {
    /// Installs it.
    pub(super) fn new() -> Slow {
        Slow::with_manifest(MANIFEST)
    }

    /// Installs it as a tool whose caller waits, that is stopped after five seconds.
    pub(super) fn waited_for() -> Slow {
        let sync = MANIFEST.replace("mode = \"async\"", "idempotency = \"optional\"");
        Slow::with_manifest(&sync.replace("60_000", "5_000"))
    }

    fn with_manifest(manifest: &str) -> Slow {
        let room = Room::new();
        let tool = Tool::new(
            "(call $load (i32.const 768))
             (if (i32.eqz (i32.load8_u (i32.const 768))) (then
               (call $save (i32.const 512) (i32.const 4) (i32.const 768))
               (call $report (i64.const 1) (i32.const 1) (i64.const 2) (i32.const 512)
                 (i32.const 4))
               (call $block (call $subscribe-duration (i64.const 0x7fff_ffff_ffff_ffff)))))
             (call $ok)",
        );
        let tool = tool
            .import(Interface::MonotonicClock)
            .import(Interface::Progress)
            .import(Interface::Checkpoint);
        room.write("slow/SKILL.md", SKILL);
        room.write("slow/skill.toml", manifest);
        room.write("slow/schema.json", SCHEMA);
        room.write("slow/skill.wasm", tool.to_bytes());
        room.write("home/.config/hotcell/hotcell.toml", CONFIG);
        let slow = Slow { room };
        slow.done(&["add", "slow"]);
        slow
    }

    /// Runs the program where it must go well.
    pub(super) fn done(&self, arguments: &[&str]) -> Ran {
        let ran = self.room.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
        ran
    }

    /// Queues a job and returns its id.
    pub(super) fn queue(&self, correlation: &str) -> String {
        let ran = self.done(&["call", "slow.grind", "--correlation", correlation]);
        ran.stdout.trim().to_owned()
    }

    /// Starts a worker.
    pub(super) fn worker(&self) -> Worker {
        Worker::of(&self.room)
    }

    /// Returns what is on record of a job.
    pub(super) fn job(&self, id: &str) -> Value {
        self.done(&["job", id, "--json"]).json()["job"].clone()
    }

    /// Asks until the job is as it should be.
    pub(super) fn until(&self, id: &str, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let job = self.job(id);
            if is_so(&job) {
                return job;
            }
            assert!(begun.elapsed() < PATIENCE, "never {what}: {job}");
        }
    }

    /// Asks until the job has told how far it is, which it does after it has saved its state.
    pub(super) fn until_it_grinds(&self, id: &str) {
        self.until(id, "told its progress", |job| job["progress"]["done"] == 1);
    }
}
