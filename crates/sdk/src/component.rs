//! The border between the generated bindings and the SDK's own types.

use crate::bindings::exports::hotcell::skill::tools as wit;
use crate::{Context, Failure, Retry, Skill};

/// Makes a function that returns a [`Skill`] the component's export.
///
/// A macro, because a component's export must be a type of the author's own crate. Off wasm it
/// only checks the function's type.
#[macro_export]
macro_rules! export {
    ($skill:path) => {
        const _: fn() -> $crate::Skill = $skill;

        #[cfg(target_family = "wasm")]
        // The generated export hands over raw pointers.
        #[allow(unsafe_code)]
        const _: () = {
            use $crate::bindings::exports::hotcell::skill::tools;

            struct Component;

            impl tools::Guest for Component {
                fn call(
                    tool: String,
                    arguments: String,
                    context: tools::Context,
                ) -> Result<String, tools::Failure> {
                    $crate::answer($skill(), &tool, &arguments, context)
                }
            }

    $crate::bindings::export!(Component with_types_in $crate::bindings);
        };
    };
}

/// Answers one call of the host: what [`export!`] expands to.
#[doc(hidden)]
pub fn answer(
    skill: Skill,
    tool: &str,
    arguments: &str,
    context: wit::Context,
) -> Result<String, wit::Failure> {
    let context = Context {
        invocation_id: context.invocation_id,
        correlation_id: context.correlation_id,
        idempotency_key: context.idempotency_key,
        attempt: context.attempt,
        time_left_ms: context.time_left_ms,
    };
    skill.call(tool, arguments, &context).map_err(to_wit)
}

fn to_wit(failure: Failure) -> wit::Failure {
    wit::Failure {
        code: failure.code,
        message: failure.message,
        retry: match failure.retry {
            Retry::Never => wit::Retry::Never,
            Retry::SameKey => wit::Retry::SameKey,
            Retry::AfterMs(ms) => wit::Retry::AfterMs(ms),
        },
        details: failure.details,
    }
}
