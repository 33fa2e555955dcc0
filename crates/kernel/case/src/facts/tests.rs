#![allow(clippy::unwrap_used)]

use super::*;
use crate::fixture::Loan;

#[test]
fn a_value_of_another_type_or_word_is_refused_by_name() {
    let mut facts = Facts::of(&Loan::VOCABULARY);
    let wrong = facts.insert("photos", FactValue::Bool(true));
    assert_eq!(wrong, Err(FactError::Type { name: "photos", ty: "int", value: FactValue::Bool(true) }));
    assert!(matches!(facts.choose(Loan::tracking, "flying"), Err(FactError::Type { name: "tracking", .. })));
    assert!(matches!(facts.insert("foto", FactValue::Int(1)), Err(FactError::Unknown { kind: "loan", .. })));
    assert_eq!(facts.iter().count(), 0);
}

#[test]
fn only_facts_that_may_be_absent_are_absent() {
    let mut facts = Facts::of(&Loan::VOCABULARY);
    assert!(facts.insert("photos", FactValue::Absent).is_err());
    assert_eq!(facts.insert("delivered_at", FactValue::Absent), Ok(()));
    assert_eq!((facts.get("delivered_at"), facts.instant("delivered_at")), (Some(&FactValue::Absent), None));
    facts.set_opt(Loan::delivered_at, Some(Instant(5)));
    assert_eq!(facts.instant("delivered_at"), Some(Instant(5)));
}

#[test]
fn what_was_not_set_is_not_loaded_and_not_absent() {
    let facts = Facts::of(&Loan::VOCABULARY);
    assert_eq!(facts.at(Loan::photos.index()), Err(FactError::NotLoaded("photos")));
    assert_eq!((facts.get("photos"), facts.at(99)), (None, Err(FactError::NotLoaded("?"))));
}

#[test]
fn a_set_of_facts_is_the_union_of_what_was_added() {
    let mut need = FactSet::none(&Loan::VOCABULARY);
    assert!(need.is_empty());
    need.add(Loan::term_ends.index());
    need.add(1_000);
    let mut more = FactSet::none(&Loan::VOCABULARY);
    more.add(Loan::contacted.index());
    need.union(more);
    assert_eq!(need.names().collect::<Vec<_>>(), ["contacted", "term_ends"]);
    assert!(need.wants(Loan::term_ends) && !need.wants(Loan::photos) && need.contains("contacted"));
    assert_eq!(FactSet::all(&Loan::VOCABULARY).names().count(), Loan::VOCABULARY.facts.len());
}
