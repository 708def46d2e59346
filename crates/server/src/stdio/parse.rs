//! One line, read as a message.

use rmcp::model::{
    CallToolRequest, CallToolRequestMethod, CallToolRequestParams, ClientJsonRpcMessage,
    ClientRequest, ErrorData, JsonRpcVersion2_0, RequestId,
};
use serde::Deserialize;
use serde_json::error::Category;

/// What is wrong with a line, and the id of the request that it is, as far as that can be read.
pub(super) type Wrong = Box<(ErrorData, Option<RequestId>)>;

/// What stands in a call's line and in hardly another one.
const CALL: &[u8] = b"\"tools/call\"";

/// Lines that are looked through for [`CALL`]; a longer one is hardly anything else.
const SHORT_BYTES_MAX: usize = 8 << 10;

/// Reads a line; none where it is empty.
///
/// # Errors
///
/// Tells what is no JSON (JSON-RPC 2.0, -32700), and what is no message (-32600). JSON deeper than
/// 128 levels is none: it is not read further.
pub(super) fn parse(line: &[u8]) -> Result<Option<ClientJsonRpcMessage>, Wrong> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let line = line.trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    if let Some(call) = parse_call(line) {
        return Ok(Some(call));
    }
    serde_json::from_slice(line).map(Some).map_err(|error| {
        let data_is_wrong = error.classify() == Category::Data;
        let head: Head = serde_json::from_slice(line).unwrap_or_default();
        let error = match (data_is_wrong, head.is_json) {
            (true, _) => ErrorData::invalid_request("this is no JSON-RPC request", None),
            (false, true) => ErrorData::invalid_request("the message is nested too deeply", None),
            (false, false) => ErrorData::parse_error("this line is no JSON", None),
        };
        Box::new((error, head.id))
    })
}

/// Reads a call without trying every other kind of message first, as rmcp's own reading does: that
/// takes longer than many a tool. None where it is anything else, or in any way odd.
fn parse_call(line: &[u8]) -> Option<ClientJsonRpcMessage> {
    let is_short = line.len() <= SHORT_BYTES_MAX;
    if is_short && !line.windows(CALL.len()).any(|window| window == CALL) {
        return None;
    }
    let call: Call = serde_json::from_slice(line).ok()?;
    let Call { id, mut params, .. } = call;
    let meta = params.meta.take();
    let mut request = CallToolRequest::new(params);
    // rmcp's reading puts it there.
    if let Some(meta) = meta {
        request.extensions.insert(meta);
    }
    let request = ClientRequest::CallToolRequest(request);
    Some(ClientJsonRpcMessage::request(request, id))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    #[serde(rename = "jsonrpc")]
    _jsonrpc: JsonRpcVersion2_0,
    id: RequestId,
    #[serde(rename = "method")]
    _method: CallToolRequestMethod,
    params: CallToolRequestParams,
}

/// The id of a message, whatever else it holds: what is ignored is skipped without recursion.
#[derive(Default, Deserialize)]
struct Head {
    #[serde(default)]
    id: Option<RequestId>,
    /// Whether it could be read at all.
    #[serde(skip_deserializing, default = "yes")]
    is_json: bool,
}

fn yes() -> bool {
    true
}
