//! Replays of the history under another pack: asked for over the API, lived in the background, kept with what came out.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tracing::{info, warn};
use xr_base::{Actor, Coded as _, Fault, Instant, Millis, Problem, RowId, Scope, ShopId, StoreError, UserId};
use xr_case::engine::{self, Engine, Question, Window, authorise};
use xr_store::{Command, Store, Tx, params, record, sql};

/// Who may ask for a replay and read what came out.
pub(crate) const PERMISSION: &str = "policy.replay";
/// Replays that may wait at once.
const OPEN_MAX: i64 = 8;
/// A worker that says nothing for so long has died.
const HELD: Millis = Millis::minutes(1);
/// How often a worker says how far it is.
const TELL_EVERY: Duration = Duration::from_secs(1);

record! {
    /// A replay as asked, and how far it is.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct Replay {
        /// Id.
        pub id: RowId,
        /// Pack to live under.
        pub pack: String,
        /// Cases opened at this moment or later.
        pub since_at: Instant,
        /// Cases opened before; none for all.
        pub until_at: Option<Instant>,
        /// Cases of this shop only.
        pub shop_id: Option<ShopId>,
        /// Who asked.
        pub asked_by: UserId,
        /// When.
        pub asked_at: Instant,
        /// `waiting`, `running`, `done` or `failed`.
        pub state: String,
        /// Families lived so far.
        pub families_done: i64,
        /// Families there are.
        pub families_all: i64,
        /// When it ended.
        pub ended_at: Option<Instant>,
        /// Problem code of why it failed.
        pub problem: Option<String>,
    }
}

/// Newest replays first, at most `limit`, older than `before`.
///
/// # Errors
/// A store fault.
pub fn list(tx: &mut Tx<'_>, before: i64, limit: i64) -> Result<Vec<Replay>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT id, pack, since_at, until_at, shop_id, asked_by, asked_at, state, families_done, families_all, ended_at,
             problem FROM policy_replays WHERE id < ?1 ORDER BY id DESC LIMIT ?2
             /* unscoped: for the platform, by its own permission */"
        ),
        params![before, limit],
    )?)
}

/// Names of those shops in `named` that `scope` may see.
///
/// # Errors
/// A store fault.
pub fn shop_names(tx: &mut Tx<'_>, scope: Scope, named: &BTreeSet<ShopId>) -> Result<BTreeMap<ShopId, String>, Fault> {
    if named.is_empty() {
        return Ok(BTreeMap::new());
    }
    let shops = xr_identity::queries::shops(tx, scope, 0, i64::MAX)?;
    Ok(shops.into_iter().filter(|shop| named.contains(&shop.id)).map(|shop| (shop.id, shop.name)).collect())
}

/// One replay, with its report when it is done.
///
/// # Errors
/// `casework.no_such_replay`.
pub fn get(tx: &mut Tx<'_>, id: RowId) -> Result<(Replay, Option<String>), Fault> {
    let found: Option<Replay> = tx.opt(
        sql!(
            "SELECT id, pack, since_at, until_at, shop_id, asked_by, asked_at, state, families_done, families_all, ended_at,
             problem FROM policy_replays WHERE id = ?1 /* unscoped: for the platform, by its own permission */"
        ),
        params![id],
    )?;
    let replay = found.ok_or_else(|| Problem::new(404, "casework.no_such_replay").with("id", id))?;
    let (report,): (Option<String>,) = tx.one(
        sql!("SELECT report FROM policy_replays WHERE id = ?1 /* unscoped: for the platform, by its own permission */"),
        params![id],
    )?;
    Ok((replay, report))
}

/// Refuses a shop that is not there: its replay would say that nothing differs. A simulated market has shops by their cases alone.
///
/// # Errors
/// `casework.no_such_shop`.
pub fn is_shop(tx: &mut Tx<'_>, shop: Option<ShopId>) -> Result<(), Fault> {
    match shop {
        Some(id) if xr_identity::queries::shop(tx, id)?.is_none() && engine::roots(tx, shop)? == 0 => {
            Err(Problem::new(422, "casework.no_such_shop").field("shop").with("shop", id).into())
        }
        _ => Ok(()),
    }
}

