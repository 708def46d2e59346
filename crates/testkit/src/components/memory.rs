//! Skills that want memory, and those that look for what others left in it.

use super::Tool;

/// Grows its memory by `pages` at a time until it is refused, touches the last byte of each
/// growth, and answers how many pages it has.
pub fn grow(pages: u32) -> Tool {
    Tool::new(format!(
        "(block $refused
           (loop $more
             (br_if $refused (i32.eq (i32.const -1) (memory.grow (i32.const {pages}))))
             (i32.store8 (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 1))
               (i32.const 1))
             (br $more)))
         (call $number (i64.extend_i32_u (memory.size)))"
    ))
}

/// Grows without end, although it is refused.
pub fn grow_forever() -> Tool {
    Tool::new("(loop $forever (drop (memory.grow (i32.const 1))) (br $forever)) (unreachable)")
}

/// Grows the memories of `modules` core modules by turns until each is refused, and answers
/// how many pages they have together.
pub fn grow_in_many(modules: u32) -> Tool {
    let each: String = (0..modules)
        .map(|side| {
            format!("(local.set $x (i64.add (local.get $x) (i64.extend_i32_u (call $side{side}))))")
        })
        .collect();
    Tool::new(format!("{each} (call $number (local.get $x))")).beside(
        modules,
        "(memory 1)
         (func (export \"side\") (result i32)
           (loop $more (br_if $more (i32.ne (i32.const -1) (memory.grow (i32.const 1)))))
           (memory.size))",
        "(result i32)",
    )
}

/// Has `modules` core modules whose memories begin with `pages` each.
pub fn begin_large(modules: u32, pages: u32) -> Tool {
    Tool::new("(call $ok)").beside(
        modules,
        &format!("(memory {pages}) (func (export \"side\"))"),
        "",
    )
}

/// Grows a table until it is refused, and answers how many elements it has.
pub fn grow_table() -> Tool {
    Tool::new(
        "(loop $more
           (br_if $more (i32.ne (i32.const -1)
             (table.grow $t (ref.null func) (i32.const 1000)))))
         (call $number (i64.extend_i32_u (table.size $t)))",
    )
    .fields("(table $t 0 funcref)")
}

/// Has `modules` core modules whose tables begin with `elements` each.
pub fn begin_with_tables(modules: u32, elements: u32) -> Tool {
    Tool::new("(call $ok)").beside(
        modules,
        &format!("(table {elements} funcref) (func (export \"side\"))"),
        "",
    )
}

/// The byte that [`leave_pattern`] writes.
pub const PATTERN: u8 = 0xa5;

/// Grows to `pages` pages, fills all but its first with [`PATTERN`], and leaves a global and
/// a table element behind as well.
pub fn leave_pattern(pages: u32) -> Tool {
    remembering("(call $leave)", pages)
}

/// Grows to `pages` pages and answers how many words of all but its first page are not zero,
/// plus one for a global and one for a table element that are not as they should be.
pub fn scan(pages: u32) -> Tool {
    remembering("(call $scan)", pages)
}

/// Both in one component, so that they share its slots: arguments of one byte leave the
/// pattern, others scan.
pub fn leave_or_scan(pages: u32) -> Tool {
    remembering(
        "(if (result i32) (i32.eq (local.get $arguments_len) (i32.const 1))
           (then (call $leave)) (else (call $scan)))",
        pages,
    )
}

fn remembering(call: &str, pages: u32) -> Tool {
    Tool::new(call).fields(format!(
        "(global $kept (mut i64) (i64.const 0))
         (table $t 4 funcref)
         (elem declare func $call)
         (func $grow
           (drop (memory.grow (i32.sub (i32.const {pages}) (memory.size)))))
         (func $leave (result i32)
           (call $grow)
           (memory.fill (i32.const 65536) (i32.const {PATTERN})
             (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 65536)))
           (global.set $kept (i64.const 1))
           (table.set $t (i32.const 0) (ref.func $call))
           (call $number (i64.extend_i32_u (memory.size))))
         (func $scan (result i32) (local $i i32) (local $n i32) (local $found i64)
           (local.set $found (i64.add (global.get $kept)
             (i64.extend_i32_u (i32.eqz (ref.is_null (table.get $t (i32.const 0)))))))
           (call $grow)
           (local.set $i (i32.const 65536))
           (local.set $n (i32.shl (memory.size) (i32.const 16)))
           (loop $more
             (if (i64.ne (i64.load (local.get $i)) (i64.const 0))
               (then (local.set $found (i64.add (local.get $found) (i64.const 1)))))
             (local.set $i (i32.add (local.get $i) (i32.const 8)))
             (br_if $more (i32.lt_u (local.get $i) (local.get $n))))
           (call $number (local.get $found)))"
    ))
}
