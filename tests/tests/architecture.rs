//! Holds the layers of the house: imports point down, and a heavy foreign crate stays in its crate.
//!
//! The tables below are the rule; `cargo metadata` says what is. A crate that is in no table fails
//! the test, so that a new one gets its place by decision.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// One crate of the house and the crates below it that it may use.
struct Layer {
    name: &'static str,
    below: &'static [&'static str],
}

/// From the words at the bottom to the faces at the top. In tests, all may use the testkit too.
const LAYERS: [Layer; 14] = [
    Layer {
        name: "hotcell-package",
        below: &[],
    },
    Layer {
        name: "hotcell-policy",
        below: &["hotcell-package"],
    },
    Layer {
        name: "hotcell-sandbox",
        below: &["hotcell-policy"],
    },
    Layer {
        name: BROKER,
        below: &["hotcell-policy", "hotcell-package"],
    },
    Layer {
        name: JOURNAL,
        below: &["hotcell-policy", "hotcell-package"],
    },
    Layer {
        name: "hotcell-host",
        below: &[
            "hotcell-sandbox",
            BROKER,
            JOURNAL,
            "hotcell-policy",
            "hotcell-package",
        ],
    },
    Layer {
        name: SERVER,
        below: &["hotcell-host", "hotcell-policy", "hotcell-package"],
    },
    Layer {
        name: AUTHOR,
        below: &["hotcell-host", "hotcell-policy", "hotcell-package"],
    },
    Layer {
        name: "hotcell-cli",
        below: &[
            SERVER,
            AUTHOR,
            "hotcell-host",
            "hotcell-policy",
            "hotcell-package",
        ],
    },
    Layer {
        name: TESTKIT,
        below: &[],
    },
    Layer {
        name: "hotcell-sdk",
        below: &[],
    },
    Layer {
        name: "hotcell-bench",
        below: &[
            "hotcell-host",
            "hotcell-sandbox",
            BROKER,
            "hotcell-policy",
            "hotcell-package",
            TESTKIT,
        ],
    },
    Layer {
        name: "hotcell-tests",
        below: &[
            "hotcell-cli",
            SERVER,
            AUTHOR,
            "hotcell-host",
            "hotcell-sandbox",
            BROKER,
            "hotcell-policy",
            "hotcell-package",
            "hotcell-sdk",
            TESTKIT,
        ],
    },
    Layer {
        name: "xtask",
        below: &[TESTKIT],
    },
];

/// Hostile input below the mechanisms: it knows none of them, so that each may test with it.
const TESTKIT: &str = "hotcell-testkit";

/// The only crate that dials, and the only home of secrets and of cryptography.
const BROKER: &str = "hotcell-broker";

/// The faces that other programs speak to.
const SERVER: &str = "hotcell-server";

/// What makes and tests packages.
const AUTHOR: &str = "hotcell-author";

/// The only crate that names a database.
const JOURNAL: &str = "hotcell-journal";

/// Foreign crates that only some of ours may name. A name that ends in `*` is a family.
struct Heavy {
    names: &'static [&'static str],
    /// May use them anywhere.
    homes: &'static [&'static str],
    /// May use them in their tests only.
    in_tests: &'static [&'static str],
}

