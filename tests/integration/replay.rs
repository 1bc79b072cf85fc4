//! Runs: what is selected, what is stored, and what changes nothing.

use crate::recording::{corpus, mixture, recording};
use crate::workbench::{Workbench, text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// One corpus `mix` of 60 recordings.
fn workbench() -> Workbench {
    Workbench::new().with_corpus("mix", &mixture(60))
}

#[test]
fn every_command_ends_in_one_class_and_the_counts_sum_to_the_corpus() {
    let workbench = workbench().with_corpus("two", &mixture(7));
    let summaries = workbench.run(["replay", "--format", "json"]).exits(0).json();
    let summaries = summaries.as_array().unwrap();
    assert_eq!(summaries.iter().map(|summary| text(summary, "rules")).collect::<Vec<_>>(), ["reference", "strict"]);
    for summary in summaries {
        for (corpus, expected) in summary["corpora"].as_array().unwrap().iter().zip([60, 7]) {
            let counts = &corpus["counts"];
            let sum: u64 = counts["classes"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
            assert_eq!((&counts["recordings"], sum, &corpus["read"]), (&json!(expected), expected, &json!(expected)));
        }
        let run = workbench.latest(&text(summary, "rules"));
        assert_eq!(&run.json("summary.json"), summary, "what is printed is what is stored");
        let outcomes = run.outcomes();
        assert_eq!(outcomes.len(), 67);
        let coverage = summary["coverage"].as_array().unwrap();
        assert_eq!(coverage.iter().map(|row| row["count"].as_u64().unwrap()).sum::<u64>(), 67);
        let mut classes = BTreeMap::<String, u64>::new();
        for outcome in &outcomes {
            *classes.entry(text(outcome, "class")).or_default() += 1;
        }
        for (class, count) in classes {
            let in_roles =
                summary["roles"].as_array().unwrap().iter().map(|role| role["classes"][&class].as_u64().unwrap());
            assert_eq!(in_roles.sum::<u64>(), count, "{class}");
        }
    }
}

#[test]
fn a_corpus_without_a_declared_role_is_edge_and_says_so() {
    let ran = workbench().run(["replay", "--format", "json", "--rules", "strict"]).exits(0).json();
    assert_eq!(ran.as_array().unwrap().len(), 1);
    assert_eq!(
        (&ran[0]["corpora"][0]["role"], &ran[0]["corpora"][0]["role_declared"]),
        (&json!("edge"), &json!(false))
    );
}

#[test]
fn filters_of_one_kind_add_and_filters_of_different_kinds_narrow() {
    let workbench = workbench();
    let count = |filters: &[&str]| {
        let arguments: Vec<_> = filters.iter().flat_map(|filter| ["--filter", filter]).collect();
        let ran =
            workbench.run([["replay", "--rules", "reference", "--format", "json"].as_slice(), &arguments].concat());
        let count = ran.json()[0]["corpora"][0]["counts"]["recordings"].as_u64().unwrap();
        ran.exits(if count == 0 { 3 } else { 0 });
        count
    };
    assert_eq!(count(&["id=case-00*"]), 10);
    assert_eq!(count(&["id=case-001", "id=case-002", "id=nobody"]), 2);
    assert_eq!(count(&["tag=rest-1"]), 20);
    assert_eq!(count(&["tag=rest-1", "tag=rest-2"]), 40);
    assert_eq!(count(&["tag=rest-1", "id=case-00*"]), 3);
    assert_eq!(count(&["class=regressed"]), 10);
    assert_eq!(count(&["class=regressed", "class=agreed"]), 20);
    assert_eq!(count(&["class=regressed", "tag=rest-0"]), 0);
    assert_eq!(count(&["status=skipped"]), 20);
    assert_eq!(count(&["reason=low_confidence"]), 10);
    assert_eq!(count(&["reason=timeout", "status=accepted_llm"]), 0);
    for bad in ["colour=red", "class=nice", "status=odd", "id", "reason=a b"] {
        workbench.run(["replay", "--filter", bad]).exits(2);
    }
}

#[test]
fn a_sample_is_stratified_seeded_and_independent_of_order_and_threads() {
    let recordings = mixture(60);
    let mut reversed = recordings.clone();
    reversed.reverse();
    let sampled = |recordings: &[_], seed: &str, threads: &str| {
        let workbench = Workbench::new().with_corpus("mix", recordings);
        let arguments =
            ["replay", "--rules", "strict", "--sample", "18", "--seed", seed, "--threads", threads, "--format", "json"];
        let summary = workbench.run(arguments).exits(0).json();
        assert_eq!(summary[0]["seed"].to_string(), seed, "the seed is printed");
        let run = workbench.only_run();
        assert_eq!(
            run.json("run.json")["inputs"]["selection"]["sample"],
            json!({"size": 18, "seed": seed.parse::<u64>().unwrap()})
        );
        let strata = run.outcomes().iter().fold(BTreeMap::<_, u32>::new(), |mut strata, outcome| {
            *strata.entry((text(outcome, "intent"), text(&outcome["baseline"], "action"))).or_default() += 1;
            strata
        });
        // 40 shopping commands, 10 tasks, 10 questions.
        assert_eq!(strata.values().copied().collect::<Vec<_>>(), [12, 3, 3], "{strata:?}");
        run.ids()
    };
    let first = sampled(&recordings, "7", "1");
    assert_eq!(first.len(), 18);
    assert_eq!(sampled(&recordings, "7", "8"), first);
    assert_eq!(sampled(&reversed, "7", "2"), first);
    assert_ne!(sampled(&recordings, "8", "1"), first);
}

#[test]
fn a_sample_of_more_than_there_is_takes_everything_and_a_seed_needs_a_sample() {
    let workbench = workbench();
    workbench.run(["replay", "--rules", "strict", "--sample", "1000"]).exits(0);
    assert_eq!(workbench.only_run().ids().len(), 60);
    workbench.run(["replay", "--seed", "1"]).exits(2);
}

#[test]
fn samples_nest_as_deployed() {
    let workbench =
        Workbench::new().with_corpus("mix", &(0..150).map(|n| recording(&format!("case-{n}"))).collect::<Vec<_>>());
    let mut smaller = BTreeSet::new();
    for rate in ["0", "0.01", "0.05", "0.10", "0.5", "1"] {
        let variable = format!("PARTIAL_TRUST_SAMPLE_RATE={rate}");
        let run = workbench.replay(["replay", "--rules", "reference", "--as-deployed", "--env", &variable]);
        let rate: f64 = rate.parse().unwrap();
        let mut sampled = BTreeSet::new();
        for outcome in run.outcomes() {
            let is_in = outcome["bucket"].as_f64().unwrap() < rate;
            let expected = if is_in { ["accepted_llm", "agreed"] } else { ["not_sampled", "outside"] };
            assert_eq!([text(&outcome, "status"), text(&outcome, "class")], expected);
            sampled.extend(is_in.then(|| text(&outcome, "command_id")));
        }
        assert!(
            run.read("risk.jsonl").lines().all(|line| line.contains(&format!("\"sample_rate\":{rate:?},"))),
            "{rate}"
        );
        assert!(sampled.is_superset(&smaller), "{rate}");
        smaller = sampled;
    }
    assert_eq!(smaller.len(), 150);
}

#[test]
fn a_forced_replay_behaves_as_rate_1_throughout() {
    let workbench = workbench();
    workbench.run(["replay", "--rules", "reference"]).exits(0);
    let run = workbench.latest("reference");
    assert_eq!(run.json("run.json")["inputs"]["environment"]["PARTIAL_TRUST_SAMPLE_RATE"], "0.01");
    let risks = crate::workbench::lines(&run.read("risk.jsonl"));
    assert_eq!(risks.len(), 60);
    assert!(risks.iter().all(|risk| risk["sample_rate"] == 1.0));
    let ids = |values: &[Value]| values.iter().map(|value| text(value, "command_id")).collect::<Vec<_>>();
    assert_eq!(ids(&risks), ids(&run.outcomes()), "risk lines stand in the order of the outcomes");
}

#[test]
fn the_environment_is_the_projects_and_the_command_lines_never_the_processs() {
    let workbench = workbench();
    let arguments = ["replay", "--rules", "reference", "--format", "json"];
    let plain = workbench.run(arguments).exits(0);
    let poisoned =
        [("PARTIAL_TRUST_ENABLED", "false"), ("LLM_POLICY_ENABLED", "false"), ("LLM_POLICY_PATH", "/nowhere")];
    let ran = workbench.run_with(arguments, &poisoned, b"").exits(0);
    assert_eq!(ran.stdout, plain.stdout);
    assert_eq!(workbench.runs().len(), 1, "the same inputs are the same run");

    let of = |extra: &[&str]| {
        workbench.run([arguments.as_slice(), extra].concat()).exits(0).json()[0]["corpora"][0]["counts"]["classes"]
            .clone()
    };
    assert_eq!(of(&["--env", "PARTIAL_TRUST_ENABLED=false"])["outside"], 60);
    assert_eq!(of(&["--unset", "PARTIAL_TRUST_ENABLED"])["outside"], 60);
    assert_eq!(of(&["--unset", "PARTIAL_TRUST_PROFILE_ID"])["outside"], 60, "the profile `cheap` has no route");
    assert_eq!(of(&["--env", "PARTIAL_TRUST_INTENT="])["outside"], 60);
    assert_eq!(of(&["--env", "PARTIAL_TRUST_TIMEOUT_MS=49"])["agreed"], 0, "every answer takes 50 ms");
    assert_eq!(of(&["--env", "PARTIAL_TRUST_TIMEOUT_MS=50"])["agreed"], 10);
    workbench.run(["replay", "--env", "novalue"]).exits(2);
    workbench.run(["replay", "--env", "=x"]).exits(2);
    workbench.run(["replay", "--recorded-environment", "--env", "A=b"]).exits(2);
}

#[test]
fn switched_off_there_is_no_risk_line() {
    let workbench = workbench();
    let run = workbench.replay(["replay", "--rules", "strict", "--env", "PARTIAL_TRUST_ENABLED=false"]);
    assert_eq!(run.read("risk.jsonl"), "");
    assert!(run.outcomes().iter().all(|outcome| outcome.get("status").is_none() && outcome.get("decision").is_none()));
}

const POLICY: &str = r#"{"schema_version": 1, "profiles": {"cheap": {"description": "c"}, "reliable": {"description": "r"},
    "partial_trust": {"description": "p"}}, "tasks": {"shopping_extraction": {"description": "s"}},
    "routing": {"shopping_extraction": {"cheap": {"model": "m"}}, "partial_trust_shopping": {"partial_trust": {"model": "MODEL"}}}}"#;

