//! Decisions of another implementation in place of our own.

use crate::recording::{mixture, recording};
use crate::workbench::{Ran, Workbench, json_lines, lines, text};
use serde_json::{Value, json};
use std::fs;

const CANARY: &str = "кАнАрЕйКа";

/// A corpus `mix` of 12 recordings, and `mine.jsonl`, our own decisions over it.
fn workbench() -> Workbench {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12));
    let decided = workbench.run(["decide", "corpora/mix.jsonl"]).exits(0);
    workbench.with("mine.jsonl", decided.stdout)
}

fn decisions(workbench: &Workbench) -> Vec<Value> {
    lines(&workbench.read("mine.jsonl"))
}

fn write(workbench: &Workbench, decisions: &[Value]) {
    workbench.write("mine.jsonl", json_lines(decisions));
}

fn replay(workbench: &Workbench, extra: &[&str]) -> Ran {
    workbench.run([["replay", "mix", "--decisions", "mine.jsonl", "--format", "json"].as_slice(), extra].concat())
}

#[test]
fn our_own_decisions_as_foreign_ones_give_the_same_outcomes() {
    let workbench = Workbench::clone_of_shipped();
    workbench.run(["replay", "--check"]).exits(0);
    for rules in ["reference", "strict"] {
        let ours = workbench.latest(rules).outcomes();
        for corpus in ["acceptance-edges", "hazards", "llm-faults"] {
            let file = format!("corpora/{corpus}.jsonl");
            let decided = workbench.run(["decide", "--rules", rules, &file]).exits(0);
            workbench.write("mine.jsonl", decided.stdout);
            let before: Vec<_> = workbench.run_folder();
            let ran =
                workbench.run(["replay", corpus, "--rules", rules, "--decisions", "mine.jsonl", "--format", "json"]);
            assert_eq!(ran.json()[0]["decisions"], "foreign");
            assert_eq!(ran.json()[0]["corpora"][0]["golden"]["state"], "skipped", "{corpus}");
            ran.exits(0);
            let run =
                workbench.runs().into_iter().find(|run| !before.iter().any(|name| run.folder.ends_with(name))).unwrap();
            let theirs = run.outcomes();
            let ours: Vec<_> = ours.iter().filter(|outcome| outcome["corpus"] == corpus).collect();
            assert_eq!(theirs.len(), ours.len(), "{corpus}");
            for (theirs, ours) in theirs.iter().zip(ours) {
                // A decision line does not say that the baseline's own task ran out of recorded answers.
                let is_silent = ours["class"] == "unrecorded" && ours["reason"] == "baseline_non_execute";
                assert!(theirs == ours || is_silent, "{corpus} under {rules}: {theirs} {ours}");
            }
        }
    }
}

#[test]
fn a_foreign_run_is_never_the_latest_and_has_golden_in_a_folder_of_its_own() {
    let workbench = workbench();
    replay(&workbench, &[]).exits(0);
    assert!(!workbench.run_folder().iter().any(|name| name.starts_with("latest")));
    replay(&workbench, &["--golden", "theirs", "--new"]).exits(1);
    workbench.run(["accept", "--golden", "theirs", "--reason", "first"]).exits(0);
    replay(&workbench, &["--golden", "theirs"]).exits(0);
    assert!(
        workbench.has("theirs/reference/mix.json") && workbench.has("theirs/LEDGER.jsonl") && !workbench.has("golden")
    );
    let mut decisions = decisions(&workbench);
    decisions[0]["decision"]["payload"]["proposed_actions"][0]["payload"]["item"]["name"] = json!("сыр");
    write(&workbench, &decisions);
    let ran = replay(&workbench, &["--golden", "theirs", "--check"]).exits(1);
    assert_eq!(ran.json()[0]["corpora"][0]["golden"]["changed"], 1);
}

#[test]
fn a_changed_decision_is_judged_and_broken_where_it_was_not_accepted() {
    let workbench = workbench();
    let mut changed = decisions(&workbench);
    assert_eq!(changed[0]["risk"]["status"], "accepted_llm");
    changed[0]["decision"]["payload"]["proposed_actions"][0]["payload"]["item"]["name"] = json!("сыр");
    write(&workbench, &changed);
    replay(&workbench, &[]).exits(0);
    assert_eq!(workbench.only_run().classes()["case-000"], "regressed");

    let refused = changed.iter().position(|line| line["risk"]["reason_code"] == "low_confidence").unwrap();
    let lost = changed[0]["decision"].clone();
    changed[refused]["decision"] = lost;
    write(&workbench, &changed);
    let ran = replay(&workbench, &[]).exits(5);
    let id = text(&changed[refused], "command_id");
    let counts = &ran.json()[0]["corpora"][0]["counts"];
    assert_eq!((&counts["classes"]["broken"], &counts["worst"][0]["command_id"]), (&json!(1), &json!(id)));
    let run = workbench.runs().into_iter().find(|run| run.classes()[&id] == "broken").unwrap();
    let outcome = run.outcomes().into_iter().find(|outcome| outcome["command_id"] == json!(id)).unwrap();
    assert_eq!(outcome["broken"], "replaced_without_acceptance");
}

