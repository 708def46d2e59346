//! Components that must not, or cannot, do what they came for. A refused one leaves no
//! compiled code, a stopped one no files.

use std::process::Command;

use hotcell_testkit::components::files::Folder;
use hotcell_testkit::components::{Tool, answers, bombs, files, memory, misfits, spin, traps};

use crate::room::Room;

/// Runs a component that is refused before it is run, and looks at what it leaves.
fn check_refused(component: &[u8], exit: i32, code: &str, words: &[&str]) {
    let room = Room::with_own_cache();
    room.probe(component);
    room.run(&["run", "probe", "answer", "--out", "out"])
        .fails(exit, words);
    let ran = room.run(&["run", "probe", "answer", "--out", "out", "--json"]);
    assert_eq!(
        (ran.code, &ran.json()["error"]["code"]),
        (exit, &code.into())
    );
    assert_eq!(
        room.cached(),
        ["key"],
        "a refused component left compiled code"
    );
    check_left_nothing(&room);
}

/// Runs a component that is stopped or fails, and looks at what it leaves.
fn check_stopped(tool: &Tool, limits: &[&str], exit: i32, code: &str) {
    let room = Room::new();
    room.tool(tool);
    let mut call = vec!["run", "probe", "answer", "--out", "out"];
    for limit in limits {
        call.extend(["--limit", limit]);
    }
    room.run(&call).fails(exit, &[&format!("error: {code}: ")]);
    call.push("--json");
    let ran = room.run(&call);
    let outcome = ran.json();
    assert_eq!(
        (ran.code, &outcome["error"]["code"]),
        (exit, &code.into()),
        "{outcome}"
    );
    assert_eq!(outcome["artifacts"], serde_json::json!([]));
    check_left_nothing(&room);
}

/// Only the package, and the cache's own folder where the room has one.
fn check_left_nothing(room: &Room) {
    let ours = ["home", "tmp", "probe", "cache"];
    let left: Vec<_> = room
        .everything()
        .into_keys()
        .filter(|path| !(path.starts_with("probe") || path.starts_with("cache")))
        .filter(|path| !ours.iter().any(|name| path.as_os_str() == *name))
        .collect();
    assert!(left.is_empty(), "left behind: {left:?}");
}

#[test]
fn an_honest_one_leaves_its_compiled_code() {
    let room = Room::with_own_cache();
    room.tool(&answers::ok());
    let ran = room.run(&["run", "probe", "answer"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "{\n  \"ok\": true\n}\n")
    );
    let code = room
        .cached()
        .into_iter()
        .filter(|name| name.ends_with(".code"));
    assert_eq!(code.count(), 1);
    check_left_nothing(&room);
}

/// Here a file may have two KiB, as where a disk is full.
#[test]
fn no_room_for_compiled_code() {
    let room = Room::with_own_cache();
    room.tool(&answers::ok());
    let bare = room.command(&["run", "probe", "answer"]);
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\""]);
    limited.arg(bare.get_program()).args(bare.get_args());
    limited.current_dir(bare.get_current_dir().unwrap());
    limited.env_clear();
    limited.envs(
        bare.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let place = room.at("cache").display().to_string();
    let words = ["compiled code cannot be kept in", &place, "make room there"];
    room.run_command(limited, b"").fails(70, &words);
    assert_eq!(room.run(&["run", "probe", "answer"]).code, 0);
}

#[test]
fn an_import_that_no_host_gives() {
    let component = misfits::importing("wasi:tls/client@0.2.0");
    check_refused(&component, 2, "component_import", &["wasi:tls/client"]);
}

#[test]
fn an_import_with_terminal_codes() {
    let component = misfits::importing("acme:\\1b[31mred/tcp@0.2.0");
    check_refused(
        &component,
        2,
        "component_import",
        &["`acme:\\u{1b}[31mred/tcp@0.2.0`"],
    );
}

#[test]
fn no_tools() {
    check_refused(
        &misfits::empty(),
        2,
        "component_export",
        &["hotcell:skill/tools"],
    );
}

#[test]
fn a_core_module() {
    let room = Room::with_own_cache();
    room.probe(&misfits::core_module());
    let words = ["error[core_module]", "wasm32-wasip2"];
    room.run(&["run", "probe", "answer"]).fails(2, &words);
    assert!(room.cached().is_empty());
}

#[test]
fn broken_code() {
    let mut component = answers::ok().to_bytes();
    component.truncate(component.len() - 40);
    check_refused(&component, 2, "component_malformed", &["skill.wasm"]);
}

#[test]
fn a_bomb_that_the_quick_scan_sees() {
    check_refused(
        &bombs::instances(15),
        2,
        "component_too_large",
        &["instances"],
    );
}

#[test]
fn a_bomb_of_a_million_functions() {
    check_refused(
        &bombs::functions(1_000_000),
        2,
        "component_too_large",
        &["functions"],
    );
}

#[test]
fn a_bomb_that_only_the_compiler_meets() {
    let bomb = bombs::carried_locals(8_000, 10_000);
    check_refused(
        &bomb,
        4,
        "limit_compile",
        &["compiling skill.wasm took more"],
    );
}

#[test]
fn an_endless_loop() {
    check_stopped(&spin::in_call(), &[], 4, "limit_fuel");
    let clock = ["time_ms=200ms", "fuel=1_000_000_000_000_000"];
    check_stopped(&spin::in_call(), &clock, 4, "limit_time_ms");
}

#[test]
fn a_sleep_without_end() {
    check_stopped(&spin::asleep(), &["time_ms=200ms"], 4, "limit_time_ms");
}

#[test]
fn a_memory_bomb() {
    check_stopped(&memory::begin_large(8, 512), &[], 4, "limit_memory_bytes");
}

#[test]
fn floods_of_files_and_bytes() {
    check_stopped(&files::many(Folder::Out, 1_000_000), &[], 4, "limit_files");
    check_stopped(&files::fill(Folder::Out), &[], 4, "limit_file_bytes");
    check_stopped(&files::append(Folder::Tmp), &[], 4, "limit_file_bytes");
}

#[test]
fn a_crash() {
    check_stopped(&traps::unreachable(), &[], 1, "trap");
    check_stopped(&traps::exit(0), &[], 1, "trap");
}

#[test]
fn an_answer_too_long() {
    check_stopped(&answers::huge(2 << 20), &[], 4, "limit_output_bytes");
}

#[test]
fn an_answer_outside_its_contract() {
    check_stopped(&answers::time_left(), &[], 1, "output_invalid");
}
