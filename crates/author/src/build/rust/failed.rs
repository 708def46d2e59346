//! What cargo says where it fails before the compiler speaks, in one line.

use hotcell_package::Diagnostic;

/// Most lines of cargo's that are told.
const LINES_MAX: usize = 8;

/// What cargo says of a registry that it cannot reach.
const OFFLINE: [&str; 5] = [
    "--offline was specified",
    "offline mode",
    "spurious network error",
    "Could not connect to server",
    "Could not resolve host",
];

/// Returns what cargo's words come to.
pub(super) fn cargo_failed(stderr: &str) -> Diagnostic {
    if let Some(name) = crate_with_c(stderr) {
        let message =
            format!("the crate `{name}` has C code, which is not compiled for a sealed skill");
        return Diagnostic::error("native_dependency", "Cargo.toml", message)
            .hint("use a crate that is Rust throughout; often a feature of the crate leaves its C code away");
    }
    if OFFLINE.iter().any(|sign| stderr.contains(sign)) {
        let message = "cargo cannot reach its registry, and the crates are not here yet";
        return Diagnostic::error("registry_offline", "Cargo.toml", message)
            .hint("connect to the network and build again, or keep the crates by `cargo vendor`");
    }
    let message = format!("cargo cannot build the crate: {}", words(stderr));
    Diagnostic::error("cargo_failed", "Cargo.toml", message)
        .hint("mend what cargo says, then build again")
}

/// Returns the crate whose build script looked for a C compiler and failed.
fn crate_with_c(stderr: &str) -> Option<&str> {
    if !stderr.contains("cc-rs") {
        return None;
    }
    let (_, after) = stderr.split_once("custom build command for `")?;
    after.split([' ', '`']).next()
}

/// Returns what stands behind the first `error: `, without what came before it.
fn words(stderr: &str) -> String {
    let lines: Vec<&str> = stderr
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let first = lines.iter().position(|line| line.starts_with("error"));
    let told = &lines[first.unwrap_or(lines.len().saturating_sub(LINES_MAX))..];
    let told = told[..told.len().min(LINES_MAX)].join("; ");
    told.strip_prefix("error: ").unwrap_or(&told).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_code_is_named() {
        let said = "   Compiling a v1.0.0\nerror: failed to run custom build command for \
                    `libsqlite3-sys v0.30.1`\n\nCaused by:\n  CFLAGS = None\n  error occurred in cc-rs: failed to \
                    find tool \"clang\"\n";
        let found = cargo_failed(said).to_string();
        assert!(
            found.contains("the crate `libsqlite3-sys` has C code"),
            "{found}"
        );
        assert!(!found.contains("CFLAGS"), "{found}");
    }

    #[test]
    fn a_registry_that_is_offline_is_named() {
        let said = "error: failed to download `uuid v0.7.4`\n\nCaused by:\n  attempting to make an HTTP request, \
                    but --offline was specified\n";
        let found = cargo_failed(said).to_string();
        assert!(found.contains("cannot reach its registry"), "{found}");
    }

    #[test]
    fn other_words_begin_with_the_error() {
        let said = "    Updating crates.io index\nerror: no matching package named `x` found\nlocation searched: \
                    crates.io index\n";
        assert_eq!(
            words(said),
            "no matching package named `x` found; location searched: crates.io index"
        );
    }
}
