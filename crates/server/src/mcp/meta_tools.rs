//! Hotcell's own tools: the same for every reader, in both revisions.

use std::sync::{Arc, OnceLock};

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MetaTool {
    ListSkills,
    LoadSkill,
    UnloadSkill,
    CallTool,
    JobStatus,
    JobCancel,
}

impl MetaTool {
    /// All of them, in the order in which they are listed.
    pub(super) const ALL: [MetaTool; 6] = [
        MetaTool::ListSkills,
        MetaTool::LoadSkill,
        MetaTool::UnloadSkill,
        MetaTool::CallTool,
        MetaTool::JobStatus,
        MetaTool::JobCancel,
    ];

    /// Returns the name by which it is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            MetaTool::ListSkills => "list_skills",
            MetaTool::LoadSkill => "load_skill",
            MetaTool::UnloadSkill => "unload_skill",
            MetaTool::CallTool => "call_tool",
            MetaTool::JobStatus => "job_status",
            MetaTool::JobCancel => "job_cancel",
        }
    }

    /// Returns the one of a name.
    pub(super) fn of(name: &str) -> Option<MetaTool> {
        MetaTool::ALL.into_iter().find(|tool| tool.name() == name)
    }

    /// Returns them as they are listed.
    pub(super) fn listed() -> &'static [Tool] {
        static LISTED: OnceLock<Vec<Tool>> = OnceLock::new();
        LISTED.get_or_init(|| MetaTool::ALL.map(MetaTool::tool).to_vec())
    }

    fn tool(self) -> Tool {
        Tool::new(self.name(), self.description(), object(self.input_schema()))
            .with_title(self.title())
            .with_annotations(self.annotations())
    }

    fn title(self) -> &'static str {
        match self {
            MetaTool::ListSkills => "List skills",
            MetaTool::LoadSkill => "Load a skill",
            MetaTool::UnloadSkill => "Unload a skill",
            MetaTool::CallTool => "Call a skill's tool",
            MetaTool::JobStatus => "Ask for a job",
            MetaTool::JobCancel => "Cancel a job",
        }
    }

    fn description(self) -> &'static str {
        match self {
            MetaTool::ListSkills => "Lists the skills that there are, one line each.",
            MetaTool::LoadSkill => {
                "Tells a skill's instructions, tools and files. Read them before the first call. \
                 With `file`, tells that file of the skill."
            }
            MetaTool::UnloadSkill => "Gives the room of a loaded skill free.",
            MetaTool::CallTool => {
                "Calls a tool of a skill. `load_skill` tells which tools there are and what \
                 arguments they take. With an `idempotency_key`, the call is done once however \
                 often it is made: use the same key to try again."
            }
            MetaTool::JobStatus => {
                "Tells how far a job is, or its result. `wait_ms` waits for its end, up to 60000."
            }
            MetaTool::JobCancel => "Tells a job to end.",
        }
    }

    fn input_schema(self) -> Value {
        match self {
            MetaTool::ListSkills => schema(json!({}), &[]),
            MetaTool::LoadSkill => {
                let properties = json!({
                    "skill": text("the skill's name"),
                    "file": text("a file of the skill, such as references/api.md"),
                });
                schema(properties, &["skill"])
            }
            MetaTool::UnloadSkill => {
                schema(json!({ "skill": text("the skill's name") }), &["skill"])
            }
            MetaTool::CallTool => {
                let properties = json!({
                    "skill": text("the skill's name"),
                    "tool": text("the tool's name"),
                    "arguments": { "type": "object", "description": "what the tool takes" },
                    "idempotency_key": text("the key under which this is done once"),
                    "correlation_id": text("what ties it to a request of yours"),
                });
                schema(properties, &["skill", "tool"])
            }
            MetaTool::JobStatus => {
                let wait = json!({ "type": "integer", "minimum": 0, "maximum": 60_000 });
                let properties = json!({ "job_id": text("the job's id"), "wait_ms": wait });
                schema(properties, &["job_id"])
            }
            MetaTool::JobCancel => schema(json!({ "job_id": text("the job's id") }), &["job_id"]),
        }
    }

    fn annotations(self) -> ToolAnnotations {
        let own = ToolAnnotations::new();
        match self {
            MetaTool::ListSkills | MetaTool::LoadSkill | MetaTool::JobStatus => {
                own.read_only(true).open_world(false)
            }
            MetaTool::UnloadSkill => own
                .read_only(false)
                .destructive(false)
                .idempotent(true)
                .open_world(false),
            // What it calls may be anything.
            MetaTool::CallTool => own
                .read_only(false)
                .destructive(true)
                .idempotent(false)
                .open_world(true),
            MetaTool::JobCancel => own
                .read_only(false)
                .destructive(true)
                .idempotent(true)
                .open_world(false),
        }
    }
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn schema(properties: Value, required: &[&str]) -> Value {
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// Returns an object behind an `Arc`, as a tool's schemas are.
fn object(value: Value) -> Arc<JsonObject> {
    match value {
        Value::Object(object) => Arc::new(object),
        _ => Arc::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_skills_tool_can_have_their_names() {
        for tool in MetaTool::ALL {
            assert_eq!(MetaTool::of(tool.name()), Some(tool));
            assert!(hotcell_host::META_TOOLS.contains(&tool.name()), "{tool:?}");
        }
    }
}
