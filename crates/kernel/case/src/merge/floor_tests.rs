//! Bounds that hold for every pack.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::finding::Finding;
use crate::fixture::{BASE, MACHINE, PACK, library, line, only, with};

const LAW: &str = "[pack]\nname = \"statutory\"\nversion = \"1\"\nzh = \"法\"\nen = \"Law\"\n\
    [rule.LAW-1]\nzh = \"法定\"\nen = \"By law\"\nsource = \"act\"\ncertainty = \"A\"\n";

fn floor(bounds: &str) -> String {
    format!("{LAW}[floor.loan.requested.clock.answer]\n{bounds}\nrule = \"LAW-1\"\n")
}

/// What is wrong with the answer clock of a pack under these bounds; `clock` stands for its length, pauses and grace.
fn under(bounds: &str, clock: &str) -> Vec<Finding> {
    let bare = with(PACK, "pauses = [\"spring\"]\ngrace = \"10m\"\n", "");
    let pack = with(&bare, "after = \"24h\"", clock);
    library(MACHINE, &[BASE, &pack, &floor(bounds)]).unwrap().rulebook("loan", "strict").err().unwrap_or_default()
}

fn assert_kept(bounds: &str, clock: &str) {
    assert_eq!(under(bounds, &format!("{clock}\nalt = []")), [], "{bounds} {clock}");
}

fn assert_broken(bounds: &str, clock: &str, message: &str) {
    let (file, at, found, _) = only(under(bounds, &format!("{clock}\nalt = []")));
    assert_eq!((file.as_str(), at), ("pack1.toml", line(PACK, "after = ")));
    assert!(found.starts_with(message), "{found}");
}

#[test]
fn lengths_beyond_a_statutory_bound_are_refused_at_the_packs_line() {
    for (min, max, after) in [
        ("24h", "7d", "24h"),
        ("24h", "7d", "168h"),
        ("1d", "7d", "1440m"),
        ("3wd", "9wd", "3wd"),
        ("1mo", "2mo", "2mo"),
    ] {
        assert_kept(&format!("min = \"{min}\"\nmax = \"{max}\""), &format!("after = \"{after}\""));
    }
    for (min, max, after, message) in [
        ("24h", "7d", "23h", "23h is shorter than the statutory 24h (LAW-1)"),
        ("24h", "7d", "8d", "8d is longer than the statutory 7d (LAW-1)"),
        ("24h", "9wd", "2d", "2d cannot be compared with the statutory 9wd (LAW-1)"),
    ] {
        assert_broken(&format!("min = \"{min}\"\nmax = \"{max}\""), &format!("after = \"{after}\""), message);
    }
}

#[test]
fn days_from_midnight_are_more_than_days_from_the_anchor() {
    let least = "min = \"7d\"\ncalendar = \"day0\"";
    assert_kept(least, "after = \"7d\"\ncalendar = \"day0\"");
    assert_kept(least, "after = \"8d\"");
    assert_broken(least, "after = \"7d\"", "7d is shorter than the statutory 7d day0 (LAW-1)");
    assert_kept("min = \"7d\"", "after = \"7d\"\ncalendar = \"day0\"");
    assert_broken(
        "max = \"7d\"",
        "after = \"7d\"\ncalendar = \"day0\"",
        "7d day0 is longer than the statutory 7d (LAW-1)",
    );
    assert_kept("max = \"7d\"\ncalendar = \"day0\"", "after = \"7d\"\ncalendar = \"day0\"");
    assert_kept("max = \"7d\"\ncalendar = \"day0\"", "after = \"7d\"");
}

#[test]
fn what_makes_a_clock_longer_counts_against_the_longest() {
    let most = "max = \"7d\"";
    assert_kept(most, "after = \"6d\"\ngrace = \"24h\"");
    assert_broken(most, "after = \"7d\"\ngrace = \"1m\"", "7d is with its pauses longer than the statutory 7d (LAW-1)");
    // The pause `spring` of the pack takes six days.
    assert_kept(most, "after = \"24h\"\npauses = [\"spring\"]");
    assert_broken(most, "after = \"25h\"\npauses = [\"spring\"]", "25h is with its pauses longer than");
    for calendar in ["window 09:00-18:00", "natural roll", "working-days"] {
        let clock = format!("after = \"9h\"\ncalendar = \"{calendar}\"");
        assert_broken(most, &clock, &format!("9h {calendar} cannot be compared with the statutory 7d (LAW-1)"));
        assert_kept("min = \"9h\"", &clock);
    }
}

