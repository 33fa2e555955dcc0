//! The chain checked on demand, step by step, and denials.

use crate::support::{all, doings};
use serde_json::{Value, json};
use xr_base::{Fault, Millis};
use xr_store::audit::seal_next;
use xr_store::{Command, Tx, sql};
use xr_testkit::http::Ask;
use xr_tests::http::{Web, on_both};

/// Lets the worker go on until nothing is asked for any more; gives the newest check.
fn checked(web: &Web, token: &str) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let store = web.node.store.clone();
    runtime.block_on(async {
        let work = tokio::spawn(xr_oplog::work(store, stopped));
        let ended = async {
            loop {
                let shown = newest(web, token);
                if !shown["ended_at"].is_null() {
                    return shown;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        let shown = tokio::time::timeout(std::time::Duration::from_secs(30), ended).await.unwrap();
        stop.send_replace(true);
        work.await.unwrap();
        shown
    })
}

fn newest(web: &Web, token: &str) -> Value {
    web.done(token, "GET /v1/operations/checks", &Value::Null)["items"][0].clone()
}

fn seal(web: &Web) {
    web.node.advance(Millis::minutes(10));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    while runtime.block_on(seal_next(&web.node.store, Millis::minutes(5))).unwrap() {}
}

struct Tamper;

impl Command for Tamper {
    type Out = ();
    const NAME: &'static str = "test.tamper";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let statement = sql!(
            "UPDATE events SET address = '10.0.0.*' WHERE id = (SELECT event_id FROM event_seq WHERE seq = 3)
             /* unscoped: a test */"
        );
        assert_eq!(tx.exec(statement, &[])?, 1);
        Ok(())
    }
}

#[test]
fn a_whole_record_is_told_with_its_hash_and_a_changed_one_with_its_place() {
    on_both(|web| {
        doings(web);
        web.settled();
        seal(web);
        let op = web.token("op");
        web.settled();
        web.done(&op, "POST /v1/operations/checks", &json!({}));
        let whole = checked(web, &op);
        assert_eq!((&whole["broken"], &whole["first"]), (&json!(0), &Value::Null), "{whole}");
        assert_eq!(whole["done"], whole["total"]);
        assert!(whole["total"].as_i64().unwrap() > 20 && whole["blocks"].as_i64().unwrap() >= 1);
        assert_eq!(whole["hash"].as_str().unwrap().len(), 64);
        web.node.store.write_blocking(Tamper).unwrap();
        let audit = web.token("audit");
        web.done(&audit, "POST /v1/operations/checks", &json!({}));
        let broken = checked(web, &audit);
        assert_eq!((&broken["hash"], &broken["broken"]), (&Value::Null, &json!(1)), "{broken}");
        assert_eq!((&broken["first"]["what"], &broken["first"]["seq"]), (&json!("changed"), &json!(3)));
        // Asked for and ended, twice: all of it is on record.
        let told = all(web, &op, "who=anybody&what=audit");
        let whole = |e: &Value| e["facts"].as_array().unwrap().iter().any(|f| f["field"] == "first_seq");
        assert_eq!(told.iter().map(whole).collect::<Vec<_>>(), [true, false, false, false]);
    });
}

#[test]
fn one_check_is_under_way_at_a_time_and_merchants_see_none() {
    on_both(|web| {
        let (op, audit) = (web.token("op"), web.token("audit"));
        web.done(&op, "POST /v1/operations/checks", &json!({}));
        let shown = web.done(&audit, "POST /v1/operations/checks", &json!({}));
        assert_eq!(shown["items"].as_array().unwrap().len(), 1);
        assert_eq!(shown["items"][0]["asked_by"], "人op");
        let status = |line: &str| web.send(&Ask::new(line).by(&web.token("shop"))).status;
        assert_eq!((status("GET /v1/operations/checks"), status("POST /v1/operations/checks")), (403, 403));
        checked(web, &op);
    });
}

#[test]
fn a_denial_of_staff_is_on_record_once_however_often_it_is_tried() {
    on_both(|web| {
        let packer = web.colleague("merchant_warehouse", web.sellers[0].org);
        let path = "/v1/roles?token=secret";
        for _ in 0..50 {
            assert_eq!(web.send(&Ask::new(&format!("GET {path}")).by(&packer)).status, 403);
        }
        assert_eq!(web.send(&Ask::new(&format!("GET {path}")).by(&web.token("buyer"))).status, 403);
        let shop = web.token("shop");
        let found = || all(web, &shop, "what=identity.denied");
        xr_tests::rush::wait_until(&|| !found().is_empty());
        let denied = found();
        assert_eq!(denied.len(), 1, "{denied:?}");
        let fact = |name: &str| {
            let facts = denied[0]["facts"].as_array().unwrap();
            facts.iter().find(|f| f["field"] == name).map(|f| f["words"][0].clone()).unwrap()
        };
        assert_eq!(fact("permission")["label"], json!({ "zh": "管理成员与角色", "en": "Manage members and roles" }));
        assert_eq!((&fact("route")["word"], &fact("method")["word"]), (&json!("/v1/roles"), &json!("GET")));
        assert_eq!((&fact("count")["word"], &denied[0]["address"]), (&json!("1"), &json!("127.0.0.*")));
        assert!(all(web, &web.token("op"), "who=buyers&what=identity.denied").is_empty());
    });
}
