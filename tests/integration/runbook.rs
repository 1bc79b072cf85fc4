//! The rollout's runbook: its tables are made from the variables and the policy of this program, and everything that can
//! be shown to an operator has its row.
//!
//! `just bless` writes the tables again, as it does snapshots.

use crate::workbench::{Workbench, package, shipped};
use corridor::decide::RuleSet;
use corridor::gate::{Kind, Reads, RolloutPolicy, RuleId, RulePolicy, SampleRate, StagePolicy, Threshold};
use corridor::model::{CorridorStatus, KnownReason};
use corridor::preflight::{Preset, VARIABLE_TABLE, Variable};
use corridor::risklog::{FindingId, Level};
use corridor::stats::{Alpha, Count, Rate, mixture, needed};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::fs;

const RUNBOOK: &str = "docs/operations/partial-trust-runbook.md";
const ENVIRONMENT: &str = "docs/operations/production.example.env";

/// Records that the deployed runbook asks for at the first stage.
const DEPLOYED_RECORDS: u64 = 50;

#[test]
fn the_tables_of_the_runbook_are_those_of_this_program() {
    let policy = RolloutPolicy::default();
    let blocks = [
        ("variables", variables()),
        ("stages", stages(&policy)),
        ("replay rules", replay_rules(&policy)),
        ("production rules", production_rules(&policy)),
    ];
    let shown = shipped(RUNBOOK);
    let made = blocks.iter().fold(shown.clone(), |text, (name, content)| with_block(&text, name, content));
    if blesses() {
        fs::write(package().join(RUNBOOK), made).unwrap();
        return;
    }
    let stale: Vec<_> = made.lines().filter(|line| !shown.lines().any(|old| old == *line)).collect();
    assert!(
        shown == made,
        "{RUNBOOK} is stale. Run `just bless`, or INSTA_UPDATE=always cargo test --locked runbook; read the difference and \
         commit it. Prose around the tables may have to change with them. These lines are new:\n{}",
        stale.join("\n")
    );
}

#[expect(clippy::disallowed_methods, reason = "decides whether a file is written, and nothing that is tested")]
fn blesses() -> bool {
    std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always")
}

/// The text with `content` between the marks of a block.
fn with_block(text: &str, name: &str, content: &str) -> String {
    let (begin, end) = (format!("<!-- {name}: generated, do not edit -->\n"), format!("<!-- {name}: end -->\n"));
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("{RUNBOOK} lacks the mark {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{RUNBOOK} lacks the mark {end}"));
    format!("{before}{begin}\n{content}\n{end}{after}")
}

fn row<T: Display>(cells: impl IntoIterator<Item = T>) -> String {
    let cells: Vec<_> = cells.into_iter().map(|cell| cell.to_string()).collect();
    format!("| {} |\n", cells.join(" | "))
}

fn table(head: &[String], rows: impl IntoIterator<Item = String>) -> String {
    row(head) + "|" + &"---|".repeat(head.len()) + "\n" + &rows.into_iter().collect::<String>()
}

fn head<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

fn variables() -> String {
    let rows = VARIABLE_TABLE.map(|Variable { name, kind, default, range, meaning }| {
        let default = match default {
            None => "none".to_owned(),
            Some("") => "empty".to_owned(),
            Some(default) => format!("`{default}`"),
        };
        row([format!("`{name}`"), kind.to_string(), default, range.to_owned(), meaning.to_owned()])
    });
    table(&head(["variable", "type", "default", "range and unit", "meaning"]), rows)
}

/// A rate as people write it in a plan: two decimals, and as many as it has.
fn decimal(number: f64) -> String {
    SampleRate::new(number).unwrap().to_string()
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(|group| str::from_utf8(group).unwrap()).collect();
    groups.join(",")
}

fn alpha(policy: &RolloutPolicy) -> Alpha {
    policy.alpha
}

/// Records without an event that prove a rule, daily looks or not.
fn clean(policy: &RolloutPolicy, go: Threshold) -> Option<u64> {
    match go {
        Threshold::None => None,
        Threshold::Below(limit) => needed::any_look(Count::NONE, limit, alpha(policy)),
    }
}

/// What keeps a GO away at a stage, with the attempts that prove it.
fn blocking(policy: &RolloutPolicy, stage: &StagePolicy) -> Vec<(RuleId, u64)> {
    let rules = RuleId::ALL.iter().filter(|id| id.reads() != Reads::Replay);
    let rules = rules.filter_map(|id| Some((*id, policy.rule.of(*id).or_else(|| stage.rule(*id))?)));
    let blocks = |(_, rule): &(RuleId, RulePolicy)| rule.kind == Kind::Block;
    rules.filter(blocks).filter_map(|(id, rule)| Some((id, clean(policy, rule.go)?))).collect()
}

fn preset_of(stage: &StagePolicy) -> Preset {
    let has_rate = |preset: &Preset| {
        let [_, ours] = preset.deployments(RuleSet::Reference, &[]);
        ours.value("PARTIAL_TRUST_SAMPLE_RATE").unwrap().parse() == Ok(stage.rate.get())
    };
    Preset::ALL.iter().copied().find(has_rate).unwrap()
}

