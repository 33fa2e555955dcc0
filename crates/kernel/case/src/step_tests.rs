#![allow(clippy::unwrap_used)]

use crate::facts::{FactError, Facts};
use crate::fixture::{Loan, book};
use crate::guard::EvalError;
use crate::step::{By, GUARD_REFUSED, Refusal, Situation, allowed, choose, choose_silence};
use crate::{Compiled, Decision};
use proptest::prelude::*;
use xr_base::{Coded, Party, Principal, UserId};

fn person(party: Party, permissions: &[&str]) -> Principal {
    Principal {
        user: UserId(7),
        org: None,
        party,
        permissions: permissions.iter().map(|p| (*p).to_owned()).collect(),
        address: None,
    }
}

fn facts(photos: i64, tracking: &str) -> Facts {
    let mut facts = Facts::of(&Loan::VOCABULARY);
    facts.set(Loan::contacted, true);
    facts.set(Loan::photos, photos);
    facts.choose(Loan::tracking, tracking).unwrap();
    facts
}

fn take(book: &Compiled, state: &str, event: &str, by: By<'_>) -> Result<Decision, Refusal> {
    choose(book, &Situation { state, facts: &facts(0, "none"), counts: &|_| 5 }, event, by)
}

#[test]
fn a_lender_with_the_permission_approves_and_the_effects_come_in_order() {
    let lender = person(Party::Merchant, &["loans.decide"]);
    let decision = take(&book("xiaoer-default"), "requested", Loan::Approve.as_str(), By::Person(&lender)).unwrap();
    assert_eq!(
        (decision.from.as_str(), decision.to.as_str(), decision.event.as_str()),
        ("requested", "lent", "approve")
    );
    assert_eq!(decision.effects.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["shop.restock", "shop.tell"]);
    assert!(!decision.is_self && !decision.is_final && !decision.restart);
}

#[test]
fn who_lacks_party_or_permission_is_told_that_it_is_not_their_act() {
    let book = book("xiaoer-default");
    let (clerk, buyer) = (person(Party::Merchant, &["orders.read"]), person(Party::Buyer, &["loans.decide"]));
    for by in [By::Person(&clerk), By::Person(&buyer), By::Provider(Party::Merchant), By::Clock, By::System] {
        let refusal = take(&book, "requested", "approve", by).unwrap_err();
        assert!(matches!(&refusal, Refusal::WrongActor { words, .. } if words == &["lender"]), "{by:?}");
        assert_eq!((refusal.problem().status, refusal.problem().code.as_str()), (403, "case.not_your_act"));
        // Only to whom the permission would help its word is told.
        let told = refusal.problem().params.get("permission").cloned();
        assert_eq!(
            told.as_deref(),
            matches!(by, By::Person(p) if p.party == Party::Merchant).then_some("loans.decide")
        );
    }
}

#[test]
fn words_of_clocks_systems_and_providers_fit_only_them() {
    let book = book("xiaoer-default");
    assert!(take(&book, "fined", "escalate", By::Clock).unwrap().restart);
    assert!(take(&book, "fined", "escalate", By::System).is_err());
    assert!(take(&book, "fined", "refund.done", By::System).unwrap().is_final);
    assert!(take(&book, "fined", "refund.done", By::Clock).is_err());
    let at = Situation { state: "lent", facts: &facts(0, "delivered"), counts: &|_| 0 };
    assert_eq!(choose(&book, &at, "return", By::Provider(Party::Courier)).unwrap().rule.as_deref(), Some("L-1"));
}

#[test]
fn the_first_alternative_open_to_the_actor_whose_guard_holds_is_taken() {
    let book = book("xiaoer-default");
    let borrower = person(Party::Buyer, &[]);
    assert_eq!(take(&book, "lent", "return", By::Person(&borrower)).unwrap().to, "fined");
    let refusal = take(&book, "lent", "return", By::Provider(Party::Courier)).unwrap_err();
    assert_eq!(refusal, Refusal::Guard { code: GUARD_REFUSED.into(), rule: Some("L-1".into()) });
}

#[test]
fn a_guard_that_refuses_gives_its_code() {
    let book = book("xiaoer-default");
    let lender = person(Party::Merchant, &["loans.decide"]);
    let refusal = take(&book, "requested", "reject", By::Person(&lender)).unwrap_err();
    assert_eq!((refusal.problem().status, refusal.problem().code.as_str()), (409, "loans.needs_photos"));
    let at =
        |photos| Situation { state: "requested", facts: Box::leak(Box::new(facts(photos, "none"))), counts: &|_| 0 };
    assert_eq!(choose(&book, &at(1), "reject", By::Person(&lender)).unwrap().to, "closed");
}

#[test]
fn counts_bound_how_often_an_event_is_taken() {
    let book = book("xiaoer-default");
    let borrower = person(Party::Buyer, &[]);
    for (n, is_taken) in [(0, true), (4, true), (5, false)] {
        let at = Situation {
            state: "requested",
            facts: &facts(0, "none"),
            counts: &move |event| if event == "modify" { n } else { 99 },
        };
        let chosen = choose(&book, &at, "modify", By::Person(&borrower));
        assert_eq!(chosen.is_ok(), is_taken, "{n}");
        assert!(chosen.is_err() || chosen.unwrap().is_self);
    }
}

