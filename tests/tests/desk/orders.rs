//! What rows become: whole orders, or rows of the report.

use crate::support::{codes, file, line, number, traces};
use serde_json::{Value, json};
use xr_tests::http::{Web, on_both};

#[test]
fn rows_of_one_number_become_one_order_that_has_ended() {
    on_both(|web| {
        let token = web.token("shop");
        let source = web.source(&token, "淘宝导出");
        let bytes = file(&[line("A1", 2, "K2", 1), line("A2", 1, "K1", 3), line("A1", 1, "K1", 2)]);
        let import = web.upload(&token, "orders.csv", &bytes);
        assert_eq!((&import["state"], &import["row_count"]), (&json!("uploaded"), &json!(3)));
        let dry = web.run_import(&token, &import, (&source, true));
        assert_eq!((&dry["state"], traces(web).len()), (&json!("checked"), 0), "a dry run writes nothing");
        let done = web.run_import(&token, &import, (&source, false));
        assert_eq!(done["state"], "done", "{done}");
        assert_eq!(dry["counts"], done["counts"], "the dry run tells what the real one does");
        let counts = ["rows", "rows_new", "orders_new", "products_new", "buyers_new", "amount_minor"];
        assert_eq!(counts.map(|name| number(&done, name)), [3, 3, 2, 2, 2, 11_940]);
        let found = web.done(&token, "GET /v1/orders?q=A1", &Value::Null);
        let order = &found["items"][0];
        assert_eq!((&order["outside_no"], &order["line_count"]), (&json!("A1"), &json!(2)), "{order}");
        let whole = web.done(&token, &format!("GET /v1/orders/{}", order["id"].as_str().unwrap()), &Value::Null);
        assert_eq!(whole["case"]["is_closed"].as_bool().or(order["is_closed"].as_bool()), Some(true));
        assert_eq!((&whole["remark"], &whole["lines"][0]["title"]), (&json!("请快些"), &json!("商品K1")));
        let traces = traces(web);
        assert_eq!(traces.iter().filter(|t| t.starts_with("leg")).count(), 4);
        assert!(traces.iter().any(|t| t.starts_with("A1 goes to") && t.contains("浙江省 杭州市 西湖区")), "{traces:?}");
        web.assert_sound();
        let again = web.send(
            &xr_testkit::http::Ask::new(&format!("POST /v1/imports/{}/start", import["id"].as_str().unwrap()))
                .by(&token)
                .json(&json!({ "source": source, "dry_run": false }).to_string()),
        );
        assert_eq!(again.status, 409, "{}", again.text());
    });
}

#[test]
fn products_of_the_shop_are_found_by_their_code_and_stock_is_left_alone() {
    let web = Web::sqlite();
    let token = web.token("shop");
    let sku = web.sku(5);
    let code = web.node.store.read_blocking(move |tx| Ok(xr_catalog::queries::sku(tx, sku)?.unwrap().code)).unwrap();
    let source = web.source(&token, "自有");
    let done = web.import(&token, &source, &file(&[line("A1", 1, &code, 2)]));
    assert_eq!((number(&done, "orders_new"), number(&done, "products_new")), (1, 0));
    assert_eq!(web.stock(sku), (5, 0));
    // A code of the source that means this unit, and one that means nothing any more.
    let path = format!("PUT /v1/import-sources/{source}/products");
    for (code, sku) in [("OUT-1", json!(sku)), ("OUT-2", json!(sku)), ("OUT-2", Value::Null)] {
        web.done(&token, &path, &json!({ "code": code, "sku": sku }));
    }
    let mapped = web.done(&token, &path.replace("PUT", "GET"), &Value::Null);
    assert_eq!((&mapped["items"][0]["code"], &mapped["items"][0]["sku_code"]), (&json!("OUT-1"), &json!(code)));
    assert_eq!(mapped["items"].as_array().map(Vec::len), Some(1));
    let lines = [line("A2", 1, "OUT-1", 1), line("A3", 1, "OUT-2", 1)];
    let done = web.import(&token, &source, &file(&lines));
    assert_eq!((number(&done, "orders_new"), number(&done, "products_new")), (2, 1));
    assert!(traces(&web).iter().any(|t| t.starts_with("line Text(\"A2\")") && t.contains(&code)));
    let theirs = json!({ "code": "OUT-1", "sku": "sku_0000000000001" });
    let refused = web.send(&xr_testkit::http::Ask::new(&path).by(&token).json(&theirs.to_string()));
    assert_eq!(refused.status, 422, "{}", refused.text());
}

