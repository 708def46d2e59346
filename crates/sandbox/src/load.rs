//! The one place that turns bytes into code, and the one file with `unsafe` in it.
//!
//! wasmtime trusts compiled code without a check: whoever controls the bytes controls this
//! process. So a file is loaded only when it carries a keyed BLAKE3 code over every byte
//! before it, made by this host for what its own compile worker answered.
//!
//! The file is opened once. What is hashed and what is mapped is the same open file, so
//! renaming another into its place between the two changes nothing. What remains: a process
//! with the same user id can write into the file itself, or read the key, or trace this
//! process. Hotcell does not defend against its own user.

#![allow(unsafe_code)]

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;

use wasmtime::Engine;
use wasmtime::component::Component;

/// The key of the authentication code, known to the host alone.
pub(crate) type CodeKey = [u8; blake3::KEY_LEN];

/// Bytes of the authentication code at the end of a file.
pub(crate) const SEAL_BYTES: usize = blake3::OUT_LEN;

/// Bytes that are read and hashed at a time: they stay in the processor's cache between.
const CHUNK_BYTES: usize = 64 << 10;

/// The same for a file of a language's engine, which several threads hash.
const LARGE_CHUNK_BYTES: usize = 2 << 20;

/// Code from here on is large: below it, waking other threads costs more than they save.
const LARGE_BYTES_MIN: u64 = 4 << 20;

/// Returns the authentication code of `bytes`.
pub(crate) fn seal(key: &CodeKey, bytes: &[u8]) -> [u8; SEAL_BYTES] {
    *blake3::keyed_hash(key, bytes).as_bytes()
}

/// Why a file was not loaded.
#[derive(Debug)]
pub(crate) enum LoadError {
    /// It cannot be read, is not this user's own, others may write to it, it is too short, or
    /// its seal does not fit.
    File(io::Error),
    /// The engine does not take it: another version or other settings made it, or its pool
    /// has no place for such a component.
    Engine(wasmtime::Error),
}

/// Loads the sealed compiled component in `file`.
///
/// # Errors
///
/// Returns what is wrong with the file, or what the engine does not take.
pub(crate) fn load(engine: &Engine, key: &CodeKey, mut file: File) -> Result<Component, LoadError> {
    check_owner(&file).map_err(LoadError::File)?;
    check_seal(key, &mut file).map_err(LoadError::File)?;
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    // SAFETY: the bytes of this open file are those that `Engine::precompile_component` of a
    // Hotcell worker answered: the seal over all of them was made by this host when it
    // received them and has just been checked. The path names the open file itself, not a
    // name in a folder, and the mapping is private. The file is not written to after it was
    // moved into the cache folder, which only this user can write to.
    let component = unsafe { Component::deserialize_file(engine, path) };
    component.map_err(LoadError::Engine)
}

fn check_owner(file: &File) -> io::Result<()> {
    let metadata = file.metadata()?;
    let own = metadata.uid() == rustix::process::geteuid().as_raw();
    let writable_by_others = metadata.mode() & 0o022 != 0;
    if !metadata.is_file() || !own || writable_by_others {
        return Err(io::Error::other("a compiled file is not this user's alone"));
    }
    Ok(())
}

fn check_seal(key: &CodeKey, file: &mut File) -> io::Result<()> {
    let length = file.metadata()?.len();
    let code_bytes = length
        .checked_sub(SEAL_BYTES as u64)
        .ok_or_else(|| io::Error::other("a compiled file is cut short"))?;
    let large = code_bytes >= LARGE_BYTES_MIN;
    let mut hasher = blake3::Hasher::new_keyed(key);
    let mut chunk = vec![
        0;
        if large {
            LARGE_CHUNK_BYTES
        } else {
            CHUNK_BYTES
        }
    ];
    let mut left = code_bytes;
    while left > 0 {
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
        file.read_exact(&mut chunk[..take])?;
        if large {
            hasher.update_rayon(&chunk[..take]);
        } else {
            hasher.update(&chunk[..take]);
        }
        left -= take as u64;
    }
    let mut sealed = [0; SEAL_BYTES];
    file.read_exact(&mut sealed)?;
    // `blake3::Hash` compares in constant time.
    if hasher.finalize() != blake3::Hash::from_bytes(sealed) {
        return Err(io::Error::other(
            "a compiled file does not carry this host's seal",
        ));
    }
    Ok(())
}
