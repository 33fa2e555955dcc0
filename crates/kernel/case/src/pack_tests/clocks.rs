//! Dues of one clock under the facts of the moment.

use crate::compiled::Compiled;
use crate::facts::Facts;
use crate::model::ClockRule;
use xr_base::Instant;
use xr_base::calendar::{Calendar, DayTables, Due, Interval, Length, Term};

/// A clock as it stands now.
#[derive(Debug)]
pub(crate) struct Standing {
    /// When it ends.
    pub(crate) due: Instant,
    /// When it fires: the due and the grace.
    pub(crate) fire_at: Instant,
    /// Citation of the length that holds.
    pub(crate) rule: Option<String>,
}

/// Computes `rule`, which counts from `entered` unless it has an anchor.
///
/// # Errors
/// A sentence: a length that cannot be read, an absent fact, an unloaded year, an open pause.
pub(crate) fn standing(
    book: &Compiled,
    rule: &ClockRule,
    entered: Instant,
    facts: &Facts,
    tables: &DayTables,
) -> Result<Standing, String> {
    let mut chosen = (rule.after.as_str(), rule.calendar.as_str(), rule.rule.as_deref());
    for alt in &rule.alt {
        if book.holds(Some(&alt.when), facts, &|_| 0).map_err(|e| e.to_string())? {
            let calendar = alt.calendar.as_deref().unwrap_or(&rule.calendar);
            chosen = (&alt.after, calendar, alt.rule.as_deref().or(rule.rule.as_deref()));
            break;
        }
    }
    let (mut text, calendar, cited) = chosen;
    let anchor = rule.anchor.as_deref().map(|fact| facts.instant(fact));
    if let (Some(None), Some(longer)) = (anchor, rule.or_entered.as_deref()) {
        text = longer;
    }
    let mut length = Length::parse(text).map_err(|e| e.to_string())?;
    if let Some(fact) = length.fact().map(str::to_owned) {
        length = match (facts.instant(&fact), rule.or_entered.as_deref()) {
            (Some(at), _) => length.resolved(at),
            (None, Some(longer)) => Length::parse(longer).map_err(|e| e.to_string())?,
            (None, None) => return Err(format!("facts.{fact} is absent")),
        };
    }
    let calendar = Calendar::parse(calendar).map_err(|e| e.to_string())?;
    let pauses = rule.pauses.iter().map(window).collect::<Result<Vec<_>, _>>()?;
    let anchor = anchor.flatten().unwrap_or(entered);
    match (Term { anchor, length: &length, calendar: &calendar, pauses: &pauses, tables }).due() {
        Ok(Due::At(due)) => {
            let grace = rule.grace.as_deref().and_then(|g| Length::parse(g).ok()?.natural());
            Ok(Standing { due, fire_at: grace.map_or(due, |g| due + g), rule: cited.map(str::to_owned) })
        }
        Ok(Due::Paused { .. }) => Err("the clock stands in a pause without end".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn window((from, to): &(String, String)) -> Result<Interval, String> {
    let moment = |text: &String| Instant::parse(text).map_err(|e| e.to_string());
    Ok(Interval { from: moment(from)?, to: Some(moment(to)?) })
}
