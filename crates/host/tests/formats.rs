//! The tools of the example skills in each shape, beside what is expected: `tests/golden/`. To
//! accept what is there now, run with `HOTCELL_BLESS=1` and read the diff.
#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

use hotcell_host::LoadedTool;
use hotcell_host::formats::{Finding, Format, Loss, format_tools, from_strict};
use hotcell_package::{Contract, Manifest};
use serde_json::{Map, Value, json};

const EXAMPLES: [&str; 5] = ["crm", "datev-export", "quote-docx", "tax-check", "web"];

fn tools_of(skill: &str, contract: &str, manifest: &str) -> Vec<LoadedTool> {
    let contract = Contract::parse(contract).unwrap_or_else(|found| panic!("{found:?}"));
    let manifest = Manifest::parse(manifest).unwrap();
    let tools = contract.tools.iter();
    tools
        .map(|tool| LoadedTool::new(skill, tool, &manifest.tool(&tool.name)))
        .collect()
}

fn examples() -> Vec<LoadedTool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../skills-examples");
    let read = |skill: &str, file: &str| fs::read_to_string(root.join(skill).join(file)).unwrap();
    let all = EXAMPLES.iter();
    all.flat_map(|skill| {
        tools_of(
            skill,
            &read(skill, "schema.json"),
            &read(skill, "skill.toml"),
        )
    })
    .collect()
}

/// One tool whose arguments have this schema.
fn tool(input_schema: &Value) -> LoadedTool {
    let contract = json!({ "tools": [
        { "name": "probe", "description": "Probes.", "input_schema": input_schema }
    ]});
    let manifest = "[skill]\nversion = \"1.0.0\"\n";
    tools_of("probe", &contract.to_string(), manifest).remove(0)
}

fn golden(format: Format) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    folder.join(format!("{}.json", format.as_str()))
}

fn check(format: Format) {
    let formatted = format_tools(format, &examples());
    let text = serde_json::to_string_pretty(&formatted).unwrap() + "\n";
    let place = golden(format);
    if std::env::var_os("HOTCELL_BLESS").is_some() {
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(&place, &text).unwrap();
    }
    let expected = fs::read_to_string(&place).unwrap_or_default();
    assert!(
        text == expected,
        "{} is not what was expected",
        place.display()
    );
}

#[test]
fn openai() {
    check(Format::OpenAi);
}

#[test]
fn openai_chat() {
    check(Format::OpenAiChat);
}

#[test]
fn openai_strict() {
    check(Format::OpenAiStrict);
}

#[test]
fn anthropic() {
    check(Format::Anthropic);
}

#[test]
fn gemini() {
    check(Format::Gemini);
}

#[test]
fn mcp() {
    check(Format::Mcp);
}

#[test]
fn formats_have_their_words() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse::<Format>().unwrap(), format);
    }
    assert!("strict".parse::<Format>().is_err());
}

/// Asserts by the rules of strict schemas: every object is closed and requires all that it has,
/// and no keyword stands there that has no place.
fn assert_strict(schema: &Value) {
    let own = schema.as_object().unwrap();
    let banned = [
        "allOf",
        "oneOf",
        "not",
        "if",
        "const",
        "default",
        "maxLength",
        "minLength",
    ];
    for key in banned {
        assert!(!own.contains_key(key), "{key} in {schema}");
    }
    if let Some(properties) = own.get("properties").and_then(Value::as_object) {
        let names: Vec<_> = properties.keys().map(String::as_str).collect();
        assert_eq!(own["required"], json!(names));
        assert_eq!(own["additionalProperties"], json!(false));
        properties.values().for_each(assert_strict);
    }
    for key in ["items", "$defs", "anyOf"] {
        match own.get(key) {
            Some(Value::Array(all)) => all.iter().for_each(assert_strict),
            Some(Value::Object(all)) if key == "$defs" => all.values().for_each(assert_strict),
            Some(one) => assert_strict(one),
            None => {}
        }
    }
}

#[test]
fn every_example_tool_that_is_called_strict_is() {
    let formatted = format_tools(Format::OpenAiStrict, &examples());
    let mut strict = 0;
    for tool in formatted.tools.as_array().unwrap() {
        if tool["strict"] == json!(true) {
            assert_strict(&tool["parameters"]);
            strict += 1;
        } else {
            let name = tool["name"].as_str().unwrap();
            let told = |one: &Finding| one.tool == name && one.loss == Loss::NotStrict;
            assert!(formatted.findings.iter().any(told), "{name}");
        }
    }
    assert!(strict > 0);
}

#[test]
fn what_has_no_strict_form_is_told_and_the_tool_stays() {
    let open = json!({ "type": "object" });
    for (property, pointer) in [
        (
            json!({ "allOf": [{ "type": "string" }] }),
            "/properties/x/allOf",
        ),
        (
            json!({ "type": "string", "not": { "const": "a" } }),
            "/properties/x/not",
        ),
        (
            json!({ "if": { "type": "string" }, "type": "string" }),
            "/properties/x/if",
        ),
        (
            json!({ "type": "object", "additionalProperties": true }),
            "/properties/x",
        ),
        (open, "/properties/x"),
        (json!({ "type": "array" }), "/properties/x"),
        (json!({}), "/properties/x"),
        (json!(true), "/properties/x"),
        (
            json!({ "type": "array", "prefixItems": [{ "type": "string" }],
                 "items": { "type": "string" } }),
            "/properties/x/prefixItems",
        ),
    ] {
        let schema = json!({ "type": "object", "properties": { "x": property } });
        let formatted = format_tools(Format::OpenAiStrict, [&tool(&schema)]);
        assert!(formatted.has_loss(), "{schema}");
        let first = &formatted.findings[0];
        assert_eq!(
            (first.loss, first.pointer.as_str()),
            (Loss::NotStrict, pointer),
            "{schema}"
        );
        assert_eq!(formatted.tools[0]["strict"], json!(false));
        assert_eq!(formatted.tools[0]["parameters"], schema);
    }
}

