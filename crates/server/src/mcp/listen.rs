//! Who listens (`subscriptions/listen` of 2026-07-28) hears when a list has changed: a skill was
//! added, approved, disabled or removed, or a call of the caller's produced files.
//!
//! Nothing else is told. A file of a version or of a call never changes, and how far a task is has no
//! place in the filter yet.

use std::sync::Arc;

use rmcp::model::{ErrorData, SubscriptionFilter};
use rmcp::service::SubscriptionContext;
use tokio::time::interval;

use super::catalog::Catalog;
use super::error::{busy, fault};
use super::session::{Session, Who};
use crate::limits::{LISTED_INVOCATIONS_MAX, LISTEN_EVERY};

/// Returns all that can be heard.
pub(super) fn heard() -> SubscriptionFilter {
    SubscriptionFilter::builder()
        .tools_list_changed()
        .prompts_list_changed()
        .resources_list_changed()
        .build()
}

/// The lists of a reader as they were at one time.
struct Lists {
    catalog: Arc<Catalog>,
    /// The caller's latest calls, and whether each has ended.
    calls: Vec<(String, bool)>,
    /// The addresses of the files that they produced.
    files: Vec<String>,
}

impl Session {
    /// Tells of changes until the client, or the server, goes.
    ///
    /// # Errors
    ///
    /// Fails where too many listen, and where the record cannot be read.
    pub(super) async fn tell_changes(
        &self,
        context: &SubscriptionContext,
    ) -> Result<(), ErrorData> {
        let who = self.who(context.request_context())?;
        let Ok(_place) = self.mcp.listeners.try_acquire() else {
            return Err(busy());
        };
        let mut last = self.lists(&who, context, None).await?;
        let mut looks = interval(LISTEN_EVERY);
        looks.tick().await;
        loop {
            tokio::select! {
                biased;
                () = context.cancelled() => return Ok(()),
                () = self.gone.cancelled() => return Ok(()),
                _ = looks.tick() => {}
            }
            let now = self.lists(&who, context, Some(&last)).await?;
            if !tell(&last, &now, context).await {
                return Ok(());
            }
            last = now;
        }
    }

    async fn lists(
        &self,
        who: &Who,
        context: &SubscriptionContext,
        last: Option<&Lists>,
    ) -> Result<Lists, ErrorData> {
        let catalog = self.mcp.catalog(who).await?;
        let mut lists = Lists {
            catalog,
            calls: Vec::new(),
            files: Vec::new(),
        };
        if !accepts(context.accepted().resources_list_changed) {
            return Ok(lists);
        }
        let host = &self.mcp.host;
        let rows = host.own_invocations(&who.caller, LISTED_INVOCATIONS_MAX);
        let rows = rows.await.map_err(fault)?;
        let calls = rows.into_iter().map(|row| (row.id, row.ended_ms.is_some()));
        lists.calls = calls.collect();
        lists.files = match last.filter(|last| last.calls == lists.calls) {
            Some(last) => last.files.clone(),
            None => {
                let files = self.artifacts(who).await?.into_iter();
                files.map(|file| file.uri.clone()).collect()
            }
        };
        Ok(lists)
    }
}

/// Tells what has changed; false where nobody hears it any more.
async fn tell(last: &Lists, now: &Lists, context: &SubscriptionContext) -> bool {
    let (sink, accepted) = (context.sink(), context.accepted());
    let is_same = Arc::ptr_eq(&last.catalog, &now.catalog);
    let menu = !is_same && last.catalog.menu.entries != now.catalog.menu.entries;
    let tools = !is_same && last.catalog.tools != now.catalog.tools;
    let mut heard = Ok(());
    if heard.is_ok() && tools && accepts(accepted.tools_list_changed) {
        heard = sink.notify_tool_list_changed().await;
    }
    if heard.is_ok() && menu && accepts(accepted.prompts_list_changed) {
        heard = sink.notify_prompt_list_changed().await;
    }
    let resources = menu || last.files != now.files;
    if heard.is_ok() && resources && accepts(accepted.resources_list_changed) {
        heard = sink.notify_resource_list_changed().await;
    }
    heard.is_ok()
}

fn accepts(asked: Option<bool>) -> bool {
    asked == Some(true)
}
