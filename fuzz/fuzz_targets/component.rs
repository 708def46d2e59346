//! Any bytes, any generated component and any generated skill go through the scan, a worker
//! and a run. A panic of the host, a fault of ours, or a limit that was passed is a finding.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use hotcell_policy::Limits;
use hotcell_sandbox::PrepareError;
use hotcell_sandbox::compile::CompileError;
use hotcell_testkit::components::smith;
use hotcell_tests::House;
use hotcell_tests::house::call;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::{Corpus, fuzz_target};
use tokio::runtime::Runtime;

/// The program that is started as a compile worker, unless `HOTCELL_WORKER` names another.
const WORKER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/debug/hotcell");

/// Small in every way, so that a run makes many of them.
const LIMITS: Limits = Limits {
    time_ms: 500,
    fuel: 5_000_000,
    memory_bytes: 8 << 20,
    file_bytes: 1 << 20,
    ..Limits::STANDARD
};

/// What the fuzzer's bytes stand for.
#[derive(Debug, Arbitrary)]
enum Input<'a> {
    Bytes(&'a [u8]),
    Component(&'a [u8]),
    Skill(&'a [u8]),
}

struct Host {
    runtime: Runtime,
    house: House,
}

static HOST: LazyLock<Host> = LazyLock::new(|| {
    let worker = std::env::var("HOTCELL_WORKER").unwrap_or_else(|_| WORKER.to_owned());
    assert!(
        std::path::Path::new(&worker).exists(),
        "{worker} is not there: run `cargo build -p hotcell-cli` first"
    );
    Host {
        runtime: Runtime::new().expect("a runtime can be made"),
        house: House::new(&worker),
    }
});

fuzz_target!(|input: Input<'_>| -> Corpus {
    let component = match input {
        Input::Bytes(bytes) => Some(bytes.to_vec()),
        Input::Component(chance) => smith::component_of(chance),
        Input::Skill(chance) => smith::skill_of(chance),
    };
    match component {
        Some(component) => HOST.runtime.block_on(check(&HOST.house, &component)),
        None => Corpus::Reject,
    }
});

async fn check(house: &House, component: &[u8]) -> Corpus {
    let prepared = match house.prepare(component).await {
        Ok(prepared) => prepared,
        Err(error @ (PrepareError::Cache(_) | PrepareError::Compile(CompileError::Worker(_)))) => {
            panic!("a fault of ours: {error:?}")
        }
        Err(_) => return Corpus::Keep,
    };
    house.forget_compiled();
    let report = house.sandbox().run(&prepared, call("{}", LIMITS)).await;
    assert!(report.memory_peak_bytes <= LIMITS.memory_bytes);
    assert!(report.fuel.is_none_or(|fuel| fuel <= LIMITS.fuel));
    assert!(report.wall <= Duration::from_millis(LIMITS.time_ms) * 4);
    Corpus::Keep
}
