//! Day tables as people correct them: kept edit by edit, shown beforehand with the deadlines that they would move, and adopted
//! by every process of the market (decision D7).

use super::clocks::{clocks_of, replan_under};
use super::running::Running;
use super::{Engine, authorise};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError, RwLock};
use xr_base::calendar::{DayTable, DayTables, LoadError};
use xr_base::locale::Text;
use xr_base::{Actor, CaseId, Fault, Instant, Problem, RowId, StoreError, UserId};
use xr_store::events::{Audience, NewEvent};
use xr_store::{Command, Tx, params, record, sql};

/// Characters of what a correction rests on, e.g. the number of a notice.
const SOURCE_CHARS_MAX: usize = 300;

/// The tables in use, and up to which edit they are complete.
pub(super) struct Days {
    told: DayTables,
    now: RwLock<(i64, Arc<DayTables>)>,
}

impl Days {
    pub(super) fn new(told: DayTables) -> Self {
        Self { now: RwLock::new((0, Arc::new(told.clone()))), told }
    }

    pub(super) fn now(&self) -> Arc<DayTables> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner).1)
    }
}

record! {
    /// One correction of a year.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct DayEdit {
        /// Id.
        pub id: RowId,
        /// Place among all edits, from 1; the greatest of a year holds.
        pub seq: i64,
        /// The day table.
        pub region: String,
        /// Year.
        pub year: i64,
        /// One letter a day, see [`xr_base::calendar::DayKind::letter`].
        pub days: String,
        /// What it rests on.
        pub source: String,
        /// Who.
        pub user_id: UserId,
        /// When, business time.
        pub at: Instant,
    }
}

/// Every correction, oldest first: the last one of a year holds.
///
/// # Errors
/// A store fault.
pub fn day_edits(tx: &mut Tx<'_>) -> Result<Vec<DayEdit>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT id, seq, region, year, days, source, user_id, at FROM calendar_edits ORDER BY seq
             /* unscoped: days are everybody's */"
        ),
        &[],
    )?)
}

/// Takes corrections that this process does not know yet into its tables; gives whether there were any. Then the clocks of
/// [`stale_days`](super::stale_days) are to be computed anew.
///
/// # Errors
/// A store fault, or an edit that is no year.
pub fn adopt_days(tx: &mut Tx<'_>) -> Result<bool, Fault> {
    let days = &Engine::of(tx)?.days;
    if last_seq(tx)? == days.now.read().unwrap_or_else(PoisonError::into_inner).0 {
        return Ok(false);
    }
    let (mut last, mut tables) = (0, days.told.clone());
    for edit in day_edits(tx)? {
        let table = table_of(&edit.region, edit.year, &edit.days);
        tables.add(&table.map_err(|e| StoreError::Corrupt(format!("calendar edit {}: {e}", edit.id)))?);
        last = edit.seq;
    }
    *days.now.write().unwrap_or_else(PoisonError::into_inner) = (last, Arc::new(tables));
    Ok(true)
}

fn last_seq(tx: &mut Tx<'_>) -> Result<i64, Fault> {
    let (last,): (Option<i64>,) =
        tx.one(sql!("SELECT MAX(seq) FROM calendar_edits /* unscoped: days are everybody's */"), &[])?;
    Ok(last.unwrap_or(0))
}

fn table_of(region: &str, year: i64, days: &str) -> Result<DayTable, LoadError> {
    DayTable::of_year(region, i16::try_from(year).unwrap_or_default(), days)
}

/// The tables as they would be with these days.
fn with_days(tables: &DayTables, region: &str, year: i64, days: &str) -> Result<DayTables, Fault> {
    if tables.region(region).is_none() {
        return Err(Problem::new(404, "case.no_calendar").with("region", region).into());
    }
    let table =
        table_of(region, year, days).map_err(|e| Problem::new(422, "case.bad_days").field("days").with("reason", e))?;
    let mut tables = tables.clone();
    tables.add(&table);
    Ok(tables)
}

/// Corrects a year, or tells a new one. Clocks are computed anew afterwards, by [`adopt_days`] and
/// [`RefreshForDays`](super::RefreshForDays), outside this transaction: there may be very many.
#[derive(Clone, Debug)]
pub struct SaveDays {
    /// Who.
    pub actor: Actor,
    /// Permission needed.
    pub permission: &'static str,
    /// The day table.
    pub region: String,
    /// Year.
    pub year: i64,
    /// One letter a day.
    pub days: String,
    /// What it rests on, e.g. the number of a notice; 1 to 300 characters.
    pub source: String,
    /// The last edit of this year that the editor has seen.
    pub seen: Option<RowId>,
}

impl Command for SaveDays {
    type Out = RowId;
    const NAME: &'static str = "case.save_days";