#[test]
fn an_acceptance_outside_the_corridor_is_broken() {
    let workbench = workbench();
    let mut decisions = decisions(&workbench);
    let risk = decisions[0]["risk"].clone();
    let task = decisions.iter().position(|line| line["intent"] == "create_task").unwrap();
    decisions[task]["risk"] = risk;
    write(&workbench, &decisions);
    replay(&workbench, &[]).exits(5);
    let outcomes = workbench.only_run().outcomes();
    let broken: Vec<_> = outcomes.iter().filter(|outcome| outcome["class"] == "broken").collect();
    assert_eq!((broken.len(), &broken[0]["broken"]), (1, &json!("accepted_outside_corridor")));
}

#[test]
fn items_that_another_implementation_adds_are_an_effect() {
    let workbench = workbench();
    let mut decisions = decisions(&workbench);
    let actions = decisions[0]["decision"]["payload"]["proposed_actions"].as_array_mut().unwrap();
    let mut added = actions[0].clone();
    added["payload"]["item"]["name"] = json!("торт");
    actions.push(added);
    write(&workbench, &decisions);
    replay(&workbench, &[]).exits(0);
    let outcome =
        workbench.only_run().outcomes().into_iter().find(|outcome| outcome["command_id"] == "case-000").unwrap();
    assert_eq!((&outcome["class"], &outcome["effects"]), (&json!("regressed"), &json!({"items_added": 1})));
}

#[test]
fn decisions_that_do_not_fit_the_recordings_are_bad_input() {
    type Damage = fn(&mut Vec<String>);
    let cases: [(&str, Damage, &[&str]); 10] = [
        ("missing", |lines| drop(lines.remove(3)), &["mine.jsonl", "no decision line", "case-003"]),
        (
            "surplus",
            |lines| lines.insert(4, lines[0].replace("case-000", "case-999")),
            &["mine.jsonl:5", "no recording"],
        ),
        ("duplicate", |lines| lines.push(lines[4].clone()), &["mine.jsonl:13", "command_id", "twice"]),
        ("not json", |lines| lines[2] = CANARY.to_owned(), &["mine.jsonl:3"]),
        ("blank", |lines| lines[2].clear(), &["mine.jsonl:3"]),
        ("truncated", |lines| lines[11].truncate(60), &["mine.jsonl:12"]),
        (
            "unknown field",
            |lines| lines[5] = lines[5].replacen('{', &format!("{{\"{CANARY}\":1,"), 1),
            &["mine.jsonl:6", "unknown field"],
        ),
        (
            "wrong type",
            |lines| lines[5] = lines[5].replace("\"attempts_used\":", "\"attempts_used\":-"),
            &["mine.jsonl:6"],
        ),
        (
            "odd intent",
            |lines| lines[6] = lines[6].replacen("add_shopping_item", CANARY, 1),
            &["mine.jsonl:7", "intent"],
        ),
        ("odd status", |lines| lines[6] = lines[6].replace("accepted_llm", CANARY), &["mine.jsonl:7", "status"]),
    ];
    for (what, damage, fragments) in cases {
        let workbench = workbench();
        let mut lines: Vec<String> = workbench.read("mine.jsonl").lines().map(str::to_owned).collect();
        damage(&mut lines);
        workbench.write("mine.jsonl", lines.join("\n") + "\n");
        let before = workbench.tree();
        for threads in ["1", "8"] {
            let ran = replay(&workbench, &["--threads", threads]).exits(4).says(fragments);
            assert!(!ran.stderr.contains(CANARY) && ran.stdout.is_empty(), "{what}: {}", ran.stderr);
        }
        assert_eq!((workbench.tree(), workbench.run_folder().len()), (before, 0), "{what}");
    }
}

