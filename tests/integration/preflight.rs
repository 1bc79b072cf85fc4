//! What an environment would do: every finding where it is due and where it is not, files of variables, presets, secrets.

use crate::workbench::{Ran, Workbench, project_file, shipped, text};
use corridor::preflight::{FindingId, Preset};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Nothing is wrong with this one but what cannot be helped: `baseline_asks_llm`.
const GOOD: &str = "\
PARTIAL_TRUST_ENABLED=true
PARTIAL_TRUST_INTENT=add_shopping_item
PARTIAL_TRUST_SAMPLE_RATE=0.01
PARTIAL_TRUST_TIMEOUT_MS=200
PARTIAL_TRUST_PROFILE_ID=partial_trust
PARTIAL_TRUST_RISK_LOG_PATH=risk.jsonl
LLM_POLICY_ENABLED=true
LLM_POLICY_PATH=policy.yaml
LLM_API_KEY=key
LLM_BASE_URL=https://llm.example/v1
";

fn workbench() -> Workbench {
    let policy = shipped("docs/operations/llm-policy.example.yaml");
    Workbench::new()
        .with("placeholders.yaml", policy.replace("qwen2.5-3b-instruct", "<model>"))
        .with("broken.yaml", policy.replace("schema_version: 1", "schema_version: 2"))
        .with("unextracted.yaml", policy.replace("    cheap: {provider", "    partial_trust: {provider"))
        .with("policy.yaml", policy)
        .with("good.env", GOOD)
}

/// The good environment with these lines, in place of those that set the same variables.
fn with_lines(lines: &str) -> String {
    let is_set_anew = |line: &str| {
        let (name, _) = line.split_once('=').unwrap();
        lines.lines().any(|new| new.trim_start_matches("export ").starts_with(&format!("{name}=")))
    };
    let kept = GOOD.lines().filter(|line| !is_set_anew(line)).flat_map(|line| [line, "\n"]);
    kept.chain([lines, "\n"]).collect()
}

fn preflight(workbench: &Workbench, file: &str) -> Ran {
    workbench.write("test.env", file);
    workbench.run(["preflight", "--env-file", "test.env", "--format", "json"])
}

/// Findings of the only environment, as (id, level).
fn findings(ran: &Ran) -> BTreeSet<(String, String)> {
    let document = ran.json();
    let environments = document["environments"].as_array().unwrap();
    assert_eq!(environments.len(), 1);
    let findings = environments[0]["findings"].as_array().unwrap();
    findings.iter().map(|finding| (text(finding, "id"), text(finding, "level"))).collect()
}

