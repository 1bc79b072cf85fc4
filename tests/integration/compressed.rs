//! Compression is recognised by the first bytes, in files of any name and on standard input, by every command that reads
//! recordings or risk logs; and what is cut off, or not what its name says, is exit 4 everywhere.

use crate::recording::{corpus, mixture, recording};
use crate::workbench::Workbench;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zstd_frame(text: &[u8]) -> Vec<u8> {
    zstd::encode_all(text, 1).unwrap()
}

/// A frame that holds nothing of the content (magic numbers 0x184D2A50 to 0x184D2A5F).
fn skippable(nibble: u8) -> Vec<u8> {
    [&[0x50 | nibble, 0x2a, 0x4d, 0x18, 4, 0, 0, 0], &b"note"[..]].concat()
}

/// One file in an archive.
fn tar(text: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..7].copy_from_slice(b"a.jsonl");
    header[100..108].copy_from_slice(b"0000644\0");
    header[257..263].copy_from_slice(b"ustar\0");
    [&header[..], text].concat()
}

/// `text` in every form that is read.
fn forms(text: &[u8]) -> Vec<Vec<u8>> {
    let (one, other) = text.split_at(text.len() / 2);
    vec![
        gzip(text),
        [gzip(one), gzip(b""), gzip(other)].concat(),
        zstd_frame(text),
        [zstd_frame(one), zstd_frame(other)].concat(),
        [skippable(0), zstd_frame(text)].concat(),
        [skippable(15), skippable(3), zstd_frame(one), skippable(7), zstd_frame(other)].concat(),
    ]
}

#[test]
fn compressed_data_is_read_under_any_name_and_from_standard_input() {
    let recordings = corpus(&mixture(20));
    let workbench = Workbench::new().with("plain.jsonl", &recordings).with("plain.log", "");
    let run = workbench.replay(["replay", "plain.jsonl", "--rules", "reference"]);
    let log = run.read("risk.jsonl");
    workbench.write("plain.log", &log);
    let decided = workbench.run(["decide", "plain.jsonl"]).exits(0).stdout;
    let analyzed = workbench.run(["analyze", "--risk-log", "plain.log", "--format", "json"]).exits(0).json();
    for (number, form) in forms(recordings.as_bytes()).iter().enumerate() {
        for name in ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a"] {
            workbench.write(name, form);
            assert_eq!(workbench.run(["decide", name]).exits(0).stdout, decided, "{number} {name}");
        }
        assert_eq!(workbench.run_with(["decide"], &[], form).exits(0).stdout, decided, "{number} <stdin>");
        workbench.run_with(["replay", "-", "--check"], &[], form).exits(0);
        workbench.run_with(["sweep", "-", "--timeout", "100"], &[], form).exits(0);
    }
    for (number, form) in forms(log.as_bytes()).iter().enumerate() {
        workbench.write("a.log", form);
        for (log, input) in [("a.log", &b""[..]), ("-", form)] {
            let ran = workbench.run_with(["analyze", "--risk-log", log, "--format", "json"], &[], input).exits(0);
            assert_eq!(ran.json()["compatible"], analyzed["compatible"], "{number} {log}");
        }
    }
}