#[test]
fn every_kind_of_broken_row_is_named_with_its_place_and_cells() {
    on_both(|web| {
        let token = web.token("shop");
        let source = web.source(&token, "淘宝");
        let good = line("B1", 1, "K1", 1);
        let with = |from: &str, to: &str| good.replacen(from, to, 1);
        let cases = [
            (with(",1,商品", ",x,商品").replace("商品K1,1,", "商品K1,六,"), vec!["bad_quantity"]),
            (with("商品K1,1,", "商品K1,-2,"), vec!["not_a_sale"]),
            (with("19.90", "十九"), vec!["bad_money"]),
            (with("19.90", "-19.90"), vec!["negative"]),
            (with("19.90", "1.23456"), vec!["too_many_decimals"]),
            (with("2026-01-02 10:00:00", "昨天"), vec!["bad_time"]),
            (with("2026-01-02 10:00:00", ""), vec!["missing"]),
            (with("商品K1,1,19.90", "商品K1,,"), vec!["missing", "missing"]),
            (with("B1,1,K1,商品K1", "B1,1,,"), vec!["missing"]),
            (with("K1", "1.23E+12"), vec!["mangled"]),
            (with("请快些", &"长".repeat(501)), vec!["too_long"]),
            (with("请快些", "请快些,更多"), vec!["field_count"]),
            (with(",请快些", ""), vec!["field_count"]),
            (with("请快些", "\u{fffd}"), vec!["not_text"]),
            (format!("{good}\"x").replacen("请快些\"x", "\"请快些\"x", 1), vec!["bad_quotes"]),
        ];
        let lines: Vec<String> =
            cases.iter().enumerate().map(|(n, (line, _))| line.replacen("B1", &format!("C{n}"), 1)).collect();
        let done = web.import(&token, &source, &file(&lines));
        let rows = web.bad_rows(&token, &done);
        for ((row, (_, wanted)), n) in rows.iter().zip(&cases).zip(2..) {
            assert_eq!(
                (&row["line"], codes(row)),
                (&json!(n), wanted.iter().map(|c| (*c).to_owned()).collect()),
                "{row}"
            );
            let text = &row["problems"][0]["text"];
            assert!(text["zh"] != text["en"] && !text["zh"].as_str().unwrap().contains("imports."), "{text}");
        }
        assert_eq!(rows.len(), cases.len());
        assert_eq!((rows[0]["problems"][0]["column"].as_str(), number(&done, "orders_new")), (Some("数量"), 0));
        assert_eq!(number(&done, "rows_bad"), i64::try_from(cases.len()).unwrap());
        let one = web.done(
            &token,
            &format!("GET /v1/imports/{}/rows?code=negative", done["id"].as_str().unwrap()),
            &Value::Null,
        );
        assert_eq!(one["items"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn an_order_is_whole_or_not_there() {
    let web = Web::sqlite();
    let token = web.token("shop");
    let source = web.source(&token, "淘宝");
    let lines = [
        line("A1", 1, "K1", 1),
        line("A1", 2, "K2", 1).replacen("19.90", "?", 1),
        line("A2", 1, "K1", 1),
        line("A2", 2, "K2", 1).replace("13800000000", "13900000000"),
        line("A3", 1, "K1", 1),
        line("A3", 1, "K2", 1),
        line("A4", 1, "K1", 1),
        line("A5", 1, "K1", 1),
        line("A5", 2, "K1", 1) + "\"",
    ];
    let done = web.import(&token, &source, &file(&lines));
    let told: Vec<(i64, String)> =
        web.bad_rows(&token, &done).iter().map(|row| (row["line"].as_i64().unwrap(), codes(row).join(" "))).collect();
    let wanted = [
        (2, "order_incomplete"),
        (3, "bad_money"),
        (4, "order_incomplete"),
        (5, "differs_recipient"),
        (6, "order_incomplete"),
        (7, "double_line"),
    ];
    assert_eq!(told, wanted.map(|(line, code)| (line, code.to_owned())));
    assert_eq!(number(&done, "orders_new"), 2, "A4, and A5 whose quote stands inside a cell");
    let currency = json!({ "constant": "USD" });
    let mut settings = Web::settings();
    settings["columns"]["currency"] = currency;
    let dollars = web.source_with(&token, "美元", &settings);
    let refused = web.import(&token, &dollars, &file(&[line("D1", 1, "K1", 1)]));
    assert_eq!(codes(&web.bad_rows(&token, &refused)[0]), ["foreign_currency"]);
    let other = web.source(&token, "另一来源");
    let taken = web.import(&token, &other, &file(&[line("A4", 1, "K1", 1)]));
    assert_eq!(codes(&web.bad_rows(&token, &taken)[0]), ["number_taken"]);
}
