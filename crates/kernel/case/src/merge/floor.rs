//! Statutory bounds on the lengths of clocks (decision D3): the shortest time that a clock may give stands against `min`, the longest
//! against `max`. Only like is compared with like: minutes, hours and days with each other, `wd` with `wd`, `mo` with `mo`.

use super::{Work, keys};
use crate::model::{ClockRule, Rulebook};
use crate::parse::{Floor, RawPack};
use xr_base::calendar::{Calendar, Counting, Length};
use xr_base::{Instant, Millis};

/// From an anchor to the midnight after it: what `day0` adds at most.
const DAY: Millis = Millis::days(1);

/// Refuses lengths outside the bounds of `statutory`, lengths that cannot be compared with them, and bounds that stand on nothing.
pub(super) fn check(work: &mut Work<'_>, book: &Rulebook, statutory: &RawPack) {
    for floor in statutory.floors.iter().filter(|f| f.target.kind == book.kind) {
        let target = &floor.target;
        let (at, state) = (statutory.origins.find(&target.path), format!("state.{}", target.state));
        let rule = floor.rule.as_deref().unwrap_or_default();
        if !statutory.rules.contains_key(rule) {
            let finding = work.find_at(at.clone(), &state, format!("the floor cites no rule of its pack: `{rule}`"));
            finding.suggestion = crate::finding::nearest(rule, keys(&statutory.rules));
        }
        let Some(clock) = book.states.get(&target.state).and_then(|s| s.clocks.get(&target.name)) else {
            let message = format!("the floor names a clock that does not exist: `{}`", target.name);
            work.find_at(at, &state, message);
            continue;
        };
        compare(work, &format!("{state}.clock.{}", target.name), clock, &Bound { floor, rule });
    }
}

/// A bound and the id of its rule.
struct Bound<'a> {
    floor: &'a Floor,
    rule: &'a str,
}

fn compare(work: &mut Work<'_>, path: &str, clock: &ClockRule, bound: &Bound<'_>) {
    let from_midnight = bound.floor.calendar.as_deref() == Some("day0");
    let more = more(clock);
    for (path, text, calendar) in lengths(path, clock) {
        let span = Span::parse(text);
        // A calendar that cannot be read is the checker's finding.
        let Ok(counting) = Calendar::parse(calendar) else { continue };
        let shown = if calendar == "natural" { text.to_owned() } else { format!("{text} {calendar}") };
        if let Some(min) = &bound.floor.min {
            let wait = if from_midnight && counting.counting() != Counting::Day0 { DAY } else { Millis(0) };
            let is_kept = span.zip(Span::parse(min)).and_then(|(span, min)| span.at_least(min.plus(wait)?));
            bound.tell(work, (&path, &shown, min), is_kept, "shorter");
        }
        if let Some(max) = &bound.floor.max {
            let longest = span.zip(more).and_then(|(span, more)| span.longest(&counting, from_midnight, more));
            let is_kept = longest.zip(Span::parse(max)).and_then(|(longest, max)| max.at_least(longest));
            let is_plain = more == Some(Millis(0));
            bound.tell(work, (&path, &shown, max), is_kept, if is_plain { "longer" } else { "with its pauses longer" });
        }
    }
}

impl Bound<'_> {
    fn tell(&self, work: &mut Work<'_>, (path, length, text): (&str, &str, &str), is_kept: Option<bool>, how: &str) {
        let calendar = self.floor.calendar.as_deref().filter(|c| *c != "natural");
        let stated =
            format!("the statutory {text}{} ({})", calendar.map(|c| format!(" {c}")).unwrap_or_default(), self.rule);
        match is_kept {
            Some(true) => {}
            Some(false) => work.find(path, format!("{length} is {how} than {stated}")),
            None => work.find(
                path,
                format!("{length} cannot be compared with {stated}: write it in the same unit and calendar"),
            ),
        }
    }
}

/// Every length that may hold, with its calendar.
fn lengths<'c>(path: &str, clock: &'c ClockRule) -> Vec<(String, &'c str, &'c str)> {
    let own = clock.calendar.as_str();
    let mut out = vec![(format!("{path}.after"), clock.after.as_str(), own)];
    out.extend(clock.or_entered.as_deref().map(|text| (format!("{path}.or_entered"), text, own)));
    let alts = clock.alt.iter().enumerate();
    out.extend(
        alts.map(|(i, alt)| (format!("{path}.alt.{i}.after"), &*alt.after, alt.calendar.as_deref().unwrap_or(own))),
    );
    out
}

/// What grace and named pauses may add; none if nobody knows how much.
fn more(clock: &ClockRule) -> Option<Millis> {
    if !clock.pause_while.is_empty() {
        return None;
    }
    let mut sum = match &clock.grace {
        Some(text) => Length::parse(text).ok()?.natural()?,
        None => Millis(0),
    };
    for (from, to) in &clock.pauses {
        sum = Millis(sum.0 + (Instant::parse(to).ok()? - Instant::parse(from).ok()?).0);
    }
    Some(sum)
}

/// A length in one unit.
#[derive(Clone, Copy, PartialEq)]
enum Span {
    /// `m`, `h`, `d`
    Time(Millis),
    /// `wd`
    WorkingDays(u32),
    /// `mo`
    Months(u32),
}

impl Span {
    fn parse(text: &str) -> Option<Self> {
        let length = Length::parse(text).ok()?;
        match length {
            Length::WorkingDays(n) => Some(Self::WorkingDays(n)),
            Length::Months(n) => Some(Self::Months(n)),
            other => other.natural().map(Self::Time),
        }
    }

    /// `None` where time cannot be added.
    fn plus(self, more: Millis) -> Option<Self> {
        match self {
            Self::Time(span) => Some(Self::Time(Millis(span.0 + more.0))),
            other => (more == Millis(0)).then_some(other),
        }
    }

    /// The longest that the clock may take, reckoned as a bound from midnight or from the anchor is.
    fn longest(self, calendar: &Calendar, from_midnight: bool, more: Millis) -> Option<Self> {
        let wait = match (self, calendar.counting()) {
            (Self::Time(_), _) if calendar.is_rolling() => return None,
            (Self::Time(_), Counting::Day0) if !from_midnight => DAY,
            (Self::Time(_), Counting::WorkingDays | Counting::Window { .. }) => return None,
            _ => Millis(0),
        };
        self.plus(Millis(wait.0 + more.0))
    }

    /// `None` if units differ.
    fn at_least(self, bound: Self) -> Option<bool> {
        match (self, bound) {
            (Self::Time(a), Self::Time(b)) => Some(a >= b),
            (Self::WorkingDays(a), Self::WorkingDays(b)) | (Self::Months(a), Self::Months(b)) => Some(a >= b),
            _ => None,
        }
    }
}
