//! Generates a candidate from the attempts of the LLM task within the budget, or takes an injected one.

use super::candidate::{Actions, Candidate};
use super::intent::Corridor;
use super::risk::{Confidence, ModelMeta};
use crate::decide::settings::Settings;
use crate::decide::task::{self, RELIABLE, TaskEnd, TaskPlan};
use crate::decide::trace::{Step, Trace};
use crate::model::{Attempt, InjectedCandidate, KnownReason, Text};
use serde_json::Value;

/// Why there is no candidate.
pub(super) struct NoCandidate {
    pub(super) reason: KnownReason,
    pub(super) unrecorded: bool,
}

/// Asks the LLM task for a candidate and counts the attempts it used.
pub(super) fn generate<'a>(
    corridor: &Corridor,
    settings: &'a Settings,
    attempts: &'a [Attempt<'a>],
    attempts_used: &mut usize,
    trace: &mut Trace<'a>,
) -> Result<Candidate<'a>, NoCandidate> {
    let profile = settings.corridor_profile.as_str();
    let task = corridor.task;
    let can_escalate = settings.policy().is_some_and(|policy| policy.has_route(task, RELIABLE));
    let run = task::run(TaskPlan { task, start_profile: profile, can_escalate }, attempts, corridor.read_answer, trace);
    *attempts_used = run.attempts_used;
    let budget_ms = settings.budget.limit_ms();
    trace.push(Step::Budget { total_ms: run.total_ms, budget_ms });
    let failed = |reason| Err(NoCandidate { reason, unrecorded: false });
    if budget_ms.is_some_and(|budget| run.total_ms > budget) {
        return failed(KnownReason::Timeout);
    }
    match run.end {
        TaskEnd::RanOut => Err(NoCandidate { reason: KnownReason::LlmUnavailable, unrecorded: true }),
        TaskEnd::Failed(reason) => failed(reason),
        TaskEnd::Answered { answer, profile: answered_on } => match answer {
            None => failed(KnownReason::InvalidSchema),
            Some((action, confidence)) => Ok(Candidate {
                intent: corridor.intent.as_str().into(),
                job_type: Some(corridor.job.as_str().into()),
                actions: Actions::One(action),
                confidence,
                latency_ms: Some(i64::try_from(run.total_ms).unwrap_or(i64::MAX)),
                meta: Some(ModelMeta {
                    profile: Some(answered_on),
                    task_id: Some(task.as_str()),
                    escalated: Some(answered_on != profile),
                }),
            }),
        },
    }
}

/// An injected candidate, unchanged: nothing is trimmed or clamped.
pub(super) fn injected<'a>(
    corridor: &Corridor,
    settings: &Settings,
    candidate: &'a InjectedCandidate<'a>,
) -> Candidate<'a> {
    Candidate {
        intent: candidate.intent.as_deref().unwrap_or(corridor.intent.as_str()).into(),
        job_type: candidate.job_type.as_deref().map(Text::from),
        actions: Actions::Injected(&candidate.proposed_actions),
        confidence: match &candidate.confidence {
            Value::Null => Confidence::Absent,
            Value::Number(number) => number.as_f64().map_or(Confidence::Malformed, Confidence::Given),
            Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => Confidence::Malformed,
        },
        latency_ms: candidate.latency_ms,
        meta: candidate
            .model_meta
            .as_ref()
            .map(|meta| ModelMeta::of_injected(meta, |profile| settings.is_configured(profile))),
    }
}
