//! Decisions of another implementation, in place of our own paths.
//!
//! The file is read once for its index (command id to place) and then line by line, wherever a recording asks for its
//! decision; it is never held as a whole. What it says about risk is checked against the privacy rule, because it is
//! text from outside.

use super::error::ForeignError;
use crate::corpus::{BatchReader, CorpusError, CorpusInput, Fill, LineError, MAX_LINE_BYTES};
use crate::decide::{
    BaselineSummary, Decided, DecisionPath, RiskEntry, Scratch, Settings, Trace, extraction_is_unrecorded,
    has_duplicate_keys, is_clean_risk,
};
use crate::model::{
    CallError, CorridorStatus, DecisionCore, IdDigest, Intent, KnownReason, Location, Payload, ReasonCode, Recording,
    Text, shown_name,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// A file of decision lines.
pub struct ForeignPath {
    label: String,
    /// What the decisions were made under, as far as the user said so.
    settings: Settings,
    /// By the first half of the digest of a command id.
    index: BTreeMap<[u8; 16], Place>,
    file: Mutex<File>,
    problem: Mutex<Option<(u64, String)>>,
    digest: String,
}

/// Where a decision line is, and whether a recording has asked for it.
struct Place {
    offset: u64,
    length: u32,
    line: u64,
    used: AtomicBool,
}

/// One decision line, closed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForeignLine<'a> {
    #[serde(borrow)]
    command_id: Text<'a>,
    intent: Intent,
    #[serde(borrow)]
    baseline: DecisionCore<'a>,
    #[serde(borrow)]
    decision: DecisionCore<'a>,
    /// Null while the corridor is off; never absent.
    #[serde(borrow, deserialize_with = "Option::deserialize")]
    risk: Option<&'a RawValue>,
    attempts_used: usize,
}

#[derive(Deserialize)]
struct IdOnly<'a> {
    #[serde(borrow)]
    command_id: Text<'a>,
}

impl ForeignPath {
    /// Reads the index of `input`; what is compressed is decompressed into a temporary file in `directory`.
    ///
    /// # Errors
    ///
    /// [`ForeignError::Line`] with the line that is no decision line, or whose command id occurs twice.
    pub fn open(input: &CorpusInput, directory: &Path, settings: Settings) -> Result<Self, ForeignError> {
        let label = input.display_name();
        let opened = input.open()?;
        let digest = opened.digest.clone();
        let mut reader = BatchReader::new(opened, label.clone(), Fill::Whole);
        std::fs::create_dir_all(directory).map_err(ForeignError::io("create", directory))?;
        let mut file = tempfile::tempfile_in(directory).map_err(ForeignError::io("write in", directory))?;
        let mut index = BTreeMap::new();
        let mut offset = 0;
        while let Some(batch) = reader.next_batch()? {
            for (number, line) in batch.lines() {
                let at = |error: LineError| {
                    let location = Location { file: label.clone(), line: number, column: error.column };
                    ForeignError::from(CorpusError::Line { location, error: Box::new(error) })
                };
                let line = line.map_err(at)?;
                let bad = |problem: &str| ForeignError::Line {
                    location: Location { file: label.clone(), line: number, column: None },
                    problem: problem.to_owned(),
                };
                let id = std::str::from_utf8(line).ok().and_then(|text| serde_json::from_str::<IdOnly>(text).ok());
                let Some(IdOnly { command_id }) = id else { return Err(bad("is no decision line with a command_id")) };
                let length = u32::try_from(line.len().min(MAX_LINE_BYTES)).unwrap_or(u32::MAX);
                let place = Place { offset, length, line: number, used: AtomicBool::new(false) };
                file.write_all(line).map_err(ForeignError::io("write in", directory))?;
                if index.insert(key(&IdDigest::of(&command_id)), place).is_some() {
                    return Err(bad("its command_id occurs twice"));
                }
                offset += u64::from(length);
            }
        }
        let (file, problem) = (Mutex::new(file), Mutex::new(None));
        Ok(Self { label, settings, index, file, problem, digest: digest.hex() })
    }

