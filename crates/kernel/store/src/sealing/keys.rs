//! The data keys of a database and the slots that they are wrapped in.

use super::Sealing;
use crate::shared::Shared;
use crate::tx::{Connection, Tx};
use crate::{Command, params, record, sql};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};
use xr_base::{Fault, Problem, StoreError};
use xr_seal::{DataKey, KEY_BYTES, Keeper, Place, Ring, SealError};
use zeroize::Zeroizing;

/// The keys of an open store.
pub(crate) struct Held {
    pub(super) sealing: Sealing,
    pub(super) ring: RwLock<Ring>,
}

impl Held {
    /// Nothing at hand yet.
    pub(crate) fn locked(sealing: Sealing) -> Self {
        Self { sealing, ring: RwLock::default() }
    }

    /// The sealed fields of every slice.
    pub(crate) fn fields(&self) -> &[super::SealedField] {
        &self.sealing.fields
    }

    /// Takes over what was read, unless somebody who read later was faster.
    fn replace(&self, found: &Found) {
        let fresh = found.ring();
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        if fresh.newest() >= ring.newest() && fresh.spent() >= ring.spent() {
            *ring = fresh;
        }
    }

    /// Number of the key that seals.
    fn newest(&self) -> Option<u32> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).newest()
    }

    /// Whether sealed fields cannot be read.
    pub(crate) fn is_locked(&self) -> bool {
        self.newest().is_none()
    }

    /// Whether the ring is of a database with so many spent keys, the newest of this number.
    pub(super) fn is_up_to_date(&self, newest: i64, spent: i64) -> bool {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.newest().map(i64::from).unwrap_or_default() == newest && i64::try_from(ring.spent()) == Ok(spent)
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&Ring) -> Result<T, SealError>) -> Result<T, SealError> {
        work(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }
}

record! {
    /// A wrapped data key.
    struct Wrapped {
        number: i64,
        is_spent: bool,
        keeper: String,
        content: Vec<u8>,
    }
}

pub(super) fn number_of(row: i64) -> Result<u32, StoreError> {
    u32::try_from(row).map_err(|_| StoreError::Corrupt(format!("data key {row}")))
}

/// What the keepers at hand unwrap, and who has which slots.
struct Found {
    secrets: BTreeMap<u32, (bool, Zeroizing<[u8; KEY_BYTES]>)>,
    slots: BTreeSet<(u32, String)>,
}

impl Found {
    fn read(tx: &mut Tx<'_>, sealing: &Sealing) -> Result<Self, Fault> {
        let rows: Vec<Wrapped> = tx.all(
            sql!(
                "SELECT k.number, k.is_spent, s.keeper, s.wrapped FROM seal_keys k JOIN seal_slots s ON s.number = k.number
                 ORDER BY k.number, s.keeper /* unscoped: keys of the database */"
            ),
            &[],
        )?;
        let (mut secrets, mut slots) = (BTreeMap::new(), BTreeSet::new());
        for row in rows {
            let number = number_of(row.number)?;
            if let Some(keeper) = sealing.keepers.iter().find(|keeper| keeper.name() == row.keeper) {
                secrets.insert(number, (row.is_spent, keeper.unwrap(number, &row.content).map_err(super::fault)?));
            }
            slots.insert((number, row.keeper));
        }
        Ok(Self { secrets, slots })
    }

    fn ring(&self) -> Ring {
        let mut ring = Ring::default();
        for (number, (is_spent, secret)) in &self.secrets {
            ring.add(*number, DataKey::from_secret(secret), *is_spent);
        }
        ring
    }

    /// Every keeper at hand that has no slot for a key gets one.
    fn complete(&self, tx: &mut Tx<'_>, sealing: &Sealing) -> Result<(), Fault> {
        for (number, (_, secret)) in &self.secrets {
            for keeper in sealing.keepers.iter().filter(|keeper| !self.slots.contains(&(*number, keeper.name()))) {
                wrap(tx, keeper.as_ref(), *number, secret)?;
            }
        }
        Ok(())
    }
}

