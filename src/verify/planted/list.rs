//! The planted faults: plausible mistakes in a corridor, a few lines each.

use crate::decide::{
    Budget, CandidateSource, Decided, EXECUTE_CONFIDENCE, LlmPolicy, PolicyState, RuleSet, Settings, Supply, answer,
};
use crate::model::{
    Action, CorridorStatus, DecisionCore, DecisionStatus, Item, ItemProposal, JobType, KnownReason, Payload,
    ProposedAction, Recording, StartJob, Text,
};
use serde_json::Value;
use std::panic::resume_unwind;

/// One fault.
pub(super) struct PlantedFault {
    /// Its name.
    pub(super) id: &'static str,
    /// What the corridor does wrong, after "the corridor".
    pub(super) what: &'static str,
    /// The hazard of the deployed system that it reproduces.
    pub(super) hazard: Option<&'static str>,
    pub(super) plant: Plant,
}

/// How a fault is planted.
#[derive(Clone, Copy)]
pub(super) enum Plant {
    /// The configuration is misread.
    Misreads(fn(&mut Settings)),
    /// These acceptance rules are applied, whatever was asked for.
    Rules(RuleSet),
    /// Another rule decides from bucket and rate which command is in the sample.
    Samples(fn(f64, f64) -> bool),
    /// The decision is changed afterwards.
    Spoils(for<'a> fn(&Scene<'a>, &mut Decided<'a>)),
    /// The environment is read only once.
    Latches,
    /// The risk line is written before the decision is final.
    LogsFirst,
    /// One worker handles all candidates.
    OneWorker,
}

const fn spoils(id: &'static str, what: &'static str, spoil: for<'a> fn(&Scene<'a>, &mut Decided<'a>)) -> PlantedFault {
    fault(id, what, Spoils(spoil))
}

const fn misreads(id: &'static str, what: &'static str, misread: fn(&mut Settings)) -> PlantedFault {
    fault(id, what, Misreads(misread))
}

impl PlantedFault {
    /// The same fault, which is this hazard of the deployed system.
    const fn of(mut self, hazard: &'static str) -> Self {
        self.hazard = Some(hazard);
        self
    }
}

const fn fault(id: &'static str, what: &'static str, plant: Plant) -> PlantedFault {
    PlantedFault { id, what, hazard: None, plant }
}

use Plant::{Latches, LogsFirst, Misreads, OneWorker, Rules, Samples, Spoils};

/// All of them, in the order of the report.
pub(super) const FAULTS: &[PlantedFault] = &[
    misreads("swallows_kill_switch", "is on whatever PARTIAL_TRUST_ENABLED says", |settings| {
        if !settings.enabled {
            settings.enabled = true;
            settings.sample_rate = 1.0;
        }
    }),
    fault("latches_environment", "reads the environment at the first command, and never again", Latches),
    misreads("ignores_intent_setting", "is open for shopping whatever PARTIAL_TRUST_INTENT says", |settings| {
        settings.intent = Some(crate::model::Intent::AddShoppingItem);
    }),
    spoils("skips_intent_check", "takes candidates for tasks too", |scene, decided| {
        if reason(decided) == Some((CorridorStatus::Skipped, KnownReason::CorridorMismatch)) {
            accept(scene, decided);
        }
    }),
    spoils("skips_baseline_check", "takes candidates where the baseline asks back", |scene, decided| {
        if reason(decided) == Some((CorridorStatus::Skipped, KnownReason::BaselineNonExecute)) {
            accept(scene, decided);
        }
    }),
    fault("samples_everyone", "ignores the sample rate", Samples(|_, rate| rate > 0.0)),
    fault("samples_by_greater", "samples by `>`", Samples(|bucket, rate| rate >= 1.0 || bucket > rate)),
    fault("samples_by_at_most", "samples by `<=`", Samples(|bucket, rate| rate >= 1.0 || bucket <= rate)),
    misreads("ignores_policy", "asks for a candidate without a policy", |settings| {
        if settings.policy().is_none()
            && let Ok(policy) = LlmPolicy::built_in(true)
        {
            settings.policy = PolicyState::Loaded(policy);
        }
    }),
    misreads("runs_on_default_profile", "asks on the default profile, which has no route, and so never", |settings| {
        settings.corridor_profile = settings.default_profile.clone();
    })
    .of("H5"),
    misreads("no_budget", "waits for ever", |settings| settings.budget = Budget::Invalid).of("H8"),
    misreads("budget_one_ms_more", "takes an answer that is one ms late", |settings| shift_budget(settings, 1)),
    misreads("budget_one_ms_less", "refuses an answer that is just in time", |settings| {
        shift_budget(settings, -1);
    }),
    fault("strict_is_reference", "applies the reference rules where strict is asked for", Rules(RuleSet::Reference)),
    fault("reference_is_strict", "applies the strict rules where reference is asked for", Rules(RuleSet::Strict)),
    spoils("accepts_059", "accepts a confidence of 0.59", |scene, decided| {
        // Last, because this counts as asking for a candidate.
        if reason(decided) == Some((CorridorStatus::FallbackDeterministic, KnownReason::LowConfidence))
            && offered_confidence(scene).is_some_and(|confidence| (0.59..0.6).contains(&confidence))
        {
            accept(scene, decided);
        }
    }),
    spoils("refuses_060", "refuses a confidence of 0.6", |scene, decided| {
        if accepted(decided) && offered_confidence(scene) == Some(0.6) {
            refuse(decided, KnownReason::LowConfidence);
        }
    }),
    spoils("refuses_everything", "accepts nothing", |_, decided| {
        if accepted(decided) {
            refuse(decided, KnownReason::LowConfidence);
        }
    }),
    spoils("ignores_list_id", "takes a list that is not the household's", |scene, decided| {
        accept_on(KnownReason::ListIdUnknown, scene, decided);
    }),
    spoils("accepts_121_characters", "takes a name of 121 characters", |scene, decided| {
        if decided.risk.as_ref().and_then(|risk| risk.llm_summary.as_ref()).is_some_and(|llm| llm.item_name_len == 121)
        {
            accept_on(KnownReason::InvalidItemName, scene, decided);
        }
    }),
    spoils("accepts_two_actions", "takes the first of two actions", |scene, decided| {
        if decided.risk.as_ref().and_then(|risk| risk.llm_summary.as_ref()).is_some_and(|llm| llm.action_count == 2) {
            accept_on(KnownReason::InvalidSchema, scene, decided);
        }
    }),
    spoils("accepts_other_intent", "takes a candidate of another intent", |scene, decided| {
        accept_on(KnownReason::CorridorMismatch, scene, decided);
    }),
    spoils("accepts_after_timeout", "takes the answer that came too late", |scene, decided| {
        accept_on(KnownReason::Timeout, scene, decided);
    }),
    spoils("loses_items", "gives back the first item only when it falls back", |_, decided| {
        if fell_back(decided)
            && let Some(actions) = actions_of(&decided.baseline).filter(|actions| actions.len() > 1)
        {
            decided.replacement = Some(start(actions.into_iter().take(1).collect()));
        }
    })
    .of("H1"),
    spoils("hallucinates", "adds an item that the command does not name to what it accepts", |_, decided| {
        if let Some(actions) = decided.replacement.as_ref().and_then(actions_of) {
            let beer = proposal("пиво", None);
            decided.replacement = Some(start(actions.into_iter().chain([beer]).collect()));
        }
    })
    .of("H2"),
    spoils("drops_list", "drops the list of what it accepts", |_, decided| {
        each_item(decided, |item| item.list_id = None);
    })
    .of("H3"),
    spoils("changes_quantity", "turns an accepted quantity into 100", |_, decided| {
        each_item(decided, |item| item.quantity = item.quantity.as_ref().map(|_| "100".into()));
    }),
    spoils("empty_fallback", "falls back to a job without items", |_, decided| {
        if fell_back(decided) {
            decided.replacement = Some(start(Vec::new()));
        }
    }),
    spoils("confidence_leaks", "decides with the candidate's confidence", |_, decided| {
        if let Some(replacement) = &mut decided.replacement {
            replacement.confidence = 0.9;
        }
    }),
    spoils("baseline_follows_model", "lets the model into the baseline and calls it agreement", |_, decided| {
        if let Some(replacement) = decided.replacement.take() {
            decided.baseline = replacement;
        }
    })
    .of("H6"),
    spoils("error_handler_raises", "raises out of its own error handler", |_, decided| {
        if decided.risk.as_ref().is_some_and(|risk| risk.status == CorridorStatus::Error) {
            resume_unwind(Box::new("planted"));
        }
    })
    .of("H9"),
    spoils("raises_on_timeout", "raises when a call times out", |_, decided| {
        if reason(decided) == Some((CorridorStatus::FallbackDeterministic, KnownReason::Timeout)) {
            resume_unwind(Box::new("planted"));
        }
    }),
    fault("logs_first", "writes the risk line before the decision is final", LogsFirst).of("H9"),
    fault("one_worker", "does all candidates on one worker, each to its end", OneWorker).of("H7"),
    spoils("asks_outside_sample", "asks the model for commands outside the sample", |scene, decided| {
        if reason(decided) == Some((CorridorStatus::NotSampled, KnownReason::NotSampled)) {
            let _ = scene.source.supply(scene.recording);
        }
    }),
    spoils("asks_while_off", "asks the model while it is off", |scene, decided| {
        if decided.risk.is_none() {
            let _ = scene.source.supply(scene.recording);
        }
    }),
    spoils("logs_no_latency", "logs no latency", |_, decided| {
        if let Some(risk) = &mut decided.risk {
            risk.latency_ms = None;
        }
    }),
    spoils("logs_other_profile", "logs the profile that it started on, whoever answered", |_, decided| {
        if let Some(meta) = decided.risk.as_mut().and_then(|risk| risk.model_meta.as_mut()) {
            meta.profile = Some("partial_trust");
            meta.escalated = Some(false);
        }
    }),
    spoils("logs_high_as_medium", "logs every high confidence as medium", |_, decided| {
        if let Some(llm) = decided.risk.as_mut().and_then(|risk| risk.llm_summary.as_mut())
            && llm.confidence_bucket == "high"
        {
            llm.confidence_bucket = "medium";
        }
    }),
    spoils("logs_panic_message", "logs what a panic said in place of its name", |_, decided| {
        if let Some(risk) = decided.risk.as_mut().filter(|risk| risk.status == CorridorStatus::Error)
            && let Some(message) = crate::model::ReasonCode::parse("could_not_read_kupi_moloko")
        {
            risk.reason_code = message;
        }
    }),
    spoils("logs_error_as_sampled", "logs an internal error as sampled", |_, decided| {
        if let Some(risk) = decided.risk.as_mut().filter(|risk| risk.status == CorridorStatus::Error) {
            risk.sampled = true;
        }
    }),
    spoils("changes_baseline", "loses an item in the baseline as well, whether it is on or off", |_, decided| {
        if let Some(actions) = actions_of(&decided.baseline).filter(|actions| actions.len() > 1) {
            decided.baseline = start(actions.into_iter().take(1).collect());
        }
    }),
    spoils("logs_text", "logs what the user said where the profile belongs", |scene, decided| {
        if let Some(meta) = decided.risk.as_mut().and_then(|risk| risk.model_meta.as_mut()) {
            meta.profile = Some(&scene.recording.command.text);
        }
    }),
    spoils("logs_nothing_on_fallback", "writes no line when it falls back", |_, decided| {
        if fell_back(decided) {
            decided.risk = None;
        }
    }),
    spoils("logs_wrong_reason", "gives every fallback the same reason", |_, decided| {
        if let Some(risk) = decided.risk.as_mut().filter(|risk| risk.status == CorridorStatus::FallbackDeterministic) {
            risk.reason_code = KnownReason::LlmError.into();
        }
    }),
    spoils("hides_failures", "logs failed candidates as not sampled", |_, decided| {
        if let Some(risk) = &mut decided.risk
            && risk.status == CorridorStatus::FallbackDeterministic
            && risk.llm_summary.is_none()
        {
            risk.sampled = false;
        }
    })
    .of("H11"),
    spoils("hides_lost_items", "never logs a difference in the number of actions", |_, decided| {
        if let Some(diff) = decided.risk.as_mut().and_then(|risk| risk.diff_summary.as_mut()) {
            diff.action_count_mismatch = false;
        }
    }),
    spoils("hides_unrecorded", "calls a case comparable that was not recorded", |_, decided| {
        decided.unrecorded = false;
    }),
];

fn shift_budget(settings: &mut Settings, by_ms: i64) {
    if let Budget::Limit(limit) = settings.budget {
        settings.budget = Budget::Limit(limit.saturating_add_signed(by_ms));
    }
}

fn reason(decided: &Decided) -> Option<(CorridorStatus, KnownReason)> {
    let risk = decided.risk.as_ref()?;
    match &risk.reason_code {
        crate::model::ReasonCode::Known(reason) => Some((risk.status, *reason)),
        crate::model::ReasonCode::Other(_) => None,
    }
}

fn accepted(decided: &Decided) -> bool {
    decided.risk.as_ref().is_some_and(|risk| risk.status == CorridorStatus::AcceptedLlm)
}

fn fell_back(decided: &Decided) -> bool {
    decided.risk.as_ref().is_some_and(|risk| risk.status == CorridorStatus::FallbackDeterministic)
}

/// The source's candidate as the fields of an answer: its last call, or the first item of a finished candidate.
fn offered(scene: &Scene) -> Option<serde_json::Map<String, Value>> {
    match scene.source.supply(scene.recording) {
        Supply::Attempts(attempts) => {
            attempts.iter().rev().find_map(|attempt| answer::object_in(attempt.result.as_ref().ok()?))
        }
        Supply::Finished(candidate) => {
            let item = candidate.proposed_actions.get(0)?.get("payload")?.get("item")?.as_object()?;
            let renamed = item.iter().map(|(key, value)| (if key == "name" { "item_name" } else { key }, value));
            Some(renamed.map(|(key, value)| (key.to_owned(), value.clone())).collect())
        }
    }
}

/// The confidence of the source's candidate.
fn offered_confidence(scene: &Scene) -> Option<f64> {
    match scene.source.supply(scene.recording) {
        Supply::Attempts(_) => offered(scene)?.get("confidence")?.as_f64(),
        Supply::Finished(candidate) => candidate.confidence.as_f64(),
    }
}

/// Accepts the source's candidate unconditionally.
fn accept(scene: &Scene, decided: &mut Decided) {
    let Some(offer) = offered(scene) else { return };
    let text = |key: &str| offer.get(key).and_then(Value::as_str).map(|text| Text::from(text.to_owned()));
    let Some(name) = text("item_name") else { return };
    let item = Item { name, quantity: text("quantity"), unit: text("unit"), list_id: text("list_id") };
    decided.replacement =
        Some(start(vec![ProposedAction::AddShoppingItem(ItemProposal { item, idempotency_key: None })]));
    if let Some(risk) = &mut decided.risk {
        risk.status = CorridorStatus::AcceptedLlm;
        risk.reason_code = KnownReason::Accepted.into();
        risk.sampled = true;
    }
}

/// [`accept`], if the corridor fell back for this reason.
fn accept_on(refused: KnownReason, scene: &Scene, decided: &mut Decided) {
    if reason(decided) == Some((CorridorStatus::FallbackDeterministic, refused)) {
        accept(scene, decided);
    }
}

fn refuse(decided: &mut Decided, rule: KnownReason) {
    decided.replacement = None;
    if let Some(risk) = &mut decided.risk {
        risk.status = CorridorStatus::FallbackDeterministic;
        risk.reason_code = rule.into();
    }
}

fn proposal(name: &'static str, list_id: Option<Text<'static>>) -> ProposedAction<'static> {
    let item = Item { name: name.into(), quantity: None, unit: None, list_id };
    ProposedAction::AddShoppingItem(ItemProposal { item, idempotency_key: None })
}

