//! Slow statements are told by their own name, also those that travel with another one.

use crate::engines::places;
use crate::notes::{MIGRATIONS, Then, note};
use std::time::Duration;
use xr_base::Fault;
use xr_store::{Command, Tx, sql};

/// Puts a slow statement, then asks a quick question, or ends.
struct Slowly {
    asks: bool,
}

impl Command for Slowly {
    type Out = ();
    const NAME: &'static str = "notes.slowly";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        if self.asks {
            tx.put(
                sql!(
                    "DELETE FROM notes WHERE id < (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
                     WHERE i < 1500000) SELECT -COUNT(*) FROM n) /* unscoped: a test */"
                ),
                &[],
            )?;
            let (_,): (i64,) = tx.one(sql!("SELECT COUNT(*) FROM notes WHERE id = 1 /* unscoped: a test */"), &[])?;
        } else {
            tx.put(
                sql!(
                    "UPDATE notes SET merchant_org = 1 WHERE id < (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL
                     SELECT i + 1 FROM n WHERE i < 1500000) SELECT -COUNT(*) FROM n) /* unscoped: a test */"
                ),
                &[],
            )?;
        }
        Ok(())
    }
}

#[test]
fn a_slow_statement_is_told_by_its_own_name_whatever_it_travels_with() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        // Of an empty table SQLite asks nothing.
        store.write_blocking(note("a", Then::Keep)).unwrap();
        for (asks, name) in [(true, "DELETE FROM notes"), (false, "UPDATE notes")] {
            store.write_blocking(Slowly { asks }).unwrap();
            let slow = store.stats().slow;
            let told = slow.iter().find(|s| s.text.starts_with(name));
            assert!(told.is_some_and(|s| s.count == 1 && s.max >= Duration::from_millis(50)), "{name}: {slow:?}");
            let carrier = |s: &&xr_store::SlowStatement| s.text.starts_with("SELECT COUNT(*) FROM notes WHERE id");
            assert_eq!(slow.iter().find(carrier), None, "the question was quick");
        }
    }
}
