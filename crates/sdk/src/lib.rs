//! Hotcell's SDK for authors of skills in Rust.
//!
//! A tool is an ordinary function over serde types, and a skill is one table of tools. The
//! glue to the host, the dispatch by name, the typed failures and `schema.json` come from here.
//!
//! ```
//! use hotcell_sdk::schemars::{self, JsonSchema};
//! use hotcell_sdk::{Context, NoError, Skill};
//!
//! /// Whom to greet.
//! #[derive(serde::Deserialize, JsonSchema)]
//! struct Guest {
//!     /// The name as it is to be spoken.
//!     name: String,
//! }
//!
//! /// A greeting.
//! #[derive(serde::Serialize, JsonSchema)]
//! struct Greeting {
//!     /// The words to say.
//!     text: String,
//! }
//!
//! fn greet(guest: Guest, _: &Context) -> Result<Greeting, NoError> {
//!     Ok(Greeting { text: format!("Hello, {}!", guest.name) })
//! }
//!
//! fn skill() -> Skill {
//!     Skill::new().tool("greet", "Greets one guest by name.", greet)
//! }
//!
//! hotcell_sdk::export!(skill);
//! # let answer = skill().call("greet", r#"{"name":"Ada"}"#, &Context::default()).unwrap();
//! # assert_eq!(answer, r#"{"text":"Hello, Ada!"}"#);
//! ```
//!
//! Read [`Skill`] first, then [`ToolError`]. Requests are in [`http`]; what the host offers beyond
//! WASI is in [`settings`], [`credentials`], [`progress`] and [`checkpoint`]; files are `std::fs`
//! under `/skill`, `/in`, `/out` and `/tmp`.
//!
//! All of it also works natively, so that a skill has ordinary tests: a host that grants
//! nothing answers there, or the one that a test scripts with [`stub`]. This crate never checks arguments against a schema, which is the
//! host's part, and never catches a panic: a panic is a trap, and the host reports it.

pub mod checkpoint;
mod component;
mod context;
mod contract;
pub mod credentials;
mod failure;
pub mod http;
pub mod progress;
pub mod settings;
mod skill;
#[cfg(not(target_family = "wasm"))]
pub mod stub;
mod tool_error;

#[doc(hidden)]
pub mod bindings;

#[doc(hidden)]
pub use component::answer;
pub use context::Context;
#[cfg(not(target_family = "wasm"))]
pub use contract::assert_schema_current;
pub use failure::{Failure, Retry};
pub use skill::Skill;
pub use tool_error::{Declared, INVALID_ARGUMENTS, NoError, ToolError, UNKNOWN_TOOL};

/// The crate that derives schemas, so that a skill and the SDK speak of one version.
pub use schemars;
/// The crate of JSON values, for [`ToolError::details`].
pub use serde_json;
