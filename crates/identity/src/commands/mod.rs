//! Use cases, one transaction each. Passwords come in hashed and checked: hashing is forbidden here.

mod administration;
mod api_keys;
mod members;
mod org_roles;
mod orgs;
mod passwords;
mod registration;
mod second_factors;
mod sessions;
mod users;

pub(crate) use administration::PERMISSION;
pub(crate) use api_keys::KEYS_PERMISSION;
pub use api_keys::{MakeKey, NewKey, NoteKeyUse, RevokeKey};
pub use members::{AddMember, ChangeMember, MemberChanges, NewMember};
pub use org_roles::{AddRole, ChangeRole, DeleteRole, NewRole, RoleChanges};
pub use orgs::{CreateOrg, CreateShop};
pub use passwords::ChangePassword;
pub use registration::{NewApplicant, may_register, register};
pub use second_factors::{
    BeginSecondFactor, ClearSecondFactor, ConfirmSecondFactor, RemoveSecondFactor, RenewRecoveryCodes,
    ResetSecondFactor, Verified,
};
pub use sessions::{Entry, LogIn, LogOut, LoggedIn, NoteDenial, NoteFailure, RevokeSessions, SESSION_LENGTH};
pub use users::{ChooseLocale, CreateUser, DisableUser, add_dormant_buyer};

use crate::model::User;
use serde_json::Value;
use std::collections::BTreeSet;
use xr_base::{Actor, MaskedAddress, OrgId, Principal, StoreError, UserId};
use xr_store::Tx;
use xr_store::events::{Audience, NewEvent};

/// Appends an identity event that the platform sees, and the person's own organisation or the buyer: of which kind, about whom or
/// what (a raw id).
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    (kind, object): (&str, i64),
    actor: &Actor,
    audience: Audience,
    body: Value,
) -> Result<(), StoreError> {
    let (at, object) = (tx.now(), Some(object));
    tx.event(&NewEvent { kind, at, case: None, object, audience, actor, body }).map(|_| ())
}

/// Permission words as they are kept.
fn stored(words: &BTreeSet<String>) -> Result<String, StoreError> {
    serde_json::to_string(words).map_err(|error| StoreError::Corrupt(error.to_string()))
}

pub(crate) fn of_org(org: Option<OrgId>) -> Audience {
    Audience { merchant_org: org, ..Audience::default() }
}

fn of_user(user: &User) -> Audience {
    let buyer = (user.party == xr_base::Party::Buyer).then_some(user.id);
    Audience { merchant_org: user.org, shop: None, buyer }
}

/// Who asks, and where from; what they may do is looked up in the transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// The person.
    pub user: UserId,
    /// Where the request came from; none off the network.
    pub address: Option<MaskedAddress>,
}

impl From<UserId> for Asker {
    fn from(user: UserId) -> Self {
        Self { user, address: None }
    }
}

impl From<&Principal> for Asker {
    fn from(person: &Principal) -> Self {
        Self { user: person.user, address: person.address.clone() }
    }
}

/// The person as actor of an act on their own account, for which no permission is looked up.
fn themselves(user: &User, address: Option<MaskedAddress>) -> Actor {
    Actor::Person(Principal { user: user.id, org: user.org, party: user.party, permissions: Vec::new(), address })
}
