//! Lengths, calendars, guards and actors in words of both languages (`i18n/`).

use crate::model::{Alternative, Name, Rulebook};
use std::collections::HashMap;
use std::sync::LazyLock;
use xr_base::calendar::Length;
use xr_base::locale::Text;

/// The phrases of this crate; a file that cannot be read leaves the keys to be seen, and its test fails.
static PHRASES: LazyLock<HashMap<String, Text>> = LazyLock::new(|| {
    let read = |text: &str| toml::from_str::<HashMap<String, String>>(text).unwrap_or_default();
    let mut en = read(include_str!("../../i18n/en.toml"));
    let zh = read(include_str!("../../i18n/zh-CN.toml"));
    zh.into_iter().filter_map(|(key, zh)| Some((key.clone(), Text { zh, en: en.remove(&key)? }))).collect()
});

/// The phrase `diff.<key>` with its parameters.
pub(super) fn say(key: &str, params: &[(&str, &Text)]) -> Text {
    let found = PHRASES.get(&format!("diff.{key}"));
    let mut text = found.cloned().unwrap_or_else(|| same(key));
    for (name, value) in params {
        let hole = format!("{{{name}}}");
        text.zh = text.zh.replace(&hole, &value.zh);
        text.en = text.en.replace(&hole, &value.en);
    }
    text
}

/// A name that is the same in both languages.
pub(super) fn same(text: &str) -> Text {
    Text { zh: text.to_owned(), en: text.to_owned() }
}

/// Old → new.
pub(super) fn changed(old: &Text, new: &Text) -> Text {
    say("changed", &[("old", old), ("new", new)])
}

/// Joined by the phrase of this key.
pub(super) fn joined(parts: &[Text], by: &str) -> Text {
    let between = say(by, &[]);
    let zh: Vec<&str> = parts.iter().map(|t| t.zh.as_str()).collect();
    let en: Vec<&str> = parts.iter().map(|t| t.en.as_str()).collect();
    Text { zh: zh.join(&between.zh), en: en.join(&between.en) }
}

/// With what is cited.
pub(super) fn with_rule(text: Text, rule: Option<&Name>) -> Text {
    match rule {
        Some(id) => say("cited", &[("text", &text), ("rule", &same(id))]),
        None => text,
    }
}

/// Label of an event, or its name.
pub(super) fn event_label(book: &Rulebook, event: &str) -> Text {
    let label = book.events.get(event).map(|e| e.label.clone());
    label.filter(|l| !l.zh.is_empty()).unwrap_or_else(|| same(event))
}

/// Label of an actor's word.
pub(super) fn actor(book: &Rulebook, word: Option<&str>) -> Text {
    match word {
        None => say("nobody", &[]),
        Some(word @ ("clock" | "system")) => {
            PHRASES.get(&format!("case.word.{word}")).cloned().unwrap_or_else(|| same(word))
        }
        Some(word) => book.actors.get(word).map_or_else(|| same(word), |role| role.label.clone()),
    }
}

/// A length as people say it.
pub(super) fn length(text: &str) -> Text {
    let counted = |key: &str, n: u32| say(key, &[("n", &same(&n.to_string()))]);
    match Length::parse(text) {
        Ok(Length::Minutes(n)) => counted("minutes", n),
        Ok(Length::Hours(n)) => counted("hours", n),
        Ok(Length::Days(n)) => counted("days", n),
        Ok(Length::WorkingDays(n)) => counted("working_days", n),
        Ok(Length::Months(n)) => counted("months", n),
        Ok(Length::DayAt { days, minute }) => {
            let time = format!("{:02}:{:02}", minute / 60, minute % 60);
            say("day_at", &[("n", &same(&days.to_string())), ("time", &same(&time))])
        }
        Ok(Length::AtFact(fact)) => say("until", &[("fact", &same(&fact))]),
        _ => same(text),
    }
}

/// A calendar as people say it.
pub(super) fn calendar(text: &str) -> Text {
    let mut words = text.split_whitespace();
    let mut parts = Vec::new();
    while let Some(word) = words.next() {
        parts.push(match word {
            "natural" | "day0" | "roll" => say(word, &[]),
            "working-days" => say("on_working_days", &[]),
            "window" => say("window", &[("hours", &same(words.next().unwrap_or_default()))]),
            other => same(other),
        });
    }
    joined(&parts, "comma")
}

/// A guard, without the prefix that every fact has.
pub(super) fn guard(text: &str) -> Text {
    same(&text.replace("facts.", ""))
}

/// The ways of an event: by whom, when, where to.
pub(super) fn ways(book: &Rulebook, ways: &[Alternative]) -> Text {
    let one = |way: &Alternative| {
        let by: Vec<Text> = way.by.iter().map(|word| actor(book, Some(word))).collect();
        let by = joined(&by, "listed");
        let to = book.states.get(&way.to).map_or_else(|| same(&way.to), |s| s.label.clone());
        match &way.when {
            Some(when) => say("way_if", &[("by", &by), ("guard", &guard(when)), ("to", &to)]),
            None => say("way", &[("by", &by), ("to", &to)]),
        }
    };
    let all: Vec<Text> = ways.iter().map(one).collect();
    joined(&all, "else")
}
