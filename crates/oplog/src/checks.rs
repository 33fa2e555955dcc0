//! Checks of the hash chain that people ask for in the console: steps of a few thousand events, between which readers and writers
//! have their turn; how far one is survives a restart.

use serde_json::json;
use std::time::Duration;
use tokio::sync::watch;
use xr_base::{Actor, Fault, Instant, Problem, RowId, Stopwatch, StoreError, UserId};
use xr_store::audit::Check;
use xr_store::events::{Audience, NewEvent};
use xr_store::{Command, Store, Tx, params, record, sql};

/// Permission of everything here.
pub(crate) const PERMISSION: &str = "audit.read";
/// Blocks of 1,000 events that one step reads.
const BLOCKS: i64 = 8;
/// How far a check is, is written down so often.
const KEEP_EVERY: Duration = Duration::from_secs(1);
/// Pause while nobody wants anything.
const IDLE: Duration = Duration::from_millis(300);
/// Checks that are shown and kept.
pub(crate) const SHOWN: i64 = 20;

record! {
    /// A check that somebody asked for.
    #[derive(Clone, Debug)]
    pub(crate) struct CheckRow {
        pub(crate) id: RowId,
        pub(crate) asked_by: UserId,
        pub(crate) asked_at: Instant,
        pub(crate) ended_at: Option<Instant>,
        /// Counts what was written down.
        pub(crate) step: i64,
        pub(crate) course: String,
    }
}

impl CheckRow {
    pub(crate) fn check(&self) -> Result<Check, StoreError> {
        serde_json::from_str(&self.course).map_err(|error| StoreError::Corrupt(format!("check {}: {error}", self.id)))
    }
}

/// The newest checks.
pub(crate) fn newest(tx: &mut Tx<'_>) -> Result<Vec<CheckRow>, StoreError> {
    tx.all(
        sql!(
            "SELECT id, asked_by, asked_at, ended_at, step, course FROM event_checks ORDER BY id DESC LIMIT ?1
             /* unscoped: the record belongs to the platform */"
        ),
        params![SHOWN],
    )
}

fn open(tx: &mut Tx<'_>) -> Result<Option<CheckRow>, StoreError> {
    tx.opt(
        sql!(
            "SELECT id, asked_by, asked_at, ended_at, step, course FROM event_checks WHERE ended_at IS NULL ORDER BY id LIMIT 1
             /* unscoped: the record belongs to the platform */"
        ),
        &[],
    )
}

/// Asks for a check of the whole record as it is now; gives the one that is under way, if one is.
#[derive(Clone, Debug)]
pub struct AskCheck {
    /// Who asks; needs `audit.read`.
    pub actor: Actor,
}

impl Command for AskCheck {
    type Out = RowId;
    const NAME: &'static str = "oplog.ask_check";

    fn run(&self, tx: &mut Tx<'_>) -> Result<RowId, Fault> {
        xr_identity::authorise(&self.actor, PERMISSION)?;
        let forbidden = || Problem::new(403, "web.forbidden").with("permission", PERMISSION);
        let user = self.actor.user().ok_or_else(forbidden)?;
        if let Some(open) = open(tx)? {
            return Ok(open.id);
        }
        let (id, now, check) = (tx.id::<RowId>(), tx.now(), Check::begin(tx)?);
        tx.put(
            sql!(
                "INSERT INTO event_checks (id, asked_by, asked_at, ended_at, step, course) VALUES (?1, ?2, ?3, NULL, 0, ?4)
                 /* unscoped: inserting after authorisation */"
            ),
            params![id, user, now, written(&check)?],
        )?;
        tx.put(
            sql!(
                "DELETE FROM event_checks WHERE ended_at IS NOT NULL AND id NOT IN
                 (SELECT id FROM event_checks ORDER BY id DESC LIMIT ?1) /* unscoped: the record belongs to the platform */"
            ),
            params![SHOWN],
        )?;
        note(tx, "audit.check_asked", &self.actor, (id, json!({ "check": id })))?;
        Ok(id)
    }
}

fn written(check: &Check) -> Result<String, StoreError> {
    serde_json::to_string(check).map_err(|error| StoreError::Corrupt(error.to_string()))
}

fn note(
    tx: &mut Tx<'_>,
    kind: &str,
    actor: &Actor,
    (check, body): (RowId, serde_json::Value),
) -> Result<(), StoreError> {
    let (at, audience) = (tx.now(), Audience::default());
    tx.event(&NewEvent { kind, at, case: None, object: Some(check.0), audience, actor, body }).map(|_| ())
}

/// Writes down how far a check is, unless another server has gone on with it meanwhile.
#[derive(Clone, Debug)]
struct KeepCheck {
    row: CheckRow,
    check: Check,
    is_done: bool,
}

impl Command for KeepCheck {
    /// Whether this server goes on with it.
    type Out = bool;
    const NAME: &'static str = "oplog.keep_check";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        let ended_at = self.is_done.then(|| tx.now());
        let kept = tx.exec(
            sql!(
                "UPDATE event_checks SET step = step + 1, course = ?3, ended_at = ?4
                 WHERE id = ?1 AND step = ?2 AND ended_at IS NULL /* unscoped: the record belongs to the platform */"
            ),
            params![self.row.id, self.row.step, written(&self.check)?, ended_at],
        )?;
        if kept == 1 && self.is_done {
            let report = self.check.report();
            let body = json!({
                "check": self.row.id, "last_seq": report.last_seq, "is_whole": report.broken == 0,
                "first_seq": report.breaks.first().map(|found| found.seq),
            });
            note(tx, "audit.check_ended", &Actor::System, (self.row.id, body))?;
        }
        Ok(kept == 1 && !self.is_done)
    }
}

/// Goes on with what was asked for until `stop` turns true.
pub async fn work(store: Store, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match store.read(|tx| Ok(open(tx)?)).await {
            Ok(Some(row)) => {
                if let Err(fault) = go_on(&store, row, &stop).await {
                    tracing::warn!(%fault, "A check of the event record could not go on");
                }
            }
            Ok(None) => {}
            Err(fault) => tracing::warn!(%fault, "Checks of the event record could not be looked at"),
        }
        let _ = tokio::time::timeout(IDLE, stop.changed()).await;
    }
}

async fn go_on(store: &Store, mut row: CheckRow, stop: &watch::Receiver<bool>) -> Result<(), Fault> {
    let mut check = row.check()?;
    let mut kept = Stopwatch::start();
    while !*stop.borrow() {
        let step = store.read(move |tx| {
            let is_done = check.step(tx, BLOCKS)?;
            Ok((check, is_done))
        });
        let is_done;
        (check, is_done) = step.await?;
        if is_done || kept.elapsed() >= KEEP_EVERY {
            if !store.write(KeepCheck { row: row.clone(), check: check.clone(), is_done }).await? {
                return Ok(());
            }
            row.step += 1;
            kept = Stopwatch::start();
        }
    }
    Ok(())
}
