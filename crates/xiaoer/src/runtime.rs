//! What runs beside the requests: deadlines, and work queued by transactions.

use std::time::Duration;
use tokio::sync::watch;
use tracing::{info, warn};
use xr_base::{CaseId, Fault, Millis, StoreError};
use xr_case::engine::{self, Beat, FireDue, NoteOutage, RefreshCases, RefreshForDays};
use xr_logistics::NoteStalled;
use xr_payments::ResendRefund;
use xr_store::{Command, Store, Tx, audit, jobs, sealing};

/// Cases looked at in one round; with as many in flight the embedded database commits them together.
const FIRED_PER_ROUND_MAX: i64 = 500;
/// Pause between rounds with nothing due.
const IDLE: Duration = Duration::from_millis(100);
/// A worker that died gives its jobs back after so long.
const JOB_LEASE: Millis = Millis::minutes(2);
/// Every node hears of a new key after so long, and a little more.
const KEEP_KEYS_EVERY: Duration = Duration::from_secs(1);
/// Jobs claimed at a time.
const JOBS_MAX: i64 = 100;

/// Fires due clocks until `stop` turns true; overdue ones first, in order of their dues.
pub async fn keep_promises(store: Store, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match fire_round(&store).await {
            Ok(0) => {
                let _ = tokio::time::timeout(IDLE, stop.changed()).await;
            }
            Ok(fired) => tracing::debug!(fired, "Deadlines were fired"),
            Err(fault) => {
                warn!(%fault, "A round of deadlines failed");
                tokio::time::sleep(IDLE).await;
            }
        }
    }
    info!("Deadlines are no longer watched");
}

/// One round; gives the number of cases that were fired. One that cannot be stays due, and is tried again after a pause.
async fn fire_round(store: &Store) -> Result<usize, Fault> {
    let due = store.read(|tx| engine::due_cases(tx, FIRED_PER_ROUND_MAX)).await?;
    let mut fired = 0;
    let mut running = tokio::task::JoinSet::new();
    for case in due {
        let store = store.clone();
        running.spawn(async move { (case, store.write(FireDue { case }).await) });
    }
    while let Some(done) = running.join_next().await {
        match done {
            Ok((case, Err(fault))) => note_failure(case, &fault),
            Ok((_, Ok(_))) => fired += 1,
            Err(error) => warn!(%error, "A deadline was left"),
        }
    }
    Ok(fired)
}

fn note_failure(case: CaseId, fault: &Fault) {
    match fault {
        Fault::Store(StoreError::Busy) => {}
        // Silence must never be refused: the checker proves it of every machine, so this is worth waking somebody up.
        other => tracing::error!(case.id = %case, fault = %other, "A deadline of case {case} could not fire"),
    }
}

/// Claims jobs of one kind.
#[derive(Clone, Copy, Debug)]
pub struct ClaimJobs {
    /// Kind of work.
    pub kind: &'static str,
}

/// A claimed job on its way to a worker.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Claimed {
    /// The job.
    pub job: xr_base::RowId,
    /// The case that its payload names.
    pub case: CaseId,
}

#[derive(serde::Deserialize)]
struct Payload {
    case: CaseId,
}

impl Command for ClaimJobs {
    type Out = Vec<Claimed>;
    const NAME: &'static str = "runtime.claim_jobs";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<Claimed>, Fault> {
        let jobs = jobs::claim(tx, self.kind, JOBS_MAX, JOB_LEASE)?;
        let read = |job: jobs::Job| {
            let payload: Payload =
                serde_json::from_str(&job.payload).map_err(|e| StoreError::Corrupt(e.to_string()))?;
            Ok(Claimed { job: job.id, case: payload.case })
        };
        jobs.into_iter().map(read).collect()
    }
}

/// Sends failed refunds again when their time has come, until `stop` turns true.
pub async fn resend_refunds(store: Store, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let claimed = store.write(ClaimJobs { kind: "refund.resend" }).await.unwrap_or_default();
        for Claimed { job, case } in claimed {
            if let Err(fault) = store.write(ResendRefund { refund: case, job }).await {
                warn!(%fault, case.id = %case, "A refund could not be sent again");
            }
        }
        let _ = tokio::time::timeout(Duration::from_millis(500), stop.changed()).await;
    }
}

/// Pause between two rounds of house-keeping.
const KEEP_HOUSE_EVERY: Duration = Duration::from_mins(1);

/// Events wait so long at most for a full block of the hash chain.
const SEAL_AFTER: Millis = Millis::minutes(5);

