//! Receipts of verdicts and their inputs. Each holds the digest of the previous receipt.

use super::evidence::{StepEvidence, Tampered};
use super::judge::Looks;
use super::judgement::{Judgement, Verdict, judge_step};
use super::policy::RolloutPolicy;
use super::step::Step;
use super::threshold::SampleRate;
use crate::bulk::digest;
use crate::decide::RuleSet;
use crate::run::{CorpusInputs, RunInputs};
use crate::summary::{Decisions, Summary};
use serde::{Deserialize, Serialize};

/// Version of receipts; raised when a field changes its meaning or goes.
pub const RECEIPT_FORMAT: u32 = 1;

/// One verdict, with everything that is needed to reproduce it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// [`RECEIPT_FORMAT`].
    pub format: u32,
    /// Its number, from 1.
    pub sequence: u64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The user name of whoever asked.
    pub by: String,
    /// The program that decided.
    pub tool: Tool,
    /// The verdict and what led to it.
    pub judgement: Judgement,
    /// The policy that was in force.
    pub policy: RolloutPolicy,
    /// The inputs of the verdict.
    pub inputs: ReceiptInputs,
    /// The previous receipt; none for the first.
    pub previous: Option<Previous>,
    /// SHA-256 of this receipt with an empty digest, hex.
    pub digest: String,
}

/// The program that decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Its version.
    pub version: String,
    /// SHA-256 of the executable, hex; none where it cannot be read.
    pub build: Option<String>,
}

/// The inputs of a verdict, by digests (SHA-256, hex).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptInputs {
    /// Name of the stored run, which is the digest of its inputs.
    pub run: String,
    /// `run.json`.
    pub record: String,
    /// `summary.json`.
    pub summary: String,
    /// `outcomes.jsonl`, where it was compared with a log.
    pub outcomes: Option<String>,
    /// `risk.jsonl`, where it was compared with a log.
    pub risks: Option<String>,
    /// Version of the program that replayed.
    pub replayed_by: String,
    /// Seed of the selection, where one was made.
    pub seed: Option<u64>,
    /// Corpora of the project that were not in the run in their version of that time.
    pub left_out: Vec<String>,
    /// The corpora.
    pub corpora: Vec<CorpusInputs>,
    /// The policy file; none for the built-in policy.
    pub policy: Option<String>,
    /// Risk logs. Their origin is declared in the policy's `evidence` and cannot be proven.
    pub risk_logs: Vec<LogInput>,
}

/// A risk log as far as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogInput {
    /// Path as it was given.
    pub name: String,
    /// Bytes that were read, as stored. A log that grew since is the same log up to here.
    pub bytes: u64,
    /// Digest of these bytes; none for a log that was not there.
    pub digest: Option<String>,
}

/// A link of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Previous {
    /// File name.
    pub file: String,
    /// SHA-256 of the file, hex.
    pub digest: String,
}

impl Receipt {
    /// What the first step would be answered with, from the replay alone and under the built-in policy; `None` where that
    /// has no stage.
    #[must_use]
    pub fn of_replay(summary: &Summary, inputs: &RunInputs) -> Option<Self> {
        let policy = RolloutPolicy::default();
        let step = Step::To(policy.stage.first()?.rate);
        let judgement = judge_step(&StepEvidence {
            step,
            policy: &policy,
            looks: Looks::Any,
            assume_representative: false,
            summary,
            inputs,
            logs: None,
            fidelity: None,
            reached: None,
            left_out: &[],
            tampered: &[],
        });
        Some(Self {
            format: RECEIPT_FORMAT,
            sequence: 1,
            at: String::new(),
            by: String::new(),
            tool: Tool { version: summary.tool_version.clone(), build: None },
            judgement,
            policy,
            inputs: ReceiptInputs {
                run: String::new(),
                record: String::new(),
                summary: String::new(),
                outcomes: None,
                risks: None,
                replayed_by: summary.tool_version.clone(),
                seed: summary.seed,
                left_out: Vec::new(),
                corpora: inputs.corpora.clone(),
                policy: None,
                risk_logs: Vec::new(),
            },
            previous: None,
            digest: String::new(),
        })
    }

    /// The file's name: `0001-0.05-no_go.json`.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{:04}-{}-{}.json", self.sequence, self.judgement.step.rate(), self.judgement.verdict)
    }

    /// Fills in the digest.
    ///
    /// # Errors
    ///
    /// [`serde_json::Error`] where it cannot be written.
    pub fn sealed(mut self) -> Result<Self, serde_json::Error> {
        self.digest = self.own_digest()?;
        Ok(self)
    }

    fn own_digest(&self) -> Result<String, serde_json::Error> {
        let unsealed = Self { digest: String::new(), ..self.clone() };
        Ok(digest(&unsealed.to_bytes()?))
    }

    /// The file: JSON in the one form that a receipt has.
    ///
    /// # Errors
    ///
    /// [`serde_json::Error`] where it cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads a file called `name` and checks that it is byte for byte as it was written.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, Tampered> {
        let wrong = |problem: String| Tampered { file: name.to_owned(), problem };
        let receipt: Self = serde_json::from_slice(bytes).map_err(|error| {
            // The message of a JSON error is dropped, because it may quote the file.
            wrong(format!("is no receipt that this program reads ({}:{})", error.line(), error.column()))
        })?;
        if receipt.format != RECEIPT_FORMAT {
            return Err(wrong(format!("is of format {}, this program reads {RECEIPT_FORMAT}", receipt.format)));
        }
        let is_as_written = receipt.to_bytes().is_ok_and(|written| written == bytes);
        let is_sealed = receipt.own_digest().is_ok_and(|digest| digest == receipt.digest);
        if !is_as_written || !is_sealed {
            return Err(wrong("was edited by hand: its digest is another one".to_owned()));
        }
        if receipt.file_name() != name {
            return Err(wrong(format!("is receipt {}", receipt.file_name())));
        }
        Ok(receipt)
    }
}

