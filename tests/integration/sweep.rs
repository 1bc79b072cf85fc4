//! `corridor sweep`: the same numbers as replays of each combination, and nothing written.

use crate::recording::{Recorded, corpus, mixture, recording};
use crate::workbench::{Workbench, text};
use serde_json::{Value, json};

/// Three corpora, one of each role, with latencies from 5 to 400 ms.
fn workbench() -> Workbench {
    let slow = |recordings: Vec<Recorded>, step: u64| -> Vec<Recorded> {
        let latency = |place: usize| 5 + (place as u64 * step) % 396;
        (0..).zip(recordings).map(|(place, recorded)| with_latency(recorded, latency(place))).collect()
    };
    let renamed = |prefix: &str, recordings: Vec<Recorded>| -> Vec<Recorded> {
        let id = |place: usize| format!("{prefix}-{place}");
        (0..).zip(recordings).map(|(place, recorded)| recorded.with("command.command_id", id(place))).collect()
    };
    Workbench::new()
        .with_corpus("household", &slow(renamed("h", mixture(90)), 37))
        .with_corpus("hazards", &slow(renamed("z", mixture(30)), 91))
        .with_corpus("mix", &slow(mixture(60), 53))
        .with_corpus("lost", &slow(renamed("l", lost(20)), 19))
}

/// Two items, of which the answer has one.
fn lost(count: usize) -> Vec<Recorded> {
    let one = |number: usize| {
        recording(&format!("lost-{number}"))
            .text("Купи хлеб и молоко")
            .answer(&json!({"item_name": "хлеб", "list_id": "list-home"}))
            .with("label.items", json!([{"name": "хлеб"}, {"name": "молоко"}]))
    };
    (0..count).map(one).collect()
}

fn with_latency(recorded: Recorded, ms: u64) -> Recorded {
    let has_attempt = recorded.line().contains("\"latency_ms\"");
    if has_attempt { recorded.with("exchanges.partial_trust_shopping.0.latency_ms", ms) } else { recorded }
}

fn row<'a>(sweep: &'a Value, role: &str, rules: &str, timeout_ms: u64) -> &'a Value {
    let by_role = sweep["roles"].as_array().unwrap();
    let role = by_role.iter().find(|entry| entry["role"] == role).unwrap();
    let rows = role["rows"].as_array().unwrap();
    rows.iter().find(|row| row["rules"] == rules && row["timeout_ms"] == timeout_ms).unwrap()
}

#[test]
fn a_row_is_what_a_replay_with_that_budget_counts() {
    let workbench = workbench();
    let sweep = workbench.run(["sweep", "--timeout", "50..350:100,400", "--format", "json"]).exits(0).json();
    let mut timeouts = Vec::new();
    for timeout_ms in [50, 150, 250, 350, 400] {
        let budget = format!("PARTIAL_TRUST_TIMEOUT_MS={timeout_ms}");
        let replayed = workbench.run(["replay", "--check", "--env", &budget, "--format", "json"]);
        for summary in replayed.json().as_array().unwrap() {
            for totals in summary["roles"].as_array().unwrap() {
                let (role, rules) = (text(totals, "role"), text(summary, "rules"));
                let row = row(&sweep, &role, &rules, timeout_ms);
                assert_eq!((&row["classes"], &row["effects"]), (&totals["classes"], &totals["effects"]));
                assert_eq!(row["recordings"], totals["recordings"], "{role} {rules} {timeout_ms}");
                for name in ["regressed", "improved", "unrecorded"] {
                    assert_eq!(row[name], totals["classes"][name], "{name}");
                }
                assert_eq!(row["items_lost"], totals["effects"]["items_lost"]);
                let corpora = summary["corpora"].as_array().unwrap();
                let evidence = |name: &str| -> u64 {
                    let of_role = corpora.iter().filter(|corpus| corpus["role"] == role.as_str());
                    of_role.map(|corpus| corpus["counts"]["evidence"]["written"][name].as_u64().unwrap()).sum()
                };
                assert_eq!(row["accepted"], evidence("accepted"));
                assert_eq!(row["asked"], evidence("asked") - evidence("unrecorded"));
            }
            let coverage = summary["coverage"].as_array().unwrap();
            let timed_out = coverage.iter().find(|way| way["reason"] == "timeout").unwrap();
            let swept = ["representative", "adversarial", "edge"]
                .map(|role| row(&sweep, role, &text(summary, "rules"), timeout_ms)["timeouts"].as_u64().unwrap());
            assert_eq!(timed_out["count"], swept.iter().sum::<u64>());
            timeouts.push(swept.iter().sum::<u64>());
        }
    }
    assert!(timeouts.first() > timeouts.last(), "budgets matter here: {timeouts:?}");
    let lost = row(&sweep, "edge", "reference", 400)["items_lost"].as_u64().unwrap();
    assert!(lost == 20 && row(&sweep, "edge", "strict", 400)["items_lost"] == 0, "rule sets matter here: {lost}");
}