/// A missing line before a bad one, a bad one by its number, and both before what is wrong with the corpus itself.
#[test]
fn of_several_problems_the_same_one_is_reported_on_any_number_of_threads() {
    type Damage = fn(decisions: &mut Vec<String>, corpus: &mut Vec<String>);
    let cases: [(&str, Damage); 6] = [
        ("error: mine.jsonl: there is no decision line for the command `case-002`\n", |decisions, _| {
            decisions[8].replace_range(1..1, "\"x\":1,");
            drop((decisions.remove(5), decisions.remove(2)));
        }),
        (
            "error: mine.jsonl:5: column 4: unknown field, expected one of `command_id`, `intent`, `baseline`, `decision`, \
             `risk`, `attempts_used`\n",
            |decisions, _| {
                // The recordings ask for the lines in another order than that of the file.
                decisions.reverse();
                for line in [9, 4] {
                    decisions[line].replace_range(1..1, "\"x\":1,");
                }
            },
        ),
        ("error: mine.jsonl:3: risk: a field occurs twice\n", |decisions, corpus| {
            decisions[2] = decisions[2].replacen("\"risk\":{", "\"risk\":{\"sampled\":true,", 1);
            corpus[7].clear();
        }),
        ("error: mine.jsonl: there is no decision line for the command `case-004`\n", |decisions, corpus| {
            decisions.remove(4);
            corpus.push(corpus[1].clone());
        }),
        (
            "error: mine.jsonl:12: the decision line belongs to no recording of the corpus, and 1 more do\n",
            |decisions, _| {
                let surplus = |id: &str| decisions[0].replace("case-000", id);
                let both = [surplus("case-998"), surplus("case-999")];
                decisions.splice(11..11, both);
            },
        ),
        ("error: mine.jsonl:4: risk.sample_rate: must be a number from 0 to 1\n", |decisions, _| {
            let (before, behind) = decisions[3].split_once("\"sample_rate\":").unwrap();
            decisions[3] = format!("{before}\"sample_rate\":2{behind}");
        }),
    ];
    for (said, damage) in cases {
        let workbench = workbench();
        let read = |path: &str| workbench.read(path).lines().map(str::to_owned).collect::<Vec<_>>();
        let (mut decisions, mut corpus) = (read("mine.jsonl"), read("corpora/mix.jsonl"));
        damage(&mut decisions, &mut corpus);
        workbench.write("mine.jsonl", decisions.join("\n") + "\n");
        workbench.write("corpora/mix.jsonl", corpus.join("\n") + "\n");
        for threads in ["1", "8"] {
            let ran = replay(&workbench, &["--threads", threads]).exits(4);
            assert_eq!(ran.stderr, said, "on {threads} threads");
        }
    }
}

/// A surplus line is found before anything is compared, so that a golden folder is not even begun.
#[test]
fn decisions_that_are_left_over_leave_nothing_behind() {
    let workbench = workbench();
    let ours = decisions(&workbench);
    let mut surplus = ours[0].clone();
    surplus["command_id"] = json!("case-999");
    write(&workbench, &[ours.as_slice(), &[surplus]].concat());
    let before = workbench.tree();
    replay(&workbench, &["--golden", "theirs", "--new"]).exits(4).says(&["mine.jsonl:13", "no recording"]);
    assert_eq!(workbench.tree(), before);
    write(&workbench, &ours);
    replay(&workbench, &["--golden", "theirs"]).exits(4).says(&["there is no golden folder"]);
}

#[test]
fn decisions_go_with_one_whole_corpus() {
    let workbench = workbench().with_corpus("two", &[recording("x")]);
    workbench.run(["replay", "--decisions", "mine.jsonl"]).exits(2);
    workbench.run(["replay", "mix", "two", "--decisions", "mine.jsonl"]).exits(2);
    workbench.run(["replay", "mix", "--sample", "3", "--decisions", "mine.jsonl"]).exits(2);
    workbench.run(["replay", "mix", "--recorded-environment", "--decisions", "mine.jsonl"]).exits(2);
    workbench.run(["replay", "mix", "--decisions", "nowhere.jsonl"]).exits(4).says(&["nowhere.jsonl"]);
    workbench.run(["replay", "mix", "--decisions", "corpora"]).exits(4).says(&["corpora"]);
    replay(&workbench, &["--filter", "id=case-00*"]).exits(0);
}

