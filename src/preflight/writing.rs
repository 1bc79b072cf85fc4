//! Findings about how variables are written, whatever they mean: blanks, quotes, names.

use super::credential::looks_secret;
use super::finding::{Finding, FindingId};
use super::origin::Origin;
use super::secret::quoted_value;
use super::spelling::intended;
use super::subject::Subject;
use super::variable::{VARIABLE_TABLE, Variable, VariableType};

/// Values that plainly mean off.
const OFF: [&str; 10] = ["", "0", "false", "no", "off", "n", "f", "none", "null", "disabled"];

/// Variables whose value is trimmed; a test compares the list with [`Settings`](super::Settings).
const TRIMMED: [&str; 5] = [
    "PARTIAL_TRUST_ENABLED",
    "PARTIAL_TRUST_INTENT",
    "PARTIAL_TRUST_SAMPLE_RATE",
    "PARTIAL_TRUST_TIMEOUT_MS",
    "PARTIAL_TRUST_PROFILE_ID",
];

/// Findings about the writing.
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    for variable in &VARIABLE_TABLE {
        let Some(value) = subject.deployment.value(variable.name) else { continue };
        findings.extend(form(subject, variable, value));
        findings.extend(unfilled(subject, variable, value));
        findings.extend(secret(variable, value));
    }
    findings.extend(names(subject));
    findings.extend(file(subject));
    findings
}

fn form(subject: &Subject, variable: &Variable, value: &str) -> Option<Finding> {
    let trimmed = value.trim();
    let quote = trimmed.chars().next().filter(|first| matches!(first, '"' | '\''));
    if quote.is_some_and(|quote| trimmed.len() > 1 && trimmed.ends_with(quote)) {
        return Some(Finding::error(
            FindingId::QuotedValue,
            variable.name,
            "the quotes are part of the value: whatever set the variable did not take them away, so that the value means \
             something else, or nothing",
            "write the value without quotes there",
        ));
    }
    if variable.kind == VariableType::Switch {
        return misread(subject, variable, value);
    }
    if trimmed.len() < value.len() && !TRIMMED.contains(&variable.name) {
        let consequence = "the value begins or ends with a blank or a line end, which nothing promises to take away: a file, \
                           profile or address of that name is looked for, and a key with it is refused";
        let fix = "take it away; a key that is read from a file often brings the file's last line end along";
        return Some(Finding::warning(FindingId::BlanksKept, variable.name, consequence, fix));
    }
    None
}

/// A switch that is off although its value does not say so.
fn misread(subject: &Subject, variable: &Variable, value: &str) -> Option<Finding> {
    let is_plainly_off = OFF.contains(&value.trim().to_lowercase().as_str());
    if is_plainly_off || subject.is_on(variable.name) {
        return None;
    }
    let because = if Subject::would_be_on(variable.name, value.trim()) {
        "the blanks around it are not taken away"
    } else {
        "only 1, true and yes are on"
    };
    let consequence = format!("{} means off: {because}", quoted_value(variable.name, value));
    Some(Finding::error(FindingId::SwitchMisread, variable.name, consequence, "write true, or false, and nothing else"))
}

/// `$NAME`, `${NAME}` or `<name>`: a reference or placeholder that was not replaced.
fn unfilled(subject: &Subject, variable: &Variable, value: &str) -> Option<Finding> {
    let is_bracketed = value.find('<').is_some_and(|start| value.get(start..).is_some_and(|rest| rest.contains('>')));
    let is_name = |rest: &str| rest.starts_with(|next: char| matches!(next, '{' | '_') || next.is_ascii_alphabetic());
    let is_reference = value.split('$').skip(1).any(is_name);
    // A key may hold any of these characters by chance, but hardly at both ends.
    let is_whole = value.starts_with("${") && value.ends_with('}') || value.starts_with('<') && value.ends_with('>');
    if !(is_bracketed || is_reference) || (variable.is_secret() && !is_whole) {
        return None;
    }
    let id = FindingId::UnfilledValue;
    let origin = subject.deployment.given.get(variable.name).map(|given| &given.origin);
    if is_bracketed || origin == Some(&Origin::Process) {
        let consequence = "the value is a placeholder that nothing replaces any more: it is used literally";
        return Some(Finding::error(id, variable.name, consequence, "write out what was meant"));
    }
    let consequence = "the value refers to another variable, and is used literally here: some loaders replace it, others do \
                       not, and none of them fails where the other variable is unset";
    Some(Finding::warning(id, variable.name, consequence, "write the value out"))
}

