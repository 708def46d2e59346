//! Components that are small to send and large to compile.
//!
//! Some stay below every count of the quick scan on purpose: those are for the worker's own
//! limits. A component of [`of_module`] is no skill; it is for what looks at it before that.

use wasm_encoder::{
    CodeSection, Component, Function, FunctionSection, Module, ModuleSection, RawSection,
    TypeSection,
};

use super::Tool;
use super::bytes::from_text;

/// Each of `levels` components makes two instances of the one before it: 2^`levels` core
/// instances in the end. 15 levels are 631 bytes.
pub fn instances(levels: u32) -> Vec<u8> {
    let mut text = "(component (core module $m)
        (component $c0 (core instance (instantiate $m)))\n"
        .to_owned();
    for level in 1..=levels {
        let twice = format!("(instance (instantiate $c{}))", level - 1).repeat(2);
        text.push_str(&format!("(component $c{level} {twice})\n"));
    }
    text.push_str(&format!("(instance (instantiate $c{levels})))"));
    from_text(&text)
}

/// The same doubling by one component that is handed what it makes two instances of, so that
/// nothing before it tells how many that will be.
pub fn instances_by_argument(levels: u32) -> Vec<u8> {
    let mut text = "(component (core module $m)
        (component $twice (import \"c\" (component $c))
            (instance (instantiate $c)) (instance (instantiate $c)))
        (component $c0 (core instance (instantiate $m)))\n"
        .to_owned();
    for level in 1..=levels {
        let before = level - 1;
        text.push_str(&format!(
            "(component $c{level} (instance (instantiate $twice (with \"c\" (component $c{before})))))\n"
        ));
    }
    text.push_str(&format!("(instance (instantiate $c{levels})))"));
    from_text(&text)
}

/// A skill whose first function has `locals` variables that `loops` nested loops carry
/// around: as many values of the compiler as the product. 8,000 × 10,000 are 80 KB.
pub fn carried_locals(locals: usize, loops: usize) -> Vec<u8> {
    let locals_text = "(local i32)".repeat(locals);
    let change: String = (0..locals)
        .map(|local| format!("local.get {local} i32.const 1 i32.add local.set {local}\n"))
        .collect();
    let open = "loop\n".repeat(loops);
    let close = "local.get 0 br_if 0 end\n".repeat(loops);
    Tool::new("(call $ok)")
        .fields(format!("(func {locals_text} {open} {change} {close})"))
        .to_bytes()
}

/// A function that declares `count` variables and does nothing.
pub fn declared_locals(count: u32) -> Vec<u8> {
    let mut code = CodeSection::new();
    let mut function = Function::new([(count, wasm_encoder::ValType::I32)]);
    function.instructions().end();
    code.function(&function);
    of_module(&module(1, &code))
}

/// A skill of which one function passes 1,000 values through `calls` calls.
pub fn wide_calls(calls: usize) -> Vec<u8> {
    let params = "i32 ".repeat(1_000);
    let load: String = (0..1_000).map(|n| format!("local.get {n}\n")).collect();
    let call = "call $wide\n".repeat(calls);
    let wide = format!("(param {params}) (result {params})");
    Tool::new("(call $ok)")
        .fields(format!(
            "(func $wide {wide} {load}) (func {wide} {load} {call})"
        ))
        .to_bytes()
}

/// `count` empty functions: four bytes each.
pub fn functions(count: u32) -> Vec<u8> {
    let mut code = CodeSection::new();
    let mut empty = Function::new([]);
    empty.instructions().end();
    for _ in 0..count {
        code.function(&empty);
    }
    of_module(&module(count, &code))
}

/// A skill whose instance is large, since each of `count` functions can be called from
/// outside.
pub fn exported_functions(count: usize) -> Vec<u8> {
    let fields: String = (0..count)
        .map(|number| format!("(func (export \"f{number}\"))\n"))
        .collect();
    Tool::new("(call $ok)").fields(fields).to_bytes()
}

/// A skill whose instance is large, since it holds `count` globals.
pub fn globals(count: usize) -> Vec<u8> {
    let global = "(global (mut v128) (v128.const i64x2 1 1))\n";
    Tool::new("(call $ok)")
        .fields(global.repeat(count))
        .to_bytes()
}

/// A skill with `tables` functions that each branch to one of `targets` places.
pub fn branch_tables(tables: usize, targets: usize) -> Vec<u8> {
    let labels = "0 ".repeat(targets);
    let function = format!("(func (param i32) (block local.get 0 br_table {labels}))\n");
    Tool::new("(call $ok)")
        .fields(function.repeat(tables))
        .to_bytes()
}

/// A skill with a function of `depth` blocks in one another.
pub fn nested_blocks(depth: usize) -> Vec<u8> {
    let open = "block\n".repeat(depth);
    let close = "end\n".repeat(depth);
    Tool::new("(call $ok)")
        .fields(format!("(func {open} {close})"))
        .to_bytes()
}

/// A skill with `bytes` of data that it never uses.
pub fn data(bytes: usize) -> Vec<u8> {
    Tool::new("(call $ok)")
        .fields(format!("(data \"{}\")", "d".repeat(bytes)))
        .to_bytes()
}

/// A skill of which a module's memory is initialised at its first and at its last byte: an
/// image of it would be 4 GiB.
pub fn sparse_data() -> Vec<u8> {
    Tool::new("(call $side0) (call $ok)")
        .beside(
            1,
            "(memory 65536) (data (i32.const 0) \"a\") (data (i32.const -1) \"z\")
             (func (export \"side\"))",
            "",
        )
        .to_bytes()
}

/// A skill with `count` different core types.
pub fn core_types(count: u32) -> Vec<u8> {
    let types: String = (0..count)
        .map(|number| {
            let bits = (0..17).map(|bit| {
                if number >> bit & 1 == 0 {
                    " i32"
                } else {
                    " i64"
                }
            });
            format!("(type (func (param{})))\n", bits.collect::<String>())
        })
        .collect();
    Tool::new("(call $ok)").fields(types).to_bytes()
}

/// A type that holds the one before it twice, `levels` times.
pub fn doubling_types(levels: u32) -> Vec<u8> {
    let mut text = "(component (type $t0 (tuple u8 u8))\n".to_owned();
    for level in 1..=levels {
        let before = level - 1;
        text.push_str(&format!("(type $t{level} (tuple $t{before} $t{before}))\n"));
    }
    text.push_str(&format!(
        "(import \"wasi:io/poll@0.2.0\" (instance (export \"poll\" (func (param \"in\" $t{levels}))))))"
    ));
    from_text(&text)
}

/// A skill with `count` functions that one component calls in another, each with an adapter
/// that copies lists of lists of `depth` levels from memory to memory.
pub fn adapters(count: usize, depth: usize) -> Vec<u8> {
    let list = format!("{}string{}", "(list ".repeat(depth), ")".repeat(depth));
    let mut inner = String::new();
    let mut outer = String::new();
    let mut with = String::new();
    for number in 0..count {
        inner.push_str(&format!(
            "(func (export \"f{number}\") (param \"a\" {list})
               (canon lift (core func $i \"f\") (memory $i \"memory\") (realloc (func $i \"realloc\"))))\n"
        ));
        outer.push_str(&format!(
            "(import \"f{number}\" (func $f{number} (param \"a\" {list})))
             (core func (canon lower (func $f{number}) (memory $i \"memory\")
               (realloc (func $i \"realloc\"))))\n"
        ));
        with.push_str(&format!(
            "(with \"f{number}\" (func $callee \"f{number}\"))\n"
        ));
    }
    let module = "(core module $m (memory (export \"memory\") 1)
        (func (export \"f\") (param i32 i32))
        (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) i32.const 0))
        (core instance $i (instantiate $m))";
    let pair = format!(
        "(component $Callee {module} {inner})
         (component $Caller {module} {outer})
         (instance $callee (instantiate $Callee))
         (instance (instantiate $Caller {with}))"
    );
    let skill = Tool::new("(call $ok)").to_text();
    from_text(&skill.replacen("(component", &format!("(component {pair}"), 1))
}

/// Components in one another, `depth` deep.
pub fn nested_components(depth: usize) -> Vec<u8> {
    let mut bytes = Component::new().finish();
    for _ in 0..depth {
        let mut outer = Component::new();
        outer.section(&RawSection {
            id: 4,
            data: &bytes,
        });
        bytes = outer.finish();
    }
    bytes
}

/// Returns a component that only holds a core module.
pub fn of_module(module: &Module) -> Vec<u8> {
    let mut component = Component::new();
    component.section(&ModuleSection(module));
    component.finish()
}

fn module(functions: u32, code: &CodeSection) -> Module {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut declared = FunctionSection::new();
    for _ in 0..functions {
        declared.function(0);
    }
    let mut module = Module::new();
    module.section(&types).section(&declared).section(code);
    module
}
