//! Lengths, calendars, guards and actors in words.

use crate::model::{Alternative, Name, Rulebook};
use xr_base::calendar::Length;
use xr_base::locale::Text;

/// A text in both languages.
pub(super) fn both(zh: &str, en: &str) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}

/// Old → new.
pub(super) fn changed(old: &Text, new: &Text) -> Text {
    Text { zh: format!("{} → {}", old.zh, new.zh), en: format!("{} → {}", old.en, new.en) }
}

/// Something before a text.
pub(super) fn with_head(zh: &str, en: &str, text: Text) -> Text {
    Text { zh: format!("{zh}{}", text.zh), en: format!("{en}{}", text.en) }
}

/// Joined by `，` and `, `.
pub(super) fn joined(parts: Vec<Text>) -> Text {
    let zh: Vec<&str> = parts.iter().map(|t| t.zh.as_str()).collect();
    let en: Vec<&str> = parts.iter().map(|t| t.en.as_str()).collect();
    Text { zh: zh.join("，"), en: en.join(", ") }
}

/// With what is cited.
pub(super) fn with_rule(text: Text, rule: Option<&Name>) -> Text {
    match rule {
        Some(id) => Text { zh: format!("{}；依据 {id}", text.zh), en: format!("{}; rule {id}", text.en) },
        None => text,
    }
}

/// With the event's label before it.
pub(super) fn with_event(book: &Rulebook, event: &str, text: Text) -> Text {
    let label = event_label(book, event);
    Text { zh: format!("「{}」{}", label.zh, text.zh), en: format!("“{}” {}", label.en, text.en) }
}

/// Label of an event, or its name.
pub(super) fn event_label(book: &Rulebook, event: &str) -> Text {
    let label = book.events.get(event).map(|e| e.label.clone());
    label.filter(|l| !l.zh.is_empty()).unwrap_or_else(|| both(event, event))
}

/// Label of an actor's word.
pub(super) fn actor(book: &Rulebook, word: Option<&str>) -> Text {
    match word {
        None => both("无人", "nobody"),
        Some("clock") => both("时限", "the clock"),
        Some("system") => both("系统", "the system"),
        Some(word) => book.actors.get(word).map_or_else(|| both(word, word), |role| role.label.clone()),
    }
}

/// A length as people say it.
pub(super) fn length(text: &str) -> Text {
    let counted = |n: u32, zh: &str, one: &str, many: &str| {
        let en = if n == 1 { one } else { many };
        Text { zh: format!("{n} {zh}"), en: format!("{n} {en}") }
    };
    match Length::parse(text) {
        Ok(Length::Minutes(n)) => counted(n, "分钟", "minute", "minutes"),
        Ok(Length::Hours(n)) => counted(n, "小时", "hour", "hours"),
        Ok(Length::Days(n)) => counted(n, "天", "day", "days"),
        Ok(Length::WorkingDays(n)) => counted(n, "个工作日", "working day", "working days"),
        Ok(Length::Months(n)) => counted(n, "个月", "month", "months"),
        Ok(Length::DayAt { days, minute }) => {
            let time = format!("{:02}:{:02}", minute / 60, minute % 60);
            Text { zh: format!("{days} 天后的 {time}"), en: format!("{time}, {days} days later") }
        }
        Ok(Length::AtFact(fact)) => Text { zh: format!("到 {fact} 为止"), en: format!("until {fact}") },
        _ => both(text, text),
    }
}

/// A calendar as people say it.
pub(super) fn calendar(text: &str) -> Text {
    let mut words = text.split_whitespace();
    let mut parts = Vec::new();
    while let Some(word) = words.next() {
        parts.push(match word {
            "natural" => both("自然时间", "round the clock"),
            "day0" => both("自次日零点起按整天", "whole days from the next midnight"),
            "working-days" => both("仅工作日", "on working days"),
            "roll" => both("遇法定节假日顺延", "moved past statutory holidays"),
            "window" => {
                let hours = words.next().unwrap_or_default();
                Text { zh: format!("每天 {hours}"), en: format!("within {hours}") }
            }
            other => both(other, other),
        });
    }
    joined(parts)
}

/// A guard, without the prefix that every fact has.
pub(super) fn guard(text: &str) -> String {
    text.replace("facts.", "")
}

/// The ways of an event: by whom, when, where to.
pub(super) fn ways(book: &Rulebook, ways: &[Alternative]) -> Text {
    let one = |way: &Alternative| {
        let by: Vec<Text> = way.by.iter().map(|word| actor(book, Some(word))).collect();
        let to = book.states.get(&way.to).map_or_else(|| both(&way.to, &way.to), |s| s.label.clone());
        let (mut zh, mut en) = (String::new(), String::new());
        if let Some(when) = &way.when {
            zh = format!("若 {} ", guard(when));
            en = format!("if {} ", guard(when));
        }
        let zh_by: Vec<&str> = by.iter().map(|t| t.zh.as_str()).collect();
        let en_by: Vec<&str> = by.iter().map(|t| t.en.as_str()).collect();
        Text {
            zh: format!("{}{zh}到「{}」", zh_by.join("、"), to.zh),
            en: format!("{} {en}to “{}”", en_by.join(", "), to.en),
        }
    };
    let all: Vec<Text> = ways.iter().map(one).collect();
    let zh: Vec<&str> = all.iter().map(|t| t.zh.as_str()).collect();
    let en: Vec<&str> = all.iter().map(|t| t.en.as_str()).collect();
    Text { zh: zh.join("；否则 "), en: en.join("; else ") }
}