fn wrap(tx: &mut Tx<'_>, keeper: &dyn Keeper, number: u32, secret: &[u8; KEY_BYTES]) -> Result<(), Fault> {
    let wrapped = keeper.wrap(number, secret).map_err(super::fault)?;
    tx.put(
        sql!(
            "INSERT INTO seal_slots (number, keeper, wrapped) VALUES (?1, ?2, ?3) ON CONFLICT (number, keeper) DO NOTHING
             /* unscoped: keys of the database */"
        ),
        params![i64::from(number), keeper.name(), wrapped],
    )?;
    Ok(())
}

/// Adds data key `number`, new, in a slot of each keeper at hand.
///
/// # Errors
/// [`StoreError::Duplicate`] when another node was faster.
pub(super) fn add_key(tx: &mut Tx<'_>, sealing: &Sealing, number: u32) -> Result<(), Fault> {
    let mut secret = Zeroizing::new([0; KEY_BYTES]);
    if !(sealing.entropy)(secret.as_mut_slice()) {
        return Err(StoreError::Engine("the source of randomness failed".to_owned()).into());
    }
    let wall = tx.wall();
    // Whoever comes second waits here for the end of the first one's transaction, and then finds its key.
    tx.exec(
        sql!(
            "INSERT INTO seal_keys (number, created_at, is_spent) VALUES (?1, ?2, 0) /* unscoped: keys of the database */"
        ),
        params![i64::from(number), wall],
    )?;
    for keeper in &sealing.keepers {
        wrap(tx, keeper.as_ref(), number, &secret)?;
    }
    Ok(())
}

fn has_keys(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let (count,): (i64,) = tx.one(sql!("SELECT COUNT(*) FROM seal_keys /* unscoped: keys of the database */"), &[])?;
    Ok(count > 0)
}

/// Fills the ring of a store that is being opened; makes the first data key of a new database.
pub(crate) fn load(conn: &mut dyn Connection, shared: &Shared) -> Result<(), StoreError> {
    let sealing = &shared.held.sealing;
    if !sealing.keepers.is_empty() {
        let made = in_transaction(conn, shared, |tx| if has_keys(tx)? { Ok(()) } else { add_key(tx, sealing, 1) });
        match made {
            Err(Fault::Store(StoreError::Duplicate(_) | StoreError::Retry(..))) | Ok(()) => {}
            Err(fault) => return Err(as_store(fault)),
        }
    }
    let found = in_transaction(conn, shared, |tx| {
        let found = Found::read(tx, sealing)?;
        found.complete(tx, sealing).map(|()| found)
    });
    shared.held.replace(&found.map_err(as_store)?);
    Ok(())
}

fn as_store(fault: Fault) -> StoreError {
    match fault {
        Fault::Store(error) => error,
        other => StoreError::Engine(other.to_string()),
    }
}

/// One transaction while the store is being opened, on its first connection.
pub(crate) fn in_transaction<T>(
    conn: &mut dyn Connection,
    shared: &Shared,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    conn.group_begin()?;
    conn.begin()?;
    let now = shared.command_now();
    let done = work(&mut Tx::new(conn, shared, now));
    let kept = match &done {
        Ok(_) => keep(conn, shared),
        Err(_) => conn.rollback().and_then(|()| conn.group_commit()),
    };
    let value = done?;
    kept?;
    Ok(value)
}

/// Commits, with the mark of the ids that were given.
fn keep(conn: &mut dyn Connection, shared: &Shared) -> Result<(), StoreError> {
    let node = shared.node();
    let mark = shared.reserve_ids(conn, node)?;
    conn.commit()?;
    conn.group_commit()?;
    shared.has_reserved(node, mark);
    Ok(())
}

