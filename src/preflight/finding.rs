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
    FindingId, "finding" {
        /// The policy is on and does not load.
        PolicyRefused = "policy_refused",
        /// The policy loads with placeholders.
        PlaceholdersLeft = "placeholders_left",
        /// The corridor is on and the policy is off.
        PolicyOff = "policy_off",
        /// The corridor's profile has no route.
        ProfileUnrouted = "profile_unrouted",
        /// The baseline of every shopping command asks the LLM.
        BaselineAsksLlm = "baseline_asks_llm",
        /// The policy is on, and the baseline's name extraction has no route.
        ExtractionUnrouted = "extraction_unrouted",
        /// The budget is not a whole number above 0.
        TimeoutInvalid = "timeout_invalid",
        /// The budget is longer than users ought to wait.
        TimeoutLong = "timeout_long",
        /// Risk lines cannot be written.
        RiskLogUnwritable = "risk_log_unwritable",
        /// The corridor is off.
        SwitchOff = "switch_off",
        /// The intent is not on the allow-list.
        IntentNotAllowed = "intent_not_allowed",
        /// The sample rate cannot be read.
        RateUnreadable = "rate_unreadable",
        /// The sample rate is 0.
        RateZero = "rate_zero",
        /// The sample rate is below 0 or above 1.
        RateOutOfRange = "rate_out_of_range",
        /// The sample rate is above that of the last stage.
        RateBeyondStages = "rate_beyond_stages",
        /// The sample rate is not that of a stage.
        RateOffStage = "rate_off_stage",
        /// A switch has a value that means off and looks like on.
        SwitchMisread = "switch_misread",
        /// Quotes have become part of a value.
        QuotedValue = "quoted_value",
        /// Blanks around a value are part of it.
        BlanksKept = "blanks_kept",
        /// There is no endpoint to call.
        BaseUrlMissing = "base_url_missing",
        /// The endpoint is not one of HTTP.
        BaseUrlNotHttp = "base_url_not_http",
        /// The endpoint's address is not the base of one.
        BaseUrlNotABase = "base_url_not_a_base",
        /// The endpoint is called without encryption.
        BaseUrlPlaintext = "base_url_plaintext",
        /// There is no key for the endpoint.
        ApiKeyMissing = "api_key_missing",
        /// A variable that is no secret holds what looks like one.
        SecretMisplaced = "secret_misplaced",
        /// A value holds a reference or a place to fill in.
        UnfilledValue = "unfilled_value",
        /// A name that nothing reads looks like that of a variable.
        MisspeltVariable = "misspelt_variable",
        /// A name of the corridor's that nothing reads.
        UnknownVariable = "unknown_variable",
        /// A file sets a variable more than once.
        RepeatedVariable = "repeated_variable",
        /// Quotes in a file, which some loaders keep.
        QuotesInFile = "quotes_in_file",
        /// A comment behind a value in a file, which some loaders take for a part of it.
        InlineComment = "inline_comment",
        /// `export` in a file, which some loaders refuse.
        ExportPrefix = "export_prefix",
        /// Blanks around a name or a value in a file, which some loaders keep or refuse.
        BlanksInFile = "blanks_in_file",
        /// A backslash in a file, which some loaders keep.
        BackslashInFile = "backslash_in_file",
        /// A value over several lines of a file, which some loaders cut.
        ValueOverLines = "value_over_lines",
        /// `#` within a value of a file, which some loaders take for a comment.
        HashInValue = "hash_in_value",
        /// Signs in a file that a shell does not keep.
        ShellSign = "shell_sign",
        /// A file begins with a byte order mark.
        ByteOrderMark = "byte_order_mark",
        /// Lines of a file end in CR LF.
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
    pub mend: String,
}

impl Finding {
    fn new(id: FindingId, level: Level, variable: Option<&str>, consequence: String, mend: String) -> Self {
        let variable = variable.map(str::to_owned);
        Self { id, level, hazard: None, variable, origin: None, consequence, mend }
    }

    pub(super) fn error(
        id: FindingId,
        variable: &str,
        consequence: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self::new(id, Level::Error, Some(variable), consequence.into(), mend.into())
    }

    pub(super) fn warning(
        id: FindingId,
        variable: &str,
        consequence: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self::new(id, Level::Warning, Some(variable), consequence.into(), mend.into())
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
