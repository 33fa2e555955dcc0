//! The cases that the shipped packs and the operator's fixture tell about themselves.
#![allow(clippy::unwrap_used, clippy::panic, dead_code)]

mod common;

use xr_case::{EffectSpec, Library, Source, Vocabulary, effects, kind, pack_tests};

fn assert_told(library: &Library, pack: &str, folder: &str, least: usize) {
    assert_eq!(xr_case::check(library, pack), [], "{pack} keeps its promises");
    let results = pack_tests::run(library, pack, &common::source(&format!("{folder}/tests.toml"))).unwrap();
    let failed: Vec<String> = results.iter().filter(|r| !r.is_passed()).map(ToString::to_string).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(results.len() >= least, "only {} cases", results.len());
}

#[test]
fn the_default_rules_are_as_their_cases_tell() {
    assert_told(&common::shipped(), "xiaoer-default", common::PACKS[1], 20);
}

#[test]
fn the_platforms_rules_are_as_their_cases_tell() {
    assert_told(&common::shipped(), "kuaishou-goods", common::PACKS[2], 13);
}

#[test]
fn taobaos_rules_are_as_their_cases_tell() {
    assert_told(&common::shipped(), "taobao", common::PACKS[3], 9);
}

#[test]
fn jds_rules_are_as_their_cases_tell() {
    assert_told(&common::shipped(), "jd", common::PACKS[4], 16);
}

#[test]
fn wechats_rules_are_as_their_cases_tell() {
    assert_told(&common::shipped(), "wechat", common::PACKS[5], 10);
}

#[test]
fn the_b2b_markets_rules_are_as_their_cases_tell() {
    assert_told(&common::shipped(), "marketplace-b2b", common::PACKS[6], 3);
}

#[test]
fn no_machine_whatever_it_says_grants_anything_by_silence() {
    let told = |old: &str, new: &str| {
        let (file, text) = common::source(common::MACHINES[6]);
        assert!(text.contains(old), "{old}");
        let machine = (file, text.replacen(old, new, 1));
        let mut machines: Vec<_> = common::MACHINES[..6].iter().map(|path| common::source(path)).collect();
        machines.push(machine);
        let packs = common::PACKS.map(|p| common::source(&format!("{p}/pack.toml")));
        let (words, effects) = (common::vocabularies(), common::effect_specs());
        let words = words.into_iter().filter(|v| v.kind != "callback").collect();
        let library = xr_case::Library::from_sources(&machines, &packs, words, effects).unwrap();
        xr_case::check(&library, "xiaoer-default").iter().map(|f| f.message.clone()).collect::<Vec<_>>()
    };
    let escalate = "escalate = { by = \"clock\", to = \"escalated\" }";
    let silent = told(escalate, "escalate = { by = \"clock\", to = \"approved\" }");
    assert!(
        silent.iter().any(|m| m == "silence would lead to `approved`, which is `granted`: only people grant"),
        "{silent:?}"
    );
    // Nor by the way that a person would take.
    let review = "after = \"3wd\"\nrule = \"VD-2\"\nfire = \"escalate\"";
    let taken = told(review, "after = \"3wd\"\nrule = \"VD-2\"\nfire = \"silent_approve\"\nas = \"approve\"");
    assert!(taken.iter().any(|m| m.starts_with("silence would lead to `approved`")), "{taken:?}");
}

#[test]
fn the_operators_machine_is_as_its_cases_tell() {
    assert_told(&common::callback(), "callback-desk", common::CALLBACK, 3);
}

