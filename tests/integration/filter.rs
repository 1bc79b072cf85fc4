//! `decide` as a filter: one line in, one line out, in order, as they come.

use crate::recording::{Recorded, corpus, mixture, recording};
use crate::workbench::{Ran, Workbench, lines, text};
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A filter with both ends open.
struct Conversation {
    child: Child,
    stdin: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Conversation {
    fn new(workbench: &Workbench, arguments: &[&str]) -> Self {
        let mut child = workbench.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (give, answers) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines() {
                if give.send(line.unwrap()).is_err() {
                    return;
                }
            }
        });
        Self { child, stdin, answers }
    }

    fn say(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
        stdin.flush().unwrap();
    }

    #[track_caller]
    fn answer(&self) -> String {
        let line = self.answers.recv_timeout(PATIENCE).unwrap();
        text(&serde_json::from_str(&line).unwrap(), "command_id")
    }

    fn end(mut self) -> i32 {
        drop(self.stdin.take());
        assert!(self.answers.recv_timeout(PATIENCE).is_err(), "an answer too many");
        self.child.wait().unwrap().code().unwrap()
    }
}

fn decide(workbench: &Workbench, arguments: &[&str], input: &str) -> Ran {
    workbench.run_with([["decide"].as_slice(), arguments].concat(), &[], input.as_bytes())
}

