//! Captured recordings that are older than the project allows: `replay` reports them, and fails if the project says so.

use crate::recording::{Recorded, mixture, recording};
use crate::workbench::Workbench;
use serde_json::json;

const LONG_AGO: &str = "2000-01-31T23:30:00-01:00";
const LATER: &str = "2001-05-01T00:00:00Z";
const IN_THE_FUTURE: &str = "9000-01-01T00:00:00Z";

fn captured(id: &str, at: &str) -> Recorded {
    recording(id)
        .with("source", "captured")
        .with("captured", json!({"at": at, "system_version": "1", "model": "small", "prompt_digest": "ab"}))
}

/// Of `traffic` three of four captured recordings are old; of `fresh` none; `written` holds none that was captured.
fn workbench(project: &str) -> Workbench {
    Workbench::new().with("corridor.toml", project).with_captures().with_golden()
}

impl Workbench {
    fn with_captures(self) -> Self {
        let old = [captured("a", LATER), captured("b", LONG_AGO), captured("c", LATER), captured("d", IN_THE_FUTURE)];
        self.with_corpus("traffic", &old)
            .with_corpus("fresh", &[captured("e", IN_THE_FUTURE)])
            .with_corpus("written", &mixture(3))
    }
}

const WARNING: &str = "warning: 3 of 4 captured recordings of traffic are older than 180 days (the oldest: 2000-02-01): record them again\n";
const FAILED: &str = "failed: captured recordings are too old, and corridor.toml has stale = \"fail\"\n";

#[test]
fn old_recordings_are_reported_with_their_number_and_the_oldest_day() {
    let workbench = workbench("[recordings]\nmax_age_days = 180\n");
    for arguments in [["replay", "--check"], ["replay", "--new"], ["replay", "--format=json"]] {
        let ran = workbench.run(arguments).exits(0);
        assert!(ran.stderr.ends_with(WARNING) && ran.stderr.matches("warning").count() == 1, "{}", ran.stderr);
        assert!(!ran.stdout.contains("older than"), "a run knows no clock");
    }
    let quiet = workbench.run(["replay", "--quiet"]).exits(0);
    assert_eq!(quiet.stderr, "");
    let one = workbench.run(["replay", "--filter", "id=b"]).exits(0);
    assert!(one.stderr.contains("1 of 1 captured recordings of traffic is older"), "{}", one.stderr);
}

#[test]
fn a_project_fails_a_check_by_them_and_says_so_last() {
    let workbench = workbench("[recordings]\nmax_age_days = 180\nstale = \"fail\"\n");
    for (arguments, variables) in [
        (["replay", "--check"].as_slice(), [("CI", "false")]),
        (&["replay"], [("CI", "true")]),
        (&["replay", "-q"], [("CI", "1")]),
    ] {
        let ran = workbench.run_with(arguments, &variables, b"").exits(1);
        assert!(ran.stderr.ends_with(&format!("{WARNING}{FAILED}")), "{}", ran.stderr);
    }
    let junit = workbench.latest("strict").read("junit.xml");
    assert!(!junit.contains("older"), "{junit}");
    // Without CI and `--check` it is only reported; recordings that are not old never fail.
    let ran = workbench.run(["replay"]).exits(0);
    assert!(ran.stderr.contains(WARNING) && !ran.stderr.contains("failed"), "{}", ran.stderr);
    let ran = workbench.run(["replay", "fresh", "written", "--check"]).exits(0);
    assert!(!ran.stderr.contains("older") && !ran.stderr.contains("failed"), "{}", ran.stderr);
    for other in [["sweep", "--rules=strict"].as_slice(), &["pending"], &["explain", "b"]] {
        let ran = workbench.run_with(other, &[("CI", "true")], b"").exits(0);
        assert!(!ran.stderr.contains("older"), "{other:?}: {}", ran.stderr);
    }
}

#[test]
fn a_broken_invariant_outweighs_old_recordings() {
    let workbench = workbench("[recordings]\nmax_age_days = 180\nstale = \"fail\"\n");
    let decisions = workbench.run(["decide", "corpora/traffic.jsonl"]).exits(0).stdout;
    let leaking = decisions.replacen("\"risk\":{", "\"risk\":{\"prompt\":\"хлеб\",", 1);
    let workbench = workbench.with("leaking.jsonl", leaking);
    let ran = workbench.run(["replay", "traffic", "--decisions", "leaking.jsonl", "--check"]).exits(5);
    assert!(ran.stderr.ends_with(FAILED), "{}", ran.stderr);
}

#[test]
fn without_a_limit_nothing_is_too_old() {
    let ran = workbench("").run_with(["replay", "--check"], &[("CI", "1")], b"").exits(0);
    assert!(!ran.stderr.contains("older"), "{}", ran.stderr);
}

#[test]
fn the_days_of_captures_are_in_the_summary() {
    let workbench = workbench("");
    let run = workbench.replay(["replay", "traffic", "--rules", "strict"]);
    let evidence = &run.json("summary.json")["corpora"][0]["counts"]["evidence"];
    let days = json!([
        {"day": "2000-02-01", "recordings": 1},
        {"day": "2001-05-01", "recordings": 2},
        {"day": "9000-01-01", "recordings": 1},
    ]);
    assert_eq!(evidence["capture_days"], days);
}

#[test]
fn an_invalid_limit_is_named_with_its_place() {
    let range = "a whole number of days from 1 to 36500";
    for (project, fragments) in [
        ("[recordings]\nmax_age_days = 0\n", ["corridor.toml:2:16: ", range]),
        ("[recordings]\nmax_age_days = 36501\n", ["corridor.toml:2:16: ", range]),
        ("[recordings]\nmax_age_days = -1\n", ["corridor.toml:2:16: ", range]),
        ("[recordings]\nmax_age_days = 1.5\n", ["corridor.toml:2:16: ", "invalid type"]),
        ("[recordings]\nmax_age_days = 9\nstale = \"no\"\n", ["corridor.toml:3:9: ", "`warn` or `fail`"]),
        ("[recordings]\nage = 9\n", ["corridor.toml:2:1: ", "unknown field, expected `max_age_days` or `stale`"]),
        ("[recordings]\nstale = \"fail\"\n", ["stale says nothing without max_age_days", "max_age_days = 180"]),
    ] {
        let workbench = Workbench::new().with("corridor.toml", project).with_captures();
        workbench.run(["replay"]).exits(4).says(&fragments);
    }
    workbench("[recordings]\nmax_age_days = 36500\n").run(["replay", "--check"]).exits(0);
}
