//! Names of corpora that some file system takes for one: refused, with both names.

use crate::recording::{corpus, recording};
use crate::workbench::Workbench;

fn workbench(names: &[&str]) -> Workbench {
    let workbench = Workbench::new().with("corridor.toml", "");
    names.iter().fold(workbench, |workbench, name| workbench.with_corpus(name, &[recording("a")]))
}

#[test]
fn names_that_differ_in_case_or_normal_form_alone_are_refused() {
    for (one, other, shown) in [
        ("Household", "household", ["`Household`", "`household`"]),
        ("caf\u{e9}", "cafe\u{301}", ["`caf\\u{e9}`", "`cafe\\u{301}`"]),
        ("strasse", "Straße", ["`Stra\\u{df}e`", "`strasse`"]),
        ("МЁД", "мёд", ["`МЁД`", "`мёд`"]),
    ] {
        let workbench = workbench(&[one, other, "more"]);
        let before = workbench.tree();
        for arguments in
            [&["replay"][..], &["replay", one], &["replay", "more", other, "--check"], &["sweep", "--timeout", "1"]]
        {
            workbench.run(arguments).exits(4).says(&shown).says(&["help: rename one of them"]);
        }
        assert_eq!(workbench.tree(), before);
        workbench.run(["replay", "more"]).exits(0);
    }
}

#[test]
fn a_name_must_not_collide_with_a_corpus_of_the_project_wherever_it_comes_from() {
    let workbench = workbench(&["household"]).with("elsewhere/HouseHold.jsonl", corpus(&[recording("a")]));
    workbench.run(["replay", "elsewhere/HouseHold.jsonl"]).exits(4).says(&["`HouseHold`", "`household`"]);
    let line = corpus(&[recording("a")]);
    let ran = workbench.run_with(["replay", "-", "--name", "HOUSEHOLD"], &[], line.as_bytes());
    ran.exits(4).says(&["`HOUSEHOLD`", "`household`"]);
    workbench.run_with(["replay", "-"], &[], line.as_bytes()).exits(0);
    workbench.run(["replay"]).exits(0);
}

#[test]
fn declared_names_must_not_collide() {
    let declared = "[corpus.Household]\nrole = \"edge\"\n[corpus.household]\nrole = \"edge\"\n";
    let workbench = workbench(&["other"]).with("corridor.toml", declared);
    workbench.run(["replay"]).exits(4).says(&["corridor.toml: corpus: ", "`Household`", "`household`"]);
    let workbench = workbench.with("corridor.toml", "[corpus.Other]\nrole = \"edge\"\n");
    workbench.run(["replay"]).exits(4).says(&["`Other`", "`other`"]);
}

#[test]
fn names_that_windows_cannot_hold_are_refused() {
    for (name, why) in [
        ("CON", "a device"),
        ("nul.2026", "a device"),
        ("a:b", "<>:"),
        ("what?", "<>:"),
        ("a.", "a dot"),
        ("a ", "a blank"),
    ] {
        let workbench = workbench(&[name, "more"]);
        let before = workbench.tree();
        for arguments in [&["replay"][..], &["replay", name, "--check"], &["sweep", "--timeout", "1"]] {
            workbench.run(arguments).exits(4).says(&[name, "Windows cannot hold", why, "help: rename it"]);
        }
        let line = corpus(&[recording("a")]);
        workbench.run_with(["replay", "-", "--name", name], &[], line.as_bytes()).exits(4).says(&["Windows"]);
        assert_eq!(workbench.tree(), before);
        workbench.run(["replay", "more"]).exits(0);
        workbench.write("corridor.toml", format!("[corpus.\"{name}\"]\nrole = \"edge\"\n"));
        workbench.run(["replay", "more"]).exits(4).says(&["corridor.toml: corpus: ", "Windows"]);
    }
}

#[test]
fn golden_does_not_get_a_file_that_collides_on_some_file_system() {
    let workbench = workbench(&["household"]);
    workbench.run(["replay"]).exits(0);
    workbench.write("golden/reference/Household.json", "[]\n");
    let before = workbench.tree();
    workbench.run(["accept", "--new", "--reason", "x"]).exits(4).says(&["`household`", "Household.json"]);
    assert_eq!(workbench.tree(), before);
    workbench.run(["replay", "--new"]).exits(4).says(&["`household`", "Household.json"]);
    std::fs::remove_file(workbench.path("golden/reference/Household.json")).unwrap();
    workbench.run(["accept", "--new", "--reason", "x"]).exits(0);
    workbench.run(["check"]).exits(0);
    for name in ["HOUSEHOLD.json", "con.json", "a:b.json"] {
        let path = format!("golden/strict/{name}");
        workbench.write(&path, "[]\n");
        let ran = workbench.run(["check"]).exits(1);
        let is_told = ran.stdout.contains("some file systems") || ran.stdout.contains("Windows");
        assert!(ran.stdout.contains(name) && is_told, "{}", ran.stdout);
        std::fs::remove_file(workbench.path(&path)).unwrap();
    }
}