#[test]
fn each_line_is_answered_before_the_next_one_is_sent() {
    for threads in ["1", "2", "8"] {
        let mut filter = Conversation::new(&Workbench::new(), &["decide", "--threads", threads]);
        for number in 0..20 {
            let id = format!("line-{number}");
            filter.say(&(recording(&id).line() + "\n"));
            assert_eq!(filter.answer(), id);
        }
        // Two at once, then one in two pieces, then one without a line end.
        filter.say(&corpus(&[recording("a"), recording("b")]));
        assert_eq!([filter.answer(), filter.answer()], ["a", "b"]);
        let line = recording("in pieces").line();
        let (start, rest) = line.split_at(line.find("хлеб").unwrap());
        filter.say(start);
        std::thread::sleep(Duration::from_millis(20));
        filter.say(&format!("{rest}\n"));
        assert_eq!(filter.answer(), "in pieces");
        filter.say(&recording("last").line());
        drop(filter.stdin.take());
        assert_eq!(filter.answer(), "last");
        assert_eq!(filter.end(), 0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn one_thread_means_one_thread() {
    for (threads, expected) in [("1", 1..=1), ("4", 5..=6)] {
        let mut filter = Conversation::new(&Workbench::new(), &["decide", "--threads", threads]);
        filter.say(&(recording("a").line() + "\n"));
        filter.answer();
        let running = std::fs::read_dir(format!("/proc/{}/task", filter.child.id())).unwrap().count();
        assert!(expected.contains(&running), "--threads {threads}: {running} threads");
        assert_eq!(filter.end(), 0);
    }
}

#[test]
fn as_many_lines_come_out_as_go_in_and_in_their_order() {
    let recordings: Vec<Recorded> = mixture(300).into_iter().map(|one| one.with("note", "x".repeat(3000))).collect();
    let workbench = Workbench::new().with_corpus("mix", &recordings);
    let input = corpus(&recordings);
    let expected = decide(&workbench, &["corpora/mix.jsonl"], "").exits(0).stdout;
    let ids: Vec<_> = lines(&expected).iter().map(|line| text(line, "command_id")).collect();
    assert!(ids.iter().eq(&(0..300).map(|number| format!("case-{number:03}")).collect::<Vec<_>>()));
    assert!(expected.ends_with('\n') && !expected.contains('\r'));
    for arguments in [["--threads", "8"], ["--rules", "reference"]] {
        assert!(decide(&workbench, &arguments, &input).exits(0).stdout == expected);
        assert!(decide(&workbench, &arguments, input.trim_end()).exits(0).stdout == expected, "no LF at the end");
    }
    assert!(decide(&workbench, &["-"], &input).exits(0).stdout == expected);
}

#[test]
fn odd_ids_and_repeated_ids_are_one_line_each() {
    let odd = ["", "a\nb", "\u{2028}", "\"", "\u{1b}[31m", "same", "same"];
    let recordings: Vec<_> = odd.iter().map(|id| recording(id)).collect();
    let ran = decide(&Workbench::new(), &[], &corpus(&recordings)).exits(0);
    assert_eq!(ran.stdout.bytes().filter(|byte| *byte == b'\n').count(), odd.len());
    assert!(lines(&ran.stdout).iter().map(|line| text(line, "command_id")).eq(odd));
}

#[test]
fn no_input_is_no_output_and_no_error() {
    let workbench = Workbench::new().with("empty.jsonl", "");
    for ran in [
        workbench.run(["decide"]),
        workbench.run(["decide", "empty.jsonl"]),
        workbench.run(["decide", "--threads", "4"]),
    ] {
        let ran = ran.exits(0);
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    }
}

#[test]
fn a_bad_line_ends_it_after_everything_before_it_was_written() {
    let workbench = Workbench::new();
    for bad in ["", "{", "{\"command\":{}}", "\u{feff}{}"] {
        for threads in ["1", "2", "8"] {
            let input = format!("{}{bad}\n{}\n", corpus(&mixture(200)), recording("after").line());
            let ran = decide(&workbench, &["--threads", threads], &input).exits(4).says(&["<stdin>:201"]);
            assert_eq!(ran.stdout.lines().count(), 200, "{bad:?} on {threads} threads");
            assert!(ran.stdout.ends_with('\n'));
        }
    }
    // While the other side still waits.
    let mut filter = Conversation::new(&workbench, &["decide"]);
    filter.say(&format!("{}\nnonsense\n", recording("before").line()));
    assert_eq!(filter.answer(), "before");
    assert_eq!(filter.end(), 4);
}

#[test]
fn a_closed_output_is_an_error() {
    let workbench = Workbench::new();
    let input = corpus(&mixture(900));
    for threads in ["1", "8"] {
        for read in [0, 1, 5000] {
            let mut child = workbench.command(["decide", "--threads", threads]).stdin(Stdio::piped()).spawn().unwrap();
            let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
            let output = std::thread::scope(|scope| {
                let input = &input;
                scope.spawn(move || drop(stdin.write_all(input.as_bytes())));
                stdout.read_exact(&mut vec![0; read]).unwrap();
                drop(stdout);
                child.wait_with_output().unwrap()
            });
            Ran::new(format!("decide, {read} bytes read"), output).exits(4).says(&[
                "error: ",
                "help: ",
                "reader has gone",
            ]);
        }
    }
}

#[test]
fn the_result_depends_only_on_arguments_and_input() {
    let plain = Workbench::new();
    let input = corpus(&mixture(30));
    let expected = decide(&plain, &[], &input).exits(0).stdout;
    let odd = Workbench::new().with("corridor.toml", "nonsense").with("corpora/-", "nonsense");
    let variables = [
        ("PARTIAL_TRUST_ENABLED", "false"),
        ("LLM_POLICY_PATH", "/nowhere"),
        ("CORRIDOR_RULES", "strict"),
        ("CORRIDOR_THREADS", "0"),
        ("CORRIDOR_CONFIG", "/nowhere.toml"),
        ("CORRIDOR_GOLDEN", "/nowhere"),
        ("CI", "true"),
        ("CLICOLOR_FORCE", "1"),
    ];
    let before = odd.tree();
    let ran = odd.run_with(["decide"], &variables, input.as_bytes()).exits(0);
    assert!(ran.stdout == expected && ran.stderr.is_empty());
    assert_eq!((odd.tree(), odd.has(".corridor")), (before, false), "a filter writes no file");
}

#[test]
fn the_modes_of_a_replay_hold_for_the_filter() {
    let workbench = Workbench::new();
    let own = json!({"PARTIAL_TRUST_ENABLED": "true", "PARTIAL_TRUST_SAMPLE_RATE": "0"});
    let input = recording("a").with("environment", own).line() + "\n";
    let verdict = |arguments: &[&str]| {
        let line = lines(&decide(&workbench, arguments, &input).exits(0).stdout).remove(0);
        line["risk"]
            .as_object()
            .map(|risk| (risk["reason_code"].as_str().unwrap().to_owned(), risk["sample_rate"].as_f64().unwrap()))
    };
    let some = |reason: &str, rate: f64| Some((reason.to_owned(), rate));
    assert_eq!(verdict(&[]), some("accepted", 1.0));
    assert_eq!(verdict(&["--as-deployed"]), some("not_sampled", 0.01));
    assert_eq!(verdict(&["--as-deployed", "--env", "PARTIAL_TRUST_SAMPLE_RATE=1"]), some("accepted", 1.0));
    assert_eq!(verdict(&["--recorded-environment"]), some("not_sampled", 0.0));
    assert_eq!(verdict(&["--env", "PARTIAL_TRUST_ENABLED=no"]), None);
    assert_eq!(verdict(&["--unset", "LLM_POLICY_ENABLED"]), some("policy_disabled", 1.0));
    assert_eq!(verdict(&["--env", "PARTIAL_TRUST_TIMEOUT_MS=0", "--rules", "strict"]), some("timeout_invalid", 1.0));
    assert_eq!(verdict(&["--env", "PARTIAL_TRUST_TIMEOUT_MS=0"]), some("accepted", 1.0));
}
