//! The bindings that wit-bindgen generates from `wit/skill.wit`.
//!
//! Generated code calls across the component's border by raw pointers, which needs `unsafe`;
//! it carries the documentation of the WIT file, not ours. Nothing else may stand here.
#![allow(unsafe_code, missing_docs, unreachable_pub, clippy::all)]

wit_bindgen::generate!({
    path: "../../wit",
    world: "skill",
    pub_export_macro: true,
    default_bindings_module: "hotcell_sdk::bindings",
    generate_all,
});
