//! Fault injection, only in builds with debug assertions: a numbered step fails, or the process ends before it.
//!
//! A plan is one of
//!
//! - `fail:N`: the Nth step of the process fails;
//! - `from:N`: the Nth step fails, and so does every later one that needs space on disk, as on a full disk;
//! - `kill:N`: the process aborts before its Nth step.
//!
//! Each injected fault is printed on standard error, so that a test knows whether the process reached the step.

use super::step::Step;
use std::io;
use std::path::Path;
use std::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Which steps fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    Fail(u64),
    From(u64),
    Kill(u64),
}

static PLAN: OnceLock<Plan> = OnceLock::new();
static STEPS: AtomicU64 = AtomicU64::new(0);

/// Sets the plan of this process; a text that is no plan is ignored.
pub fn arm(plan: &str) {
    if let Some(plan) = parse(plan) {
        // Armed once, at the start.
        let _ = PLAN.set(plan);
    }
}

/// Whether this process has a plan.
pub(super) fn is_armed() -> bool {
    PLAN.get().is_some()
}

fn parse(plan: &str) -> Option<Plan> {
    let (kind, number) = plan.split_once(':')?;
    let number = number.parse().ok()?;
    Some(match kind {
        "fail" => Plan::Fail(number),
        "from" => Plan::From(number),
        "kill" => Plan::Kill(number),
        _ => return None,
    })
}

pub(super) fn strike(step: Step, path: &Path) -> io::Result<()> {
    let Some(plan) = PLAN.get() else { return Ok(()) };
    let number = STEPS.fetch_add(1, Ordering::SeqCst) + 1;
    let needs_room = matches!(step, Step::Create | Step::Write | Step::Sync);
    let is_struck = match *plan {
        Plan::Fail(at) | Plan::Kill(at) => number == at,
        Plan::From(at) => number == at || (number > at && needs_room),
    };
    if !is_struck {
        return Ok(());
    }
    anstream::eprintln!("fault at step {number}: {step:?} {}", path.display());
    if matches!(plan, Plan::Kill(_)) {
        process::abort();
    }
    Err(io::Error::new(io::ErrorKind::StorageFull, "a fault that a test asked for"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_a_kind_and_a_number() {
        assert_eq!(parse("fail:3"), Some(Plan::Fail(3)));
        assert_eq!(parse("from:1"), Some(Plan::From(1)));
        assert_eq!(parse("kill:12"), Some(Plan::Kill(12)));
        for none in ["", "fail", "fail:", "fail:x", "stop:1"] {
            assert_eq!(parse(none), None, "{none}");
        }
    }
}
