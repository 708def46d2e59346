//! `hotcell test` finds what is wrong with a skill, and passes what is right.

mod changes;
mod developing;
mod documents;
mod gallery;
mod misfits;
mod recorded;

use hotcell_testkit::components::effects::{effects, impatient};
use hotcell_testkit::components::{Tool, answers};
use serde_json::{Value, json};

use crate::room::Room;

/// A tool whose answer is `{"ok":true}`, whatever it is asked.
const RIGHT: &str = "tool = \"answer\"\nexpect.output = { ok = true }\n";

/// The servers of the skill of effects.
const SERVER: &str = "https://effects.example";

/// Tests the package `probe` with one case; returns the report, and the exit code.
fn probed(tool: &Tool, case: &str, more: &[&str]) -> (Value, i32) {
    let room = Room::new();
    room.tool(tool);
    room.write("probe/tests/one.toml", case);
    tested(&room, "probe", more)
}

/// Tests the package of effects with one case.
fn effected(tool: &Tool, case: &str, more: &[&str]) -> (Value, i32) {
    let room = Room::new();
    for (name, text) in [
        ("SKILL.md", include_str!("../../packages/effects/SKILL.md")),
        (
            "skill.toml",
            include_str!("../../packages/effects/skill.toml"),
        ),
        (
            "schema.json",
            include_str!("../../packages/effects/schema.json"),
        ),
    ] {
        room.write(&format!("effects/{name}"), text.replace("ORIGIN", SERVER));
    }
    room.write("effects/skill.wasm", tool.to_bytes());
    room.write("effects/tests/one.toml", case);
    tested(&room, "effects", more)
}

fn tested(room: &Room, package: &str, more: &[&str]) -> (Value, i32) {
    let ran = room.run(&[&["test", package, "--json"], more].concat());
    (ran.json()["skills"][0].clone(), ran.code)
}

/// Returns the codes of all that is wrong, in order.
fn codes(report: &Value) -> Vec<&str> {
    let checks = report["checks"].as_array().unwrap();
    let problems = checks
        .iter()
        .flat_map(|check| check["problems"].as_array().unwrap());
    problems
        .map(|problem| problem["code"].as_str().unwrap())
        .collect()
}

