//! Slowing down whoever guesses: failures are counted by log-in name and by address, in wall time.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::net::IpAddr;
use xr_base::{Instant, Millis, StoreError};
use xr_store::{Tx, params, sql};

/// Failures are forgotten after so long.
const WINDOW: Millis = Millis::minutes(15);
/// Failures allowed by log-in name within the window.
const BY_LOGIN_MAX: i64 = 8;
/// Failures allowed by address within the window: offices share one.
const BY_ADDRESS_MAX: i64 = 60;

/// SHA-256 as lower-case hex.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Registrations of an address are forgotten after so long.
pub(crate) const REGISTRATIONS_WITHIN: Millis = Millis::hours(1);

/// What registrations from an address are counted under.
pub(crate) fn registrations_of(address: IpAddr) -> String {
    sha256_hex(format!("registration {}", network(address)).as_bytes())
}

/// What an attempt is counted under, with the limit. Hashed: names that do not exist and addresses are personal data.
#[derive(Clone, Debug)]
pub(crate) struct Subjects(Vec<(String, i64)>);

impl Subjects {
    pub(crate) fn of(login: &str, address: Option<IpAddr>) -> Self {
        let mut subjects = vec![(sha256_hex(format!("login {login}").as_bytes()), BY_LOGIN_MAX)];
        if let Some(address) = address {
            subjects.push((sha256_hex(format!("address {}", network(address)).as_bytes()), BY_ADDRESS_MAX));
        }
        // One order for all, so that two attempts at once cannot lock each other out.
        subjects.sort();
        Self(subjects)
    }

    /// Seconds to wait; none when an attempt is allowed now.
    pub(crate) fn wait_s(&self, tx: &mut Tx<'_>) -> Result<Option<i64>, StoreError> {
        let wall = tx.wall();
        let mut longest = None;
        for (subject, max) in &self.0 {
            let row: Option<(i64, Instant)> = tx.opt(
                sql!("SELECT failures, since FROM login_failures WHERE subject = ?1 /* unscoped: before log-in */"),
                params![subject],
            )?;
            let Some((failures, since)) = row else { continue };
            let left = (since + WINDOW) - wall;
            if failures >= *max && left.0 > 0 {
                longest = longest.max(Some((left.0 + 999) / 1_000));
            }
        }
        Ok(longest)
    }

    /// Counts a failure; the window starts with the first one.
    pub(crate) fn count(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let wall = tx.wall();
        for (subject, _) in &self.0 {
            tx.put(
                sql!(
                    "INSERT INTO login_failures (subject, failures, since) VALUES (?1, 1, ?2)
                     ON CONFLICT (subject) DO UPDATE SET
                       failures = CASE WHEN login_failures.since <= ?3 THEN 1 ELSE login_failures.failures + 1 END,
                       since = CASE WHEN login_failures.since <= ?3 THEN excluded.since ELSE login_failures.since END
                     /* unscoped: before log-in */"
                ),
                params![subject, wall, wall - WINDOW],
            )?;
        }
        Ok(())
    }

    /// Forgets what was counted under the log-in name, and with it what is long past.
    pub(crate) fn forgive(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        for (subject, max) in &self.0 {
            // The address keeps its count: one account of one's own must not buy guesses at others.
            if *max == BY_LOGIN_MAX {
                tx.put(
                    sql!("DELETE FROM login_failures WHERE subject = ?1 /* unscoped: before log-in */"),
                    params![subject],
                )?;
            }
        }
        Ok(())
    }
}

/// IPv6 users own a whole /64.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_ipv6_network_counts_as_one_address() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8:0:0:ffff::2"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
    }
}
