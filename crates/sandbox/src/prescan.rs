//! A quick look at a component before anything expensive touches it.
//!
//! One linear pass over the bytes counts what wasmtime has no limit for, and reads the names
//! of imports and exports. It does not validate: the compiler does that, in its own process
//! ([`crate::compile`]), which also holds when this scan is wrong. What the scan earns is a
//! refusal within milliseconds that says what is the matter.

use wasmparser::{ComponentExternalKind, ComponentInstance, Encoding, Instance, Parser, Payload};

/// Bytes of a component. The largest honest ones measured: 12 MB (JavaScript), 18 MB (Python).
pub const COMPONENT_BYTES_MAX: usize = 48 << 20;
/// Core modules in a component; Python's has 13.
pub const MODULES_MAX: u32 = 32;
/// Core instances that a component makes in all; also a bound of the pool.
pub const CORE_INSTANCES_MAX: u32 = 48;
/// Linear memories of a component; also a bound of the pool.
pub const MEMORIES_MAX: u32 = 16;
/// Tables of a component; also a bound of the pool.
pub const TABLES_MAX: u32 = 32;
/// Tables of one core module; also a bound of the pool.
pub const TABLES_PER_MODULE_MAX: u32 = 8;
/// Nested components, instances of them included.
pub const COMPONENT_INSTANCES_MAX: u64 = 512;
/// Functions of all core modules; Python's has 13,400. A million empty ones took the compiler
/// 5.7 GiB.
pub const FUNCTIONS_MAX: u32 = 60_000;
/// Bytes of one function's body; Python's largest has 427 KB.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// Local variables of one function: 90 KB of them took the compiler 31.7 s.
pub const LOCALS_MAX: u64 = 10_000;
/// Items of any one kind in all sections together: types, imports, exports, globals,
/// segments, aliases, canonical functions, start functions, custom sections.
pub const ITEMS_MAX: u32 = 120_000;
/// Types of components, and their parts, together; their checks are not linear.
pub const COMPONENT_TYPES_MAX: u32 = 4_000;

/// The export without which a component is no skill.
pub const TOOLS_EXPORT: &str = "hotcell:skill/tools@0.1.0";

/// The interfaces that a skill may import, without their versions.
const IMPORTS: [&str; 26] = [
    "hotcell:skill/checkpoint",
    "hotcell:skill/credentials",
    "hotcell:skill/progress",
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:config/store",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
];

/// Why a component is refused before it is compiled. The text may quote names from the
/// component: untrusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The bytes are not a component, or are broken.
    Malformed(String),
    /// It holds more of something than is allowed.
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        max: u64,
    },
    /// It imports something that no host gives.
    Import(String),
    /// It does not export [`TOOLS_EXPORT`].
    NoTools,
}

/// Scans `component`.
///
/// # Errors
///
/// Returns the first thing that is wrong with it.
pub fn prescan(component: &[u8]) -> Result<(), Rejection> {
    at_most("bytes", component.len() as u64, COMPONENT_BYTES_MAX as u64)?;
    let mut scan = Scan::default();
    for payload in Parser::new(0).parse_all(component) {
        scan.payload(payload.map_err(malformed)?)?;
    }
    if scan.exports_tools {
        Ok(())
    } else {
        Err(Rejection::NoTools)
    }
}

fn malformed(error: wasmparser::BinaryReaderError) -> Rejection {
    Rejection::Malformed(error.to_string())
}

fn at_most(what: &'static str, count: u64, max: u64) -> Result<(), Rejection> {
    if count > max {
        Err(Rejection::TooMuch { what, max })
    } else {
        Ok(())
    }
}

/// What has been counted so far, and where the parser stands.
#[derive(Default)]
struct Scan {
    /// One entry for each component or module that the parser is inside of.
    open: Vec<Open>,
    modules: u32,
    memories: u64,
    tables: u64,
    functions: u64,
    items: u64,
    component_types: u64,
    /// The most instances that one instantiation of any component seen so far can make.
    largest: Instances,
    exports_tools: bool,
}

