#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::engine::{Case, Effects, Engine, Grant, HistoryRow, Kind, Ready};
use crate::facts::{FactSet, FactValue, Facts};
use crate::fixture::{BASE, Loan, MACHINE, ShopEffect, library, with};
use crate::model::EffectCall;
use crate::vocabulary::{EffectSpec, Vocabulary};
use std::collections::HashMap;
use std::sync::Arc;
use xr_base::calendar::{DayTables, Interval};
use xr_base::{CaseId, Currency, Fault, Instant, Millis, Party};
use xr_store::Tx;

/// The loan; its acts change nothing but what the machine says.
struct Loans;

impl Kind for Loans {
    fn vocabulary(&self) -> &'static Vocabulary {
        &Loan::VOCABULARY
    }

    fn facts(&self, _tx: &mut Tx<'_>, _case: &Case, _need: FactSet) -> Result<Facts, Fault> {
        Ok(Facts::of(&Loan::VOCABULARY))
    }
}

/// Putting the umbrella back earns 5 yuan.
struct Shop;

impl Effects for Shop {
    fn specs(&self) -> &'static [EffectSpec] {
        ShopEffect::SPECS
    }

    fn apply(&self, _tx: &mut Tx<'_>, _grant: &Grant<'_>, _case: &Case, _call: &EffectCall) -> Result<(), Fault> {
        Ok(())
    }

    fn relive(&self, call: &EffectCall, family: &mut Family<'_>, me: usize) {
        if call.name == "shop.restock" {
            family.pay(me, "earned", 500);
        }
    }
}

const T0: Instant = Instant(1_767_578_400_000);

fn hours(n: i64) -> Instant {
    T0 + Millis::hours(n)
}

/// A recorded row: hours after the opening, event, its act, actor, from, to, rule.
fn row(
    hour: i64,
    (event, taken): (&str, &str),
    actor: &str,
    (from, to): (&str, &str),
    rule: Option<&str>,
) -> HistoryRow {
    let party = match actor {
        "clock" => Party::System,
        "usr_lender" => Party::Merchant,
        _ => Party::Buyer,
    };
    HistoryRow {
        seq: 0,
        at: hours(hour),
        recorded_at: hours(hour),
        event: event.to_owned(),
        taken_as: taken.to_owned(),
        actor: actor.to_owned(),
        party,
        from_state: from.to_owned(),
        to_state: to.to_owned(),
        rule: rule.map(str::to_owned),
        clock_id: None,
        note: None,
    }
}

fn facts(photos: i64) -> Facts {
    let mut facts = Facts::of(&Loan::VOCABULARY);
    facts.set(Loan::contacted, true);
    facts.set(Loan::photos, photos);
    facts.choose(Loan::tracking, "none").unwrap();
    facts.set_absent(Loan::delivered_at);
    facts.set(Loan::term_ends, hours(2_000));
    facts
}

/// A loan that was opened at T0 under the base pack, with what happened then.
fn loan(photos: i64, rows: Vec<HistoryRow>) -> Recorded {
    let first = row(0, ("opened", "opened"), "usr_borrower", ("", "requested"), None);
    let rows: Vec<HistoryRow> = std::iter::once(first).chain(rows).collect();
    let case = Case {
        id: CaseId(7),
        kind: "loan".to_owned(),
        state: rows.last().unwrap().to_state.clone(),
        version: 1,
        rulebook: 1,
        parent_id: None,
        merchant_org: None,
        shop_id: None,
        buyer_id: None,
        owner_party: None,
        owner_org: None,
        opened_at: T0,
        entered_at: T0,
        due_at: None,
        closed_at: None,
    };
    let past = Past { currency: Some(Currency::Cny), ..Past::as_now(facts(photos)) };
    Recorded { case, rows, past, places: Vec::new() }
}

