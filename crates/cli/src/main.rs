//! The `hotcell` program; all of it is in the library, so that tests can run it too.

fn main() -> std::process::ExitCode {
    hotcell_cli::main()
}
