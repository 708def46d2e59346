//! The overlay in a linker beside the rest of WASI, called by a real component.

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::cli::{WasiCli, WasiCliView};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksView};
use wasmtime_wasi::p2::bindings::{cli, clocks};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_io::IoView;

use super::super::{FilesView, Overlay, add_to_linker};
use super::world::{ROOMY, world};

struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    overlay: Overlay,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl IoView for State {
    fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }
}

fn files(state: &mut State) -> FilesView<'_> {
    FilesView {
        overlay: &mut state.overlay,
        table: &mut state.table,
    }
}

fn linker(engine: &Engine) -> Linker<State> {
    let mut linker = Linker::new(engine);
    let l = &mut linker;
    wasmtime_wasi_io::add_to_linker_async(l).unwrap();
    clocks::wall_clock::add_to_linker::<_, WasiClocks>(l, State::clocks).unwrap();
    clocks::monotonic_clock::add_to_linker::<_, WasiClocks>(l, State::clocks).unwrap();
    cli::environment::add_to_linker::<_, WasiCli>(l, State::cli).unwrap();
    cli::stdin::add_to_linker::<_, WasiCli>(l, State::cli).unwrap();
    cli::stdout::add_to_linker::<_, WasiCli>(l, State::cli).unwrap();
    cli::stderr::add_to_linker::<_, WasiCli>(l, State::cli).unwrap();
    add_to_linker(l, files).unwrap();
    linker
}

/// Returns an engine of the features that are compiled in.
fn engine() -> Engine {
    let mut config = Config::new();
    config.gc_support(false);
    Engine::new(&config).unwrap()
}

/// Asks for its folders, compares each with each, and drops them: how many pairs were of
/// one and the same folder.
const COUNTS_ITS_FOLDERS: &str = r#"
(component
  (import "wasi:filesystem/types@0.2.0" (instance $types
    (export "descriptor" (type $d (sub resource)))
    (export "[method]descriptor.is-same-object"
      (func (param "self" (borrow $d)) (param "other" (borrow $d)) (result bool)))))
  (alias export $types "descriptor" (type $descriptor))
  (import "wasi:filesystem/preopens@0.2.0" (instance $preopens
    (alias outer 1 $descriptor (type $outer))
    (export "descriptor" (type $d (eq $outer)))
    (export "get-directories" (func (result (list (tuple (own $d) string)))))))
  (core module $allocator
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (local.get $at)))
  (core instance $a (instantiate $allocator))
  (core func $directories (canon lower (func $preopens "get-directories")
    (memory $a "memory") (realloc (func $a "realloc"))))
  (core func $same (canon lower (func $types "[method]descriptor.is-same-object")))
  (core func $drop (canon resource.drop $descriptor))
  (core module $main
    (import "wasi" "memory" (memory 1))
    (import "wasi" "directories" (func $directories (param i32)))
    (import "wasi" "same" (func $same (param i32 i32) (result i32)))
    (import "wasi" "drop" (func $drop (param i32)))
    (func $handle (param $i i32) (result i32)
      (i32.load (i32.add (i32.load (i32.const 0)) (i32.mul (local.get $i) (i32.const 12)))))
    (func (export "run") (result i32)
      (local $i i32) (local $j i32) (local $count i32)
      (call $directories (i32.const 0))
      (loop $rows
        (local.set $j (i32.const 0))
        (loop $columns
          (local.set $count (i32.add (local.get $count)
            (call $same (call $handle (local.get $i)) (call $handle (local.get $j)))))
          (local.set $j (i32.add (local.get $j) (i32.const 1)))
          (br_if $columns (i32.lt_u (local.get $j) (i32.load (i32.const 4)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $rows (i32.lt_u (local.get $i) (i32.load (i32.const 4)))))
      (loop $drops
        (local.set $i (i32.sub (local.get $i) (i32.const 1)))
        (call $drop (call $handle (local.get $i)))
        (br_if $drops (local.get $i)))
      (local.get $count)))
  (core instance $m (instantiate $main (with "wasi" (instance
    (export "memory" (memory $a "memory"))
    (export "directories" (func $directories))
    (export "same" (func $same))
    (export "drop" (func $drop))))))
  (func (export "run") (result u32) (canon lift (core func $m "run"))))
"#;

#[tokio::test(flavor = "current_thread")]
async fn a_component_holds_and_drops_its_folders() {
    let engine = engine();
    let binary = wat::parse_str(COUNTS_ITS_FOLDERS).unwrap();
    let component = Component::from_binary(&engine, &binary).unwrap();
    let state = State {
        wasi: WasiCtx::builder().build(),
        table: ResourceTable::new(),
        overlay: world(ROOMY).overlay,
    };
    let mut store = Store::new(&engine, state);
    let linker = linker(&engine);
    let instance = linker
        .instantiate_async(&mut store, &component)
        .await
        .unwrap();
    let run = instance
        .get_typed_func::<(), (u32,)>(&mut store, "run")
        .unwrap();
    assert_eq!(run.call_async(&mut store, ()).await.unwrap(), (4,));
    assert!(
        store.data().table.is_empty(),
        "dropped by the guest, gone from the table"
    );
}
