//! The cases that the shipped packs and the operator's fixture tell about themselves.
#![allow(clippy::unwrap_used, clippy::panic, dead_code)]

mod common;

use xr_case::{EffectSpec, Library, Source, Vocabulary, effects, kind, pack_tests};

fn assert_told(library: &Library, pack: &str, folder: &str, least: usize) {
    assert_eq!(xr_case::check(library, pack), [], "{pack} keeps its promises");
    let results = pack_tests::run(library, pack, &common::source(&format!("{folder}/tests.toml"))).unwrap();
    let failed: Vec<String> = results.iter().filter(|r| !r.is_passed()).map(ToString::to_string).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(results.len() >= least, "only {} cases", results.len());
}

#[test]
fn the_default_rules_are_as_their_cases_tell() {
    assert_told(&common::shipped(), "xiaoer-default", common::PACKS[0], 20);
}

#[test]
fn the_platforms_rules_are_as_their_cases_tell() {
    assert_told(&common::shipped(), "kuaishou-goods", common::PACKS[1], 13);
}

#[test]
fn the_operators_machine_is_as_its_cases_tell() {
    assert_told(&common::callback(), "callback-desk", common::CALLBACK, 3);
}
