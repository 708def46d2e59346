//! `schema.json`, as the sources say it.

use std::fs;
use std::path::Path;

use hotcell_package::{CONTRACT_FILE, Contract, Diagnostic};

use super::{inputs::hex, write_changed};

/// Remembers the digest of the `schema.json` that a build wrote. Names with a dot are no part of a
/// package.
pub(super) const MARK: &str = ".hotcell/schema";

/// Writes the derived contract. A file that no build wrote, and that says something else, is the
/// author's own, and is left as it is.
pub(super) fn write(folder: &Path, derived: &str) -> Result<(), Diagnostic> {
    Contract::parse(derived).map_err(|found| found.into_iter().next().unwrap_or_else(unsound))?;
    let place = folder.join(CONTRACT_FILE);
    let mark = folder.join(MARK);
    match fs::read_to_string(&place) {
        Ok(there) if there == derived => return Ok(()),
        Ok(there) if fs::read_to_string(&mark).ok() != Some(digest(&there)) => {
            let message = "schema.json is not what the code says, and no build wrote it";
            let hint = "delete it to derive it from the code; or keep yours: schema = \"given\" in \
                        [tool.hotcell] of pyproject.toml, \"hotcell\": {\"schema\": \"given\"} in package.json";
            return Err(Diagnostic::error("schema_differs", CONTRACT_FILE, message).hint(hint));
        }
        _ => {}
    }
    let written = write_changed(&place, derived.as_bytes())
        .and_then(|_| fs::create_dir_all(folder.join(".hotcell")))
        .and_then(|()| fs::write(&mark, digest(derived)));
    written.map_err(|error| {
        Diagnostic::error("folder_unwritable", CONTRACT_FILE, error.to_string())
            .hint("see that the skill's folder is writable, and that its disk has room")
    })
}

fn unsound() -> Diagnostic {
    Diagnostic::error(
        "schema_unsound",
        CONTRACT_FILE,
        "the derived contract is unsound",
    )
}

fn digest(text: &str) -> String {
    use sha2::Digest as _;
    hex(&sha2::Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract(name: &str) -> String {
        format!(
            r#"{{"tools":[{{"name":"{name}","description":"Does it.","input_schema":{{"type":"object"}}}}]}}"#
        )
    }

    #[test]
    fn what_a_build_wrote_is_written_anew_and_what_an_author_wrote_stays() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &contract("one")).unwrap();
        write(folder.path(), &contract("two")).unwrap();
        let place = folder.path().join(CONTRACT_FILE);
        assert_eq!(fs::read_to_string(&place).unwrap(), contract("two"));
        fs::write(&place, contract("mine")).unwrap();
        let refused = write(folder.path(), &contract("three")).unwrap_err();
        assert_eq!(refused.code, "schema_differs");
        assert_eq!(fs::read_to_string(&place).unwrap(), contract("mine"));
    }
}
