#![allow(clippy::unwrap_used)]

use crate::Compiled;
use crate::fixture::{BASE, Loan, MACHINE, PACK, ShopEffect, base_findings, book, findings, library, line, only, with};
use crate::model::EffectCall;
use crate::vocabulary::EffectError;

#[test]
fn the_base_alone_leaves_the_machine_as_it_is() {
    let book = book("xiaoer-default");
    let answer = &book.book().states["requested"].clocks["answer"];
    assert_eq!((answer.after.as_str(), answer.event.as_str(), answer.rule.as_deref()), ("48h", "approve", Some("L-1")));
    assert_eq!(book.book().rules.keys().collect::<Vec<_>>(), ["L-1", "L-2"]);
}

#[test]
fn a_pack_sets_numbers_guards_citations_and_the_consequence_of_silence() {
    let book = book("strict");
    let requested = &book.book().states["requested"];
    let answer = &requested.clocks["answer"];
    assert_eq!(
        (answer.after.as_str(), answer.fire.as_str(), answer.event.as_str()),
        ("24h", "answer_lapsed", "withdraw")
    );
    assert_eq!((answer.rule.as_deref(), answer.grace.as_deref()), (Some("S-1"), Some("10m")));
    assert_eq!(answer.pauses, [("2026-02-16T00:00:00+08:00".to_owned(), "2026-02-22T00:00:00+08:00".to_owned())]);
    let reject = &requested.on["reject"][0];
    assert_eq!(
        (reject.when.as_deref(), reject.else_error.as_deref()),
        (Some("facts.photos > 1"), Some("loans.needs_photos"))
    );
    assert_eq!((book.book().pack.as_str(), book.book().version.as_str()), ("strict", "2026-01-01"));
}

/// Breaks the machine and expects one finding, there.
fn machine_says(old: &str, new: &str, message: &str, meant: Option<&str>) {
    machine_says_at(new, (old, new), message, meant);
}

/// Breaks the machine and expects one finding where `marker` stands.
fn machine_says_at(marker: &str, (old, new): (&str, &str), message: &str, meant: Option<&str>) {
    let text = with(MACHINE, old, new);
    let (file, at, found, suggestion) = only(base_findings(&text));
    assert_eq!((file.as_str(), at), ("loan.toml", line(&text, marker)), "{found}");
    assert!(found.contains(message), "{found}");
    assert_eq!(suggestion.as_deref(), meant, "{found}");
}

#[test]
fn a_name_that_stands_for_nothing_is_found_at_its_line() {
    machine_says("start = \"requested\"", "start = \"requestd\"", "no state `requestd`", Some("requested"));
    machine_says("owner = \"borrower\"", "owner = \"borower\"", "no actor `borower`", Some("borrower"));
    machine_says(
        "\"refund.done\" = { by = \"system\", to = \"closed\" }",
        "\"refund.done\" = { by = \"system\", to = \"close\" }",
        "no state `close`",
        Some("closed"),
    );
    machine_says(
        "{ by = \"borrower\", to = \"fined\" }",
        "{ by = \"borrwer\", to = \"fined\" }",
        "no actor `borrwer`",
        Some("borrower"),
    );
    machine_says(
        "until_tag = \"waiting_fine\"",
        "until_tag = \"waiting_fin\"",
        "no tag `waiting_fin`",
        Some("waiting_fine"),
    );
    machine_says("at facts.term_ends", "at facts.term_end", "no fact `term_end`", Some("term_ends"));
    machine_says(
        "[effect.\"shop.restock\"]",
        "[effect.\"shop.restok\"]",
        "no effect `shop.restok`",
        Some("shop.restock"),
    );
    machine_says("counts.modify < 5", "counts.modfy < 5", "no event `modfy` can be counted", Some("modify"));
    machine_says(
        "facts.tracking == 'delivered'",
        "facts.tracking == 'deliverd'",
        "none of none, moving, delivered",
        Some("delivered"),
    );
}

#[test]
fn effects_and_their_parameters_are_typed_by_the_slice_that_declares_them() {
    machine_says("do = [\"shop.restock\",", "do = [\"shop.restick\",", "effect `shop.restick`", Some("shop.restock"));
    machine_says(
        "template = \"yes\", urgent",
        "template = 3, urgent",
        "`template` of `shop.tell` must be of type text",
        None,
    );
    machine_says("template = \"yes\", urgent = true,", "template = \"yes\",", "needs the parameter `urgent`", None);
    machine_says("copies = 2", "copies = 2, colour = \"red\"", "no parameter `colour`", None);
}