#[test]
fn an_archive_that_is_cut_off_or_followed_by_garbage_is_bad_input_for_every_command() {
    let recordings = corpus(&mixture(20));
    let workbench = Workbench::new().with_corpus("mix", &mixture(20));
    workbench.run(["replay", "--rules", "reference"]).exits(0);
    let log = workbench.latest("reference").read("risk.jsonl");
    let damaged = |text: &[u8]| {
        let (gz, zst) = (gzip(text), [skippable(1), zstd_frame(text)].concat());
        vec![
            gz[..1].to_vec(),
            gz[..7].to_vec(),
            gz[..gz.len() / 2].to_vec(),
            gz[..gz.len() - 1].to_vec(),
            [&gz[..], b"garbage behind it"].concat(),
            zstd_frame(text)[..3].to_vec(),
            zst[..6].to_vec(),
            zst[..zst.len() / 2].to_vec(),
            [&zst[..], b"garbage behind it"].concat(),
            b"BZh91AY&SY and so on".to_vec(),
            b"\xfd7zXZ\0 and so on".to_vec(),
            gzip(&gzip(text)),
            zstd_frame(&gzip(text)),
            gzip(&tar(text)),
            tar(text),
            std::str::from_utf8(text).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect(),
            std::str::from_utf8(text).unwrap().encode_utf16().flat_map(u16::to_be_bytes).collect(),
            b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec(),
            b"x\x9c\xab\xae\x05\0\x01u\0\xf9".to_vec(),
            b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0".to_vec(),
        ]
    };
    for (number, bytes) in damaged(recordings.as_bytes()).iter().enumerate() {
        workbench.write("bad.jsonl", bytes);
        for (file, input) in [("bad.jsonl", &b""[..]), ("-", bytes)] {
            for command in [&["decide", file][..], &["replay", file], &["sweep", file, "--timeout", "100"]] {
                let ran = workbench.run_with(command, &[], input).exits(4).says(&["cannot read on", "caused by: "]);
                assert!(ran.stderr.contains("help: "), "{number}: {}", ran.stderr);
            }
        }
    }
    for bytes in damaged(log.as_bytes()) {
        workbench.write("bad.log", &bytes);
        for (file, input) in [("bad.log", &b""[..]), ("-", &bytes)] {
            for command in [&["analyze", "--risk-log", file][..], &["fidelity", "--risk-log", file]] {
                let ran = workbench.run_with(command, &[], input).exits(4).says(&["cannot read on", "caused by: "]);
                assert_eq!(ran.stdout, "");
            }
        }
        workbench.run(["gate", "--to", "0.05", "--risk-log", "bad.log"]).exits(4).says(&["cannot read on"]);
    }
}

#[test]
fn a_zstd_window_that_is_too_large_is_no_damage() {
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0, 18 << 3, 3 << 3 | 1, 0, 0, b'{', b'}', b'\n'];
    let workbench = Workbench::new().with("wide.jsonl", frame);
    let ran = workbench.run(["decide", "wide.jsonl"]).exits(4);
    let ran =
        ran.says(&["the window of a zstd frame in it is too large, at most 128 MiB are read", "`zstd --long=27`"]);
    assert!(!ran.stderr.contains("damaged"), "{}", ran.stderr);
}

#[test]
fn a_file_with_the_extension_of_an_archive_must_be_one() {
    let workbench = Workbench::new();
    for name in ["a.jsonl.gz", "a.jsonl.zst"] {
        for content in [&b""[..], corpus(&mixture(3)).as_bytes()] {
            workbench.write(name, content);
            workbench.run(["decide", name]).exits(4).says(&["a.jsonl.", ":1: cannot read on", "its name says"]);
            workbench.run(["analyze", "--risk-log", name]).exits(4).says(&["its name says"]);
        }
    }
}

#[test]
fn a_name_that_occurs_twice_in_any_object_of_a_recording_is_refused() {
    let good = recording("a").with("environment", serde_json::json!({"PARTIAL_TRUST_ENABLED": "canary7f3"})).line();
    let candidate = serde_json::json!({"model_meta": {"profile": "p"}, "proposed_actions": [{"a": {"b": 1}}]});
    let injected = recording("a").without("exchanges").with("candidate", candidate).line();
    for (line, once, twice, field) in [
        (&good, r#""PARTIAL_TRUST_ENABLED":"canary7f3""#, r#""PARTIAL_TRUST_ENABLED":"true","#, "environment"),
        (&good, r#""PARTIAL_TRUST_ENABLED":"canary7f3""#, r#""PARTIAL_TRUST_\u0045NABLED":"true","#, "environment"),
        (&injected, r#""profile":"p""#, r#""profile":"canary7f3","#, "candidate.model_meta"),
        (&injected, r#""b":1"#, r#""b":"canary7f3","#, "candidate.proposed_actions"),
        (&injected, r#""a":{"b":1}"#, r#""a":0,"#, "candidate.proposed_actions"),
    ] {
        assert!(line.contains(once), "{line}");
        let bad = line.replacen(once, &format!("{twice}{once}"), 1);
        let workbench = Workbench::new().with("corpora/bad.jsonl", format!("{line}\n{bad}\n"));
        for command in [["decide", "corpora/bad.jsonl"], ["replay", "bad"]] {
            let ran = workbench.run(command).exits(4).says(&["bad.jsonl:2:", field, "occurs twice"]);
            assert!(!ran.stderr.contains("canary7f3"), "{}", ran.stderr);
        }
    }
}
