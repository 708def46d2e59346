use hotcell_policy::{ChangeKind, LimitName, Retry};
use serde_json::json;

use super::*;

const CALL: &str = "tool = \"t\"\n[expect]\noutput = {}\n";

fn parsed(text: &str) -> Vec<Case> {
    parse("tests/a.toml", "a", text, &SkillFolder::empty()).unwrap()
}

/// Checks that a text is refused, with the beginning of its first message.
fn check_refused(text: &str, expected: &str) {
    let found = parse("tests/a.toml", "a", text, &SkillFolder::empty()).unwrap_err();
    let first = found[0].to_string();
    assert!(first.starts_with(expected), "{first}");
}

#[test]
fn the_smallest_case() {
    let case = &parsed(CALL)[0];
    assert_eq!((case.name.as_str(), case.tool.as_str()), ("a", "t"));
    assert_eq!(case.input, json!({}));
    assert_eq!(case.expected.end, ExpectedEnd::Output(json!({})));
    assert_eq!((case.script.len(), case.order), (0, Order::Script));
}

#[test]
fn all_that_a_case_can_say() {
    let case = &parsed(
        r#"
tool = "t"
input_json = '{"a": null}'
idempotency_key = "k"
settings = { url = "https://a.example", empty = "" }
withhold = ["crm"]
order = "any"
[files]
"a.csv" = { text = "x;y" }
"b.bin" = { base64 = "AAE=" }
[[exchange]]
method = "POST"
url = "https://a.example?x=1"
headers = { Accept = "application/json" }
body.json = { a = [1, 2.5, true] }
answer = { status = 201, headers = { Location = "/1" }, json = { id = 1 } }
[[exchange]]
method = "GET"
url = "http://a.example:8080/b%20c"
fault = "timeout"
[[exchange]]
method = "GET"
url = "https://a.example"
fault = "truncate"
answer.text = "half"
[expect]
failure = "LATER"
retry = 90
[[expect.artifact]]
name = "x.csv"
sha256 = "AB"
"#,
    )[0];
    assert_eq!(case.input, json!({"a": null}));
    assert_eq!(case.settings["empty"], "");
    assert_eq!(
        case.files.get("b.bin").map(|b| b.to_vec()),
        Some(vec![0, 1])
    );
    let urls: Vec<_> = case.script.iter().map(ScriptedExchange::url).collect();
    assert_eq!(
        urls,
        [
            "https://a.example/?x=1",
            "http://a.example:8080/b%20c",
            "https://a.example/"
        ]
    );
    let first = &case.script[0];
    assert_eq!(first.headers[0].0, "accept");
    assert_eq!(
        first.body,
        Some(Content::Json(json!({"a": [1, 2.5, true]})))
    );
    assert_eq!(first.answer.body, br#"{"id":1}"#);
    let faults: Vec<_> = case.script.iter().map(|e| e.fault).collect();
    assert_eq!(faults, [None, Some(Fault::Timeout), Some(Fault::Truncate)]);
    let (code, retry) = ("LATER".to_owned(), Some(Retry::AfterMs(90)));
    assert_eq!(case.expected.end, ExpectedEnd::Failure { code, retry });
    assert_eq!(case.expected.artifacts.as_ref().unwrap()[0].name, "x.csv");
}

#[test]
fn changes_are_named_or_said_to_be_none() {
    let changes = |expect: &str| {
        let text = format!("{CALL}{expect}");
        parsed(&text).remove(0).expected.changes
    };
    assert_eq!(changes(""), None);
    assert_eq!(changes("changes = \"none\"\n"), Some(Vec::new()));
    let named = changes(
        "[[expect.change]]\npath = \"n\"\nkind = \"folder_created\"\n\
         [[expect.change]]\npath = \"n/a.md\"\nkind = \"created\"\ncontains = \"one\"\n\
         [[expect.change]]\npath = \"b.md\"\nkind = \"modified\"\ntext = \"\"\n",
    );
    let named = named.unwrap();
    let kinds: Vec<_> = named.iter().map(|change| change.kind).collect();
    let [folder, created, modified] = [
        ChangeKind::FolderCreated,
        ChangeKind::Created,
        ChangeKind::Modified,
    ];
    assert_eq!(kinds, [folder, created, modified]);
    let contents: Vec<_> = named.into_iter().map(|change| change.content).collect();
    let empty = ExpectedContent::Content(Content::Bytes(Vec::new()));
    let one = ExpectedContent::Contains(vec!["one".to_owned()]);
    assert_eq!(contents, [None, Some(one), Some(empty)]);
}

#[test]
fn changes_that_cannot_be_have_their_line() {
    let check = |rest: &str, expected: &str| {
        let text = format!("{CALL}[[expect.change]]\npath = \"a.md\"\n{rest}");
        check_refused(&text, expected);
    };
    check(
        "",
        "tests/a.toml:4:1: error[missing_key]: [[change]] needs `kind`",
    );
    check(
        "kind = \"written\"\n",
        "tests/a.toml:6:8: error[wrong_value]: `kind` is `written`\n  mend: write one of `created`",
    );
    check(
        "kind = \"deleted\"\ntext = \"x\"\n",
        "tests/a.toml:4:1: error[wrong_value]: only a file that is",
    );
    check(
        "kind = \"created\"\ntext = \"x\"\ncontains = \"x\"\n",
        "tests/a.toml:4:1: error[duplicate]: the file has two of",
    );
    check(
        "kind = \"created\"\ncontains = \"\"\n",
        "tests/a.toml:7:12: error[empty_pattern]: `contains` is empty",
    );
    check(
        "kind = \"created\"\ntxt = \"x\"\n",
        "tests/a.toml:7:1: error[unknown_key]: [[change]] has no key `txt`\n  mend: write `text`",
    );
    check(
        "kind = \"created\"\n[[expect.change]]\nkind = \"deleted\"\npath = \"a.md\"\n",
        "tests/a.toml:9:8: error[duplicate]: `a.md` stands in two tables",
    );
    let change = "[[expect.change]]\npath = \"/work/a\"\nkind = \"created\"\n";
    check_refused(
        &format!("{CALL}{change}"),
        "tests/a.toml:5:8: error[wrong_name]: `/work/a` is absolute",
    );
    check_refused(
        &format!("tool = \"t\"\n[expect]\nfailure = \"X\"\n{change}"),
        "tests/a.toml:4:1: error[wrong_value]: a call that does not end with an output",
    );
    check_refused(
        &format!("{CALL}changes = \"some\"\n"),
        "tests/a.toml:4:11: error[wrong_value]: `changes` is `some`",
    );
}

#[test]
fn a_file_may_have_several() {
    let text = "[[case]]\nname = \"x\"\ntool = \"t\"\nexpect.limit = \"fuel\"\n[[case]]\nname = \"y\"\n\
                tool = \"t\"\n[case.expect]\nrefused = \"invalid_arguments\"\n";
    let cases = parsed(text);
    assert_eq!(
        (cases[0].name.as_str(), cases[1].name.as_str()),
        ("a/x", "a/y")
    );
    assert_eq!(cases[0].expected.end, ExpectedEnd::Limit(LimitName::Fuel));
    assert_eq!(cases[1].place.line, 5);
}

#[test]
fn mistakes_have_their_line() {
    check_refused("tool = \"t\"\n", "tests/a.toml:1:1: error[missing_key]");
    check_refused(
        &format!("tol = 1\n{CALL}"),
        "tests/a.toml:1:1: error[unknown_key]: tests/a.toml has no key `tol`\n  mend: write `tool`",
    );
    check_refused(
        "tool = \"t\"\n[expect]\noutput = {}\nfailure = \"X\"\n",
        "tests/a.toml:2:1: error[wrong_value]: [expect] says 2 ends",
    );
    check_refused(
        "tool = \"t\"\nexpect.output = { at = 2026-11-21 }\n",
        "tests/a.toml:2:24: error[wrong_type]: this is a date",
    );
    check_refused(
        "tool = \"t\"\nexpect.limit = \"feul\"\n",
        "tests/a.toml:2:16: error[wrong_value]: `feul` is no limit",
    );
    check_refused(
        "tool = \"t\"\ninput = {}\ninput_json = \"{}\"\nexpect.output = 1\n",
        "tests/a.toml:3:14: error[duplicate]",
    );
}

#[test]
fn exchanges_are_whole() {
    let check = |exchange: &str, expected: &str| {
        let text = format!("{CALL}[[exchange]]\nmethod = \"GET\"\n{exchange}");
        check_refused(&text, expected);
    };
    let url = "url = \"https://a.example/\"\n";
    check(
        url,
        "tests/a.toml:4:1: error[missing_key]: [[exchange]] needs `answer`",
    );
    check(
        &format!("{url}fault = \"reset\"\nanswer.text = \"x\"\n"),
        "tests/a.toml:8:1: error[wrong_value]: an exchange that has no answer",
    );
    check(
        &format!("{url}answer = {{ status = 42 }}\n"),
        "tests/a.toml:7:21: error[wrong_value]",
    );
    check(
        &format!("{url}answer = {{ text = \"a\", json = 1 }}\n"),
        "tests/a.toml:7:31: error[duplicate]",
    );
    check(
        "url = \"/v1\"\nanswer = {}\n",
        "tests/a.toml:6:7: error[wrong_origin]",
    );
    check(
        "url = \"https://a.example/a b\"\nanswer = {}\n",
        "tests/a.toml:6:7: error[wrong_value]",
    );
}

#[test]
fn paths_lead_into_the_folder_only() {
    let dir = tempfile::tempdir().unwrap();
    let skill = dir.path().join("s");
    std::fs::create_dir_all(skill.join("tests")).unwrap();
    std::fs::write(dir.path().join("secret.json"), "1").unwrap();
    std::fs::write(skill.join("in.json"), "{\"a\": 1}").unwrap();
    let write = |path: &str| {
        let text = format!("tool = \"t\"\ninput_file = \"{path}\"\nexpect.output = 1\n");
        std::fs::write(skill.join("tests/a.toml"), text).unwrap();
        read(&SkillFolder::open(&skill).unwrap())
    };
    assert_eq!(write("in.json").unwrap()[0].input, json!({"a": 1}));
    let refused = write("../secret.json").unwrap_err();
    assert!(refused[0].to_string().contains("outside"), "{}", refused[0]);
}

#[test]
fn a_skill_without_cases_has_none() {
    let dir = tempfile::tempdir().unwrap();
    assert!(
        read(&SkillFolder::open(dir.path()).unwrap())
            .unwrap()
            .is_empty()
    );
}
