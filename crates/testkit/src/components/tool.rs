//! A small, valid skill around the instructions of its `call`.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::interface::{Canon, Interface};

/// A skill in the making: one core module with the attack, and one with memory and realloc.
///
/// The attack's instructions can use the parameters `$tool`, `$tool_len`, `$arguments`,
/// `$arguments_len` and `$time_left`, the locals `$i`, `$n` (i32) and `$x`, `$y` (i64), every
/// function of the [`Interface`]s that are imported, and these, whose result is the pointer
/// that `call` has to leave on the stack:
///
/// - `(call $ok)` answers `{"ok":true}`;
/// - `(call $number (i64))` answers that number;
/// - `(call $answer (pointer) (length))` answers any bytes;
/// - `(call $refuse (pointer) (length))` fails with the code `REFUSED` and that message.
///
/// Memory below 8192 is theirs: a host function's result goes to 768, data from 1024 on.
#[derive(Debug, Clone)]
pub struct Tool {
    interfaces: BTreeSet<Interface>,
    pages: u32,
    realloc: String,
    fields: String,
    call: String,
    post_return: String,
    side: Option<Side>,
}

/// A core module that is instantiated many times, and its one function.
#[derive(Debug, Clone)]
struct Side {
    copies: u32,
    fields: String,
    signature: String,
}

