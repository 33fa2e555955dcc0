//! What the page of the server's state tells.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use xr_base::{Clock as _, Fault, Millis};
use xr_store::{Command, Tx};
use xr_tests::http::{Web, on_both};
use xr_tests::rush::wait_until;

fn status(web: &Web) -> Value {
    web.done(&web.token("audit"), "GET /v1/status", &Value::Null)
}

/// Queues work that nobody does.
struct Leave;

impl Command for Leave {
    type Out = ();
    const NAME: &'static str = "test.leave";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let at = tx.now() + Millis::minutes(5);
        for _ in 0..2 {
            tx.job("test.nobody", &Value::Null, at)?;
        }
        Ok(())
    }
}

#[test]
fn the_state_of_the_server_tells_what_waits_and_what_was_done() {
    on_both(|web| {
        let before = status(web);
        assert_eq!(before["overdue"], 0, "{before}");
        assert_eq!(before["engine"] == "sqlite", before["database_bytes"].as_u64() > Some(0), "{before}");
        web.node.store.write_blocking(Leave).unwrap();
        let (sku, token) = (web.sku(5), web.token("buyer"));
        web.buy(&token, &[(sku, 1)]);
        // PostgreSQL's events count when the sequencer has numbered them.
        let events = |status: &Value| status["events"].as_i64().unwrap();
        wait_until(&|| events(&status(web)) > events(&before));
        let after = status(web);
        let at = web.node.clock.now() + Millis::minutes(5);
        let left = serde_json::json!({ "kind": "test.nobody", "count": 2, "is_more": false, "next_at": at, "attempts_max": 0 });
        assert!(after["jobs"].as_array().unwrap().contains(&left), "{after}");
        let done = |status: &Value| status["commands"]["done"].as_i64().unwrap();
        assert!(done(&after) > done(&before), "{before} {after}");
        assert!(after["next_due"].is_string(), "{after}");
    });
}

/// Queues as many jobs of one kind.
struct Queue(&'static str, usize, Millis);

impl Command for Queue {
    type Out = ();
    const NAME: &'static str = "test.queue";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let at = tx.now() + self.2;
        for _ in 0..self.1 {
            tx.job(self.0, &Value::Null, at)?;
        }
        Ok(())
    }
}

#[test]
fn a_crowd_of_one_kind_hides_no_other_and_is_told_as_one() {
    on_both(|web| {
        web.node.store.write_blocking(Queue("test.crowd", 10_001, Millis::minutes(1))).unwrap();
        web.node.store.write_blocking(Queue("test.just", 10_000, Millis::minutes(2))).unwrap();
        web.node.store.write_blocking(Queue("test.late", 3, Millis::minutes(3))).unwrap();
        let status = status(web);
        let told: Vec<_> = status["jobs"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|job| job["kind"].as_str().unwrap().starts_with("test."))
            .map(|job| (job["kind"].as_str().unwrap(), job["count"].as_i64().unwrap(), job["is_more"] == true))
            .collect();
        assert_eq!(told, [("test.crowd", 10_000, true), ("test.just", 10_000, false), ("test.late", 3, false)]);
    });
}