#[test]
fn a_policy_file_routes_and_one_that_does_not_load_closes_the_corridor() {
    let workbench = workbench().with("good.json", POLICY).with("placeholder.json", POLICY.replace("MODEL", "${MODEL}"));
    let unrouted = POLICY.replace("partial_trust_shopping", "another_task");
    let workbench =
        workbench.with("unrouted.json", unrouted).with("bad.yaml", "schema_version: [").with("binary", b"\xff\xfe");
    let is_open = |policy: &str, placeholders: &str| {
        let variables = [format!("LLM_POLICY_PATH={policy}"), format!("LLM_POLICY_ALLOW_PLACEHOLDERS={placeholders}")];
        let run = workbench.replay(["replay", "--rules", "reference", "--env", &variables[0], "--env", &variables[1]]);
        let summary = run.json("summary.json");
        let is_closed = summary["corpora"][0]["counts"]["classes"]["outside"] == 60;
        let says_so = summary["notes"].to_string().contains("no candidate is asked for");
        assert_eq!(is_closed, says_so, "{policy}: {}", summary["notes"]);
        !is_closed
    };
    assert!(is_open("good.json", "false"));
    assert!(is_open("placeholder.json", "true"));
    let closed = ["unrouted.json", "bad.yaml", "binary", "missing.json", "."].map(|policy| (policy, "true"));
    for (policy, placeholders) in closed.into_iter().chain([("placeholder.json", "false")]) {
        assert!(!is_open(policy, placeholders), "{policy}");
    }
}

