//! Skills that die by their own hand.

use super::{Interface, Tool};

/// Reaches `unreachable`, as a panic does.
pub fn unreachable() -> Tool {
    Tool::new("(unreachable)")
}

/// Divides by zero.
pub fn division_by_zero() -> Tool {
    Tool::new("(drop (i32.div_u (i32.const 1) (local.get $i))) (call $ok)")
}

/// Loads from past the end of its memory.
pub fn load_out_of_bounds() -> Tool {
    Tool::new("(drop (i32.load (i32.const -4))) (call $ok)")
}

/// Calls through a table that has nothing in it.
pub fn empty_table_call() -> Tool {
    Tool::new("(call_indirect (local.get $i)) (call $ok)").fields("(table 1 funcref)")
}

/// Ends its process: `status` 0 is success, 1 is not.
pub fn exit(status: u32) -> Tool {
    Tool::new(format!("(call $exit (i32.const {status})) (call $ok)")).import(Interface::Exit)
}
