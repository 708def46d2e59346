//! What wasmtime generates from `wit/skill.wit`.

#![allow(missing_docs, unreachable_pub, clippy::semicolon_if_nothing_returned)]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "skill",
    imports: { default: trappable },
    exports: { default: async },
});
