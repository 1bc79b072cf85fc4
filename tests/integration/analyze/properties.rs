//! What holds for every log: neither the order of its lines nor how it is cut into files changes what it says.

use super::log::{Logged, SAMPLED, UNSAMPLED, accepted, error, failed, not_sampled};
use corridor::corpus::{CorpusError, CorpusInput};
use corridor::risklog::{Analysis, AnalysisJob, RiskLogError, Window, analyze};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Any line: of few commands, so that they repeat, and odd in many ways.
fn any_line() -> impl Strategy<Value = String> {
    let ids = prop::sample::select([&SAMPLED[..], &UNSAMPLED[..]].concat());
    let latency = prop_oneof![
        (0..400_i64).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-3.0..1e20_f64).prop_map(Value::from),
        Just(json!(true)),
        Just(Value::Null)
    ];
    let documented = (ids, 0..5_u8, latency, 0..3_u8, 0..40_u32).prop_map(|(id, kind, latency, rate, hour)| {
        let line: Logged = match kind {
            0 => accepted(id).after(latency),
            1 => failed(id, "timeout"),
            2 => failed(id, "llm_error").with("llm_summary", latency),
            3 => error(id),
            _ => not_sampled(id),
        };
        let line = line.with("sample_rate", [json!(0.01), json!(0.05), Value::Null][usize::from(rate)].clone());
        line.at(&format!("2026-02-{:02}T{:02}:30:00Z", 10 + hour / 24, hour % 24)).line()
    });
    let odd = prop::sample::select(vec![
        "",
        "[]",
        "{}",
        "{\"status\":\"x y\"}",
        "{\"latency_ms\":1e30}",
        "{\"command_id\":\"a\",\"text\":1}",
        "\u{1b}",
    ]);
    prop_oneof![8 => documented, 1 => odd.prop_map(str::to_owned)]
}

fn analysis(files: &[&[String]], threads: usize) -> Analysis {
    let folder = tempfile::tempdir().unwrap();
    let logs: Vec<_> = files
        .iter()
        .enumerate()
        .map(|(number, lines)| {
            let path = folder.path().join(format!("{number}.jsonl"));
            std::fs::write(&path, lines.iter().flat_map(|line| [line, "\n"]).collect::<String>()).unwrap();
            CorpusInput::File(path)
        })
        .collect();
    let (window, budget_ms, now) = (Window::default(), 200, 1_771_545_600_000_000);
    analyze(&AnalysisJob { logs: &logs, window, budget_ms, threads, now, directory: folder.path(), progress: &|_| () })
        .unwrap()
}

/// The honest metrics without what is about files and places in them.
fn without_places(analysis: &Analysis, without_course: bool) -> Value {
    let mut honest = serde_json::to_value(&analysis.honest).unwrap();
    let object = honest.as_object_mut().unwrap();
    object.remove("logs");
    for finding in object["findings"].as_array_mut().unwrap() {
        if finding["id"] != "sampled_flag_differs" {
            finding.as_object_mut().unwrap().remove("examples");
        }
    }
    if without_course {
        object["findings"].as_array_mut().unwrap().retain(|finding| finding["id"] != "clock_went_back");
        object["clock"]["steps_back"] = Value::Null;
        object["clock"]["largest_step_back_ms"] = Value::Null;
    }
    honest
}

fn compatible(analysis: &Analysis) -> String {
    serde_json::to_string_pretty(&analysis.compatible).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn cutting_a_log_into_files_changes_nothing(
        mut lines in prop::collection::vec(any_line(), 0..40), first in 0..41_usize, second in 0..41_usize, threads in 1..4_usize
    ) {
        // In the order of time: a step back between two files would be in neither.
        lines.sort_by_key(|line| line.split("\"timestamp\":").nth(1).map(str::to_owned));
        let whole = analysis(&[&lines], 1);
        let (first, second) = (first.min(second).min(lines.len()), first.max(second).min(lines.len()));
        let cut = analysis(&[&lines[..first], &lines[first..second], &lines[second..]], threads);
        prop_assert_eq!(without_places(&cut, false), without_places(&whole, false));
        prop_assert_eq!(compatible(&cut), compatible(&whole));
    }

    #[test]
    fn shuffling_a_log_changes_nothing_but_its_course(
        (lines, shuffled) in prop::collection::vec(any_line(), 0..40).prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle()))
    ) {
        let (one, other) = (analysis(&[&lines], 2), analysis(&[&shuffled], 1));
        prop_assert_eq!(without_places(&one, true), without_places(&other, true));
        let values = |analysis: &Analysis| serde_json::to_value(&analysis.compatible).unwrap();
        prop_assert_eq!(values(&one), values(&other));
    }

    #[test]
    fn no_log_is_too_odd(bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\",:\n\r -0.e".to_vec())], 0..300)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("risk.jsonl");
        std::fs::write(&path, &bytes).unwrap();
        let logs = [CorpusInput::File(path)];
        let (window, budget_ms, threads, now) = (Window::default(), 1, 1, 0);
        let job = AnalysisJob { logs: &logs, window, budget_ms, threads, now, directory: folder.path(), progress: &|_| () };
        let analysis = match analyze(&job) {
            Ok(analysis) => analysis,
            // Such bytes may begin as an archive or a text in UTF-16 does, which are refused as a whole.
            Err(RiskLogError::Read(CorpusError::Read { .. })) => return Ok(()),
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        let read = bytes.split(|byte| *byte == b'\n').count() - usize::from(bytes.is_empty() || bytes.ends_with(b"\n"));
        let counts = analysis.honest.lines;
        prop_assert_eq!(counts.read, read as u64);
        prop_assert_eq!(counts.read, counts.blank + counts.parse_errors + counts.records);
    }
}