/// For each finding, lines that show it, and lines like them that do not.
const CASES: [(FindingId, &[&str], &[&str]); 39] = {
    use FindingId as Id;
    [
        (
            Id::PolicyRefused,
            &[
                "LLM_POLICY_PATH=",
                "LLM_POLICY_PATH=missing.yaml",
                "LLM_POLICY_PATH=broken.yaml",
                "LLM_POLICY_PATH=placeholders.yaml",
            ],
            &["LLM_POLICY_PATH=policy.yaml", "LLM_POLICY_ENABLED=false\nLLM_POLICY_PATH=missing.yaml"],
        ),
        (
            Id::PlaceholdersLeft,
            &["LLM_POLICY_PATH=placeholders.yaml\nLLM_POLICY_ALLOW_PLACEHOLDERS=true"],
            &["LLM_POLICY_PATH=placeholders.yaml", "LLM_POLICY_ALLOW_PLACEHOLDERS=true"],
        ),
        (
            Id::PolicyOff,
            &["LLM_POLICY_ENABLED=false", "LLM_POLICY_ENABLED="],
            &["LLM_POLICY_ENABLED=yes", "PARTIAL_TRUST_ENABLED=no\nLLM_POLICY_ENABLED=no"],
        ),
        (
            Id::ProfileUnrouted,
            &["PARTIAL_TRUST_PROFILE_ID=", "PARTIAL_TRUST_PROFILE_ID=cheap"],
            &["PARTIAL_TRUST_PROFILE_ID=reliable", "PARTIAL_TRUST_PROFILE_ID=' partial_trust '"],
        ),
        (
            Id::BaselineAsksLlm,
            &["PARTIAL_TRUST_SAMPLE_RATE=0.05", "PARTIAL_TRUST_ENABLED=false"],
            &["LLM_POLICY_ENABLED=false", "LLM_POLICY_PATH=missing.yaml"],
        ),
        (
            Id::ExtractionUnrouted,
            &["LLM_POLICY_PROFILE=partial_trust", "LLM_POLICY_PATH=unextracted.yaml"],
            &["LLM_POLICY_PROFILE=reliable"],
        ),
        (
            Id::TimeoutInvalid,
            &[
                "PARTIAL_TRUST_TIMEOUT_MS=0",
                "PARTIAL_TRUST_TIMEOUT_MS=-5",
                "PARTIAL_TRUST_TIMEOUT_MS=abc",
                "PARTIAL_TRUST_TIMEOUT_MS=200.0",
                "PARTIAL_TRUST_TIMEOUT_MS=",
            ],
            &["PARTIAL_TRUST_TIMEOUT_MS=1", "PARTIAL_TRUST_ENABLED=false\nPARTIAL_TRUST_TIMEOUT_MS=0"],
        ),
        (
            Id::TimeoutLong,
            &[
                "PARTIAL_TRUST_TIMEOUT_MS=501",
                "PARTIAL_TRUST_TIMEOUT_MS=60000",
                "PARTIAL_TRUST_TIMEOUT_MS=99999999999999999999",
            ],
            &["PARTIAL_TRUST_TIMEOUT_MS=500", "PARTIAL_TRUST_ENABLED=false\nPARTIAL_TRUST_TIMEOUT_MS=60000"],
        ),
        (
            Id::RiskLogUnwritable,
            &[
                "PARTIAL_TRUST_RISK_LOG_PATH=missing/risk.jsonl",
                "PARTIAL_TRUST_RISK_LOG_PATH=",
                "PARTIAL_TRUST_RISK_LOG_PATH=.",
                "PARTIAL_TRUST_RISK_LOG_PATH=logs/",
            ],
            &[
                "PARTIAL_TRUST_RISK_LOG_PATH=new.jsonl",
                "PARTIAL_TRUST_RISK_LOG_PATH=good.env",
                "PARTIAL_TRUST_RISK_LOG_PATH=/dev/null",
            ],
        ),
        (
            Id::SwitchOff,
            &["PARTIAL_TRUST_ENABLED=false", "PARTIAL_TRUST_ENABLED=on", "PARTIAL_TRUST_ENABLED="],
            &["PARTIAL_TRUST_ENABLED=' 1 '"],
        ),
        (
            Id::IntentNotAllowed,
            &["PARTIAL_TRUST_INTENT=", "PARTIAL_TRUST_INTENT=create_task", "PARTIAL_TRUST_INTENT=Add_Shopping_Item"],
            &["PARTIAL_TRUST_INTENT=' add_shopping_item'"],
        ),
        (
            Id::RateUnreadable,
            &["PARTIAL_TRUST_SAMPLE_RATE=5%", "PARTIAL_TRUST_SAMPLE_RATE=0,05", "PARTIAL_TRUST_SAMPLE_RATE="],
            &["PARTIAL_TRUST_SAMPLE_RATE=5e-2"],
        ),
        (
            Id::RateZero,
            &["PARTIAL_TRUST_SAMPLE_RATE=0", "PARTIAL_TRUST_SAMPLE_RATE=0.0"],
            &["PARTIAL_TRUST_SAMPLE_RATE=0.05"],
        ),
        (
            Id::RateOutOfRange,
            &["PARTIAL_TRUST_SAMPLE_RATE=5", "PARTIAL_TRUST_SAMPLE_RATE=-0.01"],
            &["PARTIAL_TRUST_SAMPLE_RATE=1"],
        ),
        (
            Id::RateBeyondStages,
            &["PARTIAL_TRUST_SAMPLE_RATE=0.11", "PARTIAL_TRUST_SAMPLE_RATE=1"],
            &["PARTIAL_TRUST_SAMPLE_RATE=0.1"],
        ),
        (
            Id::RateOffStage,
            &["PARTIAL_TRUST_SAMPLE_RATE=0.02"],
            &["PARTIAL_TRUST_SAMPLE_RATE=0.050", "PARTIAL_TRUST_SAMPLE_RATE=0.5"],
        ),
        (
            Id::SwitchMisread,
            &["PARTIAL_TRUST_ENABLED=on", "LLM_POLICY_ENABLED=' true'", "LLM_POLICY_ALLOW_PLACEHOLDERS=y"],
            &["PARTIAL_TRUST_ENABLED=' true'", "LLM_POLICY_ENABLED=False", "LLM_POLICY_ALLOW_PLACEHOLDERS="],
        ),
        (
            Id::QuotedValue,
            &["PARTIAL_TRUST_ENABLED=\"'true'\"", "LLM_API_KEY='\"key\"'"],
            &["PARTIAL_TRUST_ENABLED='true'", "LLM_API_KEY=\"key\""],
        ),
        (
            Id::BlanksKept,
            &["LLM_API_KEY=\"key\\n\"", "LLM_POLICY_PROFILE=' cheap'"],
            &["PARTIAL_TRUST_PROFILE_ID=' partial_trust'"],
        ),
        (Id::BaseUrlMissing, &["LLM_BASE_URL="], &["LLM_BASE_URL=\nLLM_POLICY_PATH=missing.yaml"]),
        (Id::BaseUrlNotHttp, &["LLM_BASE_URL=llm.example/v1"], &["LLM_BASE_URL=HTTPS://llm.example"]),
        (
            Id::BaseUrlNotABase,
            &["LLM_BASE_URL=https://llm.example/v1/chat/completions"],
            &["LLM_BASE_URL=https://llm.example/v1/"],
        ),
        (Id::BaseUrlPlaintext, &["LLM_BASE_URL=http://llm.example"], &["LLM_BASE_URL=http://127.0.0.1:8080"]),
        (Id::ApiKeyMissing, &["LLM_API_KEY="], &["LLM_API_KEY=x", "LLM_API_KEY=\nLLM_POLICY_ENABLED=false"]),
        (
            Id::SecretMisplaced,
            &[
                "PARTIAL_TRUST_PROFILE_ID=sk-0123456789abcdef0123456789abcdef",
                "LLM_BASE_URL=https://user:pass@llm.example",
                "PARTIAL_TRUST_RISK_LOG_PATH=postgres://u:pass@db/x",
                "LLM_POLICY_PATH=https://u:pass@cfg/policy.yaml",
                "LLM_POLICY_PROFILE=550e8400-e29b-41d4-a716-446655440000",
            ],
            &[
                "LLM_API_KEY=sk-0123456789abcdef0123456789abcdef",
                "PARTIAL_TRUST_RISK_LOG_PATH=risk@2026.jsonl",
                "LLM_POLICY_PATH=/nix/store/0c0r7zy9q8h2jvwm5a4pfk3sdn6lbix1-llm-policy/policy.yaml",
                "LLM_BASE_URL=https://t1.example.com/v1",
                "LLM_POLICY_PROFILE=key-vault.example",
                "LLM_POLICY_PATH=/srv/2414721b6c0f1b7de5d43e8a1f9a0c3b5d7e9f10/policy.yaml",
                "LLM_POLICY_PROFILE=cheap-2414721b6c0f1b7de5d43e8a1f9a0c3b5d7e9f10",
            ],
        ),
        (
            Id::UnfilledValue,
            &[
                "LLM_POLICY_PATH=${HOME}/policy.yaml",
                "LLM_POLICY_PATH='$HOME/policy.yaml'",
                "LLM_BASE_URL=https://<host>/v1",
                "LLM_API_KEY=<key>",
                "LLM_API_KEY=${KEY}",
            ],
            &["LLM_API_KEY='a$b<c>d'", "LLM_POLICY_PROFILE=5$", "LLM_POLICY_PROFILE=a>b<c"],
        ),
        (
            Id::MisspeltVariable,
            &["PARTIAL_TRUST_TIMEOUT=1", "LLM_POLICY_PROFIL=cheap", "PARTIAL_TRUST_RATE=0.05"],
            &["LLM_PROVIDER=x", "PATH=/bin"],
        ),
        (Id::UnknownVariable, &["PARTIAL_TRUST_COLOUR=red"], &["COLOUR=red"]),
        (
            Id::RepeatedVariable,
            &["PARTIAL_TRUST_ENABLED=true\nexport PARTIAL_TRUST_ENABLED=true"],
            &["OTHER=1\nOTHER=2"],
        ),
        (
            Id::QuotesInFile,
            &["PARTIAL_TRUST_ENABLED=\"true\"", "LLM_POLICY_PATH='policy.yaml'", "LLM_POLICY_PATH=policy'.yaml'"],
            &["PARTIAL_TRUST_ENABLED=true", "OTHER='x'"],
        ),
        (
            Id::InlineComment,
            &["PARTIAL_TRUST_ENABLED=true # on", "PARTIAL_TRUST_RISK_LOG_PATH=risk.jsonl\t#x", "LLM_POLICY_PROFILE=#x"],
            &[
                "PARTIAL_TRUST_RISK_LOG_PATH=risk#1.jsonl",
                "LLM_API_KEY='a # b'",
                "# a = 'b'\nPARTIAL_TRUST_ENABLED=true",
            ],
        ),
        (Id::ExportPrefix, &["export PARTIAL_TRUST_ENABLED=true"], &["export OTHER=x"]),
        (
            Id::BlanksInFile,
            &["PARTIAL_TRUST_ENABLED = true", "PARTIAL_TRUST_ENABLED= true", "PARTIAL_TRUST_ENABLED=true "],
            &["  PARTIAL_TRUST_ENABLED=true", "PARTIAL_TRUST_ENABLED=' true'", "PARTIAL_TRUST_ENABLED=true # on"],
        ),
        (Id::BackslashInFile, &["LLM_API_KEY=a\\ b", "LLM_API_KEY=\"a\\nb\""], &["LLM_API_KEY='a\\b'"]),
        (Id::ValueOverLines, &["LLM_API_KEY='a=\nb='"], &["LLM_API_KEY='a='"]),
        (Id::HashInValue, &["LLM_API_KEY=a#b"], &["LLM_API_KEY='a#b'", "LLM_API_KEY=ab #b"]),
        (
            Id::ShellSign,
            &[
                "LLM_API_KEY=`id`",
                "LLM_API_KEY=\"$(id)\"",
                "LLM_BASE_URL=https://llm.example/v1?a=1&b=2",
                "LLM_API_KEY=a;b",
            ],
            &["LLM_API_KEY='`id`'", "LLM_API_KEY='a;b'"],
        ),
        (Id::ByteOrderMark, &[], &["PARTIAL_TRUST_ENABLED=true"]),
        (Id::CarriageReturns, &["PARTIAL_TRUST_ENABLED=true\r"], &["PARTIAL_TRUST_ENABLED=true"]),
    ]
};

