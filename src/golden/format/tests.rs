//! Reading golden files: what is read, and where damage is found.

use super::super::entry::Entry;
use super::{GoldenEntry, GoldenReader, GoldenWriter};
use proptest::prelude::*;
use std::io::BufReader;

const A: &str = r#"{"command_id":"a","text":"т","class":"outside"}"#;
const B: &str = r#"{"command_id":"b","text":"","class":"outside"}"#;

fn read(text: impl AsRef<[u8]>) -> Result<Vec<GoldenEntry>, String> {
    // Three bytes at a time, so that everything lies across a boundary somewhere.
    let reader = GoldenReader::new(BufReader::with_capacity(3, text.as_ref()), "g.json");
    reader.collect::<Result<_, _>>().map_err(|error| error.to_string())
}

fn ids(text: &str) -> Vec<(String, u64)> {
    read(text).unwrap().into_iter().map(|entry| (entry.command_id, entry.line)).collect()
}

#[test]
fn any_layout_is_read() {
    let expected = vec![("a".to_owned(), 1), ("b".to_owned(), 1)];
    assert_eq!(ids(&format!("[{A},{B}]")), expected);
    let spread = format!("\n [\r\n{A}\r\n,\t\n\n{}]\n\n ", B.replace(',', "\n,\n"));
    assert_eq!(ids(&spread), [("a".to_owned(), 3), ("b".to_owned(), 6)]);
    assert_eq!(ids("[]\n"), []);
    assert_eq!(ids(" [ ] "), []);
}

#[test]
fn damage_is_named_with_its_place() {
    for (text, expected) in [
        (String::new(), "g.json:1:1: the file ends before its array does"),
        (format!("\u{feff}[{A}]"), "g.json:1:1: the file opens with a byte order mark"),
        (format!("[\n{A},\n{}", &B[..20]), "g.json:3:21: the file ends before its array does"),
        (format!("[\n{A}\n"), "g.json:3:1: the file ends before its array does"),
        (format!("[\n{A},\n"), "g.json:3:1: the file ends before its array does"),
        (format!("[\n{A},\n]"), "g.json:3:1: not JSON: expected an entry"),
        (format!("[\n{A}\n{B}]"), "g.json:3:1: not JSON: expected `,` or `]`"),
        (format!("[{A}]\n\n ]"), "g.json:3:2: there is text after the end of the array"),
        ("{}".to_owned(), "g.json:1:1: not JSON: expected an array of entries"),
        ("[\n 1]".to_owned(), "g.json:2:2: not JSON: expected an entry"),
        (format!("[\n<<<<<<< HEAD\n{A}"), "g.json:2:1: a conflict marker of an unfinished merge"),
        (format!("[\n{A}\n=======\n"), "g.json:3:1: a conflict marker of an unfinished merge"),
        (format!("[\n{A}\n]\n>>>>>>> x"), "g.json:4:1: a conflict marker of an unfinished merge"),
        (
            format!("[\n{}]", A.replace(',', ",\n").replace("\"class\"", "||||||| base\n\"class\"")),
            "g.json:4:1: a conflict marker of an unfinished merge",
        ),
        (
            format!("[\n{B},\n {A}]"),
            "g.json:3:2: `command_id`: the entry does not come after the one before it; entries ascend by the bytes \
             of the id",
        ),
        (format!("[\n{A},\n{A}]"), "g.json:3:1: `command_id`: the entry has the id of the one before it"),
        (format!("[{}]", A.replace("т", "\n")), "g.json:1:28: not JSON: a control character inside a string"),
        (format!("[{}]", A.replace("class\":", "class\"")), "g.json:1:38: not JSON: expected `:`"),
        (format!("[{}]", A.replace("outside\"", "outside\"]")), "g.json:1:48: not JSON: expected `,` or `}`"),
    ] {
        assert_eq!(read(&text).unwrap_err(), expected, "{text}");
    }
    assert_eq!(read(b"[{\"text\":\n\"\xff\"}]").unwrap_err(), "g.json:2:2: not UTF-8");
}

