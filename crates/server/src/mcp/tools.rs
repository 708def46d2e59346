//! Which tool a name is of, and the tools over the menu.

use std::fmt;

use hotcell_host::{LoadedSkill, SkillKind};
use hotcell_package::printable;
use hotcell_policy::Refusal;
use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, JsonObject,
};
use rmcp::service::RequestContext;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::approval;
use super::call::shape;
use super::error;
use super::meta_tools::MetaTool;
use super::session::{Session, Who};

/// The arguments of `load_skill`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LoadArguments {
    skill: String,
    file: Option<String>,
}

/// The arguments of `unload_skill`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnloadArguments {
    skill: String,
}

impl Session {
    /// Finds what a name is of, and calls it.
    pub(super) async fn call_named(
        &self,
        request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let who = self.who(context)?;
        let consent = approval::consent(&request, context);
        let (arguments, own) = (request.arguments, MetaTool::of(&request.name));
        let shape = match own {
            Some(MetaTool::CallTool) => as_invocation(arguments.unwrap_or_default()),
            Some(own) => {
                let told = self.call_own(own, who, arguments.unwrap_or_default(), context);
                return told.await.map(CallToolResponse::from);
            }
            None => {
                let (skill, tool) = self.find(&who, &request.name, context).await?;
                shape(&skill, &tool, arguments)
            }
        };
        self.call(who, shape, consent, context).await
    }

