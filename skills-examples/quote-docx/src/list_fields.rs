//! Tool `list_fields`: what a template asks for.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use crate::error::QuoteError;
use crate::fields::{LIST_FIELDS, SINGLE_FIELDS, is_known};
use crate::template::Template;

/// The template to look into.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Which {
    /// A template in /in, such as `brief.docx`. Default: the built-in one.
    #[schemars(regex(pattern = "^[A-Za-z0-9_][A-Za-z0-9_. -]{0,80}[.]docx$"))]
    template: Option<String>,
}

/// The fields.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Listed {
    /// The fields that the template uses, sorted.
    used: Vec<String>,
    /// Those of them that no quote has: `make_quote` would refuse the template.
    unknown: Vec<String>,
    /// All fields that have one text.
    single: Vec<&'static str>,
    /// All fields that a table row or paragraph is repeated for.
    repeated: Vec<&'static str>,
}

/// Lists the fields.
pub(crate) fn list_fields(which: Which, _: &Context) -> Result<Listed, QuoteError> {
    list(&Template::open(which.template.as_deref())?)
}

fn list(template: &Template) -> Result<Listed, QuoteError> {
    let used = template.names()?;
    let unknown = used
        .iter()
        .filter(|name| !is_known(name))
        .cloned()
        .collect();
    Ok(Listed {
        used,
        unknown,
        single: SINGLE_FIELDS.to_vec(),
        repeated: LIST_FIELDS.to_vec(),
    })
}
