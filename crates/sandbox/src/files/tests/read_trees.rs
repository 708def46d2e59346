//! What a prepared tree takes and refuses.

use std::sync::Arc;

use super::super::ReadTree;

fn check(paths: &[&str], expected: &str) {
    let files = paths.iter().map(|path| (*path, Arc::from([1_u8])));
    let code = ReadTree::new(files).err().map_or("ok", |error| error.code);
    assert_eq!(code, expected, "{paths:?}");
}

#[test]
fn paths_that_a_tree_takes() {
    check(&[], "ok");
    check(&["a", "b/c", "b/d/e"], "ok");
    check(&["Ä b", "..c", &"n".repeat(255)], "ok");
    check(&[&["d"; 32].join("/")], "ok");
}

#[test]
fn paths_that_a_tree_refuses() {
    check(&[""], "path_name");
    check(&["/a"], "path_name");
    check(&["a/"], "path_name");
    check(&["a//b"], "path_name");
    check(&["./a"], "path_name");
    check(&["a/../b"], "path_name");
    check(&["a\0"], "path_name");
    check(&[&"n".repeat(256)], "path_name");
    check(&[&["d"; 33].join("/")], "path_too_deep");
    check(&["a", "a"], "path_duplicate");
    check(&["a", "a/b"], "path_file_and_folder");
    check(&["a/b", "a"], "path_file_and_folder");
}
