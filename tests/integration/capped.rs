//! One cap on texts from outside, wherever they are shown, and the time that it takes.

use crate::recording::{Recorded, corpus, recording};
use crate::workbench::{Ran, Workbench};
use serde_json::Value;

/// Two recordings, one of which says a hundred kilobytes at once, in many items.
fn recordings(last: &str) -> Vec<Recorded> {
    let items: Vec<_> = (0..3_000).map(|number| format!("хлеб{number}")).collect();
    let long = format!("Купи {}, {last}", items.join(", "));
    vec![recording("long").text(&long).without("label"), recording("short")]
}

fn changed() -> Workbench {
    let workbench = Workbench::new().with_corpus("mix", &recordings("молоко")).with_golden();
    workbench.write("corpora/mix.jsonl", corpus(&recordings("сливки")));
    workbench.run(["replay"]).exits(1);
    workbench
}

#[test]
fn a_text_of_a_hundred_kilobytes_is_cut_wherever_it_is_shown() {
    let workbench = changed();
    let small = |ran: &Ran, what: &str| {
        assert!(ran.stdout.len() < 60_000, "{what}: {} bytes", ran.stdout.len());
        let longest = ran.stdout.lines().map(|line| line.chars().count()).max().unwrap_or_default();
        assert!(longest < 2_000 || what == "html", "{what}: a line of {longest} characters");
    };
    for arguments in [
        &["pending"][..],
        &["review"],
        &["explain", "mix", "long"],
        &["report", "--format", "text"],
        &["report", "--format", "markdown"],
        &["report", "--format", "junit"],
        &["report", "--format", "annotations"],
        &["diff", "golden/reference", "latest-reference"],
    ] {
        let ran = workbench.run(arguments);
        assert!(ran.code <= 1, "{arguments:?}: {}", ran.stderr);
        small(&ran, &arguments.join(" "));
    }
    for format in ["html", "json"] {
        let ran = workbench.run(["diff", "golden/reference", "latest-reference", "--format", format]).exits(1);
        assert!(ran.stdout.len() < 300_000, "{format}: {} bytes", ran.stdout.len());
    }
    let pending = workbench.run(["pending"]).exits(1);
    assert!(pending.stdout.contains(" more characters»"), "{}", pending.stdout);
    assert!(
        pending.stdout.contains("молоко") && pending.stdout.contains("сливки"),
        "what differs is shown: {}",
        pending.stdout
    );
    let document: Value = workbench.run(["report", "--format", "json"]).json();
    let text = document["changes"]["groups"][0]["representatives"][0]["text"].as_str().unwrap();
    assert!(text.ends_with(" more characters") && text.chars().count() < 300, "{text}");
    assert!(workbench.run(["explain", "mix", "long", "--full"]).exits(0).stdout.len() > 100_000);
}

#[test]
fn an_id_of_any_length_does_not_fill_an_error_message() {
    let workbench = Workbench::new().with_corpus("mix", &recordings("молоко"));
    let ran = workbench.run(["explain", &"x".repeat(50_000)]).exits(4);
    assert!(ran.stderr.len() < 5_000 && ran.stderr.contains("more characters"), "{}", ran.stderr.len());
}
