//! Compile workers that are slow, silent or lie, and what is left of them.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hotcell_policy::Limits;
use hotcell_sandbox::compile::{CompileError, CompileLimits, Compiler, WorkerCommand};
use hotcell_sandbox::{End, PrepareError, Sandbox, SandboxOptions};
use hotcell_testkit::components::{answers, bombs, misfits};
use hotcell_tests::house::{COMPILE_LIMITS, call};
use hotcell_tests::{Figure, House, process};

use crate::ends::{SCRATCH, TIME_SLACK, WORKER, check_house_serves, runtime};

/// How long an ended worker may take to vanish from the list of children.
const REAP_TIME_MAX: Duration = Duration::from_secs(10);

/// Waits until this process has no children.
async fn no_children() {
    let gone = async {
        while !process::children().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    let gone = tokio::time::timeout(REAP_TIME_MAX, gone).await;
    assert!(gone.is_ok(), "left behind: {:?}", process::children());
}

#[test]
fn the_wall_clock_kills_a_slow_one() {
    let limits = CompileLimits {
        wall_s: 1,
        memory_bytes: 4 << 30,
        ..COMPILE_LIMITS
    };
    check_limit("a worker past its wall clock", limits, "time");
}

#[test]
fn the_processor_time_kills_a_busy_one() {
    let limits = CompileLimits {
        cpu_s: 1,
        // More than it fills in a second of a fast processor, so that the time ends it first.
        memory_bytes: 12 << 30,
        ..COMPILE_LIMITS
    };
    check_limit("a worker past its processor time", limits, "time");
}

#[test]
fn the_memory_kills_a_large_one() {
    let limits = CompileLimits {
        memory_bytes: 200 << 20,
        ..COMPILE_LIMITS
    };
    check_limit("a worker past its memory", limits, "memory");
}

/// Compiles a bomb that no scan finds within `limits`, and checks which of them ends it.
fn check_limit(name: &str, limits: CompileLimits, expected: &str) {
    runtime().block_on(async {
        let house = House::with_compile_limits(WORKER, limits);
        let bomb = bombs::carried_locals(8_000, 10_000);
        let started = Instant::now();
        let prepared = house.prepare(&bomb).await;
        let time = started.elapsed();
        match prepared.map(drop) {
            Err(PrepareError::Compile(CompileError::Limit(what))) => assert_eq!(what, expected),
            other => panic!("{name}: {other:?}"),
        }
        assert_eq!(house.cached(), [""; 0], "{name}");
        let shortest = limits.wall_s.min(limits.cpu_s);
        assert!(
            time <= Duration::from_secs(shortest) * TIME_SLACK,
            "{name}: {time:?}"
        );
        no_children().await;
        check_house_serves(&house).await;
        Figure {
            end: format!("limit {expected}"),
            time,
            peak_bytes: Some(process::children_peak_bytes()),
            ..Figure::default()
        }
        .record(SCRATCH, name);
    });
}

#[test]
fn a_dropped_compile_ends_its_worker() {
    runtime().block_on(async {
        let house = House::new(WORKER);
        let bomb = bombs::carried_locals(8_000, 10_000);
        {
            let mut prepare = std::pin::pin!(house.prepare(&bomb));
            let begun = async {
                while process::children().is_empty() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                prepared = &mut prepare => panic!("{:?}", prepared.map(drop)),
                () = begun => {}
            }
        }
        no_children().await;
        assert_eq!(house.cached(), [""; 0]);
        check_house_serves(&house).await;
    });
}

#[test]
fn file_descriptors_are_not_lost() {
    runtime().block_on(async {
        let house = House::new(WORKER);
        check_house_serves(&house).await;
        let before = process::open_files();
        for _ in 0..20 {
            assert!(house.prepare(b"\0asm\x0d\0\x01\0").await.is_err());
            let misfit = hotcell_testkit::components::misfits::call_of_another_type();
            assert!(house.prepare(&misfit).await.is_err());
        }
        no_children().await;
        assert_eq!(process::open_files(), before);
    });
}

/// Programs in the place of a worker: the host reads what they say within its limits.
#[test]
fn workers_that_lie() {
    check_liar("a worker that is not there", "/nonexistent/hotcell", "");
    check_liar("a worker that says nothing", "/bin/sh", "exit 0");
    check_liar("a worker that fails", "/bin/sh", "exit 7");
    check_liar("a worker that echoes", "/bin/sh", "cat");
    check_liar(
        "a worker of another kind of reply",
        "/bin/sh",
        r"printf '\7\0\0\0\0\0\0\0\0'",
    );
    check_liar(
        "a worker that fills instead",
        "/bin/sh",
        r"printf '\1\0\0\0\0\0\0\0\0'",
    );
    check_liar(
        "a worker that promises 2^63 bytes",
        "/bin/sh",
        r"printf '\0\0\0\0\0\0\0\0\200'",
    );
}

#[test]
fn a_worker_that_does_not_stop_talking() {
    let liar = liar("/bin/sh", "exec cat /dev/zero");
    runtime().block_on(async {
        let started = Instant::now();
        let error = liar.0.prepare(&answers::ok().to_bytes()).await.map(drop);
        let Err(PrepareError::Compile(CompileError::Worker(_) | CompileError::Limit(_))) = error
        else {
            panic!("{error:?}");
        };
        no_children().await;
        Figure {
            end: "refused".to_owned(),
            time: started.elapsed(),
            peak_bytes: Some(process::peak_resident_bytes()),
            ..Figure::default()
        }
        .record(SCRATCH, "a worker that does not stop talking");
    });
}

#[test]
fn a_worker_that_hangs() {
    let (sandbox, _folder) = liar("/bin/sh", "while :; do :; done");
    runtime().block_on(async {
        let started = Instant::now();
        let error = sandbox.prepare(&answers::ok().to_bytes()).await.map(drop);
        let Err(PrepareError::Compile(CompileError::Limit("time"))) = error else {
            panic!("{error:?}");
        };
        let time = started.elapsed();
        assert!(time <= Duration::from_secs(2) * TIME_SLACK, "{time:?}");
        no_children().await;
        Figure {
            end: "limit time".to_owned(),
            time,
            ..Figure::default()
        }
        .record(SCRATCH, "a worker that hangs");
    });
}

fn check_liar(name: &str, program: &str, script: &str) {
    let (sandbox, folder) = liar(program, script);
    runtime().block_on(async {
        let started = Instant::now();
        let error = sandbox.prepare(&answers::ok().to_bytes()).await.map(drop);
        let Err(PrepareError::Compile(CompileError::Worker(_))) = error else {
            panic!("{name}: {error:?}");
        };
        no_children().await;
        let kept = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(kept, 1, "{name}: only the key is in the folder");
        Figure {
            end: "refused".to_owned(),
            time: started.elapsed(),
            ..Figure::default()
        }
        .record(SCRATCH, name);
    });
}

/// A sandbox whose worker is a shell's script.
fn liar(program: &str, script: &str) -> (Sandbox, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::new(SandboxOptions {
        compiler: Compiler::Worker(WorkerCommand {
            program: PathBuf::from(program),
            arguments: vec!["-c".into(), script.into()],
        }),
        compile_limits: CompileLimits {
            wall_s: 2,
            ..COMPILE_LIMITS
        },
        cache: folder.path().to_owned(),
    });
    (sandbox.unwrap(), folder)
}

/// An embedder's knowing choice: no worker is there to start, and the code is the same.
#[tokio::test]
async fn a_component_is_compiled_in_this_process_where_that_is_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let options = |compiler| SandboxOptions {
        compiler,
        compile_limits: COMPILE_LIMITS,
        cache: folder.path().to_owned(),
    };
    let sandbox = Sandbox::new(options(Compiler::InThisProcessUnlimited)).unwrap();
    let component = answers::ok().to_bytes();
    let prepared = sandbox.prepare(&component).await.unwrap();
    let report = sandbox.run(&prepared, call("{}", Limits::STANDARD)).await;
    assert!(
        matches!(&report.end, End::Answer(text) if text == r#"{"ok":true}"#),
        "{:?}",
        report.end
    );
    let broken = sandbox.prepare(&misfits::call_of_another_type()).await;
    assert!(broken.is_err());

    // What it kept serves a host that has a worker, here one that would fail.
    let worker = WorkerCommand {
        program: PathBuf::from("/bin/false"),
        arguments: Vec::new(),
    };
    let other = Sandbox::new(options(Compiler::Worker(worker))).unwrap();
    assert!(other.prepare(&component).await.is_ok());
    assert!(other.prepare(&answers::echo().to_bytes()).await.is_err());
}