fn messages(report: &Value) -> String {
    let checks = report["checks"].as_array().unwrap();
    let problems = checks
        .iter()
        .flat_map(|check| check["problems"].as_array().unwrap());
    problems
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_right_answer_passes_and_a_wrong_one_is_shown() {
    let (report, code) = probed(&answers::ok(), RIGHT, &[]);
    assert_eq!((codes(&report), code), (vec![], 0), "{report:#}");
    let wrong = RIGHT.replace("true", "false");
    let (report, code) = probed(&answers::ok(), &wrong, &[]);
    assert_eq!((codes(&report), code), (vec!["output"], 1));
    let shown = messages(&report);
    assert!(
        shown.contains(r#"-  \"ok\": false"#) && shown.contains(r#"+  \"ok\": true"#),
        "{shown}"
    );
}

#[test]
fn an_answer_outside_its_contract_is_found() {
    let case = "tool = \"number\"\nexpect.partial = 1\n";
    let (report, code) = probed(&answers::ok(), case, &[]);
    assert_eq!((codes(&report), code), (vec!["end"], 1));
    assert!(messages(&report).contains("output_invalid"), "{report:#}");
    let five = Tool::new("(call $number (i64.const 5))");
    let (report, code) = probed(&five, &case.replace("partial = 1", "output = 5"), &[]);
    assert_eq!((codes(&report), code), (vec![], 0), "{report:#}");
}

#[test]
fn a_trap_is_found_and_what_was_printed_is_shown() {
    let trap = Tool::new("(unreachable)");
    let (report, code) = probed(&trap, RIGHT, &[]);
    assert_eq!((codes(&report), code), (vec!["end"], 1));
    assert!(messages(&report).contains("failed trap"), "{report:#}");
}

#[test]
fn a_declared_failure_may_be_expected() {
    let refuses = Tool::new("(call $refuse (i32.const 512) (i32.const 2))");
    let case = "tool = \"answer\"\n[expect]\nfailure = \"REFUSED\"\nretry = \"RETRY\"\n";
    let (report, code) = probed(&refuses, &case.replace("RETRY", "never"), &[]);
    assert_eq!((codes(&report), code), (vec![], 0), "{report:#}");
    let (report, code) = probed(&refuses, &case.replace("RETRY", "same-key"), &[]);
    assert_eq!((codes(&report), code), (vec!["retry"], 1));
}

#[test]
fn an_error_that_no_case_reaches_is_said() {
    let (report, code) = probed(&answers::ok(), RIGHT, &[]);
    let warnings = report["warnings"].to_string();
    assert!(
        warnings.contains("no case of the tool `answer` reaches REFUSED"),
        "{warnings}"
    );
    assert!(
        warnings.contains("no case calls the tool `number`"),
        "{warnings}"
    );
    assert_eq!(code, 0);
    let (_, code) = probed(&answers::ok(), RIGHT, &["--strict"]);
    assert_eq!(code, 1);
}

/// An exchange of the skill of effects, and its case.
fn keyed(exchanges: &str) -> String {
    format!(
        "tool = \"keyed\"\ninput = {{ effect = \"a\" }}\nidempotency_key = \"k\"\n\
         {exchanges}\n[expect]\noutput = {{ ok = true }}\n"
    )
}

fn exchange(path: &str) -> String {
    format!("[[exchange]]\nmethod = \"POST\"\nurl = \"{SERVER}{path}\"\nanswer.text = \"done\"\n")
}

#[test]
fn requests_are_those_of_the_script() {
    let skill = effects("effects.example", 2);
    let (report, code) = effected(&skill, &keyed(&exchange("/keyed/a")), &[]);
    assert_eq!((codes(&report), code), (vec![], 0), "{report:#}");
    // Beside the script, and so without the answer that it needs.
    let (report, code) = effected(&skill, &keyed(""), &[]);
    assert_eq!(
        (codes(&report), code),
        (vec!["end", "request_beside"], 1),
        "{report:#}"
    );
    // One more than it sends.
    let two = [exchange("/keyed/a"), exchange("/keyed/b")].concat();
    let (report, code) = effected(&skill, &keyed(&two), &[]);
    assert_eq!(
        (codes(&report), code),
        (vec!["request_missing"], 1),
        "{report:#}"
    );
    // With another body, and without a header.
    let wanted = exchange("/keyed/a") + "body.text = \"x\"\nheaders = { x-a = \"1\" }\n";
    let (report, _) = effected(&skill, &keyed(&wanted), &[]);
    assert_eq!(
        codes(&report),
        ["request_header", "request_body"],
        "{report:#}"
    );
}

#[test]
fn the_order_of_requests_counts_unless_it_is_said_not_to() {
    let skill = effects("effects.example", 2);
    let job = |order: &str| {
        let script = [exchange("/keyed/a/1"), exchange("/keyed/a/0")].concat();
        let case = keyed(&script).replace("keyed\"", "job\"");
        effected(&skill, &format!("order = \"{order}\"\n{case}"), &[])
    };
    assert_eq!(codes(&job("script").0), ["request_order"]);
    assert_eq!(codes(&job("any").0), Vec::<&str>::new());
}

#[test]
fn faults_reach_the_skill() {
    let skill = effects("effects.example", 2);
    for fault in ["reset", "timeout"] {
        let case = keyed(&exchange("/keyed/a").replace("answer.text = \"done\"", "fault = \"F\""));
        let case = case.replace("\"F\"", &format!("\"{fault}\""));
        let case = case.replace(
            "output = { ok = true }",
            "failure = \"REFUSED\"\nretry = \"same-key\"",
        );
        let (report, code) = effected(&skill, &case, &[]);
        assert_eq!((codes(&report), code), (vec![], 0), "{fault}: {report:#}");
    }
}

#[test]
fn chaos_finds_a_second_effect_of_one_key() {
    let case = keyed(&exchange("/keyed/a"));
    let (report, code) = effected(&effects("effects.example", 2), &case, &["--chaos"]);
    assert_eq!((codes(&report), code), (vec![], 0), "{report:#}");
    let checks = report["checks"].as_array().unwrap();
    assert_eq!(
        checks.len(),
        7,
        "the case, the key again, and five troubles: {report:#}"
    );
    let (report, code) = effected(&impatient("effects.example"), &case, &["--chaos"]);
    assert_eq!(code, 1);
    let found = codes(&report);
    assert!(
        found.len() >= 4 && found.iter().all(|code| *code == "second_effect"),
        "{report:#}"
    );
}

/// A package whose one tool takes a name.
const NAMED: &str = r#"{"tools": [{
  "name": "greet", "description": "Greets somebody.",
  "input_schema": {
    "type": "object", "properties": { "name": { "type": "string", "maxLength": 60 } },
    "required": ["name"], "additionalProperties": false
  },
  "output_schema": {
    "type": "object", "properties": { "ok": { "type": "boolean" } }, "required": ["ok"]
  },
  "errors": []
}]}"#;

