//! What a build makes: one digest of one source, the contract that the code says, failures and files.

use serde_json::json;

use crate::bench::Bench;

/// One source has one digest, in any folder.
fn check_digest(language: &str) {
    let bench = Bench::of_namesakes();
    bench.make("one/same", &["--lang", language]);
    bench.make("other/deeper/same", &["--lang", language]);
    let one = bench.built("one/same");
    let other = bench.built("other/deeper/same");
    assert_eq!(one["digest"], other["digest"], "{language}");
    bench.write(
        "one/same/SKILL.md",
        "---\nname: same\ndescription: Other.\n---\n\nOther.\n",
    );
    let changed = bench.built("one/same");
    assert_ne!(one["digest"], changed["digest"], "{language}");
}

/// The same tool in three languages: limits of the schema, a declared failure, a file.
const TOOLS: [(&str, &str, &str); 2] = [
    (
        "ts",
        "src/index.ts",
        "import { Failure, files } from 'hotcell';

interface Order {
  /** Which one. @pattern ^[A-Z]-[0-9]+$ */
  number: string;
  /** @integer @minimum 1 @maximum 100 @default 10 */
  pieces?: number;
}

/**
 * Prices an order.
 * @error NOT_FOUND never No order has this number.
 */
function greet(order: Order): { cents: number } {
  if (order.number === 'A-0') throw new Failure('NOT_FOUND', 'No such order.');
  files.write('/out/note.txt', order.number);
  return { cents: (order.pieces ?? 10) * 5 };
}

/** Counts. */
function count_words(input: { text: string }): { words: number } {
  return { words: input.text.length };
}

export default { greet, count_words };
",
    ),
    (
        "python",
        "src/skill.py",
        "from dataclasses import dataclass
from typing import Annotated

from hotcell import Failure, tool


@dataclass
class Price:
    cents: int


@tool(errors={'NOT_FOUND': 'No order has this number.'})
def greet(
    number: Annotated[str, {'pattern': '^[A-Z]-[0-9]+$'}, 'Which one.'],
    pieces: Annotated[int, {'minimum': 1, 'maximum': 100}] = 10,
) -> Price:
    \"\"\"Prices an order.\"\"\"
    if number == 'A-0':
        raise Failure('NOT_FOUND', 'No such order.')
    with open('/out/note.txt', 'w', encoding='cp1252') as file:
        file.write(number)
    return Price(pieces * 5)


@tool
def count_words(text: str) -> dict[str, int]:
    \"\"\"Counts.\"\"\"
    return {'words': len(text)}
",
    ),
];

#[test]
fn code_says_the_contract_and_keeps_it() {
    for (language, file, source) in TOOLS {
        let bench = Bench::new();
        bench.make("prices", &["--lang", language]);
        bench.write(&format!("prices/{file}"), source);
        bench.built("prices");
        let priced = bench.call("prices", "greet", r#"{"number":"A-17","pieces":3}"#);
        assert_eq!(priced, json!({"cents": 15}), "{language}");
        let usual = bench.call("prices", "greet", r#"{"number":"A-17"}"#);
        assert_eq!(usual, json!({"cents": 50}), "{language}");
        for (input, code, word) in [
            (r#"{"number":"A-0"}"#, 1, "NOT_FOUND"),
            (r#"{"number":"a"}"#, 3, "number"),
            (r#"{"number":"A-1","pieces":101}"#, 3, "pieces"),
        ] {
            let ran = bench.run(&["run", "prices", "greet", "--input", input]);
            assert_eq!(ran.code, code, "{language} {input}: {}", ran.stderr);
            assert!(
                ran.stderr.contains(word),
                "{language} {input}: {}",
                ran.stderr
            );
        }
    }
}

#[test]
fn what_has_not_changed_is_not_built_again() {
    let bench = Bench::new();
    bench.make("still", &["--lang", "js"]);
    let first = bench.built("still");
    let again = bench.built("still");
    assert_eq!(again["unchanged"], true);
    assert_eq!(first["digest"], again["digest"]);
}

#[test]
fn a_machine_without_a_home_builds_too() {
    let bench = Bench::new();
    bench.make("homeless", &["--lang", "js"]);
    // The tools are here from now on.
    bench.built("homeless");
    std::fs::remove_file(bench.at("homeless/skill.wasm")).unwrap();
    let nowhere = bench.at("no-folder");
    std::fs::write(&nowhere, "").unwrap();
    let arguments = [
        "build",
        "homeless",
        "--json",
        "--cache",
        crate::bench::TOOLS,
    ];
    let ran = bench.run_with(&arguments, |command| {
        command
            .env("HOME", &nowhere)
            .env("XDG_CACHE_HOME", &nowhere);
    });
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("is not kept"), "{}", ran.stderr);
    assert!(bench.at("homeless/skill.wasm").is_file());
}

#[test]
fn one_source_has_one_digest_on_all_machines_in_js() {
    let bench = Bench::of_namesakes();
    let source = "const seed = [Date.now(), new Map([['a', {}]])];
/**
 * Greets.
 * @param {{ name: string }} input
 * @returns {string}
 */
export function greet(input) { return `${input.name} ${seed}`; }
/**
 * Counts.
 * @param {{ text: string }} input
 * @returns {number}
 */
export function count_words(input) { return input.text.length; }
";
    for name in ["one/same", "other/deeper/same"] {
        bench.make(name, &["--lang", "js"]);
        bench.write(&format!("{name}/src/index.js"), source);
    }
    let one = bench.built_anew("one/same", "cache");
    let other = bench.built_anew("other/deeper/same", "other-cache");
    assert_eq!(one["digest"], other["digest"]);
    assert!(one["digest"].is_string());
}

#[test]
fn one_source_has_one_digest_in_rust() {
    check_digest("rust");
}

#[test]
fn one_source_has_one_digest_in_js() {
    check_digest("js");
}

#[test]
fn one_source_has_one_digest_in_ts() {
    check_digest("ts");
}

#[test]
fn one_source_has_one_digest_in_python() {
    check_digest("python");
}
