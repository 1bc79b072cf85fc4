//! `corridor analyze --self-test`: plants a secret in every field of a risk log, and searches everything that `analyze` can
//! print or write for it, including its errors.

use super::exit::{Exit, Failure};
use super::file;
use super::output::Output;
use crate::corpus::CorpusInput;
use crate::report::{Detail, Layout, write_analysis, write_analysis_json, write_document};
use crate::risklog::{Analysis, AnalysisJob, Window, analyze};
use serde_json::{Map, Value, json};
use std::io;
use std::path::Path;

/// The planted secret. Like the words of a user, it does not look like a name or an id.
const SECRET: &str = "купи молоко c4n4ry-7f3d \u{1b}[31m";
/// The part of the secret that no escaping changes, and that is searched for.
const MARK: &str = "c4n4ry";

/// Runs the self-test.
pub(super) fn run(output: &Output) -> Result<Exit, Failure> {
    let log = planted();
    let count = log.split(|byte| *byte == b'\n').filter(|line| holds_mark(line)).count();
    let outputs = outputs(&log)?;
    let leaks: Vec<_> = outputs.iter().filter(|(_, bytes)| holds_mark(bytes)).map(|(name, _)| name.as_str()).collect();
    if leaks.is_empty() {
        let looked = outputs.len();
        output.result(&format!(
            "self-test passed: {count} lines with a planted secret, and it is in none of {looked} outputs\n"
        ))?;
        return Ok(Exit::Clean);
    }
    output.result(&format!("self-test FAILED: the planted secret is in {}\n", leaks.join(", ")))?;
    Ok(Exit::Found)
}

fn holds_mark(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, MARK.as_bytes()).is_some()
}

/// All outputs of an analysis of `log`, by name.
fn outputs(log: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let folder = tempfile::tempdir().map_err(|error| Failure::temporary(&error))?;
    let whole = folder.path().join("planted.jsonl");
    // Not a gzip file in spite of its name: reading it fails.
    let broken = folder.path().join("planted.jsonl.gz");
    for path in [&whole, &broken] {
        file::replace(path, |out| out.write_all(log))?;
    }
    let analysis = analyzed(&whole, folder.path())?;
    let mut outputs = Vec::new();
    let mut add = |name: String, write: &dyn Fn(&mut dyn io::Write) -> io::Result<()>| {
        let mut bytes = Vec::new();
        let written = write(&mut bytes).map_err(|error| Failure::input(format!("cannot write {name}: {error}")));
        written.map(|()| outputs.push((name, bytes)))
    };
    for width in [None, Some(40), Some(80), Some(140)] {
        for detail in [Detail::Verdict, Detail::Usual, Detail::Full] {
            for colour in [false, true] {
                let name = format!("the text ({width:?} columns, {detail:?}, colour {colour})");
                add(name, &|out| write_analysis(&analysis, Layout { width, colour }, detail, out))?;
            }
        }
    }
    add("the JSON document".to_owned(), &|out| write_analysis_json(&analysis, out))?;
    add("the compatible JSON".to_owned(), &|out| write_document(&analysis.compatible, out))?;
    let failures = [analyzed(&broken, folder.path()), analyzed(folder.path(), folder.path())];
    for failure in failures.into_iter().filter_map(Result::err) {
        outputs.push(("an error message".to_owned(), failure.shown().into_bytes()));
    }
    Ok(outputs)
}

fn analyzed(path: &Path, directory: &Path) -> Result<Analysis, Failure> {
    let logs = [CorpusInput::File(path.to_owned())];
    let (window, budget_ms, threads, now) = (Window::default(), 200, 1, 0);
    Ok(analyze(&AnalysisJob { logs: &logs, window, budget_ms, threads, now, directory, progress: &|_| () })?)
}