/// Every rule of a pack that bounds a clock or an act is told by one of its cases.
#[test]
fn no_rule_of_a_pack_is_left_untold() {
    let library = common::shipped();
    let mut untold = Vec::new();
    for folder in &common::PACKS[1..] {
        let (_, tests) = common::source(&format!("{folder}/tests.toml"));
        let pack = folder.trim_start_matches("packs/");
        for book in library.rulebooks(pack).unwrap() {
            let own = |id: &&String| book.book().rules.get(*id).is_some_and(|r| r.pack == pack);
            let states = || book.book().states.values();
            let clocks = states().flat_map(|s| s.clocks.values());
            let cited = clocks.flat_map(|c| c.rule.iter().chain(c.alt.iter().filter_map(|a| a.rule.as_ref())));
            untold.extend(cited.filter(own).map(|id| format!("rule = \"{id}\"")).filter(|word| !tests.contains(word)));
            let guards =
                states().flat_map(|s| s.on.values()).flatten().filter(|a| a.rule.as_ref().is_some_and(|r| own(&r)));
            untold.extend(guards.filter_map(|a| a.else_error.clone()).filter(|code| !tests.contains(code)));
        }
    }
    untold.sort();
    untold.dedup();
    assert_eq!(untold, [] as [&str; 0]);
}

/// Findings of a shipped pack with other words, as lines, and the line on which `at` stands in it.
fn refused(pack: &str, edits: &[(&str, &str)], at: &str) -> (Vec<String>, String) {
    let library = common::shipped_but(&format!("packs/{pack}"), edits);
    let lines = xr_case::check(&library, pack).iter().map(ToString::to_string).collect();
    let (file, mut text) = common::source(&format!("packs/{pack}/pack.toml"));
    for (old, new) in edits {
        text = text.replacen(old, new, 1);
    }
    let line = text[..text.find(at).unwrap()].matches('\n').count() + 1;
    (lines, format!("{file}:{line}: "))
}

#[test]
fn the_law_is_a_floor_under_every_shipped_pack() {
    assert_eq!(xr_case::check(&common::shipped(), "statutory"), []);
    let (found, place) = refused("wechat", &[("calendar = \"day0\"\n", "")], "after = \"7d\"\nrule = \"WX-7\"");
    let said = format!("{place}order.completed: 7d is shorter than the statutory 7d day0 (LAW-1)");
    assert_eq!(found, [said], "seven days from the act end before those from midnight");

    let (found, place) = refused(
        "taobao",
        &[("after = \"2d\"\nrule = \"TB-3\"", "after = \"16d\"\nrule = \"TB-3\"")],
        "after = \"16d\"",
    );
    assert_eq!(found, [format!("{place}return_refund.requested: 16d is longer than the statutory 15d (LAW-2)")]);

    let longer = [(
        "after = \"48h\"\nrule = \"JD-5\"\nalt = []",
        "after = \"48h\"\nrule = \"JD-5\"\nalt = []\npauses = [\"spring-2019\"]",
    )];
    let (found, place) = refused("jd", &longer, "after = \"48h\"\nrule = \"JD-5\"\nalt");
    let said = format!("{place}return_refund.inspecting: 48h is with its pauses longer than the statutory 7d (LAW-3)");
    assert_eq!(found, [said], "two days and a week of pause");

    // What the default rules say is bounded as well, under whichever pack above them.
    let edit = [("after = \"7d\"\nrule = \"XD-6\"\nalt", "after = \"8d\"\nrule = \"XD-6\"\nalt")];
    let (found, place) = refused("xiaoer-default", &edit, "after = \"8d\"");
    assert_eq!(found, [format!("{place}return_refund.inspecting: 8d is longer than the statutory 7d (LAW-3)")]);
}

#[test]
fn the_other_reading_of_a_silent_merchant_may_be_chosen() {
    let edit = [("after = \"48h\"\nrule = \"WX-2\"", "after = \"48h\"\nrule = \"WX-2\"\nend = \"adjudicating\"")];
    let library = common::shipped_but("packs/wechat", &edit);
    assert_eq!(xr_case::check(&library, "wechat"), []);
    let steps = r#"
[[case]]
name = "the platform steps in"
kind = "return_refund"
at = "2026-03-03T10:00:00+08:00"
steps = [
  { silence = true, expect = { state = "adjudicating", at = "2026-03-05T10:00:00+08:00", event = "answer_lapsed", rule = "WX-2" } },
]
"#;
    let results = pack_tests::run(&library, "wechat", &("tests.toml".into(), steps.into())).unwrap();
    assert!(results[0].is_passed(), "{}", results[0]);
}