    /// SHA-256 of the file as stored, hex.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What is wrong with the decisions, once every recording was decided: a bad line, a missing or a surplus id.
    ///
    /// # Errors
    ///
    /// [`ForeignError::Line`]; of several problems the one on the first line.
    pub fn check(&self, whole_corpus: bool) -> Result<(), ForeignError> {
        let at = |line| Location { file: self.label.clone(), line, column: None };
        let problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner).take();
        match problem {
            Some((0, problem)) => return Err(ForeignError::File { path: PathBuf::from(&self.label), problem }),
            Some((line, problem)) => return Err(ForeignError::Line { location: at(line), problem }),
            None => {}
        }
        let unused = || self.index.values().filter(|place| !place.used.load(Ordering::Relaxed)).map(|place| place.line);
        match unused().min().filter(|_| whole_corpus) {
            None => Ok(()),
            Some(first) => {
                let others = unused().count() - 1;
                let others = if others > 0 { format!(", and {others} more do") } else { String::new() };
                let problem = format!("the decision line belongs to no recording of the corpus{others}");
                Err(ForeignError::Line { location: at(first), problem })
            }
        }
    }

    fn line_of(&self, command_id: &str, digest: &IdDigest, line: &mut String) -> Result<u64, (u64, String)> {
        let Some(place) = self.index.get(&key(digest)) else {
            return Err((0, format!("there is no decision line for the command `{}`", shown_name(command_id))));
        };
        place.used.store(true, Ordering::Relaxed);
        let Place { offset, length, line: number, .. } = place;
        let mut bytes = vec![0; *length as usize];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(*offset))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|error| (*number, error.kind().to_string()))?;
        *line = String::from_utf8(bytes).map_err(|_| (*number, "invalid UTF-8".to_owned()))?;
        Ok(*number)
    }

    /// Keeps the problem on the smallest line: what is reported must not depend on threads.
    fn note(&self, found: (u64, String)) {
        let mut problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        if problem.as_ref().is_none_or(|known| found < *known) {
            *problem = Some(found);
        }
    }

    fn try_decide<'a>(
        &'a self,
        recording: &'a Recording<'a>,
        digest: &IdDigest,
        line: &'a mut String,
    ) -> Result<Decided<'a>, (u64, String)> {
        let number = self.line_of(&recording.command.command_id, digest, line)?;
        let parsed = serde_json::from_str::<ForeignLine>(line)
            .map_err(|error| (number, format!("column {}: {}", error.column(), crate::model::problem_of(&error))))?;
        if parsed.command_id != *recording.command.command_id {
            return Err((number, "is the decision line of another command".to_owned()));
        }
        if parsed.risk.is_some_and(|risk| has_duplicate_keys(risk.get())) {
            return Err((number, "risk: a field occurs twice".to_owned()));
        }
        let raw_risk = parsed.risk.map(|risk| serde_json::from_str::<Map<String, Value>>(risk.get()));
        let raw_risk = raw_risk.transpose().map_err(|_| (number, "risk: must be an object or null".to_owned()))?;
        let risk = raw_risk.as_ref().map(|risk| risk_entry(risk, &parsed));
        let risk = risk.transpose().map_err(|problem| (number, problem.to_owned()))?;
        let leaked = raw_risk.as_ref().is_some_and(|risk| !is_clean_risk(risk));
        let has_no_candidate = risk.as_ref().is_some_and(|risk| ran_out(risk, recording, parsed.attempts_used));
        let has_no_name = asks_for_a_name(&parsed.baseline) && extraction_is_unrecorded(&self.settings, recording);
        Ok(Decided {
            intent: parsed.intent,
            replacement: (parsed.decision != parsed.baseline).then_some(parsed.decision),
            baseline: parsed.baseline,
            risk,
            attempts_used: parsed.attempts_used,
            unrecorded: has_no_candidate || has_no_name,
            leaked,
            trace: Trace::default(),
        })
    }
}

impl DecisionPath for ForeignPath {
    fn decide<'a>(&'a self, recording: &'a Recording<'a>, digest: &IdDigest, scratch: &'a mut Scratch) -> Decided<'a> {
        self.try_decide(recording, digest, &mut scratch.line).unwrap_or_else(|problem| {
            // The replay fails on this problem when it is over; what stands here until then is thrown away.
            self.note(problem);
            Decided::undecided()
        })
    }
}

/// A recorded attempt was asked for and not there: unavailable, without a recorded attempt that says so.
fn ran_out(risk: &RiskEntry, recording: &Recording, attempts_used: usize) -> bool {
    let attempts = recording.exchanges.partial_trust_shopping.as_deref().unwrap_or_default();
    let last = attempts_used.checked_sub(1).and_then(|last| attempts.get(last));
    risk.reason_code == KnownReason::LlmUnavailable.into()
        && recording.candidate.is_none()
        && last.is_none_or(|attempt| attempt.result != Err(CallError::Unavailable))
}

/// The baseline asked back for an item: a name was not found, or not recorded.
fn asks_for_a_name(baseline: &DecisionCore) -> bool {
    match &baseline.payload {
        Payload::Clarify(question) => {
            question.missing_fields.as_ref().is_some_and(|fields| fields.iter().any(|field| *field == "item.name"))
        }
        Payload::StartJob(_)
        | Payload::CreateTask(_)
        | Payload::AddShoppingItem(_)
        | Payload::Reject(_)
        | Payload::Confirm(_) => false,
    }
}

fn risk_entry<'a>(risk: &Map<String, Value>, line: &ForeignLine) -> Result<RiskEntry<'a>, &'static str> {
    let text = |key: &str| risk.get(key).and_then(Value::as_str);
    let rate = risk.get("sample_rate").and_then(Value::as_f64);
    let status = text("status").and_then(|status| status.parse::<CorridorStatus>().ok());
    let reason = text("reason_code").and_then(ReasonCode::parse);
    Ok(RiskEntry {
        corridor_intent: text("corridor_intent").and_then(|intent| intent.parse().ok()).map_or("", Intent::as_str),
        sample_rate: rate
            .filter(|rate| (0.0..=1.0).contains(rate))
            .ok_or("risk.sample_rate: must be a number from 0 to 1")?,
        sampled: risk.get("sampled").and_then(Value::as_bool).ok_or("risk.sampled: must be true or false")?,
        status: status.ok_or("risk.status: is not a known status")?,
        reason_code: reason.ok_or("risk.reason_code: must be 1 to 64 letters, digits or underscores")?,
        latency_ms: risk.get("latency_ms").and_then(Value::as_i64),
        model_meta: None,
        baseline_summary: BaselineSummary::new(line.intent, &line.baseline),
        llm_summary: None,
        diff_summary: None,
    })
}

fn key(digest: &IdDigest) -> [u8; 16] {
    let mut key = [0; 16];
    key.copy_from_slice(&digest.0[..16]);
    key
}
