//! The `corridor` program: what has to be looked at before Rust's runtime starts, and the library.

use corridor::cli::Streams;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

static NO_INPUT: AtomicBool = AtomicBool::new(false);
static NO_OUTPUT: AtomicBool = AtomicBool::new(false);

/// Runs before `main`, when nothing of the standard library may be relied on: two system calls, and two flags.
///
/// The runtime opens `/dev/null` in place of a standard stream that is closed. Afterwards nothing tells that from one that
/// somebody wanted: whoever starts a program may have opened theirs for reading and writing as well.
#[cfg(unix)]
#[ctor::ctor(unsafe)]
fn look_at_streams() {
    use rustix::fs::{OFlags, fcntl_getfl};
    use rustix::io::{Errno, Result};
    let is_no = |mode: Result<OFlags>, wrong: OFlags| match mode {
        Ok(mode) => mode & OFlags::RWMODE == wrong,
        Err(error) => error == Errno::BADF,
    };
    NO_INPUT.store(is_no(fcntl_getfl(rustix::stdio::stdin()), OFlags::WRONLY), Ordering::Relaxed);
    NO_OUTPUT.store(is_no(fcntl_getfl(rustix::stdio::stdout()), OFlags::RDONLY), Ordering::Relaxed);
}

fn main() -> ExitCode {
    let is_there = |missing: &AtomicBool| !missing.load(Ordering::Relaxed);
    corridor::cli::run(Streams { input: is_there(&NO_INPUT), output: is_there(&NO_OUTPUT) })
}
