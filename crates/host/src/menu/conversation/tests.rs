//! What a model is answered that names a tool: the tool, or what to do next.

use std::sync::Arc;

use hotcell_package::{FileTree, Installable, Package};
use hotcell_policy::config::ToolListing;

use super::*;
use crate::menu::shown::Shown;
use crate::menu::{LoadedTool, MenuEntry, TOKENIZER};
use crate::registry::ToolCard;

const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

fn skill(name: &str, tools: &[&str]) -> LoadedSkill {
    let document = format!("---\nname: {name}\ndescription: Does {name}.\n---\n# {name}\n");
    let tools = tools.iter().map(|tool| {
        serde_json::json!({ "name": tool, "description": tool, "input_schema": { "type": "object" } })
    });
    let contract = serde_json::json!({ "tools": tools.collect::<Vec<_>>() }).to_string();
    let files = FileTree::new([
        ("SKILL.md", document.as_bytes()),
        ("skill.toml", b"[skill]\nversion = \"1.0.0\"\n"),
        ("schema.json", contract.as_bytes()),
        ("skill.wasm", COMPONENT),
    ]);
    let package = Package::from_files(files.expect("the names are fine")).expect("it is whole");
    let manifest = package.manifest.clone();
    let tools = package.contract.tools.iter();
    let tools = tools.map(|tool| LoadedTool::new(name, tool, &manifest.tool(&tool.name)));
    LoadedSkill {
        tools: tools.collect(),
        shown: Arc::new(Shown::of(Installable::Runnable(Box::new(package)), None)),
    }
}

fn menu(skills: &[LoadedSkill]) -> Menu {
    let entry = |skill: &LoadedSkill| MenuEntry {
        name: skill.name().to_owned(),
        version: skill.version().to_owned(),
        digest: skill.digest().to_owned(),
        kind: skill.kind(),
        description: skill.description().to_owned(),
        tokens: 1,
        tokens_loaded: skill.tokens(),
        tools: skill.tools().iter().map(card).collect(),
    };
    Menu {
        assistant: None,
        listing: ToolListing::Menu,
        entries: skills.iter().map(entry).collect(),
        tokens: 1,
        tokenizer: TOKENIZER,
        broken: Vec::new(),
    }
}

fn card(tool: &LoadedTool) -> ToolCard {
    ToolCard {
        name: tool.name.clone(),
        effect: "none".to_owned(),
        tokens: tool.tokens,
    }
}

fn skills() -> [LoadedSkill; 2] {
    [
        skill("git", &["status", "commit"]),
        skill("web", &["fetch"]),
    ]
}

/// Asserts the code and the mend of a tool that a model names while `git` is loaded.
fn check(named: &str, code: &str, hint: &str) {
    let [git, web] = skills();
    let menu = menu(&[git.clone(), web]);
    let mut conversation = Conversation::default();
    conversation.load(git);
    let refusal = conversation
        .tool(named, &menu)
        .expect_err("it is not there");
    assert_eq!(
        (refusal.code, refusal.hint.as_deref()),
        (code, Some(hint)),
        "{named}"
    );
}

#[test]
fn a_tool_that_is_not_there_is_answered_with_what_to_do() {
    check(
        "web_fetch",
        "skill_not_loaded",
        "load the skill `web` first, then call `web_fetch`",
    );
    check(
        "web.fetch",
        "skill_not_loaded",
        "load the skill `web` first, then call `web_fetch`",
    );
    check(
        "web_fetsh",
        "unknown_tool",
        "did you mean `web_fetch`? Load the skill `web` first",
    );
    check("git_comit", "unknown_tool", "did you mean `git_commit`?");
    check(
        "web",
        "unknown_tool",
        "load the skill `web` first, then call one of its tools",
    );
    check(
        "git",
        "unknown_tool",
        "call one of its tools: git_status, git_commit",
    );
    check(
        "teleport",
        "unknown_tool",
        "the loaded tools are git_status, git_commit",
    );
}

#[test]
fn nothing_is_told_of_what_is_not_in_the_menu() {
    let [git, _] = skills();
    let conversation = Conversation::default();
    let refusal = conversation
        .tool("web_fetch", &menu(&[git]))
        .expect_err("it is hidden");
    assert_eq!(refusal.code, "unknown_tool");
    let hint = refusal.hint.expect("it has one");
    assert_eq!(
        hint,
        "no skill is loaded: read the menu, and load one first"
    );
}

#[test]
fn what_is_loaded_is_found_until_it_is_unloaded() {
    let [git, web] = skills();
    let menu = menu(&[git.clone(), web.clone()]);
    let mut conversation = Conversation::default();
    conversation.load(git.clone());
    conversation.load(web.clone());
    assert_eq!(conversation.tokens(), git.tokens() + web.tokens());
    for named in ["web_fetch", "web.fetch"] {
        let tool = conversation.tool(named, &menu).expect("it is loaded");
        assert_eq!((tool.skill.as_str(), tool.name.as_str()), ("web", "fetch"));
    }
    conversation.unload("web").expect("it is loaded");
    assert!(!conversation.is_loaded("web") && conversation.is_loaded("git"));
    assert!(conversation.tool("web_fetch", &menu).is_err());
    assert_eq!(conversation.tokens(), git.tokens());
    let refusal = conversation.unload("gti").expect_err("it is not loaded");
    assert_eq!(refusal.hint.as_deref(), Some("loaded: git"));
}

/// An author cannot write the mark that ends the instructions.
#[test]
fn instructions_end_where_the_digest_says() {
    let loaded = skill("git", &["status"]);
    let text = loaded.to_string();
    let end = format!("--- end {} ---\n", loaded.digest());
    assert_eq!(text.matches(&end).count(), 1);
    assert!(
        text.ends_with("\"input_schema\":{\"type\":\"object\"}}\n"),
        "{text}"
    );
}