/// A log with the secret in every value, in every key, in unknown fields, and in lines that are no JSON.
fn planted() -> Vec<u8> {
    let line = documented();
    let mut lines = Vec::new();
    for pointer in pointers(&line) {
        for secret in [json!(SECRET), json!({ SECRET: SECRET }), json!([SECRET]), json!({ "text": SECRET })] {
            let mut planted = line.clone();
            if let Some(value) = planted.pointer_mut(&pointer) {
                *value = secret;
                lines.push(planted.to_string());
            }
        }
        let mut planted = line.clone();
        if let Some(object) = planted.pointer_mut(&pointer).and_then(Value::as_object_mut) {
            object.insert("text".to_owned(), json!(SECRET));
            object.insert(SECRET.to_owned(), json!(1));
            lines.push(planted.to_string());
        }
    }
    let text = line.to_string();
    lines.extend([
        text.replacen('{', &format!("{{{}:1,", json!(SECRET)), 1),
        text.replacen('{', &format!("{{\"status\":{},", json!(SECRET)), 1),
        json!([SECRET]).to_string(),
        json!(SECRET).to_string(),
        format!("{SECRET} {text}"),
        format!("{text} {SECRET}"),
        format!("\u{feff}{}", json!({ "text": SECRET })),
        SECRET.to_owned(),
    ]);
    let mut log = lines.join("\n").into_bytes();
    log.extend_from_slice(b"\n\xff\xfe");
    log.extend_from_slice(SECRET.as_bytes());
    // The last line is being written.
    log.extend_from_slice(format!("\n{{\"text\":\"{SECRET}").as_bytes());
    log
}

/// A documented line, sampled although its rate is 0: this finding prints the id.
fn documented() -> Value {
    let summary = |more: Value| {
        let mut summary = json!({
            "intent": "add_shopping_item", "decision_type": "start_job", "action_count": 1, "entity_keys_count": 1,
            "has_list_id": false
        });
        if let (Some(fields), Value::Object(more)) = (summary.as_object_mut(), more) {
            fields.extend::<Map<_, _>>(more);
        }
        summary
    };
    json!({
        "trace_id": "trace-1", "command_id": "cmd-1", "corridor_intent": "add_shopping_item", "sample_rate": 0.0,
        "sampled": true, "status": "fallback_deterministic", "reason_code": "low_confidence", "latency_ms": 18,
        "model_meta": {"profile": "partial_trust", "task_id": "partial_trust_shopping", "escalated": false},
        "baseline_summary": summary(json!({})),
        "llm_summary": summary(json!({"item_name_len": 6, "confidence_bucket": "low"})),
        "diff_summary": {"intent_mismatch": false, "decision_type_mismatch": false, "action_count_mismatch": false,
            "entity_key_mismatch": true},
        "timestamp": "2026-02-10T10:00:00Z"
    })
}

/// The JSON pointers of a value and of everything in it; the names of these fields need no escapes.
fn pointers(value: &Value) -> Vec<String> {
    let inside = |(key, value): (&String, &Value)| {
        pointers(value).into_iter().map(|pointer| format!("/{key}{pointer}")).collect::<Vec<_>>()
    };
    let fields = value.as_object().into_iter().flatten().flat_map(inside);
    std::iter::once(String::new()).chain(fields).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_in_every_field_and_in_no_output() {
        let log = planted();
        let text = String::from_utf8_lossy(&log);
        for field in pointers(&documented()).iter().filter_map(|pointer| pointer.rsplit('/').next()) {
            let is_planted = field.is_empty() || text.contains(&format!("{}:{}", json!(field), json!(SECRET)));
            assert!(is_planted, "{field}");
        }
        let outputs = outputs(&log).unwrap();
        assert_eq!(outputs.len(), 4 * 3 * 2 + 2 + 2);
        assert!(outputs.iter().all(|(name, bytes)| !bytes.is_empty() && !holds_mark(bytes) && !name.is_empty()));
    }

    #[test]
    fn a_secret_that_looks_like_a_name_is_printed_and_found() {
        let mut line = documented();
        line["status"] = json!(MARK);
        let outputs = outputs(line.to_string().as_bytes()).unwrap();
        assert!(outputs.iter().filter(|(_, bytes)| holds_mark(bytes)).count() > 20);
    }
}
