//! Deadlines that cross into a year whose days are not known yet (decision D7), from the refusal to guess to the due.
#![allow(clippy::unwrap_used)]

use xr_base::calendar::{DayTable, DayTables};
use xr_base::{CaseId, Instant, Millis, Scope};
use xr_case::engine::{self, ClockRow, RefreshForDays};
use xr_payments::{NoticeKind, queries};
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
    for version in market.read(engine::stale_days) {
        let mut after = CaseId(0);
        while let Some(last) = market.run(RefreshForDays { version: version.clone(), after }).unwrap() {
            after = last;
        }
    }
    assert_eq!(market.read(engine::stale_days), Vec::<String>::new());
    market
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
        assert_eq!((clock.due_at, clock.wake_at, clock.blocked.as_deref()), (None, None, Some("calendar:2027")));
        assert_eq!(market.read(engine::awaited_years), [("2027".to_owned(), 1)]);
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