fn stages(policy: &RolloutPolicy) -> String {
    let columns = head([
        "rate",
        "days with attempts, at least",
        "attempts, at least",
        "attempts that prove all its rules, without an event",
        "shopping commands that takes",
        "environment",
    ]);
    let rows = policy.stage.iter().map(|stage| {
        let (last, most) = blocking(policy, stage).into_iter().rev().max_by_key(|(_, records)| *records).unwrap();
        let attempts = most.max(stage.min_attempts);
        row([
            format!("**{}**", stage.rate),
            stage.min_days.to_string(),
            grouped(stage.min_attempts),
            format!("{} (`{last}`)", grouped(attempts)),
            grouped(needed::commands_for(attempts, stage.rate.rate()).unwrap()),
            format!("`PARTIAL_TRUST_SAMPLE_RATE={}`, else as `--preset {}`", stage.rate, preset_of(stage)),
        ])
    });
    format!("{}\n{}\n", table(&columns, rows), small_numbers(policy))
}

/// H14, in numbers.
fn small_numbers(policy: &RolloutPolicy) -> String {
    let first = &policy.stage[0];
    let Threshold::Below(limit) = first.error.go else { panic!("the first stage tolerates no error") };
    let enough = clean(policy, first.error.go).unwrap();
    let at_most = mixture::upper_bound(records(DEPLOYED_RECORDS), mixture::Prior::below(limit), alpha(policy));
    assert!(at_most.get() > limit.get() && DEPLOYED_RECORDS < enough, "the sentence below would be wrong");
    format!(
        "The {DEPLOYED_RECORDS} records of the deployed runbook cannot prove a rate below {}: without a single event they leave {:.3} \
         possible\nunder daily looks (H14). {enough} can; {} cannot.",
        decimal(limit.get()),
        at_most.get(),
        enough - 1
    )
}

fn records(number: u64) -> Count {
    Count::new(0, number).unwrap()
}

fn or_dash(limit: Option<Rate>) -> String {
    limit.map_or_else(|| "–".to_owned(), |rate| decimal(rate.get()))
}

/// Events and records of a rule, as it says them.
fn what(rule: RuleId) -> String {
    let about = rule.about();
    format!("{} / {}", about.event, about.records)
}

fn below(go: Threshold) -> String {
    match go {
        Threshold::None => "not one".to_owned(),
        Threshold::Below(limit) => decimal(limit.get()),
    }
}

fn replay_rules(policy: &RolloutPolicy) -> String {
    let rows = policy.rule.all().filter(|(id, _)| id.reads() == Reads::Replay).map(|(id, rule)| {
        let no_go = if rule.go == Threshold::None { "one".to_owned() } else { or_dash(rule.no_go) };
        let needs_proof = id.needs_a_sample() && rule.kind != Kind::Signal;
        let clean = if needs_proof { clean(policy, rule.go) } else { None };
        let no_go = if rule.kind == Kind::Signal { "never".to_owned() } else { no_go };
        let clean = clean.map_or_else(|| "–".to_owned(), |clean| grouped(clean.max(policy.replay.min_records)));
        row([format!("`{id}`"), what(id), rule.kind.to_string(), below(rule.go), no_go, clean])
    });
    table(&head(["rule", "event / records", "kind", "GO below", "NO_GO above", "captured records"]), rows)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a rule with a policy of its own has a row of its own here")]
fn production_rules(policy: &RolloutPolicy) -> String {
    let cell = |rule: RulePolicy, limit_ms: Option<u32>| {
        let limit_ms = limit_ms.map_or_else(String::new, |ms| format!(" at {ms} ms"));
        let clean = clean(policy, rule.go).filter(|_| rule.kind != Kind::Signal);
        let clean = clean.map_or_else(String::new, |clean| format!(" ({clean})"));
        format!("{} / {}{limit_ms}{clean}", below(rule.go), or_dash(rule.no_go))
    };
    let rule_of = |id: RuleId, stage: &StagePolicy| match id {
        RuleId::Slow => (stage.slow.kind, cell(stage.slow.rule(), Some(stage.slow.limit_ms))),
        RuleId::AcceptanceStability => {
            let stability = stage.acceptance_stability;
            (stability.kind, format!("{} of the rate before is kept", decimal(stability.share.get())))
        }
        RuleId::EntityKeyMismatch => {
            (Kind::Alarm, format!("alarm above {}", decimal(stage.alarm.entity_key_mismatch.get())))
        }
        RuleId::P95 => (Kind::Alarm, format!("alarm above {} ms", stage.alarm.p95_ms)),
        _ => {
            let rule = policy.rule.of(id).or_else(|| stage.rule(id)).unwrap();
            (rule.kind, cell(rule, None))
        }
    };
    let ids = RuleId::ALL.iter().copied().filter(|id| id.reads() != Reads::Replay);
    let rows = ids.map(|id| {
        let kinds: BTreeSet<_> = policy.stage.iter().map(|stage| rule_of(id, stage).0.to_string()).collect();
        let cells = policy.stage.iter().map(|stage| rule_of(id, stage).1);
        let beginning = [format!("`{id}`"), what(id), Vec::from_iter(kinds).join(", ")];
        row(beginning.into_iter().chain(cells))
    });
    let rates = policy.stage.iter().map(|stage| format!("at {}", stage.rate));
    let columns: Vec<_> = head(["rule", "event / records", "kind"]).into_iter().chain(rates).collect();
    table(&columns, rows)
}

/// What stands below a heading, up to the next of its level or above.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no heading {heading}"));
    let level = heading.bytes().take_while(|byte| *byte == b'#').count();
    let ends = |line: &str| (1..=level).any(|level| line.starts_with(&format!("{} ", "#".repeat(level))));
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        if ends(line) {
            break;
        }
        end += line.len();
    }
    &rest[..end]
}