/// Asks for a replay.
#[derive(Clone, Debug)]
pub struct AskReplay {
    /// Who.
    pub actor: Actor,
    /// Pack to live under.
    pub pack: String,
    /// Which cases.
    pub window: Window,
}

impl Command for AskReplay {
    type Out = RowId;
    const NAME: &'static str = "casework.ask_replay";

    fn run(&self, tx: &mut Tx<'_>) -> Result<RowId, Fault> {
        authorise(&self.actor, PERMISSION)?;
        let Actor::Person(person) = &self.actor else { return Err(Problem::new(403, "case.forbidden").into()) };
        let current = Engine::from_tx(tx)?.books().all_current();
        if !current.iter().any(|ready| ready.book.book().pack == self.pack) {
            let missing = engine::Error::NoRulebook { kind: "*".to_owned(), pack: self.pack.clone() };
            return Err(missing.problem().field("pack").into());
        }
        let until = Some(self.window.until).filter(|until| *until < Instant(i64::MAX));
        if until.is_some_and(|until| until <= self.window.since) {
            return Err(Problem::new(422, "casework.empty_period").field("until").into());
        }
        is_shop(tx, self.window.shop)?;
        let (open,): (i64,) = tx.one(
            sql!("SELECT COUNT(*) FROM policy_replays WHERE ended_at IS NULL /* unscoped: a count, no content */"),
            &[],
        )?;
        if open >= OPEN_MAX {
            return Err(Problem::new(409, "casework.too_many_replays").into());
        }
        let (id, now) = (tx.id::<RowId>(), tx.now());
        tx.put(
            sql!(
                "INSERT INTO policy_replays (id, pack, since_at, until_at, shop_id, asked_by, asked_at, state, held_until,
                 families_done, families_all, ended_at, problem, report)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting', 0, 0, 0, NULL, NULL, NULL)
                 /* unscoped: inserting after authorisation */"
            ),
            params![id, self.pack, self.window.since, until, self.window.shop, person.user, now],
        )?;
        Ok(id)
    }
}

/// Id, pack, since, until, shop, held until.
type Waiting = (RowId, String, Instant, Option<Instant>, Option<ShopId>, i64);

/// Takes the oldest replay that nobody has; one whose worker died begins anew.
#[derive(Clone, Copy, Debug)]
struct ClaimReplay;

impl Command for ClaimReplay {
    type Out = Option<(RowId, Window, String)>;
    const NAME: &'static str = "casework.claim_replay";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Out, Fault> {
        let wall = tx.wall();
        let row: Option<Waiting> = tx.opt(
            sql!(
                "SELECT id, pack, since_at, until_at, shop_id, held_until FROM policy_replays
                 WHERE ended_at IS NULL AND held_until < ?1 ORDER BY id LIMIT 1 /* unscoped: the worker */"
            ),
            params![wall],
        )?;
        let Some((id, pack, since, until, shop, held)) = row else { return Ok(None) };
        let taken = tx.exec(
            sql!(
                "UPDATE policy_replays SET state = 'running', held_until = ?2, families_done = 0
                 WHERE id = ?1 AND held_until = ?3 AND ended_at IS NULL /* unscoped: the worker */"
            ),
            params![id, wall + HELD, held],
        )?;
        let window = Window { since, until: until.unwrap_or(Instant(i64::MAX)), shop };
        Ok((taken == 1).then_some((id, window, pack)))
    }
}

/// How far a replay is.
#[derive(Clone, Copy, Debug)]
struct TellReplay {
    id: RowId,
    done: i64,
    all: i64,
}

impl Command for TellReplay {
    type Out = ();
    const NAME: &'static str = "casework.tell_replay";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let held = tx.wall() + HELD;
        tx.put(
            sql!(
                "UPDATE policy_replays SET families_done = ?2, families_all = ?3, held_until = ?4
                 WHERE id = ?1 AND ended_at IS NULL /* unscoped: the worker */"
            ),
            params![self.id, self.done, self.all, held],
        )?;
        Ok(())
    }
}

/// The product stops: whoever starts next lives it from the beginning.
#[derive(Clone, Copy, Debug)]
struct LeaveReplay(RowId);