#[test]
fn clocks_are_held_to_the_rules_of_silence_and_anchors() {
    machine_says_at("anchor = ", ("or_entered = \"15d\"", ""), "needs `or_entered`", None);
    machine_says_at(
        "or_entered = \"2d\"",
        ("after = \"1d\"\n", "after = \"1d\"\nor_entered = \"2d\"\n"),
        "for a fact that may be absent",
        None,
    );
    machine_says("at facts.term_ends", "at facts.photos", "of type int and no instant", None);
    machine_says(
        "fire = \"silent_approve\"\nas = \"approve\"",
        "fire = \"silent_approve\"\nas = \"aprove\"",
        "does not accept `aprove`",
        Some("approve"),
    );
    machine_says(
        "closed = { fire = \"answer_lapsed\", as = \"withdraw\" }",
        "closed = { fire = \"answer_lapsed\", as = \"approve\" }",
        "does not lead to `closed`",
        None,
    );
    let by_hand = with(MACHINE, "fine = { by = \"clock\"", "fine = { by = \"lender\"");
    let found: Vec<String> = base_findings(&by_hand).into_iter().map(|f| f.message).collect();
    assert!(found[0].contains("vocabulary of `loan`: `fine`") && found[1].contains("as = \"fine\""), "{found:?}");
    machine_says_at("until_tag = ", ("scope = \"case\"\n", ""), "is for `scope = \"case\"`", None);
    machine_says(
        "after = \"2d\", rule = \"L-2\"",
        "after = \"at facts.delivered_at\", rule = \"L-2\"",
        "must ask `has(facts.delivered_at)`",
        None,
    );
}

#[test]
fn labels_and_tags_belong_to_something() {
    let lacks = "no state carries the tag `waiting_fine`";
    let untagged = with(MACHINE, "until_tag = \"waiting_fine\"\n", "");
    let found = only(findings(&with(&untagged, "\"system\"\ntags = [\"waiting_fine\"]", "\"system\""), PACK));
    assert_eq!((found.1, found.2.as_str()), (line(MACHINE, "requires_tags"), lacks));

    let unlabelled = with(MACHINE, "withdraw = { zh", "withdrew = { zh");
    let found = findings(&unlabelled, PACK);
    let said: Vec<_> = found.iter().map(|f| (f.at.line, f.message.as_str(), f.suggestion.as_deref())).collect();
    let missing = "the event `withdraw` has no label: `[event.withdraw]` is missing";
    let (used, named) = (line(&unlabelled, "withdraw = { by"), line(&unlabelled, "withdrew = "));
    assert_eq!(
        said,
        [(used, missing, Some("withdrew")), (named, "nothing uses the event `withdrew`", Some("withdraw"))]
    );
}

/// Breaks the pack and expects one finding, there.
fn pack_says(old: &str, new: &str, message: &str, meant: Option<&str>) {
    let text = with(PACK, old, new);
    let (file, at, found, suggestion) = only(findings(MACHINE, &text));
    assert_eq!((file.as_str(), at), ("pack1.toml", line(&text, new)), "{found}");
    assert!(found.contains(message), "{found}");
    assert_eq!(suggestion.as_deref(), meant, "{found}");
}

#[test]
fn a_pack_that_speaks_of_what_is_not_there_is_refused_at_its_line() {
    pack_says(
        "[loan.requested.clock.answer]",
        "[loan.requestd.clock.answer]",
        "no state `requestd`",
        Some("requested"),
    );
    pack_says("[loan.requested.clock.answer]", "[loan.requested.clock.anser]", "no clock `anser`", Some("answer"));
    pack_says("[loan.requested.on.reject]", "[loan.requested.on.rejct]", "no event `rejct`", Some("reject"));
    pack_says("[loan.requested.on.reject]", "[loan.lent.on.return]", "several alternatives", None);
    pack_says("end = \"closed\"", "end = \"close\"", "does not let this clock end in `close`", Some("closed"));
    pack_says("pauses = [\"spring\"]", "pauses = [\"sprung\"]", "[pause] of this pack `sprung`", Some("spring"));
    pack_says("rule = \"S-1\"", "rule = \"S-11\"", "no merged pack has the rule `S-11`", Some("S-1"));
    pack_says("facts.photos > 1", "facts.photo > 1", "no fact `photo`", Some("photos"));
}

#[test]
fn the_default_consequence_may_be_chosen_by_name() {
    let library = library(MACHINE, &[BASE, &with(PACK, "end = \"closed\"", "end = \"lent\"")]).unwrap();
    let book = library.rulebook("loan", "strict").unwrap();
    assert_eq!(book.book().states["requested"].clocks["answer"].event, "approve");
}

#[test]
fn a_pack_may_go_back_to_the_consequence_that_its_base_put_aside() {
    let above = "[pack]\nname = \"mild\"\nversion = \"1\"\nzh = \"宽\"\nen = \"Mild\"\nbase = \"strict\"\n\
        [loan.requested.clock.answer]\nend = \"lent\"\n";
    let book = library(MACHINE, &[BASE, PACK, above]).unwrap().rulebook("loan", "mild").unwrap();
    let answer = &book.book().states["requested"].clocks["answer"];
    assert_eq!(
        (answer.fire.as_str(), answer.event.as_str(), answer.after.as_str()),
        ("silent_approve", "approve", "24h")
    );
}

