//! Changing one's password.

use super::sessions::end_all;
use super::{Asker, of_user, tell, themselves};
use crate::{Error, queries};
use serde_json::json;
use xr_base::Fault;
use xr_store::{Command, Tx, params, sql};

/// Replaces the password hash; every other session ends.
#[derive(Clone, Debug)]
pub struct ChangePassword {
    /// Whose.
    pub by: Asker,
    /// Hash that the current password was found right for; it must still be the user's.
    pub verified_hash: String,
    /// From [`crate::password::hash`], after [`crate::password::check`].
    pub new_hash: String,
    /// Hex SHA-256 of the token whose session stays.
    pub keep: String,
}

impl Command for ChangePassword {
    type Out = ();
    const NAME: &'static str = "identity.change_password";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let user = queries::user(tx, self.by.user)?.ok_or(Error::NoSuchUser)?;
        let changed = tx.exec(
            sql!("UPDATE passwords SET hash = ?1 WHERE user_id = ?2 AND hash = ?3 /* unscoped: own password */"),
            params![self.new_hash, user.id, self.verified_hash],
        )?;
        if changed == 0 {
            return Err(Error::WrongPassword.into());
        }
        let ended = end_all(tx, user.id, &self.keep)?;
        let body = json!({ "user": user.id, "ended": ended });
        Ok(tell(
            tx,
            ("identity.password_changed", user.id.0),
            &themselves(&user, self.by.address.clone()),
            of_user(&user),
            body,
        )?)
    }
}
