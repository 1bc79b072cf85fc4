//! Only what was compared is called unchanged, in every format and by every command.

use crate::recording::recording;
use crate::workbench::Workbench;
use std::fs;

const FORMATS: [&str; 6] = ["text", "json", "markdown", "html", "junit", "annotations"];

fn corpus() -> Workbench {
    Workbench::new().with_corpus("small", &["one", "two", "three"].map(recording))
}

/// Reports in every format, with this exit code, and returns the texts.
#[track_caller]
fn reports(workbench: &Workbench, arguments: &[&str], code: i32, says: &str) {
    for format in FORMATS {
        let ran = workbench.run([&["report", "--format", format], arguments].concat()).exits(code);
        let said = ran.stdout.to_lowercase();
        assert!(said.contains(says), "{format}: {}", ran.stdout);
        assert!(says.starts_with("nothing changed") || !said.contains("nothing changed"), "{format}: {}", ran.stdout);
    }
}

#[test]
fn a_run_without_golden_is_not_compared() {
    let workbench = corpus();
    let ran = workbench.run(["replay"]).exits(0);
    assert!(ran.stdout.contains("not compared with golden") && !ran.stdout.contains("nothing changed"));
    reports(&workbench, &[], 3, "not compared with golden");
    let view = workbench.run(["report", "--format", "json"]).exits(3).json();
    assert_eq!((&view["changes"]["compared"], &view["changes"]["not_compared"]), (&0.into(), &2.into()));
    workbench.run(["pending"]).exits(3);
    let ran = workbench.run(["pending", "--format", "json"]).exits(3);
    assert!(ran.json()["changes"]["headline"].as_str().unwrap().contains("not compared with golden"));
    let ran = workbench.run(["explain", "small", "one"]).exits(0);
    assert!(ran.stdout.contains("not compared with golden") && !ran.stdout.contains("as golden has it"));
    // Now there is some, and the run is compared with it.
    workbench.run(["accept", "--new", "--reason", "first"]).exits(0);
    let ran = workbench.run(["report"]).exits(0);
    assert!(ran.stdout.contains("nothing changed") && !ran.stdout.contains("yet"), "{}", ran.stdout);
    assert!(ran.stdout.contains("was replayed without this golden"), "{}", ran.stdout);
    workbench.run(["pending"]).exits(0);
}

#[test]
fn a_run_is_compared_with_the_golden_folder_of_its_replay() {
    let workbench = corpus().with_golden();
    fs::rename(workbench.path("golden"), workbench.path("elsewhere")).unwrap();
    workbench.run(["replay", "--golden", "elsewhere", "--check"]).exits(0);
    let view = workbench.run(["report", "--format", "json"]).exits(0).json();
    assert_eq!((&view["changes"]["compared"], &view["changes"]["unchanged"]), (&2.into(), &6.into()));
    // An entry less.
    let golden = workbench.read("elsewhere/strict/small.json");
    workbench.write("elsewhere/strict/small.json", "[]\n");
    let ran = workbench.run(["report"]).exits(0);
    assert!(ran.stdout.contains("golden of strict/small changed since the run"), "{}", ran.stdout);
    assert!(ran.stdout.contains("3 commands changed") || ran.stdout.contains("changed against golden"));
    workbench.write("elsewhere/strict/small.json", golden);
    let ran = workbench.run(["report"]).exits(0);
    assert!(ran.stdout.contains("nothing changed") && !ran.stdout.contains("changed since"), "{}", ran.stdout);
    fs::remove_dir_all(workbench.path("elsewhere")).unwrap();
    reports(&workbench, &[], 3, "not compared with golden");
    workbench.run(["report", "--golden", "elsewhere"]).exits(4).says(&["there is no golden folder elsewhere"]);
}

#[test]
fn a_partial_comparison_is_called_unchanged_in_part() {
    let workbench = corpus().with_golden().with_corpus("more", &["four", "five"].map(recording));
    let ran = workbench.run(["replay", "--rules", "strict"]).exits(0);
    let said = "nothing changed in 1 of 2 corpora; 1 not compared";
    assert!(ran.stdout.contains(said), "{}", ran.stdout);
    reports(&workbench, &["latest-strict"], 0, said);
    let ran = workbench.run(["replay", "small", "--filter", "id=one", "--rules", "strict"]).exits(0);
    assert!(ran.stdout.contains("nothing changed in 1 of 3 outcomes of golden"), "{}", ran.stdout);
    let ran = workbench.run(["replay", "--sample", "1", "--rules", "strict"]).exits(0);
    assert!(!ran.stdout.contains("nothing changed against golden"), "{}", ran.stdout);
    let filtered = workbench.runs().into_iter().find(|run| run.read("run.json").contains("id=one"));
    let folder = filtered.unwrap().folder.display().to_string();
    reports(&workbench, &[&folder], 0, "nothing changed in what was compared");
}