#[test]
fn every_finding_is_shown_where_it_is_due_and_nowhere_else() {
    let workbench = workbench();
    let tested: Vec<_> = CASES.iter().map(|(id, _, _)| *id).collect();
    assert_eq!(tested, FindingId::ALL);
    for (id, due, undue) in CASES {
        for (lines, is_due) in due.iter().map(|lines| (lines, true)).chain(undue.iter().map(|lines| (lines, false))) {
            let ran = preflight(&workbench, &with_lines(lines));
            let found = findings(&ran);
            assert_eq!(found.iter().any(|(found, _)| found == id.as_str()), is_due, "{id}: {lines:?}: {found:?}");
            let has_errors = found.iter().any(|(_, level)| level == "error");
            ran.exits(i32::from(has_errors));
        }
    }
}

#[test]
fn a_finding_names_its_variable_and_where_that_is_set() {
    let ran = preflight(&workbench(), "# comment\n\nexport PARTIAL_TRUST_ENABLE='true'\nLLM_POLICY_ENABLED=on\n");
    let document = ran.exits(1).json();
    let findings = document["environments"][0]["findings"].as_array().unwrap();
    let places: Vec<_> = findings.iter().map(|finding| (&finding["variable"], &finding["origin"]["line"])).collect();
    assert_eq!(
        places,
        [
            (&json!("LLM_POLICY_ENABLED"), &json!(4)),
            (&json!("PARTIAL_TRUST_ENABLE"), &json!(3)),
            (&json!("PARTIAL_TRUST_ENABLED"), &Value::Null),
        ]
    );
}

