//! The table of a skill's tools: the one place that both calls and `schema.json` come from.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::tool_error::{INVALID_ARGUMENTS, UNKNOWN_TOOL};
use crate::{Context, Failure, Retry, ToolError};

/// A skill: its tools, in the order of `schema.json`.
#[derive(Default)]
pub struct Skill {
    pub(crate) tools: Vec<Tool>,
}

/// JSON in, JSON out, whatever the tool's own types are.
type Run = Box<dyn Fn(&str, &Context) -> Result<String, Failure>>;

pub(crate) struct Tool {
    pub(crate) name: &'static str,
    run: Run,
    /// Left out of the component: deriving schemas would double its size.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) contract: Box<dyn Fn() -> serde_json::Value>,
}

impl Skill {
    /// Returns a skill without tools.
    pub const fn new() -> Self {
        Self { tools: Vec::new() }
    }

    /// Adds a tool.
    ///
    /// `description` is what a model reads when it chooses: what the tool does, in one or two
    /// sentences. The schemas come from `I` and `O`, the declared errors from `E`. Names follow
    /// `^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$` and are unique.
    pub fn tool<I, O, E>(
        mut self,
        name: &'static str,
        description: &'static str,
        run: fn(I, &Context) -> Result<O, E>,
    ) -> Self
    where
        I: DeserializeOwned + JsonSchema + 'static,
        O: Serialize + JsonSchema + 'static,
        E: ToolError + 'static,
    {
        #[cfg(target_family = "wasm")]
        let _ = description;
        self.tools.push(Tool {
            name,
            run: Box::new(move |arguments, context| {
                let input = read(arguments).map_err(invalid_arguments)?;
                let output = run(input, context)?;
                Ok(serde_json::to_string(&output).expect("an output type has only string keys"))
            }),
            #[cfg(not(target_family = "wasm"))]
            contract: Box::new(move || {
                crate::contract::tool::<I, O>(name, description, E::DECLARED)
            }),
        });
        self
    }

    /// Runs the tool `name` as the host would, JSON in and JSON out.
    ///
    /// # Errors
    /// The tool's own failure; [`INVALID_ARGUMENTS`] where the arguments do not deserialize;
    /// [`UNKNOWN_TOOL`].
    pub fn call(&self, name: &str, arguments: &str, context: &Context) -> Result<String, Failure> {
        match self.tools.iter().find(|tool| tool.name == name) {
            Some(tool) => (tool.run)(arguments, context),
            None => Err(Failure {
                code: UNKNOWN_TOOL.to_owned(),
                message: format!("The component has no tool {name}."),
                retry: Retry::Never,
                details: None,
            }),
        }
    }
}

/// Reads arguments. Where they do not fit the types, they are read once more with whole numbers
/// written as such: `2.0` is an integer to JSON Schema (2020-12 core, 4.2.2), and models write it.
fn read<I: DeserializeOwned>(arguments: &str) -> serde_json::Result<I> {
    serde_json::from_str(arguments).or_else(|error| {
        let mut value: Value = serde_json::from_str(arguments)?;
        write_whole(&mut value);
        // What was wrong is told of the arguments as they came.
        serde_json::from_value(value).map_err(|_| error)
    })
}

/// Writes `2.0` as `2` throughout, as far as floats count one by one.
fn write_whole(value: &mut Value) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) if number.is_f64() => {
            let float = number.as_f64().unwrap_or(f64::NAN);
            if float.fract() == 0.0 && float.abs() <= EXACT {
                *value = Value::from(float as i64);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(write_whole),
        Value::Object(members) => members.values_mut().for_each(write_whole),
        _ => {}
    }
}

