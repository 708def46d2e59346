//! What a server writes beside its answers.

use serde_json::json;

use super::note;
use crate::place::Place;
use crate::stdio::Stdio;

const MARK: &str = "ARGUMENT-e8d25b60";

#[test]
fn attack_40_arguments_in_the_log() {
    let place = Place::with_intruder("", "");
    let mut command = place.command(&["mcp"]);
    // The most that any logger would say.
    command
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "full");
    let mut client = Stdio::start(&mut command);
    client.open();
    let told = client.call("intruder", "echo", json!({ "secret": MARK }));
    assert_eq!(
        told["structuredContent"]["secret"], MARK,
        "it is answered: {told}"
    );
    client.call("intruder", MARK, json!({}));
    client.call(MARK, "echo", json!({}));
    client.call("intruder", "echo", json!([MARK]));
    client.ask(
        "resources/read",
        json!({ "uri": format!("skill://{MARK}/a") }),
    );
    client.ask(MARK, json!({ MARK: MARK }));
    for line in [
        format!("{{\"{MARK}\""),
        format!("\"{MARK}\""),
        format!("[{{\"id\":\"{MARK}\"}}]"),
    ] {
        client.write(format!("{line}\n").as_bytes());
    }
    client.ask("ping", json!({}));
    let (_, _, stderr) = client.end();
    assert!(!stderr.contains(MARK), "{stderr}");

    let mut command = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("RUST_LOG", "trace");
    let served = crate::serve::Served::start(&mut command);
    let arguments = json!({ "skill": "intruder", "tool": "echo", "arguments": { "a": MARK } });
    let answer = served.call(MARK, "call_tool", arguments);
    assert!(answer.body.contains(MARK), "{answer:?}");
    served.ask("", MARK, MARK, json!({ MARK: MARK }));
    served.post_bytes(&[("X-Mark", MARK)], format!("{{\"{MARK}\"").as_bytes());
    let stderr = served.end();
    assert!(!stderr.contains(MARK), "{stderr}");
    let tried = "arguments, outputs, names, addresses, tokens and broken messages, over stdio and \
        HTTP at the level trace: none in stderr";
    note(40, "arguments in the log", tried, 12);
}
