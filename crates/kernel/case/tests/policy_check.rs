//! `policy check` on files as an operator has them.
#![allow(clippy::unwrap_used, clippy::panic, dead_code)]

mod common;

use std::path::{Path, PathBuf};
use xr_case::cli::{Format, Shipped, check_paths, judge};
use xr_case::{EffectSpec, Library, Source, Vocabulary, effects, kind};

fn shipped() -> Shipped {
    Shipped {
        machines: common::MACHINES.map(common::source).to_vec(),
        packs: common::PACKS.map(|p| common::source(&format!("{p}/pack.toml"))).to_vec(),
        vocabularies: common::vocabularies(),
        effects: common::effect_specs(),
    }
}

fn workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").join(path)
}

/// A folder of its own with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    for (file, text) in files {
        std::fs::write(folder.join(file), text).unwrap();
    }
    folder
}

fn told(paths: &[PathBuf], format: Format) -> (bool, String) {
    let mut out = Vec::new();
    let is_clean = check_paths(paths, &shipped(), format, &mut out).unwrap();
    (is_clean, String::from_utf8(out).unwrap())
}

const PACK: &str =
    "[pack]\nname = \"mine\"\nversion = \"1\"\nzh = \"我的\"\nen = \"Mine\"\nbase = \"xiaoer-default\"\n";

const ALL: &str = "statutory, xiaoer-default, kuaishou-goods, taobao, jd, wechat, marketplace-b2b";

#[test]
fn without_a_path_all_that_is_shipped_is_judged() {
    assert_eq!(told(&[], Format::Text), (true, format!("{ALL}: every promise is kept\n")));
}

#[test]
fn the_folder_of_the_shipped_packs_is_judged_with_all_their_tests() {
    let report = judge(&[workspace("packs")], &shipped()).unwrap();
    assert!(report.is_clean(), "{:#?} {:#?}", report.findings, report.failed_tests);
    let cases =
        |p: &&str| std::fs::read_to_string(workspace(p).join("tests.toml")).unwrap().matches("[[case]]").count();
    assert_eq!(report.tests, common::PACKS[1..].iter().map(cases).sum::<usize>());
}

#[test]
fn a_folder_with_machine_pack_and_tests_is_judged_with_its_tests() {
    let (is_clean, text) = told(&[workspace(common::CALLBACK)], Format::Text);
    assert_eq!((is_clean, text.as_str()), (true, "callback-desk: every promise is kept, 3 tests played\n"));
}

#[test]
fn a_pack_with_a_fault_is_told_with_file_and_line_and_fails() {
    let text = format!("{PACK}[order.pending_ship.clock.ship]\nafter = \"2 weeks\"\n");
    let folder = folder("fault", &[("pack.toml", &text)]);
    let (is_clean, told) = told(std::slice::from_ref(&folder), Format::Text);
    assert!(!is_clean);
    let file = folder.join("pack.toml").display().to_string();
    assert!(told.starts_with(&format!("{file}:8: order.pending_ship: the length \"2 weeks\"")), "{told}");
    assert!(told.ends_with("mine: 1 found\n"), "{told}");
}

#[test]
fn a_given_pack_replaces_the_shipped_one_of_its_name() {
    let (file, text) = common::source("packs/kuaishou-goods/pack.toml");
    let text = text.replacen("after = \"48h\"", "after = \"48 hours\"", 1);
    let folder = folder("replaced", &[("mine.toml", &text)]);
    let report = judge(&[folder], &shipped()).unwrap();
    assert_eq!(report.packs, ["kuaishou-goods"], "{file}");
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    assert!(report.findings[0].at.file.ends_with("mine.toml"));
}

#[test]
fn other_bounds_are_judged_with_every_pack() {
    let (_, text) = common::source("packs/statutory/pack.toml");
    let report = judge(&[workspace("packs/statutory")], &shipped()).unwrap();
    assert_eq!((report.packs.len(), report.findings.as_slice()), (common::PACKS.len(), [].as_slice()));
    let text = text.replacen("max = \"7d\"", "max = \"5d\"", 1);
    let report = judge(&[folder("bounds", &[("pack.toml", &text)])], &shipped()).unwrap();
    let lines: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!(lines.len(), 1, "Taobao and JD inspect sooner, the others as the default says: {lines:#?}");
    assert!(lines[0].contains("7d is longer than the statutory 5d (LAW-3)"), "{lines:?}");
    assert!(lines[0].starts_with("packs/xiaoer-default/pack.toml:"), "{lines:?}");
}

#[test]
fn a_test_that_goes_another_way_fails() {
    let tests = "[[case]]\nname = \"three days\"\nkind = \"order\"\nat = \"2026-03-03T10:00:00+08:00\"\nsteps = [{ silence = true, expect = { at = \"2026-03-06T10:00:00+08:00\" } }]\n";
    let folder = folder("tests", &[("pack.toml", PACK), ("tests.toml", tests)]);
    let report = judge(&[folder], &shipped()).unwrap();
    assert_eq!((report.findings.len(), report.tests, report.failed_tests.len()), (0, 1, 1));
    assert!(
        !report.is_clean()
            && report.failed_tests[0].to_string().contains("tests.toml:2: three days; step 1: expected now")
    );
}

#[test]
fn json_has_place_state_and_path_of_every_finding() {
    let (_, text) = common::source("crates/payments/machines/refund.toml");
    let line = text.split("[state.retry.clock.again]").next().unwrap().lines().count() + 1;
    let ring = text.replacen(
        "give_up = { by = \"clock\", to = \"manual\" }",
        "give_up = { by = \"clock\", to = \"retry\", restart = true }",
        1,
    );
    assert_ne!(text, ring);
    let (is_clean, json) = told(&[folder("json", &[("refund.toml", &ring)])], Format::Json);
    assert!(!is_clean);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let findings = value["findings"].as_array().unwrap();
    let finding = findings.iter().find(|f| f["kind"] == "refund").unwrap();
    assert_eq!((finding["state"].as_str(), finding["at"]["line"].as_u64()), (Some("retry"), Some(line as u64)));
    let steps = finding["path"].as_array().unwrap();
    let states: Vec<_> = steps.iter().map(|s| s["to"].as_str().unwrap()).collect();
    assert_eq!(states, ["sending", "retry", "retry"]);
    assert_eq!((&steps[0]["via"]["clock"], &steps[1]["via"]["act"]), (&"send".into(), &"failed".into()));
    let waiting = findings.iter().filter(|f| f["kind"] == "refund_only" && f["state"] == "refunding").count();
    assert_eq!(waiting, 1, "who waits for a refund that may never end waits for ever");
}

#[test]
fn files_that_are_nothing_known_and_paths_that_are_not_there_are_told() {
    let folder = folder("stray", &[("notes.toml", "[notes]\n"), ("readme.md", "no TOML")]);
    let report = judge(&[folder], &shipped()).unwrap();
    assert_eq!(report.findings.len(), 1);
    assert!(report.findings[0].message.starts_with("neither a machine"));
    let error = judge(&[PathBuf::from("/nowhere/pack.toml")], &shipped()).unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/pack.toml: "), "{error}");
}

#[test]
fn tests_without_a_pack_beside_them_are_told() {
    let folder = folder("alone", &[("tests.toml", "[[case]]\nname = \"x\"\n")]);
    let report = judge(&[folder], &shipped()).unwrap();
    assert_eq!(report.findings[0].message, "the tests have no pack beside them");
}
