//! The `hotcell` program as the tests start it: mostly as a compile worker.

fn main() -> std::process::ExitCode {
    hotcell_cli::main()
}