#[test]
fn every_combination_has_a_row_in_order() {
    let workbench = workbench();
    let names = |arguments: &[&str]| {
        let sweep = workbench.run([&["sweep", "--format", "json"], arguments].concat()).exits(0).json();
        let rows = sweep["roles"][0]["rows"].as_array().unwrap().clone();
        rows.iter().map(|row| format!("{} {}", text(row, "rules"), row["timeout_ms"])).collect::<Vec<_>>()
    };
    let all = ["reference 100", "reference 200", "strict 100", "strict 200"];
    assert_eq!(names(&["--timeout", "200,100,100"]), all);
    assert_eq!(names(&["--timeout", "100..200:100", "--rules", "strict,reference"]), all);
    assert_eq!(names(&["--timeout", "100", "--rules", "strict"]), ["strict 100"]);
    assert_eq!(names(&["--rules", "strict,reference"]), ["reference 200", "strict 200"]);
    let unlimited = ["--rules", "reference", "--env", "PARTIAL_TRUST_TIMEOUT_MS=0"];
    assert_eq!(names(&unlimited), ["reference null"]);
}

#[test]
fn the_p95_wait_by_nearest_rank_matches_a_calculation_by_hand() {
    // Waits 10, 20, ..., 200 ms: of 20 the 19th is 190, at a budget of 100 eleven of them are 100, and of 21 the 20th counts.
    let mut recordings: Vec<_> =
        (1..=20).map(|number| with_latency(recording(&format!("c-{number}")), number * 10)).collect();
    let workbench = Workbench::new().with_corpus("household", &recordings);
    let p95 = |workbench: &Workbench, timeout_ms: u64| {
        let arguments = ["sweep", "--rules", "reference", "--timeout", &timeout_ms.to_string(), "--format", "json"];
        let sweep = workbench.run(arguments).exits(0).json();
        let row = row(&sweep, "representative", "reference", timeout_ms);
        assert_eq!(row["latency"]["at_least"], false);
        [&row["accepted"], &row["timeouts"], &row["latency"]["p95_ms"], &row["latency"]["commands"]]
            .map(|value| value.as_u64().unwrap())
    };
    assert_eq!(p95(&workbench, 500), [20, 0, 190, 20]);
    assert_eq!(p95(&workbench, 190), [19, 1, 190, 20]);
    assert_eq!(p95(&workbench, 100), [10, 10, 100, 20]);
    assert_eq!(p95(&workbench, 5), [0, 20, 5, 20]);
    // Tasks, and commands whose answer was not recorded, do not wait for a candidate.
    recordings.push(recording("task").text("Сделай уборку").without("label"));
    recordings.push(recording("unrecorded").without("exchanges"));
    recordings.push(with_latency(recording("slower"), 205));
    let workbench = Workbench::new().with_corpus("household", &recordings);
    assert_eq!(p95(&workbench, 500), [21, 0, 200, 21]);
}

#[test]
fn threads_and_the_order_of_lines_change_nothing() {
    let workbench = workbench().with_corpus("many", &mixture(900));
    let run = |threads: &str, format: &str| {
        workbench
            .run(["sweep", "--timeout", "5..400:5", "--rules", "strict", "--threads", threads, "--format", format])
            .exits(0)
    };
    let [text_of_one, json_of_one] = ["text", "json"].map(|format| run("1", format).stdout);
    for threads in ["2", "7"] {
        assert_eq!(run(threads, "text").stdout, text_of_one);
        assert_eq!(run(threads, "json").stdout, json_of_one);
    }
    let mut reversed = mixture(900);
    reversed.reverse();
    workbench.write("corpora/many.jsonl", corpus(&reversed));
    assert_eq!(run("2", "json").stdout, json_of_one);
}

#[test]
fn a_sweep_writes_nothing() {
    let workbench = workbench().with("corpora/bad.jsonl", "{\n");
    let before = workbench.tree();
    workbench.run(["sweep", "household", "--timeout", "50..500:50"]).exits(0);
    workbench.run(["sweep", "--timeout", "100", "--keep-going"]).exits(0);
    workbench
        .run_with(["sweep", "-", "--timeout", "100", "--keep-going"], &[], corpus(&mixture(6)).as_bytes())
        .exits(0);
    workbench.run(["sweep", "--timeout", "100"]).exits(4);
    assert_eq!(workbench.tree(), before);
    assert!(!workbench.has(".corridor") && !workbench.has("golden"));
}