    async fn call_own(
        &self,
        own: MetaTool,
        who: Who,
        arguments: JsonObject,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResult, ErrorData> {
        match own {
            MetaTool::ListSkills => self.list_menu(&who).await,
            MetaTool::LoadSkill => match read(arguments) {
                Ok(arguments) => self.load(&who, arguments, context).await,
                Err(refused) => Ok(*refused),
            },
            MetaTool::UnloadSkill => match read(arguments) {
                Ok(arguments) => self.unload(&who, &arguments, context).await,
                Err(refused) => Ok(*refused),
            },
            MetaTool::JobStatus => match read(arguments) {
                Ok(arguments) => self.job_status(&who, arguments, context).await,
                Err(refused) => Ok(*refused),
            },
            MetaTool::JobCancel => match read(arguments) {
                Ok(arguments) => self.job_cancel(&who, arguments).await,
                Err(refused) => Ok(*refused),
            },
            MetaTool::CallTool => unreachable!("it is no tool of our own that is done here"),
        }
    }

    /// Returns the skill and the tool of a name in the list, or of a tool that is loaded.
    async fn find(
        &self,
        who: &Who,
        name: &str,
        context: &RequestContext<RoleServer>,
    ) -> Result<(String, String), ErrorData> {
        let catalog = self.mcp.catalog(who).await?;
        if let Some((skill, tool)) = catalog.listed(name) {
            return Ok((skill.to_owned(), tool.to_owned()));
        }
        if !Self::remembers(context) {
            return Err(error::refused(&catalog.unlisted(name)));
        }
        let conversation = self.conversation();
        match conversation.tool(name, &catalog.menu) {
            Ok(tool) => Ok((tool.skill.clone(), tool.name.clone())),
            Err(refusal) => Err(error::refused(&refusal)),
        }
    }

    async fn list_menu(&self, who: &Who) -> Result<CallToolResult, ErrorData> {
        let catalog = self.mcp.catalog(who).await?;
        let menu = &catalog.menu;
        let skills = menu.entries.iter().map(|entry| {
            json!({ "name": entry.name, "version": entry.version, "description": entry.description })
        });
        let mut told = CallToolResult::success(vec![ContentBlock::text(menu.to_string())]);
        told.structured_content = Some(json!({ "skills": skills.collect::<Value>() }));
        Ok(told)
    }

    async fn load(
        &self,
        who: &Who,
        arguments: LoadArguments,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResult, ErrorData> {
        let loaded = self.mcp.host.load_skill(who, &arguments.skill).await;
        let skill = match loaded.map_err(error::fault)? {
            Ok(skill) => skill,
            Err(refusal) => return Ok(refusal_result(&refusal)),
        };
        if let Some(path) = arguments.file {
            return Ok(file_result(&skill, &path));
        }
        let remembers = Self::remembers(context);
        let told = loaded_result(&skill, remembers);
        if remembers && !skill.tools().is_empty() {
            self.conversation().load(skill);
            let _ = context.peer.notify_tool_list_changed().await;
        } else if remembers {
            self.conversation().load(skill);
        }
        Ok(told)
    }

    async fn unload(
        &self,
        who: &Who,
        arguments: &UnloadArguments,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResult, ErrorData> {
        let name = printable(&arguments.skill);
        if !Self::remembers(context) {
            // Nothing is kept from one request to the next; a skill that is not there is told.
            let catalog = self.mcp.catalog(who).await?;
            return Ok(match catalog.menu.entry(&arguments.skill) {
                Some(_) => text(format!("the skill `{name}` takes no room here")),
                None => refused("unknown_skill", &format!("there is no skill `{name}`")),
            });
        }
        let unloaded = self.conversation().unload(&arguments.skill);
        match unloaded {
            Ok(_) => {
                let _ = context.peer.notify_tool_list_changed().await;
                Ok(text(format!("the skill `{name}` is unloaded")))
            }
            Err(refusal) => Ok(refusal_result(&refusal)),
        }
    }
}

/// Names the arguments of `call_tool` as an invocation does.
fn as_invocation(mut arguments: JsonObject) -> JsonObject {
    if arguments.contains_key("input") {
        // An invocation has it, and the tool's arguments do not.
        return arguments;
    }
    let input = arguments.remove("arguments");
    let input = input.unwrap_or_else(|| Value::Object(JsonObject::new()));
    arguments.insert("input".to_owned(), input);
    arguments
}

fn read<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, Box<CallToolResult>> {
    serde_json::from_value(Value::Object(arguments))
        .map_err(|error| Box::new(refused("invalid_arguments", &error)))
}

/// Tells what a loaded skill says, and how its tools are called.
fn loaded_result(skill: &LoadedSkill, remembers: bool) -> CallToolResult {
    let mut told = skill.framed_instructions();
    match (skill.kind(), remembers) {
        (SkillKind::Documentation, _) => {
            told.push_str("It has no tools: follow it with the tools that you have.\n");
        }
        (SkillKind::Runnable, true) => told.push_str("Its tools are in the list of tools now.\n"),
        (SkillKind::Runnable, false) => {
            told.push_str("Its tools, each to be called with `call_tool`:\n");
            for tool in skill.tools() {
                let shown = json!({
                    "skill": tool.skill,
                    "tool": tool.name,
                    "description": tool.description,
                    "arguments": tool.input_schema,
                });
                told.push_str(&format!("{shown}\n"));
            }
        }
    }
    let files: Vec<_> = skill
        .files()
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    if files.len() > 1 {
        told.push_str("Its files, each to be read with `load_skill` and `file`: ");
        told.push_str(&files.join(", "));
        told.push('\n');
    }
    let tools = skill.tools().iter();
    let tools = tools.map(|tool| json!({ "name": tool.name, "flat_name": tool.flat_name }));
    let mut result = text(told);
    result.structured_content = Some(json!({
        "skill": skill.name(),
        "version": skill.version(),
        "digest": skill.digest(),
        "tools": tools.collect::<Value>(),
        "files": files,
    }));
    result
}

/// Tells one file of a skill: the author's own words, as they are.
fn file_result(skill: &LoadedSkill, path: &str) -> CallToolResult {
    let listed = skill.files().iter().find(|file| file.path == path);
    let (Some(file), Some(bytes)) = (listed, skill.file(path)) else {
        let names: Vec<_> = skill
            .files()
            .iter()
            .map(|file| file.path.as_str())
            .collect();
        let message = format!(
            "the skill `{}` has no file `{}`; its files are {}",
            skill.name(),
            printable(path),
            names.join(", ")
        );
        return refused("unknown_file", &message);
    };
    let uri = super::skills::file_uri(skill.name(), path);
    let contents = super::content::contents(&uri, file.media_type, bytes);
    CallToolResult::success(vec![ContentBlock::resource(contents)])
}

/// Returns a result that says that a tool of Hotcell's own cannot do what it is asked.
pub(super) fn refused(code: &'static str, message: &dyn fmt::Display) -> CallToolResult {
    refusal_result(&Refusal::new(code, message.to_string()))
}

fn refusal_result(refusal: &Refusal) -> CallToolResult {
    let mut told = format!("refused: {}: {}", refusal.code, refusal.message);
    if let Some(hint) = &refusal.hint {
        told.push_str("\nwhat to do: ");
        told.push_str(hint);
    }
    CallToolResult::error(vec![ContentBlock::text(told)])
}

fn text(text: String) -> CallToolResult {
    CallToolResult::success(vec![ContentBlock::text(text)])
}
