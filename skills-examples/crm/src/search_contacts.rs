//! Tool `search_contacts`.

use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{Context, http};
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::failure::{Failed, ReadsMany};
use crate::pages::{self, PER_PAGE, Page, Range};
use crate::record::Contact;

/// Whom to look for.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct SearchInput {
    /// Words in name, e-mail address or company. Empty finds every contact.
    #[schemars(length(max = 200))]
    query: String,
    #[serde(flatten)]
    range: Range,
}

/// Who was found.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Found {
    /// The contacts, in the CRM's order.
    contacts: Vec<Contact>,
    /// How many there are in all; null where the CRM does not say.
    total: Option<u64>,
    /// Where to go on; null after the last page.
    next_page: Option<u32>,
}

#[derive(Deserialize)]
struct ContactPage {
    contacts: Vec<Contact>,
    total: Option<u64>,
    next_page: Option<u32>,
}

impl Page for ContactPage {
    type Record = Contact;

    fn into_parts(self) -> (Vec<Contact>, Option<u32>) {
        (self.contacts, self.next_page)
    }
}

/// Searches, page by page.
pub(crate) fn search_contacts(input: SearchInput, _: &Context) -> Result<Found, Failed<ReadsMany>> {
    let url = Api::of_settings()?.url("/v1/contacts");
    let request = || {
        http::get(&url)
            .query("query", &input.query)
            .query("per_page", PER_PAGE)
    };
    let mut total = None;
    let see = |page: &ContactPage| total = page.total.or(total);
    let (contacts, next_page) = pages::read(&input.range, request, see)?;
    Ok(Found {
        contacts,
        total,
        next_page,
    })
}
