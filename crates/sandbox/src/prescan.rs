//! A quick look at a component before anything expensive touches it.
//!
//! One linear pass over the bytes counts what wasmtime has no limit for, and reads the names
//! of imports and exports. It does not validate: the compiler does that, in its own process
//! ([`crate::compile`]), which also holds when this scan is wrong. What the scan earns is a
//! refusal within milliseconds that says what is the matter.

use wasmparser::{
    ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind,
    ComponentTypeRef, Encoding, Instance, Parser, Payload,
};

/// Bytes of a component. The largest honest ones measured: 12 MB (JavaScript), 18 MB (Python).
pub const COMPONENT_BYTES_MAX: usize = 48 << 20;
/// Core modules in a component; Python's has 13.
pub const MODULES_MAX: u32 = 32;
/// Core instances that a component makes in all; also a bound of the pool.
pub const CORE_INSTANCES_MAX: u32 = 48;
/// Linear memories of all core instances together; also a bound of the pool.
pub const MEMORIES_MAX: u32 = 16;
/// Tables of all core instances together; also a bound of the pool.
pub const TABLES_MAX: u32 = 32;
/// Tables of one core module; also a bound of the pool.
pub const TABLES_PER_MODULE_MAX: u32 = 8;
/// Elements that a table begins with; also a bound of the pool, and so of its growth.
pub const TABLE_ELEMENTS_MAX: u64 = 100_000;
/// Nested components, instances of them included.
pub const COMPONENT_INSTANCES_MAX: u64 = 512;
/// Functions of all core modules; Python's has 13,400. A million empty ones took the compiler
/// 5.7 GiB.
pub const FUNCTIONS_MAX: u32 = 60_000;
/// Bytes of one function's body; Python's largest has 427 KB.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// Local variables of one function: 90 KB of them took the compiler 31.7 s.
pub const LOCALS_MAX: u64 = 10_000;
/// Core types of all core modules: 100,000 took the compiler 12 s and 450 MB.
pub const TYPES_MAX: u64 = 20_000;
/// Exports of all core modules. Each function that can be called from outside costs the
/// compiler ten times what it costs otherwise: 50,000 took 15 s and 500 MB.
pub const EXPORTS_MAX: u64 = 20_000;
/// Items of any other kind in all sections together: imports, globals, segments, aliases,
/// canonical functions, start functions, custom sections.
pub const ITEMS_MAX: u32 = 120_000;
/// Types of components, and their parts, together; their checks are not linear.
pub const COMPONENT_TYPES_MAX: u32 = 4_000;

/// The export without which a component is no skill.
pub const TOOLS_EXPORT: &str = "hotcell:skill/tools@0.1.0";

