//! Good and bad snippets for each rule. The bad ones are strings, which the rules do not read.

use super::check;
use crate::tidy::finding::assert_lines;

fn found(text: &str, expected: &[usize]) {
    assert_lines(&check("crates/a/src/b.rs", text), expected);
}

fn found_in(path: &str, text: &str, expected: &[usize]) {
    assert_lines(&check(path, text), expected);
}

fn function_of(lines: usize) -> String {
    format!("fn a() {{\n{}}}\n", "    b();\n".repeat(lines - 2))
}

#[test]
fn a_function_past_the_limit_is_found() {
    found(&function_of(70), &[]);
    found(&function_of(71), &[1]);
}

#[test]
fn methods_are_measured_and_their_comments_above_are_not() {
    let comment = "/// A line.\n".repeat(80);
    found(&format!("{comment}{}", function_of(70)), &[]);
    found(
        &format!("struct A;\nimpl A {{\n{}}}\n", function_of(71)),
        &[3],
    );
    found(&format!("trait A {{\n{}}}\n", function_of(71)), &[2]);
    found("trait A {\n    fn a();\n}\n", &[]);
}

#[test]
fn missing_work_is_found() {
    found("fn a() {\n    todo!()\n}\n", &[2]);
    found("fn a() {\n    b(|| unimplemented!(\"later\"));\n}\n", &[2]);
    found(
        "// todo!()\nfn a() -> &'static str {\n    let todo = \"todo!()\";\n    todo\n}\n",
        &[],
    );
}

#[test]
fn ignored_tests_are_found() {
    found("#[test]\n#[ignore = \"slow\"]\nfn a() {}\n", &[2]);
    found("#[ignore]\nfn a() {}\n", &[1]);
    found(
        "/// `#[ignore]` is refused.\nfn ignore(a: [u8; 1]) {}\n",
        &[],
    );
}

#[test]
fn a_sleeping_test_is_found() {
    let sleep = "    std::thread::sleep(LONG);\n";
    found(&format!("#[test]\nfn a() {{\n{sleep}}}\n"), &[3]);
    found(
        &format!("#[cfg(test)]\nmod tests {{\nfn b() {{\n{sleep}}}\n}}\n"),
        &[4],
    );
    found(
        &format!("#[cfg(all(test, unix))]\nmod tests {{\nfn b() {{\n{sleep}}}\n}}\n"),
        &[4],
    );
    found(
        "#[tokio::test]\nasync fn a() {\n    sleep(LONG).await;\n}\n",
        &[3],
    );
    found_in("tests/tests/a.rs", &format!("fn a() {{\n{sleep}}}\n"), &[2]);
}

#[test]
fn other_code_may_sleep() {
    let sleep = "    tokio::time::sleep(LONG).await;\n";
    found(&format!("async fn a() {{\n{sleep}}}\n"), &[]);
    found(
        &format!("#[cfg(not(test))]\nmod a {{\nasync fn b() {{\n{sleep}}}\n}}\n"),
        &[],
    );
    found(
        "#[test]\nfn a() {\n    cat.sleep();\n    run(\"sleep\");\n}\n",
        &[],
    );
    found_in("tests/tests/a.rs", "fn sleep() {}\n", &[]);
}

#[test]
fn unsafe_code_stays_in_its_files() {
    let text = "#![allow(unsafe_code)]\nfn a() {\n    unsafe { b() }\n}\n";
    found(text, &[1, 3]);
    found_in("crates/sandbox/src/load.rs", text, &[]);
    found_in("crates/sdk/src/bindings.rs", text, &[3]);
    found(
        "#![deny(unsafe_code)]\n// unsafe\nconst A: &str = \"unsafe\";\n",
        &[],
    );
    found("#[expect(dead_code, unsafe_code)]\nfn a() {}\n", &[1]);
}

#[test]
fn empty_module_names_are_found() {
    found("mod utils;\npub mod helpers {}\n", &[1, 2]);
    found("mod common_name;\nuse common::a;\n", &[]);
}

#[test]
fn a_file_that_is_no_rust_is_found() {
    found("fn a( {\n", &[1]);
}
