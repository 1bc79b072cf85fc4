//! The dimensions of the state space: their classes, with one representative each.

use super::super::standin::Stock;
use crate::decide::{Environment, PolicySource, RuleSet, Settings};
use crate::model::{Attempt, CallError, InjectedCandidate};
use serde_json::{Map, Value, json};

/// Declares a dimension: an enum with `ALL`, and the class in words.
macro_rules! dimension {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $words:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            pub(super) const ALL: &'static [Self] = &[$(Self::$variant,)+];

            pub(super) const fn words(self) -> &'static str {
                match self { $(Self::$variant => $words,)+ }
            }
        }
    };
}

dimension! {
    /// `PARTIAL_TRUST_ENABLED`.
    Switch { Off = "off", On = "on", }
}
dimension! {
    /// `PARTIAL_TRUST_INTENT`.
    IntentSetting { Allowed = "allowed", Other = "other", Empty = "empty", }
}
dimension! {
    /// `PARTIAL_TRUST_SAMPLE_RATE` against the command's bucket.
    Rate {
        /// Nobody.
        Zero = "0",
        /// The bucket itself, which is not below it.
        AtBucket = "at the bucket",
        /// The next number above.
        JustAbove = "just above the bucket",
    }
}
dimension! {
    /// The LLM policy.
    Policy {
        Off = "off",
        /// It holds placeholders, and they are not allowed.
        Refused = "refused",
        /// The corridor's profile is one without a route.
        NoRoute = "no route",
        Routed = "routed",
    }
}
dimension! {
    /// `PARTIAL_TRUST_TIMEOUT_MS`.
    BudgetSetting { Limit = "200 ms", Invalid = "0", }
}
dimension! {
    /// What the baseline decides where the caller allows everything.
    Baseline {
        OneItem = "one item",
        /// An item with a quantity, and another number in the text.
        Quantity = "an item with quantity",
        ThreeItems = "three items",
        /// The text holds no item; the name is the policy's answer.
        NamedByModel = "item named by the model",
        Task = "a task",
        Question = "a question",
        Refusal = "a refusal",
    }
}
dimension! {
    /// What the caller allows.
    Capability { All = "all", NoStartJob = "no start_job", NoItems = "no propose_add_shopping_item", }
}
dimension! {
    /// How a candidate arrives.
    Route { AtOnce = "at once", Escalated = "escalated", Finished = "injected", }
}
dimension! {
    /// The candidate's name.
    Name { Known = "a known name", Other = "another name", TooLong = "a long name", Blank = "a blank name", }
}
dimension! {
    /// The candidate's list.
    List { None = "no list", Known = "a known list", Unknown = "an unknown list", }
}
dimension! {
    /// The candidate's confidence.
    Confidence { None = "no confidence", Low = "0.59", Edge = "0.60", Beyond = "1.7", }
}
dimension! {
    /// The candidate's quantity.
    Quantity { None = "no quantity", Same = "2", Other = "3", Invented = "918273", }
}
dimension! {
    /// What can be wrong with an answer whatever its values are.
    Failure {
        Missing = "no answer",
        CallTimeout = "call timeout",
        Unavailable = "unreachable",
        CallError = "call error",
        Unreadable = "unreadable",
        OffSchema = "off schema",
        LateByOne = "late by one ms",
        LateInSum = "late in sum",
        OtherIntent = "another intent",
        OtherJobType = "another job type",
        NoAction = "no action",
        TwoActions = "two actions",
        UnknownField = "an unknown field",
        TextConfidence = "text for a confidence",
    }
}

/// What stands in for the LLM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Failed(Failure),
    Valued(Route, Values),
}

/// The values of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Values {
    pub(super) name: Name,
    pub(super) list: List,
    pub(super) confidence: Confidence,
    pub(super) quantity: Quantity,
}

/// What is configured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Configuration {
    pub(super) rules: RuleSet,
    pub(super) switch: Switch,
    pub(super) intent: IntentSetting,
    pub(super) rate: Rate,
    pub(super) policy: Policy,
    pub(super) budget: BudgetSetting,
}

