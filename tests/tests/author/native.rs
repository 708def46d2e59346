//! Dependencies: those of plain JavaScript and Python work, and native code is named.

use serde_json::json;

use crate::bench::Bench;

#[test]
fn a_package_of_plain_python_works_and_native_code_is_named() {
    let bench = Bench::new();
    bench.make("words", &["--lang", "python"]);
    bench.write("words/requirements.txt", "inflection==0.5.1\n");
    let source = "import inflection\nfrom hotcell import tool\n\n\n@tool\ndef greet(name: str) -> str:\n    \
                  'Greets.'\n    return inflection.titleize(name)\n\n\n@tool\ndef count_words(text: str) -> int:\n    \
                  'Counts.'\n    return len(text)\n";
    bench.write("words/src/skill.py", source);
    bench.built("words");
    assert_eq!(
        bench.call("words", "greet", r#"{"name":"ada lovelace"}"#),
        json!("Ada Lovelace")
    );
    bench.make("numbers", &["--lang", "python"]);
    bench.write("numbers/requirements.txt", "markupsafe==3.0.2\n");
    let told = bench.refused("numbers");
    assert!(
        told.contains("`markupsafe==3.0.2` has native code"),
        "{told}"
    );
}

#[test]
fn an_npm_package_is_bundled_and_native_code_is_named() {
    let bench = Bench::new();
    bench.make("words", &["--lang", "js"]);
    let plain = r#"{"name":"titles","version":"1.0.0","main":"index.js"}"#;
    bench.write("words/node_modules/titles/package.json", plain);
    bench.write(
        "words/node_modules/titles/index.js",
        "module.exports = (text) => text.toUpperCase();\n",
    );
    let source = "import titles from 'titles';\n/**\n * Greets.\n * @param {{ name: string }} input\n * @returns {string}\n \
                  */\nfunction greet({ name }) {\n  return titles(name);\n}\n/**\n * Counts.\n * @param {{ text: string }} \
                  input\n * @returns {number}\n */\nconst count_words = ({ text }) => text.length;\nexport default { greet, count_words };\n";
    bench.write("words/src/index.js", source);
    bench.built("words");
    assert_eq!(
        bench.call("words", "greet", r#"{"name":"ada"}"#),
        json!("ADA")
    );
    bench.write("words/node_modules/titles/binding.gyp", "{}");
    bench.write(
        "words/src/index.js",
        &source.replace("Greets.", "Greets anew."),
    );
    std::fs::remove_file(bench.at("words/skill.wasm")).unwrap();
    let told = bench.refused("words");
    assert!(told.contains("`titles` has native code"), "{told}");
}

#[test]
fn a_package_that_looks_for_its_native_code_is_named() {
    let bench = Bench::new();
    bench.make("sums", &["--lang", "js"]);
    let fast = r#"{"name":"fast","main":"index.js","dependencies":{"node-gyp-build":"4"}}"#;
    bench.write("sums/node_modules/fast/package.json", fast);
    bench.write(
        "sums/node_modules/fast/index.js",
        "module.exports = require('node-gyp-build')(__dirname);\n",
    );
    let loader = r#"{"name":"node-gyp-build","main":"index.js"}"#;
    bench.write("sums/node_modules/node-gyp-build/package.json", loader);
    bench.write(
        "sums/node_modules/node-gyp-build/index.js",
        "const fs = require('fs');\nmodule.exports = () => fs;\n",
    );
    let source = "import fast from 'fast';\n/**\n * Adds.\n * @returns {string}\n */\nconst add = () => \
                  String(fast);\nexport default { add };\n";
    bench.write("sums/src/index.js", source);
    let told = bench.refused("sums");
    assert!(told.contains("`fast` has native code"), "{told}");
}

#[test]
fn a_module_of_node_is_named() {
    let bench = Bench::new();
    bench.make("files", &["--lang", "js"]);
    let source = "import fs from 'node:fs';\n/**\n * Reads.\n * @returns {string}\n */\nconst read = () => \
                  String(fs);\nexport default { read };\n";
    bench.write("files/src/index.js", source);
    let told = bench.refused("files");
    assert!(told.contains("node:fs"), "{told}");
}