/// The interfaces that a skill may import, without their versions.
const IMPORTS: [&str; 33] = [
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
    // Every function of these refuses: `sockets.rs`.
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
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

/// Checks the size of one function's body, and its local variables.
fn function(body: &wasmparser::FunctionBody<'_>) -> Result<(), Rejection> {
    at_most(
        "bytes in a function",
        body.range().len() as u64,
        BODY_BYTES_MAX as u64,
    )?;
    let mut count = 0_u64;
    for local in body.get_locals_reader().map_err(malformed)? {
        count += u64::from(local.map_err(malformed)?.0);
        at_most("local variables in a function", count, LOCALS_MAX)?;
    }
    Ok(())
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
    functions: u64,
    types: u64,
    exports: u64,
    items: u64,
    component_types: u64,
    /// The most instances that one instantiation of any component seen so far can make.
    largest: Instances,
    exports_tools: bool,
}

/// A component or module that is being read.
#[derive(Default)]
struct Open {
    is_module: bool,
    /// What its instances have in all: those that a component makes, or one of a module.
    instances: Instances,
    /// What an instance of each core module has that it can name, by the module's index.
    modules: Vec<Instances>,
}

#[derive(Clone, Copy, Default)]
struct Instances {
    core: u64,
    component: u64,
    memories: u64,
    tables: u64,
}

impl Scan {
    fn payload(&mut self, payload: Payload<'_>) -> Result<(), Rejection> {
        match payload {
            Payload::Version { encoding, .. } => self.enter(encoding)?,
            Payload::End(_) => self.leave(),
            Payload::CodeSectionEntry(body) => function(&body)?,
            Payload::FunctionSection(section) => {
                self.functions += u64::from(section.count());
                at_most("functions", self.functions, u64::from(FUNCTIONS_MAX))?;
            }
            Payload::TypeSection(section) => {
                self.types += u64::from(section.count());
                at_most("types", self.types, TYPES_MAX)?;
            }
            Payload::ExportSection(section) => {
                self.exports += u64::from(section.count());
                at_most("exports", self.exports, EXPORTS_MAX)?;
            }
            Payload::MemorySection(section) => {
                let memories = u64::from(section.count());
                self.add(Instances {
                    memories,
                    ..Instances::default()
                })?;
            }
            Payload::TableSection(section) => {
                let tables = u64::from(section.count());
                at_most(
                    "tables in a module",
                    tables,
                    u64::from(TABLES_PER_MODULE_MAX),
                )?;
                self.add(Instances {
                    tables,
                    ..Instances::default()
                })?;
                for table in section {
                    let initial = table.map_err(malformed)?.ty.initial;
                    at_most("elements in a table", initial, TABLE_ELEMENTS_MAX)?;
                }
            }
            Payload::InstanceSection(section) => self.core_instances(section)?,
            Payload::ComponentInstanceSection(section) => self.component_instances(section)?,
            Payload::ComponentImportSection(section) => self.imports(section)?,
            Payload::ComponentExportSection(section) => self.exports(section)?,
            Payload::ComponentTypeSection(section) => {
                self.component_types += u64::from(section.count());
                at_most(
                    "component types",
                    self.component_types,
                    u64::from(COMPONENT_TYPES_MAX),
                )?;
            }
            Payload::ComponentAliasSection(section) => {
                self.items(section.count())?;
                for alias in section {
                    self.alias(&alias.map_err(malformed)?)?;
                }
            }
            other => self.items(item_count(&other))?,
        }
        Ok(())
    }

    fn imports(
        &mut self,
        section: wasmparser::ComponentImportSectionReader<'_>,
    ) -> Result<(), Rejection> {
        self.items(section.count())?;
        for import in section {
            let import = import.map_err(malformed)?;
            if let ComponentTypeRef::Component(_) | ComponentTypeRef::Module(_) = import.ty {
                return Err(HANDED_OVER);
            }
            self.import(import.name.name)?;
        }
        Ok(())
    }

    fn exports(
        &mut self,
        section: wasmparser::ComponentExportSectionReader<'_>,
    ) -> Result<(), Rejection> {
        for export in section {
            let export = export.map_err(malformed)?;
            let is_tools =
                export.name.name == TOOLS_EXPORT && export.kind == ComponentExternalKind::Instance;
            self.exports_tools |= is_tools && self.open.len() == 1;
            // An exported module has a second index from here on.
            if export.kind == ComponentExternalKind::Module {
                self.name_module(0, export.index);
            }
        }
        Ok(())
    }

    fn alias(&mut self, alias: &ComponentAlias<'_>) -> Result<(), Rejection> {
        match *alias {
            ComponentAlias::InstanceExport {
                kind: ComponentExternalKind::Component | ComponentExternalKind::Module,
                ..
            } => Err(HANDED_OVER),
            ComponentAlias::Outer {
                kind: ComponentOuterAliasKind::CoreModule,
                count,
                index,
            } => {
                self.name_module(count, index);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Gives the component that is being read a new index for the module that has `index` in
    /// the component `outward` levels around it. One that is not there is for the compiler to
    /// refuse.
    fn name_module(&mut self, outward: u32, index: u32) {
        let level = self.open.len().checked_sub(outward as usize + 1);
        let named = level.and_then(|level| self.open[level].modules.get(index as usize).copied());
        if let Some(open) = self.open.last_mut() {
            open.modules.push(named.unwrap_or_default());
        }
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
        if closed.is_module {
            if let Some(around) = self.open.last_mut() {
                around.modules.push(closed.instances);
            }
            return;
        }
        let (largest, made) = (&mut self.largest, closed.instances);
        largest.core = largest.core.max(made.core);
        largest.component = largest.component.max(made.component);
        largest.memories = largest.memories.max(made.memories);
        largest.tables = largest.tables.max(made.tables);
    }

    fn core_instances(
        &mut self,
        section: wasmparser::InstanceSectionReader<'_>,
    ) -> Result<(), Rejection> {
        self.items(section.count())?;
        for instance in section {
            if let Instance::Instantiate { module_index, .. } = instance.map_err(malformed)? {
                let modules = self.open.last().map(|open| open.modules.as_slice());
                let module = modules.and_then(|modules| modules.get(module_index as usize));
                self.add(Instances {
                    core: 1,
                    ..module.copied().unwrap_or_default()
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
                self.add(Instances {
                    component: self.largest.component + 1,
                    ..self.largest
                })?;
            }
        }
        Ok(())
    }

    /// Adds to what is being read; each sum is refused long before it could overflow.
    fn add(&mut self, more: Instances) -> Result<(), Rejection> {
        let Some(open) = self.open.last_mut() else {
            return Ok(());
        };
        let sum = &mut open.instances;
        sum.core += more.core;
        sum.component += more.component;
        sum.memories += more.memories;
        sum.tables += more.tables;
        at_most("core instances", sum.core, u64::from(CORE_INSTANCES_MAX))?;
        at_most(
            "component instances",
            sum.component,
            COMPONENT_INSTANCES_MAX,
        )?;
        at_most("memories", sum.memories, u64::from(MEMORIES_MAX))?;
        at_most("tables", sum.tables, u64::from(TABLES_MAX))
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

/// A component that takes others in and makes instances of them hides how many there will be,
/// as it stands before what it is handed. No language's tools make such components.
const HANDED_OVER: Rejection = Rejection::TooMuch {
    what: "components as arguments",
    max: 0,
};

/// How deep components may stand in one another.
const NESTING_MAX: u64 = 16;

fn item_count(payload: &Payload<'_>) -> u32 {
    match payload {
        Payload::ImportSection(section) => section.count(),
        Payload::GlobalSection(section) => section.count(),
        Payload::ElementSection(section) => section.count(),
        Payload::DataSection(section) => section.count(),
        Payload::TagSection(section) => section.count(),
        Payload::CoreTypeSection(section) => section.count(),
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
            "wasi:sockets/tcp@0.2.0",
        ] {
            assert_eq!(import(name), Ok(()), "{name}");
        }
        for name in [
            "wasi:sockets/tls@0.2.0",
            "wasi:sockets/tcp@0.3.0",
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
