//! The allow-list of names: which relative paths may stand in a package, and which names a
//! skill may give to its artifacts.
//!
//! A name that passes means the same file on every platform that we know of. Nothing is
//! ever repaired: a name is right or refused. The list is of what is allowed; each refusal
//! below is named only so that the mend can be said.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::printable::is_invisible;

/// Longest path in bytes of UTF-8. Windows' own limit is 260 characters with the drive.
pub const PATH_BYTES_MAX: usize = 240;
/// Longest segment of a path in bytes of UTF-8. Linux's limit is 255.
pub const SEGMENT_BYTES_MAX: usize = 120;
/// Most segments in a path.
pub const PATH_SEGMENTS_MAX: usize = 8;

/// Why a name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathError {
    /// Stable `snake_case` code.
    pub code: &'static str,
    /// What is wrong, to follow on the name: "is empty".
    pub message: &'static str,
}

/// Checks a relative, `/`-separated path against the allow-list.
///
/// Allowed is: 1 to 8 segments of at most 120 bytes, 240 bytes in all, of letters, digits,
/// marks, single inner spaces and the signs ``!#$%&'()+,-.;=@[]^_`{}~``, in normal form C;
/// no segment begins with a dot, begins or ends with a space, ends with a dot, is a device
/// name of Windows with any extension (`con`, `nul.txt`), or could be the short name that
/// Windows gives to another file (`GIT~1` is `.git`).
///
/// # Errors
/// The first rule that the path breaks.
pub fn check_path(path: &str) -> Result<(), PathError> {
    let refuse = |code, message| Err(PathError { code, message });
    if path.is_empty() {
        return refuse("path_empty", "is empty");
    }
    if path.len() > PATH_BYTES_MAX {
        return refuse("path_too_long", "is longer than 240 bytes");
    }
    if path.contains('\0') {
        return refuse("path_nul", "holds a NUL");
    }
    if path.starts_with('/') {
        return refuse("path_absolute", "is absolute");
    }
    if path.contains('\\') {
        return refuse("path_backslash", "holds a backslash");
    }
    if path.as_bytes().get(1) == Some(&b':') {
        return refuse("path_drive", "begins with a drive letter");
    }
    if path.split('/').count() > PATH_SEGMENTS_MAX {
        return refuse("path_too_deep", "has more than 8 segments");
    }
    path.split('/').try_for_each(check_segment)?;
    if !is_nfc(path) {
        return refuse("path_not_nfc", "is not in Unicode normal form C");
    }
    Ok(())
}

fn check_segment(segment: &str) -> Result<(), PathError> {
    let refuse = |code, message| Err(PathError { code, message });
    if segment.is_empty() {
        return refuse("path_empty_segment", "has an empty segment");
    }
    if segment == ".." {
        return refuse("path_parent", "climbs with `..`");
    }
    if segment.starts_with('.') {
        return refuse("path_dot", "has a segment that begins with a dot");
    }
    if segment.len() > SEGMENT_BYTES_MAX {
        return refuse("path_too_long", "has a segment longer than 120 bytes");
    }
    if !segment.chars().all(is_allowed) {
        return refuse("path_character", "holds a character that is not allowed");
    }
    if segment.starts_with(' ') || segment.ends_with([' ', '.']) {
        return refuse(
            "path_ending",
            "has a segment with a space or dot at its edge",
        );
    }
    if segment.contains("  ") {
        return refuse("path_spaces", "holds two spaces in a row");
    }
    if is_short_name(segment) {
        return refuse("path_short_name", "could be the short name of another file");
    }
    if is_device(segment) {
        return refuse("path_device", "holds a device name of Windows");
    }
    Ok(())
}

fn is_allowed(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || " !#$%&'()+,-.;=@[]^_`{}~".contains(c);
    }
    // Letters, digits and the marks that scripts build letters with. Never a symbol, a
    // foreign space, a private or unassigned character.
    !is_invisible(c) && (c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c))
}

