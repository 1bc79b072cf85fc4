//! The recorded decisions of the deployed system: 1,379 recordings, every field of every line.

use crate::workbench::{Workbench, lines, package, shipped};
use serde_json::Value;
use std::fs::File;
use std::io::Write;

const VECTORS: usize = 1379;
const FIELDS: [&str; 6] = ["command_id", "intent", "baseline", "decision", "risk", "attempts_used"];

fn recordings() -> String {
    package().join("tests/parity/recordings.jsonl").display().to_string()
}

#[test]
fn every_field_of_every_vector_is_as_deployed() {
    let recordings = recordings();
    let ran = Workbench::new().run(["decide", "--recorded-environment", &recordings]).exits(0);
    let (ours, theirs) = (lines(&ran.stdout), lines(&shipped("tests/parity/outcomes.jsonl")));
    assert_eq!((ours.len(), theirs.len()), (VECTORS, VECTORS));
    let mut differences = Vec::new();
    for (number, (ours, theirs)) in (1..).zip(ours.iter().zip(&theirs)) {
        let keys = |line: &Value| line.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(ours), keys(theirs), "line {number}");
        for field in FIELDS {
            if ours[field] != theirs[field] {
                differences.push(format!("line {number}: {field}\n  ours {}\ntheirs {}", ours[field], theirs[field]));
            }
        }
    }
    let shown: Vec<_> = differences.iter().take(5).map(String::as_str).collect();
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), shown.join("\n"));
}

#[test]
fn fields_come_in_their_documented_order_and_lines_end_in_lf() {
    let recordings = recordings();
    let ran = Workbench::new().run(["decide", "--recorded-environment", &recordings]).exits(0);
    assert!(ran.stdout.ends_with('\n') && !ran.stdout.contains('\r') && !ran.stdout.contains("\n\n"));
    for line in ran.stdout.lines() {
        // A key of the line itself stands before any of the same name further inside.
        let places: Vec<_> = FIELDS.iter().map(|field| line.find(&format!("\"{field}\":")).unwrap()).collect();
        assert!(places.is_sorted(), "{line}");
    }
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let recordings = recordings();
    let workbench = Workbench::new();
    let outputs = ["1", "2", "8"].map(|threads| {
        workbench.run(["decide", "--recorded-environment", "--threads", threads, &recordings]).exits(0).stdout
    });
    assert!(outputs[0] == outputs[1] && outputs[0] == outputs[2]);
    assert_eq!(outputs[0].lines().count(), VECTORS);
}

#[test]
fn plain_gzip_zstd_and_standard_input_give_the_same_bytes() {
    let workbench = Workbench::new();
    let plain = shipped("tests/parity/recordings.jsonl");
    let (gz, zst) = (workbench.path("r.jsonl.gz"), workbench.path("r.jsonl.zst"));
    let mut encoder = flate2::write::GzEncoder::new(File::create(&gz).unwrap(), flate2::Compression::fast());
    encoder.write_all(plain.as_bytes()).unwrap();
    encoder.finish().unwrap();
    std::fs::write(&zst, zstd::encode_all(plain.as_bytes(), 1).unwrap()).unwrap();
    let expected = workbench.run(["decide", "--recorded-environment", &recordings()]).exits(0).stdout;
    assert_eq!(expected.lines().count(), VECTORS);
    for file in ["r.jsonl.gz", "r.jsonl.zst"] {
        let ran = workbench.run(["decide", "--recorded-environment", file]).exits(0);
        assert!(ran.stdout == expected, "{file}");
    }
    let inputs = [plain.into_bytes(), std::fs::read(gz).unwrap(), std::fs::read(zst).unwrap()];
    for (input, what) in inputs.iter().zip(["plain", "gzip", "zstd"]) {
        let ran = workbench.run_with(["decide", "--recorded-environment", "-"], &[], input).exits(0);
        assert!(ran.stdout == expected, "{what} on standard input");
    }
}
