//! The bare limit: wasmtime with the same settings, a fresh store for each call, all of WASI
//! linked, and none of Hotcell around it.

use hotcell_policy::Limits;
use hotcell_sandbox::settings::running_config;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

use crate::Result;
use crate::house::{Job, context};

mod bindings {
    #![allow(missing_docs, unreachable_pub)]
    wasmtime::component::bindgen!({
        path: "../wit",
        world: "skill",
        exports: { default: async },
    });
}

use bindings::exports::hotcell::skill::tools::Context;

/// A component that is linked and nothing more.
pub(crate) struct Bare {
    pre: bindings::SkillPre<State>,
    out: tempfile::TempDir,
}

struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Nowhere,
    table: ResourceTable,
}

impl Bare {
    pub(crate) fn new(job: &Job) -> Result<Bare> {
        let engine = Engine::new(&running_config())?;
        let component = Component::new(&engine, &job.component)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
        let pre = bindings::SkillPre::new(linker.instantiate_pre(&component)?)?;
        Ok(Bare {
            pre,
            out: tempfile::tempdir()?,
        })
    }

    /// Runs one call; the guest's `/out` is a real folder, as wasmtime-wasi gives it.
    pub(crate) async fn call(&self, job: &Job) -> Result<String> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.preopened_dir(self.out.path(), "/out", FsPerms::ReadWrite)?;
        let state = State {
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            hooks: Nowhere,
            table: ResourceTable::new(),
        };
        let mut store = Store::new(self.pre.engine(), state);
        store.set_fuel(Limits::STANDARD.fuel)?;
        store.epoch_deadline_async_yield_and_update(1);
        let skill = self.pre.instantiate_async(&mut store).await?;
        let hotcell_sandbox::Context {
            invocation_id,
            correlation_id,
            ..
        } = context();
        let context = Context {
            invocation_id,
            correlation_id,
            idempotency_key: None,
            attempt: 1,
            time_left_ms: Limits::STANDARD.time_ms,
        };
        let tools = skill.hotcell_skill_tools();
        let answer = tools
            .call_call(&mut store, &job.tool, &job.arguments, &context)
            .await?;
        answer.map_err(|failure| format!("the tool failed: {}", failure.message).into())
    }

    /// Removes what a call wrote, so that the next one writes it anew.
    pub(crate) fn clean(&self) -> Result<()> {
        for entry in std::fs::read_dir(self.out.path())? {
            std::fs::remove_file(entry?.path())?;
        }
        Ok(())
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.hooks,
        }
    }
}

/// Sends nothing: no measured tool makes a request.
struct Nowhere;

type Trouble = wasmtime_wasi_http::Error;

impl WasiHttpHooks for Nowhere {
    fn send_request(
        &mut self,
        _request: http::Request<wasmtime_wasi_http::WasiBody>,
        _options: Option<wasmtime_wasi_http::RequestOptions>,
        _trouble: Box<dyn Future<Output = std::result::Result<(), Trouble>> + Send>,
    ) -> Box<
        dyn Future<
                Output = std::result::Result<
                    (
                        http::Response<wasmtime_wasi_http::WasiBody>,
                        Box<dyn Future<Output = std::result::Result<(), Trouble>> + Send>,
                    ),
                    Trouble,
                >,
            > + Send,
    > {
        Box::new(async { Err(Trouble::HttpRequestDenied) })
    }
}
