//! A slice of one table, and commands that do good and bad things with it.

use serde::{Deserialize, Serialize};
use std::time::Duration;
use xr_base::{Actor, CaseId, Clash, Fault, OrgId, Problem, RowId, StoreError};
use xr_store::events::{Audience, NewEvent};
use xr_store::{Command, Migration, Store, Tx, params, sql};

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    number: 9000,
    name: "notes",
    sql: "CREATE TABLE notes (id {PK}, word TEXT NOT NULL UNIQUE, merchant_org BIGINT, buyer_id BIGINT, bytes {BLOB});
          CREATE TABLE secrets ( /* undumped: a test */ word TEXT NOT NULL);",
}];

/// What happens after the row is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    Keep,
    Refuse,
    Panic,
    /// Asks for a retry until it was run so often.
    RetryUntil(u32),
    /// Writes the same word again and goes on as if nothing had happened.
    IgnoreDuplicate,
    /// Writes NULL where none is allowed.
    BreakConstraint,
}

pub(crate) struct Note {
    pub(crate) word: String,
    pub(crate) org: i64,
    pub(crate) then: Then,
    pub(crate) runs: std::sync::atomic::AtomicU32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Written {
    pub(crate) id: RowId,
}

pub(crate) fn note(word: &str, then: Then) -> Note {
    Note { word: word.to_owned(), org: 7, then, runs: std::sync::atomic::AtomicU32::new(0) }
}

impl Note {
    fn insert(&self, tx: &mut Tx<'_>, word: Option<&str>) -> Result<RowId, StoreError> {
        let id = tx.id();
        tx.exec(
            sql!("INSERT INTO notes (id, word, merchant_org, bytes) VALUES (?1, ?2, ?3, ?4) /* unscoped: a test */"),
            params![id, word, OrgId(self.org), vec![0_u8, 255]],
        )?;
        Ok(id)
    }
}

impl Command for Note {
    type Out = Written;
    const NAME: &'static str = "notes.write_note";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Written, Fault> {
        let run = self.runs.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
        let id = match self.insert(tx, Some(&self.word)) {
            Err(StoreError::Duplicate(_)) => return Err(Problem::new(409, "notes.taken").into()),
            other => other?,
        };
        let (at, body) = (tx.now(), serde_json::json!({ "word": self.word }));
        let audience = Audience { merchant_org: Some(OrgId(self.org)), ..Audience::default() };
        let case = Some(CaseId(1));
        tx.event(&NewEvent { kind: "note.written", at, case, object: None, audience, actor: &Actor::System, body })?;
        match self.then {
            Then::Refuse => Err(Problem::new(409, "notes.refused").into()),
            Then::Panic => panic!("the test wants it"),
            Then::RetryUntil(runs) if run < runs => {
                Err(StoreError::Retry(Clash::Overtaken, "a test".to_owned()).into())
            }
            Then::IgnoreDuplicate => {
                assert!(matches!(self.insert(tx, Some(&self.word)), Err(StoreError::Duplicate(_))));
                Ok(Written { id })
            }
            Then::BreakConstraint => {
                self.insert(tx, None)?;
                Ok(Written { id })
            }
            Then::Keep | Then::RetryUntil(_) => Ok(Written { id }),
        }
    }
}

/// Keeps a writer busy, so that what follows is queued.
pub(crate) struct Sleep(pub(crate) Duration);

impl Command for Sleep {
    type Out = ();
    const NAME: &'static str = "notes.sleep";
    fn run(&self, _: &mut Tx<'_>) -> Result<(), Fault> {
        std::thread::sleep(self.0);
        Ok(())
    }
}

/// Every word, in order of ids.
pub(crate) async fn words(store: &Store) -> Vec<String> {
    let read = store.read(|tx| {
        let rows: Vec<(String,)> = tx.all(sql!("SELECT word FROM notes ORDER BY id /* unscoped: a test */"), &[])?;
        Ok(rows.into_iter().map(|(word,)| word).collect())
    });
    read.await.unwrap()
}

pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
    match result.unwrap_err() {
        Fault::Refused(problem) => problem.code,
        other => format!("{other:?}"),
    }
}
