//! `hotcell tools`: shapes, what is loaded, and the exit code where a shape says less.

use serde_json::json;

use super::{CONFIG, done, json, names, room};

#[test]
fn tools_of_what_is_loaded_have_the_shape_of_the_host() {
    let room = room();
    let tools = |format: &str| {
        let ran = room.run(&["tools", "--format", format, "--loaded", "probe"]);
        (ran.code, ran.json(), ran.stderr)
    };
    let flat = ["probe_answer", "probe_number", "probe_echo", "probe_post"];
    for format in ["openai", "anthropic"] {
        let (code, value, _) = tools(format);
        assert_eq!((code, names(&value)), (0, flat.to_vec()), "{format}");
    }
    let (_, value, _) = tools("openai-chat");
    assert_eq!(value[0]["function"]["name"], "probe_answer");
    let (_, value, _) = tools("gemini");
    assert_eq!(names(&value[0]["function_declarations"]), flat);
    let (code, value, told) = tools("mcp");
    assert_eq!(value[3]["annotations"]["readOnlyHint"], false);
    assert_eq!((code, value[1].get("outputSchema")), (3, None));
    assert!(
        told.contains("probe_number /output_schema: warning"),
        "{told}"
    );
    // Its arguments are any object: that has no strict form.
    let (code, value, told) = tools("openai-strict");
    assert_eq!((code, &value[0]["strict"]), (3, &json!(false)));
    assert!(
        told.contains("probe_answer : warning: an object with any"),
        "{told}"
    );
}

#[test]
fn without_a_word_the_tools_are_those_that_a_model_has_at_first() {
    let room = room();
    room.write(
        CONFIG,
        "[assistant.a]\nskills = [\"probe\"]\ntools = \"direct\"\n\
         [assistant.b]\nskills = [\"probe\"]\n",
    );
    let count = |more: &[&str]| {
        let ran = done(&room, &[&["tools", "--format", "anthropic"], more].concat());
        ran.json().as_array().unwrap().len()
    };
    assert_eq!(count(&[]), 0);
    assert_eq!(count(&["--assistant", "b"]), 0);
    assert_eq!(count(&["--assistant", "a"]), 4);
    assert_eq!(count(&["--all"]), 4);
    room.run(&["tools", "--format", "openai", "--loaded", "nope"])
        .fails(3, &["unknown_skill"]);
    let ran = room.run(&["tools", "--format", "claude"]);
    assert!(
        ran.code == 2 && ran.stderr.contains("anthropic, gemini, mcp"),
        "{}",
        ran.stderr
    );
}

#[test]
fn findings_are_told_as_json() {
    let room = room();
    let ran = room.run(&["tools", "--format", "openai-strict", "--all", "--json"]);
    assert_eq!(ran.code, 3);
    let first = &ran.json()["findings"][0];
    assert_eq!(
        (&first["tool"], &first["loss"]),
        (&json!("probe_answer"), &json!("not_strict"))
    );
    assert_eq!(
        json(&room, &["tools", "--format", "openai", "--all"])["findings"],
        json!([])
    );
}
