//! `web`: reads a page of a site that the operator granted, as text and links.
//!
//! `fetch` asks for it and follows redirects, `charset` makes text of bytes, `extract` makes
//! readable text and links of HTML. HTML is hostile: it is read by a tokenizer, in one pass, and
//! no tree is ever built, so that nesting costs nothing.

mod address;
mod charset;
mod extract;
mod failure;
mod fetch;
mod links;
mod list_links;
mod read_page;
mod read_pages;
mod skip;
mod text;

use hotcell_sdk::Skill;

/// Returns the table of tools.
pub fn skill() -> Skill {
    Skill::new()
        .tool(
            "read_page",
            "Reads a page and returns its title, its readable text without menus and scripts, and \
             the links in it.",
            read_page::read_page,
        )
        .tool(
            "list_links",
            "Lists every link of a page, those of its menus too.",
            list_links::list_links,
        )
        .tool(
            "read_pages",
            "Reads up to 50 pages as a job, and returns the text of each. Follow the job, or call \
             again with the same key, for the answer.",
            read_pages::read_pages,
        )
}

hotcell_sdk::export!(skill);

#[cfg(test)]
mod tests;
