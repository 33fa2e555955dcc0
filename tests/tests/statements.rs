//! Every SQL text of the product: both engines take it, and those that look across organisations are known by name.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use xr_store::statement::{STATEMENTS, failing};
use xr_tests::on_both;

const KNOWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/unscoped.txt");

#[test]
fn both_engines_take_every_statement() {
    on_both(|market| {
        assert_eq!(failing(&market.store, &market.location).unwrap(), Vec::<String>::new());
    });
    assert!(STATEMENTS.len() > 200, "the slices are linked: {}", STATEMENTS.len());
}

/// A statement without the caller's scope says why; a new one has to be looked at (decision D17). `XR_UPDATE_GOLDEN=1` writes
/// the list anew.
#[test]
fn statements_that_look_across_organisations_are_the_known_ones() {
    let mut found: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for statement in STATEMENTS.iter().filter(|s| !s.is_scoped()) {
        let reason = statement.text.split_once("/* unscoped: ").and_then(|(_, rest)| rest.split_once(" */"));
        let (reason, _) = reason.unwrap_or_else(|| panic!("{}:{} says no reason", statement.file, statement.line));
        *found.entry((statement.file, reason)).or_default() += 1;
    }
    let mut list = String::new();
    for ((file, reason), count) in found.iter().filter(|((file, _), _)| !file.contains("tests/")) {
        writeln!(list, "{file}: {reason} ({count})").unwrap();
    }
    if std::env::var_os("XR_UPDATE_GOLDEN").is_some() {
        std::fs::write(KNOWN, &list).unwrap();
    }
    let known = std::fs::read_to_string(KNOWN).unwrap_or_default();
    let new: Vec<&str> = list.lines().filter(|line| !known.lines().any(|k| k == *line)).collect();
    let gone: Vec<&str> = known.lines().filter(|line| !list.lines().any(|l| l == *line)).collect();
    assert!(new.is_empty() && gone.is_empty(), "golden/unscoped.txt differs\nnew: {new:#?}\ngone: {gone:#?}");
}