#[test]
fn lengths_by_facts_are_bounded_like_the_others() {
    let clock = "after = \"2d\"\nalt = [{ when = \"facts.contacted\", after = \"9d\" }]";
    let (file, at, found, _) = only(under("max = \"7d\"", clock));
    assert_eq!((file.as_str(), at), ("pack1.toml", line(PACK, "after = ") + 1));
    assert!(found.starts_with("9d is longer than the statutory 7d (LAW-1)"), "{found}");
    let law = format!("{LAW}[floor.loan.lent.clock.receipt]\nmax = \"12d\"\nrule = \"LAW-1\"\n");
    let found = library(MACHINE, &[BASE, PACK, &law]).unwrap().rulebook("loan", "strict").unwrap_err();
    let (_, at, message, _) = only(found);
    assert_eq!(at, line(MACHINE, "or_entered ="), "until the anchor comes the clock may run longer: {message}");
}

#[test]
fn a_bound_that_stands_on_nothing_is_told_at_its_own_line() {
    for (law, part) in [
        (floor("min = \"1h\"").replace("rule = \"LAW-1\"", "rule = \"LAW-2\""), "cites no rule of its pack: `LAW-2`"),
        (floor("min = \"1h\"").replace("rule = \"LAW-1\"\n", ""), "cites no rule of its pack: ``"),
        (floor("min = \"1h\"").replace("clock.answer", "clock.anwser"), "a clock that does not exist: `anwser`"),
    ] {
        let found = library(MACHINE, &[BASE, PACK, &law]).unwrap().rulebook("loan", "strict").unwrap_err();
        let (file, at, message, _) = only(found);
        assert_eq!((file.as_str(), at), ("pack2.toml", line(&law, "[floor.")));
        assert!(message.contains(part), "{message}");
    }
    let odd = floor("min = \"1h\"\ncalendar = \"window 09:00-18:00\"");
    let found = only(library(MACHINE, &[BASE, &odd]).unwrap_err());
    assert_eq!(
        (found.1, found.2.as_str()),
        (line(&odd, "[floor."), "the `calendar` of a floor is `natural` or `day0`")
    );
}

#[test]
fn no_case_runs_on_the_floor_and_no_pack_stands_on_it() {
    let stands = with(PACK, "base = \"xiaoer-default\"", "base = \"statutory\"");
    let library = library(MACHINE, &[BASE, &stands, &floor("min = \"1h\"")]).unwrap();
    let choosable: Vec<&str> = library.choosable().map(|p| p.name.as_str()).collect();
    assert_eq!(choosable, ["xiaoer-default", "strict"]);
    let why = "`statutory` is a floor of bounds: no case runs on it";
    assert_eq!(only(library.rulebook("loan", "statutory").unwrap_err()).2, why);
    let (file, at, message, _) = only(library.rulebook("loan", "strict").unwrap_err());
    assert_eq!((file.as_str(), at, message.as_str()), ("pack1.toml", line(&stands, "base ="), why));
}

#[test]
fn the_floor_itself_is_checked_with_every_pack_that_it_bears_on() {
    let told = |law: &str| -> Vec<String> {
        let library = library(MACHINE, &[BASE, PACK, law]).unwrap();
        // The fixture has no words for its second machine.
        let lines = crate::check(&library, "statutory").iter().map(ToString::to_string).collect::<Vec<_>>();
        lines.into_iter().filter(|l| !l.contains("no slice declares the kind `refund`")).collect()
    };
    assert_eq!(told(&floor("min = \"1h\"")), [] as [&str; 0]);
    let wordless = floor("min = \"1h\"").replace("source = \"act\"", "source = \" \"");
    assert_eq!(told(&wordless), ["pack2.toml:6: the rule `LAW-1` lacks its text in zh or en, or its source"]);
    let foreign = floor("min = \"1h\"").replace("floor.loan", "floor.lone");
    assert!(told(&foreign)[0].contains("there is no machine of the kind `lone`"), "{:?}", told(&foreign));
    let broken = told(&floor("min = \"30h\""));
    assert!(broken.iter().any(|f| f.starts_with(&format!("pack1.toml:{}:", line(PACK, "after =")))), "{broken:?}");
}
