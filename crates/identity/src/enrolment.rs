//! A person turns their second factor on and off: what has to happen outside of a transaction.

use crate::commands::{
    Asker, BeginSecondFactor, ConfirmSecondFactor, RemoveSecondFactor, RenewRecoveryCodes, Verified,
};
use crate::totp::{RECOVERY_BYTES, SECRET_BYTES, Secret, hash, written};
use crate::{Error, Identity};
use xr_base::Fault;

/// Recovery codes that a person is given.
const RECOVERY_CODES: usize = 10;

/// Fresh recovery codes as they are shown once, and their hashes.
struct Fresh {
    shown: Vec<String>,
    hashes: Vec<String>,
}

impl Identity {
    /// A fresh secret for the app, and the log-in name it is for; log-in does not ask for it before it is confirmed.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::SecondFactorIsOn`], [`Error::TooManyAttempts`].
    pub async fn begin_second_factor(&self, by: Asker, password: String) -> Result<(Secret, String), Fault> {
        let by = self.asked_again(by, password).await?;
        let secret = Secret::from(self.random::<SECRET_BYTES>()?);
        let login = self.store().write(BeginSecondFactor { by, secret: secret.clone() }).await?;
        Ok((secret, login))
    }

    /// Turns the second factor on by a code of the app; gives recovery codes. The session of the token hash `session` stays, others end.
    ///
    /// # Errors
    /// [`Error::WrongCode`], [`Error::TooManyAttempts`], [`Error::SecondFactorIsOn`], [`Error::SecondFactorIsOff`] when it was not begun.
    pub async fn confirm_second_factor(&self, by: Asker, session: String, code: String) -> Result<Vec<String>, Fault> {
        let Fresh { shown, hashes } = self.fresh()?;
        if !self.store().write(ConfirmSecondFactor { by, code, recovery: hashes, keep: session }).await? {
            return Err(Error::WrongCode.into());
        }
        self.forget();
        Ok(shown)
    }

    /// Fresh recovery codes in the place of those before.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::WrongCode`], [`Error::SecondFactorIsOff`], [`Error::TooManyAttempts`].
    pub async fn renew_recovery_codes(
        &self,
        by: Asker,
        (password, code): (String, String),
    ) -> Result<Vec<String>, Fault> {
        let (by, Fresh { shown, hashes }) = (self.asked_again(by, password).await?, self.fresh()?);
        let is_right = self.store().write(RenewRecoveryCodes { by, code, recovery: hashes }).await?;
        if is_right { Ok(shown) } else { Err(Error::WrongCode.into()) }
    }

    /// Turns the second factor off.
    ///
    /// # Errors
    /// As [`Identity::renew_recovery_codes`].
    pub async fn remove_second_factor(&self, by: Asker, (password, code): (String, String)) -> Result<(), Fault> {
        let by = self.asked_again(by, password).await?;
        let is_right = self.store().write(RemoveSecondFactor { by, code }).await?;
        if is_right { Ok(()) } else { Err(Error::WrongCode.into()) }
    }

    async fn asked_again(&self, by: Asker, password: String) -> Result<Verified, Fault> {
        let hash = self.verified(by.user, password, |_| Ok(())).await?;
        Ok(Verified { by, hash })
    }

    fn fresh(&self) -> Result<Fresh, Fault> {
        let codes = (0..RECOVERY_CODES).map(|_| self.random::<RECOVERY_BYTES>()).collect::<Result<Vec<_>, _>>()?;
        Ok(Fresh { shown: codes.iter().map(written).collect(), hashes: codes.iter().map(|code| hash(code)).collect() })
    }
}