#[test]
fn files_are_read_in_dotenv_syntax_and_the_process_does_not_count() {
    let workbench = workbench();
    let file = "\u{feff}# comment\r\n\r\n export PARTIAL_TRUST_ENABLED = \"true\" # on\r\nPARTIAL_TRUST_INTENT=\r\n\
                PARTIAL_TRUST_PROFILE_ID='a#b'\r\nLLM_POLICY_PROFILE=$PATH\r\n";
    workbench.write("test.env", file);
    let arguments = ["preflight", "--env-file", "test.env", "--format", "json"];
    let process = [("LLM_POLICY_ENABLED", "true"), ("PATH", "/canary"), ("PARTIAL_TRUST_COLOUR", "red")];
    let ran = workbench.run_with(arguments, &process, b"").exits(1);
    let document = ran.json();
    let written = |name: &str| {
        let variables = document["environments"][0]["variables"].as_array().unwrap();
        variables.iter().find(|variable| variable["name"] == name).unwrap()["written"].clone()
    };
    assert_eq!(written("PARTIAL_TRUST_ENABLED"), json!({"state": "shown", "text": "true"}));
    assert_eq!(written("PARTIAL_TRUST_INTENT"), json!({"state": "empty"}));
    assert_eq!(written("PARTIAL_TRUST_PROFILE_ID"), json!({"state": "shown", "text": "a#b"}));
    assert_eq!(written("LLM_POLICY_PROFILE"), json!({"state": "shown", "text": "$PATH"}));
    assert_eq!(written("LLM_POLICY_ENABLED"), json!({"state": "unset"}));
    assert!(!ran.stdout.contains("/canary") && !ran.stdout.contains("COLOUR"));
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_its_line_and_without_its_text() {
    let workbench = workbench();
    for (file, line) in [
        (&b"A=1\nLLM_API_KEY=canary canary\n"[..], 2),
        (b"# c\n\nLLM_API_KEY 'canary'\n", 3),
        (b"A=1\nLLM_API_KEY=\"canary\nB=2\n", 2),
        (b"A=1\nLLM_API_KEY=canary\xff\n", 2),
    ] {
        workbench.write("test.env", file);
        let ran = workbench.run(["preflight", "--env-file", "test.env"]).exits(4);
        let ran = ran.says(&[&format!("error: test.env:{line}: "), "help: "]);
        assert!(!ran.stderr.contains("canary") && ran.stdout.is_empty(), "{ran:?}");
    }
    workbench.run(["preflight", "--env-file", "missing.env"]).exits(4).says(&["missing.env", "not found"]);
    workbench.run(["preflight", "--env-file", "."]).exits(4);
}

#[test]
fn a_file_that_is_too_long_or_no_regular_file_is_not_read() {
    let workbench = workbench();
    let longest = 1024 * 1024;
    let file = |length: usize| format!("{GOOD}#{}\n", "x".repeat(length - GOOD.len() - 2));
    workbench.write("longest.env", file(longest));
    workbench.run(["preflight", "--env-file", "longest.env"]).exits(0);
    workbench.write("longer.env", file(longest + 1));
    let ran = workbench.run(["preflight", "--env-file", "longer.env"]).exits(4);
    ran.says(&["cannot read the variables in longer.env: it is longer than 1 MiB"]);
    workbench.run(["preflight", "--env-file", "."]).exits(4).says(&["it is not a regular file"]);
    let ran = workbench.run(["preflight", "--env-file", "good.env", "--policy", "longer.env"]).exits(1);
    assert!(ran.stdout.contains("does not load (cannot read longer.env: it is longer than 1 MiB"), "{}", ran.stdout);
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_is_not_waited_for() {
    let workbench = workbench();
    let made = std::process::Command::new("mkfifo").arg(workbench.path("pipe")).status().unwrap();
    assert!(made.success());
    for path in ["pipe", "/dev/zero"] {
        workbench.run(["preflight", "--env-file", path]).exits(4).says(&[path, "it is not a regular file"]);
        let ran = preflight(&workbench, &with_lines(&format!("LLM_POLICY_PATH={path}"))).exits(1);
        assert!(ran.stdout.contains(&format!("cannot read {path}: it is not a regular file")), "{}", ran.stdout);
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
fn many_variables_take_no_more_time_each_than_few() {
    // All the names that 1 MiB has room for; were each compared with all others, this would take minutes.
    let file: String = (0..38_000)
        .flat_map(|number| ["LLM_POLICY_".to_owned(), number.to_string(), "_COLOUR=\n".to_owned()])
        .collect();
    let begun = std::time::Instant::now();
    let ran = preflight(&workbench(), &file).exits(0);
    assert_eq!(findings(&ran).len(), 2);
    assert!(begun.elapsed().as_secs() < 60);
}

#[test]
fn the_process_is_read_by_default() {
    let workbench = workbench();
    let empty = workbench.run(["preflight"]).exits(0);
    assert!(empty.stdout.contains("environment of this process") && empty.stdout.contains("switch_off"));
    let variables = [
        ("PARTIAL_TRUST_ENABLED", "true"),
        ("PARTIAL_TRUST_PROFILE", "partial_trust"),
        ("OTHER_VARIABLE", "canary"),
        ("LLM_POLICY_ENABLED", "true"),
    ];
    let ran = workbench.run_with(["preflight", "--policy", "policy.yaml"], &variables, b"").exits(1);
    for expected in
        ["`true`, in the process", "misspelt_variable", "did you mean PARTIAL_TRUST_PROFILE_ID?", "--policy"]
    {
        assert!(ran.stdout.contains(expected), "{expected}: {}", ran.stdout);
    }
    assert!(!ran.stdout.contains("OTHER_VARIABLE") && !ran.stdout.contains("canary"));
}

#[cfg(unix)]
#[test]
fn a_value_of_the_process_that_is_no_text_is_bad_input() {
    use std::os::unix::ffi::OsStringExt;
    let value = std::ffi::OsString::from_vec(b"canary\xff".to_vec());
    for (name, code) in [("LLM_API_KEY", 4), ("PARTIAL_TRUST_COLOUR", 0), ("OTHER", 0)] {
        let output = workbench().command(["preflight"]).env(name, &value).output().unwrap();
        let ran = Ran::new(name.to_owned(), output).exits(code);
        assert!(!ran.stderr.contains("canary") && !ran.stdout.contains("canary"));
    }
}

#[test]
fn a_policy_on_the_command_line_takes_the_place_of_the_environments() {
    let workbench = workbench().with("mine.env", with_lines("LLM_POLICY_PATH=missing.yaml"));
    workbench.run(["preflight", "--env-file", "mine.env"]).exits(1);
    workbench.run(["preflight", "--env-file", "mine.env", "--policy", "policy.yaml"]).exits(0);
    let ran = workbench.run(["preflight", "--env-file", "good.env", "--policy", "missing.yaml"]).exits(1);
    assert!(ran.stdout.contains("cannot read missing.yaml"), "{}", ran.stdout);
}

#[test]
fn a_rate_is_compared_with_the_stages_of_the_project() {
    let project = project_file().replace("stages = [0.01, 0.05, 0.10]", "stages = [0.02]");
    let workbench = workbench();
    let allowing = ["preflight", "--env-file", "good.env", "--deny-warnings", "--allow", "baseline_asks_llm"];
    assert_eq!(workbench.run(allowing).exits(0).stderr, "");
    let more = [&allowing[..], &["--allow", "switch_off"]].concat();
    workbench.run(more).exits(0).says(&["note: --allow switch_off: there is no such warning here"]);
    let workbench = workbench.with("corridor.toml", project);
    assert!(workbench.run(["preflight", "--env-file", "good.env"]).exits(0).stdout.contains("rate_off_stage"));
}

#[test]
fn strict_rules_say_what_they_would_do_without_a_limit() {
    let workbench = workbench().with("mine.env", with_lines("PARTIAL_TRUST_TIMEOUT_MS=0"));
    let says = |rules| workbench.run(["preflight", "--env-file", "mine.env", "--rules", rules]).exits(1).stdout;
    assert!(says("reference").contains("as deployed that is no limit"));
    assert!(says("strict").contains("`timeout_invalid`"));
}

#[test]
fn the_runbooks_stages_are_refused_and_ours_are_not() {
    // The example policy is part of the program: no file of the project is read.
    let workbench = Workbench::new();
    for preset in Preset::ALL {
        let ran = workbench.run(["preflight", "--preset", preset.as_str(), "--format", "json"]).exits(1);
        let document = ran.json();
        let [documented, ours] = document["environments"].as_array().unwrap().as_slice() else { panic!("{document}") };
        let found = |environment: &Value| {
            let findings = environment["findings"].as_array().unwrap().clone();
            findings.iter().map(|finding| (text(finding, "level"), text(finding, "hazard"))).collect::<Vec<_>>()
        };
        let pairs = |expected: &[(&str, &str)]| -> Vec<(String, String)> {
            expected.iter().map(|(level, hazard)| ((*level).to_owned(), (*hazard).to_owned())).collect()
        };
        assert_eq!(found(documented), pairs(&[("error", "H4"), ("error", "H5")]));
        assert_eq!(found(ours), pairs(&[("warning", "H6")]));
    }
    let text = workbench.run(["preflight", "--preset", "stage-2"]).exits(1).stdout;
    assert!(text.contains("stage-2 of the deployed runbook") && text.contains("stage-2, ours"));
}

#[test]
fn exit_codes_follow_from_what_is_found() {
    let workbench = workbench();
    let table: [(i32, &[&str]); 10] = [
        (0, &["--env-file", "good.env"]),
        (1, &["--env-file", "good.env", "--deny-warnings"]),
        (0, &["--env-file", "good.env", "--deny-warnings", "--allow", "baseline_asks_llm"]),
        (1, &["--env-file", "good.env", "--deny-warnings", "--allow", "switch_off"]),
        (2, &["--env-file", "good.env", "--allow", "baseline_asks_llm"]),
        (2, &["--env-file", "good.env", "--deny-warnings", "--allow", "nonsense"]),
        (2, &["--preset", "stage-4"]),
        (2, &["--preset", "stage-1", "--env-file", "good.env"]),
        (2, &["--preset", "stage-1", "--policy", "policy.yaml"]),
        (4, &["--env-file", "missing.env"]),
    ];
    for (code, arguments) in table {
        workbench.run([&["preflight"], arguments].concat()).exits(code);
    }
}

#[test]
fn secrets_are_in_nothing_that_is_printed() {
    const CANARY: &str = "c4n4ryC4N4RYc4n4ry";
    let workbench = workbench().with("sk-file.yaml", format!("sk-{CANARY}: 1\n"));
    for line in [
        format!("LLM_API_KEY={CANARY}"),
        format!("LLM_API_KEY=\"{CANARY} \""),
        format!("LLM_API_KEY=\"'{CANARY}'\""),
        format!("LLM_BASE_URL=https://user:{CANARY}@llm.example/v1"),
        format!("LLM_BASE_URL=https://llm.example/v1?key={CANARY}"),
        format!("LLM_BASE_URL=https://us/er:{CANARY}@llm.example/v1"),
        format!("LLM_BASE_URL={CANARY}@llm.example"),
        format!("LLM_POLICY_PROFILE=sk-{CANARY}"),
        format!("PARTIAL_TRUST_PROFILE_ID=sk-{CANARY}"),
        format!("PARTIAL_TRUST_SAMPLE_RATE=sk-{CANARY}"),
        format!("PARTIAL_TRUST_TIMEOUT_MS=sk-{CANARY}"),
        format!("PARTIAL_TRUST_INTENT=sk-{CANARY}"),
        format!("LLM_POLICY_ENABLED=sk-{CANARY}"),
        format!("LLM_POLICY_PATH=/run/sk-{CANARY}/policy.yaml"),
        format!("PARTIAL_TRUST_RISK_LOG_PATH=/run/{CANARY}{CANARY}/risk.jsonl"),
        format!("PARTIAL_TRUST_RISK_LOG_PATH=postgres://u:{CANARY}@db/x"),
        format!("LLM_POLICY_PATH=https://u:{CANARY}@cfg/policy.yaml"),
        format!("LLM_BASE_URL=https://h:{CANARY}/v1"),
        format!("LLM_BASE_URL=https://h/v1;key={CANARY}"),
        format!("LLM_BASE_URL=https://u%3A{CANARY}%40h"),
        format!("LLM_POLICY_PROFILE=Xy8Q~{CANARY}"),
        format!("LLM_POLICY_PROFILE=AQVN{CANARY}"),
        format!("PARTIAL_TRUST_PROFILE_ID=t1.{CANARY}"),
        format!("PARTIAL_TRUST_ENABLED={CANARY}"),
        format!("PARTIAL_TRUST_INTENT={CANARY}"),
        format!("PARTIAL_TRUST_SAMPLE_RATE={CANARY}"),
        format!("PARTIAL_TRUST_TIMEOUT_MS={CANARY}"),
        format!("LLM_POLICY_ENABLED={CANARY}"),
        format!("LLM_API_KYE={CANARY}"),
        format!("OTHER={CANARY}"),
        "LLM_POLICY_PATH=sk-file.yaml".to_owned(),
    ] {
        workbench.write("test.env", with_lines(&line));
        for format in ["text", "json"] {
            let ran = workbench.run(["preflight", "--verbose", "--env-file", "test.env", "--format", format]);
            assert!(ran.code == 0 || ran.code == 1, "{ran:?}");
            assert!(!ran.stdout.contains(CANARY) && !ran.stderr.contains(CANARY), "{line}: {ran:?}");
        }
    }
    // The length of a key tells something about it.
    let shown = |key: &str| {
        workbench.write("test.env", with_lines(&format!("LLM_API_KEY={key}")));
        workbench.run(["preflight", "--env-file", "test.env"]).exits(0).stdout
    };
    assert_eq!(shown("a"), shown(CANARY));
}

#[test]
fn preflight_changes_nothing() {
    let workbench = workbench().with("logs/risk.jsonl", "{}\n");
    for path in ["logs/risk.jsonl", "logs/new.jsonl", "missing/risk.jsonl", "new.jsonl"] {
        workbench.write("test.env", with_lines(&format!("PARTIAL_TRUST_RISK_LOG_PATH={path}")));
        let before = workbench.tree();
        workbench.run(["preflight", "--env-file", "test.env"]);
        assert_eq!(workbench.tree(), before, "{path}");
        assert!(!workbench.has("missing"));
    }
}

#[test]
fn a_byte_order_mark_is_reported_and_a_name_alone_is_no_variable() {
    let workbench = workbench();
    let ran = preflight(&workbench, &format!("\u{feff}{GOOD}"));
    assert!(findings(&ran).contains(&("byte_order_mark".to_owned(), "warning".to_owned())), "{}", ran.stdout);
    preflight(&workbench, "LLM_POLICY_ENABLED=true\nLLM_API_KEY\n")
        .exits(4)
        .says(&["test.env:2: a name without a value"]);
}
