//! The `meed` command.

fn main() -> std::process::ExitCode {
    meed::cli::main()
}
