//! Use cases, one transaction each. Passwords come in hashed and checked: hashing is forbidden here.

mod administration;
mod members;
mod org_roles;
mod orgs;
mod passwords;
mod sessions;
mod users;

pub(crate) use administration::PERMISSION;
pub use members::{AddMember, ChangeMember, MemberChanges, NewMember};
pub use org_roles::{AddRole, ChangeRole, DeleteRole, NewRole, RoleChanges};
pub use orgs::{CreateOrg, CreateShop};
pub use passwords::ChangePassword;
pub use sessions::{LogIn, LogOut, LoggedIn, NoteFailure, RevokeSessions, SESSION_LENGTH};
pub use users::{ChooseLocale, CreateUser, DisableUser, add_dormant_buyer};

use crate::model::User;
use serde_json::Value;
use xr_base::{Actor, OrgId, Principal, StoreError};
use xr_store::Tx;
use xr_store::events::{Audience, NewEvent};

/// Appends an identity event that the platform sees, and the person's own organisation or the buyer.
fn tell(tx: &mut Tx<'_>, kind: &str, actor: &Actor, whose: Audience, body: Value) -> Result<(), StoreError> {
    let at = tx.now();
    tx.event(&NewEvent { kind, at, case: None, audience: whose, actor, body }).map(|_| ())
}

fn of_org(org: Option<OrgId>) -> Audience {
    Audience { merchant_org: org, ..Audience::default() }
}

fn of_user(user: &User) -> Audience {
    let buyer = (user.party == xr_base::Party::Buyer).then_some(user.id);
    Audience { merchant_org: user.org, shop: None, buyer }
}

/// The person as actor of an act on their own account, for which no permission is looked up.
fn themselves(user: &User) -> Actor {
    Actor::Person(Principal { user: user.id, org: user.org, party: user.party, permissions: Vec::new() })
}
