//! Rules on the bare lines of a file: its length, its spaces, its opening, its words.

use crate::tidy::finding::Finding;

/// The most lines of one Rust file. Past it there are two ideas in it.
const FILE_LINES_MAX: usize = 500;

/// Parts of paths that exist on one machine only, in two pieces so that this file may hold them.
const MACHINE_PATHS: [(&str, &str); 3] = [("/work", "/main"), ("/work", "/shared"), ("/ro", "ot/")];

/// Text whose spaces at a line's end mean nothing.
const PLAIN: [&str; 9] = [
    ".rs", ".toml", ".md", ".wit", ".wat", ".sh", ".yml", ".yaml", ".ci/run",
];

/// No source of ours is longer than one idea.
pub(crate) fn length(path: &str, text: &str) -> Option<Finding> {
    let ours = ["crates/", "xtask/", "tests/"];
    let count = text.lines().count();
    let long = count > FILE_LINES_MAX && ours.iter().any(|folder| path.starts_with(folder));
    long.then(|| {
        Finding::new(
            path,
            FILE_LINES_MAX + 1,
            format!("the file has {count} lines, and {FILE_LINES_MAX} is the most"),
            "split it by idea",
        )
    })
}

/// A crate opens with what it is.
pub(crate) fn opening(path: &str, text: &str) -> Option<Finding> {
    let root = path.ends_with("src/lib.rs") || path.ends_with("src/main.rs");
    (root && !text.starts_with("//!")).then(|| {
        Finding::new(
            path,
            1,
            "the crate does not open with `//!`",
            "say in the first line what it is",
        )
    })
}

/// No spaces at the end of a line, and no tabs in Rust.
pub(crate) fn spaces(path: &str, text: &str) -> Vec<Finding> {
    if !PLAIN.iter().any(|end| path.ends_with(end)) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (number, line) in numbered(text) {
        if line.ends_with(char::is_whitespace) {
            let message = "the line ends with white space";
            findings.push(Finding::new(path, number, message, "remove it"));
        }
        if path.ends_with(".rs") && line.contains('\t') {
            let message = "the line holds a tab";
            let mend = "use spaces, or `\\t` in a string";
            findings.push(Finding::new(path, number, message, mend));
        }
    }
    findings
}

/// No path that only one machine has.
pub(crate) fn words(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in numbered(text) {
        for (first, rest) in MACHINE_PATHS {
            let word = format!("{first}{rest}");
            if holds_path(line, &word) {
                let message = format!("`{word}` is a path of one machine");
                let mend = "name it from the root of the repository, or make it an argument";
                findings.push(Finding::new(path, number, message, mend));
            }
        }
    }
    findings
}

/// Tells whether the word stands where an absolute path begins, and not inside a longer one.
fn holds_path(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(place, _)| {
        let before = line[..place].chars().next_back();
        before.is_none_or(|before| !before.is_alphanumeric() && !"._-}/*".contains(before))
    })
}

/// Splits at `\n` alone, so that a carriage return counts as white space.
fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split('\n')
        .enumerate()
        .map(|(index, line)| (index + 1, line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::finding::assert_lines;

    #[test]
    fn a_long_file_is_found_and_one_at_the_limit_is_not() {
        assert!(length("crates/a/src/b.rs", &"x\n".repeat(500)).is_none());
        assert!(length("crates/a/src/b.rs", &"x\n".repeat(501)).is_some());
        assert!(length("skills-examples/a/src/table.rs", &"x\n".repeat(501)).is_none());
    }

    #[test]
    fn a_crate_opens_with_its_purpose() {
        assert!(opening("crates/a/src/lib.rs", "//! Reads.\n").is_none());
        assert!(opening("crates/a/src/lib.rs", "mod b;\n").is_some());
        assert!(opening("crates/a/src/b.rs", "use c;\n").is_none());
    }

    #[test]
    fn spaces_are_found_in_text_only() {
        assert_lines(&spaces("a.rs", "one\ntwo \n\tthree\r\n"), &[2, 3, 3]);
        assert_lines(&spaces("a.rs", "one\n\n  \"\\t\"\n"), &[]);
        assert_lines(&spaces("a.csv", "one \r\n"), &[]);
        assert_lines(&spaces("a.md", "one  \n\ttwo\n"), &[1]);
        assert_lines(&spaces(".ci/run", "one \n"), &[1]);
    }

    #[test]
    fn machine_paths_are_found_and_the_guests_folders_are_not() {
        let home = ["/ro", "ot/.cargo"].concat();
        let main = ["/work", "/main"].concat();
        let bad = format!("cd {main}\nlet a = \"{home}\";\n({main}/b)\n");
        assert_lines(&words("a.md", &bad), &[1, 2, 3]);
        let good = format!("/work/data\n/work\ntree{home}\n./x{home}\n{{dir}}{home}\n");
        assert_lines(&words("a.md", &good), &[]);
    }
}