/// A component that is being read, and the instances that it makes itself.
#[derive(Default)]
struct Open {
    is_module: bool,
    instances: Instances,
}

#[derive(Clone, Copy, Default)]
struct Instances {
    core: u64,
    component: u64,
}

impl Scan {
    fn payload(&mut self, payload: Payload<'_>) -> Result<(), Rejection> {
        match payload {
            Payload::Version { encoding, .. } => self.enter(encoding)?,
            Payload::End(_) => self.leave(),
            Payload::CodeSectionEntry(body) => {
                at_most(
                    "bytes in a function",
                    body.range().len() as u64,
                    BODY_BYTES_MAX as u64,
                )?;
                let locals = body.get_locals_reader().map_err(malformed)?;
                let mut count = 0_u64;
                for local in locals {
                    count += u64::from(local.map_err(malformed)?.0);
                    at_most("local variables in a function", count, LOCALS_MAX)?;
                }
            }
            Payload::FunctionSection(section) => {
                self.functions += u64::from(section.count());
                at_most("functions", self.functions, u64::from(FUNCTIONS_MAX))?;
            }
            Payload::MemorySection(section) => {
                self.memories += u64::from(section.count());
                at_most("memories", self.memories, u64::from(MEMORIES_MAX))?;
            }
            Payload::TableSection(section) => {
                self.tables += u64::from(section.count());
                at_most("tables", self.tables, u64::from(TABLES_MAX))?;
            }
            Payload::InstanceSection(section) => self.core_instances(section)?,
            Payload::ComponentInstanceSection(section) => self.component_instances(section)?,
            Payload::ComponentImportSection(section) => {
                self.items(section.count())?;
                for import in section {
                    self.import(import.map_err(malformed)?.name.name)?;
                }
            }
            Payload::ComponentExportSection(section) => {
                self.items(section.count())?;
                for export in section {
                    let export = export.map_err(malformed)?;
                    let is_tools = export.name.name == TOOLS_EXPORT
                        && export.kind == ComponentExternalKind::Instance;
                    self.exports_tools |= is_tools && self.open.len() == 1;
                }
            }
            Payload::ComponentTypeSection(section) => {
                self.component_types += u64::from(section.count());
                at_most(
                    "component types",
                    self.component_types,
                    u64::from(COMPONENT_TYPES_MAX),
                )?;
            }
            other => self.items(item_count(&other))?,
        }
        Ok(())
    }

    fn enter(&mut self, encoding: Encoding) -> Result<(), Rejection> {
        let is_module = encoding == Encoding::Module;
        if self.open.is_empty() && is_module {
            return Err(Rejection::Malformed(
                "it is a core module, not a component".to_owned(),
            ));
        }
        self.modules += u32::from(is_module);
        at_most(
            "core modules",
            u64::from(self.modules),
            u64::from(MODULES_MAX),
        )?;
        self.open.push(Open {
            is_module,
            ..Open::default()
        });
        at_most("levels of nesting", self.open.len() as u64, NESTING_MAX)
    }

    fn leave(&mut self) {
        let Some(closed) = self.open.pop() else {
            return;
        };
        if !closed.is_module {
            self.largest.core = self.largest.core.max(closed.instances.core);
            self.largest.component = self.largest.component.max(closed.instances.component);
        }
    }

    fn core_instances(
        &mut self,
        section: wasmparser::InstanceSectionReader<'_>,
    ) -> Result<(), Rejection> {
        self.items(section.count())?;
        for instance in section {
            if let Instance::Instantiate { .. } = instance.map_err(malformed)? {
                self.made(Instances {
                    core: 1,
                    component: 0,
                })?;
            }
        }
        Ok(())
    }

