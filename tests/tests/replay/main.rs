//! Replays over simulated markets: under its own rulebook every case goes as it went.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod market;

use market::Market;
use std::collections::BTreeMap;
use xr_case::replay::{Course, Recorded, World, against_record, live};

/// Lives every family again under its own rulebooks; gives the number of cases and those that went another way, with why.
fn against(market: &Market, answered: &mut BTreeMap<String, usize>) -> (usize, Vec<String>) {
    let (mut cases, mut wrong) = (0, Vec::new());
    market.families(|world: &World<'_>, family| {
        let courses = live(world, family);
        for (course, told) in courses.iter().zip(family) {
            cases += 1;
            for place in &course.by_record {
                *answered.entry(format!("{}.{place}", course.kind)).or_default() += 1;
            }
            money(market, course, told, &mut wrong);
            if let Some(stuck) = &course.stuck {
                wrong.push(format!("{} {}: stuck at {stuck}", told.case.kind, told.case.id));
            }
            if let Some(why) = against_record(course, told) {
                wrong.push(format!("{} {}: {why}", told.case.kind, told.case.id));
            }
        }
        for anew in &courses[family.len()..] {
            wrong.push(format!("{} opened anew", anew.kind));
        }
    });
    (cases, wrong)
}

/// The money of a course is that of the ledger.
fn money(market: &Market, course: &Course, told: &Recorded, wrong: &mut Vec<String>) {
    let id = told.case.id;
    let sums: Vec<(&str, i64)> = match told.case.kind.as_str() {
        "payment" => {
            let row = market.store.read_blocking(move |tx| xr_payments::queries::payment(tx, id)).unwrap();
            let lost = row.charged_back_minor;
            vec![("captured", row.captured_minor), ("settled", row.settled_minor), ("charged_back", lost)]
        }
        "refund" => {
            let row = market.store.read_blocking(move |tx| xr_payments::queries::refund(tx, id)).unwrap();
            let is_paid = row.outcome.as_deref().is_some_and(|o| o != "called_off");
            vec![("refunded", if is_paid { row.amount_minor } else { 0 })]
        }
        _ => Vec::new(),
    };
    for (what, minor) in sums {
        if course.moved(what) != minor {
            wrong.push(format!("{} {id}: {} {what} instead of {minor}", told.case.kind, course.moved(what)));
        }
    }
}

#[test]
fn every_case_of_a_simulated_market_goes_again_as_it_went() {
    let mut found: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    let (mut cases, mut answered) = (0, BTreeMap::new());
    for seed in 1..=4 {
        let market = Market::live(seed, 6, 25);
        let (more, wrong) = against(&market, &mut answered);
        cases += more;
        if !wrong.is_empty() {
            found.insert(seed, wrong);
        }
    }
    let count: usize = found.values().map(Vec::len).sum();
    println!("answered by the record: {answered:?}");
    let told: Vec<String> =
        found.into_iter().flat_map(|(seed, w)| w.into_iter().take(12).map(move |w| format!("{seed}: {w}"))).collect();
    assert!(count == 0 && cases > 1_500, "{count} of {cases}:\n{}", told.join("\n"));
}
