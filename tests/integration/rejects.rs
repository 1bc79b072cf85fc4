//! Lines that are set aside: described up to a limit, always counted, and listed in a file on request, in constant memory.

use crate::recording::{mixture, recording};
use crate::workbench::{Ran, Workbench, lines};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::Write;

const CANARY: &str = "canary7f3";

fn sha256(line: &[u8]) -> String {
    Sha256::digest(line).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// A corpus in which lines are bad in every way, with the numbers and reasons of those.
fn spoiled() -> (Vec<Vec<u8>>, Vec<(u64, &'static str)>) {
    let good = |id: &str| recording(id).with("note", CANARY).line().into_bytes();
    let mut broken = good("x");
    broken[30] = 0xff;
    let lines = vec![
        good("a"),
        b"".to_vec(),
        CANARY.as_bytes().to_vec(),
        good("a"),
        recording("b").with("command.text", json!(5)).line().into_bytes(),
        broken,
        format!("{{\"{CANARY}\":1}}").into_bytes(),
        vec![b'x'; (1 << 20) + 5],
        good("b"),
        [good("c"), b"\r".to_vec()].concat(),
        good("b"),
    ];
    let bad = vec![
        (2, "is blank"),
        (3, "expected value"),
        (4, "command_id occurs twice in this corpus"),
        (5, "invalid type: integer, expected a string"),
        (6, "invalid UTF-8"),
        (7, "unknown field, expected one of"),
        (8, "is longer than 1 MiB"),
        (10, "ends in CR LF"),
        (11, "command_id occurs twice in this corpus"),
    ];
    (lines, bad)
}

#[test]
fn every_line_that_is_set_aside_is_listed_with_its_digest_and_without_its_text() {
    let (corpus, bad) = spoiled();
    let bytes = corpus.join(&b'\n');
    let workbench = Workbench::new().with("spoiled.jsonl", &bytes).with_corpus("mix", &mixture(3));
    let packed = zstd::encode_all(bytes.as_slice(), 1).unwrap();
    let mut lists = Vec::new();
    let replay = ["replay", "--check", "--keep-going", "--rejects", "out.jsonl"];
    let sweep = ["sweep", "--timeout", "100", "--keep-going", "--rejects", "out.jsonl"];
    for command in [&replay[..], &sweep] {
        for threads in ["1", "2", "7"] {
            for (file, input) in [("spoiled.jsonl", &b""[..]), ("-", &packed)] {
                let command = [command, &["mix", file, "--threads", threads]].concat();
                let ran = workbench.run_with(&command, &[], input);
                assert!([0, 1].contains(&ran.code), "{}", ran.stderr);
                let ran = ran.says(&["9 lines of "]);
                assert!(!ran.stderr.contains(CANARY), "{}", ran.stderr);
                lists.push(workbench.read("out.jsonl").replace("<stdin>", "spoiled.jsonl"));
            }
        }
    }
    assert!(lists.iter().all(|list| *list == lists[0] && !list.contains(CANARY)), "{}", lists[0]);
    let listed = lines(&lists[0]);
    assert_eq!(listed.len(), bad.len());
    for (found, (line, reason)) in listed.iter().zip(bad) {
        assert_eq!((&found["source"], &found["line"]), (&json!("spoiled.jsonl"), &json!(line)));
        assert!(found["reason"].as_str().unwrap().starts_with(reason), "{found}");
        assert_eq!(found["sha256"], sha256(&corpus[usize::try_from(line).unwrap() - 1]), "{found}");
    }
    assert_eq!((&listed[2]["first_line"], &listed[8]["first_line"]), (&json!(1), &json!(9)));
    assert_eq!((&listed[3]["field"], &listed[0]["first_line"]), (&json!("command.text"), &Value::Null));
}

#[test]
fn descriptions_are_capped_and_the_total_is_always_given() {
    let bad = "no json\n".repeat(100);
    let workbench = Workbench::new();
    for name in ["one", "two"] {
        workbench.write(&format!("corpora/{name}.jsonl"), format!("{}\n{bad}", recording("a").line()));
    }
    let described = |ran: &Ran| ran.stderr.lines().filter(|line| line.contains(".jsonl:")).count();
    let ran = workbench.run(["replay", "--keep-going"]).exits(0);
    assert_eq!(described(&ran), 20, "{}", ran.stderr);
    ran.says(&["and 80 more, 100 lines of ", "and 100 more, 100 lines of ", "--rejects FILE lists all"]);
    let ran = workbench.run(["sweep", "--timeout", "9", "--keep-going", "--rejects", "all.jsonl"]).exits(0);
    assert_eq!((described(&ran), workbench.read("all.jsonl").lines().count()), (20, 200));
    ran.says(&["and 80 more", "all.jsonl lists all"]);
    let ran = workbench.run(["replay", "one", "--keep-going", "--quiet", "--rejects", "all.jsonl"]).exits(0);
    assert_eq!((ran.stderr.as_str(), workbench.read("all.jsonl").lines().count()), ("", 100));
}

#[test]
fn the_list_is_whole_or_not_there() {
    let good = recording("a").line();
    let workbench = Workbench::new().with("a.jsonl", format!("{good}\nbad\n")).with("b.jsonl", &good);
    let before = "{\"source\":\"older\"}\n";
    workbench.write("out.jsonl", before);
    workbench.run(["replay", "a.jsonl", "none.jsonl", "--keep-going", "--rejects", "out.jsonl"]).exits(4);
    assert_eq!(workbench.read("out.jsonl"), before);
    workbench.run(["replay", "b.jsonl", "--keep-going", "--rejects", "out.jsonl"]).exits(0);
    assert_eq!(workbench.read("out.jsonl"), "", "nothing was set aside, and that is said");
    workbench.run(["replay", "a.jsonl", "--rejects", "out.jsonl"]).exits(2).says(&["--keep-going"]);
    workbench
        .run(["replay", "a.jsonl", "--keep-going", "--rejects", "a.jsonl"])
        .exits(2)
        .says(&["would replace the corpus"]);
    // Whatever is named by mistake is not lost.
    let project = workbench.read("corridor.toml");
    let mistaken = ["replay", "a.jsonl", "--keep-going", "--rejects", "corridor.toml"];
    workbench.run(mistaken).exits(2).says(&["would replace the project file corridor.toml"]);
    assert_eq!(workbench.read("corridor.toml"), project);
    workbench.run(["replay", "a.jsonl", "--keep-going", "--rejects", "no/out.jsonl"]).exits(4).says(&["no/out.jsonl"]);
    assert!(workbench.tree().keys().all(|path| !path.contains(".tmp")), "{:?}", workbench.tree().keys());
}

/// The highest memory that a run of the program takes, KiB; `None` where the system does not say.
#[cfg(target_os = "linux")]
fn peak_memory(workbench: &Workbench, arguments: &[&str]) -> Option<u64> {
    let mut child = workbench.command(arguments).stderr(std::process::Stdio::null()).spawn().unwrap();
    let mut peak = None;
    let status = format!("/proc/{}/status", child.id());
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let found = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(found);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!([0, 3, 4].contains(&child.wait().unwrap().code().unwrap()));
    peak
}

/// Archives that unpack to much more data: blank lines, short bad lines, one endless line.
#[cfg(target_os = "linux")]
#[test]
fn highly_compressed_archives_take_constant_memory() {
    let packed = |pattern: &[u8], megabytes: usize| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let piece = pattern.repeat((1 << 20) / pattern.len());
        (0..megabytes).for_each(|_| encoder.write_all(&piece).unwrap());
        encoder.finish().unwrap()
    };
    let workbench = Workbench::new()
        .with("blank.jsonl.gz", packed(b"\n", 2))
        .with("short.jsonl.gz", packed(b"x\ny\n", 1))
        .with("endless.jsonl.gz", packed(b"x", 70));
    for command in [
        &["replay", "blank.jsonl.gz", "--keep-going", "--threads", "2"][..],
        &["sweep", "blank.jsonl.gz", "--timeout", "9", "--keep-going", "--threads", "4"],
        &["decide", "blank.jsonl.gz"],
        &["analyze", "--risk-log", "blank.jsonl.gz"],
        &["replay", "short.jsonl.gz", "--keep-going", "--threads", "2"],
        &["replay", "endless.jsonl.gz", "--keep-going"],
    ] {
        let Some(peak) = peak_memory(&workbench, command) else { return };
        assert!(peak < 64 << 10, "{command:?} took {} MiB", peak >> 10);
    }
}

/// The list is written line by line.
#[cfg(target_os = "linux")]
#[test]
fn a_list_of_many_lines_takes_constant_memory() {
    let bad = "x\n".repeat(60_000);
    let workbench = Workbench::new().with("bad.jsonl", &bad);
    let command = ["replay", "bad.jsonl", "--keep-going", "--threads", "2", "--rejects", "rejects.jsonl"];
    let Some(peak) = peak_memory(&workbench, &command) else { return };
    assert!(peak < 64 << 10, "{} MiB", peak >> 10);
    let listed = workbench.read("rejects.jsonl");
    let in_order = listed.lines().zip(1..).all(|(line, number)| line.contains(&format!("\"line\":{number},")));
    assert!(in_order && listed.lines().count() == 60_000);
}
