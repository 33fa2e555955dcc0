//! Every single deletion from the shipped machines, and every single edge led elsewhere: the checker and the explorer say the same, and the shown path leads to the fault.
#![allow(clippy::unwrap_used)]

use super::explore::{Explorer, Verdict};
use super::tests::common;
use super::walk::{Machine, Walk};
use super::{Fault, FaultKind, loops, silence, subject};
use crate::compiled::Compiled;
use crate::merge::Merged;
use crate::model::Rulebook;
use std::collections::BTreeSet;

/// A deletion, in words, and the rulebook without the piece.
fn deletions(book: &Rulebook) -> Vec<(String, Rulebook)> {
    let mut out = Vec::new();
    let mut without = |what: String, cut: &dyn Fn(&mut Rulebook)| {
        let mut edited = book.clone();
        cut(&mut edited);
        out.push((format!("without {what}"), edited));
    };
    for (s, state) in &book.states {
        if state.owner.is_some() {
            without(format!("owner of {s}"), &|b| b.states[s].owner = None);
        }
        for clock in state.clocks.keys() {
            without(format!("clock {s}.{clock}"), &|b| {
                b.states[s].clocks.shift_remove(clock);
            });
        }
        for (event, row) in &state.on {
            for i in 0..row.len() {
                without(format!("edge {s}.{event}.{i}"), &|b| {
                    b.states[s].on[event].remove(i);
                    b.states[s].on.retain(|_, row| !row.is_empty());
                });
                if row[i].when.is_some() {
                    without(format!("guard {s}.{event}.{i}"), &|b| b.states[s].on[event][i].when = None);
                }
            }
        }
    }
    out
}

/// Every alternative led to every other state, with new clocks where it stays.
fn redirections(book: &Rulebook) -> Vec<(String, Rulebook)> {
    let mut out = Vec::new();
    for (s, state) in &book.states {
        for (event, row) in &state.on {
            for (i, t) in (0..row.len()).flat_map(|i| book.states.keys().map(move |t| (i, t))) {
                let mut edited = book.clone();
                let edge = &mut edited.states[s].on[event][i];
                edge.to.clone_from(t);
                edge.restart = s == t;
                out.push((format!("{s}.{event}.{i} to {t}"), edited));
            }
        }
    }
    out
}

fn verdict(faults: &[Fault]) -> Verdict {
    let of = |kind| faults.iter().filter(|f| f.kind == kind).map(|f| f.state.clone()).collect::<BTreeSet<_>>();
    Verdict {
        unreached: of(FaultKind::Unreached),
        ownerless: of(FaultKind::Ownerless),
        stuck: of(FaultKind::Stuck),
        refused: of(FaultKind::Refused),
        is_looping: !of(FaultKind::Loop).is_empty(),
    }
}

/// Plays the path of a fault; whether it ends in the fault.
fn leads_to(explorer: &Explorer<'_>, fault: &Fault) -> bool {
    let end = explorer.replay(BTreeSet::from([0]), &fault.path);
    let is_there = !end.is_empty() && end.iter().all(|i| explorer.plays[*i].state == fault.state);
    match fault.kind {
        FaultKind::Unreached => fault.path.is_empty(),
        FaultKind::Ownerless | FaultKind::Refused => is_there,
        FaultKind::Stuck => is_there && end.iter().any(|i| explorer.is_stuck(*i)),
        // Round and round again, more often than any count of the machine allows.
        FaultKind::Loop | FaultKind::Spin => {
            let starts = fault.path.iter().rposition(|step| step.from == fault.state).unwrap();
            let entry = fault.path.iter().position(|step| step.from == fault.state).unwrap();
            let round = |from| (0..9).fold(end.clone(), |at, _| explorer.replay(at, &fault.path[from..]));
            is_there && !(round(starts).is_empty() && round(entry).is_empty())
        }
    }
}

fn compare(what: &str, book: Rulebook, of: &Compiled) -> bool {
    let edited = Compiled::new(Merged { rulebook: book, origins: crate::Origins::default() }, of.vocabulary()).ok();
    // A guard that counts an event which is gone does not compile: that is a finding of words, not of promises.
    let Some(edited) = edited else { return false };
    let ends = BTreeSet::from(["refund".to_owned()]);
    let machine = Machine::new(&edited, &ends);
    let walk = Walk::of(&machine).unwrap();
    let mut faults = silence::faults(&machine, &walk);
    faults.extend(loops::faults(&machine, &walk).into_iter().filter(|f| f.kind == FaultKind::Loop));
    let explorer = Explorer::new(&edited, true);
    assert_eq!(verdict(&faults), explorer.verdict(), "{what}: {faults:#?}");
    for fault in &faults {
        assert!(leads_to(&explorer, fault), "{what}: the path does not show the fault {fault:#?}");
    }
    !faults.is_empty()
}

/// Two tries instead of five say the same, and are played through much faster.
fn fewer_tries(whole: &Compiled) -> Compiled {
    let json = whole.json().replace("< 5", "< 2");
    Compiled::from_json(&json, whole.vocabulary()).unwrap()
}

fn every_edit(kind: &str, edits: fn(&Rulebook) -> Vec<(String, Rulebook)>) -> (usize, usize) {
    let whole = subject(&common::shipped(), kind, "xiaoer-default").unwrap_or_else(|f| panic!("{f:?}")).book;
    let whole = fewer_tries(&whole);
    assert!(!compare("nothing", whole.book().clone(), &whole), "the whole machine keeps its promises");
    let edits = edits(whole.book());
    let all = edits.len();
    let broken = edits.into_iter().filter(|(what, book)| compare(&format!("{kind}, {what}"), book.clone(), &whole));
    (all, broken.count())
}

macro_rules! kinds {
    ($($name:ident: $kind:literal, $edits:ident, $least:literal;)+) => {$(
        #[test]
        fn $name() {
            let (all, broken) = every_edit($kind, $edits);
            assert!(broken >= $least, "{broken} of {all} edits break a promise");
        }
    )+};
}

kinds! {
    every_deletion_from_an_order_is_judged_alike: "order", deletions, 40;
    every_deletion_from_a_payment_is_judged_alike: "payment", deletions, 20;
    every_deletion_from_a_refund_is_judged_alike: "refund", deletions, 10;
    every_deletion_from_a_refund_without_return_is_judged_alike: "refund_only", deletions, 10;
    every_deletion_from_a_return_is_judged_alike: "return_refund", deletions, 20;
    every_deletion_from_an_exchange_is_judged_alike: "exchange", deletions, 20;
    every_edge_of_a_refund_led_elsewhere_is_judged_alike: "refund", redirections, 20;
    every_edge_of_a_payment_led_elsewhere_is_judged_alike: "payment", redirections, 60;
    every_edge_of_a_refund_without_return_led_elsewhere_is_judged_alike: "refund_only", redirections, 20;
}
