//! What is no skill is refused before or while it is compiled, with the reason.

use hotcell_sandbox::PrepareError;
use hotcell_sandbox::compile::CompileError;
use hotcell_sandbox::prescan::Rejection;
use hotcell_testkit::components::{answers, bytes, misfits};
use hotcell_tests::{Figure, House};

use crate::ends::{SCRATCH, WORKER, check_house_serves, runtime};

/// Where a component is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// The quick scan: it is broken.
    Malformed,
    /// The quick scan: nobody gives what it imports.
    Import,
    /// The quick scan: it exports no tools.
    NoTools,
    /// The compiler.
    Compiler,
    /// The linker.
    Linker,
}

/// Checks that `component` is refused where it should be, with a word about `why`, and that
/// nothing of it is kept.
fn check(name: &str, component: &[u8], at: At, why: &str) {
    runtime().block_on(async {
        let house = House::new(WORKER);
        let started = std::time::Instant::now();
        let Err(error) = house.prepare(component).await else {
            panic!("{name}: it was accepted");
        };
        let time = started.elapsed();
        assert_eq!(place(&error), Some(at), "{name}: {error:?}");
        let text = format!("{error:?}");
        assert!(text.contains(why), "{name}: nothing of `{why}` in {text}");
        assert_eq!(house.cached(), [""; 0], "{name}");
        check_house_serves(&house).await;
        Figure {
            end: format!("refused: {at:?}"),
            time,
            ..Figure::default()
        }
        .record(SCRATCH, name);
    });
}

fn place(error: &PrepareError) -> Option<At> {
    match error {
        PrepareError::Rejected(Rejection::Malformed(_)) => Some(At::Malformed),
        PrepareError::Rejected(Rejection::Import(_)) => Some(At::Import),
        PrepareError::Rejected(Rejection::NoTools) => Some(At::NoTools),
        PrepareError::Compile(CompileError::Invalid(_)) => Some(At::Compiler),
        PrepareError::Unfit(_) => Some(At::Linker),
        _ => None,
    }
}

#[test]
fn no_component() {
    check(
        "a core module",
        &misfits::core_module(),
        At::Malformed,
        "core module",
    );
    check("a zip", b"PK\x03\x04", At::Malformed, "");
    check("no bytes", b"", At::Malformed, "");
}

#[test]
fn imports_that_no_host_gives() {
    for name in [
        "wasi:sockets/tls@0.2.0",
        "wasi:sockets/tcp@0.3.0",
        "wasi:nn/graph@0.2.0",
        "evil:host/exec@1.0.0",
        "wasi:io/streams@0.3.0",
    ] {
        check(
            &format!("import of {name}"),
            &misfits::importing(name),
            At::Import,
            name,
        );
    }
    // The name is right, and what stands behind it is not.
    for name in ["wasi:random/insecure@0.2.0", "wasi:sockets/tcp@0.2.0"] {
        check(
            "import of a missing function",
            &misfits::importing(name),
            At::Linker,
            "open",
        );
    }
}

#[test]
fn exports_that_do_not_fit() {
    check("no export", &misfits::empty(), At::NoTools, "");
    check(
        "tools is a function",
        &misfits::tools_is_a_function(),
        At::NoTools,
        "",
    );
    check(
        "tools of another version",
        &misfits::tools_of_another_version(),
        At::NoTools,
        "",
    );
    check(
        "tools without call",
        &misfits::tools_without_call(),
        At::Linker,
        "call",
    );
    check(
        "call of another type",
        &misfits::call_of_another_type(),
        At::Linker,
        "call",
    );
}

#[test]
fn proposals_that_are_off() {
    for (name, component) in misfits::proposals() {
        check(&format!("proposal {name}"), &component, At::Compiler, "");
    }
}

/// Every 97th byte, and every section: none of it reaches a run, or it was honest.
#[test]
fn cut_and_lying() {
    runtime().block_on(async {
        let house = House::new(WORKER);
        let honest = answers::ok().to_bytes();
        let started = std::time::Instant::now();
        let mut refused = 0;
        for cut in bytes::truncations(&honest, 97) {
            assert!(house.prepare(cut).await.is_err(), "cut at {}", cut.len());
            refused += 1;
        }
        let lies = bytes::lying_sections(&honest);
        for (place, lie) in &lies {
            assert!(house.prepare(lie).await.is_err(), "a lie at {place}");
            refused += 1;
        }
        assert_eq!(house.cached(), [""; 0]);
        check_house_serves(&house).await;
        Figure {
            end: "refused".to_owned(),
            time: started.elapsed(),
            more: vec![("components", refused)],
            ..Figure::default()
        }
        .record(SCRATCH, "cut components and lying sections");
    });
}