#[test]
fn a_what_if_and_a_filtered_or_sampled_run_say_so_and_are_not_the_latest() {
    let workbench = workbench();
    workbench.run(["replay"]).exits(0);
    let latest = workbench.read(".corridor/runs/latest-reference");
    for arguments in [
        vec!["replay", "--env", "PARTIAL_TRUST_TIMEOUT_MS=49"],
        vec!["replay", "--unset", "PARTIAL_TRUST_PROFILE_ID"],
        vec!["replay", "--as-deployed"],
        vec!["replay", "--recorded-environment"],
        vec!["replay", "--filter", "tag=rest-1"],
        vec!["replay", "--sample", "9"],
    ] {
        let summary = workbench.run([arguments.as_slice(), &["--format", "json"]].concat()).exits(0).json();
        assert_ne!(summary[0]["incomplete_because"], json!([]), "{arguments:?}");
        assert_eq!(workbench.read(".corridor/runs/latest-reference"), latest, "{arguments:?}");
    }
    let runs = workbench.runs();
    let incomplete = runs.iter().filter(|run| run.json("run.json")["incomplete_because"] != json!([])).count();
    assert_eq!((runs.len(), incomplete), (14, 12));
}

#[test]
fn another_policy_file_of_the_same_name_is_another_run() {
    let workbench = workbench().with("policy.json", POLICY);
    let arguments = ["replay", "--rules", "reference", "--env", "LLM_POLICY_PATH=policy.json"];
    workbench.run(arguments).exits(0);
    workbench.write("policy.json", POLICY.replace("MODEL", "other"));
    workbench.run(arguments).exits(0);
    assert_eq!(workbench.runs().len(), 2);
}

