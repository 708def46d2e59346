//! schema.json: what is refused, and how wrong arguments are told.

use hotcell_testkit::archives::{self, PLAIN_CONTRACT};
use serde_json::json;

use crate::read;

#[test]
fn contracts_are_refused_with_line_and_pointer() {
    let text = PLAIN_CONTRACT.replace("\"minimum\": 1,", "\"minimum\": \"1\",");
    let error = read(archives::plain_package_with("schema.json", text.as_bytes())).unwrap_err();
    let found = &error.diagnostics()[0];
    assert_eq!((found.code, found.line), ("schema_invalid", Some(10)));
    let pointer = found.pointer.as_deref();
    assert_eq!(
        pointer,
        Some("/tools/0/input_schema/properties/weight_g/minimum")
    );
}

#[test]
fn violations_are_told_at_once_in_words() {
    let package = read(archives::plain_package()).unwrap();
    let tool = package.contract.tool("quote").unwrap();
    assert_eq!(
        tool.check_input(&json!({"weight_g": 5, "country": "DE"})),
        Ok(())
    );
    let wrong = json!({"weight_g": "5", "country": "FR", "servce": "x"});
    let told = tool.check_input(&wrong).unwrap_err();
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "/weight_g: must be an integer, not the string \"5\"",
            "/country: must be one of \"DE\", \"AT\", \"CH\", not the string \"FR\"",
            "/servce: no such property; did you mean `service`?",
        ]
    );
    let told = tool.check_input(&json!({})).unwrap_err();
    assert_eq!(
        told[0].message,
        "the properties `weight_g`, `country` are missing"
    );
    assert_eq!(
        tool.check_output(&json!({"price_cents": -1})).unwrap_err()[0].pointer,
        "/price_cents"
    );
}

#[test]
fn the_plain_list_of_tools_is_read() {
    let text = br#"[{"name": "quote", "description": "d", "parameters": {"type": "object"}}]"#;
    let package = read(archives::plain_package_with("schema.json", text)).unwrap();
    assert!(package.contract.tools[0].output_schema.is_none());
}
