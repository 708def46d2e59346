//! What the menu saves: all tools up front against the menu and what is loaded, in tokens.

use serde::Serialize;

use super::{Menu, TOKENIZER};

/// Turns of a conversation in the table. Each turn sends all that is there anew.
pub const TURNS: usize = 30;

/// What a model's context takes, one way and the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TokenTable {
    /// With which everything is counted.
    pub tokenizer: &'static str,
    /// How many skills there are.
    pub skills: usize,
    /// How many tools they have.
    pub tools: usize,
    /// The menu's text.
    pub menu: usize,
    /// Each skill: its line, its instructions, its tools.
    pub rows: Vec<TokenRow>,
    /// The ways, the one without a menu first.
    pub strategies: Vec<Strategy>,
}

/// What one skill takes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TokenRow {
    /// Its name.
    pub skill: String,
    /// Its line in the menu.
    pub line: usize,
    /// Its instructions, when it is loaded.
    pub instructions: usize,
    /// Its tools, when it is loaded.
    pub tools: usize,
}

/// One way to give a model its tools.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Strategy {
    /// What is in the context.
    pub name: String,
    /// The skills that are loaded.
    pub loaded: Vec<String>,
    /// Tokens of each turn.
    pub turn: usize,
    /// Tokens of [`TURNS`] turns.
    pub turns: usize,
    /// What each turn saves against all tools up front, in per cent; below zero where it costs
    /// more.
    pub saved_percent: i64,
}

impl Menu {
    /// Returns what the menu and these skills, loaded, take against everything up front. A name
    /// that is not in the menu takes nothing.
    pub fn token_table(&self, loaded: &[String]) -> TokenTable {
        let rows = self.entries.iter().map(|entry| TokenRow {
            skill: entry.name.clone(),
            line: entry.tokens,
            instructions: entry.tokens_loaded - entry.tools_tokens(),
            tools: entry.tools_tokens(),
        });
        let rows: Vec<TokenRow> = rows.collect();
        let tools: usize = rows.iter().map(|row| row.tools).sum();
        let instructions: usize = rows.iter().map(|row| row.instructions).sum();
        let way = |name: &str, loaded: &[String], turn: usize| Strategy {
            name: name.to_owned(),
            loaded: loaded.to_vec(),
            turn,
            turns: turn * TURNS,
            saved_percent: saved(turn, tools),
        };
        let of = |name: &String| rows.iter().find(|row| row.skill == *name);
        let of = |name| of(name).map_or(0, |row| row.instructions + row.tools);
        let here: usize = loaded.iter().map(of).sum();
        let name = match loaded {
            [] => "menu, nothing loaded".to_owned(),
            [one] => format!("menu + {one} loaded"),
            many => format!("menu + {} loaded", many.len()),
        };
        let strategies = vec![
            way("all tools up front", &[], tools),
            way(
                "all tools and instructions up front",
                &[],
                tools + instructions,
            ),
            way(&name, loaded, self.tokens + here),
        ];
        TokenTable {
            tokenizer: TOKENIZER,
            skills: rows.len(),
            tools: self.entries.iter().map(|entry| entry.tools.len()).sum(),
            menu: self.tokens,
            rows,
            strategies,
        }
    }
}

fn saved(turn: usize, all: usize) -> i64 {
    let (turn, all) = (turn as i64, all as i64);
    match all {
        0 => 0,
        all => (all - turn) * 100 / all,
    }
}