#[test]
fn each_recordings_own_environment_holds_where_it_is_asked_for() {
    let on = json!({"PARTIAL_TRUST_ENABLED": "true", "PARTIAL_TRUST_SAMPLE_RATE": "1", "PARTIAL_TRUST_PROFILE_ID": "partial_trust",
        "LLM_POLICY_ENABLED": "true", "LLM_POLICY_ALLOW_PLACEHOLDERS": "true"});
    let mut unsampled = on.clone();
    unsampled["PARTIAL_TRUST_SAMPLE_RATE"] = json!("0");
    let workbench = Workbench::new().with_corpus(
        "own",
        &[
            recording("on").with("environment", on),
            recording("unsampled").with("environment", unsampled),
            recording("none"),
        ],
    );
    let run = workbench.replay(["replay", "--rules", "reference"]);
    assert!(run.classes().values().all(|class| class == "agreed"));
    let run = workbench.replay(["replay", "--rules", "reference", "--recorded-environment"]);
    assert_eq!(run.json("summary.json")["sampling"], "as_deployed");
    assert_eq!(
        run.classes().into_iter().collect::<Vec<_>>(),
        [("none", "outside"), ("on", "agreed"), ("unsampled", "outside")]
            .map(|(id, class)| (id.to_owned(), class.to_owned()))
    );
    assert_eq!(run.read("risk.jsonl").lines().count(), 2, "without variables the switch is off");
}

#[test]
fn bad_lines_are_set_aside_and_counted_and_the_run_is_not_complete() {
    let good = recording("good").line();
    let (other, worse) = (recording("other").line(), recording("good").regressed().line());
    let workbench =
        Workbench::new().with("corpora/some.jsonl", format!("{good}\nnot json\n{other}\n{worse}\n\n{}", &other[..99]));
    let before = workbench.tree();
    workbench.run(["replay", "--rules", "reference"]).exits(4);
    assert_eq!((workbench.tree(), workbench.run_folder().len()), (before, 0));
    let ran = workbench.run(["replay", "--rules", "reference", "--keep-going", "--format", "json"]).exits(0);
    let ran = ran.says(&["some.jsonl:2:", "some.jsonl:4", "first on line 1", "some.jsonl:5", "some.jsonl:6:"]);
    let summary = &ran.json()[0];
    assert_eq!((&summary["corpora"][0]["read"], &summary["corpora"][0]["set_aside"]), (&json!(2), &json!(4)));
    assert_eq!(summary["incomplete_because"].as_array().unwrap().len(), 1);
    let run = workbench.only_run();
    assert_eq!(run.json("run.json")["incomplete_because"], summary["incomplete_because"]);
    assert_eq!(run.classes().into_values().collect::<Vec<_>>(), ["agreed", "agreed"], "the first of two lines counts");
    assert!(!workbench.has(".corridor/runs/latest-reference"));
}