fn strict(clock: &str) -> String {
    format!(
        "[pack]\nname = \"strict\"\nversion = \"1\"\nzh = \"严\"\nen = \"Strict\"\nbase = \"xiaoer-default\"\n\
         [rule.S-1]\nzh = \"一\"\nen = \"one\"\nsource = \"s\"\ncertainty = \"A\"\n{clock}"
    )
}

/// The course under its own rules and under a pack with these lines.
fn both(told: &Recorded, lines: &str, horizon: i64, outages: &[Interval]) -> (Course, Course) {
    let pack = strict(lines);
    let library = library(MACHINE, &[BASE, &pack]).unwrap();
    let ready = |pack: &str| Arc::new(Ready::new(1, Arc::new(library.rulebook("loan", pack).unwrap())).unwrap());
    let own = HashMap::from([(1, ready("xiaoer-default"))]);
    let books = HashMap::from([("loan".to_owned(), ready("strict"))]);
    let shop: Arc<dyn Effects> = Arc::new(Shop);
    let engine = Engine::new(DayTables::shipped().clone()).with_kind(Arc::new(Loans)).with_effects(&shop);
    let world = World {
        engine: &engine,
        tables: DayTables::shipped(),
        own: &own,
        pack: None,
        outages,
        horizon: hours(horizon),
    };
    let family = std::slice::from_ref(told);
    let old = live(&world, family).remove(0);
    let new = live(&World { pack: Some(&books), ..world }, family).remove(0);
    (old, new)
}

const DAY: &str = "[loan.requested.clock.answer]\nafter = \"24h\"\nrule = \"S-1\"\n";

fn sorts(divergence: &Divergence) -> Vec<Sort> {
    divergence.sorts.iter().copied().collect()
}

#[test]
fn an_act_that_comes_after_the_new_silence_is_dropped_and_money_moves() {
    let told = loan(1, vec![row(30, ("withdraw", "withdraw"), "usr_borrower", ("requested", "closed"), None)]);
    let (old, new) = both(&told, DAY, 100, &[]);
    assert_eq!(against_record(&old, &told), None);
    let silence = &new.steps[1];
    assert_eq!(
        (silence.at, silence.event.as_str(), silence.rule.as_deref()),
        (hours(24), "silent_approve", Some("S-1"))
    );
    assert!(silence.is_silence());
    let dropped = &new.dropped[0];
    assert_eq!((dropped.at, dropped.event.as_str(), dropped.state.as_str()), (hours(30), "withdraw", "lent"));
    assert_eq!(dropped.why, Why::NotAccepted);
    let divergence = compare(&old, &new);
    assert_eq!(sorts(&divergence), [Sort::End, Sort::Time, Sort::Money]);
    assert_eq!(divergence.money, [("earned", 500)]);
    assert_eq!(divergence.rules.into_iter().collect::<Vec<_>>(), ["S-1"]);
}

#[test]
fn an_act_in_time_for_both_changes_nothing() {
    let told = loan(1, vec![row(5, ("withdraw", "withdraw"), "usr_borrower", ("requested", "closed"), None)]);
    let (old, new) = both(&told, DAY, 100, &[]);
    assert_eq!((against_record(&old, &told), sorts(&compare(&old, &new))), (None, Vec::new()));
    assert_eq!(old, new);
}

#[test]
fn a_new_guard_refuses_by_todays_facts_and_says_that_it_is_not_sure() {
    let guard = "[loan.requested.on.reject]\nwhen = \"facts.photos > 1\"\n";
    let told = loan(1, vec![row(5, ("reject", "reject"), "usr_lender", ("requested", "closed"), None)]);
    let (old, new) = both(&told, guard, 20, &[]);
    assert_eq!(against_record(&old, &told), None);
    assert!(old.uncertain.iter().all(|fact| *fact != "photos"), "the record answered: {:?}", old.uncertain);
    assert_eq!((new.dropped[0].why, new.state.as_str()), (Why::Refused, "requested"));
    assert!(new.uncertain.contains("photos"));
}