/// Gives out memory from 8192 up, and grows it where it ends.
const BUMP: &str = r"
    (local $at i32)
    (local.set $at (i32.and
      (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.set $top (i32.add (local.get $at) (local.get $len)))
    (block $fits
      (br_if $fits (i64.le_u (i64.extend_i32_u (global.get $top))
        (i64.shl (i64.extend_i32_u (memory.size)) (i64.const 16))))
      (br_if $fits (i32.ne (i32.const -1)
        (memory.grow (i32.add (i32.const 1) (i32.shr_u (local.get $len) (i32.const 16))))))
      (unreachable))
    (local.get $at)";

/// Always the same place, so that a loop of host calls needs no memory.
const FIXED: &str = "(i32.const 8192)";

const ANSWERS: &str = r#"
    (data (i32.const 512) "{\"ok\":true}REFUSED")
    (func $answer (param $at i32) (param $len i32) (result i32)
      (i32.store8 (i32.const 16) (i32.const 0))
      (i32.store (i32.const 24) (local.get $at))
      (i32.store (i32.const 28) (local.get $len))
      (i32.const 16))
    (func $ok (result i32) (call $answer (i32.const 512) (i32.const 11)))
    (func $number (param $value i64) (result i32)
      (local $at i32)
      (local.set $at (i32.const 160))
      (loop $digits
        (local.set $at (i32.sub (local.get $at) (i32.const 1)))
        (i32.store8 (local.get $at) (i32.add (i32.const 48)
          (i32.wrap_i64 (i64.rem_u (local.get $value) (i64.const 10)))))
        (local.set $value (i64.div_u (local.get $value) (i64.const 10)))
        (br_if $digits (i64.ne (local.get $value) (i64.const 0))))
      (call $answer (local.get $at) (i32.sub (i32.const 160) (local.get $at))))
    (func $refuse (param $at i32) (param $len i32) (result i32)
      (i32.store8 (i32.const 16) (i32.const 1))
      (i32.store (i32.const 24) (i32.const 523))
      (i32.store (i32.const 28) (i32.const 7))
      (i32.store (i32.const 32) (local.get $at))
      (i32.store (i32.const 36) (local.get $len))
      (i32.store8 (i32.const 40) (i32.const 0))
      (i32.store8 (i32.const 56) (i32.const 0))
      (i32.const 16))
"#;

/// How `call` of `hotcell:skill/tools` looks from inside: its strings are pointer and length.
const CALL_PARAMETERS: &str = "(param $tool i32) (param $tool_len i32) (param $arguments i32) \
(param $arguments_len i32) (param i32 i32 i32 i32 i32 i32 i32 i32) (param $time_left i64)";

/// The export, with its types: an instance of a component that gives them their names.
const EXPORT: &str = r#"
(component $Tools
  (type $context' (record (field "invocation-id" string) (field "correlation-id" string)
    (field "idempotency-key" (option string)) (field "attempt" u32)
    (field "time-left-ms" u64)))
  (import "context" (type $context (eq $context')))
  (type $retry' (variant (case "never") (case "same-key") (case "after-ms" u64)))
  (import "retry" (type $retry (eq $retry')))
  (type $failure' (record (field "code" string) (field "message" string)
    (field "retry" $retry) (field "details" (option string))))
  (import "failure" (type $failure (eq $failure')))
  (import "call" (func $call (param "tool" string) (param "arguments" string)
    (param "context" $context) (result (result string (error $failure)))))
  (export $context-out "context" (type $context))
  (export $retry-out "retry" (type $retry))
  (type $failure-out' (record (field "code" string) (field "message" string)
    (field "retry" $retry-out) (field "details" (option string))))
  (export $failure-out "failure" (type $failure-out'))
  (export "call" (func $call) (func (param "tool" string) (param "arguments" string)
    (param "context" $context-out) (result (result string (error $failure-out))))))
(instance $tools (instantiate $Tools
  (with "context" (type $context))
  (with "retry" (type $retry))
  (with "failure" (type $failure))
  (with "call" (func $call))))
(export "hotcell:skill/tools@0.1.0" (instance $tools))
"#;

const LIFT: &str = r#"
(type $context (record (field "invocation-id" string) (field "correlation-id" string)
  (field "idempotency-key" (option string)) (field "attempt" u32) (field "time-left-ms" u64)))
(type $retry (variant (case "never") (case "same-key") (case "after-ms" u64)))
(type $failure (record (field "code" string) (field "message" string)
  (field "retry" $retry) (field "details" (option string))))
(func $call (param "tool" string) (param "arguments" string) (param "context" $context)
  (result (result string (error $failure)))
  (canon lift (core func $main "call") (memory $memory) (realloc $realloc)
    (post-return (func $main "post-return"))))
"#;

/// A module with the exports that a skill's must have, and its instance.
pub(super) const STAND_IN: &str = r#"
(core module $Main
  (func (export "call") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64) (result i32)
    (unreachable))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32) (unreachable))
  (func (export "post-return") (param i32))
  (memory (export "memory") 1))
(core instance $main (instantiate $Main))
(alias core export $main "memory" (core memory $memory))
(alias core export $main "realloc" (core func $realloc))
"#;

impl Tool {
    /// Starts from the instructions of `call`.
    pub fn new(call: impl Into<String>) -> Tool {
        Tool {
            interfaces: BTreeSet::new(),
            pages: 2,
            realloc: BUMP.to_owned(),
            fields: String::new(),
            call: call.into(),
            post_return: String::new(),
            side: None,
        }
    }

    /// Imports an interface and those that it needs; its functions can be called.
    #[must_use]
    pub fn import(mut self, interface: Interface) -> Tool {
        let mut open = vec![interface];
        while let Some(interface) = open.pop() {
            self.interfaces.insert(interface);
            open.extend(interface.needs());
        }
        self
    }

    /// Adds functions, globals, data or a start function to the module of the attack.
    #[must_use]
    pub fn fields(mut self, text: impl AsRef<str>) -> Tool {
        self.fields.push_str(text.as_ref());
        self
    }

    /// Sets how many pages of 64 KiB its memory has from the start; 2 without this.
    #[must_use]
    pub fn pages(mut self, pages: u32) -> Tool {
        self.pages = pages;
        self
    }

    /// Sets the instructions of `realloc`: `$old`, `$old_len`, `$align` and `$len` lead to
    /// an address. Without this it gives out fresh memory.
    #[must_use]
    pub fn realloc(mut self, text: impl Into<String>) -> Tool {
        self.realloc = text.into();
        self
    }

    /// Makes `realloc` give out the same 64 KiB again and again.
    #[must_use]
    pub fn realloc_in_one_place(self) -> Tool {
        self.realloc(FIXED)
    }

    /// Sets the instructions that run after the host has read the answer.
    #[must_use]
    pub fn post_return(mut self, text: impl Into<String>) -> Tool {
        self.post_return = text.into();
        self
    }

    /// Adds a core module of these fields, instantiated `copies` times. It exports the
    /// function `side`; the attack calls them by `$side0`, `$side1` and so on.
    #[must_use]
    pub fn beside(mut self, copies: u32, fields: &str, signature: &str) -> Tool {
        self.side = Some(Side {
            copies,
            fields: fields.to_owned(),
            signature: signature.to_owned(),
        });
        self
    }

    /// Returns the component as text.
    pub fn to_text(&self) -> String {
        let mut text = "(component\n".to_owned();
        for interface in &self.interfaces {
            text.push_str(interface.import());
        }
        self.libc(&mut text);
        self.lowered(&mut text);
        self.side_instances(&mut text);
        self.main_module(&mut text);
        self.main_instance(&mut text);
        text.push_str(LIFT);
        text.push_str(EXPORT);
        text.push_str(")\n");
        text
    }

    /// Returns the component.
    ///
    /// # Panics
    ///
    /// Panics where the text of the attack is wrong.
    pub fn to_bytes(&self) -> Vec<u8> {
        super::bytes::from_text(&self.to_text())
    }

    /// Returns a skill whose one core module is `module`, in binary form. It has to export
    /// `call`, `realloc`, `post-return` and `memory`, with the types that [`STAND_IN`] has.
    pub(super) fn around(module: &[u8]) -> Vec<u8> {
        let text = format!("(component {STAND_IN} {LIFT} {EXPORT})");
        super::bytes::with_first_module(&super::bytes::from_text(&text), module)
    }

    fn libc(&self, text: &mut String) {
        let (pages, realloc) = (self.pages, &self.realloc);
        push(
            text,
            format_args!(
                r#"
(core module $Libc
  (memory (export "memory") {pages})
  (global $top (mut i32) (i32.const 8192))
  (func (export "realloc")
    (param $old i32) (param $old_len i32) (param $align i32) (param $len i32) (result i32)
    {realloc}))
(core instance $libc (instantiate $Libc))
(alias core export $libc "memory" (core memory $memory))
(alias core export $libc "realloc" (core func $realloc))
"#
            ),
        );
    }

    fn lowered(&self, text: &mut String) {
        for function in self.functions() {
            let name = function.name;
            let line = match function.canon {
                Canon::Lower(instance, method) => format!(
                    "(core func ${name} (canon lower (func {instance} \"{method}\") \
                     (memory $memory) (realloc $realloc)))\n"
                ),
                Canon::Drop(resource) => {
                    format!("(core func ${name} (canon resource.drop {resource}))\n")
                }
            };
            text.push_str(&line);
        }
    }

    fn side_instances(&self, text: &mut String) {
        let Some(side) = &self.side else { return };
        push(text, format_args!("(core module $Side {})\n", side.fields));
        for copy in 0..side.copies {
            push(
                text,
                format_args!("(core instance $side{copy} (instantiate $Side))\n"),
            );
        }
    }

    fn main_module(&self, text: &mut String) {
        text.push_str("(core module $Main\n(import \"libc\" \"memory\" (memory 0))\n");
        for function in self.functions() {
            let (name, signature) = (function.name, function.signature);
            push(
                text,
                format_args!("(import \"host\" \"{name}\" (func ${name} {signature}))\n"),
            );
        }
        if let Some(side) = &self.side {
            let signature = &side.signature;
            for copy in 0..side.copies {
                push(
                    text,
                    format_args!(
                        "(import \"side{copy}\" \"side\" (func $side{copy} {signature}))\n"
                    ),
                );
            }
        }
        let (fields, call, post_return) = (&self.fields, &self.call, &self.post_return);
        push(
            text,
            format_args!(
                "{ANSWERS}{fields}
(func $call (export \"call\") {CALL_PARAMETERS} (result i32)
  (local $i i32) (local $n i32) (local $x i64) (local $y i64)
  {call})
(func (export \"post-return\") (param i32) {post_return}))\n"
            ),
        );
    }

    fn main_instance(&self, text: &mut String) {
        text.push_str(
            "(core instance $main (instantiate $Main\n(with \"libc\" (instance $libc))\n",
        );
        text.push_str("(with \"host\" (instance\n");
        for function in self.functions() {
            let name = function.name;
            push(text, format_args!("(export \"{name}\" (func ${name}))\n"));
        }
        text.push_str("))\n");
        for copy in 0..self.side.as_ref().map_or(0, |side| side.copies) {
            push(
                text,
                format_args!("(with \"side{copy}\" (instance $side{copy}))\n"),
            );
        }
        text.push_str("))\n");
    }

    fn functions(&self) -> impl Iterator<Item = &'static super::interface::Function> {
        self.interfaces
            .iter()
            .flat_map(|interface| interface.functions())
    }
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments)
        .expect("writing to a string cannot fail");
}
