#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::fixture::{BASE, MACHINE, PACK, library};

fn told(pack: &str) -> Vec<(Topic, String, String)> {
    let library = library(MACHINE, &[BASE, pack]).unwrap();
    let book = |name: &str| library.rulebook("loan", name).unwrap();
    let (a, b) = (book("xiaoer-default"), book("strict"));
    differences(a.book(), b.book()).into_iter().map(|d| (d.topic, d.text.zh, d.text.en)).collect()
}

#[test]
fn every_change_of_the_strict_pack_is_a_sentence_in_both_languages() {
    let told = told(PACK);
    let clock = &told[0];
    assert_eq!(clock.0, Topic::Clock);
    assert!(clock.1.starts_with("48 小时（若 tracking == 'moving' 则 2 天） → 24 小时（若"), "{}", clock.1);
    for part in ["宽限 无 → 10 分钟", "停表期 无 → 2026-02-16", "到期 逾期视为同意 → 逾期作罢", "依据 S-1"]
    {
        assert!(clock.1.contains(part), "{part} is not in {}", clock.1);
    }
    assert!(clock.2.contains("48 h") && clock.2.contains("then “Lapsed”; rule S-1"), "{}", clock.2);
    let act = &told[1];
    assert_eq!(act.0, Topic::Act);
    assert_eq!(act.1, "「拒绝」出借人若 contacted && photos > 0 到「已结束」 → 出借人若 photos > 1 到「已结束」");
    assert_eq!(told.len(), 2);
}

#[test]
fn equal_books_have_no_difference_and_order_does_not_matter_for_being_one() {
    let library = library(MACHINE, &[BASE, PACK]).unwrap();
    let book = |name: &str| library.rulebook("loan", name).unwrap();
    let (a, b) = (book("xiaoer-default"), book("strict"));
    assert!(differences(a.book(), a.book()).is_empty());
    assert_eq!(differences(a.book(), b.book()).len(), differences(b.book(), a.book()).len());
}

#[test]
fn another_citation_alone_is_told_as_such() {
    let pack = PACK.split("[loan.requested.clock.answer]").next().unwrap().to_owned()
        + "[loan.requested.clock.answer]\nrule = \"S-1\"\n";
    let told = told(&pack);
    assert_eq!(told.len(), 1);
    assert!(
        told[0].1.starts_with("48 小时（若 tracking == 'moving' 则 2 天）不变，到期「逾期视为同意」；依据 L-1 → S-1"),
        "{}",
        told[0].1
    );
}

#[test]
fn calendars_and_lengths_are_said_as_people_say_them() {
    assert_eq!(
        words::calendar("window 09:00-18:00 working-days roll").zh,
        "每天 09:00-18:00，仅工作日，遇法定节假日顺延"
    );
    assert_eq!(words::calendar("day0").en, "whole days from the next midnight");
    assert_eq!((words::length("3wd").zh, words::length("1d").en), ("3 个工作日".to_owned(), "1 d".to_owned()));
    assert_eq!(words::length("T+1 10:30").zh, "1 天后的 10:30");
    assert_eq!(words::length("at facts.valid_until").en, "until valid_until");
}