#[test]
fn keep_going_without_a_bad_line_is_a_complete_run() {
    let workbench = workbench();
    workbench.run(["replay", "--keep-going"]).exits(0);
    assert_eq!(workbench.latest("reference").json("run.json")["incomplete_because"], json!([]));
}

#[test]
fn standard_input_has_golden_only_under_a_name() {
    let workbench = workbench().with_golden();
    let input = corpus(&mixture(60));
    let golden = |arguments: &[&str]| {
        let arguments =
            [["replay", "-", "--rules", "strict", "--check", "--format", "json"].as_slice(), arguments].concat();
        let summary = workbench.run_with(arguments, &[], input.as_bytes()).exits(0).json()[0]["corpora"][0].clone();
        (text(&summary, "name"), text(&summary["golden"], "state"))
    };
    assert_eq!(golden(&["--name", "mix"]), ("mix".to_owned(), "compared".to_owned()));
    assert_eq!(golden(&["--name", "other"]), ("other".to_owned(), "absent".to_owned()));
    let latest = workbench.read(".corridor/runs/latest-strict");
    assert_eq!(golden(&[]), ("stdin".to_owned(), "absent".to_owned()));
    assert_eq!(workbench.read(".corridor/runs/latest-strict"), latest);
    assert_eq!(golden(&["--name", "mix", "--sample", "9"]), ("mix".to_owned(), "compared".to_owned()));
    workbench.run(["replay", "mix", "--name", "x"]).exits(2);
    assert!(!workbench.run_folder().iter().any(|name| name.starts_with('.')), "{:?}", workbench.run_folder());
}

#[test]
fn two_corpora_of_one_name_are_a_usage_error() {
    let workbench = workbench().with("elsewhere/mix.jsonl", corpus(&mixture(3)));
    let before = workbench.tree();
    workbench.run(["replay", "mix", "elsewhere/mix.jsonl"]).exits(2).says(&["`mix`"]);
    workbench.run(["replay", "mix", "mix"]).exits(2);
    workbench.run_with(["replay", "mix", "-", "--name", "mix"], &[], corpus(&mixture(3)).as_bytes()).exits(2);
    assert_eq!((workbench.tree(), workbench.run_folder().len()), (before, 0));
}

#[test]
fn a_run_of_the_same_inputs_replaces_the_old_one() {
    let workbench = workbench();
    workbench.run(["replay"]).exits(0);
    let (names, old) = (workbench.run_folder(), workbench.latest("reference").read("outcomes.jsonl"));
    std::fs::write(workbench.latest("reference").folder.join("outcomes.jsonl"), "damaged").unwrap();
    workbench.run(["replay"]).exits(0);
    assert_eq!(workbench.run_folder(), names, "nothing is left over");
    assert_eq!(workbench.latest("reference").read("outcomes.jsonl"), old);
}

#[test]
fn neither_threads_nor_the_order_of_lines_changes_a_byte_of_a_run() {
    let recordings = mixture(200);
    let mut shuffled = recordings.clone();
    shuffled.sort_by_key(|recording| corridor::model::IdDigest::of(&recording.line()));
    let mut found = BTreeSet::new();
    for (recordings, threads) in
        [(&recordings, "1"), (&recordings, "2"), (&recordings, "8"), (&shuffled, "1"), (&shuffled, "8")]
    {
        let workbench = Workbench::new().with_corpus("mix", recordings);
        let ran = workbench.run(["replay", "--threads", threads, "--format", "json"]).exits(0);
        let files = ["reference", "strict"].map(|rules| {
            let run = workbench.latest(rules);
            ["outcomes.jsonl", "risk.jsonl", "summary.json", "junit.xml"].map(|file| run.read(file))
        });
        found.insert((files, ran.stdout, ran.stderr));
    }
    assert_eq!(found.len(), 1);
}
