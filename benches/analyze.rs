//! Time and memory of an analysis of a risk log: `cargo bench --profile dist --bench analyze [-- --count N --rounds N]`.
//!
//! Makes a log of real risk lines (a replay of generated recordings in which about every other command is sampled) in the
//! order of time, and measures both in turn, so that other load on the machine affects both equally:
//!
//! - *analyze*: the program itself, `corridor analyze`, both blocks, on all cores, from start to end;
//! - *`DuckDB`*, if `python3` has it: counts by status and reason, quantiles and flags of the same file in one scan with
//!   its columns given, without the time that Python takes to start.
//!
//! Prints the medians, their ratio, and peak memory. The target is to be faster, in 64 MiB, at a million lines.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures time and fails loudly"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const TARGET_MIB: f64 = 64.0;

/// Prints the seconds that the aggregate took.
const DUCKDB: &str = r"
import duckdb, sys, time
start = time.perf_counter()
duckdb.connect().execute('''
    select count(*), count(*) filter (where sampled), histogram(status), histogram(reason_code),
           quantile_disc(latency_ms, [0.5, 0.95, 0.99]), avg(diff_summary.intent_mismatch::int),
           avg(diff_summary.entity_key_mismatch::int)
    from read_json(?, format = 'newline_delimited', columns = {
        status: 'VARCHAR', reason_code: 'VARCHAR', sampled: 'BOOLEAN', latency_ms: 'BIGINT',
        diff_summary: 'STRUCT(intent_mismatch BOOLEAN, entity_key_mismatch BOOLEAN)'})
''', [sys.argv[1]]).fetchall()
print(time.perf_counter() - start)
";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |flag: &str, default: u64| {
        let value = arguments.iter().skip_while(|argument| *argument != flag).nth(1);
        value.and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let (count, rounds) = (number("--count", 1_000_000), number("--rounds", 5));
    let folder = tempfile::tempdir().expect("a temporary directory");
    let log = risk_log(folder.path(), count);
    let bytes = log.metadata().expect("the log").len();
    let cores = std::thread::available_parallelism().map_or(1, Into::into);
    println!("{count} lines, {} MB, {cores} cores", bytes / 1_000_000);

    let has_duckdb =
        Command::new("python3").args(["-c", "import duckdb"]).output().is_ok_and(|ran| ran.status.success());
    let (mut ours, mut theirs) = (Measured::default(), Measured::default());
    for _ in 0..rounds {
        let start = Instant::now();
        let program = env!("CARGO_BIN_EXE_corridor");
        let (_, mib) = run(folder.path(), program, &["analyze", "--risk-log", "risk.jsonl", "-q"]);
        ours.add(start.elapsed(), mib);
        if has_duckdb {
            let (printed, mib) = run(folder.path(), "python3", &["-c", DUCKDB, "risk.jsonl"]);
            theirs.add(Duration::from_secs_f64(printed.trim().parse().expect("seconds")), mib);
        }
    }
    let met = |is_met| if is_met { "met" } else { "MISSED" };
    let analyze = ours.print("analyze");
    println!("  target: {TARGET_MIB} MiB {}", met(ours.mib <= TARGET_MIB));
    if has_duckdb {
        let duckdb = theirs.print("DuckDB");
        let ratio = analyze.as_secs_f64() / duckdb.as_secs_f64();
        println!("  ratio {ratio:.2}; target: faster than DuckDB {}", met(ratio < 1.0));
    } else {
        println!("DuckDB is not there (python3 -m pip install duckdb): nothing to compare with");
    }
}

/// A log of at most `count` lines: not every command has a risk line.
fn risk_log(folder: &Path, count: u64) -> PathBuf {
    let program = env!("CARGO_BIN_EXE_corridor");
    run(folder, program, &["generate", "--count", &count.to_string(), "--seed", "1", "--output", "load.jsonl"]);
    let rate = "PARTIAL_TRUST_SAMPLE_RATE=0.5";
    run(folder, program, &["replay", "load.jsonl", "--rules", "reference", "--as-deployed", "--env", rate, "-q"]);
    let runs = folder.join(".corridor/runs");
    let name = std::fs::read_dir(&runs).expect("the folder of runs").flatten().find(|entry| entry.path().is_dir());
    let text = std::fs::read_to_string(name.expect("a run").path().join("risk.jsonl")).expect("risk lines");
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    // A run is in the order of its samples, a log in that of time.
    lines.sort_by_key(|line| line.rsplit_once("\"timestamp\":").map(|(_, time)| time));
    let log = folder.join("risk.jsonl");
    std::fs::write(&log, lines.concat()).expect("room for the log");
    for unneeded in [runs.as_path(), &folder.join("load.jsonl")] {
        let _ = std::fs::remove_dir_all(unneeded).or_else(|_| std::fs::remove_file(unneeded));
    }
    log
}

#[derive(Default)]
struct Measured {
    times: Vec<Duration>,
    mib: f64,
}

impl Measured {
    fn add(&mut self, time: Duration, mib: f64) {
        self.times.push(time);
        self.mib = self.mib.max(mib);
    }

    fn print(&mut self, what: &str) -> Duration {
        self.times.sort_unstable();
        let median = self.times.get(self.times.len() / 2).copied().unwrap_or_default();
        println!("{what:<8} {:>6.2} s   peak {:.0} MiB", median.as_secs_f64(), self.mib);
        median
    }
}

/// Runs a program; returns its output, and its peak memory in MiB (0 if the system does not report it).
fn run(folder: &Path, program: &str, arguments: &[&str]) -> (String, f64) {
    let report = folder.join("peak");
    let has_time = Path::new("/usr/bin/time").exists();
    let mut command = if has_time { Command::new("/usr/bin/time") } else { Command::new(program) };
    if has_time {
        command.args(["-f", "%M", "-o"]).arg(&report).arg(program);
    }
    let output = command.args(arguments).current_dir(folder).output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let kibibytes = std::fs::read_to_string(report).ok().and_then(|text| text.trim().parse::<f64>().ok());
    (String::from_utf8_lossy(&output.stdout).into_owned(), kibibytes.unwrap_or_default() / 1024.0)
}
