//! The engine's settings, all in one place, each with what it guards against.
//!
//! Compiled code is bound to the settings that change it, so the compile worker and the
//! host build their engines from the same function: `engine_config`.

use wasmtime::{
    Config, Enabled, InstanceAllocationStrategy, OperatorCost, PoolingAllocationConfig,
    WasmFeatures,
};

use crate::prescan;

/// Calls that run at one time in one sandbox; more wait their turn.
pub const CALLS_AT_ONCE: u32 = 64;

/// Milliseconds between two ticks of the epoch: how long a spinning guest may keep its
/// thread before it yields to the timer that ends it.
pub const EPOCH_TICK_MS: u64 = 10;

/// Fuel that one call of a host function costs, whatever it does. Fuel counts instructions
/// of the guest; without this, 100,000 calls for 60 kB of randomness cost 1.1 M fuel and
/// 16 s (measured). With it, the standard 10⁹ fuel buys at most 200,000 host calls.
pub const HOST_CALL_FUEL: u64 = 5_000;

/// Bytes of randomness that one call may ask for.
pub const RANDOM_BYTES_MAX: u64 = 4 << 10;

/// Bytes that one host call may copy out of the guest, or a call's arguments and answer into
/// or out of it, beyond the call's own limits. wasmtime's default is 128 MiB.
pub const HOST_CALL_BYTES_MAX: usize = 1 << 20;

/// Handles in the component model's own tables; wasmtime's default is 100,000.
pub const COMPONENT_HANDLES_MAX: usize = 1_024;

/// Bytes of one set of HTTP fields; wasmtime-wasi-http's default is 128 KiB.
pub const HTTP_FIELD_BYTES_MAX: usize = 32 << 10;

/// Bytes of one write to an outgoing body; wasmtime-wasi-http's default is 1 MiB.
pub const HTTP_CHUNK_BYTES_MAX: usize = 64 << 10;

/// Bytes of one linear memory that a slot keeps between calls, zeroed, instead of giving
/// them back to the system: it saves page faults where calls are short.
const MEMORY_KEPT_BYTES: usize = 512 << 10;

/// Fuel for one `memory.grow`: it may fault in and zero pages, which fuel would not notice.
const MEMORY_GROW_FUEL: u8 = 255;

/// Returns the settings of an engine that compiles: all that changes the code.
pub(crate) fn engine_config() -> Config {
    let mut config = Config::new();
    // Time: epochs stop a guest within a tick; fuel makes the end of a call repeatable.
    config.epoch_interruption(true).consume_fuel(true);
    config.operator_cost(OperatorCost {
        MemoryGrow: MEMORY_GROW_FUEL,
        ..OperatorCost::default()
    });
    // The same NaN everywhere, so that a call can be replayed exactly.
    config.cranelift_nan_canonicalization(true);
    config.relaxed_simd_deterministic(true);
    wasm_features(&mut config);
    // Nothing from the environment decides what a trap shows, and no tables for debuggers.
    config
        .wasm_backtrace_details(wasmtime::WasmBacktraceDetails::Disable)
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .native_unwind_info(false);
    config
}

/// Returns the settings of an engine that runs: those of `engine_config` and the pool.
///
/// A pool bounds what all calls can take together, and makes a fresh store cheap. Public so
/// that a measurement can run the bare engine beside the sandbox.
pub fn running_config() -> Config {
    let mut config = engine_config();
    // A stack that another call used shows nothing of it.
    config.async_stack_zeroing(true);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(CALLS_AT_ONCE)
        .total_core_instances(CALLS_AT_ONCE * prescan::CORE_INSTANCES_MAX)
        .total_memories(CALLS_AT_ONCE * prescan::MEMORIES_MAX)
        .total_tables(CALLS_AT_ONCE * prescan::TABLES_MAX)
        .total_stacks(CALLS_AT_ONCE)
        .total_gc_heaps(0)
        .max_core_instances_per_component(prescan::CORE_INSTANCES_MAX)
        .max_memories_per_component(prescan::MEMORIES_MAX)
        .max_tables_per_component(prescan::TABLES_MAX)
        .max_memories_per_module(1)
        .max_tables_per_module(prescan::TABLES_PER_MODULE_MAX)
        .table_elements(prescan::TABLE_ELEMENTS_MAX as usize)
        .max_core_instance_size(1 << 20)
        .max_component_instance_size(1 << 20)
        .linear_memory_keep_resident(MEMORY_KEPT_BYTES)
        .table_keep_resident(16 << 10)
        .async_stack_keep_resident(64 << 10)
        .pagemap_scan(Enabled::Auto);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}

/// Proposals that no skill's language needs are off: each is code of the compiler and the
/// runtime that a hostile component could reach. Reference types and extended const stay,
/// because components from Python need them.
fn wasm_features(config: &mut Config) {
    let off = WasmFeatures::THREADS
        | WasmFeatures::EXCEPTIONS
        | WasmFeatures::GC
        | WasmFeatures::FUNCTION_REFERENCES
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::RELAXED_SIMD
        | WasmFeatures::MEMORY64
        | WasmFeatures::WIDE_ARITHMETIC
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::SHARED_EVERYTHING_THREADS
        | WasmFeatures::STACK_SWITCHING
        | WasmFeatures::CUSTOM_PAGE_SIZES;
    config.wasm_features(off, false);
    config
        .wasm_reference_types(true)
        .wasm_extended_const(true)
        // No heap of wasmtime's own: what is left of reference types is tables of functions.
        .gc_support(false)
        .shared_memory(false);
}
