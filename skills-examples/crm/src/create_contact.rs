//! Tool `create_contact`.

use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{Context, http};
use serde::{Deserialize, Serialize};

use crate::api::{Api, send};
use crate::failure::{Creates, Failed};
use crate::record::Contact;

/// The contact to create.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct NewContact {
    /// The full name.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// The e-mail address; no other contact may have it.
    #[schemars(length(min = 3, max = 254))]
    email: String,
    /// Where the contact works.
    #[schemars(length(max = 200))]
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    /// A note about the contact.
    #[schemars(length(max = 4000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// Creates a contact. The host sends the idempotency key, so that a repeated call makes no twin.
pub(crate) fn create_contact(input: NewContact, _: &Context) -> Result<Contact, Failed<Creates>> {
    let url = Api::of_settings()?.url("/v1/contacts");
    Ok(send(http::post(url).json(&input))?)
}
