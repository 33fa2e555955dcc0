//! Whose rights count, and what nobody may learn.

use crate::support::{all, approvals, ask, codes, figures, picked, rows, shown, stored, to_review, work, worker};
use serde_json::{Value, json};
use std::cell::Cell;
use xr_base::{CaseId, Fault, UserId};
use xr_store::{Command, Tx, params, sql};
use xr_testkit::http::Ask;
use xr_tests::http::{on_both, problem};

/// As if an administrator gave somebody another role, or locked them out.
struct Become(UserId, &'static str, bool);

impl Command for Become {
    type Out = ();
    const NAME: &'static str = "test.give_role";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let changed = tx.exec(
            sql!("UPDATE users SET role = ?2, is_disabled = ?3 WHERE id = ?1 /* unscoped: a test */"),
            params![self.0, self.1, self.2],
        )?;
        assert_eq!(changed, 1);
        Ok(())
    }
}

#[test]
fn rights_that_end_in_the_middle_end_the_acting_and_it_says_so() {
    on_both(|web| {
        for is_disabled in [false, true] {
            let orders = to_review(web, 5);
            let (token, user) = (web.token("shop"), web.user("shop"));
            let path = ask(web, &token, &picked(&orders));
            let looks = Cell::new(0);
            let revoke = || {
                looks.set(looks.get() + 1);
                if looks.get() == 3 {
                    let role = if is_disabled { "merchant" } else { "auditor" };
                    web.node.store.write_blocking(Become(user, role, is_disabled)).unwrap();
                }
                false
            };
            assert!(worker(web).run_next(&revoke).unwrap());
            web.node.store.write_blocking(Become(user, "merchant", false)).unwrap();
            let token = web.token("shop");
            assert_eq!(figures(&shown(web, &token, &path)), ("done".to_owned(), [5, 0, 2, 3, 0]));
            assert_eq!(codes(&rows(web, &token, &path, "refused")), [("batches.rights_gone".to_owned(), 3)].into());
            assert_eq!((approvals(web, &orders[..2]), approvals(web, &orders[2..])), (vec![1], vec![0]));
        }
    });
}

#[test]
fn a_foreign_case_and_a_missing_one_are_told_alike_and_stay_untouched() {
    on_both(|web| {
        let orders = to_review(web, 2);
        let (token, stranger) = (web.token("shop"), web.token("shop2"));
        let missing = CaseId(orders[0].parse::<CaseId>().unwrap().0 + 1).to_string();
        let path = ask(web, &stranger, &picked(&[orders[0].clone(), missing.clone()]));
        work(web);
        let told = rows(web, &stranger, &path, "");
        let plain = |row: &Value| {
            let text = row.to_string();
            text.replace(&orders[0], "ID").replace(&missing, "ID").replace("\"place\":2", "\"place\":1")
        };
        assert_eq!(plain(&told[0]), plain(&told[1]));
        assert_eq!(codes(&told), [("case.not_found".to_owned(), 2)].into());
        assert_eq!(approvals(web, &orders), [0]);
        // Trying again chooses neither, and a preview knows neither.
        let again = web.done(&stranger, &format!("POST {path}/again"), &Value::Null);
        work(web);
        let again = shown(web, &stranger, &format!("/v1/batches/{}", again["id"].as_str().unwrap()));
        assert_eq!(figures(&again), ("done".to_owned(), [0; 5]));
        let preview = web.done(&stranger, "POST /v1/batches/preview", &json!({ "cases": [orders[0], missing] }));
        assert_eq!((&preview["count"], &preview["cases"], &preview["acts"]), (&json!(0), &json!([]), &json!([])));
        let all_of = web.done(&stranger, "POST /v1/batches/preview", &json!({ "all": { "list": "orders" } }));
        assert_eq!(all_of["count"], json!(0));
        let path = ask(web, &stranger, &all(2));
        work(web);
        assert_eq!(figures(&shown(web, &stranger, &path)), ("done".to_owned(), [0; 5]));
        // A batch is its asker's: neither the platform nor a colleague finds it.
        let path = ask(web, &token, &picked(&orders));
        let colleague = web.colleague("merchant", web.sellers[0].org);
        for other in [&stranger, &colleague, &web.token("op")] {
            for line in ["GET PATH", "GET PATH/rows", "POST PATH/cancel", "POST PATH/again"] {
                let told = problem(web, &Ask::new(&line.replace("PATH", &path)).by(other));
                assert_eq!((told.0, told.1.as_str()), (404, "web.not_found"), "{line}");
            }
        }
        assert_eq!(figures(&shown(web, &token, &path)).0, "waiting");
    });
}

