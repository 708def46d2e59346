//! Names of new files: those that any file system and archive can hold, as the host wants them.

use crate::failure::FileError;

/// Bytes of a path, of a name, and names of a path.
const PATH_BYTES_MAX: usize = 240;
const NAME_BYTES_MAX: usize = 120;
const NAMES_MAX: usize = 8;

/// Devices of Windows, whatever ending they have.
const DEVICES: [&str; 7] = ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"];

/// Checks the path of a file that may be new.
pub(crate) fn check_new(path: &str) -> Result<(), FileError> {
    let names: Vec<&str> = path.split('/').collect();
    let fits = path.len() <= PATH_BYTES_MAX
        && names.len() <= NAMES_MAX
        && names.iter().all(|name| is_plain(name));
    match fits {
        true => Ok(()),
        false => Err(FileError::InvalidPath(path.to_owned())),
    }
}

/// Returns the key under which two names are twins: some file systems know no case.
pub(crate) fn twin_key(path: &str) -> String {
    path.to_uppercase().to_lowercase()
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= NAME_BYTES_MAX
        && !name.starts_with(['.', ' '])
        && !name.ends_with(['.', ' '])
        && !name.contains("  ")
        && !name.contains('~')
        && name.chars().all(is_allowed)
        && !is_device(name)
}

/// Letters and digits of the usual scripts, none of which can be written in two ways, and some
/// marks.
fn is_allowed(c: char) -> bool {
    match c {
        ' '..='~' => c.is_ascii_alphanumeric() || " !#$%&'()+,-.;=@[]^_`{}".contains(c),
        // These are compatible with others.
        'ĳ' | 'Ĳ' | 'ŀ' | 'Ŀ' | 'ŉ' | 'ſ' | '×' | '÷' => false,
        '\u{c0}'..='\u{17f}' | '\u{410}'..='\u{44f}' | '\u{5d0}'..='\u{5ea}' => true,
        '\u{627}'..='\u{63a}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' => true,
        '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => true,
        _ => false,
    }
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_lowercase();
    let numbered = |prefix: &str| {
        let rest = stem.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.chars().count() == 1)
    };
    DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}
