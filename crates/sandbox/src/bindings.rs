//! What wasmtime generates from `wit/skill.wit`.

#![allow(missing_docs, unreachable_pub, clippy::semicolon_if_nothing_returned)]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "skill",
    imports: {
        // The guest goes on only when its state is kept.
        "hotcell:skill/checkpoint.save": async | trappable,
        "hotcell:skill/checkpoint.load": async | trappable,
        default: trappable,
    },
    exports: { default: async },
});