impl Tx<'_> {
    /// Seals `plain` for the place that it is written to; as text or JSON of the slice's choosing.
    ///
    /// # Errors
    /// 503 `store.locked` without a key.
    pub fn seal(&mut self, place: Place, plain: &[u8]) -> Result<Vec<u8>, Fault> {
        let (number, sealed) =
            self.shared.held.with(|ring| Ok((ring.newest(), ring.seal(place, plain)?))).map_err(super::fault)?;
        self.sealed_with = self.sealed_with.or(number);
        Ok(sealed)
    }

    /// Whether a newer key came while this transaction went on: what it sealed might be written after the last sweep of a rotation,
    /// and would not be found by its keyed hash then. Between this look and the commit lie no seconds, and nothing is swept before
    /// [`super::rotation`] has waited for some.
    pub(crate) fn seals_with_old_key(&self) -> bool {
        self.sealed_with.is_some_and(|number| self.shared.held.newest() != Some(number))
    }

    /// What was sealed for `place`.
    ///
    /// # Errors
    /// 503 `store.locked` without a key; [`StoreError::Corrupt`] for what was not sealed there.
    pub fn open_sealed(&mut self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, Fault> {
        match self.shared.held.with(|ring| ring.open(place, sealed)) {
            // Another node has begun a rotation that this one has not heard of yet.
            Err(SealError::UnknownKey(_)) => {
                self.refresh_keys()?;
                self.shared.held.with(|ring| ring.open(place, sealed)).map_err(super::fault)
            }
            other => other.map_err(super::fault),
        }
    }

    /// By what a field with this content is found; of whatever is written.
    ///
    /// # Errors
    /// 503 `store.locked` without a key.
    pub fn lookup(&self, purpose: &str, text: &str) -> Result<i64, Fault> {
        self.shared.held.with(|ring| ring.lookup(purpose, text)).map_err(super::fault)
    }

    /// By what fields with this content are found: one key, or two while a rotation goes on.
    ///
    /// # Errors
    /// 503 `store.locked` without a key.
    pub fn lookups(&self, purpose: &str, text: &str) -> Result<Vec<i64>, Fault> {
        self.shared.held.with(|ring| ring.lookups(purpose, text)).map_err(super::fault)
    }

    pub(crate) fn refresh_keys(&mut self) -> Result<(), Fault> {
        let held: &Held = &self.shared.held;
        held.replace(&Found::read(self, &held.sealing)?);
        Ok(())
    }
}

record! {
    /// A keeper and how many data keys it can unwrap.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Slot {
        /// `file:…`, `secret:…`.
        pub keeper: String,
        /// Data keys wrapped by it.
        pub keys: i64,
    }
}

/// Who can unwrap how many keys.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn slots(tx: &mut Tx<'_>) -> Result<Vec<Slot>, StoreError> {
    tx.all(
        sql!("SELECT keeper, COUNT(*) FROM seal_slots GROUP BY keeper ORDER BY keeper /* unscoped: keys of the database */"),
        &[],
    )
}

/// Wraps every data key by one more keeper, who opens the database from then on.
pub struct AddSlot {
    /// The new keeper.
    pub keeper: Arc<dyn Keeper>,
}

impl Command for AddSlot {
    type Out = ();
    const NAME: &'static str = "store.add_slot";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let held: &Held = &tx.shared.held;
        if held.is_locked() {
            return Err(super::fault(SealError::Locked));
        }
        let mut sealing = held.sealing.clone();
        sealing.keepers.push(Arc::clone(&self.keeper));
        Found::read(tx, &sealing)?.complete(tx, &sealing)
    }
}

/// Takes a keeper's slots away: whoever has only that key reads nothing any more, but in copies made before.
#[derive(Clone, Debug)]
pub struct RemoveSlot {
    /// Name of the keeper.
    pub keeper: String,
}

impl Command for RemoveSlot {
    type Out = ();
    const NAME: &'static str = "store.remove_slot";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let removed = tx.exec(
            sql!("DELETE FROM seal_slots WHERE keeper = ?1 /* unscoped: keys of the database */"),
            params![self.keeper],
        )?;
        if removed == 0 {
            return Err(Problem::new(404, "store.no_such_slot").with("keeper", &self.keeper).into());
        }
        let (bare,): (i64,) = tx.one(
            sql!(
                "SELECT COUNT(*) FROM seal_keys k WHERE NOT EXISTS (SELECT 1 FROM seal_slots s WHERE s.number = k.number)
                 /* unscoped: keys of the database */"
            ),
            &[],
        )?;
        if bare > 0 { Err(Problem::new(409, "store.last_slot").into()) } else { Ok(()) }
    }
}
