//! From a package to a skill that is ready for calls.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use hotcell_package::{FileTree, Package, printable};
use hotcell_sandbox::compile::CompileError;
use hotcell_sandbox::prescan::{Rejection, TOOLS_EXPORT};
use hotcell_sandbox::{PrepareError, Prepared, ReadTree};

use crate::Host;

/// A package whose component is compiled and linked.
pub struct Skill {
    pub(crate) package: Package,
    pub(crate) prepared: Prepared,
    pub(crate) tree: Arc<ReadTree>,
    pub(crate) settings: Arc<BTreeMap<String, String>>,
}

impl Skill {
    /// Returns the package.
    pub fn package(&self) -> &Package {
        &self.package
    }
}

impl Host {
    /// Makes `package` ready for calls: from the cache of compiled code where it is there,
    /// else by compiling it, which takes a fifth of a second for Rust and some ten seconds
    /// for JavaScript and Python.
    ///
    /// # Errors
    ///
    /// Returns why its component cannot be run.
    pub async fn load(&self, package: Package) -> Result<Arc<Skill>, LoadError> {
        let prepared = self.options.sandbox.prepare(package.component()).await?;
        let tree = Arc::new(read_tree(&package.files));
        let manifest = &package.manifest;
        let operator = self.options.operator.as_ref();
        let set = operator.and_then(|operator| operator.config.settings.get(&package.name));
        let settings = manifest
            .config
            .iter()
            .filter_map(|ask| {
                let set = set.and_then(|set| set.get(&ask.key));
                Some((ask.key.clone(), set.or(ask.default.as_ref())?.clone()))
            })
            .collect();
        Ok(Arc::new(Skill {
            prepared,
            tree,
            settings: Arc::new(settings),
            package,
        }))
    }
}

/// Returns `files` as a guest sees them.
pub(crate) fn read_tree(files: &FileTree) -> ReadTree {
    ReadTree::new(files.iter().map(|(path, bytes)| (path, Arc::clone(bytes))))
        .expect("paths of a file tree have passed a stricter list")
}

/// Why a skill cannot be loaded.
#[derive(Debug)]
pub enum LoadError {
    /// Its component is at fault: a stable code, what is wrong, and the mend.
    Component {
        /// A stable snake_case code.
        code: &'static str,
        /// What is wrong; control characters are escaped.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// Compiling it took more than is allowed: of what, in words.
    CompileLimit(&'static str),
    /// A fault of the host or its machine.
    Fault(String),
}

impl From<PrepareError> for LoadError {
    fn from(error: PrepareError) -> LoadError {
        match error {
            PrepareError::Rejected(rejection) => rejected(rejection),
            PrepareError::Compile(CompileError::Invalid(why)) => component(
                "component_invalid",
                format!("skill.wasm is not valid: {}", printable(&why)),
                "build it again with the current tools; threads, exceptions, gc, memory64 and \
                 tail calls are off",
            ),
            PrepareError::Compile(CompileError::Limit(what)) => LoadError::CompileLimit(what),
            PrepareError::Compile(CompileError::Worker(error)) => {
                LoadError::Fault(format!("the compile worker failed: {error}"))
            }
            PrepareError::Unfit(why) => component(
                "component_unfit",
                format!(
                    "skill.wasm does not fit the world of a skill: {}",
                    printable(&why)
                ),
                "build it against wit/skill.wit of this release",
            ),
            PrepareError::Cache(error) => LoadError::Fault(format!(
                "compiled code cannot be kept in {error}; make room there or let this user write it, or \
                     choose another folder (`--cache`)"
            )),
        }
    }
}

fn component(code: &'static str, message: String, hint: &str) -> LoadError {
    LoadError::Component {
        code,
        message,
        hint: hint.to_owned(),
    }
}

fn rejected(rejection: Rejection) -> LoadError {
    match rejection {
        Rejection::Malformed(why) => component(
            "component_malformed",
            format!(
                "skill.wasm is no WebAssembly component: {}",
                printable(&why)
            ),
            "a core module becomes a component by building for wasm32-wasip2",
        ),
        Rejection::TooMuch { what, max } => component(
            "component_too_large",
            format!("skill.wasm has more than {max} {what}"),
            "no honest tool needs that much; split the skill",
        ),
        Rejection::Import(name) => component(
            "component_import",
            format!(
                "skill.wasm imports `{}`, which no host gives",
                printable(&name)
            ),
            "a skill has WASI 0.2 (its sockets refuse), wasi:http, wasi:config and hotcell:skill",
        ),
        Rejection::NoTools => component(
            "component_export",
            format!("skill.wasm does not export `{TOOLS_EXPORT}`"),
            "build it with hotcell-sdk, or against wit/skill.wit",
        ),
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Component { message, .. } => f.write_str(message),
            LoadError::CompileLimit(what) => {
                write!(f, "compiling skill.wasm took more {what} than is allowed")
            }
            LoadError::Fault(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for LoadError {}

impl fmt::Debug for Skill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Skill")
            .field("name", &self.package.name)
            .finish_non_exhaustive()
    }
}
