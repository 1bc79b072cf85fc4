//! Time and memory of a replay, compared with parsing: `cargo bench --profile dist --bench replay [-- --count N --rounds N]`.
//!
//! Generates recordings, then measures both in turn, so that other load on the machine affects both equally:
//!
//! - *parse*: reading the file and parsing every line into the replay's own types, on one thread;
//! - *replay*: the program itself, `corridor replay FILE`, with stored outcomes, on all cores.
//!
//! Prints the medians, their ratio, and the program's peak memory. The target is a ratio of 1.5 with one rule set, and
//! 300 MiB at a million recordings.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures time and fails loudly"
)]

use corridor::corpus::{BatchReader, CorpusInput, Fill, parse_line};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// The target: the replay takes at most this many times as long as parsing.
const TARGET_RATIO: f64 = 1.5;
const TARGET_MIB: f64 = 300.0;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |flag: &str, default: u64| {
        let value = arguments.iter().skip_while(|argument| *argument != flag).nth(1);
        value.and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let (count, rounds) = (number("--count", 1_000_000), number("--rounds", 3));
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("load.jsonl");
    run(folder.path(), &["generate", "--count", &count.to_string(), "--seed", "1", "--output", "load.jsonl"]);
    let bytes = file.metadata().expect("the generated file").len();
    println!(
        "{count} recordings, {} MB, {} cores",
        bytes / 1_000_000,
        std::thread::available_parallelism().map_or(1, Into::into)
    );

    let mut parse = Vec::new();
    let mut replays = [("reference", Vec::new(), 0.0_f64), ("reference,strict", Vec::new(), 0.0_f64)];
    for _ in 0..rounds {
        parse.push(time(|| assert_eq!(parse_all(&file), count)).0);
        for (rules, times, peak) in &mut replays {
            let (elapsed, mib) = time(|| run(folder.path(), &["replay", "load.jsonl", "--rules", rules, "-q"]));
            times.push(elapsed);
            *peak = peak.max(mib);
        }
    }
    let parse = median(&mut parse);
    println!("parse, 1 thread           {:>8.2} s", parse.as_secs_f64());
    for (rules, mut times, peak) in replays {
        let replay = median(&mut times);
        let ratio = replay.as_secs_f64() / parse.as_secs_f64();
        println!("replay, {rules:<17} {:>8.2} s   ratio {ratio:.2}   peak {peak:.0} MiB", replay.as_secs_f64());
        if rules == "reference" {
            let met = |is_met| if is_met { "met" } else { "MISSED" };
            println!("  target: ratio {TARGET_RATIO} {}", met(ratio <= TARGET_RATIO));
            println!("  target: {TARGET_MIB} MiB at a million recordings {}", met(peak <= TARGET_MIB));
        }
    }
}

fn parse_all(file: &Path) -> u64 {
    let input = CorpusInput::File(file.to_owned());
    let mut reader = BatchReader::new(input.open().expect("the generated file"), "load".to_owned(), Fill::Whole);
    let mut count = 0;
    while let Some(batch) = reader.next_batch().expect("readable lines") {
        for (_, line) in batch.lines() {
            std::hint::black_box(parse_line(line.expect("a line")).expect("a recording"));
            count += 1;
        }
    }
    count
}

/// Runs the program; returns its peak memory in MiB (0 if the system does not report it).
fn run(folder: &Path, arguments: &[&str]) -> f64 {
    let report = folder.join("peak");
    let has_time = Path::new("/usr/bin/time").exists();
    let program = env!("CARGO_BIN_EXE_corridor");
    let mut command = if has_time { Command::new("/usr/bin/time") } else { Command::new(program) };
    if has_time {
        command.args(["-f", "%M", "-o"]).arg(&report).arg(program);
    }
    let output = command.args(arguments).current_dir(folder).output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let kibibytes = std::fs::read_to_string(report).ok().and_then(|text| text.trim().parse::<f64>().ok());
    kibibytes.unwrap_or_default() / 1024.0
}

fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
