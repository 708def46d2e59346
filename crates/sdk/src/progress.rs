//! How a long call tells its caller how far it has come.

/// Reports that `done` of `total` units are finished; `total` is none while it is not known.
///
/// The host may merge or drop reports, and cuts `message` after 200 bytes. Never fails, never
/// waits. Off wasm nobody listens.
pub fn report(done: u64, total: Option<u64>, message: &str) {
    #[cfg(target_family = "wasm")]
    crate::bindings::hotcell::skill::progress::report(done, total, message);
    #[cfg(not(target_family = "wasm"))]
    let _ = (done, total, message);
}
