//! A caller that reaches for what another one did, or may.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::note;
use crate::place::Place;

/// Returns SHA-256 of a token in hex.
pub(super) fn hash(token: &str) -> String {
    let hash = Sha256::digest(token);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Two callers with a token each.
pub(super) fn config() -> String {
    let (ann, bob) = (hash("ann-token"), hash("bob-token"));
    format!("[caller.ann]\ntoken_sha256 = \"{ann}\"\n[caller.bob]\ntoken_sha256 = \"{bob}\"\n")
}

#[test]
fn attack_38_anothers_jobs_and_files() {
    let place = Place::with_intruder(&config(), "");
    let served = place.serve(&[]);
    let arguments = json!({ "skill": "intruder", "tool": "file" });
    let made = served.call("ann-token", "call_tool", arguments).message();
    let outcome = &made["result"]["_meta"]["hotcell/outcome"];
    let id = outcome["invocation_id"].as_str().unwrap();
    let uri = outcome["artifacts"][0]["uri"].as_str().unwrap();
    let read = |token: &str, uri: &str| {
        let params = json!({ "uri": uri });
        served.ask(token, "resources/read", uri, params).message()
    };
    let own = read("ann-token", uri);
    assert_eq!(
        own["result"]["contents"].as_array().map(Vec::len),
        Some(1),
        "{own}"
    );
    let none = format!("inv-{}", "0".repeat(32));
    let absent = uri.replace(id, &none);
    same_but_for(
        (&read("bob-token", uri), uri),
        (&read("bob-token", &absent), &absent),
    );

    for tool in ["job_status", "job_cancel"] {
        let ask =
            |token: &str, id: &str| served.call(token, tool, json!({ "job_id": id })).message();
        same_but_for(
            (&ask("bob-token", id), id),
            (&ask("bob-token", &none), &none),
        );
        let mine = ask("ann-token", id);
        assert!(!mine.to_string().contains("unknown_job"), "{mine}");
    }
    let listed = |token: &str| served.ask(token, "resources/list", "", json!({})).body;
    assert!(listed("ann-token").contains(id), "its own are listed");
    assert!(!listed("bob-token").contains(id));
    assert!(!listed("bob-token").contains("report.txt"));
    let tried = "another caller's file, job and its cancelling, and the list of files: each looks \
        as if it never was";
    note(38, "another caller's jobs and files", tried, 4);
}

/// Asserts that two refusals differ by the name that was asked for alone.
fn same_but_for((foreign, name): (&Value, &str), (absent, other): (&Value, &str)) {
    let foreign = foreign.to_string().replace(name, "NAME");
    assert_eq!(foreign, absent.to_string().replace(other, "NAME"));
    let is_refused = foreign.contains("there is no");
    assert!(is_refused, "{foreign}");
}

#[test]
fn attack_39_anothers_skills() {
    let config = config().replace("[caller.bob]\n", "[caller.bob]\nskills = []\n");
    let place = Place::with_intruder(&config, "");
    let served = place.serve(&[]);
    let ask = |token: &str, skill: &str| {
        let calls = ["call_tool", "load_skill", "unload_skill"].map(|name| {
            let mut arguments = json!({ "skill": skill });
            if name == "call_tool" {
                arguments["tool"] = json!("echo");
            }
            served.call(token, name, arguments)
        });
        let uri = format!("skill://{skill}/SKILL.md");
        let read = served.ask(token, "resources/read", &uri, json!({ "uri": uri }));
        let get = served.ask(token, "skills/get", &uri, json!({ "uri": uri }));
        let prompt = served.ask(token, "prompts/get", skill, json!({ "name": skill }));
        let all = calls.into_iter().chain([read, get, prompt]);
        all.map(|answer| answer.message()).collect::<Vec<_>>()
    };
    let hidden = ask("bob-token", "intruder");
    for (hidden, absent) in hidden.iter().zip(ask("bob-token", "imposter")) {
        let plain = |answer: &Value, name: &str| {
            let mut answer = answer.clone();
            // Each refusal is an invocation of its own.
            answer["result"]["_meta"].take();
            answer.to_string().replace(name, "NAME")
        };
        assert_eq!(plain(hidden, "intruder"), plain(&absent, "imposter"));
    }
    let shown = ask("ann-token", "intruder");
    let is_fine =
        |answer: &Value| answer["result"]["isError"] != true && answer.get("error").is_none();
    assert!(shown.iter().all(is_fine), "{shown:?}");
    let menu = |token: &str| served.call(token, "list_skills", json!({})).body;
    assert!(menu("ann-token").contains("intruder"));
    assert!(!menu("bob-token").contains("intruder"));
    let tried = "a hidden skill by its menu, document, prompt and tools: each answer is that of a \
        skill which does not exist";
    note(39, "another caller's skills", tried, hidden.len() + 1);
}
