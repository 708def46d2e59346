//! The bindings that wit-bindgen generates from the contract.
//!
//! It reads `crates/sdk/wit`, a copy of the workspace's `wit/` with one difference: there the
//! interface `credentials` gives the name `status` to an enum and to a function, which no WIT
//! parser accepts; here the enum is `credential-status`. The copy goes once `wit/` parses.
//!
//! Generated code calls across the component's border by raw pointers, which needs `unsafe`;
//! it carries the documentation of the WIT file, not ours. Nothing else may stand here.
#![allow(unsafe_code, missing_docs, unreachable_pub, clippy::all)]

wit_bindgen::generate!({
    path: "wit",
    world: "skill",
    pub_export_macro: true,
    default_bindings_module: "hotcell_sdk::bindings",
    generate_all,
});