#[test]
fn fields_are_named_and_values_are_not() {
    let core = "{\n\"status\":\"ok\",\n\"action\":\"start_job\",\n\"confidence\":0.5,\n\"payload\":\n{\"job_type\":\"unknown\",\n\"proposed_actions\":[\n{\"action\":\"propose_add_shopping_item\",\"payload\":{\"item\":\n{\"name\":\"secret\"}}}]}}";
    let entry = format!(r#"[{{"command_id":"secret","text":"secret","baseline":{core},"class":"outside"}}]"#);
    read(&entry).unwrap();
    for (from, to, expected) in [
        (
            r#""text":"secret""#,
            r#""text":{"secret":1}"#,
            "g.json:1:31: `text`: invalid type: object, expected a string",
        ),
        (r#""text":"secret""#, r#""text":"x","other_field":"secret""#, "g.json:1:48: unknown field"),
        (r#""text":"secret""#, r#""text":"x","my secret":"secret""#, "g.json:1:46: unknown field"),
        (r#""text":"secret","#, "", "g.json:9:41: missing field `text`"),
        (r#""text":"secret""#, r#""text":"x","text":"secret""#, "g.json:1:41: duplicate field `text`"),
        ("0.5", "1.5", "g.json:4:14: `baseline`: confidence must be between 0 and 1"),
        ("0.5", r#""secret""#, "g.json:4:21: `baseline.confidence`: invalid type: string, expected a number"),
        (
            r#""name":"secret""#,
            r#""name":7"#,
            "g.json:9:9: `baseline.payload.proposed_actions[0].payload.item.name`: invalid type: integer, expected a string",
        ),
        (r#""name":"secret""#, r#""name":"","secret":7"#, "secret"),
        (
            r#""job_type":"unknown""#,
            r#""job_type":"secret""#,
            "g.json:6:20: `baseline.payload.job_type`: not a known job type, expected one of `create_task`, `add_shopping_item`, `unknown`",
        ),
        (
            "propose_add_shopping_item",
            "secret",
            "g.json:8:18: `baseline.payload.proposed_actions[0].action`: unknown variant, expected `propose_add_shopping_item` or `propose_create_task`",
        ),
    ] {
        let error = read(entry.replace(from, to)).unwrap_err();
        if expected == "secret" {
            assert!(error.starts_with("g.json:9:") && error.ends_with("unknown field"), "{error}");
        } else {
            assert!(!error.contains("secret"), "{error}");
            assert_eq!(error, expected);
        }
    }
}

#[test]
fn a_reader_ends_after_its_first_error() {
    let mut reader = GoldenReader::new(&b"[1]"[..], "g");
    assert!(reader.next().unwrap().is_err());
    assert!(reader.next().is_none());
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(ids in proptest::collection::btree_set(".{0,6}", 0..6), texts in ".{0,12}") {
        let mut writer = GoldenWriter::new(Vec::new(), "g");
        let mut expected = Vec::new();
        for id in &ids {
            let value = serde_json::json!({"command_id": id, "text": texts, "class": "agreed"}).to_string();
            let bytes = serde_json::from_str::<Entry>(&value).unwrap().canonical();
            writer.write(id, &bytes).unwrap();
            expected.push((id.clone(), bytes));
        }
        let written = writer.finish().unwrap();
        let found = read(&written).unwrap();
        prop_assert_eq!(found.into_iter().map(|found| (found.command_id, found.bytes)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn no_file_makes_the_reader_panic(file in proptest::collection::vec(any::<u8>(), 0..64), mark in 0usize..200) {
        let _ = read(&file);
        let text = format!("[\n{A},\n{B}]");
        let mut damaged = text.into_bytes();
        let place = mark % damaged.len();
        damaged.splice(place..place, file.into_iter().take(2));
        let _ = read(&damaged);
    }
}
