//! Answers kept under the caller's key (decision D18).

use crate::{Tx, params, sql};
use serde::Serialize;
use serde::de::DeserializeOwned;
use xr_base::{Clash, Fault, Problem, StoreError};

/// Longest key accepted, in bytes.
pub const KEY_BYTES_MAX: usize = 200;

/// A caller's key for one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Who asks; keys of different callers never meet.
    pub principal: String,
    /// The caller's text, 1..=200 bytes.
    pub key: String,
    /// SHA-256 of the request body, hex: another body under the same key is refused.
    pub body_hash: String,
}

pub(crate) enum Stored {
    Answer(String),
    Refusal(Problem),
}

/// 2xx and domain 4xx are kept; 401, 429 and 5xx may succeed when repeated.
pub(crate) fn is_kept(problem: &Problem) -> bool {
    (400..500).contains(&problem.status) && !matches!(problem.status, 401 | 403 | 408 | 429)
}

pub(crate) fn find(tx: &mut Tx<'_>, command: &str, key: &Key) -> Result<Option<Stored>, Fault> {
    let row: Option<(String, i64, String)> = tx.opt(
        sql!(
            "SELECT body_hash, status, answer FROM idempotency
             WHERE principal = ?1 AND command = ?2 AND idem_key = ?3 /* unscoped: keyed by the caller */"
        ),
        params![key.principal, command, key.key],
    )?;
    let Some((body_hash, status, answer)) = row else { return Ok(None) };
    if body_hash != key.body_hash {
        return Err(Problem::new(422, "case.idempotency_key_reused").field("Idempotency-Key").into());
    }
    Ok(Some(if status < 300 { Stored::Answer(answer) } else { Stored::Refusal(parse(&answer)?) }))
}

pub(crate) fn keep<T: Serialize>(
    tx: &mut Tx<'_>,
    command: &str,
    key: &Key,
    status: u16,
    answer: &T,
) -> Result<(), Fault> {
    let json = serde_json::to_string(answer).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    let now = tx.now();
    let kept = tx.exec(
        sql!(
            "INSERT INTO idempotency (principal, command, idem_key, body_hash, status, answer, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) /* unscoped: keyed by the caller */"
        ),
        params![key.principal, command, key.key, key.body_hash, i64::from(status), json, now],
    );
    match kept {
        Ok(_) => Ok(()),
        // Two requests with one key ran at once on PostgreSQL: run again, and find the other's answer.
        Err(StoreError::Duplicate(key)) => Err(StoreError::Retry(Clash::Overtaken, key).into()),
        Err(other) => Err(other.into()),
    }
}

pub(crate) fn parse<T: DeserializeOwned>(json: &str) -> Result<T, Fault> {
    serde_json::from_str(json).map_err(|e| StoreError::Corrupt(e.to_string()).into())
}
