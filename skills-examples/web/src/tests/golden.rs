//! Whole pages and what is read of them. `HOTCELL_BLESS=1` writes the answers; read the diff.

use std::path::{Path, PathBuf};

use super::call;
use hotcell_sdk::serde_json::{self, json};
use hotcell_sdk::stub::Reply;

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|e| e == "html"))
        .collect()
}

#[test]
fn pages_read_as_they_should() {
    let pages = pages();
    assert_eq!(pages.len(), 4);
    for path in pages {
        let html = std::fs::read(&path).unwrap();
        let input = json!({"url": "https://www.example.com/dir/page"});
        let answer = |tool| {
            let html = html.clone();
            let server = move |_: &_| {
                let reply = Reply::new(200).header("content-type", "text/html");
                reply.body(html.clone())
            };
            call(tool, &input, server).0.unwrap()
        };
        let links = answer("list_links")["links"].clone();
        let found = json!({"read_page": answer("read_page"), "all_links": links});
        let found = serde_json::to_string_pretty(&found).unwrap() + "\n";
        let expected = path.with_extension("json");
        if std::env::var_os("HOTCELL_BLESS").is_some_and(|value| value == "1") {
            std::fs::write(&expected, &found).unwrap();
        }
        let expected = std::fs::read_to_string(expected).unwrap();
        assert_eq!(found, expected, "{}", path.display());
    }
}
