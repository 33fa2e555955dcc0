//! Where from stands in the record: of people who came over the network, and of nobody else.

use crate::support::{doings, log_in};
use serde_json::{Value, json};
use xr_store::sql;
use xr_tests::http::{PASSWORD, Web, on_both};

type Row = (i64, String, String, Option<String>);

fn recorded(web: &Web) -> Vec<Row> {
    let read = web.node.store.read_blocking(|tx| {
        Ok(tx.all(sql!("SELECT id, kind, actor, address FROM events ORDER BY id /* unscoped: a test */"), &[])?)
    });
    read.unwrap()
}

#[test]
fn every_act_of_a_person_over_the_network_says_where_from_and_nothing_else_does() {
    on_both(|web| {
        let did = doings(web);
        let (token, me) = log_in(web, "shop2", PASSWORD);
        let seen = recorded(web).last().unwrap().0;
        web.done(&did.shop, &format!("PATCH /v1/members/{}", did.member_id), &json!({ "version": 1, "name": "小黎" }));
        web.done(&did.shop, &format!("PATCH /v1/roles/{}", did.role_id), &json!({ "version": 1, "name": "晚班" }));
        web.done(&did.shop, &format!("POST /v1/orders/{}/reveal", did.order), &Value::Null);
        web.done(&did.shop, "POST /v1/exports", &json!({ "format": "csv" }));
        web.done(&did.shop, "GET /v1/operations/file", &Value::Null);
        web.done(&web.token("op"), "POST /v1/operations/checks", &json!({}));
        web.done(&token, "DELETE /v1/sessions", &Value::Null);
        let passwords = json!({ "current": PASSWORD, "password": "battery staple horse 9" });
        web.done(&token, "POST /v1/me/password", &passwords);
        web.done(&token, "PATCH /v1/me", &json!({ "locale": "zh-CN" }));
        web.done(&token, "DELETE /v1/session", &Value::Null);
        web.done(
            &web.token("buyer"),
            &format!("POST /v1/cases/{}/acts", did.order),
            &json!({ "event": "cancel_request" }),
        );
        let now: Vec<Row> = recorded(web).into_iter().filter(|row| row.0 > seen).collect();
        for (_, kind, actor, address) in &now {
            // Sessions that a test opened by the command alone come from nowhere.
            let is_remote = actor.starts_with("usr_") && kind != "identity.logged_in";
            assert_eq!(address.as_deref(), is_remote.then_some("127.0.0.*"), "{kind} by {actor}");
        }
        let by_people: std::collections::BTreeSet<&str> =
            now.iter().filter(|row| row.3.is_some()).map(|row| row.1.as_str()).collect();
        for kind in [
            "identity.member_changed",
            "identity.role_changed",
            "order.recipient_shown",
            "export.asked",
            "operations.exported",
            "audit.check_asked",
            "identity.sessions_revoked",
            "identity.password_changed",
            "identity.locale_chosen",
            "identity.logged_out",
        ] {
            assert!(by_people.contains(kind), "{kind}: {by_people:?}");
        }
        let logged_in = recorded(web).into_iter().find(|row| row.1 == "identity.logged_in" && row.2 == me);
        assert_eq!(logged_in.unwrap().3, None, "the first log-in of this person was a test's");
        let remote = recorded(web).into_iter().filter(|row| row.1 == "identity.logged_in" && row.3.is_some());
        assert_eq!(remote.count(), 2);
    });
}
