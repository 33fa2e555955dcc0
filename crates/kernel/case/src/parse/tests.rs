#![allow(clippy::unwrap_used)]

use super::{machine, pack};
use crate::Finding;
use crate::fixture::{MACHINE, PACK, line, only, with};
use crate::model::{ClockScope, ParamValue};
use proptest::prelude::*;
use xr_base::Party;

fn broken(old: &str, new: &str) -> Vec<Finding> {
    machine("m.toml", &with(MACHINE, old, new)).unwrap_err()
}

#[test]
fn a_machine_is_read_with_all_its_parts() {
    let m = machine("m.toml", MACHINE).unwrap();
    assert_eq!((m.kind.as_str(), m.start.as_str(), m.states.len()), ("loan", "requested", 4));
    assert_eq!(
        (m.actors["lender"].party, m.actors["lender"].permission.as_deref()),
        (Party::Merchant, Some("loans.decide"))
    );
    assert_eq!(m.events["approve"].consequence.en, "Lends it");
    let answer = &m.states["requested"].clocks["answer"];
    assert_eq!(
        (answer.fire.as_str(), answer.event.as_str(), answer.calendar.as_str()),
        ("silent_approve", "approve", "natural")
    );
    assert_eq!(answer.warn_at, [50, 80, 95]);
    assert_eq!(answer.may_end_in["closed"].event, "withdraw");
    let lent = &m.states["lent"];
    assert_eq!(
        (lent.clocks["receipt"].anchor.as_deref(), lent.clocks["term"].scope),
        (Some("delivered_at"), ClockScope::Case)
    );
    assert_eq!(lent.on["return"].len(), 2);
    let call = &m.states["requested"].on["approve"][0].effects[1];
    assert_eq!((call.name.as_str(), &call.params["copies"]), ("shop.tell", &ParamValue::Int(2)));
    assert!(m.states["closed"].is_final && m.states["requested"].on["modify"][0].restart);
}

#[test]
fn a_pack_is_read_with_all_its_parts() {
    let p = pack("p.toml", PACK).unwrap();
    assert_eq!(
        (p.base.as_deref(), p.rules["S-1"].certainty, p.rules["S-1"].pack.as_str()),
        (Some("xiaoer-default"), 'A', "strict")
    );
    assert_eq!(p.clocks[0].target.path, "loan/state.requested.clock.answer");
    assert_eq!(
        (p.clocks[0].after.as_deref(), p.clocks[0].end.as_deref(), p.clocks[0].calendar.as_deref()),
        (Some("24h"), Some("closed"), None)
    );
    assert_eq!(p.guards[0].target.name, "reject");
    assert!(p.pauses.contains_key("spring"));
}

#[test]
fn an_unknown_key_is_found_at_its_line_with_the_key_that_was_meant() {
    let text = with(MACHINE, "fire = \"fine\"", "fires = \"fine\"");
    let findings = machine("m.toml", &text).unwrap_err();
    let unknown = findings.iter().find(|f| f.message.contains("unknown key")).unwrap();
    assert_eq!((unknown.at.line, unknown.suggestion.as_deref()), (line(&text, "fires ="), Some("fire")));
    assert_eq!((unknown.kind.as_deref(), unknown.state.as_deref()), (Some("loan"), Some("lent")));
    assert!(findings.iter().any(|f| f.message == "`term` lacks the key `fire`"));
}

#[test]
fn all_mistakes_of_a_file_are_found_at_once() {
    let text = with(
        &with(&with(MACHINE, "party = \"buyer\"", "party = \"byer\""), "final = true", "final = 1"),
        "after = \"10d\"",
        "after = 10",
    );
    let findings = machine("m.toml", &text).unwrap_err();
    let messages: Vec<&str> = findings.iter().map(|f| f.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "there is no party `byer`",
            "`after` must be a text, found an integer",
            "`final` must be true or false, found an integer"
        ]
    );
    assert_eq!(findings[0].suggestion.as_deref(), Some("buyer"));
}

#[test]
fn each_mistake_of_form_is_found() {
    for (old, new, part) in [
        ("[machine]", "[machin]", "begins with `[machine]`"),
        ("final = true", "final = true\nowner = \"lender\"", "neither owner, clocks nor events"),
        ("scope = \"case\"", "scope = \"cases\"", "`scope` is `state` or `case`"),
        ("anchor = \"facts.delivered_at\"", "anchor = \"delivered_at\"", "`entered` or `facts.NAME`"),
        ("text_en = \"Lends it\"", "text_en = \"\"", "one language only"),
        ("[state.fined]\n", "[state.Fined]\n", "not named with lower-case"),
        ("[actor.carrier]", "[actor.clock]", "is built in"),
        ("fire = \"give_up\"", "fire = \"give_up\"\nwarn_at = [80, 50]", "ascending per cents"),
        ("fire = \"give_up\"", "fire = \"give_up\"\nwarn_at = [0]", "ascending per cents"),
        ("give_up = { by = \"clock\", to = \"closed\" }", "give_up = { to = \"closed\" }", "does not say `by` whom"),
        ("after = \"10d\"", "after = \"10d\"\nafter = \"11d\"", "duplicate key"),
        ("after = \"10d\"", "after = ", ""),
        ("do = [\"shop.restock\",", "do = [1,", "`do` must be a text"),
    ] {
        let findings = broken(old, new);
        assert!(findings.iter().any(|f| f.message.contains(part)), "{new}: {findings:#?}");
    }
}

#[test]
fn each_mistake_in_a_pack_is_found() {
    for (old, new, part) in [
        ("base = \"xiaoer-default\"", "", "names no `base`"),
        ("certainty = \"A\"", "certainty = \"F\"", "one of A to E"),
        ("source_date = \"2026-01-01\"", "source_date = \"2026-13-01\"", "YYYY-MM-DD"),
        ("from = \"2026-02-16T00:00:00+08:00\"", "from = \"2026-02-16\"", "no moment"),
        ("grace = \"10m\"", "fire = \"x\"", "unknown key `fire`"),
        ("[loan.requested.on.reject]", "[loan.requested.off.reject]", "unknown key `off`"),
        (
            "[pause.spring]",
            "[floor.loan.requested.clock.answer]\nmin = \"1h\"\n[pause.spring]",
            "only the pack `statutory`",
        ),
        ("when = \"facts.photos > 1\"", "to = \"lent\"", "unknown key `to`"),
    ] {
        let findings = pack("p.toml", &with(PACK, old, new)).unwrap_err();
        assert!(findings.iter().any(|f| f.message.contains(part)), "{new}: {findings:#?}");
    }
    let (_, at, ..) = only(pack("p.toml", &with(PACK, "grace = \"10m\"", "fire = \"x\"")).unwrap_err());
    assert_eq!(at, line(PACK, "grace ="));
}

proptest! {
    #[test]
    fn no_text_makes_the_readers_panic(text in "[a-z\\[\\]={}.\"\n 0-9#']{0,120}") {
        let _ = (machine("m", &text), pack("p", &text));
    }

    #[test]
    fn a_machine_cut_anywhere_is_refused_or_read_but_never_panics(cut in 0..MACHINE.len()) {
        let end = (cut..MACHINE.len()).find(|i| MACHINE.is_char_boundary(*i)).unwrap_or(0);
        let _ = machine("m", &MACHINE[..end]);
    }
}
