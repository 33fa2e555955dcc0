//! Deadlines that cross into a year whose days are not known yet (decision D7), from the refusal to guess to the due.
#![allow(clippy::unwrap_used)]

use xr_base::calendar::{DayTable, DayTables, plain_letters};
use xr_base::{Actor, CaseId, Fault, Instant, Millis, OrgId, Party, Principal, RowId, Scope, UserId};
use xr_case::engine::{self, Awaited, ClockRow, SaveDays};
use xr_payments::{NoticeKind, queries};
use xr_store::Tx;
use xr_tests::{On, TestMarket, buyer};

/// New Year's Day off, and the Saturday after it worked.
const DAYS_2027: &str = "region = \"cn\"\n[[year]]\nyear = 2027\nholidays = [\"01-01..01-03\"]\nmakeup = [\"01-09\"]\n";
const YEAR_END: &str = "2026-12-30T09:00:00+08:00";

/// A refund that nobody answers, until the finance people have one working day to pay it by hand: gives its case.
fn refund_for_finance(market: &TestMarket) -> CaseId {
    let sku = market.sku("A", 1_000, 5);
    let placed = market.place(&[(sku, 1)]);
    market.act(&buyer(), placed.payment, "submit").unwrap();
    market.advance(Millis::minutes(31));
    market.notice(NoticeKind::Captured, placed.payment, 1_000).unwrap();
    market.advance(Millis::days(2));
    market.read(move |tx| Ok(queries::refunds_of(tx, placed.order)?.remove(0).case_id))
}

/// The market as it is served after its settings were given a table of 2027.
fn tell_2027(market: TestMarket) -> TestMarket {
    let mut days = DayTables::shipped().clone();
    days.add(&DayTable::from_toml(DAYS_2027).unwrap());
    let market = market.restart(days);
    reckon_anew(&market);
    market
}

/// What a server does at its start, and when days were corrected.
fn reckon_anew(market: &TestMarket) {
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(xiaoer::runtime::reckon_anew(&market.store, &stopped)).unwrap();
    assert_eq!(market.read(engine::stale_days), Vec::<String>::new());
}

/// The days of a year as the market knows them, from one day on changed to these letters.
fn days(market: &TestMarket, year: i16, from_day: usize, letters: &str) -> String {
    let tables = market.read(|tx| Ok(engine::Engine::from_tx(tx)?.tables()));
    let mut days = tables.region("cn").unwrap().letters(year).or_else(|| plain_letters(year)).unwrap();
    days.replace_range(from_day - 1..from_day - 1 + letters.len(), letters);
    days
}

fn save(market: &TestMarket, year: i64, days: &str, seen: Option<RowId>) -> Result<RowId, Fault> {
    let permissions = std::iter::once("calendars.edit".to_owned()).collect();
    let person = Principal { user: UserId(9), org: Some(OrgId(1)), party: Party::Platform, permissions, address: None };
    let (actor, region, source) = (Actor::Person(person), "cn".to_owned(), "a notice".to_owned());
    market.run(SaveDays { actor, permission: "calendars.edit", region, year, days: days.to_owned(), source, seen })
}

/// What the keeper of a server does.
fn adopt(market: &TestMarket) -> bool {
    let is_new = market.read(engine::adopt_days);
    if is_new {
        reckon_anew(market);
    }
    is_new
}

fn clock_of(market: &TestMarket, case: CaseId) -> ClockRow {
    market.read(move |tx| Ok(engine::clocks_of(tx, case)?.remove(0)))
}

/// Events that told of a moved deadline.
fn deadlines_told(market: &TestMarket) -> usize {
    let all = market.read(|tx| Ok(xr_store::events::after(tx, Scope::Platform, 0, 10_000)?));
    all.iter().filter(|event| event.kind.ends_with("deadline_changed")).count()
}

/// Both engines; PostgreSQL only where a server can be had (CI insists).
fn markets() -> impl Iterator<Item = TestMarket> {
    [On::Sqlite, On::Postgres].into_iter().filter_map(TestMarket::new)
}

