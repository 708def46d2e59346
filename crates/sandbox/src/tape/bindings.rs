//! What wasmtime generates from `wit/io.wit`: on the types of wasmtime-wasi-io, with functions
//! that may wait.

#![allow(missing_docs, unreachable_pub, clippy::semicolon_if_nothing_returned)]

wasmtime::component::bindgen!({
    path: "wit",
    world: "tape",
    with: {
        "wasi:io/error": wasmtime_wasi_io::bindings::wasi::io::error,
        "wasi:io/poll.pollable": wasmtime_wasi_io::poll::DynPollable,
        "wasi:io/streams.input-stream": wasmtime_wasi_io::streams::DynInputStream,
        "wasi:io/streams.output-stream": wasmtime_wasi_io::streams::DynOutputStream,
    },
    imports: {
        "wasi:io/poll.[drop]pollable": trappable,
        "wasi:io/streams.[method]input-stream.subscribe": trappable,
        "wasi:io/streams.[method]output-stream.subscribe": trappable,
        default: async | trappable,
    },
    trappable_error_type: {
        "wasi:io/streams.stream-error" => wasmtime_wasi_io::streams::StreamError,
    },
});
