//! What stands in the files.

use crate::support::{column, exported, placed, sheet};
use serde_json::{Value, json};
use xr_base::{CaseId, ShopId};
use xr_store::{params, sql};
use xr_testkit::http::Ask;
use xr_tests::http::{Web, on_both};

fn numbers(web: &Web, token: &str, query: &str) -> Vec<String> {
    let page = web.done(token, &format!("GET /v1/orders?{query}"), &Value::Null);
    page["items"].as_array().unwrap().iter().map(|order| order["number"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_file_holds_the_orders_that_the_list_shows_in_its_order() {
    on_both(|web| {
        let (pen, cup) = (web.sku(50), web.sku(50));
        let first = placed(web, pen, 1, &[("/recipient/name", "欧阳锋")]);
        placed(web, cup, 2, &[]);
        placed(web, pen, 3, &[("/recipient/name", "欧阳锋")]);
        let cancel = format!("POST /v1/cases/{}/acts", first["order"].as_str().unwrap());
        web.done(&web.token("buyer"), &cancel, &json!({ "event": "cancel" }));
        let (merchant, other, operator) = (web.token("shop"), web.token("shop2"), web.token("op"));
        let shop = web.sellers[0].shop;
        let name = "%E6%AC%A7%E9%98%B3%E9%94%8B";
        let filters = [
            (json!({ "format": "xlsx" }), String::new()),
            (json!({ "format": "xlsx", "state": "closed" }), "state=closed".to_owned()),
            (
                json!({ "format": "xlsx", "shop": shop, "state": "pending_payment" }),
                format!("shop={shop}&state=pending_payment"),
            ),
            (json!({ "format": "xlsx", "q": " 欧阳锋 " }), format!("q={name}")),
        ];
        for (token, shown) in [(&merchant, [3, 1, 2, 2]), (&operator, [3, 1, 2, 2]), (&other, [0; 4])] {
            for ((body, query), shown) in filters.iter().zip(shown) {
                let found = column(&sheet(exported(web, token, body)), "订单编号");
                assert_eq!((found.len(), &found), (shown, &numbers(web, token, query)), "{body}");
            }
        }
    });
}

#[test]
fn whom_parcels_go_to_is_masked_unless_it_is_asked_for_in_full() {
    on_both(|web| {
        placed(web, web.sku(5), 1, &[("/recipient/name", "欧阳锋"), ("/recipient/phone", "13911112222")]);
        let token = web.token("shop");
        let file = |body: Value| String::from_utf8(exported(web, &token, &body)).unwrap();
        let masked = file(json!({ "format": "csv" }));
        assert!(masked.contains("欧**,****2222,浙江省杭州市,****"), "{masked}");
        assert!(
            ["欧阳锋", "13911112222", "文三路", "人buyer"].iter().all(|secret| !masked.contains(secret)),
            "{masked}"
        );
        let plain = file(json!({ "format": "csv", "plain": true }));
        assert!(plain.contains("人buyer,欧阳锋,13911112222,浙江省杭州市,文三路 1 号"), "{plain}");
    });
}

#[test]
fn a_text_for_spreadsheets_has_its_mark_and_computes_nothing() {
    let web = Web::sqlite();
    placed(&web, web.sku(5), 1, &[("/remark", "=HYPERLINK(\"http://x\")"), ("/recipient/phone", "+86 138 0000 0000")]);
    let bytes = exported(&web, &web.token("shop"), &json!({ "format": "csv", "plain": true }));
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with("\u{feff}订单编号,"), "{text}");
    assert!(
        text.ends_with(",\"'=HYPERLINK(\"\"http://x\"\")\"\r\n") && text.contains(",'+86 138 0000 0000,"),
        "{text}"
    );
    let english = Ask::new("POST /v1/exports").by(&web.token("shop")).with("Accept-Language", "en");
    let reply = web.send(&english.json(r#"{"format":"csv"}"#));
    let id = serde_json::from_slice::<Value>(&reply.body).unwrap()["id"].as_str().unwrap().to_owned();
    crate::support::work(&web);
    let text = String::from_utf8(crate::support::file(&web, &web.token("shop"), &id)).unwrap();
    assert!(text.starts_with("\u{feff}Order number,") && !text.contains("待"), "{text}");
}

/// What orders of a shop are, without ids and how they came; an imported one is known by the number it had.
fn orders_of(web: &Web, shop: ShopId) -> Vec<String> {
    let heads = sql!(
        "SELECT COALESCE(o.outside_no, o.number), o.goods_minor, o.currency, o.placed_at / 1000, u.name
         FROM orders o JOIN users u ON u.id = o.buyer_id WHERE o.shop_id = ?1 /* unscoped: a test */"
    );
    let lines = sql!(
        "SELECT COALESCE(o.outside_no, o.number), l.line_no, s.code, l.title, l.quantity, l.unit_price, l.amount_minor
         FROM order_lines l JOIN orders o ON o.case_id = l.order_id JOIN skus s ON s.id = l.sku_id WHERE o.shop_id = ?1
         /* unscoped: a test */"
    );
    let read = web.node.store.read_blocking(move |tx| {
        let mut found = Vec::new();
        for (statement, width) in [(heads, 5), (lines, 7)] {
            tx.each(statement, params![shop], |row| {
                let cells = (0..width).map(|i| Ok(format!("{:?}", row.value(i)?))).collect::<Result<Vec<_>, _>>()?;
                found.push(cells.join(" "));
                Ok(())
            })?;
        }
        let numbers: Vec<(CaseId, String)> = tx.all(
            sql!("SELECT case_id, COALESCE(outside_no, number) FROM orders WHERE shop_id = ?1 /* unscoped: a test */"),
            params![shop],
        )?;
        for (order, number) in numbers {
            let (to, said) = (xr_orders::recipients::get(tx, order)?, xr_orders::queries::buyer_remark(tx, order)?);
            found.push(format!("{number} goes to {to:?} with {said:?}"));
        }
        found.sort();
        Ok(found)
    });
    read.unwrap()
}

#[test]
fn a_file_read_back_by_the_import_desk_gives_the_same_orders() {
    for format in ["xlsx", "csv"] {
        on_both(|web| {
            let (pen, cup) = (web.sku(50), web.sku(50));
            let odd =
                [("/remark", "=1+1; \"a\", b"), ("/recipient/name", "-李雷"), ("/recipient/phone", "+86 13800000000")];
            placed(web, pen, 3, &odd);
            let mut both = web.cart(&[(pen, 1), (cup, 2)]);
            both["remark"] = json!("请快些");
            web.done(&web.token("buyer2"), "POST /v1/orders", &both);
            let file = exported(web, &web.token("shop"), &json!({ "format": format, "plain": true }));
            let token = web.token("shop2");
            let import = web.upload(&token, &format!("orders.{format}"), &file);
            let id = import["id"].as_str().unwrap();
            let preview = web.done(&token, &format!("GET /v1/imports/{id}/preview"), &Value::Null);
            let new = json!({ "name": "甲", "shop": web.sellers[1].shop, "settings": { "columns": preview["guess"] } });
            let source = web.done(&token, "POST /v1/import-sources", &new)["id"].as_str().unwrap().to_owned();
            let done = web.run_import(&token, &import, (&source, false));
            assert_eq!((&done["counts"]["orders_new"], &done["counts"]["rows_bad"]), (&json!(2), &json!(0)), "{done}");
            let (sold, read) = (orders_of(web, web.sellers[0].shop), orders_of(web, web.sellers[1].shop));
            assert_eq!(sold.len(), 7);
            assert_eq!(read, sold);
        });
    }
}
