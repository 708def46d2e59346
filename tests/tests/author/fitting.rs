//! What a build says of sources that do not fit together, though they compile.

use std::fs;

use serde_json::Value;

use crate::bench::Bench;

/// A contract with a tool of this name more than the new skill has.
fn with_tool(bench: &Bench, skill: &str, name: &str) {
    let path = bench.at(&format!("{skill}/schema.json"));
    let text = fs::read_to_string(&path).unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    let mut more = schema["tools"][0].clone();
    more["name"] = name.into();
    schema["tools"].as_array_mut().unwrap().push(more);
    fs::write(path, schema.to_string()).unwrap();
}

/// A contract and a manifest without this tool.
fn without_tool(bench: &Bench, skill: &str, name: &str) {
    let path = bench.at(&format!("{skill}/schema.json"));
    let text = fs::read_to_string(&path).unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    schema["tools"]
        .as_array_mut()
        .unwrap()
        .retain(|tool| tool["name"] != name);
    fs::write(path, schema.to_string()).unwrap();
    let path = bench.at(&format!("{skill}/skill.toml"));
    let text = fs::read_to_string(&path).unwrap();
    let (before, behind) = text.split_once(&format!("[tool.{name}]\n")).unwrap();
    let (_, rest) = behind.split_once('\n').unwrap();
    fs::write(path, format!("{before}{rest}")).unwrap();
}

/// Makes a skill whose author gives the schema, first as the build would derive it.
fn given(language: &str) -> Bench {
    let bench = Bench::new();
    bench.make("given", &["--lang", language]);
    bench.built("given");
    match language {
        "python" => {
            let path = bench.at("given/pyproject.toml");
            let text = fs::read_to_string(&path).unwrap_or_default();
            fs::write(
                path,
                format!("{text}\n[tool.hotcell]\nschema = \"given\"\n"),
            )
            .unwrap();
        }
        _ => {
            let path = bench.at("given/package.json");
            let text = fs::read_to_string(&path).unwrap_or_else(|_| "{}".to_owned());
            let mut package: Value = serde_json::from_str(&text).unwrap();
            package["hotcell"]["schema"] = "given".into();
            fs::write(path, package.to_string()).unwrap();
        }
    }
    bench
}

/// The same component is taken from before for each of these schemas: they are looked at all the same.
fn check_given(language: &str) {
    let bench = given(language);
    let right = fs::read_to_string(bench.at("given/schema.json")).unwrap();
    assert_eq!(bench.built("given")["warnings"], serde_json::json!([]));
    with_tool(&bench, "given", "not_written");
    let ran = bench.build("given");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    for word in [
        "schema.json:1:",
        "error[schema_tools]",
        "`not_written`",
        "`greet`",
    ] {
        assert!(ran.stderr.contains(word), "no {word} in {}", ran.stderr);
    }
    fs::write(bench.at("given/schema.json"), right).unwrap();
    without_tool(&bench, "given", "count_words");
    let told = bench.built("given");
    let warning = &told["warnings"][0];
    assert_eq!(warning["code"], "schema_tools", "{told:#}");
    assert!(warning["file"].as_str().unwrap().starts_with("src/"));
    let message = warning["message"].as_str().unwrap();
    assert!(message.contains("`count_words`") && message.contains("`greet`"));
    fs::remove_file(bench.at("given/schema.json")).unwrap();
    let ran = bench.build("given");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("schema_missing"), "{}", ran.stderr);
}

#[test]
fn a_given_schema_fits_the_code_in_python() {
    check_given("python");
}

#[test]
fn a_given_schema_fits_the_code_in_js() {
    check_given("js");
}

#[test]
fn a_given_schema_fits_the_code_in_rust() {
    let bench = Bench::new();
    bench.make("given", &["--lang", "rust"]);
    bench.built("given");
    let path = bench.at("given/src/lib.rs");
    let text = fs::read_to_string(&path).unwrap();
    let (code, _tests) = text.split_once("#[cfg(test)]").unwrap();
    fs::write(path, code).unwrap();
    assert_eq!(bench.built("given")["warnings"], serde_json::json!([]));
    with_tool(&bench, "given", "not_written");
    without_tool(&bench, "given", "count_words");
    let told = bench.built("given");
    let warnings = told["warnings"].to_string();
    assert!(
        warnings.contains("`not_written`") && warnings.contains("`count_words`"),
        "{warnings}"
    );
}

const LATE: &str = "import json
from hotcell import tool


@tool
def greet(name: str) -> dict[str, str]:
    \"\"\"Greets.\"\"\"
    import json
    import math
    import csv
    from hotcell import nothing_such
    try:
        import ujson
    except ImportError:
        pass
    return {\"text\": name}


@tool
def count_words(text: str) -> dict[str, int]:
    \"\"\"Counts.\"\"\"
    return {\"words\": 1, \"letters\": 1}
";

#[test]
fn an_import_that_comes_too_late_is_told() {
    let bench = Bench::new();
    bench.make("late", &["--lang", "python"]);
    bench.write("late/src/skill.py", LATE);
    for _ in 0..2 {
        let ran = bench.build("late");
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        let warnings = told["warnings"].as_array().unwrap();
        let places: Vec<_> = warnings
            .iter()
            .map(|one| (one["line"].as_u64(), one["code"].as_str()))
            .collect();
        let late = Some("late_import");
        assert_eq!(places, [(Some(10), late), (Some(11), late)], "{told:#}");
        assert!(ran.stderr.contains(
            "src/skill.py:10:5: warning[late_import]: `csv` is imported inside of a function only"
        ));
        assert!(ran.stderr.contains("mend: import it at the top"));
    }
    let top = LATE.replace("import json\nfrom hotcell", "import csv\nfrom hotcell");
    bench.write(
        "late/src/skill.py",
        &top.replace("    from hotcell import nothing_such\n", ""),
    );
    let told = bench.built("late");
    assert_eq!(told["warnings"], serde_json::json!([]), "{told:#}");
    bench.call("late", "count_words", r#"{"text":"a"}"#);
}

#[test]
fn what_was_written_in_typescript_is_called_so() {
    for (language, name) in [("ts", "from TypeScript:"), ("js", "from JavaScript:")] {
        let bench = Bench::new();
        bench.make("said", &["--lang", language]);
        assert_eq!(bench.built("said")["language"], language);
        let ran = bench.run(&["build", "said", "--cache", crate::bench::TOOLS]);
        assert!(ran.stderr.contains(name), "{}", ran.stderr);
    }
}

#[test]
fn a_test_of_another_name_derives_nothing_and_is_told() {
    let bench = Bench::new();
    bench.make("named", &["--lang", "rust"]);
    let path = bench.at("named/src/lib.rs");
    let text = fs::read_to_string(&path).unwrap();
    let other = text.replace("fn schema_json_is_current", "fn the_schema");
    assert_ne!(text, other);
    fs::write(path, other).unwrap();
    let told = bench.refused("named");
    assert!(
        told.contains("schema_failed") && told.contains("schema_json_is_current"),
        "{told}"
    );
}