/// The reserved names of Windows, which there mean a device in any folder, with any
/// extension. `COM¹` and its kind are reserved as well.
fn is_device(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or(segment).trim_end();
    let upper = stem.to_ascii_uppercase();
    if matches!(
        upper.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$"
    ) {
        return true;
    }
    let mut rest = match upper.strip_prefix("COM").or(upper.strip_prefix("LPT")) {
        Some(rest) => rest.chars(),
        None => return false,
    };
    matches!(
        (rest.next(), rest.next()),
        (Some('0'..='9' | '¹' | '²' | '³'), None)
    )
}

/// Windows gives a file a second name of eight characters, `~` and a number at their end, and
/// of three more behind a dot.
fn is_short_name(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or(segment);
    let numbered = stem.rsplit_once('~').is_some_and(|(_, number)| {
        !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
    });
    numbered && stem.chars().count() <= 8
}

/// Returns the key under which two names count as twins: equal for names that some file
/// system would take for one file, because they differ only in case or in normal form.
///
/// Compatibility decomposition, upper and then lower case, decomposed again: coarser than
/// any file system's own folding, so that no pair slips through.
pub fn twin_key(path: &str) -> String {
    let upper: String = path.nfkd().flat_map(char::to_uppercase).collect();
    let lower: String = upper.chars().flat_map(char::to_lowercase).collect();
    lower.nfkd().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: &str) {
        let code = check_path(path).err().map_or("ok", |e| e.code);
        assert_eq!(code, expected, "{path:?}");
    }

    #[test]
    fn allowed_names() {
        for path in [
            "SKILL.md",
            "references/Über uns.md",
            "assets/a/b/c (1).docx",
            "a/資料.txt",
            "console.txt",
            "com10",
            "references/हिन्दी.md",
            "notes~2026-report.md",
            "draft~.md",
        ] {
            check(path, "ok");
        }
    }

    #[test]
    fn refused_names() {
        check("", "path_empty");
        check("/etc/passwd", "path_absolute");
        check("../up", "path_parent");
        check("a/../../up", "path_parent");
        check("a/./b", "path_dot");
        check(".git/config", "path_dot");
        check("a//b", "path_empty_segment");
        check("a/", "path_empty_segment");
        check("a\\b", "path_backslash");
        check("c:/x", "path_drive");
        check("C:x", "path_drive");
        check("a/b:stream", "path_character");
        check("a\0b", "path_nul");
        check("a\nb", "path_character");
        check("a\u{202e}b", "path_character");
        check("a\u{200b}b", "path_character");
        check("a*b", "path_character");
        check("a\u{a0}b", "path_character");
        check("nul", "path_device");
        check("a/NUL.txt", "path_device");
        check("Com1.log", "path_device");
        check("com¹", "path_device");
        check("con .txt", "path_device");
        check("COM¹.txt", "path_device");
        check("lpt³", "path_device");
        check("conin$.log", "path_device");
        check("CONOUT$", "path_device");
        check("aux.tar.gz", "path_device");
        for sign in ['<', '>', '"', '|', '?', '*'] {
            check(&format!("a{sign}b"), "path_character");
        }
        check("GIT~1/config", "path_short_name");
        check("assets/SKILL~12.MD", "path_short_name");
        check("a  b", "path_spaces");
        check("a...", "path_ending");
        check("a./b", "path_ending");
        check("a /b", "path_ending");
        check(" a", "path_ending");
        check("u\u{308}ber", "path_not_nfc");
        check(&"a".repeat(121), "path_too_long");
        check(&["a".repeat(100).as_str(); 3].join("/"), "path_too_long");
        check("a/b/c/d/e/f/g/h/i", "path_too_deep");
    }

    #[test]
    fn twins_share_a_key() {
        assert_eq!(twin_key("README"), twin_key("readme"));
        assert_eq!(twin_key("u\u{308}"), twin_key("Ü"));
        assert_eq!(twin_key("straße"), twin_key("STRASSE"));
        assert_eq!(twin_key("ﬁle"), twin_key("FILE"));
        assert_ne!(twin_key("a"), twin_key("b"));
    }
}
