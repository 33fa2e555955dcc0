//! Second factors as they are kept: a sealed secret, the last step whose code was used, hashes of recovery codes.

use crate::totp::{Secret, Typed};
use serde::Serialize;
use xr_base::{Fault, Instant, StoreError, UserId};
use xr_store::sealing::Place;
use xr_store::{SealedField, Tx, params, record, sealed_field, sql};

/// Where secrets lie.
pub const SEALED: SealedField = sealed_field!("second_factors", "sealed" by "user_id");

const PLACE: &str = SEALED.place;

record! {
    struct Row {
        sealed: Vec<u8>,
        confirmed_at: Option<Instant>,
        used_step: i64,
    }
}

/// Of a person; asked for at log-in once it is confirmed.
pub(crate) struct Factor {
    pub(crate) secret: Secret,
    pub(crate) is_confirmed: bool,
    pub(crate) used_step: i64,
}

/// How somebody showed that they have their second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shown {
    /// By a code of the app.
    Code,
    /// By a recovery code, which is used up.
    RecoveryCode,
}

fn place(user: UserId) -> Place {
    Place { column: PLACE, row: user.0 }
}

/// The second factor of a person, confirmed or not.
pub(crate) fn of(tx: &mut Tx<'_>, user: UserId) -> Result<Option<Factor>, Fault> {
    let row: Option<Row> = tx.opt(
        sql!(
            "SELECT sealed, confirmed_at, used_step FROM second_factors WHERE user_id = ?1 /* unscoped: own account */"
        ),
        params![user],
    )?;
    let Some(Row { sealed, confirmed_at, used_step }) = row else { return Ok(None) };
    let secret = Secret::kept(&tx.open_sealed(place(user), &sealed)?);
    let secret = secret.ok_or_else(|| StoreError::Corrupt("a second factor has another length".to_owned()))?;
    Ok(Some(Factor { secret, is_confirmed: confirmed_at.is_some(), used_step }))
}

/// Since when a person's log-in asks for a second factor, wall time, and how many recovery codes are left.
pub(crate) fn state(tx: &mut Tx<'_>, user: UserId) -> Result<(Option<Instant>, i64), StoreError> {
    let since: Option<(Option<Instant>,)> = tx.opt(
        sql!("SELECT confirmed_at FROM second_factors WHERE user_id = ?1 /* unscoped: own account */"),
        params![user],
    )?;
    let (left,): (i64,) = tx.one(
        sql!("SELECT COUNT(*) FROM recovery_codes WHERE user_id = ?1 /* unscoped: own account */"),
        params![user],
    )?;
    Ok((since.and_then(|(at,)| at), left))
}

/// Keeps a secret that is not confirmed yet, in the place of an earlier one.
pub(crate) fn begin(tx: &mut Tx<'_>, user: UserId, secret: &Secret) -> Result<(), Fault> {
    let sealed = tx.seal(place(user), secret.bytes())?;
    tx.put(
        sql!(
            "INSERT INTO second_factors (user_id, sealed, confirmed_at, used_step) VALUES (?1, ?2, NULL, 0)
             ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, confirmed_at = NULL, used_step = 0
             /* unscoped: own account */"
        ),
        params![user, sealed],
    )?;
    Ok(())
}

/// From now on log-in asks for it; `step` is that of the code which showed that the app has the secret.
pub(crate) fn confirm(tx: &mut Tx<'_>, user: UserId, step: i64) -> Result<(), StoreError> {
    let wall = tx.wall();
    let changed = tx.exec(
        sql!(
            "UPDATE second_factors SET confirmed_at = ?2, used_step = ?3 WHERE user_id = ?1 AND confirmed_at IS NULL
             /* unscoped: own account */"
        ),
        params![user, wall, step],
    )?;
    StoreError::compared(changed, "the second factor")
}

/// Puts the codes with these hashes in the place of those before.
pub(crate) fn replace_recovery_codes(tx: &mut Tx<'_>, user: UserId, hashes: &[String]) -> Result<(), StoreError> {
    tx.put(sql!("DELETE FROM recovery_codes WHERE user_id = ?1 /* unscoped: own account */"), params![user])?;
    for hash in hashes {
        tx.put(
            sql!("INSERT INTO recovery_codes (user_id, code_hash) VALUES (?1, ?2) /* unscoped: own account */"),
            params![user, hash],
        )?;
    }
    Ok(())
}

/// Uses up `typed` if it is a code of the app or a recovery code that has not been used.
pub(crate) fn accept(tx: &mut Tx<'_>, user: UserId, factor: &Factor, typed: &str) -> Result<Option<Shown>, StoreError> {
    if let Some(step) = factor.secret.step_of(typed, tx.wall(), factor.used_step) {
        let changed = tx.exec(
            sql!(
                "UPDATE second_factors SET used_step = ?2 WHERE user_id = ?1 AND used_step = ?3 /* unscoped: own account */"
            ),
            params![user, step, factor.used_step],
        )?;
        StoreError::compared(changed, "the second factor")?;
        return Ok(Some(Shown::Code));
    }
    let Some(hash) = Typed::of(typed).recovery_hash() else { return Ok(None) };
    let used = tx.exec(
        sql!("DELETE FROM recovery_codes WHERE user_id = ?1 AND code_hash = ?2 /* unscoped: own account */"),
        params![user, hash],
    )?;
    Ok((used == 1).then_some(Shown::RecoveryCode))
}

/// Takes a second factor away with its recovery codes; gives whether log-in had asked for it.
pub(crate) fn remove(tx: &mut Tx<'_>, user: UserId) -> Result<bool, StoreError> {
    let (since, _) = state(tx, user)?;
    replace_recovery_codes(tx, user, &[])?;
    tx.put(sql!("DELETE FROM second_factors WHERE user_id = ?1 /* unscoped: after authorisation */"), params![user])?;
    Ok(since.is_some())
}
