//! `crm`: contacts and deals of a CRM with a REST API. It holds no secret: the host places the
//! operator's token into each request.
//!
//! `api` sends requests and sorts their answers, `pages` reads what comes in pages, `failure`
//! has the codes. One file a tool; `show_view` tells all that a skill can see.

mod api;
mod create_contact;
mod failure;
mod get_contact;
mod list_deals;
mod pages;
mod record;
mod search_contacts;
mod show_view;
mod update_contact;

use hotcell_sdk::Skill;

/// Returns the table of tools.
pub fn skill() -> Skill {
    Skill::new()
        .tool(
            "search_contacts",
            "Finds contacts by words in name, e-mail address or company. Reads several pages at \
             once and says where to go on.",
            search_contacts::search_contacts,
        )
        .tool(
            "get_contact",
            "Reads one contact by its id.",
            get_contact::get_contact,
        )
        .tool(
            "create_contact",
            "Creates a contact. Refused where the e-mail address is taken already.",
            create_contact::create_contact,
        )
        .tool(
            "update_contact",
            "Changes those fields of a contact that are given, and leaves the others as they are.",
            update_contact::update_contact,
        )
        .tool(
            "list_deals",
            "Lists deals, of one contact or of all, with amount and stage.",
            list_deals::list_deals,
        )
        .tool(
            "show_view",
            "Shows all that this skill can see of its host, to prove that no secret is in it: \
             environment, files, settings, and one exchange with the CRM. For operators.",
            show_view::show_view,
        )
}

hotcell_sdk::export!(skill);

#[cfg(test)]
mod tests;
