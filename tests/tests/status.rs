//! What the page of the server's state tells.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use xr_base::{Clock as _, Fault, Millis};
use xr_store::{Command, Tx};
use xr_tests::http::{Web, on_both};

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
        let after = status(web);
        let at = web.node.clock.now() + Millis::minutes(5);
        let left = serde_json::json!({ "kind": "test.nobody", "count": 2, "next_at": at, "attempts_max": 0 });
        assert!(after["jobs"].as_array().unwrap().contains(&left), "{after}");
        for counted in ["/commands/done", "/events"] {
            let count = |status: &Value| status.pointer(counted).unwrap().as_i64().unwrap();
            assert!(count(&after) > count(&before), "{counted}: {before} {after}");
        }
        assert!(after["next_due"].is_string(), "{after}");
    });
}
