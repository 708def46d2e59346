//! Errors of the protocol: what no tool can answer for.

use hotcell_host::Fault;
use hotcell_policy::Refusal;
use rmcp::model::{ErrorCode, ErrorData};
use serde_json::json;

/// The server has as many calls under way as it may (JSON-RPC 2.0, 5.1: -32000 to -32099 are the
/// server's own).
pub const BUSY: ErrorCode = ErrorCode(-32_010);

/// Turns a fault of ours into an error. It says what to do and nothing of what was asked.
pub(super) fn fault(fault: Fault) -> ErrorData {
    tracing::error!("{fault}");
    let data = json!({ "code": "fault", "hint": fault.mend });
    ErrorData::internal_error(fault.message, Some(data))
}

/// Turns a refusal into an error of the request's parameters: what the specification wants for a
/// tool, a skill or a task that is not there.
pub(super) fn refused(refusal: &Refusal) -> ErrorData {
    let message = match &refusal.hint {
        Some(hint) => format!("{}; {hint}", refusal.message),
        None => refusal.message.clone(),
    };
    let data = json!({ "code": refusal.code, "hint": refusal.hint });
    ErrorData::invalid_params(message, Some(data))
}

/// Says that too many calls are under way.
pub(super) fn busy() -> ErrorData {
    let data = json!({ "code": "too_many_calls", "hint": "call again when one has ended" });
    ErrorData::new(BUSY, "as many calls are under way as may be", Some(data))
}

/// Says that a resource is not there, or is not this caller's.
pub(super) fn no_resource(uri: &str) -> ErrorData {
    let data = json!({ "uri": uri });
    ErrorData::resource_not_found("there is no such resource", Some(data))
}
