//! The `meed` command.

/// Judging makes many small things: the allocator of the system would take a fifth of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    meed::cli::main()
}