fn fuzzed(tool: &Tool, more: &[&str]) -> (Value, i32) {
    let room = Room::new();
    room.tool(tool);
    room.write("probe/schema.json", NAMED);
    room.write("probe/skill.toml", "[skill]\nversion = \"1.0.0\"\n");
    tested(&room, "probe", &[&["--fuzz", "100"], more].concat())
}

#[test]
fn fuzz_finds_an_edge_and_prints_a_case() {
    let (report, code) = fuzzed(&answers::ok(), &[]);
    assert_eq!((codes(&report), code), (vec![], 0), "{report:#}");
    assert_eq!(report["checks"][0]["calls"], 100);
    let edge =
        "(if (i32.gt_u (local.get $arguments_len) (i32.const 30)) (then (unreachable))) (call $ok)";
    let (report, code) = fuzzed(&Tool::new(edge), &["--seed", "7"]);
    assert_eq!(code, 1);
    let check = &report["checks"][0];
    assert_eq!(check["name"], "greet --seed 7");
    let pasted = check["problems"][0]["detail"].as_str().unwrap();
    assert!(
        pasted.starts_with("tool = \"greet\"\ninput_json = "),
        "{pasted}"
    );
    // The same seed finds the same, and what was printed is a case that fails in the same way.
    assert_eq!(
        fuzzed(&Tool::new(edge), &["--seed", "7"]).0["checks"][0]["problems"],
        check["problems"]
    );
    let room = Room::new();
    room.tool(&Tool::new(edge));
    room.write("probe/schema.json", NAMED);
    room.write("probe/skill.toml", "[skill]\nversion = \"1.0.0\"\n");
    room.write("probe/tests/found.toml", pasted);
    let (report, _) = tested(&room, "probe", &["--case", "found"]);
    assert_eq!(codes(&report), ["end"], "{report:#}");
}

#[test]
fn a_mistake_in_a_case_is_told_with_its_line() {
    let room = Room::new();
    room.tool(&answers::ok());
    room.write(
        "probe/tests/one.toml",
        "tool = \"answer\"\n[expect]\noutptu = {}\n",
    );
    let ran = room.run(&["test", "probe"]);
    ran.fails(
        2,
        &[
            "tests/one.toml:3:1: error[unknown_key]",
            "mend: write `output`",
        ],
    );
    room.write("probe/tests/one.toml", RIGHT);
    let ran = room.run(&["test", "probe", "--case", "two"]);
    ran.fails(2, &["no case is named `two`"]);
}

#[test]
fn reports_are_for_people_programs_and_build_servers() {
    let room = Room::new();
    room.tool(&answers::ok());
    room.write("probe/tests/one.toml", RIGHT.replace("true", "false"));
    let ran = room.run(&["test", "probe"]);
    assert_eq!(ran.code, 1);
    for line in [
        "  FAIL one (",
        "       output: the output differs",
        "0 passed, 1 failed",
    ] {
        assert!(ran.stdout.contains(line), "{}", ran.stdout);
    }
    let ran = room.run(&["test", "probe", "--format", "junit"]);
    for part in [
        "<testsuite name=\"probe\" tests=\"1\"",
        "classname=\"probe.case\"",
        "<failure",
    ] {
        assert!(ran.stdout.contains(part), "{}", ran.stdout);
    }
    let report = room.run(&["test", "probe", "--format", "json"]).json();
    assert_eq!(report["skills"][0]["checks"][0]["kind"], json!("case"));
}

#[test]
fn the_folder_of_cases_is_no_part_of_the_package() {
    let room = Room::new();
    room.tool(&answers::ok());
    let digest = |room: &Room| room.run(&["show", "probe", "--json"]).json()["digest"].clone();
    let before = digest(&room);
    assert!(before.is_string());
    room.write("probe/tests/one.toml", RIGHT);
    assert_eq!(digest(&room), before);
    // A folder of that name elsewhere is as much the package as any other.
    room.write("probe/references/tests/one.md", "more");
    assert_ne!(digest(&room), before);
}
