//! Prompts: each skill that a reader may load, for a person to begin with.
//!
//! Clients show them as commands (`/tax-check`). What one says is what `load_skill` tells a model:
//! the skill's own words between marks. None takes arguments, for SKILL.md names none.

use rmcp::model::{
    ErrorData, GetPromptResult, ListPromptsResult, PaginatedRequestParams, Prompt, PromptMessage,
    Role,
};

use super::error::{fault, refused};
use super::pages::{List, page};
use super::session::{Session, Who};
use super::skills::fresh;

impl Session {
    /// Lists them.
    pub(super) async fn prompts(
        &self,
        who: &Who,
        asked: Option<PaginatedRequestParams>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let catalog = self.mcp.catalog(who).await?;
        let entries = catalog.menu.entries.iter();
        let prompts = entries.map(|entry| Prompt::new(&entry.name, Some(&entry.description), None));
        let (prompts, next) = page(List::Prompts, prompts.collect(), name, asked)?;
        let mut all = ListPromptsResult::with_all_items(prompts);
        all.next_cursor = next;
        (all.ttl_ms, all.cache_scope) = fresh();
        Ok(all)
    }

    /// Returns one of them.
    pub(super) async fn prompt(&self, who: &Who, name: &str) -> Result<GetPromptResult, ErrorData> {
        let loaded = self.mcp.host.load_skill(who, name).await.map_err(fault)?;
        let skill = loaded.map_err(|refusal| refused(&refusal))?;
        let mut said = skill.framed_instructions();
        if !skill.tools().is_empty() {
            said.push_str(&format!(
                "`call_tool` calls its tools; `load_skill` with `{}` tells their arguments.\n",
                skill.name()
            ));
        }
        Ok(GetPromptResult::new(vec![PromptMessage::new_text(
            Role::User,
            said,
        )]))
    }
}

fn name(prompt: &Prompt) -> &str {
    &prompt.name
}
