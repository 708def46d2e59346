//! Tool `get_contact`.

use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{Context, http};
use serde::Deserialize;

use crate::api::{Api, send};
use crate::failure::{Failed, ReadsOne};
use crate::record::Contact;

/// Which contact to read.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct ContactInput {
    /// The CRM's id, as `search_contacts` returns it.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{1,64}$"))]
    id: String,
}

/// Reads one contact.
pub(crate) fn get_contact(input: ContactInput, _: &Context) -> Result<Contact, Failed<ReadsOne>> {
    let url = Api::of_settings()?.contact_url(&input.id);
    Ok(send(http::get(url))?)
}