/// One combination.
pub(super) struct State<'a> {
    pub(super) configuration: &'a Configuration,
    pub(super) baseline: Baseline,
    pub(super) capability: Capability,
    pub(super) answer: Answer,
}

/// The id of every command of the space, so that all have one bucket.
const COMMAND_ID: &str = "state";
/// Its bucket, computed without the code that is verified: the first eight bytes of `printf state | sha256sum`, over 2^64.
const BUCKET: f64 = 0.295_510_721_809_774_67;
/// Virtual time of [`BudgetSetting::Limit`], ms.
const BUDGET_MS: u64 = 200;
pub(super) const LIST: &str = "list-1";

/// The sizes of all dimensions. A failed answer has no values, so it counts once.
pub(super) fn dimensions(rules: usize) -> Vec<(&'static str, u64)> {
    let sizes = [
        ("rule set", rules),
        ("switch", Switch::ALL.len()),
        ("intent setting", IntentSetting::ALL.len()),
        ("sample rate", Rate::ALL.len()),
        ("policy", Policy::ALL.len()),
        ("budget", BudgetSetting::ALL.len()),
        ("baseline", Baseline::ALL.len()),
        ("capabilities", Capability::ALL.len()),
        ("answer", Answer::all().len()),
    ];
    sizes.into_iter().map(|(name, size)| (name, size as u64)).collect()
}

impl Configuration {
    /// Every configuration.
    pub(super) fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for &rules in RuleSet::ALL {
            for &switch in Switch::ALL {
                for &intent in IntentSetting::ALL {
                    for &rate in Rate::ALL {
                        for &policy in Policy::ALL {
                            for &budget in BudgetSetting::ALL {
                                all.push(Self { rules, switch, intent, rate, policy, budget });
                            }
                        }
                    }
                }
            }
        }
        all
    }

    /// Whether every gate that a configuration can close is open.
    pub(super) fn is_open(self) -> bool {
        self.switch == Switch::On
            && self.intent == IntentSetting::Allowed
            && self.rate == Rate::JustAbove
            && self.policy == Policy::Routed
    }

    pub(super) const fn switched_off(self) -> Self {
        Self { switch: Switch::Off, ..self }
    }

    pub(super) fn settings(self) -> Settings {
        let rate = match self.rate {
            Rate::Zero => 0.0,
            Rate::AtBucket => BUCKET,
            Rate::JustAbove => BUCKET.next_up(),
        };
        let intent = match self.intent {
            IntentSetting::Allowed => "add_shopping_item",
            IntentSetting::Other => "create_task",
            IntentSetting::Empty => "",
        };
        let budget_ms = match self.budget {
            BudgetSetting::Limit => BUDGET_MS,
            BudgetSetting::Invalid => 0,
        };
        let profile = if self.policy == Policy::NoRoute { "cheap" } else { "partial_trust" };
        let variables = [
            ("PARTIAL_TRUST_ENABLED", (self.switch == Switch::On).to_string()),
            ("PARTIAL_TRUST_INTENT", intent.to_owned()),
            ("PARTIAL_TRUST_SAMPLE_RATE", rate.to_string()),
            ("PARTIAL_TRUST_TIMEOUT_MS", budget_ms.to_string()),
            ("PARTIAL_TRUST_PROFILE_ID", profile.to_owned()),
            ("LLM_POLICY_ENABLED", (self.policy != Policy::Off).to_string()),
            ("LLM_POLICY_ALLOW_PLACEHOLDERS", (self.policy != Policy::Refused).to_string()),
        ];
        let environment: Environment = variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Settings::from_environment(&environment, &PolicySource::BuiltIn)
    }
}

/// A recording for each baseline and set of capabilities, as a line.
pub(super) fn commands() -> Vec<(Baseline, Capability, String)> {
    let pairs =
        Baseline::ALL.iter().flat_map(|&baseline| Capability::ALL.iter().map(move |&allowed| (baseline, allowed)));
    pairs.map(|(baseline, allowed)| (baseline, allowed, command(baseline, allowed))).collect()
}

