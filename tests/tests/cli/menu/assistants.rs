//! Assistants: each has its own skills in its own versions, and what is hidden looks absent.

use hotcell_testkit::components::answers;

use super::{CONFIG, done, json, names, room};
use crate::room::Room;

/// `probe` 1.0.0 answers 0 to `number`, and 2.0.0 answers 5.
fn two_versions(config: &str) -> Room {
    let room = room();
    let manifest = std::fs::read_to_string(room.at("probe/skill.toml")).unwrap();
    room.tool(&answers::squares(3));
    room.write("probe/skill.toml", manifest.replace("1.0.0", "2.0.0"));
    done(&room, &["add", "probe"]);
    room.write(CONFIG, config);
    room
}

const TWO: &str = "[assistant.old]\nskills = [\"probe@1\"]\n\
                   [assistant.new]\nskills = [\"probe@2.0.0\"]\ntools = \"direct\"\n\
                   [assistant.none]\nskills = [\"crm\", \"probe@3\"]\n";

#[test]
fn two_assistants_run_two_versions_at_one_time() {
    let room = two_versions(TWO);
    for (assistant, version, answer) in [("old", "1.0.0", "0"), ("new", "2.0.0", "5")] {
        let with = ["--assistant", assistant];
        let menu = json(&room, &[&["menu"], &with[..]].concat());
        assert_eq!(menu["entries"][0]["version"], version);
        let loaded = json(&room, &[&["load", "probe"], &with[..]].concat());
        assert_eq!(loaded["version"], version);
        let ran = done(&room, &[&["call", "probe.number"], &with[..]].concat());
        assert_eq!(ran.stdout.trim(), answer);
    }
    // Without an assistant, the highest.
    assert_eq!(done(&room, &["call", "probe.number"]).stdout.trim(), "5");
}

#[test]
fn a_reference_never_leads_past_the_pin() {
    let room = two_versions(TWO);
    let call = |reference: &str| {
        let ran = room.run(&["call", reference, "--assistant", "old", "--json"]);
        (ran.code, ran.json()["error"]["code"].clone())
    };
    assert_eq!(call("probe@1.number").0, 0);
    assert_eq!(call("probe@2.0.0.number"), (3, "unknown_version".into()));
    room.run(&["load", "probe@2", "--assistant", "old"])
        .fails(3, &["unknown_version", "there is 1.0.0"]);
}

#[test]
fn a_skill_that_is_not_attached_looks_absent() {
    let room = two_versions(TWO);
    let menu = json(&room, &["menu", "--assistant", "none"]);
    assert_eq!(menu["entries"].as_array().unwrap().len(), 0);
    let hidden = room.run(&["load", "probe", "--assistant", "none"]);
    let absent = room.run(&["load", "prode", "--assistant", "none"]);
    assert_eq!((hidden.code, absent.code), (3, 3));
    assert_eq!(hidden.stderr, absent.stderr.replace("prode", "probe"));
    let ran = room.run(&["call", "probe.number", "--assistant", "none", "--json"]);
    assert_eq!(ran.json()["error"]["code"], "unknown_skill");
}

#[test]
fn an_assistant_that_is_not_there_is_refused() {
    let room = two_versions(TWO);
    for command in [&["menu"][..], &["load", "probe"], &["tokens"]] {
        let ran = room.run(&[command, &["--assistant", "newx"]].concat());
        ran.fails(3, &["unknown_assistant", "did you mean `new`?"]);
    }
    let ran = room.run(&["call", "probe.number", "--assistant", "nobody", "--json"]);
    assert_eq!(
        (ran.code, &ran.json()["error"]["code"]),
        (3, &"unknown_assistant".into())
    );
}

#[test]
fn what_a_caller_may_not_use_is_not_in_its_menu() {
    let room = two_versions(
        "[caller.local]\n[caller.agent]\nskills = [\"probe.echo\"]\n[caller.other]\nskills = []\n\
         [assistant.mine]\nskills = [\"probe\"]\ncallers = [\"local\"]\n",
    );
    let menu = json(&room, &["menu", "--as", "agent"]);
    assert_eq!(names(&menu["entries"][0]["tools"]), ["echo"]);
    let loaded = json(&room, &["load", "probe", "--as", "agent"]);
    assert_eq!(names(&loaded["tools"]), ["echo"]);
    assert_eq!(loaded["tokens"], menu["entries"][0]["tokens_loaded"]);
    assert_eq!(
        done(&room, &["menu", "--as", "other"]).stdout,
        "There is no skill.\n"
    );
    room.run(&["load", "probe", "--as", "other"])
        .fails(3, &["there is no skill `probe`"]);
    room.run(&["menu", "--as", "stranger"])
        .fails(3, &["unknown_caller"]);
    // An assistant of others looks absent, and theirs is there.
    assert_eq!(done(&room, &["menu", "--assistant", "mine"]).code, 0);
    room.run(&["menu", "--as", "agent", "--assistant", "mine"])
        .fails(3, &["there is no assistant `mine`"]);
}

#[test]
fn check_config_lists_assistants_and_pins_that_fit_nothing() {
    let room = two_versions(TWO);
    let ran = done(&room, &["check-config"]);
    assert!(ran.stdout.contains("new has probe@2.0.0"), "{}", ran.stdout);
    for word in ["hotcell.toml:7:", "none has crm", "none has probe@^3"] {
        assert!(ran.stderr.contains(word), "{}", ran.stderr);
    }
    assert!(!ran.stderr.contains("the assistant old"), "{}", ran.stderr);
    let listed = json(&room, &["check-config"]);
    assert_eq!(names(&listed["assistants"]), ["new", "none", "old"]);
    assert_eq!(listed["warnings"].as_array().unwrap().len(), 2);
}