fn secret(variable: &Variable, value: &str) -> Option<Finding> {
    let is_misplaced = match variable.kind {
        VariableType::Secret => false,
        // A user in an address may come with a password.
        VariableType::Url => looks_secret(value) || value.contains('@'),
        VariableType::Switch
        | VariableType::Text
        | VariableType::Number
        | VariableType::Integer
        | VariableType::Path => looks_secret(value),
    };
    is_misplaced.then(|| {
        let consequence = "the value looks as if it held a secret, and is not shown in full here; logs and error messages \
                           elsewhere show it, for nothing treats this variable as one that does";
        let fix = "put keys into LLM_API_KEY alone, and replace a key that stood anywhere else";
        Finding::warning(FindingId::SecretMisplaced, variable.name, consequence, fix)
    })
}

fn names(subject: &Subject) -> impl Iterator<Item = Finding> {
    subject.deployment.strangers.iter().map(|stranger| {
        let Some(meant) = intended(&stranger.name) else {
            return Finding::warning(
                FindingId::UnknownVariable,
                &stranger.name,
                "nothing reads this variable: whatever it is meant to change stays as it is",
                "remove it, or look up the name: docs/preflight.md has all variables",
            );
        };
        let fix = format!("did you mean {meant}?");
        if subject.deployment.value(meant).is_some() {
            let consequence =
                format!("nothing reads this variable; {meant}, which it looks like, is set as well and holds");
            return Finding::warning(FindingId::MisspeltVariable, &stranger.name, consequence, fix);
        }
        let consequence =
            format!("nothing reads this variable, and {meant}, which it looks like, is unset: its default holds");
        Finding::error(FindingId::MisspeltVariable, &stranger.name, consequence, fix)
    })
}

fn file(subject: &Subject) -> impl Iterator<Item = Finding> {
    let repeated = subject.deployment.repeated.iter().map(|repeated| {
        let lines: Vec<_> = repeated.lines.iter().map(u64::to_string).collect();
        let consequence = format!(
            "the file sets it on lines {}: the last one holds here, as in a shell; some loaders take the first",
            lines.join(", ")
        );
        Finding::warning(FindingId::RepeatedVariable, &repeated.name, consequence, "keep one of the lines")
    });
    let carriage_returns = subject.deployment.has_carriage_returns.then(|| {
        Finding::warning(
            FindingId::CarriageReturns,
            "",
            "lines of the file end in CR LF: the CR was taken away here, but some loaders keep it as the last character of \
             every value, and LLM_POLICY_ENABLED, for one, is then off",
            "save the file with LF line ends",
        )
        .of_the_file()
    });
    let byte_order_mark = subject.deployment.has_byte_order_mark.then(|| {
        Finding::warning(
            FindingId::ByteOrderMark,
            "",
            "the file begins with a byte order mark: it was taken away here, but a shell, systemd and other loaders keep it as \
             the beginning of the first name, so that this variable is not set",
            "save the file as UTF-8 without a byte order mark",
        )
        .of_the_file()
    });
    let syntax = subject.deployment.syntax.iter();
    let syntax = syntax.flat_map(|(name, found)| found.iter().map(|syntax| syntax.finding(name)));
    repeated.chain(syntax).chain(byte_order_mark).chain(carriage_returns)
}