fn command(baseline: Baseline, capability: Capability) -> String {
    let text = match baseline {
        Baseline::OneItem => "Купи молоко",
        Baseline::Quantity => "Купи 2 литра молока 3",
        Baseline::ThreeItems => "Купи хлеб, молоко и яйца",
        Baseline::NamedByModel => "Купи ,",
        Baseline::Task => "Сделай уборку",
        Baseline::Question => "Привет",
        Baseline::Refusal => "Включи пылесос",
    };
    let capabilities: &[&str] = match capability {
        Capability::All => &["start_job", "propose_create_task", "propose_add_shopping_item", "clarify"],
        Capability::NoStartJob => &["propose_create_task", "propose_add_shopping_item", "clarify"],
        Capability::NoItems => &["start_job", "propose_create_task", "clarify"],
    };
    let lists = json!([{"list_id": LIST, "name": "home"}]);
    let name = json!({"items": [{"name": "молоко"}]}).to_string();
    json!({
        "command": {
            "command_id": COMMAND_ID,
            "user_id": "user-1",
            "timestamp": "2026-01-01T00:00:00Z",
            "text": text,
            "capabilities": capabilities,
            "context": {"household": {"members": [{"user_id": "user-1"}], "shopping_lists": lists}},
        },
        "exchanges": {"shopping_extraction": [{"raw": name, "latency_ms": 1}]},
    })
    .to_string()
}

impl Values {
    /// Values that pass every rule of `reference`.
    pub(super) const GOOD: Self =
        Self { name: Name::Known, list: List::Known, confidence: Confidence::Edge, quantity: Quantity::None };

    fn all() -> impl Iterator<Item = Self> {
        let names = Name::ALL.iter().flat_map(|&name| List::ALL.iter().map(move |&list| (name, list)));
        let sizes = || Confidence::ALL.iter().flat_map(|&one| Quantity::ALL.iter().map(move |&other| (one, other)));
        names.flat_map(move |(name, list)| {
            sizes().map(move |(confidence, quantity)| Self { name, list, confidence, quantity })
        })
    }

    pub(super) fn name(self) -> String {
        match self.name {
            Name::Known => "молоко".to_owned(),
            Name::Other => "пиво".to_owned(),
            Name::TooLong => "я".repeat(121),
            Name::Blank => " ".to_owned(),
        }
    }

    pub(super) const fn list(self) -> Option<&'static str> {
        match self.list {
            List::None => None,
            List::Known => Some(LIST),
            List::Unknown => Some("list-9"),
        }
    }

    pub(super) const fn quantity(self) -> Option<&'static str> {
        match self.quantity {
            Quantity::None => None,
            Quantity::Same | Quantity::Other | Quantity::Invented => Some(self.quantity.words()),
        }
    }

    fn confidence(self) -> Option<f64> {
        match self.confidence {
            Confidence::None => None,
            Confidence::Low => Some(0.59),
            Confidence::Edge => Some(0.60),
            Confidence::Beyond => Some(1.7),
        }
    }

    fn item(self, name_key: &str) -> Map<String, Value> {
        let mut item = Map::from_iter([(name_key.to_owned(), json!(self.name()))]);
        for (key, value) in [("list_id", self.list()), ("quantity", self.quantity())] {
            item.extend(value.map(|value| (key.to_owned(), json!(value))));
        }
        item
    }

    fn answer(self) -> String {
        let mut answer = self.item("item_name");
        answer.extend(self.confidence().map(|value| ("confidence".to_owned(), json!(value))));
        Value::Object(answer).to_string()
    }

    fn finished(self, change: impl FnOnce(&mut InjectedCandidate<'static>)) -> Stock {
        let mut candidate = InjectedCandidate {
            proposed_actions: json!([
                {"action": "propose_add_shopping_item", "payload": {"item": self.item("name")}}
            ]),
            confidence: self.confidence().map_or(Value::Null, |value| json!(value)),
            ..InjectedCandidate::default()
        };
        change(&mut candidate);
        Stock::Finished(Box::new(candidate))
    }
}

