//! Every statement that is linked in can be prepared on both engines, and says whom it shows rows to.

use crate::engines::places;
use crate::{notes, sealing};
use xr_store::statement::STATEMENTS;

#[tokio::test]
async fn every_statement_prepares_on_both_engines_for_every_scope() {
    for place in places() {
        let store = place.open(&[notes::MIGRATIONS, sealing::MIGRATIONS].concat());
        assert!(STATEMENTS.len() > 20, "the list is linked");
        let location = place.location.clone();
        let failed = move || xr_store::statement::failing(&store, &location).unwrap();
        let failed = tokio::task::spawn_blocking(failed).await.unwrap();
        assert_eq!(failed, Vec::<String>::new());
    }
}

#[test]
fn every_statement_is_scoped_or_says_why_not() {
    for statement in STATEMENTS {
        let says_why = statement.text.contains("/* unscoped: ");
        assert!(statement.is_scoped() != says_why, "{}:{}", statement.file, statement.line);
    }
}
