//! Two or more broken machines for every clause, each with the line and the path that it is told with.
#![allow(clippy::unwrap_used)]

use super::check;
use crate::fixture::{line, with};
use crate::{EffectSpec, Finding, Library};
use std::fmt::Write as _;

crate::kind! {
    /// A parcel that somebody asks for.
    Parcel = "parcel" {
        events { Approve = "approve", Reject = "reject", Ask = "ask", Cancel = "cancel" }
        facts {
            urgent: bool "it is urgent",
            weight: int "kilograms",
            place: enum("shop", "road", "home") "where it is",
            seen_at: instant? "the last scan",
            ends_at: instant "agreed end",
        }
        tags { "open" }
    }
}

crate::kind! {
    /// Money for it.
    Refund = "refund" { events { Pay = "pay" } facts { owed: bool "it is owed" } tags { } }
}

const PARCEL: &str = r#"
[machine]
kind = "parcel"
start = "asked"
zh = "包裹"
en = "Parcel"
[actor.seller]
party = "merchant"
zh = "卖家"
en = "Seller"
[actor.buyer]
party = "buyer"
zh = "买家"
en = "Buyer"
[event]
approve = { zh = "同意", en = "Approve" }
reject = { zh = "拒绝", en = "Reject" }
ask = { zh = "再问", en = "Ask again" }
cancel = { zh = "取消", en = "Cancel" }
silent = { zh = "沉默", en = "Silence" }
lapse = { zh = "逾期", en = "Lapsed" }
hurry = { zh = "催办", en = "Hurry" }
"refund.done" = { zh = "退款结束", en = "Refund ended" }

[state.asked]
zh = "已申请"
en = "Asked"
owner = "seller"
tags = ["open"]
clock.answer = { after = "48h", rule = "P-1", fire = "silent", as = "approve" }
on.approve = { by = "seller", to = "paying" }
on.reject = { by = "seller", to = "refused", when = "facts.weight > 3" }
on.cancel = { by = "buyer", to = "closed" }

[state.refused]
zh = "已拒绝"
en = "Refused"
owner = "buyer"
clock.reply = { after = "7d", rule = "P-1", fire = "lapse" }
on.ask = { by = "buyer", to = "asked" }
on.lapse = [{ by = "clock", to = "closed" }]

[state.paying]
zh = "退款中"
en = "Paying"
owner = "system"
waits_for = "refund"
clock.reminder = { after = "24h", fire = "hurry" }
on."refund.done" = { by = "system", to = "closed" }
on.hurry = { by = "clock", to = "paying", restart = true }

[state.closed]
zh = "已结束"
en = "Closed"
final = true
"#;

const REFUND: &str = r#"
[machine]
kind = "refund"
start = "due"
zh = "退款"
en = "Refund"
[event]
pay = { zh = "支付", en = "Pay" }
float = { zh = "垫付", en = "Advance" }
[state.due]
zh = "待付"
en = "Due"
owner = "system"
clock.payout = { after = "1wd", fire = "float" }
on.pay = { by = "system", to = "paid" }
on.float = { by = "clock", to = "paid" }
[state.paid]
zh = "已付"
en = "Paid"
final = true
"#;

const PACK: &str = r#"
[pack]
name = "xiaoer-default"
version = "1"
zh = "默认"
en = "Default"
[rule.P-1]
zh = "四十八小时内答复"
en = "An answer within 48 h"
source = "house rules"
certainty = "E"
"#;

fn findings(parcel: &str, refund: &str, pack: &str) -> Vec<Finding> {
    let source = |file: &str, text: &str| (file.to_owned(), text.to_owned());
    let machines = [source("parcel.toml", parcel), source("refund.toml", refund)];
    let effects: Vec<&'static EffectSpec> = Vec::new();
    let vocabularies = vec![&Parcel::VOCABULARY, &Refund::VOCABULARY];
    match Library::from_sources(&machines, &[source("pack.toml", pack)], vocabularies, effects) {
        Ok(library) => check(&library, "xiaoer-default"),
        Err(findings) => findings,
    }
}

/// Breaks the parcel by replacing `old`; the findings must be `told`: the text on their line, a part of the message, the path.
fn broken(old: &str, new: &str, told: &[(&str, &str, &str)]) {
    let text = with(PARCEL, old, new);
    assert_told(&findings(&text, REFUND, PACK), &text, "parcel.toml", told);
}