/// Names in backticks in the first cells of the rows of a section's tables.
fn named(section: &str) -> BTreeSet<String> {
    let cells = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.flat_map(quoted).collect()
}

fn quoted(text: &str) -> impl Iterator<Item = String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned)
}

fn names<T: Display>(values: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}

#[test]
fn every_reason_code_has_its_row_and_no_other() {
    let runbook = shipped(RUNBOOK);
    let mut shown = named(section(&runbook, "## Reason codes"));
    assert!(shown.remove(CorridorStatus::Error.as_str()), "names of internal errors have no row");
    assert_eq!(shown, names(KnownReason::ALL), "left: {RUNBOOK}, right: the reasons");
}

#[test]
fn everything_that_can_go_off_in_production_has_its_row() {
    let runbook = shipped(RUNBOOK);
    let rules = RuleId::ALL.iter().filter(|id| id.reads() != Reads::Replay);
    let problems = FindingId::ALL.iter().filter(|id| id.level() == Level::Problem);
    let due: BTreeSet<_> = names(rules).union(&names(problems)).cloned().collect();
    assert_eq!(named(section(&runbook, "### Alarms")), due, "left: {RUNBOOK}, right: rules and problems");
}

#[test]
fn every_reason_against_a_go_has_its_row() {
    let (runbook, gate) = (shipped(RUNBOOK), shipped("docs/gate.md"));
    let rules = RuleId::ALL.iter().filter(|id| id.reads() == Reads::Replay);
    let contradictions = named(section(&gate, "## Contradictions"));
    let is_name = |name: &String| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let missing: BTreeSet<_> = quoted(section(&gate, "## Missing")).filter(is_name).collect();
    assert!(contradictions.len() >= 7 && missing.len() >= 8, "{contradictions:?} {missing:?}");
    let due: BTreeSet<_> = [names(rules), contradictions, missing].into_iter().flatten().collect();
    assert_eq!(named(section(&runbook, "## When it is not GO")), due, "left: {RUNBOOK}, right: rules and docs/gate.md");
}

/// The file's variables.
fn example() -> BTreeMap<String, String> {
    let text = shipped(ENVIRONMENT);
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once('=').unwrap()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn the_environment_to_start_from_is_that_of_the_first_preset() {
    let example = example();
    assert!(example.keys().eq(names(VARIABLE_TABLE.map(|variable| variable.name)).iter()), "every variable, once");
    let [_, ours] = Preset::ALL[0].deployments(RuleSet::Reference, &[]);
    for variable in VARIABLE_TABLE {
        let value = example[variable.name].as_str();
        if ours.to_fill_in.contains(&variable.name) {
            assert!(value.starts_with('<') && value.ends_with('>'), "{}: {value} is no placeholder", variable.name);
        } else if variable.name != "LLM_POLICY_PATH" {
            // The path is that of the operator's copy.
            assert_eq!(Some(value), ours.value(variable.name).or(variable.default), "{}", variable.name);
        }
    }
}

#[test]
fn the_check_of_the_kill_switch_sees_a_process_that_is_still_on() {
    let line = |time: &str| {
        let rest = r#""sample_rate":0.01,"sampled":false,"status":"not_sampled","reason_code":"not_sampled""#;
        format!("{{\"command_id\":\"at-{time}\",{rest},\"timestamp\":\"2026-03-01T{time}Z\"}}\n")
    };
    let before = [line("11:58:00"), line("11:59:59")].concat();
    let bench = Workbench::new().with("all-off.jsonl", &before).with("one-on.jsonl", before + &line("12:00:30"));
    let since = |log: &str| {
        let check = ["analyze", "--risk-log", log, "--since", "2026-03-01T12:00:00Z", "--now", "2026-03-01T12:01:00Z"];
        bench.run(check).exits(0).stdout
    };
    let (off, on) = (since("all-off.jsonl"), since("one-on.jsonl"));
    assert!(off.starts_with("total_records: 0\n"), "{off}");
    assert!(on.starts_with("total_records: 1\n"), "{on}");
    // What the deployed runbook looks for is in neither.
    assert!(!off.contains("skipped") && !on.contains("skipped"), "{on}");
}
