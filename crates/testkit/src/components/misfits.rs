//! Components that are no skills: wrong imports, wrong exports, proposals that are off.

use super::Tool;
use super::bytes::from_text;

/// A core module in the place of a component.
pub fn core_module() -> Vec<u8> {
    from_text("(module (func (export \"_start\")))")
}

/// A valid component with nothing in it.
pub fn empty() -> Vec<u8> {
    from_text("(component)")
}

/// A skill that also imports the interface of that name, with one function in it.
pub fn importing(name: &str) -> Vec<u8> {
    let text = Tool::new("(call $ok)").to_text();
    let import = format!("(import \"{name}\" (instance (export \"open\" (func))))");
    from_text(&text.replacen("(component", &format!("(component {import}"), 1))
}

/// A component whose export has the right name and is a function, not an instance.
pub fn tools_is_a_function() -> Vec<u8> {
    exporting("(export \"hotcell:skill/tools@0.1.0\" (func $run))")
}

/// A component whose `tools` has no `call`.
pub fn tools_without_call() -> Vec<u8> {
    exporting(
        "(instance $tools (export \"run\" (func $run)))
         (export \"hotcell:skill/tools@0.1.0\" (instance $tools))",
    )
}

/// A component whose `call` takes nothing and returns nothing.
pub fn call_of_another_type() -> Vec<u8> {
    exporting(
        "(instance $tools (export \"call\" (func $run)))
         (export \"hotcell:skill/tools@0.1.0\" (instance $tools))",
    )
}

/// A component that exports `tools` of another version.
pub fn tools_of_another_version() -> Vec<u8> {
    exporting(
        "(instance $tools (export \"call\" (func $run)))
         (export \"hotcell:skill/tools@0.2.0\" (instance $tools))",
    )
}

fn exporting(export: &str) -> Vec<u8> {
    from_text(&format!(
        "(component
            (core module $m (func (export \"run\")))
            (core instance $i (instantiate $m))
            (func $run (canon lift (core func $i \"run\")))
            {export})"
    ))
}

/// Skills that each use one proposal that no skill needs, by the proposal's name.
pub fn proposals() -> Vec<(&'static str, Vec<u8>)> {
    let fields = [
        ("memory64", "(memory i64 1)"),
        ("threads", "(memory 1 1 shared)"),
        ("atomics", "(func (drop (i32.atomic.load (i32.const 0))))"),
        ("gc", "(type (struct (field i32)))"),
        (
            "exceptions",
            "(tag (param i32)) (func (throw 0 (i32.const 1)))",
        ),
        ("tail-call", "(func $again (return_call $again))"),
        (
            "function-references",
            "(type $f (func)) (func (param (ref $f)) (call_ref $f (local.get 0)))",
        ),
        ("multi-memory", "(memory 1) (memory 1)"),
        (
            "relaxed-simd",
            "(func (param v128) (result v128)
               (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))",
        ),
        (
            "wide-arithmetic",
            "(func (result i64 i64) (i64.mul_wide_u (i64.const 1) (i64.const 1)))",
        ),
        ("custom-page-sizes", "(memory 1 (pagesize 1))"),
        (
            "stack-switching",
            "(type $f (func)) (type $k (cont $f)) (func (param (ref $k)))",
        ),
    ];
    fields
        .into_iter()
        .map(|(name, fields)| {
            // A module of its own: the attack's already has a memory.
            let bytes = Tool::new("(call $side0) (call $ok)")
                .beside(
                    1,
                    &format!("{} (func (export \"side\"))", own_memory(name, fields)),
                    "",
                )
                .to_bytes();
            (name, bytes)
        })
        .collect()
}

/// Atomics need a memory to be about anything but the proposal.
fn own_memory(name: &str, fields: &str) -> String {
    match name {
        "atomics" => format!("(memory 1) {fields}"),
        _ => fields.to_owned(),
    }
}
