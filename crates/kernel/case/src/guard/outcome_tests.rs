#![allow(clippy::unwrap_used)]

use super::bounds::bounded_counts;
use super::outcomes::{Outcomes, outcomes};
use super::{Guard, Scope};
use crate::facts::{FactValue, Facts};
use proptest::prelude::*;
use xr_base::Instant;

crate::kind! {
    /// Words for these tests.
    Crate = "crate" {
        events { Open = "open", Shut = "shut" }
        facts {
            fragile: bool "it may break",
            heavy: bool "one person is not enough",
            weight: int "kilograms",
            limit: int "what the shelf bears",
            place: enum("shop", "road", "home") "where it is",
            carrier: text "who brings it",
            seen_at: instant? "the last scan",
            floor: int? "where it goes, once known",
        }
        tags { }
    }
}

const EVENTS: &[&str] = &["open", "shut"];

fn guard(text: &str) -> Guard {
    Guard::compile(text, &Scope { vocabulary: &Crate::VOCABULARY, events: EVENTS }).unwrap()
}

/// Outcomes of a row; an empty text is an alternative without guard.
fn of(row: &[&str]) -> Outcomes {
    let guards: Vec<Option<Guard>> = row.iter().map(|t| (!t.is_empty()).then(|| guard(t))).collect();
    outcomes(&guards.iter().map(Option::as_ref).collect::<Vec<_>>(), Crate::VOCABULARY.facts)
}

#[test]
fn a_row_refuses_unless_its_last_alternative_is_open_or_its_guards_leave_nothing_over() {
    for sure in [
        &[""][..],
        &["facts.fragile", ""],
        &["facts.fragile", "!facts.fragile"],
        &["facts.weight < 5", "facts.weight >= 5"],
        &["facts.weight < 5", "facts.weight > 3"],
        &["facts.weight < facts.limit", "facts.weight == facts.limit", "facts.weight > facts.limit"],
        &["facts.place == 'shop'", "facts.place in ['road', 'home']"],
        &["facts.carrier == 'ZTO'", "facts.carrier != 'ZTO'"],
        &["has(facts.floor) && facts.floor > 2", "!has(facts.floor) || facts.floor <= 2"],
        &["facts.fragile == facts.heavy", "facts.fragile", "facts.heavy"],
        &["counts.open < 1", "counts.open >= 1"],
        &["counts.open >= 0"],
        &["true"],
        &["1 + 1 == 2 || facts.fragile"],
    ] {
        assert!(!of(sure).can_refuse, "{sure:?}");
    }
    for unsure in [
        &["facts.fragile"][..],
        &["facts.fragile", "facts.heavy"],
        &["facts.weight < 5", "facts.weight > 5"],
        &["facts.weight < facts.limit", "facts.weight > facts.limit"],
        &["facts.place == 'shop'", "facts.place == 'road'"],
        &["facts.carrier == 'ZTO'", "facts.carrier == 'SF'"],
        &["has(facts.seen_at)"],
        &["facts.weight + 1 < 5"],
        &["false"],
        &[],
    ] {
        assert!(of(unsure).can_refuse, "{unsure:?}");
    }
}

#[test]
fn an_alternative_that_those_before_it_leave_nothing_for_is_impossible() {
    assert_eq!(of(&["facts.fragile", "!facts.fragile", ""]).is_possible, [true, true, false]);
    assert_eq!(of(&["facts.weight < 9", "facts.weight < 5", ""]).is_possible, [true, false, true]);
    assert_eq!(of(&["facts.fragile && !facts.fragile", ""]).is_possible, [false, true]);
    assert_eq!(of(&["counts.open < 0", ""]).is_possible, [false, true]);
    assert_eq!(of(&["", "facts.fragile"]).is_possible, [true, false]);
}

#[test]
fn rows_with_too_many_unknowns_count_as_able_to_come_to_anything() {
    let terms: Vec<String> = (0..12).map(|n| format!("facts.weight + {n} < facts.limit")).collect();
    let many = terms.join(" || ");
    assert_eq!(of(&[&many, "", "facts.fragile"]), Outcomes { is_possible: vec![true, true, false], can_refuse: false });
    assert_eq!(of(&[&many]), Outcomes { is_possible: vec![true], can_refuse: true });
}

