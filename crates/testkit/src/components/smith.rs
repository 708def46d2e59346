//! Components out of a generator: mostly valid, and meant by nobody.

use arbitrary::Unstructured;
use wasm_smith::{Config, MemoryOffsetChoices};

use super::Tool;
use super::bytes::{Numbers, from_text};
use super::tool::STAND_IN;

/// Bytes of chance that one component is made of.
const CHANCE_BYTES: usize = 4 << 10;

/// Returns a component that follows from `seed`: nested components, types, imports and core
/// modules at random. It is hardly ever a skill. None where the generator ran dry.
pub fn component(seed: u64) -> Option<Vec<u8>> {
    component_of(&chance(seed))
}

/// As [`component`], from bytes that a fuzzer chose.
pub fn component_of(chance: &[u8]) -> Option<Vec<u8>> {
    let mut chance = Unstructured::new(chance);
    let config = Config {
        max_modules: 4,
        ..Config::default()
    };
    let component = wasm_smith::Component::new(config, &mut chance).ok()?;
    Some(component.to_bytes())
}

/// Returns a skill that follows from `seed`: its `call` and all that it calls are random, with
/// the proposals on that the sandbox allows. It compiles, links and runs, wherever that leads.
pub fn skill(seed: u64) -> Option<Vec<u8>> {
    skill_of(&chance(seed))
}

/// As [`skill`], from bytes that a fuzzer chose.
pub fn skill_of(chance: &[u8]) -> Option<Vec<u8>> {
    let mut chance = Unstructured::new(chance);
    let module = wasm_smith::Module::new(config(), &mut chance).ok()?;
    Some(Tool::around(&module.to_bytes()))
}

fn chance(seed: u64) -> Vec<u8> {
    Numbers(seed).bytes(CHANCE_BYTES)
}

fn config() -> Config {
    Config {
        exports: Some(shape()),
        max_imports: 0,
        // The one that has to be exported comes on top.
        max_memories: 0,
        // The generator would use `externref`, which needs the garbage collector that is off.
        reference_types_enabled: false,
        max_instructions: 400,
        max_memory32_bytes: 1 << 26,
        max_table_elements: 10_000,
        memory_offset_choices: MemoryOffsetChoices(90, 9, 1),
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        relaxed_simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        ..Config::default()
    }
}

/// What a skill's core module has to export; all else is up to the generator.
fn shape() -> Vec<u8> {
    let module = STAND_IN
        .split_once("(core instance")
        .map_or(STAND_IN, |(module, _)| module);
    from_text(&module.replacen("(core module $Main", "(module", 1))
}