/// Once a minute until `stop` turns true: what silence of the outside world means (parcels that nobody scans are stalled),
/// files that were kept long enough or that no record names are deleted, and the event record is sealed.
pub async fn keep_house(store: Store, mut stop: watch::Receiver<bool>) {
    // A part of the files in each round: all of them in four hours.
    for part in (0..=u8::MAX).cycle() {
        if *stop.borrow() {
            return;
        }
        match store.write(NoteStalled).await {
            Ok(0) => {}
            Ok(noted) => info!(noted, "Parcels have stalled"),
            Err(fault) => warn!(%fault, "Stalled parcels could not be noted"),
        }
        match store.write(xr_imports::ForgetFiles).await {
            Ok(0) => {}
            Ok(forgotten) => info!(forgotten, "Files of imports were kept long enough"),
            Err(fault) => warn!(%fault, "Files of imports could not be looked at"),
        }
        if let Err(fault) = xr_imports::delete_forgotten(&store, &|| *stop.borrow()).await {
            warn!(%fault, "Files of imports could not be deleted");
        }
        match store.write(xr_exports::ExpireFiles).await {
            Ok(0) => {}
            Ok(expired) => info!(expired, "Exported files were kept long enough"),
            Err(fault) => warn!(%fault, "Exported files could not be looked at"),
        }
        match collect_orphans(&store, part).await {
            Ok(0) => {}
            Ok(deleted) => info!(deleted, "Files that no record names were deleted"),
            Err(fault) => warn!(%fault, "Files that no record names could not be looked for"),
        }
        if let Err(fault) = seal(&store, &stop).await {
            warn!(%fault, "The event record could not be sealed");
        }
        let _ = tokio::time::timeout(KEEP_HOUSE_EVERY, stop.changed()).await;
    }
}

/// Learns of new keys of the sealed fields within a second, and carries a rotation on until nothing lies under the old key.
pub async fn keep_keys(store: Store, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let is_stopped = || *stop.borrow();
        match sealing::go_on(&store, &is_stopped).await {
            Ok(0) => {}
            Ok(resealed) => info!(resealed, "Fields were sealed under a new key"),
            Err(fault) => warn!(%fault, "Fields could not be sealed under a new key"),
        }
        let _ = tokio::time::timeout(KEEP_KEYS_EVERY, stop.changed()).await;
    }
}

async fn collect_orphans(store: &Store, part: u8) -> Result<u64, Fault> {
    let store = store.clone();
    let collected = tokio::task::spawn_blocking(move || store.blobs().collect_orphans(&store, part)).await;
    collected.map_err(|error| StoreError::Engine(format!("orphans: {error}")))?
}

/// Seals what is ready, block by block; after an upgrade that is the whole record.
async fn seal(store: &Store, stop: &watch::Receiver<bool>) -> Result<(), Fault> {
    while audit::seal_next(store, SEAL_AFTER).await? && !*stop.borrow() {}
    Ok(())
}

/// Pause between two signs of life.
const BEAT_EVERY: Duration = Duration::from_mins(1);

/// Before deadlines are watched: if nobody served the market for a while, people's clocks get that time back.
///
/// # Errors
/// A store fault.
pub async fn make_up_for_outage(store: &Store) -> Result<(), Fault> {
    if !store.write(NoteOutage).await? {
        return Ok(());
    }
    warn!("The market was not served for a while; people's deadlines are moved by that time");
    let mut after = CaseId(0);
    while let Some(last) = store.write(RefreshCases { after }).await? {
        after = last;
    }
    Ok(())
}

/// A year that was loaded, or a day that was corrected, moves the clocks that count days; until `stop` turns true. Run before
/// deadlines are watched, and when days were corrected.
///
/// # Errors
/// A store fault.
pub async fn reckon_anew(store: &Store, stop: &watch::Receiver<bool>) -> Result<(), Fault> {
    for version in store.read(engine::stale_days).await? {
        let mut after = CaseId(0);
        while let Some(last) = store.write(RefreshForDays { version: version.clone(), after }).await? {
            if *stop.borrow() {
                return Ok(());
            }
            after = last;
        }
    }
    Ok(())
}

/// Tells of clocks that wait for the days of a year.
///
/// # Errors
/// A store fault.
pub async fn tell_awaited(store: &Store) -> Result<(), Fault> {
    for engine::Awaited { region, year, clocks } in store.read(engine::awaited_years).await? {
        tracing::error!(
            region,
            year,
            clocks,
            "Clocks wait for the days of {region}/{year}: tell them on the page of working days, or by `day_tables` in the settings"
        );
    }
    Ok(())
}

/// Pause between two looks for corrected days.
const LOOK_FOR_DAYS_EVERY: Duration = Duration::from_secs(1);
/// Looks after an adoption in which clocks of before are still looked for: a command that was under way may have started one.
const LOOKS_AFTER: u32 = 60;

/// Takes people's corrections of day tables over, whichever server they were told, and moves the clocks that count days, until
/// `stop` turns true. What fails is tried again.
pub async fn keep_days(store: Store, mut stop: watch::Receiver<bool>) {
    let mut looks_left = 0;
    while !*stop.borrow() {
        match store.read(engine::adopt_days).await {
            Ok(is_new) => looks_left = if is_new { LOOKS_AFTER } else { looks_left },
            Err(fault) => warn!(%fault, "Corrected days could not be read"),
        }
        if looks_left > 0 {
            match reckon_anew(&store, &stop).await {
                Ok(()) => looks_left -= 1,
                Err(fault) => warn!(%fault, "Clocks could not be moved for corrected days; they are tried again"),
            }
        }
        let _ = tokio::time::timeout(LOOK_FOR_DAYS_EVERY, stop.changed()).await;
    }
}

/// Says once a minute that the market is served, until `stop` turns true.
pub async fn beat(store: Store, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(fault) = store.write(Beat).await {
            warn!(%fault, "A sign of life could not be written");
        }
        let _ = tokio::time::timeout(BEAT_EVERY, stop.changed()).await;
    }
}