#[test]
fn an_invalid_command_line_is_refused_with_a_valid_one() {
    let workbench = workbench();
    let wrong: [(&[&str], &[&str]); 11] = [
        (&["sweep"], &["--timeout, --rules or both", "help: `corridor sweep --timeout 50..500:50`"]),
        (&["sweep", "household"], &["--timeout, --rules or both"]),
        (&["sweep", "--timeout", "50..500"], &["50..500", "names no step"]),
        (&["sweep", "--timeout", "0"], &["from 1 to 60000"]),
        (&["sweep", "--timeout", "9..1:1"], &["goes upwards"]),
        (&["sweep", "--timeout", "1..101:1", "--rules", "strict"], &["101 combinations are more than 100"]),
        (&["sweep", "--timeout", "1..51:1"], &["102 combinations"]),
        (
            &["sweep", "--timeout", "9", "--env", "PARTIAL_TRUST_TIMEOUT_MS=1"],
            &["both set the budget", "leave the variable out"],
        ),
        (&["sweep", "--timeout", "9", "--unset", "PARTIAL_TRUST_TIMEOUT_MS"], &["both set the budget"]),
        (&["sweep", "--rules", "lax"], &["`reference`, `strict`"]),
        (&["sweep", "--timeout", "9", "--as-deployed"], &["--as-deployed"]),
    ];
    for (arguments, fragments) in wrong {
        let ran = workbench.run(arguments).exits(2).says(fragments);
        assert!(ran.stdout.is_empty(), "{arguments:?}");
    }
    workbench.run(["sweep", "--timeout", "1..100:1", "--rules", "strict", "--filter", "id=h-1"]).exits(0);
}

#[test]
fn recordings_that_cannot_be_used_are_named_with_their_place() {
    let twice = corpus(&[recording("one"), recording("two"), recording("one")]);
    let workbench = Workbench::new().with("twice.jsonl", &twice).with("bad.jsonl", format!("{{\n{twice}"));
    let sweep = |arguments: &[&str]| workbench.run([&["sweep", "--timeout", "100"], arguments].concat());
    sweep(&["nowhere"]).exits(4).says(&["there is no corpus `nowhere`"]);
    sweep(&["bad.jsonl"]).exits(4).says(&["bad.jsonl:1:", "help: "]);
    sweep(&["twice.jsonl"]).exits(4).says(&["twice.jsonl:3:1: ", "line 1", "--keep-going"]);
    workbench.write("empty.jsonl", "");
    sweep(&["empty.jsonl"]).exits(4).says(&["empty.jsonl"]);
    let found = sweep(&["bad.jsonl", "--keep-going", "--rules", "reference", "--format", "json"]).exits(0);
    assert!(found.stderr.matches("set aside: bad.jsonl:").count() == 2, "{}", found.stderr);
    let found = found.json();
    assert_eq!((&found["corpora"][0]["set_aside"], &found["corpora"][0]["read"]), (&json!(2), &json!(2)));
    assert_eq!(row(&found, "edge", "reference", 100)["accepted"], 2, "the first line of an id counts");
}

#[test]
fn filters_hold_for_each_row_by_itself_and_nothing_left_is_inconclusive() {
    let workbench = workbench();
    let sweep = |filter: &str| {
        workbench.run(["sweep", "--timeout", "20,500", "--rules", "reference", "--filter", filter, "--format", "json"])
    };
    let found = sweep("reason=timeout").exits(0).json();
    assert_eq!(found["filters"], json!(["reason=timeout"]));
    let [small, large] = [20, 500].map(|budget| row(&found, "edge", "reference", budget));
    assert!(small["recordings"].as_u64() > large["recordings"].as_u64());
    assert_eq!(small["recordings"], small["timeouts"]);
    // Those of the large budget were cut off when they were recorded.
    assert_eq!(large["timeouts"], large["cut_off"]);
    assert!(small["cut_off"].as_u64() < small["timeouts"].as_u64());
    let found = sweep("id=nobody").exits(3);
    assert_eq!(found.json()["roles"][0]["rows"][0]["acceptance"], Value::Null);
    let text = workbench.run(["sweep", "--timeout", "20", "--filter", "id=nobody"]).exits(3).stdout;
    assert!(text.contains("nothing was replayed"), "{text}");
}

#[test]
fn a_corridor_that_asks_for_no_candidate_says_why() {
    let workbench = workbench();
    let arguments = ["sweep", "--timeout", "100,200", "--env", "PARTIAL_TRUST_ENABLED=false"];
    let shown = workbench.run(arguments).exits(0).stdout;
    assert!(shown.contains("note: the corridor is off"), "{shown}");
    let shown = workbench.run(["sweep", "--rules", "strict", "--env", "PARTIAL_TRUST_TIMEOUT_MS=x"]).exits(0).stdout;
    assert!(shown.contains("note: PARTIAL_TRUST_TIMEOUT_MS is not a whole number"), "{shown}");
    let shown = workbench.run(["sweep", "--timeout", "100"]).exits(0).stdout;
    assert!(!shown.contains("note: PARTIAL") && !shown.contains("what-if"), "{shown}");
}
