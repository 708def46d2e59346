//! Which language a folder is written in.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use hotcell_package::Diagnostic;

/// A language that skills are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Rust: a `Cargo.toml`.
    Rust,
    /// JavaScript and TypeScript: a `package.json`, or files `.js`, `.mjs` or `.ts`.
    JavaScript,
    /// Python: a `pyproject.toml`, a `requirements.txt`, or files `.py`.
    Python,
}

const LANGUAGES: [Language; 3] = [Language::Rust, Language::JavaScript, Language::Python];

impl Language {
    /// Finds the language of a skill's folder by the files at its top and in `src`.
    ///
    /// # Errors
    /// Where there is none, or more than one.
    pub fn of_folder(folder: &Path) -> Result<Language, Diagnostic> {
        let mut names = names_in(folder);
        names.extend(names_in(&folder.join("src")));
        let marked = LANGUAGES.map(|language| names.iter().find(|name| language.marks(name)));
        let found: Vec<_> = LANGUAGES.into_iter().zip(marked).collect();
        let mut found = found
            .into_iter()
            .filter_map(|(language, by)| Some((language, by?)));
        let shown = folder.display().to_string();
        match (found.next(), found.next()) {
            (Some((language, _)), None) => Ok(language),
            (Some((first, by)), Some((second, also_by))) => {
                let message = format!("this is {first} by `{by}` and {second} by `{also_by}`");
                let hint = format!(
                    "say which: --lang {} or --lang {}",
                    first.word(),
                    second.word()
                );
                Err(Diagnostic::error("two_languages", &shown, message).hint(hint))
            }
            _ => {
                let message = "there are no sources in Rust, JavaScript, TypeScript or Python";
                let hint =
                    "begin with `hotcell new NAME`, or put index.ts, skill.py or a crate here";
                Err(Diagnostic::error("no_sources", &shown, message).hint(hint))
            }
        }
    }

    fn marks(self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        match self {
            Language::Rust => name == "Cargo.toml",
            Language::JavaScript => {
                name == "package.json" || matches!(ending, "js" | "mjs" | "ts" | "mts")
            }
            Language::Python => {
                matches!(name, "pyproject.toml" | "requirements.txt") || ending == "py"
            }
        }
    }

    /// Returns the word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::JavaScript => "js",
            Language::Python => "python",
        }
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "rust" => Ok(Language::Rust),
            "js" | "ts" | "javascript" | "typescript" => Ok(Language::JavaScript),
            "python" | "py" => Ok(Language::Python),
            _ => Err("it is one of rust, js, ts and python".to_owned()),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Language::Rust => "Rust",
            Language::JavaScript => "JavaScript",
            Language::Python => "Python",
        })
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let files = entries
        .flatten()
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = files.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[&str], expected: Result<Language, &str>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("src")).unwrap();
        for file in files {
            std::fs::write(folder.path().join(file), "").unwrap();
        }
        let found = Language::of_folder(folder.path()).map_err(|error| error.code);
        assert_eq!(found, expected, "{files:?}");
    }

    #[test]
    fn a_folder_tells_its_language() {
        check(&["Cargo.toml", "src/lib.rs"], Ok(Language::Rust));
        check(&["package.json", "src/index.ts"], Ok(Language::JavaScript));
        check(&["index.js"], Ok(Language::JavaScript));
        check(&["pyproject.toml"], Ok(Language::Python));
        check(&["requirements.txt"], Ok(Language::Python));
        check(&["src/skill.py"], Ok(Language::Python));
        check(&["SKILL.md"], Err("no_sources"));
        check(&["index.js", "skill.py"], Err("two_languages"));
    }
}
