//! Statutory bounds on the lengths of clocks (decision D3): compared as written, whatever the calendar.

use super::Work;
use crate::model::{ClockRule, Rulebook};
use crate::parse::RawPack;

/// Refuses lengths outside the bounds of `statutory`, and lengths that cannot be compared with them.
pub(super) fn check(work: &mut Work<'_>, book: &Rulebook, statutory: &RawPack) {
    for floor in statutory.floors.iter().filter(|f| f.target.kind == book.kind) {
        let target = &floor.target;
        let clock = book.states.get(&target.state).and_then(|s| s.clocks.get(&target.name));
        let Some(clock) = clock else {
            let at = statutory.origins.find(&target.path);
            work.find_at(
                at,
                &format!("state.{}", target.state),
                format!("the floor names a clock that does not exist: `{}`", target.name),
            );
            continue;
        };
        let path = format!("state.{}.clock.{}", target.state, target.name);
        let rule = floor.rule.as_deref().unwrap_or("statutory");
        for (path, length) in lengths(&path, clock) {
            if let Some(min) = &floor.min {
                compare(work, &path, (length, min, rule), true);
            }
            if let Some(max) = &floor.max {
                compare(work, &path, (length, max, rule), false);
            }
        }
    }
}

fn lengths<'c>(path: &str, clock: &'c ClockRule) -> Vec<(String, &'c str)> {
    let own = std::iter::once((format!("{path}.after"), clock.after.as_str()));
    own.chain(clock.alt.iter().enumerate().map(|(i, alt)| (format!("{path}.alt.{i}.after"), alt.after.as_str())))
        .collect()
}

fn compare(work: &mut Work<'_>, path: &str, (length, bound, rule): (&str, &str, &str), is_min: bool) {
    let is_kept = match (Span::parse(length), Span::parse(bound)) {
        (Some(a), Some(b)) => a.at_least(b, is_min),
        _ => None,
    };
    match (is_kept, is_min) {
        (Some(true), _) => {}
        (Some(false), true) => work.find(path, format!("{length} is shorter than the statutory {bound} ({rule})")),
        (Some(false), false) => work.find(path, format!("{length} is longer than the statutory {bound} ({rule})")),
        (None, _) => work.find(
            path,
            format!("{length} cannot be compared with the statutory {bound} ({rule}): write it in the same unit"),
        ),
    }
}

/// A length in one unit.
#[derive(Clone, Copy)]
enum Span {
    /// `m`, `h`, `d`
    Minutes(i64),
    /// `wd`
    WorkingDays(i64),
    /// `mo`
    Months(i64),
}

impl Span {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let n: i64 = text[..digits].parse().ok()?;
        match &text[digits..] {
            "m" => Some(Self::Minutes(n)),
            "h" => n.checked_mul(60).map(Self::Minutes),
            "d" => n.checked_mul(1_440).map(Self::Minutes),
            "wd" => Some(Self::WorkingDays(n)),
            "mo" => Some(Self::Months(n)),
            _ => None,
        }
    }

    /// Whether `self >= bound` (`is_min`) or `self <= bound`; `None` if units differ.
    const fn at_least(self, bound: Self, is_min: bool) -> Option<bool> {
        match (self, bound) {
            (Self::Minutes(a), Self::Minutes(b))
            | (Self::WorkingDays(a), Self::WorkingDays(b))
            | (Self::Months(a), Self::Months(b)) => Some(if is_min { a >= b } else { a <= b }),
            _ => None,
        }
    }
}