fn actions_of<'a>(core: &DecisionCore<'a>) -> Option<Vec<ProposedAction<'a>>> {
    match &core.payload {
        Payload::StartJob(job) => job.proposed_actions.clone(),
        Payload::CreateTask(_)
        | Payload::AddShoppingItem(_)
        | Payload::Clarify(_)
        | Payload::Reject(_)
        | Payload::Confirm(_) => None,
    }
}

/// Changes the items of a decision that was accepted.
fn each_item(decided: &mut Decided, change: fn(&mut Item)) {
    if let Some(DecisionCore { payload: Payload::StartJob(job), .. }) = &mut decided.replacement {
        for action in job.proposed_actions.iter_mut().flatten() {
            if let ProposedAction::AddShoppingItem(proposal) = action {
                change(&mut proposal.item);
            }
        }
    }
}

fn start(actions: Vec<ProposedAction>) -> DecisionCore {
    DecisionCore {
        status: DecisionStatus::Ok,
        action: Action::StartJob,
        decision_outcome: None,
        confidence: EXECUTE_CONFIDENCE,
        payload: Payload::StartJob(StartJob { job_type: JobType::AddShoppingItem, proposed_actions: Some(actions) }),
    }
}

/// What [`Plant::Spoils`] may read.
pub(super) struct Scene<'a> {
    pub(super) recording: &'a Recording<'a>,
    pub(super) source: &'a dyn CandidateSource,
}
