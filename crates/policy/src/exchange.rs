//! What is recorded of one request and its response.

use serde::Serialize;

/// One exchange between a skill and a server, or a request that was refused. It holds no path,
/// query, header or body: only the shape of the request, and what was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// Its place among the exchanges of the call, from 1.
    pub ordinal: u64,
    /// The digest of the package that asked.
    pub skill: String,
    /// The id of the `[[http]]` table that the request fits; none where it fits none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// The method, where it is one that a manifest can name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The server, where the URL is one that can be read in only one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// The path's template in the manifest; never the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The grants by which it was allowed.
    pub grants: Vec<String>,
    /// The secrets that were placed, with their versions: `crm-token@3`.
    pub secrets: Vec<String>,
    /// What came of it.
    pub decision: Decision,
    /// The response's status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Bytes of the request's body that were sent.
    pub request_bytes: u64,
    /// Bytes of the response's body that were delivered.
    pub response_bytes: u64,
    /// For the operator: why, and what to write. Never shown to the guest or a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Sent; the response went to the skill.
    Delivered,
    /// Not sent: the code that the guest got.
    Refused(String),
    /// Sent, and the response was stopped: the code that the guest got.
    Stopped(String),
    /// It failed on the way: the code that the guest got.
    Failed(String),
}
