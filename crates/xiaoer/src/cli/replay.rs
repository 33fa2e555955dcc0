//! `policy replay`: the recorded history under another pack (docs/REPLAY.md).

use super::{CliError, Common, DONE};
use crate::wiring;
use clap::Args;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use xr_base::locale::Text;
use xr_base::{CaseId, Fault, Instant, Locale, Problem, Scope, ShopId, SystemClock};
use xr_case::engine::{Engine, Question, Window, adopt_days, replay, replay_case};
use xr_case::replay::{Both, Course, Quantiles, Report, Sort, Words};
use xr_casework::replays::is_shop;
use xr_store::{Location, Tx, outside};

#[derive(Args)]
pub(super) struct ReplayArgs {
    /// Pack to live under.
    #[arg(long)]
    pack: String,
    /// Cases opened at this moment or later: `2026-01-05`, or with time and offset.
    #[arg(long, value_parser = moment, required_unless_present = "case")]
    since: Option<Instant>,
    /// Cases opened before [default: all].
    #[arg(long, value_parser = moment)]
    until: Option<Instant>,
    /// Cases of this shop only, `shp_…`.
    #[arg(long)]
    shop: Option<ShopId>,
    /// Both courses of one case, `cas_…`.
    #[arg(long)]
    case: Option<CaseId>,
}

/// A day begins at midnight in Shanghai.
fn moment(text: &str) -> Result<Instant, String> {
    let is_day = text.len() == 10;
    let whole = if is_day { format!("{text}T00:00:00+08:00") } else { text.to_owned() };
    Instant::parse(&whole).map_err(|e| e.to_string())
}

pub(super) fn run(common: &Common, args: &ReplayArgs) -> Result<u8, CliError> {
    let en = !super::language().starts_with("zh");
    if let Some(case) = args.case {
        let both = look(common, |tx| replay_case(tx, &args.pack, case))?;
        return print(common, &both, || side_by_side(&both, en));
    }
    let window = Window {
        since: args.since.unwrap_or(Instant(i64::MIN)),
        until: args.until.unwrap_or(Instant(i64::MAX)),
        shop: args.shop,
    };
    let question = Question { pack: args.pack.clone(), window };
    let (report, shops) = look(common, |tx| {
        is_shop(tx, args.shop)?;
        let report = replay(tx, &question, &mut |_| true)?;
        Ok((report, xr_identity::queries::shops(tx, Scope::Platform, 0, i64::MAX)?))
    })?;
    let shops = shops.into_iter().map(|shop| (shop.id, shop.name)).collect();
    print(common, &report, || summary(&report, &shops, en))
}

fn print(common: &Common, value: &impl serde::Serialize, text: impl Fn() -> String) -> Result<u8, CliError> {
    if common.json {
        println!("{}", serde_json::to_string_pretty(value).map_err(|e| CliError::Other(e.to_string()))?);
    } else {
        print!("{}", text());
    }
    Ok(DONE)
}

/// Looks at one snapshot, also of a market that is being served; nothing is written.
fn look<T>(common: &Common, query: impl FnOnce(&mut Tx<'_>) -> Result<T, Fault>) -> Result<T, CliError> {
    let settings = common.settings()?;
    let location = settings.location()?;
    if let Location::Folder(folder) = &location
        && !outside::has_database(folder)
    {
        return Err(CliError::Fault(Problem::new(404, "backup.no_market").with("folder", folder.display()).into()));
    }
    let engine = wiring::engine(settings.days()?);
    let books = wiring::library(&engine).and_then(|library| wiring::rulebooks(&library));
    let books = books.map_err(crate::market::OpenError::from)?;
    engine.books().hold(&books).map_err(Fault::from)?;
    let mut ext = wiring::hooks();
    ext.push(Box::new(Arc::<Engine>::new(engine)));
    let look = |tx: &mut Tx<'_>| {
        adopt_days(tx)?;
        query(tx)
    };
    let given = (ext, crate::keys::at_hand(&settings)?);
    Ok(outside::look(&location, Arc::new(SystemClock::real()), given, look)?)
}

/// A phrase of this crate's texts; a key that is missing shows itself.
fn phrase(key: &str, en: bool) -> String {
    let locale = if en { Locale::En } else { Locale::ZhCn };
    let texts = wiring::texts().ok();
    texts.and_then(|texts| texts.get(locale, key, &BTreeMap::new())).unwrap_or_else(|| key.to_owned())
}