const HEAVY: [Heavy; 21] = [
    // The engine. The bench compares the sandbox with it.
    Heavy {
        names: &["wasmtime", "wasmtime-*", "cranelift*"],
        homes: &["hotcell-sandbox", "hotcell-tests", "hotcell-bench"],
        in_tests: &[],
    },
    Heavy {
        names: &["wasmparser", "seccompiler"],
        homes: &["hotcell-sandbox"],
        // The testkit's own components are checked by it.
        in_tests: &[TESTKIT],
    },
    // The testkit writes the archives that the package refuses.
    Heavy {
        names: &["zip"],
        homes: &["hotcell-package", TESTKIT],
        in_tests: &["hotcell-tests"],
    },
    Heavy {
        names: &["jsonschema", "serde-saphyr", "bpe-openai"],
        homes: &["hotcell-package"],
        in_tests: &[],
    },
    // The protocols that other programs speak. The bench is a client.
    Heavy {
        names: &["axum", "axum-*", "rmcp", "rmcp-*"],
        homes: &[SERVER, "hotcell-bench", "hotcell-tests"],
        in_tests: &[],
    },
    Heavy {
        names: &["notify", "quick-junit", "toml_edit"],
        homes: &[AUTHOR],
        in_tests: &[],
    },
    Heavy {
        names: &["clap"],
        homes: &["hotcell-cli", "xtask"],
        in_tests: &[],
    },
    Heavy {
        names: &[
            "directories",
            "rpassword",
            "rustls-native-certs",
            "tracing-subscriber",
        ],
        homes: &["hotcell-cli"],
        in_tests: &[],
    },
    // What dials, and what holds secrets. The testkit serves; the bench compares with bare hyper.
    Heavy {
        names: &["rustls", "tokio-rustls"],
        homes: &[BROKER, TESTKIT, "hotcell-tests", "hotcell-bench"],
        in_tests: &[],
    },
    // The server takes connections itself, because axum's own way bounds neither heads nor time.
    Heavy {
        names: &["hyper", "hyper-util"],
        homes: &[BROKER, SERVER, TESTKIT, "hotcell-tests", "hotcell-bench"],
        in_tests: &[],
    },
    // The journal signs its checkpoints.
    Heavy {
        names: &["ring"],
        homes: &[BROKER, JOURNAL, TESTKIT, "hotcell-tests", "hotcell-bench"],
        in_tests: &[],
    },
    Heavy {
        names: &["rusqlite", "libsqlite3-sys"],
        homes: &[JOURNAL],
        in_tests: &[],
    },
    // Other people's verifiers of the log.
    Heavy {
        names: &["signed_note", "tlog_tiles"],
        homes: &[],
        in_tests: &[JOURNAL, "hotcell-tests"],
    },
    Heavy {
        names: &["age", "secrecy", "aws-sigv4", "keyring*"],
        homes: &[BROKER, "hotcell-tests"],
        in_tests: &[],
    },
    Heavy {
        names: &["rcgen", "httparse", "brotli"],
        homes: &[TESTKIT],
        // The broker's tests make client certificates of kinds that no server has.
        in_tests: &[BROKER],
    },
    // Words are pure: no runtime, no network types, no randomness.
    Heavy {
        names: &["tokio", "tokio-*", "getrandom"],
        homes: &[
            "hotcell-sandbox",
            BROKER,
            JOURNAL,
            "hotcell-host",
            SERVER,
            AUTHOR,
            "hotcell-cli",
            TESTKIT,
            "hotcell-tests",
            "hotcell-bench",
        ],
        in_tests: &[],
    },
    // The types of a request; the SDK's client has them too.
    Heavy {
        names: &["http"],
        homes: &[
            "hotcell-sandbox",
            BROKER,
            "hotcell-host",
            SERVER,
            AUTHOR,
            "hotcell-cli",
            "hotcell-sdk",
            TESTKIT,
            "hotcell-tests",
            "hotcell-bench",
        ],
        in_tests: &[],
    },
    Heavy {
        names: &["http-body*", "bytes"],
        homes: &[
            "hotcell-sandbox",
            BROKER,
            "hotcell-host",
            SERVER,
            AUTHOR,
            TESTKIT,
            "hotcell-tests",
            "hotcell-bench",
        ],
        in_tests: &[],
    },
    Heavy {
        names: &["wit-bindgen", "schemars"],
        homes: &["hotcell-sdk"],
        in_tests: &[],
    },
    Heavy {
        names: &["wat", "wasm-smith", "arbitrary"],
        homes: &[TESTKIT, "hotcell-tests", "xtask"],
        in_tests: &["hotcell-sandbox", "hotcell-host"],
    },
    Heavy {
        names: &["cargo_metadata", "syn", "proc-macro2"],
        homes: &["xtask"],
        in_tests: &["hotcell-tests"],
    },
];

/// One line of a manifest: this crate uses that one.
struct Edge<'name> {
    from: &'name str,
    to: &'name str,
    kind: DependencyKind,
}

/// Returns what breaks the rules, one sentence each.
fn check(members: &[&str], edges: &[Edge<'_>]) -> Vec<String> {
    let mut broken = check_members(members);
    for edge in edges {
        if members.contains(&edge.to) {
            broken.extend(check_layer(edge));
        } else {
            broken.extend(check_heavy(edge));
        }
    }
    broken
}

fn check_members(members: &[&str]) -> Vec<String> {
    let listed: BTreeSet<&str> = LAYERS.iter().map(|layer| layer.name).collect();
    let present: BTreeSet<&str> = members.iter().copied().collect();
    let new = present
        .difference(&listed)
        .map(|name| format!("{name} has no layer: give it one in LAYERS"));
    let gone = listed
        .difference(&present)
        .map(|name| format!("{name} is gone: remove it from LAYERS"));
    new.chain(gone).collect()
}

fn check_layer(edge: &Edge<'_>) -> Option<String> {
    let Edge { from, to, kind } = edge;
    let layer = LAYERS.iter().find(|layer| layer.name == *from)?;
    let for_tests = *kind == DependencyKind::Development && *to == TESTKIT && *from != TESTKIT;
    let allowed = layer.below.contains(to) || for_tests;
    (!allowed).then(|| format!("{from} uses {to}, which is not below it"))
}

fn check_heavy(edge: &Edge<'_>) -> Option<String> {
    let Edge { from, to, kind } = edge;
    let heavy = HEAVY
        .iter()
        .find(|heavy| heavy.names.iter().any(|pattern| matches(pattern, to)))?;
    let in_tests = *kind == DependencyKind::Development && heavy.in_tests.contains(from);
    let allowed = heavy.homes.contains(from) || in_tests;
    (!allowed).then(|| {
        format!(
            "{from} uses {to}, which stays in {}",
            heavy.homes.join(", ")
        )
    })
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(family) => name.starts_with(family),
        None => name == pattern,
    }
}