#[test]
fn silence_that_counts_as_an_act_needs_a_rule() {
    let text = with(MACHINE, "rule = \"L-1\"\nfire", "fire");
    let found = findings(&text, &with(PACK, "rule = \"S-1\"", ""));
    assert!(only(found).2.contains("only by a rule"));
}

#[test]
fn a_human_act_fired_by_a_clock_without_as_is_refused() {
    let text = with(
        &with(MACHINE, "fire = \"give_up\"", "fire = \"return\""),
        "give_up = { by = \"clock\", to = \"closed\" }\n",
        "",
    );
    let found = findings(&with(&text, "give_up = { zh = \"放弃\", en = \"Give up\" }\n", ""), PACK);
    assert!(only(found).2.contains("as = \"return\""));
}

#[test]
fn the_hash_depends_on_meaning_and_not_on_order_or_uncited_rules() {
    let hash = |machine: &str, base: &str| {
        library(machine, &[base]).unwrap().rulebook("loan", "xiaoer-default").unwrap().hash().to_owned()
    };
    let original = hash(MACHINE, BASE);
    assert_eq!(original.len(), 64);
    assert_eq!(original, hash(MACHINE, &with(BASE, "Cited by nothing", "Still cited by nothing")));
    assert_eq!(
        original,
        hash(&with(MACHINE, "zh = \"出借人\"\nen = \"Lender\"", "en = \"Lender\"\nzh = \"出借人\""), BASE)
    );
    assert_ne!(original, hash(&with(MACHINE, "after = \"1d\"", "after = \"2d\""), BASE));
    assert_ne!(original, hash(MACHINE, &with(BASE, "An answer within 48 h", "An answer within two days")));
}

#[test]
fn a_rulebook_read_back_from_its_json_is_the_same() {
    let book = book("strict");
    let again = Compiled::from_json(book.json(), &Loan::VOCABULARY).unwrap();
    assert_eq!((again.book(), again.hash()), (book.book(), book.hash()));
    assert!(Compiled::from_json("{}", &Loan::VOCABULARY).unwrap_err()[0].message.contains("not a rulebook"));
}

#[test]
fn a_chain_of_packs_is_followed_and_its_faults_are_found() {
    let looped = with(PACK, "base = \"xiaoer-default\"", "base = \"strict\"");
    assert!(
        only(library(MACHINE, &[BASE, &looped]).unwrap().chain("strict").unwrap_err()).2.contains("stands on itself")
    );
    let unknown = with(PACK, "base = \"xiaoer-default\"", "base = \"xiaoer-defalt\"");
    let (file, at, _, meant) = only(library(MACHINE, &[BASE, &unknown]).unwrap().chain("strict").unwrap_err());
    assert_eq!((file.as_str(), at, meant.as_deref()), ("pack1.toml", line(&unknown, "base ="), Some("xiaoer-default")));
}

#[test]
fn a_pack_or_state_that_names_an_unknown_kind_is_found() {
    let machine = with(MACHINE, "waits_for = \"refund\"", "waits_for = \"refunds\"");
    let pack = with(PACK, "[loan.requested.on.reject]", "[lone.requested.on.reject]");
    let found = library(&machine, &[BASE, &pack]).unwrap().rulebooks("strict").unwrap_err();
    let stray: Vec<_> = found
        .iter()
        .filter(|f| f.message.contains("no machine of the kind"))
        .map(|f| f.suggestion.as_deref())
        .collect();
    assert_eq!(stray, [Some("loan"), Some("refund")]);
}

#[test]
fn needed_facts_are_those_of_the_guards_and_of_the_clocks_of_every_target() {
    let book = book("xiaoer-default");
    let names = |event| book.needed_facts("requested", event).names().collect::<Vec<_>>();
    assert_eq!(names("approve"), ["delivered_at", "term_ends"]);
    assert_eq!(names("reject"), ["contacted", "photos"]);
    assert_eq!(names("modify"), ["tracking"]);
    assert_eq!(names("withdraw"), [] as [&str; 0]);
    let need = book.guard_facts("requested");
    assert!(need.wants(Loan::contacted) && need.contains("photos") && !need.wants(Loan::term_ends));
}

#[test]
fn an_effect_call_reads_into_its_typed_effect() {
    let book = book("strict");
    let calls = &book.book().states["requested"].on["approve"][0].effects;
    let effects: Vec<ShopEffect> = calls.iter().map(|c| c.try_into().unwrap()).collect();
    assert_eq!(effects, [ShopEffect::Restock, ShopEffect::Tell { template: "yes".into(), urgent: true, copies: 2 }]);
    assert_eq!(effects[1].as_str(), "shop.tell");
    let bare = EffectCall { name: "shop.tell".into(), params: indexmap::IndexMap::new() };
    assert_eq!(ShopEffect::try_from(&bare), Err(EffectError::Param { effect: "shop.tell".into(), param: "template" }));
    let other = EffectCall { name: "shop.fly".into(), params: indexmap::IndexMap::new() };
    assert_eq!(ShopEffect::try_from(&other), Err(EffectError::Unknown("shop.fly".into())));
}
