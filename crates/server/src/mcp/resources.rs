//! Resources: the files that a caller's own calls produced, and the files of skills.

use std::time::Duration;

use hotcell_host::Cancel;
use rmcp::model::{
    ErrorData, ListResourcesResult, PaginatedRequestParams, ReadResourceResult, Resource,
};

use super::content::{contents, resource};
use super::error::{fault, no_resource};
use super::pages::{List, page};
use super::session::{Session, Who};
use super::skills::{self, fresh};
use super::words::{artifact_uri, read_artifact_uri};
use crate::limits::{LISTED_ARTIFACTS_MAX, LISTED_INVOCATIONS_MAX, RESOURCE_BYTES_MAX};

impl Session {
    /// Lists the skills' documents, and the files of the caller's latest calls.
    pub(super) async fn resources(
        &self,
        who: &Who,
        asked: Option<PaginatedRequestParams>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let mut listed = self.skill_resources(who).await?;
        listed.extend(self.artifacts(who).await?);
        let (listed, next) = page(List::Resources, listed, |one| &one.uri, asked)?;
        let mut all = ListResourcesResult::with_all_items(listed);
        all.next_cursor = next;
        (all.ttl_ms, all.cache_scope) = fresh();
        Ok(all)
    }

    /// Reads one.
    pub(super) async fn resource(
        &self,
        who: &Who,
        uri: &str,
    ) -> Result<ReadResourceResult, ErrorData> {
        if uri.starts_with(skills::SCHEME) {
            return self.skill_file(who, uri).await;
        }
        let (id, name) = read_artifact_uri(uri).ok_or_else(|| no_resource(uri))?;
        let (host, gone) = (&self.mcp.host, Cancel::new());
        let told = host.own_reply(&who.caller, &id, Duration::ZERO, &gone);
        let (_, reply) = told.await.map_err(fault)?.ok_or_else(|| no_resource(uri))?;
        let artifact = reply.outcome.artifacts.iter().find(|one| one.name == name);
        let (Some(artifact), Some(bytes)) = (artifact, reply.files.get(&name)) else {
            return Err(no_resource(uri));
        };
        if artifact.bytes > RESOURCE_BYTES_MAX {
            let message = format!(
                "the file has {} bytes, and a resource at most {RESOURCE_BYTES_MAX}; \
                 `hotcell job {id} --out DIR` writes it",
                artifact.bytes
            );
            return Err(ErrorData::invalid_params(message, None));
        }
        let contents = contents(uri, &artifact.media_type, bytes);
        let (ttl_ms, scope) = fresh();
        let mut result = ReadResourceResult::new(vec![contents]);
        (result.ttl_ms, result.cache_scope) = (ttl_ms, scope);
        Ok(result)
    }

    /// Lists the files of the caller's latest calls.
    pub(super) async fn artifacts(&self, who: &Who) -> Result<Vec<Resource>, ErrorData> {
        let host = &self.mcp.host;
        let rows = host.own_invocations(&who.caller, LISTED_INVOCATIONS_MAX);
        let mut listed = Vec::new();
        for row in rows.await.map_err(fault)? {
            let outcome = host.outcome_of(&row).await.map_err(fault)?;
            let all = outcome.iter().flat_map(|outcome| &outcome.artifacts);
            listed.extend(all.map(|one| resource(one, artifact_uri(&row.id, &one.name))));
            if listed.len() >= LISTED_ARTIFACTS_MAX {
                listed.truncate(LISTED_ARTIFACTS_MAX);
                break;
            }
        }
        Ok(listed)
    }
}