#[test]
fn the_layers_hold() {
    let metadata = MetadataCommand::new()
        .manifest_path("../Cargo.toml") // A test runs in its package's folder.
        .no_deps()
        .exec()
        .unwrap();
    let members: Vec<&str> = metadata
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let edges: Vec<Edge<'_>> = metadata
        .packages
        .iter()
        .flat_map(|package| {
            package.dependencies.iter().map(|dependency| Edge {
                from: &package.name,
                to: &dependency.name,
                kind: dependency.kind,
            })
        })
        .collect();
    let broken = check(&members, &edges);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Checks one invented edge in a house that is otherwise in order.
fn check_edge(from: &str, to: &str, kind: DependencyKind, expected: Option<&str>) {
    let members: Vec<&str> = LAYERS.iter().map(|layer| layer.name).collect();
    let broken = check(&members, &[Edge { from, to, kind }]);
    assert_eq!(
        broken,
        expected.into_iter().collect::<Vec<_>>(),
        "{from} {to}"
    );
}

#[test]
fn an_import_that_points_up_is_reported() {
    let normal = DependencyKind::Normal;
    check_edge("hotcell-host", "hotcell-sandbox", normal, None);
    let up = "hotcell-sandbox uses hotcell-host, which is not below it";
    check_edge("hotcell-sandbox", "hotcell-host", normal, Some(up));
    let up = "hotcell-package uses hotcell-policy, which is not below it";
    check_edge("hotcell-package", "hotcell-policy", normal, Some(up));
    let test = "hotcell-policy uses hotcell-host, which is not below it";
    check_edge(
        "hotcell-policy",
        "hotcell-host",
        DependencyKind::Development,
        Some(test),
    );
    let past = "hotcell-cli uses hotcell-sandbox, which is not below it";
    check_edge(
        "hotcell-cli",
        "hotcell-sandbox",
        DependencyKind::Build,
        Some(past),
    );
}

#[test]
fn the_testkit_is_for_tests() {
    check_edge(
        "hotcell-sandbox",
        TESTKIT,
        DependencyKind::Development,
        None,
    );
    let code = "hotcell-sandbox uses hotcell-testkit, which is not below it";
    check_edge(
        "hotcell-sandbox",
        TESTKIT,
        DependencyKind::Normal,
        Some(code),
    );
}

#[test]
fn a_heavy_crate_outside_its_crate_is_reported() {
    let normal = DependencyKind::Normal;
    check_edge("hotcell-sandbox", "wasmtime-wasi", normal, None);
    let host = "hotcell-host uses wasmtime-wasi, which stays in hotcell-sandbox, hotcell-tests, hotcell-bench";
    check_edge("hotcell-host", "wasmtime-wasi", normal, Some(host));
    check_edge("hotcell-cli", "clap", normal, None);
    check_edge("hotcell-broker", "hyper", normal, None);
    let hyper = "hotcell-host uses hyper, which stays in hotcell-broker, hotcell-server, hotcell-testkit, hotcell-tests, hotcell-bench";
    check_edge("hotcell-host", "hyper", normal, Some(hyper));
    let clap = "hotcell-host uses clap, which stays in hotcell-cli, xtask";
    check_edge("hotcell-host", "clap", normal, Some(clap));
    check_edge("hotcell-sandbox", "wat", DependencyKind::Development, None);
    let wat = "hotcell-sandbox uses wat, which stays in hotcell-testkit, hotcell-tests, xtask";
    check_edge("hotcell-sandbox", "wat", normal, Some(wat));
    check_edge("hotcell-package", "serde", normal, None);
}

#[test]
fn a_crate_without_a_layer_is_reported() {
    let mut members: Vec<&str> = LAYERS.iter().map(|layer| layer.name).collect();
    members.push("hotcell-new");
    let new = check(&members, &[]);
    assert_eq!(new, ["hotcell-new has no layer: give it one in LAYERS"]);
    let gone = check(&members[1..members.len() - 1], &[]);
    assert_eq!(gone, ["hotcell-package is gone: remove it from LAYERS"]);
}