impl Answer {
    /// Every answer.
    pub(super) fn all() -> Vec<Self> {
        let failed = Failure::ALL.iter().map(|failure| Self::Failed(*failure));
        let valued = Route::ALL.iter().flat_map(|route| Values::all().map(|values| Self::Valued(*route, values)));
        failed.chain(valued).collect()
    }

    /// Whether there is a candidate that a corridor could accept, rightly or wrongly.
    pub(super) const fn has_candidate(self) -> bool {
        match self {
            Self::Valued(..) => true,
            Self::Failed(failure) => match failure {
                Failure::Missing
                | Failure::CallTimeout
                | Failure::Unavailable
                | Failure::CallError
                | Failure::Unreadable
                | Failure::OffSchema
                | Failure::NoAction => false,
                Failure::LateByOne
                | Failure::LateInSum
                | Failure::OtherIntent
                | Failure::OtherJobType
                | Failure::TwoActions
                | Failure::UnknownField
                | Failure::TextConfidence => true,
            },
        }
    }

    pub(super) fn stock(self) -> Stock {
        let good = Values::GOOD;
        let calls = |calls: &[(&str, u64)]| {
            let attempts = calls
                .iter()
                .map(|(raw, latency_ms)| Attempt { result: Ok((*raw).to_owned().into()), latency_ms: *latency_ms });
            Stock::Attempts(attempts.collect())
        };
        match self {
            Self::Valued(Route::AtOnce, values) => calls(&[(&values.answer(), 1)]),
            Self::Valued(Route::Escalated, values) => calls(&[("?", 1), ("?", 1), (&values.answer(), 1)]),
            Self::Valued(Route::Finished, values) => values.finished(|_| ()),
            Self::Failed(failure) => match failure {
                Failure::Missing => Stock::Attempts(Vec::new()),
                Failure::CallTimeout => Stock::fails(CallError::Timeout),
                Failure::Unavailable => Stock::fails(CallError::Unavailable),
                Failure::CallError => Stock::fails(CallError::Error),
                Failure::Unreadable => Stock::answers("?", 4, 1),
                Failure::OffSchema => Stock::answers("{}", 4, 1),
                Failure::LateByOne => calls(&[(&good.answer(), BUDGET_MS + 1)]),
                Failure::LateInSum => calls(&[("?", BUDGET_MS), (&good.answer(), 1)]),
                Failure::OtherIntent => good.finished(|candidate| candidate.intent = Some("create_task".into())),
                Failure::OtherJobType => good.finished(|candidate| candidate.job_type = Some("create_task".into())),
                Failure::NoAction => good.finished(|candidate| candidate.proposed_actions = json!([])),
                Failure::TwoActions => good.finished(|candidate| {
                    if let Some(actions) = candidate.proposed_actions.as_array_mut() {
                        actions.extend_from_within(..);
                    }
                }),
                Failure::UnknownField => good.finished(|candidate| {
                    if let Some(Value::Object(action)) = candidate.proposed_actions.get_mut(0) {
                        action.insert("also".to_owned(), json!(1));
                    }
                }),
                Failure::TextConfidence => good.finished(|candidate| candidate.confidence = json!("high")),
            },
        }
    }
}

impl std::fmt::Display for State<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Configuration { rules, switch, intent, rate, policy, budget } = *self.configuration;
        write!(
            f,
            "rules {rules}, switch {}, intent {}, rate {}, policy {}, budget {}, {}, capabilities {}, ",
            switch.words(),
            intent.words(),
            rate.words(),
            policy.words(),
            budget.words(),
            self.baseline.words(),
            self.capability.words(),
        )?;
        match self.answer {
            Answer::Failed(failure) => f.write_str(failure.words()),
            Answer::Valued(route, values) => write!(
                f,
                "{} {}, {}, confidence {}, quantity {}",
                route.words(),
                values.name.words(),
                values.list.words(),
                values.confidence.words(),
                values.quantity.words()
            ),
        }
    }
}
