//! Tool `list_deals`.

use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{Context, http};
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::failure::{Failed, ReadsMany};
use crate::pages::{self, Page, Range};
use crate::record::Deal;

/// Which deals to list.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct DealsInput {
    /// The id of the contact whose deals are wanted; without it, all deals.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{1,64}$"))]
    contact_id: Option<String>,
    #[serde(flatten)]
    range: Range,
}

/// The deals.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Deals {
    /// The deals, in the CRM's order.
    deals: Vec<Deal>,
    /// Where to go on; null after the last page.
    next_page: Option<u32>,
}

#[derive(Deserialize)]
struct DealPage {
    deals: Vec<Deal>,
    next_page: Option<u32>,
}

impl Page for DealPage {
    type Record = Deal;

    fn into_parts(self) -> (Vec<Deal>, Option<u32>) {
        (self.deals, self.next_page)
    }
}

/// Lists deals, page by page.
pub(crate) fn list_deals(input: DealsInput, _: &Context) -> Result<Deals, Failed<ReadsMany>> {
    let url = Api::of_settings()?.url("/v1/deals");
    let request = || {
        let request = http::get(&url);
        match &input.contact_id {
            Some(id) => request.query("contact", id),
            None => request,
        }
    };
    let (deals, next_page) = pages::read(&input.range, request, |_: &DealPage| ())?;
    Ok(Deals { deals, next_page })
}
