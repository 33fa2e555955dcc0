//! Every SQL text of the product: both engines take it, and those that look across organisations are known by name.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use xr_base::Scope;
use xr_base::value::Value;
use xr_store::statement::{STATEMENTS, Statement, failing};
use xr_tests::{BUYER, MERCHANT, On, TestMarket, on_both};

const KNOWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/unscoped.txt");

#[test]
fn both_engines_take_every_statement() {
    on_both(|market| {
        assert_eq!(failing(&market.store, &market.location).unwrap(), Vec::<String>::new());
    });
    assert!(STATEMENTS.len() > 200, "the slices are linked: {}", STATEMENTS.len());
}

/// However rare what a list shows: SQLite goes straight to it and reads no more than the page (a text that names an index it cannot
/// take is refused above).
#[test]
fn texts_that_name_an_index_walk_it_in_order() {
    let market = TestMarket::new(On::Sqlite).unwrap();
    let mut walked = 0;
    for statement in STATEMENTS.iter().filter(|s| s.text.contains("{BY:")) {
        let text = format!("EXPLAIN QUERY PLAN {}", statement.text).leak();
        let asked: &Statement = Box::leak(Box::new(Statement::new(text, statement.file, statement.line)));
        let is_scoped = asked.is_scoped();
        let own = (1 + usize::from(is_scoped)..9).filter(|n| text.contains(&format!("?{n}"))).count();
        let scopes = [Scope::Platform, Scope::Merchant(MERCHANT), Scope::Buyer(BUYER)];
        for scope in scopes.into_iter().take(if is_scoped { 3 } else { 1 }) {
            let plan = market.read(move |tx| {
                let nulls = vec![Value::Null; own];
                let steps: Vec<(i64, i64, i64, String)> =
                    if is_scoped { tx.all_scoped(asked, scope, &nulls)? } else { tx.all(asked, &nulls)? };
                Ok(steps.into_iter().map(|(.., step)| step).collect::<Vec<_>>())
            });
            // What a recursion has found by itself is no table.
            let is_walk = |step: &&String| step.starts_with("SEARCH") || step.starts_with("SCAN");
            let of_table = |step: &&String| !["SCAN CONSTANT ROW", "SCAN l", "SCAN looks"].contains(&step.as_str());
            let first = plan.iter().filter(is_walk).find(of_table).unwrap();
            assert!(first.starts_with("SEARCH"), "{}:{} {scope:?}: {plan:?}", asked.file, asked.line);
            let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
            assert!(!sorts, "{}:{} {scope:?}: {plan:?}", asked.file, asked.line);
            walked += 1;
        }
    }
    assert!(walked >= 30, "{walked} plans were read");
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