#[test]
fn a_deadline_in_an_unknown_year_waits_for_its_days_and_then_runs() {
    for market in markets() {
        market.clock.jump_to(Instant::parse(YEAR_END).unwrap());
        let refund = refund_for_finance(&market);
        // The step was taken although its clock cannot be told: Thursday, 31 December, plus one working day.
        assert_eq!(market.state(refund), "manual");
        let clock = clock_of(&market, refund);
        assert_eq!((clock.due_at, clock.wake_at, clock.blocked.as_deref()), (None, None, Some("calendar:cn/2027")));
        assert_eq!(market.read(engine::awaited_years), [Awaited { region: "cn".to_owned(), year: 2027, clocks: 1 }]);
        market.advance(Millis::days(30));
        assert_eq!(market.state(refund), "manual", "silence has no consequence before its moment is known");

        let market = tell_2027(market);
        assert_eq!(clock_of(&market, refund).due_at, Some(Instant::parse("2027-01-05T00:00:00+08:00").unwrap()));
        assert_eq!(market.read(engine::awaited_years), []);
        market.fire_due();
        assert_eq!(market.state(refund), "succeeded", "it was overdue already");
        assert_eq!(market.history(refund).pop().unwrap().rule.as_deref(), Some("XD-33"));
        market.assert_sound();
    }
}

#[test]
fn a_year_told_before_its_time_moves_nothing_that_was_known() {
    for market in markets() {
        let refund = refund_for_finance(&market);
        let before = clock_of(&market, refund);
        let told = deadlines_told(&market);
        let market = tell_2027(market);
        let after = clock_of(&market, refund);
        assert_eq!((after.due_at, after.blocked), (before.due_at, None));
        assert_ne!(after.cal_version, before.cal_version, "it is known which days were counted");
        assert_eq!(deadlines_told(&market), told, "nothing to tell");
    }
}

#[test]
fn a_corrected_day_moves_what_its_preview_said_and_nothing_else() {
    for market in markets() {
        let refund = refund_for_finance(&market);
        let (before, told) = (clock_of(&market, refund), deadlines_told(&market));
        // The working day is Wednesday, 7 January: it becomes a holiday, and Thursday too.
        assert_eq!(before.due_at, Some(Instant::parse("2026-01-08T00:00:00+08:00").unwrap()));
        let new = days(&market, 2026, 7, "hh");
        let asked = new.clone();
        let looked = move |tx: &mut Tx<'_>| engine::preview_days(tx, ("cn", 2026, &asked), CaseId(0), 100);
        let moves = market.read(looked);
        let due = Some(Instant::parse("2026-01-10T00:00:00+08:00").unwrap());
        assert_eq!((moves.later, moves.earlier, moves.past, moves.untold, moves.after), (1, 0, 0, 0, None));
        assert_eq!((moves.samples[0].case, moves.samples[0].from, moves.samples[0].to), (refund, before.due_at, due));
        assert_eq!(clock_of(&market, refund), before, "a preview writes nothing");
        assert_eq!(deadlines_told(&market), told);

        let first = save(&market, 2026, &new, None).unwrap();
        assert!(adopt(&market) && !adopt(&market));
        assert_eq!(clock_of(&market, refund).due_at, due);
        // Events get their place in the record soon after the commit.
        while deadlines_told(&market) == told {
            std::thread::yield_now();
        }
        assert_eq!(deadlines_told(&market), told + 1);

        // Back again: the deadline is past then, and the preview says so.
        market.advance(Millis::days(2));
        let back = days(&market, 2026, 7, "ww");
        let asked = back.clone();
        let looked = move |tx: &mut Tx<'_>| engine::preview_days(tx, ("cn", 2026, &asked), CaseId(0), 100);
        let moves = market.read(looked);
        assert_eq!((moves.later, moves.earlier, moves.past), (0, 1, 1));
        save(&market, 2026, &back, Some(first)).unwrap();
        assert!(adopt(&market));
        market.fire_due();
        assert_eq!(market.state(refund), "succeeded");
        market.assert_sound();
    }
}

