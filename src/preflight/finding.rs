//! Findings, each with its consequence in production and the fix.

use super::origin::Origin;
use crate::model::wire::wire_enum;
use serde::Serialize;

wire_enum! {
    /// How bad a finding is.
    Level, "level" {
        /// The effect is not what the environment asks for, or it does harm.
        Error = "error",
        /// An effect that one has to know about.
        Warning = "warning",
    }
}

wire_enum! {
    /// A known hazard of the deployed corridor that an environment can show.
    Hazard, "hazard" {
        /// The documented environment fails: a policy with placeholders is refused.
        PolicyRefused = "H4",
        /// The corridor never runs, and its metrics look perfect.
        NeverRuns = "H5",
        /// Every shopping command asks the LLM, whatever the sample rate.
        FullReach = "H6",
        /// A budget of 0 or of more than 10 s is no limit.
        NoLimit = "H8",
        /// A risk log that cannot be written ends the decision.
        LogFails = "H9",
        /// With the switch off no line is written, so nothing confirms that it is off.
        NoConfirmation = "H15",
    }
}

wire_enum! {
    /// What can be found. `docs/preflight.md` documents each; reports list them in this order.
    #[expect(missing_docs, reason = "`docs/preflight.md` describes each; a test compares them")]
    FindingId, "finding" {
        PolicyRefused = "policy_refused",
        PlaceholdersLeft = "placeholders_left",
        PolicyOff = "policy_off",
        ProfileUnrouted = "profile_unrouted",
        BaselineAsksLlm = "baseline_asks_llm",
        ExtractionUnrouted = "extraction_unrouted",
        TimeoutInvalid = "timeout_invalid",
        TimeoutLong = "timeout_long",
        RiskLogUnwritable = "risk_log_unwritable",
        SwitchOff = "switch_off",
        IntentNotAllowed = "intent_not_allowed",
        RateUnreadable = "rate_unreadable",
        RateZero = "rate_zero",
        RateOutOfRange = "rate_out_of_range",
        RateBeyondStages = "rate_beyond_stages",
        RateOffStage = "rate_off_stage",
        SwitchMisread = "switch_misread",
        QuotedValue = "quoted_value",
        BlanksKept = "blanks_kept",
        BaseUrlMissing = "base_url_missing",
        BaseUrlNotHttp = "base_url_not_http",
        BaseUrlNotABase = "base_url_not_a_base",
        BaseUrlPlaintext = "base_url_plaintext",
        ApiKeyMissing = "api_key_missing",
        SecretMisplaced = "secret_misplaced",
        UnfilledValue = "unfilled_value",
        MisspeltVariable = "misspelt_variable",
        UnknownVariable = "unknown_variable",
        RepeatedVariable = "repeated_variable",
        QuotesInFile = "quotes_in_file",
        InlineComment = "inline_comment",
        ExportPrefix = "export_prefix",
        BlanksInFile = "blanks_in_file",
        BackslashInFile = "backslash_in_file",
        ValueOverLines = "value_over_lines",
        HashInValue = "hash_in_value",
        ShellSign = "shell_sign",
        ByteOrderMark = "byte_order_mark",
        CarriageReturns = "carriage_returns",
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is.
    pub id: FindingId,
    /// How bad it is.
    pub level: Level,
    /// The known hazard behind it.
    pub hazard: Option<Hazard>,
    /// The variable that it is about; `None` where it is about the file.
    pub variable: Option<String>,
    /// Where that variable is set; `None` where it is unset.
    pub origin: Option<Origin>,
    /// What happens in production, as a sentence.
    pub consequence: String,
    /// What to do, as a sentence.
    #[serde(rename = "mend")]
    pub fix: String,
}

impl Finding {
    pub(super) fn warning(
        id: FindingId,
        variable: &str,
        consequence: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        let (variable, consequence, fix) = (Some(variable.to_owned()), consequence.into(), fix.into());
        Self { id, level: Level::Warning, hazard: None, variable, origin: None, consequence, fix }
    }

    pub(super) fn error(id: FindingId, variable: &str, consequence: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { level: Level::Error, ..Self::warning(id, variable, consequence, fix) }
    }

    /// The same finding with the hazard behind it.
    pub(super) fn of(self, hazard: Hazard) -> Self {
        Self { hazard: Some(hazard), ..self }
    }

    /// The same finding, about the file as a whole.
    pub(super) fn of_the_file(self) -> Self {
        Self { variable: None, ..self }
    }
}
