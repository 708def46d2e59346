//! Tool `update_contact`.

use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{Context, http};
use serde::{Deserialize, Serialize};

use crate::api::{Api, send};
use crate::failure::{Failed, Updates};
use crate::record::Contact;

/// What to change of which contact. At least one field besides the id.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(extend("minProperties" = 2))]
pub(crate) struct ContactChange {
    /// The CRM's id, as `search_contacts` returns it.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{1,64}$"))]
    #[serde(skip_serializing)]
    id: String,
    /// The new full name.
    #[schemars(length(min = 1, max = 200))]
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The new e-mail address; no other contact may have it.
    #[schemars(length(min = 3, max = 254))]
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// The new place of work.
    #[schemars(length(max = 200))]
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    /// The new note, which replaces the old one.
    #[schemars(length(max = 4000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// Changes a contact and returns it as it is now.
pub(crate) fn update_contact(
    input: ContactChange,
    _: &Context,
) -> Result<Contact, Failed<Updates>> {
    let url = Api::of_settings()?.contact_url(&input.id);
    Ok(send(http::patch(url).json(&input))?)
}
