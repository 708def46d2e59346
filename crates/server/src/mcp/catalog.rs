//! What a reader is told of the tools, made once for each state of the registry.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hotcell_host::formats::mcp_tool;
use hotcell_host::journal::Release;
use hotcell_host::{FlatNames, Host, LoadedSkill, LoadedTool, Menu};
use hotcell_package::Mode;
use hotcell_policy::Refusal;
use hotcell_policy::config::ToolListing;
use rmcp::model::{ErrorData, Tool};

use super::error::fault;
use super::meta_tools::MetaTool;
use super::session::Who;
use crate::limits::CATALOGS_MAX;

/// What one reader may know of.
#[derive(Debug)]
pub(super) struct Catalog {
    releases: Arc<[Release]>,
    pub(super) menu: Menu,
    names: FlatNames,
    /// The list of tools in every connection: Hotcell's own, and those of the attached skills where
    /// the assistant wants them so.
    pub(super) tools: Vec<Tool>,
    is_direct: bool,
}

impl Catalog {
    /// Returns the skill and the tool of a flat name that is in the list.
    pub(super) fn listed(&self, name: &str) -> Option<(&str, &str)> {
        self.is_direct.then(|| self.names.tool(name)).flatten()
    }

    /// Refuses a name that is in no list, and says what to do next.
    pub(super) fn unlisted(&self, name: &str) -> Refusal {
        match self.menu.tool(name) {
            Some((skill, tool)) => {
                let message = format!("there is no tool `{name}` in the list");
                Refusal::new("unknown_tool", message).hint(format!(
                    "use `call_tool` with the skill `{skill}` and the tool `{tool}`; `load_skill` \
                     tells its arguments"
                ))
            }
            None => {
                let nothing = hotcell_host::Conversation::default();
                let refusal = nothing.tool(name, &self.menu).err();
                refusal.unwrap_or_else(|| Refusal::new("unknown_tool", "there is no such tool"))
            }
        }
    }
}

/// The catalogs of all readers.
#[derive(Debug, Default)]
pub(super) struct Catalogs(Mutex<Kept>);

/// By caller and assistant.
type Kept = BTreeMap<(String, Option<String>), Arc<Catalog>>;

impl Catalogs {
    /// Returns a reader's catalog as the registry stands.
    ///
    /// # Errors
    ///
    /// Refuses a reader that the operator does not list; fails where the record cannot be read.
    pub(super) async fn of(&self, host: &Host, who: &Who) -> Result<Arc<Catalog>, ErrorData> {
        let registry = host.registry().map_err(fault)?;
        let releases = registry.releases().await;
        let releases = releases.map_err(|error| fault(error.into()))?;
        let key = (who.caller.clone(), who.assistant.clone());
        let kept = self.all().get(&key).cloned();
        if let Some(kept) = kept.filter(|kept| is_same(&kept.releases, &releases)) {
            return Ok(kept);
        }
        let made = Arc::new(make(host, who, releases).await?);
        let mut all = self.all();
        // Which one goes does not matter: it is made anew when it is asked for.
        if all.len() >= CATALOGS_MAX && !all.contains_key(&key) {
            all.pop_first();
        }
        all.insert(key, Arc::clone(&made));
        Ok(made)
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_same(a: &Arc<[Release]>, b: &Arc<[Release]>) -> bool {
    Arc::ptr_eq(a, b) || a == b
}

async fn make(host: &Host, who: &Who, releases: Arc<[Release]>) -> Result<Catalog, ErrorData> {
    let menu = host.menu(who).await.map_err(fault)?;
    let menu = menu.map_err(|refusal| super::error::refused(&refusal))?;
    let mut tools = MetaTool::listed().to_vec();
    let is_direct = menu.listing == ToolListing::Direct;
    if is_direct {
        let all = host.load_all(who).await.map_err(fault)?;
        let all = all.map_err(|refusal| super::error::refused(&refusal))?;
        let all = all.iter().flat_map(LoadedSkill::tools);
        tools.extend(all.map(listed));
    }
    Ok(Catalog {
        names: menu.flat_names(),
        releases,
        menu,
        tools,
        is_direct,
    })
}

/// Returns a skill's tool as it is listed: its own words and schemas, and what its effect says.
pub(super) fn listed(tool: &LoadedTool) -> Tool {
    let shaped = serde_json::from_value(mcp_tool(tool));
    let mut listed: Tool = shaped.expect("the host tells tools as the protocol has them");
    // A job's first answer is that it was accepted, which fits no output schema.
    if tool.mode == Mode::Async {
        listed.output_schema = None;
    }
    listed
}
