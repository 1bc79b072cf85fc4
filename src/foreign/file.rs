//! A file of decision lines, one for each command.
//!
//! The file is read once for an index from command ids to positions. Each recording then reads its line; the file is never in
//! memory as a whole. Its risk entries are checked for private text, because they come from outside.

use super::error::ForeignError;
use crate::corpus::{BatchReader, CorpusError, CorpusInput, Fill, LineError, MAX_LINE_BYTES};
use crate::decide::{
    Abilities, Answer, Asked, BaselineSummary, Decided, Decider, Failure, Identity, RiskEntry, Settings, Trace,
    Undecided, Unusable, extraction_is_unrecorded, has_duplicate_keys, is_clean_risk,
};
use crate::model::{
    CallError, CorridorStatus, DecisionCore, Decisions, IdDigest, Intent, KnownReason, Location, Payload, ReasonCode,
    Recording, Text, problem_of, shown_name,
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
pub struct DecisionFile {
    identity: Identity,
    /// The settings under which the decisions were made, as far as they are known.
    settings: Settings,
    /// By the first half of the digest of a command id.
    index: BTreeMap<[u8; 16], Place>,
    lines: Mutex<File>,
    /// The folder of the temporary file of the lines.
    directory: PathBuf,
}

/// The position of a decision line, and whether a recording has used it.
struct Place {
    offset: u64,
    length: usize,
    number: u64,
    is_used: AtomicBool,
}

/// One decision line; unknown fields are refused.
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

impl DecisionFile {
    /// Reads the index of `input`. The lines are copied, decompressed, into a temporary file in `directory`.
    ///
    /// # Errors
    ///
    /// [`Unusable::Line`] with the line that is no decision line, or whose command id occurs twice.
    pub fn open(input: &CorpusInput, directory: &Path, settings: Settings) -> Result<Self, ForeignError> {
        let name = input.display_name();
        let opened = input.open()?;
        let digest = opened.digest.clone();
        let mut reader = BatchReader::new(opened, name.clone(), Fill::Whole);
        std::fs::create_dir_all(directory).map_err(Unusable::io("create", directory))?;
        let mut lines = tempfile::tempfile_in(directory).map_err(Unusable::io("write in", directory))?;
        let mut index = BTreeMap::new();
        let mut offset = 0;
        while let Some(batch) = reader.next_batch()? {
            for (number, line) in batch.lines() {
                let at = |column| Location { file: name.clone(), line: number, column };
                let line = line.map_err(|error: LineError| CorpusError::Line {
                    location: at(error.column),
                    error: Box::new(error),
                })?;
                let bad = |problem: &str| Unusable::Line { location: at(None), problem: problem.to_owned() };
                let id = std::str::from_utf8(line).ok().and_then(|text| serde_json::from_str::<IdOnly>(text).ok());
                let IdOnly { command_id } = id.ok_or_else(|| bad("is no decision line with a command_id"))?;
                debug_assert!(line.len() <= MAX_LINE_BYTES, "a batch holds no longer line");
                let place = Place { offset, length: line.len(), number, is_used: AtomicBool::new(false) };
                lines.write_all(line).map_err(Unusable::io("write in", directory))?;
                if index.insert(key(&IdDigest::of(&command_id)), place).is_some() {
                    return Err(bad("its command_id occurs twice").into());
                }
                offset += line.len() as u64;
            }
        }
        let identity = Identity { decisions: Decisions::Foreign, name, digest: Some(digest.hex()) };
        Ok(Self { identity, settings, index, lines: Mutex::new(lines), directory: directory.to_owned() })
    }

    /// Reads the line at `place` into `bytes`.
    fn read(&self, place: &Place, bytes: &mut Vec<u8>) -> Result<(), Unusable> {
        bytes.resize(place.length, 0);
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let read = lines.seek(SeekFrom::Start(place.offset)).and_then(|_| lines.read_exact(bytes));
        read.map_err(Unusable::io("read again what was written in", &self.directory))
    }

    /// The decision on a line that is about `recording`.
    fn decided<'a>(&self, recording: &Recording, line: &'a [u8]) -> Result<Decided<'a>, String> {
        let line = std::str::from_utf8(line).map_err(|_| "invalid UTF-8")?;
        let parsed = serde_json::from_str::<ForeignLine>(line)
            .map_err(|error| format!("column {}: {}", error.column(), problem_of(&error)))?;
        if parsed.command_id != *recording.command.command_id {
            return Err("is the decision line of another command".to_owned());
        }
        if parsed.risk.is_some_and(|risk| has_duplicate_keys(risk.get())) {
            return Err("risk: a field occurs twice".to_owned());
        }
        let raw_risk = parsed.risk.map(|risk| serde_json::from_str::<Map<String, Value>>(risk.get()));
        let raw_risk = raw_risk.transpose().map_err(|_| "risk: must be an object or null")?;
        let risk = raw_risk.as_ref().map(|risk| risk_entry(risk, &parsed)).transpose()?;
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

impl Decider for DecisionFile {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn abilities(&self) -> Abilities {
        Abilities { explains: false }
    }

    fn decide(&self, batch: &[Asked<'_>], take: &mut dyn FnMut(&Asked<'_>, Answer<'_>)) -> Result<(), Unusable> {
        let mut line = Vec::new();
        for asked in batch {
            let answer = if let Some(place) = self.index.get(&key(&asked.digest)) {
                place.is_used.store(true, Ordering::Relaxed);
                self.read(place, &mut line)?;
                let found = self.decided(&asked.recording, &line);
                found.map_err(|problem| Undecided { line: Some(place.number), problem })
            } else {
                let id = shown_name(&asked.recording.command.command_id);
                Err(Undecided { line: None, problem: format!("there is no decision line for the command `{id}`") })
            };
            take(asked, answer.map_err(Failure::Undecided));
        }
        Ok(())
    }

    fn finish(&self, is_whole: bool) -> Result<(), Unusable> {
        if !is_whole {
            return Ok(());
        }
        let unused = || self.index.values().filter(|place| !place.is_used.load(Ordering::Relaxed));
        let Some(first) = unused().map(|place| place.number).min() else { return Ok(()) };
        let others = match unused().count() - 1 {
            0 => String::new(),
            others => format!(", and {others} more do"),
        };
        let problem = format!("the decision line belongs to no recording of the corpus{others}");
        Err(self.identity.unusable(Undecided { line: Some(first), problem }))
    }
}

/// Whether the decision used an attempt that was not recorded: it is `llm_unavailable`, and no recorded attempt was.
fn ran_out(risk: &RiskEntry, recording: &Recording, attempts_used: usize) -> bool {
    let attempts = recording.exchanges.partial_trust_shopping.as_deref().unwrap_or_default();
    let last = attempts_used.checked_sub(1).and_then(|last| attempts.get(last));
    risk.reason_code == KnownReason::LlmUnavailable.into()
        && recording.candidate.is_none()
        && last.is_none_or(|attempt| attempt.result != Err(CallError::Unavailable))
}

/// Whether the baseline asked for the name of an item: it found none, or the extraction was not recorded.
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
