//! Every step on disk fails once, or is the last thing that the program does.
//!
//! A build with debug assertions takes a plan of faults (`CORRIDOR_FAULT`) and says on standard error when it struck. Each
//! test takes the steps of a command one by one, until the plan has no step left to strike.

use crate::recording::mixture;
use crate::workbench::{Ran, Workbench};
use std::cell::Cell;
use std::collections::BTreeMap;

/// Steps that no command of these tests takes: there the counting would have gone wrong.
const MOST: usize = 400;

/// Runs `arguments` in a project that `make` makes anew, once for each step of the program, and gives each to `check`.
fn each_step(plan: &str, make: impl Fn() -> Workbench, arguments: &[&str], check: impl Fn(&Workbench, &Ran, &str)) {
    for number in 1..=MOST {
        let workbench = make();
        let plan = format!("{plan}:{number}");
        let ran = workbench.run_with(arguments, &[("CORRIDOR_FAULT", &plan), ("CORRIDOR_USER", "ann")], b"");
        if !ran.stderr.contains("fault at step") {
            assert!(number > 3, "{arguments:?} has too few steps to be tested: {number}");
            return;
        }
        assert!(ran.code == -1 || !ran.stderr.contains("panic"), "{plan}: {}", ran.stderr);
        check(&workbench, &ran, &plan);
    }
    panic!("{arguments:?} has more than {MOST} steps");
}

/// Copies of one project, which is made only once.
struct Template(BTreeMap<String, Vec<u8>>);

impl Template {
    fn of(workbench: &Workbench) -> Self {
        Self(workbench.everything())
    }

    fn copy(&self) -> Workbench {
        let copy = Workbench::new();
        self.0.iter().for_each(|(path, bytes)| copy.write(path, bytes));
        copy
    }
}

#[test]
fn a_file_that_was_asked_for_is_whole_or_not_there() {
    let arguments = ["generate", "--count", "3000", "--seed", "1", "--output", "out.jsonl"];
    let whole = Workbench::new();
    whole.run(arguments).exits(0);
    let whole = whole.read("out.jsonl");
    for (plan, older) in [("fail", None), ("kill", None), ("fail", Some("older")), ("kill", Some("older"))] {
        let make = || match older {
            Some(text) => Workbench::new().with("out.jsonl", text),
            None => Workbench::new(),
        };
        each_step(plan, make, &arguments, |workbench, ran, plan| {
            let left: Vec<_> = workbench.tree().into_keys().collect();
            let expected =
                if workbench.has("out.jsonl") { vec!["corridor.toml", "out.jsonl"] } else { vec!["corridor.toml"] };
            assert_eq!(left, expected, "{plan}");
            // Its name alone may not be on disk for good when the last step fails.
            let is_whole = workbench.has("out.jsonl") && workbench.read("out.jsonl") == whole;
            assert!(is_whole || !workbench.has("out.jsonl") || Some(&*workbench.read("out.jsonl")) == older, "{plan}");
            assert!(matches!(ran.code, 4 | -1), "{plan}: {}", ran.code);
        });
    }
}

#[test]
fn a_verdict_has_a_whole_receipt_or_none() {
    let evidence = Workbench::new().with_corpus("household", &mixture(12));
    evidence.run(["replay"]).exits(0);
    let template = Template::of(&evidence);
    let arguments = ["gate", "--to", "0.01"];
    for plan in ["fail", "kill"] {
        let seen = Cell::new(None);
        each_step(
            plan,
            || template.copy(),
            &arguments,
            |workbench, ran, plan| {
                assert!(matches!(ran.code, 4 | -1), "{plan}: {} {}", ran.code, ran.stderr);
                let receipts: Vec<_> =
                    workbench.tree().into_keys().filter(|path| path.starts_with("rollout/")).collect();
                assert!(receipts.iter().all(|path| path.ends_with(".json")), "{plan}: {receipts:?}");
                if seen.replace(Some(receipts.len())) == Some(receipts.len()) {
                    return;
                }
                for receipt in &receipts {
                    workbench.run(["gate", "--check", receipt]).exits(0);
                }
                // The next one continues the chain, whatever is there.
                workbench.run(arguments).says(&[&format!("rollout/receipts/000{}-", receipts.len() + 1)]);
            },
        );
    }
}
