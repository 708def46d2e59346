//! Links from one Markdown file to another file of the repository lead somewhere.
//!
//! Links to other sites are not followed. Code, in fences or in backticks, holds no links.

use std::path::{Component, Path, PathBuf};

use crate::tidy::finding::Finding;

/// Checks each `[text](target)` of a file; `exists` is asked for paths from the root.
pub(crate) fn check(path: &str, text: &str, exists: impl Fn(&Path) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut fence: Option<&str> = None;
    for (index, line) in text.lines().enumerate() {
        let bare = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| bare.starts_with(mark));
        match (fence, mark) {
            (None, Some(_)) => fence = mark,
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
            (None, None) => {
                for target in targets(&without_code(line)) {
                    if !leads_somewhere(path, &target, &exists) {
                        let message = format!("the link to `{target}` leads nowhere");
                        let mend = "name the file as it is called, from this file's folder";
                        findings.push(Finding::new(path, index + 1, message, mend));
                    }
                }
            }
        }
    }
    findings
}

/// Removes what stands between backticks.
fn without_code(line: &str) -> String {
    let mut parts = line.split('`').collect::<Vec<_>>();
    // An odd number of backticks: the last one opens nothing.
    if parts.len() % 2 == 0 {
        parts.pop();
    }
    parts.into_iter().step_by(2).collect()
}

fn targets(line: &str) -> Vec<String> {
    let mut targets = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find("](") {
        rest = &rest[start + 2..];
        let Some(end) = rest.find(')') else { break };
        // A title may follow the target: `(file.md "Title")`.
        if let Some(target) = rest[..end].split_whitespace().next() {
            targets.push(target.trim_matches(['<', '>']).to_owned());
        }
        rest = &rest[end..];
    }
    targets
}

fn leads_somewhere(path: &str, target: &str, exists: impl Fn(&Path) -> bool) -> bool {
    let file = target.split('#').next().unwrap_or(target);
    if file.is_empty() || file.contains("://") || file.starts_with("mailto:") {
        return true;
    }
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    resolve(&folder.join(file)).is_some_and(|file| exists(&file))
}

/// Resolves `..` by name; `None` where it leaves the repository.
fn resolve(path: &Path) -> Option<PathBuf> {
    let mut resolved = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => resolved.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !resolved.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(resolved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::finding::assert_lines;

    fn found(text: &str, expected: &[usize]) {
        let there = ["docs/guide.md", "README.md", "crates/cli"];
        let findings = check("docs/index.md", text, |path| {
            there.iter().any(|known| path == Path::new(known))
        });
        assert_lines(&findings, expected);
    }

    #[test]
    fn links_that_lead_somewhere() {
        found(
            "[a](guide.md) [b](./guide.md#part) [c](../README.md \"Title\")",
            &[],
        );
        found(
            "[a](https://example.com/x.md) [b](#here) [c](mailto:a@example.com)",
            &[],
        );
        found("![a](<guide.md>) [folder](../crates/cli)", &[]);
    }

    #[test]
    fn links_that_lead_nowhere() {
        found("one\n[a](gone.md)\n", &[2]);
        found("[a](guide.md) [b](README.md)", &[1]);
        found("[a](../../outside.md)\n[b](/docs/guide.md)", &[1, 2]);
    }

    #[test]
    fn code_holds_no_links() {
        found("```\n[a](gone.md)\n```\n[b](gone.md)", &[4]);
        found("~~~\n```\n[a](gone.md)\n~~~", &[]);
        found("as `[a](gone.md)` or `b`", &[]);
        found("a lone ` and [a](guide.md)", &[]);
    }
}