    fn run(&self, tx: &mut Tx<'_>) -> Result<RowId, Fault> {
        authorise(&self.actor, self.permission)?;
        let Actor::Person(person) = &self.actor else { return Err(Problem::new(403, "case.forbidden").into()) };
        let source = self.source.trim();
        if source.is_empty() || source.chars().count() > SOURCE_CHARS_MAX {
            return Err(Problem::new(422, "case.bad_source").field("source").with("max", SOURCE_CHARS_MAX).into());
        }
        let engine = Engine::of(tx)?;
        with_days(&engine.tables(), &self.region, self.year, &self.days)?;
        // Read first: what is saved between this and the next question is seen there, and what comes later takes this place.
        let seq = last_seq(tx)? + 1;
        let last: Option<(RowId,)> = tx.opt(
            sql!(
                "SELECT id FROM calendar_edits WHERE region = ?1 AND year = ?2 ORDER BY seq DESC LIMIT 1
                 /* unscoped: days are everybody's */"
            ),
            params![self.region, self.year],
        )?;
        if last.map(|(id,)| id) != self.seen {
            return Err(Problem::new(409, "case.days_changed").with("year", self.year).into());
        }
        let (id, at) = (tx.id::<RowId>(), tx.now());
        let is_first = tx.exec(
            sql!(
                "INSERT INTO calendar_edits (id, region, year, days, source, user_id, at, seq)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (seq) DO NOTHING
                 /* unscoped: inserting after authorisation */"
            ),
            params![id, self.region, self.year, self.days, source, person.user, at, seq],
        )?;
        // Whoever comes second looks again at what the first has made of it.
        StoreError::compared(is_first, "the calendar")?;
        tx.event(&NewEvent {
            kind: "calendar.changed",
            at,
            case: None,
            object: Some(id.0),
            audience: Audience::default(),
            actor: &self.actor,
            body: serde_json::json!({ "edit": id, "region": self.region, "year": self.year, "source": source }),
        })?;
        Ok(id)
    }
}

/// A deadline that other days would move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The case.
    pub case: CaseId,
    /// Its kind.
    pub kind: String,
    /// Its state in words.
    pub state: Text,
    /// The clock.
    pub clock: String,
    /// Due now; none while it cannot be told.
    pub from: Option<Instant>,
    /// Due then.
    pub to: Option<Instant>,
    /// Whether that is past.
    pub is_past: bool,
}

/// What other days would do to the deadlines that count days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moves {
    /// Clocks that count days of this table.
    pub clocks: u64,
    /// Due later than now, those that could not be told before included.
    pub later: u64,
    /// Due earlier.
    pub earlier: u64,
    /// Of all that would move: past then, so they would end at once.
    pub past: u64,
    /// That could not be told any more.
    pub untold: u64,
    /// Some of them, the first past ones before all others.
    pub samples: Vec<Moved>,
    /// Cases up to this one were looked at; none when all were.
    pub after: Option<CaseId>,
}

/// Samples of one preview.
const SAMPLES_MAX: usize = 50;

/// What `days` instead of today's would do to the deadlines of cases after `after`; looks at `limit` cases at most and writes
/// nothing.
///
/// # Errors
/// `case.no_calendar`, `case.bad_days`, or a store fault.
pub fn preview_days(
    tx: &mut Tx<'_>,
    (region, year, days): (&str, i64, &str),
    after: CaseId,
    limit: i64,
) -> Result<Moves, Fault> {
    let known = Engine::of(tx)?.tables();
    let tables = with_days(&known, region, year, days)?;
    if !super::stale_days(tx)?.is_empty() {
        return Err(Problem::new(409, "case.days_moving").into());
    }
    let version = known.version(region).unwrap_or_default();
    let cases: Vec<(CaseId,)> = tx.all(
        sql!(
            "SELECT DISTINCT case_id FROM clocks WHERE cal_version = ?1 AND cal_version <> '' AND case_id > ?2
             ORDER BY case_id LIMIT ?3 /* unscoped: the whole market */"
        ),
        params![version, after, limit],
    )?;
    let is_cut = i64::try_from(cases.len()).unwrap_or(i64::MAX) == limit;
    let mut moves = Moves { after: cases.last().map(|(case,)| *case).filter(|_| is_cut), ..Moves::default() };
    let (mut past, mut others) = (Vec::new(), Vec::new());
    let now = tx.now();
    for (case,) in cases {
        let running = Running::load(tx, case)?;
        for row in clocks_of(tx, case)? {
            let is_counted = row.cal_version == version;
            let Some(rule) = running.ready.clock(&row.state, &row.name).filter(|_| is_counted) else { continue };
            moves.clocks += 1;
            let fresh = replan_under(tx, &running, &row, (rule, &tables))?;
            if fresh.due_at == row.due_at {
                continue;
            }
            let is_past = fresh.fire_at.is_some_and(|at| at <= now);
            match (row.due_at, fresh.due_at) {
                (_, None) => moves.untold += 1,
                (Some(from), Some(to)) if to < from => moves.earlier += 1,
                _ => moves.later += 1,
            }
            moves.past += u64::from(is_past);
            let samples = if is_past { &mut past } else { &mut others };
            if samples.len() < SAMPLES_MAX {
                let kind = running.case.kind.clone();
                let state = running.ready.book.book().states.get(&running.case.state);
                let state = state.map(|state| state.label.clone()).unwrap_or_default();
                samples.push(Moved { case, kind, state, clock: row.name, from: row.due_at, to: fresh.due_at, is_past });
            }
        }
    }
    past.append(&mut others);
    past.truncate(SAMPLES_MAX);
    moves.samples = past;
    Ok(moves)
}