fn assert_told(found: &[Finding], text: &str, file: &str, told: &[(&str, &str, &str)]) {
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), told.len(), "{lines:#?}");
    for (finding, (anchor, message, path)) in found.iter().zip(told) {
        assert_eq!((finding.at.file.as_str(), finding.at.line), (file, line(text, anchor)), "{finding}");
        assert!(finding.message.contains(message), "{finding}");
        let steps: Vec<String> = finding.path.iter().map(|s| format!("{} -{}-> ", s.from, s.via)).collect();
        let steps = steps.concat();
        let end = finding.path.last().map_or("", |s| &s.to);
        assert_eq!(format!("{steps}{end}"), *path, "{finding}");
    }
}

#[test]
fn the_whole_machine_keeps_its_promises() {
    assert_eq!(findings(PARCEL, REFUND, PACK), []);
}

#[test]
fn words_outside_the_vocabulary_and_guards_of_wrong_type_come_through_the_checker() {
    broken("facts.weight > 3", "facts.wieght > 3", &[("on.reject", "no fact `wieght`", "")]);
    broken("facts.weight > 3", "facts.weight", &[("on.reject", "expected a truth value, found an integer", "")]);
    broken(r#"to = "refused", when"#, r#"to = "refuse", when"#, &[("on.reject", "there is no state `refuse`", "")]);
}

#[test]
fn a_state_that_no_case_comes_to_is_told() {
    broken(
        r#"on.reject = { by = "seller", to = "refused", when"#,
        r#"on.reject = { by = "seller", to = "closed", when"#,
        &[("[state.refused]", "no case ever comes here", "")],
    );
    // The guard of the second alternative can never decide: the first has none.
    let on = r#"on.reject = { by = "seller", to = "refused", when = "facts.weight > 3" }"#;
    let shadowed = r#"on.reject = [{ by = "seller", to = "closed" }, { by = "seller", to = "refused" }]"#;
    broken(on, shadowed, &[("[state.refused]", "no case ever comes here", "")]);
    let never = r#"on.reject = [{ by = "seller", to = "closed", when = "facts.weight < 9" }, { by = "seller", to = "refused", when = "facts.weight < 5" }]"#;
    broken(on, never, &[("[state.refused]", "no case ever comes here", "")]);
}

#[test]
fn a_state_that_silence_does_not_end_is_told_with_the_way_there() {
    let clock = "clock.reply = { after = \"7d\", rule = \"P-1\", fire = \"lapse\" }\n";
    let lapse = "on.lapse = [{ by = \"clock\", to = \"closed\" }]";
    let text = with(&with(PARCEL, clock, ""), lapse, "on.approve = { by = \"seller\", to = \"closed\" }");
    let text = with(&text, "lapse = { zh = \"逾期\", en = \"Lapsed\" }\n", "");
    let told = [("[state.refused]", "the state has no clock", "asked -reject-> refused")];
    assert_told(&findings(&text, REFUND, PACK), &text, "parcel.toml", &told);

    // A self-transition uses its clock up.
    broken(
        r#"on.lapse = [{ by = "clock", to = "closed" }]"#,
        r#"on.lapse = [{ by = "clock", to = "refused" }]"#,
        &[("clock.reply", "no clock is left", "asked -reject-> refused -clock reply-> refused")],
    );
    // One outcome of a guard is enough to get stuck.
    broken(
        r#"on.lapse = [{ by = "clock", to = "closed" }]"#,
        r#"on.lapse = [{ by = "clock", to = "closed", when = "facts.urgent" }, { by = "clock", to = "refused" }]"#,
        &[("clock.reply", "no clock is left", "asked -reject-> refused -clock reply-> refused")],
    );
}

#[test]
fn clocks_that_go_round_for_ever_are_told_with_one_round() {
    broken(
        r#"on.lapse = [{ by = "clock", to = "closed" }]"#,
        r#"on.lapse = [{ by = "clock", to = "refused", restart = true }]"#,
        &[("clock.reply", "for ever", "asked -reject-> refused -clock reply-> refused")],
    );
    let ring = with(
        PARCEL,
        r#"on.approve = { by = "seller", to = "paying" }"#,
        r#"on.approve = [{ by = "seller", to = "paying", when = "facts.urgent" }, { by = "seller", to = "refused" }]"#,
    );
    let ring = with(
        &ring,
        r#"on.lapse = [{ by = "clock", to = "closed" }]"#,
        r#"on.lapse = [{ by = "clock", to = "asked" }]"#,
    );
    let told = [("clock.answer", "for ever", "asked -clock answer-> refused -clock reply-> asked")];
    assert_told(&findings(&ring, REFUND, PACK), &ring, "parcel.toml", &told);
}

#[test]
fn a_ring_that_a_count_bounds_is_no_fault_and_another_count_does_not_bound_it() {
    let lapse = r#"on.lapse = [{ by = "clock", to = "closed" }]"#;
    let bounded = |guard: &str| {
        format!(
            r#"on.lapse = [{{ by = "clock", when = "{guard}", to = "refused", restart = true }}, {{ by = "clock", to = "closed" }}]"#
        )
    };
    for guard in [
        "counts.lapse < 3",
        "counts.lapse <= 2 && facts.urgent",
        "3 > counts.lapse",
        "counts.lapse == 0",
        "counts.lapse in [0, 1]",
        "!(counts.lapse >= 2)",
    ] {
        broken(lapse, &bounded(guard), &[]);
    }
    for guard in
        ["counts.ask < 3", "counts.lapse < 3 || facts.urgent", "counts.lapse > 3", "counts.lapse < facts.weight"]
    {
        let round = "asked -reject-> refused -clock reply-> refused";
        broken(lapse, &bounded(guard), &[("clock.reply", "for ever", round)]);
    }
    // The alternative before it takes what is over the bound.
    let before = r#"on.lapse = [{ by = "clock", when = "counts.lapse >= 2", to = "closed" }, { by = "clock", to = "refused", restart = true }]"#;
    broken(lapse, before, &[]);
}

#[test]
fn a_child_that_may_never_end_does_not_end_its_parent() {
    let endless = with(
        REFUND,
        r#"on.float = { by = "clock", to = "paid" }"#,
        r#"on.float = { by = "clock", to = "due", restart = true }"#,
    );
    let found = findings(PARCEL, &endless, PACK);
    assert_eq!(found.len(), 2, "{found:#?}");
    let round = "asked -approve-> paying -clock reminder-> paying";
    assert_told(&found[..1], PARCEL, "parcel.toml", &[("clock.reminder", "for ever", round)]);
    assert_told(&found[1..], &endless, "refund.toml", &[("clock.payout", "for ever", "due -clock payout-> due")]);
    // The end of the child may be refused, and then only the reminder is left.
    broken(
        r#"on."refund.done" = { by = "system", to = "closed" }
on.hurry = { by = "clock", to = "paying", restart = true }"#,
        r#"on."refund.done" = { by = "system", to = "closed", when = "facts.urgent" }
on.hurry = { by = "clock", to = "paying" }"#,
        &[(
            "clock.reminder",
            "no clock is left",
            "asked -approve-> paying -end of refund-> paying -clock reminder-> paying",
        )],
    );
}

#[test]
fn kinds_that_wait_for_each_other_wait_for_ever() {
    let refund = with(REFUND, "owner = \"system\"\n", "owner = \"system\"\nwaits_for = \"parcel\"\n");
    let refund = with(
        &refund,
        r#"on.float = { by = "clock", to = "paid" }"#,
        "on.\"parcel.done\" = { by = \"system\", to = \"paid\" }\non.float = { by = \"clock\", to = \"due\", restart = true }",
    );
    let refund = with(&refund, "[event]\n", "[event]\n\"parcel.done\" = { zh = \"完\", en = \"Done\" }\n");
    let found = findings(PARCEL, &refund, PACK);
    assert_eq!(found.iter().filter(|f| f.message.contains("for ever")).count(), 2, "{found:#?}");
}

#[test]
fn a_state_without_owner_is_told() {
    broken("owner = \"buyer\"\n", "", &[("[state.refused]", "no owner", "asked -reject-> refused")]);
    broken("owner = \"seller\"\n", "", &[("[state.asked]", "no owner", "")]);
}

#[test]
fn a_clock_that_a_guard_may_refuse_is_told() {
    broken(
        r#"on.approve = { by = "seller", to = "paying" }"#,
        r#"on.approve = { by = "seller", to = "paying", when = "facts.urgent" }"#,
        &[("on.approve", "may refuse `approve` when the clock `answer` runs out", "")],
    );
    let lapse = r#"on.lapse = [{ by = "clock", to = "closed" }]"#;
    let two = |a: &str, b: &str| {
        format!(
            r#"on.lapse = [{{ by = "clock", to = "closed", when = "{a}" }}, {{ by = "clock", to = "asked", when = "{b}" }}]"#
        )
    };
    broken(
        lapse,
        &two("facts.place == 'shop'", "facts.place == 'road'"),
        &[("on.lapse", "may refuse `lapse`", "asked -reject-> refused")],
    );
    // Guards that leave nothing over refuse nothing.
    for (a, b) in [
        ("facts.urgent", "!facts.urgent"),
        ("facts.weight < 5", "facts.weight >= 5"),
        ("facts.place == 'shop'", "facts.place in ['road', 'home']"),
    ] {
        broken(lapse, &two(a, b), &[]);
    }
}

#[test]
fn a_clock_of_the_case_that_finds_a_deaf_state_is_told() {
    let clock = r#"clock.answer = { after = "48h", rule = "P-1", fire = "silent", as = "approve" }"#;
    let case = format!(
        "{clock}\nclock.whole = {{ after = \"9d\", scope = \"case\", fire = \"end\" }}\non.end = {{ by = \"clock\", to = \"closed\" }}"
    );
    let label = ("silent = { zh", "end = { zh = \"终\", en = \"End\" }\nsilent = { zh");
    let text = with(&with(PARCEL, clock, &case), label.0, label.1);
    let told = [
        ("clock.whole", "`end` is not accepted here", "asked -reject-> refused"),
        ("clock.whole", "`end` is not accepted here", "asked -approve-> paying"),
    ];
    assert_told(&findings(&text, REFUND, PACK), &text, "parcel.toml", &told);
    let heard = with(&text, "on.lapse", "on.end = { by = \"clock\", to = \"closed\" }\non.lapse");
    let heard = with(&heard, "on.hurry", "on.end = { by = \"clock\", to = \"closed\" }\non.hurry");
    assert_eq!(findings(&heard, REFUND, PACK), []);
}

#[test]
fn reminders_that_may_be_due_at_once_spin() {
    let round = "asked -approve-> paying -clock reminder-> paying";
    let told = [("clock.reminder", "without time passing", round)];
    broken("after = \"24h\", fire", "after = \"at facts.ends_at\", fire", &told);
    broken("after = \"24h\", fire", "after = \"24h\", anchor = \"facts.ends_at\", fire", &told);
    broken("after = \"24h\", fire", "after = \"T+0 10:00\", fire", &told);
    broken("after = \"24h\", fire", "after = \"T+1 10:00\", fire", &[]);
}

#[test]
fn cited_rules_exist_and_speak_both_languages() {
    broken(
        "rule = \"P-1\", fire = \"lapse\"",
        "rule = \"P-2\", fire = \"lapse\"",
        &[("clock.reply", "no merged pack has the rule `P-2`", "")],
    );
    for (old, new) in [
        ("en = \"An answer within 48 h\"", "en = \"\""),
        ("zh = \"四十八小时内答复\"", "zh = \" \""),
        ("house rules", ""),
    ] {
        let pack = with(PACK, old, new);
        assert_told(&findings(PARCEL, REFUND, &pack), &pack, "pack.toml", &[("[rule.P-1]", "lacks its text", "")]);
    }
}

#[test]
fn what_only_a_clock_may_take_needs_a_clock() {
    let told = [("on.ask", "no clock of the state fires it", "")];
    broken(r#"on.ask = { by = "buyer", to = "asked" }"#, r#"on.ask = { by = "clock", to = "asked" }"#, &told);
    let second = r#"on.ask = [{ by = "buyer", to = "asked" }, { by = "clock", to = "closed" }]"#;
    broken(r#"on.ask = { by = "buyer", to = "asked" }"#, second, &told);
}

#[test]
fn actors_exist_and_somebody_may_act() {
    broken(r#"on.ask = { by = "buyer""#, r#"on.ask = { by = "byer""#, &[("on.ask", "there is no actor `byer`", "")]);
    broken(r#"on.ask = { by = "buyer""#, r"on.ask = { by = []", &[("on.ask", "does not say `by` whom", "")]);
}

#[test]
fn an_end_is_an_end() {
    broken(
        "final = true",
        "final = true\nowner = \"buyer\"",
        &[("[state.closed]", "neither owner, clocks nor events", "")],
    );
    broken(
        "final = true",
        "final = true\non.ask = { by = \"buyer\", to = \"asked\" }",
        &[("[state.closed]", "neither owner, clocks nor events", "")],
    );
}

#[test]
fn lengths_and_calendars_can_be_read_and_suit_each_other() {
    let reply = "after = \"7d\", rule";
    let told = |message| [("clock.reply", message, "")];
    broken(reply, "after = \"7 days\", rule", &told("the length \"7 days\""));
    broken(reply, "after = \"7d\", calendar = \"lunar\", rule", &told("the calendar \"lunar\""));
    broken(reply, "after = \"2mo\", calendar = \"window 09:00-18:00\", rule", &told("has no meaning in the calendar"));
    broken(reply, "after = \"7d\", grace = \"soon\", rule", &told("the grace \"soon\""));
    broken(reply, "after = \"7d\", grace = \"1wd\", rule", &told("not in minutes, hours or days"));
    broken(
        reply,
        "after = \"7d\", alt = [{ when = \"facts.urgent\", after = \"1x\" }], rule",
        &told("the length \"1x\""),
    );
    broken(
        reply,
        "after = \"7d\", alt = [{ when = \"facts.urgent\", after = \"2mo\", calendar = \"working-days\" }], rule",
        &told("has no meaning"),
    );
    broken(
        reply,
        "after = \"7d\", alt = [{ when = \"counts.ask > 1\", after = \"1d\" }], rule",
        &told("not on counts"),
    );
    broken(reply, "after = \"7d\", anchor = \"facts.seen_at\", or_entered = \"1y\", rule", &told("the length \"1y\""));
}

#[test]
fn anchors_that_may_be_absent_need_a_length_from_entry() {
    let reply = "after = \"7d\", rule";
    broken(reply, "after = \"7d\", anchor = \"facts.seen_at\", rule", &[("clock.reply", "needs `or_entered`", "")]);
    broken(reply, "after = \"at facts.seen_at\", rule", &[("clock.reply", "needs `or_entered`", "")]);
}

#[test]
fn tags_labels_children_and_rules_of_silence_are_there() {
    broken("tags = [\"open\"]", "tags = [\"opne\"]", &[("[machine]", "no state carries the tag `open`", "")]);
    broken("en = \"Refused\"", "en = \" \"", &[("[state.refused]", "not named in both languages", "")]);
    broken("ask = { zh = \"再问\"", "ask = { zh = \"\"", &[("ask = { zh", "not named in both languages", "")]);
    broken("ask = { zh = \"再问\", ", "ask = { ", &[("ask = {", "lacks the key `zh`", "")]);
    broken("rule = \"P-1\", fire = \"silent\"", "fire = \"silent\"", &[("clock.answer", "`rule` is missing", "")]);
    let reply = "fire = \"lapse\" }\non.ask = { by = \"buyer\", to = \"asked\" }\non.lapse = [";
    let standing_in = "fire = \"ran_out\", as = \"lapse\" }\non.ask = { by = \"buyer\", to = \"asked\" }\non.lapse = [";
    let text =
        with(&with(PARCEL, reply, standing_in), "[event]\n", "[event]\nran_out = { zh = \"过\", en = \"Over\" }\n");
    let text = with(&text, "after = \"7d\", rule = \"P-1\", fire", "after = \"7d\", fire");
    assert_told(&findings(&text, REFUND, PACK), &text, "parcel.toml", &[("clock.reply", "`rule` is missing", "")]);
    let refund = with(REFUND, "owner = \"system\"\n", "owner = \"system\"\nwaits_for = \"parcl\"\n");
    let refund = with(&refund, "on.pay = {", "on.\"parcl.done\" = { by = \"system\", to = \"paid\" }\non.pay = {");
    let refund = with(&refund, "[event]\n", "[event]\n\"parcl.done\" = { zh = \"完\", en = \"Done\" }\n");
    let found = findings(PARCEL, &refund, PACK);
    assert_told(&found[..1], &refund, "refund.toml", &[("waits_for", "no machine of the kind `parcl`", "")]);
    let text = with(
        &with(PARCEL, "waits_for = \"refund\"", "waits_for = \"refnd\""),
        "on.\"refund.done\" = { by",
        "on.\"refnd.done\" = { by",
    );
    let text = with(&text, "\"refund.done\" = { zh", "\"refnd.done\" = { zh");
    let found = findings(&text, REFUND, PACK);
    assert_told(&found[..1], &text, "parcel.toml", &[("waits_for", "no machine of the kind `refnd`", "")]);
    assert_eq!(found[0].suggestion.as_deref(), Some("refund"));
}

#[test]
fn a_machine_whose_clocks_combine_in_too_many_ways_is_refused_quickly() {
    let (mut labels, mut events) = (String::new(), String::new());
    for n in 0..16 {
        let _ = writeln!(labels, "tick{n} = {{ zh = \"滴\", en = \"Tick\" }}");
        let _ = write!(
            events,
            "clock.c{n} = {{ after = \"1d\", fire = \"tick{n}\" }}\non.tick{n} = {{ by = \"clock\", to = \"refused\" }}\n"
        );
    }
    let text = with(PARCEL, "[event]\n", &format!("[event]\n{labels}"));
    let text = with(&text, "on.ask = {", &format!("{events}on.ask = {{"));
    let told = [("start = ", "too many to judge", "")];
    assert_told(&findings(&text, REFUND, PACK), &text, "parcel.toml", &told);
}