#[test]
fn runs_that_have_nothing_in_common_are_not_compared() {
    let workbench = corpus().with_corpus("more", &["four", "five"].map(recording));
    workbench.run(["replay", "small", "--rules", "strict"]).exits(0);
    let small = workbench.only_run().folder.display().to_string();
    workbench.run(["replay", "more", "--rules", "strict"]).exits(0);
    let more = workbench.runs().into_iter().map(|run| run.folder.display().to_string()).find(|run| *run != small);
    let more = more.unwrap();
    for format in FORMATS {
        let ran = workbench.run(["diff", &small, &more, "--format", format]).exits(3);
        let said = ran.stdout.to_lowercase();
        assert!(said.contains("nothing was compared") && !said.contains("nothing changed"), "{format}: {}", ran.stdout);
    }
}

#[test]
fn a_replay_that_compared_nothing_says_so_first() {
    let workbench = corpus().with("elsewhere.jsonl", corpus().read("corpora/small.jsonl"));
    let input = workbench.read("elsewhere.jsonl");
    for arguments in [vec!["replay", "elsewhere.jsonl"], vec!["replay", "-"], vec!["replay", "--as-deployed"]] {
        for check in [vec![], vec!["--check"]] {
            let ran = workbench.run_with([arguments.clone(), check].concat(), &[], input.as_bytes()).exits(0);
            let first = ran.stdout.lines().nth(1).unwrap();
            assert!(first.trim().starts_with("not compared with golden"), "{}", ran.stdout);
        }
    }
}

#[test]
fn deleted_golden_is_not_called_golden_that_was_never_created() {
    let workbench = corpus().with_golden();
    workbench.run(["replay"]).exits(0);
    std::fs::remove_file(workbench.path("golden/strict/small.json")).unwrap();
    let gone = "its golden file is not there any more";
    for format in ["text", "json", "markdown", "html", "junit"] {
        let shown = workbench.run(["report", "latest-strict", "--format", format]).exits(3).stdout;
        let never = ["none yet", "no golden yet", "corpus yet"].iter().any(|text| shown.contains(text));
        assert!(shown.contains(gone) && !never, "{format}: {shown}");
    }
    let replayed = workbench.run(["replay", "--rules", "strict"]).exits(0).stdout;
    assert!(replayed.contains(gone) && !replayed.contains("none yet"), "{replayed}");
    assert!(workbench.latest("strict").read("junit.xml").contains(gone));
}

#[test]
fn nothing_is_pending_is_inconclusive_after_a_replay_that_was_not_compared() {
    let workbench = corpus().with_golden();
    workbench.run(["replay"]).exits(0);
    workbench.run(["pending"]).exits(0);
    std::thread::sleep(std::time::Duration::from_millis(20));
    workbench.run(["replay", "--as-deployed"]).exits(0);
    for listing in ["pending", "review"] {
        let shown = workbench.run([listing]).exits(3).stdout;
        assert!(shown.contains("was not compared with golden"), "{listing}: {shown}");
    }
    std::thread::sleep(std::time::Duration::from_millis(20));
    workbench.run(["replay", "--env", "PARTIAL_TRUST_TIMEOUT_MS=199"]).exits(0);
    workbench.run(["pending"]).exits(0);
}

#[test]
fn rule_sets_are_not_compared_by_unlabelled_decisions() {
    let several = recording("several").with("command.text", "Купи хлеб, молоко и яйца").without("label");
    let workbench = Workbench::new().with_corpus("mine", &[several]);
    let ran = workbench.run(["replay"]).exits(0);
    assert!(ran.stdout.contains("no changed decision has a label"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("neither "), "{}", ran.stdout);
}

#[test]
fn a_run_that_is_not_complete_is_named_where_the_latest_one_is_asked_for() {
    let workbench = Workbench::new().with("mine.jsonl", recording("one").line() + "\n{\n");
    let ran = workbench.run(["replay", "mine.jsonl", "--keep-going"]).exits(0);
    assert!(ran.stdout.contains("not complete: 1 bad line was set aside"), "{}", ran.stdout);
    let advice = workbench.run(["report"]).exits(4).stderr;
    let run = advice.split("`corridor report ").nth(1).and_then(|rest| rest.split('`').next()).unwrap();
    workbench.run(["report", run]).exits(3);
}