#[test]
fn where_todays_facts_contradict_the_record_the_record_counts_under_equal_guards() {
    // The photo was taken back since: by today's facts the rejection would be refused.
    let told = loan(0, vec![row(5, ("reject", "reject"), "usr_lender", ("requested", "closed"), None)]);
    let (old, new) = both(&told, DAY, 100, &[]);
    assert_eq!(against_record(&old, &told), None);
    assert_eq!(old.by_record.iter().collect::<Vec<_>>(), ["requested.reject"]);
    assert_eq!((new.state.as_str(), new.dropped.len()), ("closed", 0));
}

#[test]
fn of_an_open_case_the_running_due_is_compared() {
    let (old, new) = both(&loan(1, Vec::new()), DAY, 10, &[]);
    assert_eq!((old.due_at(), new.due_at()), (Some(hours(48)), Some(hours(24))));
    let divergence = compare(&old, &new);
    assert_eq!((sorts(&divergence), divergence.later_ms), (vec![Sort::Time], None));
    assert!(divergence.rules.contains("S-1") && divergence.rules.contains("L-1"));
}

#[test]
fn a_pause_of_the_pack_moves_the_silence() {
    let pause = "[pause.stop]\nfrom = \"2026-01-05T04:00:00Z\"\nto = \"2026-01-05T14:00:00Z\"\nzh = \"停\"\nen = \"Stop\"\n\
                 [loan.requested.clock.answer]\nafter = \"48h\"\nrule = \"L-1\"\npauses = [\"stop\"]\n";
    let silent = row(48, ("silent_approve", "approve"), "clock", ("requested", "lent"), Some("L-1"));
    let (old, new) = both(&loan(1, vec![silent]), pause, 60, &[]);
    assert_eq!((old.steps[1].at, new.steps[1].at), (hours(48), hours(58)));
}

#[test]
fn an_outage_stops_the_clocks_of_people_under_any_rules() {
    let outage = Interval { from: hours(20), to: Some(hours(30)) };
    let (old, new) = both(&loan(1, Vec::new()), DAY, 100, &[outage]);
    assert_eq!((old.steps[1].at, new.steps[1].at), (hours(58), hours(34)));
}

#[test]
fn clocks_of_one_state_fire_at_their_own_dues_and_those_of_the_case_run_on() {
    // Lent by silence, never delivered: 15 days from the entry, while the term runs over the whole case.
    let (old, _) = both(&loan(1, Vec::new()), DAY, 48 + 361, &[]);
    let events: Vec<(&str, Instant)> = old.steps.iter().map(|s| (s.event.as_str(), s.at)).collect();
    assert_eq!(events, [("opened", T0), ("silent_approve", hours(48)), ("give_up", hours(48 + 360))]);
    assert!(old.pending.is_empty() && old.closed_at == Some(hours(408)));
}

#[test]
fn a_clock_whose_guards_all_refuse_is_told_and_stands_no_longer_in_the_way() {
    let stands = with(
        MACHINE,
        "give_up = { by = \"clock\", to = \"closed\" }",
        "give_up = { by = \"clock\", when = \"facts.photos > 9\", to = \"closed\" }",
    );
    let library = library(&stands, &[BASE]).unwrap();
    let ready = Arc::new(Ready::new(1, Arc::new(library.rulebook("loan", "xiaoer-default").unwrap())).unwrap());
    let own = HashMap::from([(1, ready)]);
    let shop: Arc<dyn Effects> = Arc::new(Shop);
    let engine = Engine::new(DayTables::shipped().clone()).with_kind(Arc::new(Loans)).with_effects(&shop);
    let world = World {
        engine: &engine,
        tables: DayTables::shipped(),
        own: &own,
        pack: None,
        outages: &[],
        horizon: hours(500),
    };
    let course = live(&world, &[loan(1, Vec::new())]).remove(0);
    assert_eq!(course.stuck.as_deref(), Some("receipt: case.guard_refused"));
    assert_eq!(course.state, "lent");
}

