//! Deadlines.

use super::{Difference, Place, Topic, words};
use crate::model::{ClockRule, Rulebook, State};
use xr_base::locale::Text;

/// Every clock of a state that is another in the second book.
pub(super) fn compare(out: &mut Vec<Difference>, at: &Place<'_>, (a, old): (&Rulebook, &State), new: &State) {
    for (name, after) in &new.clocks {
        let text = match old.clocks.get(name) {
            Some(before) if before == after => continue,
            Some(before) => changed(at.book, (a, before), after),
            None => words::with_head("新增时限 ", "new deadline: ", length(after)),
        };
        out.push(at.tell(Topic::Clock, name, ended(at.book, text, after), after.rule.as_ref()));
    }
    for (name, before) in old.clocks.iter().filter(|(name, _)| !new.clocks.contains_key(*name)) {
        let text = words::with_head("不再有时限 ", "no deadline any more: ", length(before));
        out.push(at.tell(Topic::Clock, name, text, None));
    }
}

/// What happens at the end, and by which rule.
fn ended(book: &Rulebook, text: Text, clock: &ClockRule) -> Text {
    let label = words::event_label(book, &clock.fire);
    let text = Text { zh: format!("{}，到期{}", text.zh, label.zh), en: format!("{}, then: {}", text.en, label.en) };
    words::with_rule(text, clock.rule.as_ref())
}

/// The length with those that facts replace it by.
fn length(clock: &ClockRule) -> Text {
    let mut parts = vec![words::length(&clock.after)];
    for alt in &clock.alt {
        let (guard, length) = (words::guard(&alt.when), words::length(&alt.after));
        parts.push(Text { zh: format!("若 {guard} 则 {}", length.zh), en: format!("if {guard}: {}", length.en) });
    }
    words::joined(parts)
}

fn changed(book: &Rulebook, (a, old): (&Rulebook, &ClockRule), new: &ClockRule) -> Text {
    let mut parts = Vec::new();
    let mut part = |zh: &str, en: &str, old: Text, new: Text| {
        if old != new {
            parts.push(words::with_head(zh, en, words::changed(&old, &new)));
        }
    };
    part("", "", length(old), length(new));
    part("计时 ", "counted ", words::calendar(&old.calendar), words::calendar(&new.calendar));
    part("起点 ", "from ", anchor(old), anchor(new));
    part("宽限 ", "grace ", optional(old.grace.as_deref()), optional(new.grace.as_deref()));
    part("停表期 ", "stops ", stops(old), stops(new));
    part("提醒 ", "warns at ", percents(old), percents(new));
    part("到期 ", "at the end ", words::event_label(a, &old.fire), words::event_label(book, &new.fire));
    part("售后时暂停 ", "paused while ", names(&old.pause_while), names(&new.pause_while));
    if parts.is_empty() && old.rule != new.rule {
        let rule = |clock: &ClockRule| clock.rule.as_deref().map_or_else(none, |id| words::both(id, id));
        let head = length(new);
        let cited = words::changed(&rule(old), &rule(new));
        parts.push(Text {
            zh: format!("{}不变，依据 {}", head.zh, cited.zh),
            en: format!("{} as before, rule {}", head.en, cited.en),
        });
    }
    if parts.is_empty() {
        parts.push(words::both("处理方式不同", "another way of counting"));
    }
    words::joined(parts)
}

fn none() -> Text {
    words::both("无", "none")
}

fn optional(length: Option<&str>) -> Text {
    length.map_or_else(none, words::length)
}

fn anchor(clock: &ClockRule) -> Text {
    let from = clock.anchor.as_deref();
    let mut text = from.map_or_else(|| words::both("进入该状态", "entry of the state"), |fact| words::both(fact, fact));
    if let Some(longer) = clock.or_entered.as_deref().map(words::length) {
        text = Text {
            zh: format!("{}（未知时自进入起 {}）", text.zh, longer.zh),
            en: format!("{} (unknown: {} from entry)", text.en, longer.en),
        };
    }
    text
}

fn stops(clock: &ClockRule) -> Text {
    let spans: Vec<String> = clock.pauses.iter().map(|(from, to)| format!("{from}–{to}")).collect();
    if spans.is_empty() { none() } else { words::both(&spans.join("、"), &spans.join(", ")) }
}

fn percents(clock: &ClockRule) -> Text {
    let all: Vec<String> = clock.warn_at.iter().map(|p| format!("{p}%")).collect();
    if all.is_empty() { none() } else { words::both(&all.join("、"), &all.join(", ")) }
}

fn names(groups: &[String]) -> Text {
    if groups.is_empty() { none() } else { words::both(&groups.join("、"), &groups.join(", ")) }
}
