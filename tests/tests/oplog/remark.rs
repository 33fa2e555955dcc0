//! A wrong remark, and who wrote it.

use crate::support::{all, doings};
use serde_json::{Value, json};
use xr_store::sql;
use xr_testkit::http::Ask;
use xr_tests::http::{Web, on_both, problem};

fn remark(web: &Web, token: &str, order: &str) -> Value {
    web.done(token, &format!("GET /v1/orders/{order}"), &Value::Null)["merchant_remark"].clone()
}

fn change(web: &Web, token: &str, order: &str, (words, seen): (&str, &Value)) -> Value {
    let body = json!({ "remark": words, "seen": seen });
    web.done(token, &format!("PATCH /v1/orders/{order}/remark"), &body)["merchant_remark"].clone()
}

#[test]
fn the_main_account_finds_who_wrote_what_when_and_what_stood_there_before() {
    on_both(|web| {
        let did = doings(web);
        let before = remark(web, &did.shop, &did.order);
        assert_eq!((&before["text"], &before["by"]), (&json!("送货前打电话"), &json!("小李")));
        change(web, &did.member, &did.order, ("送货不用打电话", &before["id"]));
        let found = all(web, &did.shop, &format!("object={}&what=order.remark_changed", did.number));
        assert_eq!(found.len(), 2);
        let entry = &found[0];
        let told = |path: &str| entry.pointer(path).cloned().unwrap_or_default();
        assert_eq!(told("/who/name"), "小李");
        assert_eq!(told("/who/label/zh"), "夜班");
        assert_eq!(told("/address"), "127.0.0.*");
        assert_eq!(told("/at"), json!(web.node.store.clock().now()), "this market's time stands still");
        assert_eq!(told("/changes/0/field"), "remark");
        assert_eq!(told("/changes/0/before/0/label/zh"), "送货前打电话");
        assert_eq!(told("/changes/0/after/0/label/zh"), "送货不用打电话");
        assert_eq!(told("/label"), json!({ "zh": "修改商家备注", "en": "Remark changed" }));
        assert_eq!(found[1].pointer("/changes/0/before"), Some(&json!([])), "before the first there was none");
    });
}

#[test]
fn the_words_stay_out_of_the_record_and_away_from_the_buyer() {
    on_both(|web| {
        let did = doings(web);
        let (kept,): (i64,) = web
            .node
            .store
            .read_blocking(|tx| {
                Ok(tx.one(sql!("SELECT COUNT(*) FROM events WHERE body LIKE '%打电话%' /* unscoped: a test */"), &[])?)
            })
            .unwrap();
        assert_eq!(kept, 0);
        let buyer = web.token("buyer");
        let page = web.done(&buyer, &format!("GET /v1/orders/{}", did.order), &Value::Null);
        assert_eq!(page["merchant_remark"], Value::Null);
        assert!(!page.to_string().contains("打电话"));
        assert_eq!(remark(web, &web.token("op"), &did.order)["by"], "小李");
    });
}

#[test]
fn nobody_writes_over_words_that_they_have_not_seen() {
    on_both(|web| {
        let did = doings(web);
        let path = format!("PATCH /v1/orders/{}/remark", did.order);
        let refused = |token: &str, body: Value| {
            let told = problem(web, &Ask::new(&path).by(token).json(&body.to_string()));
            (told.0, told.1)
        };
        assert_eq!(refused(&did.shop, json!({ "remark": "x" })), (409, "orders.remark_changed".to_owned()));
        let seen = remark(web, &did.shop, &did.order)["id"].clone();
        let long = json!({ "remark": "长".repeat(501), "seen": seen });
        assert_eq!(refused(&did.shop, long), (422, "orders.field".to_owned()));
        assert_eq!(refused(&did.shop, json!({ "remark": "a\u{7}b", "seen": seen })), (422, "orders.field".to_owned()));
        // The same words again are no change, and none is on record.
        change(web, &did.shop, &did.order, (" 送货前打电话\n", &seen));
        assert_eq!(all(web, &did.shop, "what=order.remark_changed").len(), 1);
        let gone = change(web, &did.shop, &did.order, ("", &seen));
        assert_eq!(gone["text"], "");
        let entry = all(web, &did.shop, "what=order.remark_changed").remove(0);
        assert_eq!(entry.pointer("/changes/0/after"), Some(&json!([])));
        change(web, &did.shop, &did.order, ("两行\n也行", &gone["id"]));
    });
}

#[test]
fn of_many_who_change_it_at_once_one_wins_and_the_others_are_told() {
    on_both(|web| {
        let did = doings(web);
        let seen = remark(web, &did.shop, &did.order)["id"].clone();
        let path = format!("PATCH /v1/orders/{}/remark", did.order);
        let write = |n: usize| {
            let body = json!({ "remark": format!("第 {n} 个"), "seen": seen });
            web.send(&Ask::new(&path).by(&did.shop).json(&body.to_string())).status
        };
        let mut told = xr_tests::rush::at_once(8, (0..8).map(|n| move || write(n)).collect());
        told.sort_unstable();
        assert_eq!(told, [200, 409, 409, 409, 409, 409, 409, 409]);
        assert_eq!(all(web, &did.shop, "what=order.remark_changed").len(), 2);
    });
}

#[test]
fn only_the_orders_own_merchant_writes() {
    on_both(|web| {
        let did = doings(web);
        let path = format!("PATCH /v1/orders/{}/remark", did.order);
        let status = |login: &str| web.send(&Ask::new(&path).by(&web.token(login)).json(r#"{"remark":"x"}"#)).status;
        assert_eq!((status("shop2"), status("op"), status("audit"), status("buyer")), (404, 403, 403, 403));
        let packer = web.colleague("merchant_warehouse", web.sellers[0].org);
        let seen = remark(web, &packer, &did.order)["id"].clone();
        assert_eq!(change(web, &packer, &did.order, ("已装箱", &seen))["text"], "已装箱");
    });
}

#[test]
fn an_edit_of_the_buyers_remark_tells_what_it_was() {
    on_both(|web| {
        let did = doings(web);
        // The order is exempt from review, so its merchant may edit it as it waits for shipment.
        let edit = json!({ "event": "edit", "input": { "remark": "礼盒包装" } });
        web.done(&did.shop, &format!("POST /v1/cases/{}/acts", did.order), &edit);
        let again = json!({ "event": "edit", "input": { "remark": "普通包装" } });
        web.done(&did.shop, &format!("POST /v1/cases/{}/acts", did.order), &again);
        let found = all(web, &did.shop, &format!("object={}&what=order.buyer_remark_changed", did.order));
        let side = |n: usize, side: &str| found[n].pointer(&format!("/changes/0/{side}/0/label/zh")).cloned();
        assert_eq!((side(0, "before"), side(0, "after")), (Some(json!("礼盒包装")), Some(json!("普通包装"))));
        assert_eq!((side(1, "before"), side(1, "after")), (None, Some(json!("礼盒包装"))));
        // An edit of something else leaves it alone, and the merchant's own remark is another one.
        assert_eq!(remark(web, &did.shop, &did.order)["text"], "送货前打电话");
    });
}
