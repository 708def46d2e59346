//! The host's own key, from which the idempotency keys that go upstream are made.

use std::path::Path;

use zeroize::Zeroizing;

use super::error::{SecretError, SecretFault};
use super::lock::lock;
use super::private_file::{failed, read, replace};
use super::state::open_file;
use super::value::SecretValue;

/// Its name in the data folder. Without it, keys that were sent upstream cannot be made again.
pub const HOST_KEY_FILE: &str = "host.key";

/// The folder of its lock, in the data folder.
const LOCKS_FOLDER: &str = "locks";
const BYTES: usize = 32;

/// Returns the host's key in the data folder; makes it, mode 0600, where it is not there.
///
/// # Errors
/// Fails where the folder cannot be written, or the file is not private or not whole.
pub fn host_key(folder: &Path) -> Result<SecretValue, SecretError> {
    let path = folder.join(HOST_KEY_FILE);
    match existing(&path) {
        Err(error) if error.fault() == SecretFault::Missing => {}
        other => return other,
    }
    let locked = open_file(&folder.join(LOCKS_FOLDER), HOST_KEY_FILE);
    let locked = locked.map_err(|error| failed(&path, &error))?;
    lock(&locked).map_err(|error| failed(&path, &error))?;
    match existing(&path) {
        Err(error) if error.fault() == SecretFault::Missing => {}
        other => return other,
    }
    let mut bytes = Zeroizing::new([0; BYTES]);
    getrandom::fill(bytes.as_mut()).expect("the system has randomness");
    replace(&path, bytes.as_ref(), &mut |_| Ok(())).map_err(|error| failed(&path, &error))?;
    Ok(SecretValue::copy_of(bytes.as_ref()))
}

fn existing(path: &Path) -> Result<SecretValue, SecretError> {
    let file = read(path, BYTES)?;
    match file.bytes.len() {
        BYTES => Ok(SecretValue::copy_of(&file.bytes)),
        _ => Err(SecretError::new(
            SecretFault::Damaged,
            path.display().to_string(),
            "it is not a whole key",
            "put back the file from a backup, or remove it: keys that went upstream change then",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let first = host_key(&data).unwrap();
        assert_eq!(first.expose().len(), BYTES);
        assert_eq!(host_key(&data).unwrap().expose(), first.expose());
    }

    #[test]
    fn a_cut_one_is_refused_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        host_key(folder.path()).unwrap();
        let path = folder.path().join(HOST_KEY_FILE);
        std::fs::write(&path, b"short").unwrap();
        assert_eq!(
            host_key(folder.path()).unwrap_err().fault(),
            SecretFault::Damaged
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"short");
    }
}
