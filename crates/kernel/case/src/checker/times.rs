//! Lengths and calendars: all can be read, and each length has a meaning in its calendar.

use crate::compiled::Compiled;
use crate::merge::Work;
use crate::model::ClockRule;
use xr_base::Instant;
use xr_base::calendar::{Calendar, Length};

/// Checks all clocks of one rulebook.
pub(super) fn check(work: &mut Work<'_>, book: &Compiled) {
    for (name, state) in &book.book().states {
        for (clock, rule) in &state.clocks {
            let path = format!("state.{name}.clock.{clock}");
            lengths(work, &path, rule);
            grace(work, &path, rule);
            pauses(work, &path, rule);
            uncounted(work, &path, rule, book);
        }
    }
}

fn lengths(work: &mut Work<'_>, path: &str, rule: &ClockRule) {
    let own = calendar(work, &format!("{path}.calendar"), &rule.calendar);
    fits(work, &format!("{path}.after"), &rule.after, own.as_ref());
    if let Some(longer) = &rule.or_entered {
        fits(work, &format!("{path}.or_entered"), longer, own.as_ref());
        if Length::parse(longer).is_ok_and(|l| l.fact().is_some()) {
            work.find(&format!("{path}.or_entered"), "`or_entered` runs from entry: it is no moment of a fact");
        }
    }
    for (i, alt) in rule.alt.iter().enumerate() {
        let path = format!("{path}.alt.{i}");
        let other = alt.calendar.as_ref().map(|text| calendar(work, &format!("{path}.calendar"), text));
        fits(work, &format!("{path}.after"), &alt.after, other.as_ref().unwrap_or(&own).as_ref());
    }
}

fn calendar(work: &mut Work<'_>, path: &str, text: &str) -> Option<Calendar> {
    Calendar::parse(text).map_err(|e| work.find(path, format!("the calendar {e}"))).ok()
}

fn fits(work: &mut Work<'_>, path: &str, text: &str, calendar: Option<&Calendar>) {
    match Length::parse(text) {
        Err(error) => work.find(path, format!("the length {error}")),
        Ok(length) => {
            if let Some(Err(error)) = calendar.map(|c| c.suits(&length)) {
                work.find(path, error.to_string());
            }
        }
    }
}

/// Grace is added to a due that is known already, so it is plain time.
fn grace(work: &mut Work<'_>, path: &str, rule: &ClockRule) {
    let Some(text) = &rule.grace else { return };
    let path = format!("{path}.grace");
    match Length::parse(text) {
        Err(error) => work.find(&path, format!("the grace {error}")),
        Ok(length) if length.natural().is_none() => {
            work.find(&path, format!("the grace {text} is not in minutes, hours or days"));
        }
        Ok(_) => {}
    }
}

fn pauses(work: &mut Work<'_>, path: &str, rule: &ClockRule) {
    for (from, to) in &rule.pauses {
        let is_window = match (Instant::parse(from), Instant::parse(to)) {
            (Ok(from), Ok(to)) => from < to,
            _ => false,
        };
        if !is_window {
            work.find(&format!("{path}.pauses"), format!("the pause from {from} to {to} is no stretch of time"));
        }
    }
}

/// The length of a clock is computed anew whenever a fact changes; counts are not asked then.
fn uncounted(work: &mut Work<'_>, path: &str, rule: &ClockRule, book: &Compiled) {
    for (i, alt) in rule.alt.iter().enumerate() {
        if book.guard(&alt.when).is_some_and(|g| !g.counts().is_empty()) {
            work.find(&format!("{path}.alt.{i}.when"), "a length depends on facts, not on counts");
        }
    }
}
