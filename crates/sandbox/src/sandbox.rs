//! The sandbox: an engine, a linker, compiled components, and room for so many calls.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker};

use crate::bindings::SkillPre;
use crate::cache::{Cache, CodeName};
use crate::call::{Call, Context, Failure, Report};
use crate::compile::{self, CompileError, CompileLimits, Compiler};
use crate::guest::{Guest, linker};
use crate::load::LoadError;
use crate::prescan::{Rejection, TOOLS_EXPORT, prescan};
use crate::run;
use crate::settings::{CALLS_AT_ONCE, EPOCH_TICK_MS, running_config};

/// What a sandbox is made from.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// Where components are compiled.
    pub compiler: Compiler,
    /// How much one compile may use.
    pub compile_limits: CompileLimits,
    /// The folder of compiled code; it is made if it is not there, for this user alone.
    pub cache: PathBuf,
}

/// Runs components. Cheap to clone; one for each process is enough.
#[derive(Clone)]
pub struct Sandbox {
    engine: Engine,
    linker: Arc<Linker<Guest>>,
    cache: Arc<Cache>,
    options: SandboxOptions,
    room: Arc<Semaphore>,
}

/// A component that is compiled, checked and linked: ready for calls. Cheap to clone.
#[derive(Clone)]
pub struct Prepared {
    skill: SkillPre<Guest>,
}

/// Why a component cannot be run.
#[derive(Debug)]
pub enum PrepareError {
    /// The quick scan refused it.
    Rejected(Rejection),
    /// The compiler refused it or ran into a limit.
    Compile(CompileError),
    /// It does not fit the host's world: the text names what does not; untrusted.
    Unfit(String),
    /// The cache folder cannot be used.
    Cache(io::Error),
}

impl Sandbox {
    /// Makes a sandbox. Needs a tokio runtime for its calls, not for this.
    ///
    /// # Errors
    ///
    /// Fails where the engine cannot be made on this machine or the cache cannot be opened.
    pub fn new(options: SandboxOptions) -> io::Result<Sandbox> {
        let engine = Engine::new(&running_config()).map_err(io::Error::other)?;
        let linker = linker(&engine).map_err(io::Error::other)?;
        let cache = Cache::open(&options.cache)?;
        tick(&engine)?;
        Ok(Sandbox {
            engine,
            linker: Arc::new(linker),
            cache: Arc::new(cache),
            options,
            room: Arc::new(Semaphore::new(CALLS_AT_ONCE as usize)),
        })
    }

    /// Makes a component ready: from the cache where its code is there, else by a compile
    /// worker, whose answer is then kept.
    ///
    /// # Errors
    ///
    /// Returns why it cannot be run.
    pub async fn prepare(&self, component: &[u8]) -> Result<Prepared, PrepareError> {
        let name = CodeName::new(&self.engine, component);
        if let Some(cached) = self.cache.load(&self.engine, &name) {
            return self.link(&cached);
        }
        prescan(component).map_err(PrepareError::Rejected)?;
        let store = if compile::may_carry_engine(component) {
            self.cache.engine_store(&self.engine)
        } else {
            Vec::new()
        };
        let SandboxOptions {
            compiler,
            compile_limits,
            ..
        } = &self.options;
        let code = compile::compile(compiler, *compile_limits, component, &store)
            .await
            .map_err(PrepareError::Compile)?;
        self.cache
            .keep(&name, &code)
            .map_err(|error| self.unkept(&error))?;
        let prepared = self.link_kept(&name);
        if prepared.is_err() {
            self.cache.forget(&name);
        }
        prepared
    }

    fn unkept(&self, error: &io::Error) -> PrepareError {
        let place = self.cache.folder().display();
        PrepareError::Cache(io::Error::new(error.kind(), format!("{place}: {error}")))
    }

    /// Links code that has just been kept. What the pool has no place for compiles all the
    /// same, so it is the component that does not fit.
    fn link_kept(&self, name: &CodeName) -> Result<Prepared, PrepareError> {
        match self.cache.load_kept(&self.engine, name) {
            Ok(component) => self.link(&component),
            Err(LoadError::Engine(error)) => Err(PrepareError::Unfit(format!("{error:#}"))),
            Err(LoadError::File(error)) => Err(self.unkept(&error)),
        }
    }

    /// Returns whether [`Sandbox::add_engine`] has added `component`.
    pub fn knows_engine(&self, component: &[u8]) -> bool {
        self.cache.knows_engine(&self.engine, component)
    }

    /// Adds the functions of a language engine to the store that later compiles look into.
    /// `component` must be one that Hotcell itself built: what it holds is used as code for
    /// every skill of that language.
    ///
    /// # Errors
    ///
    /// Returns why it cannot be compiled or kept.
    pub async fn add_engine(&self, component: &[u8]) -> Result<(), PrepareError> {
        let store = self.cache.engine_store(&self.engine);
        let SandboxOptions {
            compiler,
            compile_limits,
            ..
        } = &self.options;
        let filled = compile::fill(compiler, *compile_limits, component, &store)
            .await
            .map_err(PrepareError::Compile)?;
        self.cache
            .keep_engine_store(&self.engine, &filled)
            .and_then(|()| self.cache.note_engine(&self.engine, component))
            .map_err(|error| self.unkept(&error))
    }

    /// Runs one call, once there is room for it. Dropping the future stops the guest.
    pub async fn run(&self, prepared: &Prepared, call: Call) -> Report {
        let _room = tokio::select! {
            biased;
            () = call.cancel.cancelled() => return run::never_begun(),
            room = self.room.acquire() => room.expect("the semaphore is never closed"),
        };
        run::run(&prepared.skill, call).await
    }

    fn link(&self, component: &Component) -> Result<Prepared, PrepareError> {
        let unfit = |error: wasmtime::Error| PrepareError::Unfit(format!("{error:#}"));
        check_tools(&self.engine, component).map_err(unfit)?;
        let pre = self.linker.instantiate_pre(component).map_err(unfit)?;
        Ok(Prepared {
            skill: SkillPre::new(pre).map_err(unfit)?,
        })
    }
}

/// Checks the type of the tools' `call`, which wasmtime itself looks at only when an instance
/// is there: then it would be a failure of each call.
fn check_tools(engine: &Engine, component: &Component) -> wasmtime::Result<()> {
    let exports = component.component_type();
    let tools = match exports
        .get_export(engine, TOOLS_EXPORT)
        .map(|export| export.ty)
    {
        Some(ComponentItem::ComponentInstance(tools)) => tools,
        _ => return Err(wasmtime::format_err!("it does not export {TOOLS_EXPORT}")),
    };
    match tools.get_export(engine, "call").map(|export| export.ty) {
        Some(ComponentItem::ComponentFunc(call)) => call
            .typecheck::<(&str, &str, &Context), (Result<String, Failure>,)>(
                &exports.instance_type(),
            )
            .map_err(|error| error.context(format!("`call` of {TOOLS_EXPORT}"))),
        _ => Err(wasmtime::format_err!("{TOOLS_EXPORT} has no `call`")),
    }
}

/// Starts the thread that makes spinning guests yield; it ends with the engine.
fn tick(engine: &Engine) -> io::Result<()> {
    let engine = engine.weak();
    let ticking = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(Duration::from_millis(EPOCH_TICK_MS));
        }
    };
    std::thread::Builder::new()
        .name("hotcell-epoch".to_owned())
        .spawn(ticking)?;
    Ok(())
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