impl Command for LeaveReplay {
    type Out = ();
    const NAME: &'static str = "casework.leave_replay";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        tx.put(
            sql!(
                "UPDATE policy_replays SET state = 'waiting', held_until = 0, families_done = 0
                 WHERE id = ?1 AND ended_at IS NULL /* unscoped: the worker */"
            ),
            params![self.0],
        )?;
        Ok(())
    }
}

/// What came out.
#[derive(Clone, Debug)]
struct EndReplay {
    id: RowId,
    outcome: Result<String, String>,
}

impl Command for EndReplay {
    type Out = ();
    const NAME: &'static str = "casework.end_replay";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let (state, report, problem) = match &self.outcome {
            Ok(report) => ("done", Some(report.as_str()), None),
            Err(code) => ("failed", None, Some(code.as_str())),
        };
        let now = tx.now();
        tx.put(
            sql!(
                "UPDATE policy_replays SET state = ?2, ended_at = ?3, report = ?4, problem = ?5,
                 families_done = CASE WHEN ?2 = 'done' THEN families_all ELSE families_done END
                 WHERE id = ?1 AND ended_at IS NULL /* unscoped: the worker */"
            ),
            params![self.id, state, now, report, problem],
        )?;
        Ok(())
    }
}

/// Pause between looks for something to do.
const IDLE: Duration = Duration::from_secs(1);

/// Lives what was asked for, one replay after the other, until `stop` turns true.
pub async fn replay_histories(store: Store, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match replay_next(&store, &stop).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(fault) => warn!(%fault, "A replay could not be lived"),
        }
        let _ = tokio::time::timeout(IDLE, stop.changed()).await;
    }
}

/// Lives the oldest replay that waits; gives whether there was one. When the product stops, it is left for the next start.
///
/// # Errors
/// A store fault while it is claimed or written down; one while it is lived ends the replay as failed.
pub async fn replay_next(store: &Store, stop: &watch::Receiver<bool>) -> Result<bool, Fault> {
    let Some((id, window, pack)) = store.write(ClaimReplay).await? else { return Ok(false) };
    let outcome = match live(store, stop, (id, Question { pack, window })).await {
        Ok(report) => Ok(report),
        Err(Fault::Refused(problem)) if problem.code == "case.replay_stopped" => {
            store.write(LeaveReplay(id)).await?;
            return Ok(false);
        }
        Err(Fault::Refused(problem)) => Err(problem.code),
        Err(fault) => {
            warn!(%fault, "A replay failed");
            Err("web.internal".to_owned())
        }
    };
    store.write(EndReplay { id, outcome }).await?;
    info!("A replay was lived");
    Ok(true)
}

/// Ends a replay that nobody waits for any more: it has a reader of the store.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The report as JSON.
async fn live(store: &Store, stop: &watch::Receiver<bool>, (id, question): (RowId, Question)) -> Result<String, Fault> {
    let shop = question.window.shop;
    let all = store.read(move |tx| engine::roots(tx, shop)).await?;
    store.write(TellReplay { id, done: 0, all }).await?;
    let done = Arc::new(AtomicU64::new(0));
    let is_stopped = Arc::new(AtomicBool::new(*stop.borrow()));
    let _stops = StopOnDrop(Arc::clone(&is_stopped));
    let living = {
        let (done, is_stopped) = (Arc::clone(&done), Arc::clone(&is_stopped));
        store.read(move |tx| {
            let mut progress = |lived: u64| {
                done.store(lived, Ordering::Relaxed);
                !is_stopped.load(Ordering::Relaxed)
            };
            let report = engine::replay(tx, &question, &mut progress)?;
            Ok(serde_json::to_string(&report).map_err(|e| StoreError::Engine(e.to_string()))?)
        })
    };
    tokio::pin!(living);
    loop {
        tokio::select! {
            lived = &mut living => return lived,
            () = tokio::time::sleep(TELL_EVERY) => {
                is_stopped.store(*stop.borrow(), Ordering::Relaxed);
                let done = i64::try_from(done.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
                // A store that has no time for this has time for the next one.
                if let Err(fault) = store.write(TellReplay { id, done: done.min(all), all }).await {
                    warn!(%fault, "It could not be told how far a replay is");
                }
            }
        }
    }
}