#[test]
fn what_cannot_be_asked_is_refused_and_nothing_is_stored() {
    on_both(|web| {
        let orders = to_review(web, 2);
        let token = web.token("shop");
        let told = |token: &str, body: &Value| {
            let (status, code, field) = problem(web, &Ask::new("POST /v1/batches").by(token).json(&body.to_string()));
            (status, code, field.unwrap_or_default())
        };
        let with = |pointer: &str, value: Value| {
            let mut body = picked(&orders);
            body[pointer] = value;
            body
        };
        let many: Vec<Value> = (1..=1_001).map(|n| json!({ "id": CaseId(n).to_string() })).collect();
        let mut both = all(1);
        both["cases"] = json!([]);
        let mut uncounted = all(1);
        uncounted.as_object_mut().unwrap().remove("count");
        let refund = json!({ "kind": "refund_only", "event": "reject", "cases": [{ "id": orders[0] }] });
        let cases = [
            (with("kind", json!("ordre")), 403, "batches.not_your_act", "event"),
            (with("event", json!("destroy")), 403, "batches.not_your_act", "event"),
            (with("event", json!("cancel")), 403, "batches.not_your_act", "event"),
            (with("event", json!("ship_all")), 422, "batches.needs_each_case", "event"),
            (with("input", json!({ "colour": 1 })), 422, "web.unknown_field", "input/colour"),
            (with("note", json!("长".repeat(501))), 422, "casework.note_too_long", "note"),
            (with("cases", json!([])), 422, "batches.no_cases", "cases"),
            (with("cases", json!(many)), 422, "batches.too_many", "cases"),
            (with("cases", json!(["x"])), 422, "web.wrong_type", "cases/0"),
            (refund, 422, "web.missing_field", "input/reason"),
            (both, 422, "batches.one_choice", "cases"),
            (uncounted, 422, "web.missing_field", "count"),
            (all(50_001), 422, "batches.too_many", "count"),
            (all(0), 422, "batches.no_cases", "count"),
        ];
        for (body, status, code, field) in cases {
            assert_eq!(told(&token, &body), (status, code.to_owned(), field.to_owned()), "{body}");
        }
        for (wanted, code, field) in [
            (json!({ "list": "aftersales" }), "batches.other_list", "kind"),
            (json!({ "list": "aftersales", "q": "1" }), "web.unknown_field", "all/q"),
            (json!({ "list": "orders", "kind": "order" }), "web.unknown_field", "all/kind"),
            (json!({ "list": "orders", "q": "9".repeat(101) }), "batches.search_too_long", "all/q"),
            (json!({ "list": "parcels" }), "web.bad_value", "all/list"),
        ] {
            let body = json!({ "kind": "order", "event": "approve", "all": wanted, "count": 1 });
            assert_eq!(told(&token, &body), (422, code.to_owned(), field.to_owned()), "{body}");
        }
        // The platform has no such act on orders; an auditor and a buyer no batches at all.
        assert_eq!(told(&web.token("op"), &picked(&orders)).1, "batches.not_your_act");
        assert_eq!(["audit", "buyer"].map(|who| told(&web.token(who), &picked(&orders)).1), ["web.forbidden"; 2]);
        assert_eq!(stored(web), (0, 0));
    });
}