    /// A component may instantiate any other that stands before it, so each instantiation
    /// counts as the largest one: an upper bound that chains of doubling cannot hide from.
    fn component_instances(
        &mut self,
        section: wasmparser::ComponentInstanceSectionReader<'_>,
    ) -> Result<(), Rejection> {
        self.items(section.count())?;
        for instance in section {
            if let ComponentInstance::Instantiate { .. } = instance.map_err(malformed)? {
                self.made(Instances {
                    core: self.largest.core,
                    component: self.largest.component + 1,
                })?;
            }
        }
        Ok(())
    }

    fn made(&mut self, instances: Instances) -> Result<(), Rejection> {
        let Some(open) = self.open.last_mut() else {
            return Ok(());
        };
        open.instances.core += instances.core;
        open.instances.component += instances.component;
        let made = open.instances;
        at_most("core instances", made.core, u64::from(CORE_INSTANCES_MAX))?;
        at_most(
            "component instances",
            made.component,
            COMPONENT_INSTANCES_MAX,
        )
    }

    fn import(&self, name: &str) -> Result<(), Rejection> {
        if self.open.len() > 1 {
            return Ok(());
        }
        let (interface, version) = name.split_once('@').unwrap_or((name, ""));
        let version_fits = match interface.split_once(':') {
            Some(("hotcell", _)) => version == "0.1.0",
            Some(("wasi", rest)) if rest.starts_with("config/") => version == "0.2.0-rc.1",
            Some(("wasi", _)) => version.starts_with("0.2."),
            _ => false,
        };
        if version_fits && IMPORTS.contains(&interface) {
            return Ok(());
        }
        Err(Rejection::Import(name.to_owned()))
    }

    fn items(&mut self, count: u32) -> Result<(), Rejection> {
        self.items += u64::from(count);
        at_most("items", self.items, u64::from(ITEMS_MAX))
    }
}

/// How deep components may stand in one another.
const NESTING_MAX: u64 = 16;

fn item_count(payload: &Payload<'_>) -> u32 {
    match payload {
        Payload::TypeSection(section) => section.count(),
        Payload::ImportSection(section) => section.count(),
        Payload::ExportSection(section) => section.count(),
        Payload::GlobalSection(section) => section.count(),
        Payload::ElementSection(section) => section.count(),
        Payload::DataSection(section) => section.count(),
        Payload::TagSection(section) => section.count(),
        Payload::CoreTypeSection(section) => section.count(),
        Payload::ComponentAliasSection(section) => section.count(),
        Payload::ComponentCanonicalSection(section) => section.count(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn import(name: &str) -> Result<(), Rejection> {
        Scan {
            open: vec![Open::default()],
            ..Scan::default()
        }
        .import(name)
    }

    #[test]
    fn imports_are_known_interfaces_of_known_versions() {
        for name in [
            "wasi:io/streams@0.2.0",
            "wasi:http/outgoing-handler@0.2.12",
            "wasi:config/store@0.2.0-rc.1",
            "hotcell:skill/progress@0.1.0",
        ] {
            assert_eq!(import(name), Ok(()), "{name}");
        }
        for name in [
            "wasi:sockets/tcp@0.2.0",
            "wasi:io/streams@0.3.0",
            "wasi:io/streams",
            "hotcell:skill/progress@0.2.0",
            "evil:host/exec@0.2.0",
            "run",
        ] {
            assert_eq!(import(name), Err(Rejection::Import(name.to_owned())));
        }
    }

    #[test]
    fn what_is_no_component_is_malformed() {
        let module = b"\0asm\x01\0\0\0";
        for bytes in [&module[..], b"PK\x03\x04", b"", b"\0asm"] {
            assert!(
                matches!(prescan(bytes), Err(Rejection::Malformed(_))),
                "{bytes:?}"
            );
        }
        assert_eq!(prescan(b"\0asm\x0d\0\x01\0"), Err(Rejection::NoTools));
    }
}