#[test]
fn unknown_and_unaccepted_events_are_told_apart() {
    let book = book("xiaoer-default");
    let unknown = take(&book, "requested", "fly", By::System).unwrap_err().problem();
    assert_eq!((unknown.status, unknown.code.as_str()), (404, "case.unknown_event"));
    let late = take(&book, "closed", "approve", By::System).unwrap_err().problem();
    assert_eq!((late.status, late.code.as_str(), late.params["state"].as_str()), (409, "case.not_accepted", "closed"));
}

#[test]
fn silence_takes_the_transition_of_the_act_under_its_own_name_and_rule() {
    let facts = facts(0, "none");
    let at = Situation { state: "requested", facts: &facts, counts: &|_| 0 };
    let default = book("xiaoer-default");
    let silent = choose_silence(&default, &at, "answer").unwrap();
    assert_eq!(
        (silent.event.as_str(), silent.taken.as_str(), silent.to.as_str()),
        ("silent_approve", "approve", "lent")
    );
    assert_eq!((silent.rule.as_deref(), silent.effects.len()), (Some("L-1"), 2));
    let strict = choose_silence(&book("strict"), &at, "answer").unwrap();
    assert_eq!(
        (strict.event.as_str(), strict.to.as_str(), strict.rule.as_deref()),
        ("answer_lapsed", "closed", Some("S-1"))
    );
    assert_eq!(choose_silence(&default, &at, "anser"), Err(Refusal::UnknownEvent("anser".into())));
}

#[test]
fn a_clock_of_the_case_is_found_from_every_state() {
    let book = book("xiaoer-default");
    assert_eq!(book.clock("fined", "term").unwrap().fire, "fine");
    assert!(book.clock("fined", "receipt").is_none());
    let facts = facts(0, "none");
    let at = |state| Situation { state, facts: &facts, counts: &|_| 0 };
    assert_eq!(choose_silence(&book, &at("lent"), "term").unwrap().to, "fined");
    assert!(matches!(choose_silence(&book, &at("requested"), "term"), Err(Refusal::NotAccepted { .. })));
}

#[test]
fn a_fact_that_was_not_loaded_refuses_with_an_alarm_and_not_a_guess() {
    let book = book("xiaoer-default");
    let lender = person(Party::Merchant, &["loans.decide"]);
    let empty = Facts::of(&Loan::VOCABULARY);
    let at = Situation { state: "requested", facts: &empty, counts: &|_| 0 };
    let refusal = choose(&book, &at, "reject", By::Person(&lender)).unwrap_err();
    assert_eq!(refusal, Refusal::Evaluation(EvalError::Fact(FactError::NotLoaded("contacted"))));
    assert_eq!(refusal.problem().status, 500);
}

#[test]
fn the_acts_of_a_person_are_listed_with_why_not() {
    let book = book("xiaoer-default");
    let facts = facts(0, "none");
    let at = Situation { state: "requested", facts: &facts, counts: &|_| 0 };
    let shown = |party, permissions: &[&str]| {
        let acts = allowed(&book, &at, &person(party, permissions));
        acts.into_iter().map(|a| (a.event.to_owned(), a.to.to_owned(), a.enabled, a.why_not)).collect::<Vec<_>>()
    };
    let lender = shown(Party::Merchant, &["loans.decide"]);
    assert_eq!(lender[0], ("approve".into(), "lent".into(), true, None));
    assert_eq!(lender[1], ("reject".into(), "closed".into(), false, Some("loans.needs_photos".into())));
    assert_eq!(lender.len(), 2);
    assert_eq!(shown(Party::Buyer, &[]).iter().map(|a| a.0.as_str()).collect::<Vec<_>>(), ["modify", "withdraw"]);
    assert!(shown(Party::Merchant, &[]).is_empty() && shown(Party::Platform, &["loans.decide"]).is_empty());
    let reject = allowed(&book, &at, &person(Party::Merchant, &["loans.decide"]));
    assert_eq!(reject[0].label.unwrap().consequence.en, "Lends it");
}

proptest! {
    #[test]
    fn what_is_listed_as_enabled_is_what_choose_takes(
        state in prop::sample::select(vec!["requested", "lent", "fined", "closed"]), photos in 0i64..3, tries in 0i64..7,
        tracking in prop::sample::select(vec!["none", "moving", "delivered"]), party in 0usize..5, is_permitted: bool,
    ) {
        let book = book("strict");
        let party = [Party::Buyer, Party::Merchant, Party::Platform, Party::Courier, Party::System][party];
        let who = person(party, if is_permitted { &["loans.decide"] } else { &[] });
        let facts = facts(photos, tracking);
        let at = Situation { state, facts: &facts, counts: &|_| tries };
        let acts = allowed(&book, &at, &who);
        for event in book.book().events.keys() {
            let act = acts.iter().find(|a| a.event == event);
            match choose(&book, &at, event, By::Person(&who)) {
                Ok(decision) => prop_assert_eq!(act.map(|a| (a.enabled, a.to)), Some((true, decision.to.as_str()))),
                Err(refusal @ Refusal::Guard { .. }) => {
                    prop_assert_eq!(act.and_then(|a| a.why_not.clone()), Some(refusal.problem().code));
                }
                Err(_) => prop_assert!(act.is_none()),
            }
        }
    }
}
