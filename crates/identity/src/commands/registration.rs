//! An organisation that registers itself.

use super::users::{NewPerson, insert};
use super::{of_org, tell};
use crate::model::{Org, OrgKind, User, printable};
use crate::standing::Standing;
use crate::throttle::{REGISTRATIONS_WITHIN, registrations_of};
use crate::{Error, Roles};
use serde_json::json;
use std::net::IpAddr;
use xr_base::{Actor, Fault, Instant, OrgId, Party};
use xr_store::{Tx, params, sql};

/// Registrations from one address within an hour: an office that opens its shops, and no robot.
const BY_ADDRESS_MAX: i64 = 10;
const NAME_CHARS_MAX: usize = 100;

/// Who registers.
#[derive(Clone, Debug)]
pub struct NewApplicant<'a> {
    /// Name of the organisation, 1..=100 characters.
    pub org_name: &'a str,
    /// Name of the person, 1..=64 characters.
    pub person: &'a str,
    /// Phone number; only its masked form is kept here.
    pub phone: &'a str,
    /// From [`crate::Identity::hash_first`].
    pub password_hash: &'a str,
    /// Where the request came from.
    pub address: Option<IpAddr>,
}

/// Adds an organisation that may do nothing but complete its verification, with its main account. The log-in name is given out and not
/// chosen: so no answer tells which names exist.
///
/// # Errors
/// [`Error::TooManyAttempts`] by address; [`Error::BadText`].
pub fn register(tx: &mut Tx<'_>, roles: &Roles, new: &NewApplicant<'_>) -> Result<(Org, User), Fault> {
    count(tx, new.address)?;
    let org = Org { id: tx.id(), kind: OrgKind::Merchant, name: printable("name", new.org_name, NAME_CHARS_MAX)? };
    let now = tx.now();
    tx.put(
        sql!(
            "INSERT INTO orgs (id, kind, name, created_at, standing) VALUES (?1, ?2, ?3, ?4, ?5) /* unscoped: creating */"
        ),
        params![org.id, org.kind, org.name, now, Standing::Unverified],
    )?;
    let role = roles.main_of(OrgKind::Merchant).ok_or_else(|| Error::UnknownRole("merchant".to_owned()))?;
    let person = NewPerson {
        login: &login_of(org.id),
        name: new.person,
        phone: Some(new.phone),
        role: (role, None),
        party: Party::Merchant,
        org: Some(org.id),
        is_owner: true,
    };
    let user = insert(tx, &person, new.password_hash)?;
    let body = json!({ "org": org.id, "user": user.id });
    tell(tx, ("identity.org_registered", org.id.0), &Actor::System, of_org(Some(org.id)), body)?;
    Ok((org, user))
}

/// `s` and the organisation's id, which nobody has twice.
fn login_of(org: OrgId) -> String {
    let id = org.to_string();
    format!("s{}", id.rsplit('_').next().unwrap_or_default())
}

/// Whether another registration is taken from this address now.
///
/// # Errors
/// [`Error::TooManyAttempts`].
pub fn may_register(tx: &mut Tx<'_>, address: Option<IpAddr>) -> Result<(), Fault> {
    let Some(address) = address else { return Ok(()) };
    let (subject, wall) = (registrations_of(address), tx.wall());
    let row: Option<(i64, Instant)> = tx.opt(
        sql!("SELECT count, since FROM registrations WHERE subject = ?1 /* unscoped: before log-in */"),
        params![subject],
    )?;
    if let Some((count, since)) = row {
        let left = (since + REGISTRATIONS_WITHIN) - wall;
        if count >= BY_ADDRESS_MAX && left.0 > 0 {
            return Err(Error::TooManyAttempts((left.0 + 999) / 1_000).into());
        }
    }
    Ok(())
}

fn count(tx: &mut Tx<'_>, address: Option<IpAddr>) -> Result<(), Fault> {
    may_register(tx, address)?;
    let Some(address) = address else { return Ok(()) };
    let (subject, wall) = (registrations_of(address), tx.wall());
    tx.put(
        sql!(
            "INSERT INTO registrations (subject, count, since) VALUES (?1, 1, ?2)
             ON CONFLICT (subject) DO UPDATE SET
               count = CASE WHEN registrations.since <= ?3 THEN 1 ELSE registrations.count + 1 END,
               since = CASE WHEN registrations.since <= ?3 THEN excluded.since ELSE registrations.since END
             /* unscoped: before log-in */"
        ),
        params![subject, wall, wall - REGISTRATIONS_WITHIN],
    )?;
    Ok(())
}