/// Raw text may stand in any string of a risk line, in a key, or in an unknown field.
#[test]
fn raw_text_in_a_risk_line_is_broken_and_goes_nowhere() {
    let places = [
        "corridor_intent",
        "latency_ms",
        "model_meta.profile",
        "model_meta.task_id",
        "model_meta.prompt",
        "baseline_summary.intent",
        "baseline_summary.item_name",
        "llm_summary.confidence_bucket",
        "llm_summary.item_name_len",
        "diff_summary.intent_mismatch",
        "item_name",
        "prompt",
        CANARY,
    ];
    for place in places {
        let workbench = workbench();
        let mut decisions = decisions(&workbench);
        let risk = place.split('.').fold(&mut decisions[0]["risk"], |value, key| &mut value[key]);
        *risk = json!(format!("купи {CANARY}"));
        write(&workbench, &decisions);
        let ran = replay(&workbench, &[]).exits(5);
        let run = workbench.only_run();
        let outcomes = run.outcomes();
        let outcome = outcomes.iter().find(|outcome| outcome["command_id"] == "case-000").unwrap();
        assert_eq!(outcome["broken"], "raw_text_in_risk_line", "{place}");
        for file in ["outcomes.jsonl", "risk.jsonl", "summary.json", "run.json", "junit.xml"] {
            assert!(!run.read(file).contains(CANARY), "{place} reached {file}");
        }
        assert!(!ran.stdout.contains(CANARY) && !ran.stderr.contains(CANARY), "{place}: {}", ran.stderr);
    }
}

#[test]
fn an_explanation_says_whose_path_it_shows() {
    let workbench = workbench();
    let id = text(&decisions(&workbench)[0], "command_id");
    let said = "this is how this program's own path decides";
    let explain = || workbench.run(["explain", "mix", &id]).exits(0).stdout;
    assert!(!explain().contains(said), "no run holds other decisions");
    replay(&workbench, &[]).exits(0);
    let run = workbench.only_run().folder;
    let name = run.file_name().unwrap().to_string_lossy()[..8].to_owned();
    let shown = explain();
    assert!(shown.starts_with(said) && shown.contains(&name), "{shown}");
    // Nor is golden made of it by a command that takes the latest run.
    let ran = workbench.run(["replay", "mix", "--decisions", "mine.jsonl", "--golden", "theirs", "--new"]).exits(1);
    assert!(!ran.stdout.contains("accept --new") && !ran.stdout.contains("corridor explain"), "{}", ran.stdout);
    let annotations = workbench.run(["report", &name, "--format", "annotations"]).exits(3).stdout;
    assert!(annotations.contains("another implementation"), "{annotations}");
}

#[test]
fn what_was_found_in_foreign_decisions_is_called_so_until_it_is_in_the_ledger() {
    let said = "found in decisions of another implementation";
    let theirs = ["--golden", "theirs"];
    let workbench = workbench();
    replay(&workbench, &["--golden", "theirs", "--new"]).exits(1);
    // What runs are stored does not matter: it is known of the pending file itself.
    fs::remove_dir_all(workbench.path(".corridor")).unwrap();
    let shown = workbench.run([&["pending"], &theirs[..]].concat()).exits(1);
    assert!(shown.stdout.contains(said), "{}", shown.stdout);
    let json = workbench.run([&["pending", "--format", "json"], &theirs[..]].concat()).exits(1).json();
    assert_eq!(json["files"][0]["decisions"], "foreign");
    let id = text(&decisions(&workbench)[0], "command_id");
    let explained = workbench.run([&["explain", "mix", &id], &theirs[..]].concat()).exits(0).stdout;
    assert!(explained.contains("what is pending comes from decisions of another implementation"), "{explained}");
    // A part that is settled leaves the rest what it is.
    let case = ["accept", "--case", &id, "--reason", "theirs"];
    let settled = workbench.run([&case, &theirs[..]].concat()).exits(0).stdout;
    assert!(settled.contains(said), "{settled}");
    let settled = workbench.run([&["reject", "--case", "case-003"], &theirs[..]].concat()).exits(0).stdout;
    assert!(settled.contains(said), "{settled}");
    let settled = workbench.run([&["accept", "--reason", "theirs"], &theirs[..]].concat()).exits(0).stdout;
    assert!(settled.contains(said), "{settled}");
    let ledger = lines(&workbench.read("theirs/LEDGER.jsonl"));
    assert!(ledger.len() == 3 && ledger.iter().all(|line| line["decisions"] == "foreign"), "{ledger:?}");
    workbench.run([&["check"], &theirs[..]].concat()).exits(0);
    // Of our own, nothing is said.
    workbench.run(["replay", "mix", "--rules", "reference", "--new"]).exits(1);
    let shown = workbench.run(["pending"]).exits(1).stdout;
    let accepted = workbench.run(["accept", "--reason", "ours"]).exits(0).stdout;
    assert!(!shown.contains(said) && !accepted.contains(said));
    assert!(!workbench.read("golden/LEDGER.jsonl").contains("decisions"));
}