/// The receipts of a rollout, oldest first, each linked to the previous one.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    receipts: Vec<Receipt>,
    last: Option<Previous>,
}

impl Chain {
    /// The receipts, in their order.
    #[must_use]
    pub fn into_receipts(self) -> Vec<Receipt> {
        self.receipts
    }

    /// Links files, given in any order.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them.
    pub fn link(files: &[(String, Vec<u8>)]) -> Result<Self, Vec<Tampered>> {
        let mut wrong = Vec::new();
        let mut read: Vec<(Receipt, &str, String)> = Vec::new();
        for (name, bytes) in files {
            match Receipt::parse(name, bytes) {
                Ok(receipt) => read.push((receipt, name, digest(bytes))),
                Err(problem) => wrong.push(problem),
            }
        }
        read.sort_by_key(|(receipt, ..)| receipt.sequence);
        let mut chain = Self::default();
        if wrong.is_empty() {
            for (receipt, name, digest) in read {
                let problem = chain.problem_of(&receipt);
                wrong.extend(problem.map(|problem| Tampered { file: name.to_owned(), problem }));
                chain.last = Some(Previous { file: name.to_owned(), digest });
                chain.receipts.push(receipt);
            }
        }
        if wrong.is_empty() { Ok(chain) } else { Err(wrong) }
    }

    fn problem_of(&self, next: &Receipt) -> Option<String> {
        if next.sequence < self.next_sequence() {
            return Some(format!("has number {}, and so has another receipt", next.sequence));
        }
        if next.sequence > self.next_sequence() {
            return Some(format!("has number {}, and number {} is not there", next.sequence, self.next_sequence()));
        }
        (next.previous != self.last).then(|| "does not follow the receipt before it, which was replaced".to_owned())
    }

    /// The number of the next receipt.
    #[must_use]
    pub fn next_sequence(&self) -> u64 {
        self.receipts.last().map_or(1, |receipt| receipt.sequence + 1)
    }

    /// The last receipt, which the next one names.
    #[must_use]
    pub const fn last(&self) -> Option<&Previous> {
        self.last.as_ref()
    }

    /// The highest rate that a receipt before number `sequence` allowed in the same rollout as `next`: the same rules,
    /// implementation, version and stages. A rate that was allowed under an assumption counts only under that assumption.
    #[must_use]
    pub fn reached(&self, next: &Rollout, sequence: u64) -> Option<SampleRate> {
        let allowed = self.receipts.iter().filter(|receipt| receipt.sequence < sequence).filter_map(|receipt| {
            let Judgement { step, verdict, .. } = receipt.judgement;
            match step {
                Step::To(rate) if verdict == Verdict::Go && next.is_of(receipt) => Some(rate),
                Step::To(_) | Step::Hold(_) => None,
            }
        });
        allowed.reduce(|one, other| if other > one { other } else { one })
    }

    /// The receipt of an earlier look at the same step under the same rules, whatever the policy.
    #[must_use]
    pub fn earlier_look(&self, step: Step, rules: RuleSet) -> Option<&Receipt> {
        self.receipts.iter().find(|receipt| receipt.judgement.step == step && receipt.judgement.rules == rules)
    }
}

/// The properties that the receipts of one rollout share.
#[derive(Clone, Copy, Debug)]
pub struct Rollout<'a> {
    /// The acceptance rules.
    pub rules: RuleSet,
    /// Whose decisions.
    pub decisions: Decisions,
    /// Written recordings count as a sample.
    pub assume_representative: bool,
    /// The policy, for its stages and the declared version.
    pub policy: &'a RolloutPolicy,
}

impl Rollout<'_> {
    fn is_of(&self, receipt: &Receipt) -> bool {
        let Receipt { judgement, policy, .. } = receipt;
        let rates = |policy: &RolloutPolicy| policy.stage.iter().map(|stage| stage.rate.get()).collect::<Vec<_>>();
        let version = &policy.evidence.system_version;
        judgement.rules == self.rules
            && judgement.decisions == self.decisions
            && (self.assume_representative || !judgement.assumed_representative)
            && (version.is_none() || *version == self.policy.evidence.system_version)
            && rates(policy) == rates(self.policy)
    }
}
