//! {{title}}.

use hotcell_sdk::schemars::{self, JsonSchema};
{{#http}}
use hotcell_sdk::{Context, Declared, NoError, Skill, ToolError, http};
{{/http}}
{{^http}}
use hotcell_sdk::{Context, NoError, Skill};
{{/http}}
use serde::{Deserialize, Serialize};

/// Whom to greet.
#[derive(Deserialize, JsonSchema)]
struct Person {
    /// The name as it is to be spoken.
    name: String,
}

/// A greeting.
#[derive(Serialize, JsonSchema)]
struct Greeting {
    /// The words to say.
    text: String,
}

fn greet(person: Person, _: &Context) -> Result<Greeting, NoError> {
    Ok(Greeting {
        text: format!("Hello, {}!", person.name),
    })
}

/// A text.
#[derive(Deserialize, JsonSchema)]
struct Text {
    /// The text whose words are counted.
    text: String,
}

/// How long a text is.
#[derive(Serialize, JsonSchema)]
struct Count {
    /// Words between white space.
    words: usize,
    /// Letters of all words.
    letters: usize,
}

fn count_words(text: Text, _: &Context) -> Result<Count, NoError> {
    let words = text.text.split_whitespace();
    Ok(Count {
        words: words.clone().count(),
        letters: words.map(|word| word.chars().count()).sum(),
    })
}
{{#http}}

/// No arguments.
#[derive(Deserialize, JsonSchema)]
struct Nothing {}

/// How the server is.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Status {
    /// Its own word.
    status: String,
}

/// The server does not answer rightly.
#[derive(Debug)]
struct Upstream(String);

impl std::fmt::Display for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl ToolError for Upstream {
    const DECLARED: &'static [Declared] = &[Declared::same_key(
        "TRANSIENT_UPSTREAM",
        "The server does not answer rightly. Try again.",
    )];

    fn code(&self) -> &'static str {
        "TRANSIENT_UPSTREAM"
    }
}

fn get_status(_: Nothing, _: &Context) -> Result<Status, Upstream> {
    let answer = http::get("{{origin}}/status").send();
    let answer = answer.map_err(|error| Upstream(error.to_string()))?;
    if answer.status() != 200 {
        return Err(Upstream(format!("The server answered {}.", answer.status())));
    }
    answer.json().map_err(|error| Upstream(error.to_string()))
}
{{/http}}

/// Returns the table of tools.
pub fn skill() -> Skill {
    Skill::new()
        .tool("greet", "Greets one person by name.", greet)
        .tool(
            "count_words",
            "Counts the words and letters of a text.",
            count_words,
        )
{{#http}}
        .tool("get_status", "Asks the server how it is.", get_status)
{{/http}}
}

hotcell_sdk::export!(skill);

#[cfg(test)]
mod tests {
    #[test]
    fn schema_json_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
        hotcell_sdk::assert_schema_current(path, &crate::skill());
    }
}