#[test]
fn what_narrows_goes_into_words() {
    let schema = json!({ "type": "object", "required": ["x"], "properties": {
        "x": { "type": "string", "description": "A word.", "maxLength": 5, "default": "a" }
    }});
    let formatted = format_tools(Format::OpenAiStrict, [&tool(&schema)]);
    assert!(!formatted.has_loss());
    let property = &formatted.tools[0]["parameters"]["properties"]["x"];
    let expected = "A word. (maxLength: 5; default: \"a\")";
    assert_eq!(
        *property,
        json!({ "description": expected, "type": "string" })
    );
    let words: Vec<_> = formatted.findings.iter().map(|one| one.loss).collect();
    assert_eq!(words, [Loss::InWords, Loss::InWords]);
    // What is too long for words is left out, and that is told as a loss.
    let long = json!({ "type": "object", "properties": {
        "x": { "type": "string", "examples": ["y".repeat(300)] }
    }});
    let formatted = format_tools(Format::OpenAiStrict, [&tool(&long)]);
    assert!(formatted.has_loss());
    assert_eq!(formatted.findings[0].loss, Loss::LeftOut);
}

#[test]
fn what_may_be_left_out_may_be_null_and_goes_on_the_way_back() {
    let schema = json!({
        "type": "object",
        "required": ["name"],
        "$defs": { "place": { "type": "object", "required": ["city"], "properties": {
            "city": { "type": "string" }, "street": { "type": "string" }
        }}},
        "properties": {
            "name": { "type": "string" },
            "page": { "type": "integer" },
            "note": { "type": ["string", "null"] },
            "kind": { "enum": ["a", "b"] },
            "place": { "$ref": "#/$defs/place" },
            "places": { "type": "array", "items": { "$ref": "#/$defs/place" } },
            "who": { "anyOf": [
                { "type": "object", "required": ["id"], "additionalProperties": false,
                  "properties": { "id": { "type": "integer" }, "tag": { "type": "string" } } },
                { "type": "object", "required": ["mail"], "additionalProperties": false,
                  "properties": { "mail": { "type": "string" } } }
            ]}
        }
    });
    let shaped = format_tools(Format::OpenAiStrict, [&tool(&schema)]);
    assert!(!shaped.has_loss(), "{:?}", shaped.findings);
    assert_strict(&shaped.tools[0]["parameters"]);
    let properties = &shaped.tools[0]["parameters"]["properties"];
    assert_eq!(properties["page"]["type"], json!(["integer", "null"]));
    assert_eq!(properties["kind"]["enum"], json!(["a", "b", null]));
    for (sent, wanted) in [
        (
            json!({ "name": "x", "page": null, "note": null, "kind": null, "place": null,
                    "places": null, "who": null }),
            json!({ "name": "x", "note": null }),
        ),
        (
            json!({ "name": "x", "page": 2, "place": { "city": "Bonn", "street": null },
                    "places": [{ "city": "Ulm", "street": null }],
                    "who": { "id": 1, "tag": null } }),
            json!({ "name": "x", "page": 2, "place": { "city": "Bonn" },
                    "places": [{ "city": "Ulm" }], "who": { "id": 1 } }),
        ),
        // What is required and null is the contract's to refuse.
        (json!({ "name": null }), json!({ "name": null })),
        (json!([1]), json!([1])),
    ] {
        assert_eq!(from_strict(&schema, sent), wanted);
    }
}

/// Returns what a strict model sends for these arguments: null for each that is left out.
fn filled(schema: &Value, arguments: &Value) -> Value {
    let (Some(properties), Some(members)) = (
        schema.get("properties").and_then(Value::as_object),
        arguments.as_object(),
    ) else {
        return arguments.clone();
    };
    let all = properties.iter().map(|(name, own)| {
        let value = members
            .get(name)
            .map_or(Value::Null, |value| filled(own, value));
        (name.clone(), value)
    });
    Value::Object(all.collect::<Map<_, _>>())
}

#[test]
fn arguments_of_the_example_skills_come_back_as_they_were() {
    let tools = examples();
    let search = tools
        .iter()
        .find(|tool| tool.flat_name == "crm_search_contacts")
        .unwrap();
    for arguments in [
        json!({ "query": "Weber" }),
        json!({ "query": "", "page": 2 }),
    ] {
        let sent = filled(&search.input_schema, &arguments);
        assert_ne!(sent, arguments);
        assert_eq!(Format::OpenAiStrict.arguments(search, sent), arguments);
        assert_eq!(
            Format::Anthropic.arguments(search, arguments.clone()),
            arguments
        );
    }
}
