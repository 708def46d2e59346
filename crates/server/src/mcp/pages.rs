//! Lists by pages, with a cursor from each to the next.
//!
//! A cursor names the entry after which the next page begins, so that what was added or removed
//! elsewhere moves nothing. It is of one list: where its entry is gone, or it is of another list or of
//! nobody's, the client begins anew.

use hotcell_package::Digest;
use rmcp::model::{ErrorData, PaginatedRequestParams};
use serde_json::json;

use crate::limits::LIST_PAGE_MAX;

/// Hex digits of a cursor: 128 bits of a digest.
const CURSOR_DIGITS: usize = 32;

/// A list that is told by pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Tools,
    Prompts,
    Resources,
    Skills,
}

/// Returns the entries of the page that was asked for, and the cursor to the next one; none where it
/// is the last. `key` tells entries apart.
///
/// # Errors
///
/// Fails where the cursor leads nowhere (Invalid params, as the specification has it under
/// "Pagination").
pub(super) fn page<T>(
    list: List,
    mut all: Vec<T>,
    key: impl Fn(&T) -> &str,
    asked: Option<PaginatedRequestParams>,
) -> Result<(Vec<T>, Option<String>), ErrorData> {
    if let Some(cursor) = asked.and_then(|asked| asked.cursor) {
        let last = all
            .iter()
            .position(|one| self::cursor(list, key(one)) == cursor);
        let last = last.ok_or_else(no_such_cursor)?;
        all.drain(..=last);
    }
    if all.len() <= LIST_PAGE_MAX {
        return Ok((all, None));
    }
    all.truncate(LIST_PAGE_MAX);
    let next = all.last().map(|last| cursor(list, key(last)));
    Ok((all, next))
}

fn cursor(list: List, key: &str) -> String {
    let digest = Digest::of_bytes(format!("{list:?}/{key}").as_bytes());
    let bytes = digest.as_bytes().iter();
    let mut text: String = bytes.map(|byte| format!("{byte:02x}")).collect();
    text.truncate(CURSOR_DIGITS);
    text
}

fn no_such_cursor() -> ErrorData {
    let data = json!({ "code": "unknown_cursor", "hint": "ask for the list from its beginning" });
    ErrorData::invalid_params("the cursor leads nowhere (any more)", Some(data))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use rmcp::model::ErrorCode;

    use super::*;

    type Page = Result<(Vec<String>, Option<String>), ErrorData>;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("s{n:04}")).collect()
    }

    fn ask(list: List, all: Vec<String>, cursor: Option<&str>) -> Page {
        let asked = cursor
            .map(|cursor| PaginatedRequestParams::default().with_cursor(Some(cursor.to_owned())));
        page(list, all, String::as_str, asked)
    }

    #[test]
    fn the_pages_are_the_list() {
        for count in [
            0,
            1,
            LIST_PAGE_MAX,
            LIST_PAGE_MAX + 1,
            3 * LIST_PAGE_MAX + 7,
        ] {
            let (mut told, mut next) = ask(List::Tools, names(count), None).unwrap();
            while let Some(cursor) = next {
                let (more, after) = ask(List::Tools, names(count), Some(&cursor)).unwrap();
                assert!((1..=LIST_PAGE_MAX).contains(&more.len()));
                told.extend(more);
                next = after;
            }
            assert_eq!(told, names(count));
        }
    }

    #[test]
    fn a_cursor_stays_where_it_is_and_is_of_its_list() {
        let mut all = names(LIST_PAGE_MAX + 3);
        let (_, next) = ask(List::Tools, all.clone(), None).unwrap();
        let next = next.unwrap();
        all.remove(0);
        let (rest, _) = ask(List::Tools, all.clone(), Some(&next)).unwrap();
        assert_eq!(rest, all[LIST_PAGE_MAX - 1..]);
        all.remove(LIST_PAGE_MAX - 2);
        let wrong = [
            ask(List::Tools, all, Some(&next)),
            ask(List::Skills, names(LIST_PAGE_MAX + 3), Some(&next)),
            ask(List::Tools, names(3), Some("")),
            ask(List::Tools, names(3), Some("s0001")),
        ];
        for wrong in wrong {
            assert_eq!(wrong.unwrap_err().code, ErrorCode::INVALID_PARAMS);
        }
    }
}