#[test]
fn a_report_adds_up_and_keeps_its_order() {
    let told = loan(1, vec![row(30, ("withdraw", "withdraw"), "usr_borrower", ("requested", "closed"), None)]);
    let (old, new) = both(&told, DAY, 500, &[]);
    let mut report = Report::default();
    for id in [9, 3, 5] {
        report.add(CaseId(id), &old, &new);
    }
    report.add(CaseId(4), &old, &old);
    let report = report.finished();
    let totals = &report.kinds["loan"];
    assert_eq!((totals.cases, totals.same, totals.way, totals.money, totals.dropped), (4, 1, 3, 3, 3));
    assert_eq!(totals.silent, (0, 3));
    let later = Millis::hours(24 + 360 - 30).0;
    let found = totals.later_ms.unwrap();
    assert_eq!((found.count, found.min, found.p50, found.max), (3, later, None, later));
    assert_eq!(report.money["CNY"]["earned"], Tally { before: 0, after: 1_500 });
    assert_eq!(report.changed.iter().map(|c| c.case.0).collect::<Vec<_>>(), [3, 5, 9]);
}

#[test]
fn quantiles_are_of_the_sorted_values() {
    let mut values: Vec<i64> = (0..=100).rev().collect();
    let q = Quantiles::of(&mut values).unwrap();
    assert_eq!((q.count, q.min, q.p5, q.p50, q.p95, q.max), (101, 0, Some(5), Some(50), Some(95), 100));
    assert_eq!(Quantiles::of(&mut []), None);
}

#[test]
fn fewer_than_twenty_values_have_a_range_and_no_quantiles() {
    let of = |count: i64| Quantiles::of(&mut (1..=count).collect::<Vec<_>>()).unwrap();
    let few = of(19);
    assert_eq!((few.count, few.min, few.p5, few.p50, few.p95, few.max), (19, 1, None, None, None, 19));
    let enough = of(20);
    assert_eq!((enough.p5, enough.p50, enough.p95), (Some(1), Some(10), Some(19)));
}

#[test]
fn clocks_that_run_stand_by_their_dues_and_have_the_name_of_what_they_bring() {
    // The machine names the receipt first, and the term ends before it.
    let mut told = loan(1, vec![row(5, ("approve", "approve"), "usr_lender", ("requested", "lent"), None)]);
    told.past.now.set(Loan::term_ends, hours(100));
    let (old, _) = both(&told, DAY, 20, &[]);
    let clocks: Vec<(&str, &str)> = old.pending.iter().map(|p| (p.clock.as_str(), p.event.as_str())).collect();
    let dues: Vec<Option<Instant>> = old.pending.iter().map(|p| p.due_at).collect();
    assert_eq!(
        (clocks, dues),
        (vec![("term", "fine"), ("receipt", "give_up")], vec![Some(hours(100)), Some(hours(365))])
    );
}

#[test]
fn a_fact_with_an_instant_ahead_is_not_there_yet() {
    let mut told = loan(1, vec![row(5, ("approve", "approve"), "usr_lender", ("requested", "lent"), None)]);
    told.past.now.set(Loan::delivered_at, hours(100));
    let (old, _) = both(&told, DAY, 200, &[]);
    // It was not known at the entry, and nobody told the clock when it came.
    assert_eq!(old.pending.iter().find(|p| p.clock == "receipt").unwrap().due_at, Some(hours(5 + 360)));
    told.past.marks.push(Mark { name: "delivered", at: hours(100), known: hours(110), is_news: true });
    let (old, _) = both(&told, DAY, 200, &[]);
    assert_eq!(old.pending.iter().find(|p| p.clock == "receipt").unwrap().due_at, Some(hours(100 + 240)));
    assert_eq!(told.past.now.get("photos"), Some(&FactValue::Int(1)));
}
