//! Rotation of data keys: everything is sealed anew, page by page, while the market runs.

use super::fields::Resealed;
use super::keys::{add_key, number_of};
use super::{Place, SealedField};
use crate::tx::Tx;
use crate::{Command, Store, params, sql};
use serde::{Deserialize, Serialize};
use xr_base::{Fault, Instant, Millis, Problem, StoreError};

/// Every node has heard of a new key after so long: they look each second.
const HEARD_AFTER: Millis = Millis(5_000);
/// Rows sealed anew in one transaction.
const PAGE: i64 = 500;

/// Makes a new data key, which everything is sealed under from now on. A rotation must have ended before the next begins.
#[derive(Clone, Copy, Debug)]
pub struct NewDataKey;

impl Command for NewDataKey {
    type Out = u32;
    const NAME: &'static str = "store.new_data_key";

    fn run(&self, tx: &mut Tx<'_>) -> Result<u32, Fault> {
        let known: Vec<(i64,)> = tx.all(
            sql!(
                "SELECT number FROM seal_keys WHERE is_spent = 0 ORDER BY number /* unscoped: keys of the database */"
            ),
            &[],
        )?;
        let [(newest,)] = known.as_slice() else { return Err(Problem::new(409, "store.rotation_under_way").into()) };
        let number = number_of(newest + 1)?;
        let sealing = tx.shared.held.sealing.clone();
        match add_key(tx, &sealing, number) {
            Err(Fault::Store(StoreError::Duplicate(_))) => Err(Problem::new(409, "store.rotation_under_way").into()),
            other => other.map(|()| number),
        }
    }
}

/// How far a rotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The key that seals.
    pub newest: u32,
    /// When it was made, wall time.
    pub made_at: Instant,
    /// The key before it that fields may still lie under; none when nothing is to be done.
    pub old: Option<u32>,
}

/// Which keys fields lie under.
///
/// # Errors
/// 503 `store.locked` when the database has no key; [`StoreError`] of the engine.
pub fn progress(tx: &mut Tx<'_>) -> Result<Progress, Fault> {
    let known: Vec<(i64, Instant)> = tx.all(
        sql!(
            "SELECT number, created_at FROM seal_keys WHERE is_spent = 0 ORDER BY number DESC
             /* unscoped: keys of the database */"
        ),
        &[],
    )?;
    let newest = known.first().ok_or_else(|| Problem::new(503, "store.locked"))?;
    let old = known.get(1).map(|(number, _)| number_of(*number)).transpose()?;
    Ok(Progress { newest: number_of(newest.0)?, made_at: newest.1, old })
}

/// Looks whether another node made a new key; each node does so every second.
///
/// # Errors
/// A store fault.
pub async fn refresh(store: &Store) -> Result<(), Fault> {
    store.read(note_newer_keys).await
}

/// Reads the ring anew when the database has a key that it lacks, or spent one.
fn note_newer_keys(tx: &mut Tx<'_>) -> Result<(), Fault> {
    let (newest, spent): (i64, i64) = tx.one(
        sql!(
            "SELECT COALESCE(MAX(number), 0), COUNT(CASE WHEN is_spent = 1 THEN 1 END) FROM seal_keys
             /* unscoped: keys of the database */"
        ),
        &[],
    )?;
    if tx.shared.held.is_up_to_date(newest, spent) { Ok(()) } else { tx.refresh_keys() }
}

/// Seals the next page of one field anew, in one transaction; what is written meanwhile is left to its writer.
#[derive(Clone, Copy)]
struct Reseal {
    /// The field.
    field: SealedField,
    /// Rows after this id.
    after: i64,
}

/// What a page of [`Reseal`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Page {
    /// Last id looked at; none at the end of the table.
    last: Option<i64>,
    /// Rows sealed anew.
    resealed: u64,
}

impl Command for Reseal {
    type Out = Page;
    const NAME: &'static str = "store.reseal";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Page, Fault> {
        let Progress { newest, .. } = progress(tx)?;
        let rows = (self.field.page)(tx, self.after, PAGE)?;
        let mut page = Page { last: rows.last().map(|(id, _)| *id), resealed: 0 };
        for (id, was) in &rows {
            if xr_seal::key_number(was) == Some(newest) {
                continue;
            }
            let content = tx.open_sealed(Place { column: self.field.place, row: *id }, was)?;
            (self.field.reseal)(tx, Resealed { id: *id, was, content: &content })?;
            page.resealed += 1;
        }
        Ok(page)
    }
}

/// Marks `old` as spent: a whole sweep found nothing under it.
#[derive(Clone, Copy, Debug)]
struct Spend {
    old: u32,
}

impl Command for Spend {
    type Out = ();
    const NAME: &'static str = "store.spend_data_key";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        tx.put(
            sql!("UPDATE seal_keys SET is_spent = 1 WHERE number = ?1 /* unscoped: keys of the database */"),
            params![i64::from(self.old)],
        )?;
        Ok(())
    }
}

/// Goes on with a rotation, if there is one: sweeps every field until a sweep finds nothing under the old key. Gives the rows sealed
/// anew. It may be broken off and begun again anywhere, also by another node.
///
/// # Errors
/// A store fault; what was sealed anew until then stays.
pub async fn go_on(store: &Store, is_stopped: &(dyn Fn() -> bool + Sync)) -> Result<u64, Fault> {
    refresh(store).await?;
    let mut resealed = 0;
    loop {
        let ready = store.read(old_key_to_leave).await?;
        let Some(old) = ready else { return Ok(resealed) };
        let mut found = 0;
        for field in store.shared().held.sealing.fields.clone() {
            let mut after = i64::MIN;
            while !is_stopped() {
                let page = store.write(Reseal { field, after }).await?;
                found += page.resealed;
                let Some(last) = page.last else { break };
                after = last;
            }
        }
        resealed += found;
        if is_stopped() {
            return Ok(resealed);
        }
        if found == 0 {
            store.write(Spend { old }).await?;
            refresh(store).await?;
        }
    }
}

/// The key that fields are to leave, once every node has heard of the new one.
fn old_key_to_leave(tx: &mut Tx<'_>) -> Result<Option<u32>, Fault> {
    let Progress { made_at, old, .. } = match progress(tx) {
        // A database without a key has nothing to leave.
        Err(Fault::Refused(_)) => return Ok(None),
        other => other?,
    };
    Ok(old.filter(|_| made_at + HEARD_AFTER <= tx.wall()))
}