#[test]
fn a_year_told_by_people_is_known_after_a_restart_too() {
    for market in markets() {
        market.clock.jump_to(Instant::parse(YEAR_END).unwrap());
        let refund = refund_for_finance(&market);
        let new = days(&market, 2027, 1, "hhh");
        let asked = new.clone();
        let looked = move |tx: &mut Tx<'_>| engine::preview_days(tx, ("cn", 2027, &asked), CaseId(0), 100);
        assert_eq!(market.read(looked).later, 1, "it waits for the year");
        save(&market, 2027, &new, None).unwrap();
        let market = market.restart(DayTables::shipped().clone());
        reckon_anew(&market);
        assert_eq!(clock_of(&market, refund).due_at, Some(Instant::parse("2027-01-05T00:00:00+08:00").unwrap()));
        assert_eq!(market.read(engine::awaited_years), []);
    }
}

#[test]
fn of_two_who_saw_the_same_days_one_corrects_them() {
    for market in markets() {
        let code = |result: Result<RowId, Fault>| result.unwrap_err().problem().unwrap().code.clone();
        let (one, other) = (days(&market, 2026, 8, "h"), days(&market, 2026, 9, "h"));
        let saved: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = [&one, &other].map(|days| scope.spawn(|| save(&market, 2026, days, None))).into();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(saved.iter().filter(|saved| saved.is_ok()).count(), 1, "{saved:?}");
        let last = saved.into_iter().find_map(Result::ok);
        assert_eq!(code(save(&market, 2026, &other, None)), "case.days_changed");
        assert_eq!(code(save(&market, 2026, &one[1..], last)), "case.bad_days");
        assert_eq!(code(save(&market, 2026, &one.replace('h', "x"), last)), "case.bad_days");
        assert_eq!(market.read(engine::day_edits).len(), 1);
        save(&market, 2026, &other, last).unwrap();
    }
}

#[test]
fn a_clock_that_was_not_moved_yet_does_not_fire_on_a_day_that_is_no_working_day_any_more() {
    for market in markets() {
        let refund = refund_for_finance(&market);
        save(&market, 2026, &days(&market, 2026, 7, "hh"), None).unwrap();
        assert!(market.read(engine::adopt_days), "known, and no clock is moved yet");
        let asked = days(&market, 2026, 9, "h");
        let looked = move |tx: &mut Tx<'_>| Ok(engine::preview_days(tx, ("cn", 2026, &asked), CaseId(0), 9).is_err());
        assert!(market.read(looked), "a preview waits until they are moved");
        market.clock.jump_to(Instant::parse("2026-01-08T00:00:00+08:00").unwrap());
        market.fire_due();
        assert_eq!(market.state(refund), "manual");
        assert_eq!(clock_of(&market, refund).due_at, Some(Instant::parse("2026-01-10T00:00:00+08:00").unwrap()));
        market.advance(Millis::days(2));
        assert_eq!(market.state(refund), "succeeded");
    }
}

#[test]
fn of_two_servers_each_learns_what_the_other_was_told() {
    let Some(market) = TestMarket::new(On::Postgres) else { return };
    let other = TestMarket::beside(&market);
    let last = |market: &TestMarket, year: i64| {
        let edits = market.read(engine::day_edits);
        edits.into_iter().rfind(|edit| edit.year == year).map(|edit| edit.id)
    };
    for round in 0..4 {
        let (told, learns) = if round % 2 == 0 { (&market, &other) } else { (&other, &market) };
        let year = 2026 + i64::try_from(round / 2).unwrap();
        let wanted = days(told, i16::try_from(year).unwrap(), 100 + round, "hhh");
        save(told, year, &wanted, last(told, year)).unwrap();
        assert!(adopt(told) && adopt(learns), "round {round}");
        let known = |market: &TestMarket| market.read(|tx| Ok(engine::Engine::from_tx(tx)?.tables()));
        assert_eq!(known(told), known(learns));
        assert_eq!(known(told).region("cn").unwrap().letters(i16::try_from(year).unwrap()), Some(wanted));
    }
}
