//! The text of a new skill's files.

use std::fmt::Write as _;

use super::{NewSkill, Template, files};

/// Returns each file's place and text.
pub(super) fn render(skill: &NewSkill<'_>, name: &str) -> Vec<(String, String)> {
    let fill = Fill {
        name,
        origins: skill.origins,
    };
    let mut made: Vec<_> = files::common(!skill.origins.is_empty())
        .iter()
        .chain(files::of(skill.template))
        .map(|(place, text)| ((*place).to_owned(), fill.text(text)))
        .collect();
    if skill.template == Template::Rust {
        made.extend(files::sdk());
    }
    made
}

struct Fill<'a> {
    name: &'a str,
    origins: &'a [String],
}

impl Fill<'_> {
    fn text(&self, text: &str) -> String {
        let (kept, left_out) = if self.origins.is_empty() {
            ("^http", "#http")
        } else {
            ("#http", "^http")
        };
        let text = without(text, left_out);
        let open = format!("{{{{{kept}}}}}");
        // A mark that has a line to itself takes the line with it.
        let text = text
            .replace(&format!("{open}\n"), "")
            .replace("{{/http}}\n", "");
        let text = text.replace(&open, "").replace("{{/http}}", "");
        text.replace("{{name}}", self.name)
            .replace("{{title}}", &title(self.name))
            .replace(
                "{{origin}}",
                self.origins.first().map_or("", String::as_str),
            )
            .replace("{{https}}\n", &self.asks())
    }

    /// Returns the tables of skill.toml that ask for the origins.
    fn asks(&self) -> String {
        let mut text = String::new();
        for (at, origin) in self.origins.iter().enumerate() {
            let id = match at {
                0 => "status".to_owned(),
                _ => format!("server-{}", at + 1),
            };
            write!(
                text,
                "\n[[http]]\nid = \"{id}\"\norigin = {origin:?}\nmethods = [\"GET\"]\npath = \"/status\"\n"
            )
            .expect("writing to a String cannot fail");
        }
        text
    }
}

/// Leaves out what stands between a mark and its end.
fn without(text: &str, mark: &str) -> String {
    let open = format!("{{{{{mark}}}}}");
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(&open) {
        out.push_str(before);
        let (_, after) = after
            .split_once("{{/http}}")
            .expect("each mark of a template has its end");
        // The line break belongs to the mark where that stands alone.
        rest = match after.strip_prefix('\n') {
            Some(next) if out.is_empty() || out.ends_with('\n') => next,
            _ => after,
        };
    }
    out.push_str(rest);
    out
}

/// `my-skill` becomes `My skill`.
fn title(name: &str) -> String {
    let words = name.replace('-', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(origins: &[&str], text: &str, expected: &str) {
        let origins: Vec<_> = origins.iter().map(|&origin| origin.to_owned()).collect();
        let fill = Fill {
            name: "my-skill",
            origins: &origins,
        };
        assert_eq!(fill.text(text), expected);
    }

    #[test]
    fn marks_are_filled_and_left_out() {
        let text = "{{title}}\n{{#http}}\nasks {{origin}}\n{{/http}}\nf({{#http}}x, {{/http}}y)\n";
        check(&[], text, "My skill\nf(y)\n");
        check(
            &["https://a.example"],
            text,
            "My skill\nasks https://a.example\nf(x, y)\n",
        );
    }
}
