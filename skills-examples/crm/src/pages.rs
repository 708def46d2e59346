//! Reads what the CRM hands out in pages.

use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{http, progress};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::api::send;
use crate::failure::CrmError;

/// Records that are asked for in one page.
pub(crate) const PER_PAGE: u32 = 50;
/// Records after which no further page is read, however long the pages are.
const RECORDS_MAX: usize = 500;

/// Which pages to read.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Range {
    /// The first page to read; `next_page` of the answer before.
    #[serde(default = "first")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(crate) page: u32,
    /// How many pages to read at most, of 50 records each.
    #[serde(default = "two")]
    #[schemars(range(min = 1, max = 10))]
    pub(crate) pages_max: u32,
}

fn first() -> u32 {
    1
}

fn two() -> u32 {
    2
}

/// One page as the CRM sends it.
pub(crate) trait Page: DeserializeOwned {
    type Record;

    /// Returns the records and the number of the next page.
    fn into_parts(self) -> (Vec<Self::Record>, Option<u32>);
}

/// Reads pages until there are no more, or `range` is used up; returns their records and the
/// page to go on with. `request` begins the request for any page.
pub(crate) fn read<P: Page>(
    range: &Range,
    request: impl Fn() -> http::Request,
    mut see: impl FnMut(&P),
) -> Result<(Vec<P::Record>, Option<u32>), CrmError> {
    let mut records = Vec::new();
    let mut page = range.page;
    for read in 1..=range.pages_max {
        let answer: P = send(request().query("page", page))?;
        see(&answer);
        let (more, next) = answer.into_parts();
        records.extend(more);
        progress::report(u64::from(read), None, "pages read");
        match next {
            None => return Ok((records, None)),
            // Else it would be read for ever.
            Some(next) if next <= page => {
                return Err(CrmError::Unreadable("its next page is not a later one"));
            }
            Some(next) => page = next,
        }
        if records.len() >= RECORDS_MAX {
            break;
        }
    }
    Ok((records, Some(page)))
}
