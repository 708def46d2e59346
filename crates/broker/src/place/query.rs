//! Kind `query`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::conflict::{fold, has_parameter, is_same_parameter};
use super::{Outgoing, conflict};
use crate::error::Denial;
use crate::secrets::SecretValue;

/// All but RFC 3986 `unreserved`: so escaped, every server reads the same bytes.
pub(crate) const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Appends the parameter `name` with the value.
pub(super) fn place(
    name: &str,
    value: &SecretValue,
    outgoing: &mut Outgoing,
) -> Result<(), Denial> {
    let query = outgoing.query.as_deref().unwrap_or_default();
    let wanted = fold(name);
    if has_parameter(query, |present| is_same_parameter(present, &wanted)) {
        return Err(conflict("the query's parameter"));
    }
    // Room for all at once: text that moves would leave the value behind in freed memory.
    let bytes = query.len() + 2 + 3 * (name.len() + value.expose().len());
    let mut placed = String::with_capacity(bytes);
    placed.push_str(query);
    if !query.is_empty() {
        placed.push('&');
    }
    placed.extend(percent_encode(name.as_bytes(), ESCAPED));
    placed.push('=');
    placed.extend(percent_encode(value.expose(), ESCAPED));
    outgoing.query = Some(placed);
    Ok(())
}