#[test]
fn a_guard_bounds_the_counts_that_it_holds_below_a_constant() {
    let bounded = |text: &str, when| bounded_counts(&guard(text), when).into_iter().collect::<Vec<_>>().join(" ");
    for (text, when, counts) in [
        ("counts.open < 3", true, "open"),
        ("counts.open <= 3", true, "open"),
        ("3 > counts.open", true, "open"),
        ("counts.open == 2", true, "open"),
        ("counts.open in [0, 1]", true, "open"),
        ("counts.open >= 3", false, "open"),
        ("!(counts.open > 3)", true, "open"),
        ("counts.open < 3 && counts.shut < 2", true, "open shut"),
        ("counts.open < 3 || counts.shut < 2", true, ""),
        ("counts.open < 3 || counts.open == 7", true, "open"),
        ("counts.open >= 3 || counts.shut >= 2", false, "open shut"),
        ("counts.open < 1 + 2 && facts.fragile", true, "open"),
        ("counts.open > 3", true, ""),
        ("counts.open < facts.weight", true, ""),
        ("counts.open < counts.shut", true, ""),
        ("counts.open != 3", true, ""),
        ("counts.open in [0, facts.weight]", true, ""),
        ("facts.fragile", true, ""),
    ] {
        assert_eq!(bounded(text, when), counts, "{text} = {when}");
    }
}

/// Conditions to build rows from.
fn conditions() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "facts.fragile",
        "facts.heavy",
        "facts.weight < 3",
        "facts.weight >= 3",
        "facts.weight == 5",
        "facts.weight in [1, 2]",
        "facts.weight < facts.limit",
        "facts.limit <= facts.weight",
        "facts.weight + 1 > 4",
        "facts.place == 'road'",
        "facts.place in ['shop', 'home']",
        "facts.carrier != 'ZTO'",
        "has(facts.seen_at)",
        "has(facts.floor) && facts.floor > 1",
        "counts.open < 2",
        "counts.open == counts.shut",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) && ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) || ({b})")),
            inner.prop_map(|a| format!("!({a})")),
        ]
    })
}

prop_compose! {
    fn some_facts()(
        flags in any::<[bool; 4]>(), weight in 0i64..7, limit in 0i64..7, floor in 0i64..3,
        place in prop::sample::select(vec!["shop", "road", "home"]), carrier in prop::sample::select(vec!["ZTO", "SF"]),
    ) -> Facts {
        let mut facts = Facts::of(&Crate::VOCABULARY);
        facts.set(Crate::fragile, flags[0]);
        facts.set(Crate::heavy, flags[1]);
        facts.set(Crate::weight, weight);
        facts.set(Crate::limit, limit);
        facts.set(Crate::carrier, carrier.to_owned());
        facts.choose(Crate::place, place).unwrap();
        facts.insert("seen_at", if flags[2] { FactValue::Instant(Instant(1)) } else { FactValue::Absent }).unwrap();
        facts.insert("floor", if flags[3] { FactValue::Int(floor) } else { FactValue::Absent }).unwrap();
        facts
    }
}

proptest! {
    #[test]
    fn whatever_a_row_comes_to_was_called_possible(
        row in prop::collection::vec(conditions(), 1..4), facts in some_facts(), open in 0i64..4, shut in 0i64..4,
    ) {
        let outcomes = of(&row.iter().map(String::as_str).collect::<Vec<_>>());
        let counts = |event: &str| if event == "open" { open } else { shut };
        let taken = row.iter().position(|text| guard(text).holds(&facts, &counts).unwrap());
        match taken {
            Some(i) => prop_assert!(outcomes.is_possible[i], "{row:?} came to {i}"),
            None => prop_assert!(outcomes.can_refuse, "{row:?} refused"),
        }
    }

    #[test]
    fn where_a_guard_has_the_asked_truth_a_bounded_count_is_small(
        text in conditions(), when in any::<bool>(), facts in some_facts(), open in 8i64..99,
    ) {
        let guard = guard(&text);
        let holds = guard.holds(&facts, &|event| if event == "open" { open } else { 0 }).unwrap();
        if bounded_counts(&guard, when).contains("open") {
            prop_assert_ne!(holds, when, "{} with {} openings", text, open);
        }
    }
}