fn invalid_arguments(error: serde_json::Error) -> Failure {
    Failure {
        code: INVALID_ARGUMENTS.code.to_owned(),
        message: format!("The arguments cannot be read: {error}."),
        retry: INVALID_ARGUMENTS.retry,
        details: None,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;
    use crate::Declared;

    #[derive(serde::Deserialize, JsonSchema)]
    struct Order {
        pieces: u8,
    }

    #[derive(serde::Serialize, JsonSchema)]
    struct Sent {
        pieces: u8,
    }

    #[derive(Debug)]
    enum SendError {
        Empty,
        Busy,
        Full,
    }

    impl fmt::Display for SendError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{self:?}.")
        }
    }

    impl ToolError for SendError {
        const DECLARED: &'static [Declared] = &[
            Declared::never("EMPTY", "Nothing to send."),
            Declared::after_ms("BUSY", "Ask again later.", 500),
            Declared::same_key("FULL", "The van is full."),
        ];

        fn code(&self) -> &'static str {
            match self {
                Self::Empty => "EMPTY",
                Self::Busy => "BUSY",
                Self::Full => "FULL",
            }
        }

        fn retry(&self) -> Option<Retry> {
            matches!(self, Self::Full).then_some(Retry::AfterMs(60_000))
        }

        fn details(&self) -> Option<serde_json::Value> {
            matches!(self, Self::Full).then(|| serde_json::json!({ "vans": 1 }))
        }
    }

    fn send(order: Order, context: &Context) -> Result<Sent, SendError> {
        match order.pieces {
            0 => Err(SendError::Empty),
            1 if context.attempt == 1 => Err(SendError::Busy),
            100.. => Err(SendError::Full),
            pieces => Ok(Sent { pieces }),
        }
    }

    fn check(tool: &str, arguments: &str, expected: &str) {
        let skill = Skill::new().tool("send", "Sends.", send);
        let found = match skill.call(tool, arguments, &Context::default()) {
            Ok(output) => output,
            Err(Failure {
                code,
                retry,
                details,
                ..
            }) => {
                format!("{code} {retry:?} {}", details.unwrap_or_default())
            }
        };
        assert_eq!(found.trim_end(), expected, "{arguments}");
    }

    #[test]
    fn a_tool_is_found_by_name_and_answers_in_json() {
        check("send", r#"{"pieces":2}"#, r#"{"pieces":2}"#);
        check("fetch", r#"{"pieces":2}"#, "UNKNOWN_TOOL Never");
    }

    #[test]
    fn an_error_carries_its_declared_advice() {
        check("send", r#"{"pieces":0}"#, "EMPTY Never");
        check("send", r#"{"pieces":1}"#, "BUSY AfterMs(500)");
    }

    #[test]
    fn an_error_may_know_better_and_more() {
        check(
            "send",
            r#"{"pieces":100}"#,
            r#"FULL AfterMs(60000) {"vans":1}"#,
        );
    }

    #[test]
    fn arguments_that_do_not_deserialize_are_a_failure() {
        check("send", r#"{"pieces":256}"#, "INVALID_ARGUMENTS Never");
        check("send", "{}", "INVALID_ARGUMENTS Never");
        check("send", "no json", "INVALID_ARGUMENTS Never");
    }

    #[test]
    fn a_whole_number_may_be_written_as_a_float() {
        check("send", r#"{"pieces":2.0}"#, r#"{"pieces":2}"#);
        check("send", r#"{"pieces":20e-1}"#, r#"{"pieces":2}"#);
        check("send", r#"{"pieces":2.5}"#, "INVALID_ARGUMENTS Never");
        check("send", r#"{"pieces":256.0}"#, "INVALID_ARGUMENTS Never");
    }

    #[test]
    fn the_message_names_the_value() {
        let skill = Skill::new().tool("send", "Sends.", send);
        let failure = skill.call("send", r#"{"pieces":256}"#, &Context::default());
        let message = failure.expect_err("a u8 ends at 255").message;
        assert!(message.contains("256"), "{message}");
    }

    #[test]
    #[should_panic(expected = "two tools are named send")]
    fn twins_are_refused() {
        let _ = Skill::new()
            .tool("send", "A.", send)
            .tool("send", "B.", send)
            .schema_json();
    }
}