fn summary(report: &Report, shops: &BTreeMap<ShopId, String>, en: bool) -> String {
    let say = |key: &str| phrase(key, en);
    let mut out = String::new();
    for (kind, t) in &report.kinds {
        let _ = writeln!(
            out,
            "{kind:<14} {} {}  {} {}  {} {}  {} {}  {} {}  {} {}  {} {}",
            say("replay.cases"),
            t.cases,
            say("replay.same"),
            t.same,
            say("replay.other_end"),
            t.end,
            say("replay.other_way"),
            t.way,
            say("replay.other_time"),
            t.time,
            say("replay.other_money"),
            t.money,
            say("replay.uncertain"),
            t.uncertain,
        );
        let (before, after) = t.silent;
        let _ = writeln!(out, "{:<14} {} {before} → {after}", "", say("replay.silent"));
        if let Some(q) = t.later_ms {
            let _ = writeln!(out, "{:<14} {}", "", later(&q, en));
        }
    }
    for (currency, sorts) in &report.money {
        for (what, tally) in sorts {
            let (before, after) = (tally.before, tally.after);
            let _ = writeln!(out, "{currency} {what}: {before} → {after} ({:+})", after - before);
        }
    }
    for (rule, count) in &report.rules {
        let _ = writeln!(out, "[{rule}] {count}");
    }
    if report.imported > 0 {
        let _ = writeln!(out, "{}: {}", say("replay.imported"), report.imported);
    }
    let _ = writeln!(out, "{}: {}", say("replay.untold"), report.not_reproduced);
    for sample in &report.samples {
        let sorts: Vec<String> = sample.divergence.sorts.iter().map(|s| sort(*s, en)).collect();
        let listed = report.changed.iter().find(|listed| listed.case == sample.case);
        let number = listed.and_then(|listed| listed.number.as_deref()).unwrap_or("-");
        let shop =
            listed.and_then(|listed| listed.shop).map(|id| shops.get(&id).cloned().unwrap_or_else(|| id.to_string()));
        let shop = shop.as_deref().unwrap_or("-");
        let _ = writeln!(out, "  {}  {number}  {shop}  {}  {}", sample.case, sample.old.kind, sorts.join(" "));
    }
    out
}

/// How many end at another time, and by how much: the range alone where they are too few for quantiles.
fn later(q: &Quantiles, en: bool) -> String {
    let hours = |ms: i64| {
        let minutes = (ms / 60_000).abs();
        format!("{}{}h{:02}m", if ms < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
    };
    let between = [q.p5, q.p50, q.p95].into_iter().flatten();
    let parts: Vec<String> = std::iter::once(q.min).chain(between).chain([q.max]).map(hours).collect();
    let title = if q.p50.is_some() { "replay.later" } else { "replay.later_few" };
    format!("{} {}: {}", phrase(title, en), q.count, parts.join(" "))
}

fn sort(sort: Sort, en: bool) -> String {
    match sort {
        Sort::End => phrase("replay.end", en),
        Sort::Way => phrase("replay.way", en),
        Sort::Time => phrase("replay.time", en),
        Sort::Money => phrase("replay.money", en),
    }
}

fn side_by_side(both: &Both, en: bool) -> String {
    let mut out = String::new();
    if let Some(why) = &both.untold {
        let _ = writeln!(out, "{}: {why}", phrase("replay.untold_one", en));
    }
    let courses = [(phrase("replay.own", en), &both.old), (phrase("replay.other", en), &both.new)];
    for (title, course) in courses {
        let _ = writeln!(out, "{title}");
        told(&mut out, course, &both.words, en);
    }
    for (id, rule) in both.words.rules.iter().filter(|(id, _)| is_cited(both, id)) {
        let _ = writeln!(out, "[{id}] {} ({})", said(&rule.text, en), rule.source);
    }
    out
}

fn is_cited(both: &Both, id: &str) -> bool {
    let cites = |course: &Course| {
        let steps = course.steps.iter().filter_map(|s| s.rule.as_deref());
        steps.chain(course.pending.iter().filter_map(|p| p.rule.as_deref())).any(|rule| rule == id)
    };
    cites(&both.old) || cites(&both.new)
}

fn said(text: &Text, en: bool) -> &str {
    if en { &text.en } else { &text.zh }
}

fn told(out: &mut String, course: &Course, words: &Words, en: bool) {
    let name = |texts: &BTreeMap<String, Text>, key: &str| {
        texts.get(key).map_or_else(|| key.to_owned(), |text| said(text, en).to_owned())
    };
    for step in &course.steps {
        let rule = step.rule.as_ref().map(|r| format!("  [{r}]")).unwrap_or_default();
        let (event, to) = (name(&words.events, &step.event), name(&words.states, &step.to));
        let _ = writeln!(out, "  {}  {event} ({}) → {to}{rule}", step.at, step.actor);
    }
    for act in &course.dropped {
        let event = name(&words.events, &act.event);
        let _ = writeln!(out, "  {}  ✗ {event} ({:?})", act.at, act.why);
    }
    for clock in &course.pending {
        let due = clock.due_at.map_or_else(String::new, |at| at.to_string());
        let _ = writeln!(out, "  ⏱ {due}  {}", name(&words.events, &clock.event));
    }
    for (what, minor) in &course.money {
        let _ = writeln!(out, "  {what} {minor}");
    }
    if !course.uncertain.is_empty() {
        let facts: Vec<&str> = course.uncertain.iter().copied().collect();
        let _ = writeln!(out, "  ? {}", facts.join(" "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_shanghai() {
        assert_eq!(moment("2026-01-05"), Ok(Instant::parse("2026-01-04T16:00:00Z").unwrap()));
        assert!(moment("2026-1-5").is_err() && moment("yesterday!").is_err());
    }

    #[test]
    fn of_few_cases_only_their_number_and_range_are_told() {
        let told = |values: &mut [i64]| later(&Quantiles::of(values).unwrap(), true);
        let (hour, half) = (3_600_000, 1_800_000);
        assert_eq!(told(&mut [9 * hour, -half]), "ends later by (cases: min max) 2: -0h30m +9h00m");
        let mut many: Vec<i64> = (0..21).map(|n| n * hour).collect();
        let words = "ends later by (cases: min 5% 50% 95% max) 21: +0h00m +1h00m +10h00m +19h00m +20h00m";
        assert_eq!(told(&mut many), words);
    }
}
