//! Files of every make: encodings, delimiters, workbooks; previews; and files that are none.

use crate::support::{HEADER, codes, file, line, number, traces};
use serde_json::{Value, json};
use std::io::Write as _;
use xr_testkit::http::Ask;
use xr_tests::http::{Web, on_both, problem};

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn encodings_and_delimiters_give_the_same_orders() {
    let plain = String::from_utf8(file(&[line("A1", 1, "K1", 1), line("A2", 1, "K2", 2)])).unwrap();
    let (gb18030, ..) = encoding_rs::GB18030.encode(&plain);
    let wide: Vec<u8> = format!("\u{feff}{plain}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let files: [(&str, Vec<u8>); 7] = [
        ("utf-8", plain.clone().into_bytes()),
        ("utf-8", format!("\u{feff}{plain}").into_bytes()),
        ("gb18030", gb18030.to_vec()),
        ("utf-16le", wide),
        ("utf-8", plain.replace(',', ";").into_bytes()),
        ("utf-8", plain.replace(',', "\t").into_bytes()),
        ("utf-8", packed(plain.as_bytes())),
    ];
    let left: Vec<Vec<String>> = files
        .into_iter()
        .map(|(encoding, bytes)| {
            let web = Web::sqlite();
            let token = web.token("shop");
            let source = web.source(&token, "淘宝");
            let import = web.upload(&token, "orders.csv", &bytes);
            assert_eq!(import["format"]["encoding"], encoding);
            let done = web.run_import(&token, &import, (&source, false));
            assert_eq!(number(&done, "orders_new"), 2, "{done}");
            traces(&web)
        })
        .collect();
    assert!(left.iter().all(|traces| *traces == left[0]));
}

#[test]
fn a_row_in_another_encoding_is_bad_and_the_others_are_good() {
    on_both(|web| {
        let token = web.token("shop");
        let source = web.source(&token, "淘宝");
        let mut bytes = file(&[line("A1", 1, "K1", 1)]);
        bytes.extend(&*encoding_rs::GB18030.encode(&(line("A2", 1, "K1", 1) + "\n")).0);
        bytes.extend(b"A3,1,K1,\xff\xfe,1,1,2026-01-02,,,,,,,,,\n");
        bytes.extend((line("A4", 1, "K1", 1) + "\n").bytes());
        let done = web.import(&token, &source, &bytes);
        assert_eq!((number(&done, "orders_new"), number(&done, "rows_bad")), (2, 2));
        let rows = web.bad_rows(&token, &done);
        assert!(rows.iter().all(|row| codes(row) == ["not_text"]));
        assert_eq!(rows[0]["cells"][3], "商品K1", "what it probably means is shown for correction");
        let report = web.report(&token, &done);
        let again = web.import(&token, &source, report.as_bytes());
        assert_eq!(
            (number(&again, "orders_new"), number(&again, "rows_bad")),
            (1, 1),
            "what nobody can read stays bad"
        );
        assert!(!traces(web).iter().any(|t| t.contains('\u{fffd}')));
    });
}

#[test]
fn a_preview_shows_the_first_rows_and_guesses_the_columns() {
    on_both(|web| {
        let token = web.token("shop");
        let lines: Vec<String> = (0..50).map(|n| line(&format!("A{n}"), 1, "K1", 1)).collect();
        let import = web.upload(&token, "订单.csv".replace("订单", "orders").as_str(), &file(&lines));
        let id = import["id"].as_str().unwrap();
        let preview = web.done(&token, &format!("GET /v1/imports/{id}/preview"), &Value::Null);
        assert_eq!((&preview["row_count"], preview["rows"].as_array().unwrap().len()), (&json!(50), 20));
        assert_eq!(preview["headers"].as_array().unwrap().len(), HEADER.split(',').count());
        assert_eq!((&preview["rows"][0]["line"], &preview["rows"][0]["cells"][0]), (&json!(2), &json!("A0")));
        let guess = &preview["guess"];
        let guessed = ["order_no", "line_no", "sku", "quantity", "unit_price", "placed_at", "recipient_name", "phone"];
        let wanted = ["订单编号", "子订单编号", "商家编码", "数量", "单价", "下单时间", "收货人", "手机"];
        assert_eq!(guessed.map(|target| guess[target]["column"].as_str().unwrap()), wanted, "{guess}");
        // Read with the wrong delimiter it is one column; the next look is right again.
        let format = json!({ "kind": "csv", "encoding": "utf-8", "delimiter": ";" });
        web.done(&token, &format!("POST /v1/imports/{id}/format"), &format);
        let preview = web.done(&token, &format!("GET /v1/imports/{id}/preview"), &Value::Null);
        assert_eq!(preview["headers"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn what_is_no_table_is_refused_in_words_and_leaves_nothing() {
    let web = Web::sqlite();
    let token = web.token("shop");
    let cut = packed(&file(&vec![line("A1", 1, "K1", 1); 200]));
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let piece = vec![b'x'; 1 << 20];
    (0..600).for_each(|_| packer.write_all(&piece).unwrap());
    let bomb = packer.finish().unwrap();
    let cases: [(&[u8], u16, &str); 7] = [
        (b"", 422, "imports.empty_file"),
        (b"a,b,c\n", 422, "imports.no_rows"),
        (b"PK\x03\x04 no zip", 422, "imports.not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 422, "imports.old_excel"),
        (&cut[..cut.len() / 2], 422, "imports.broken"),
        (&bomb, 422, "imports.broken"),
        (&vec![b'x'; (64 << 20) + 1], 413, "web.body_too_large"),
    ];
    for (bytes, status, code) in cases {
        let told = problem(&web, &Ask::new("POST /v1/imports?name=x").by(&token).bytes(bytes));
        assert_eq!((told.0, told.1.as_str()), (status, code));
    }
    let listed = web.done(&token, "GET /v1/imports", &Value::Null);
    assert_eq!(listed["items"].as_array().unwrap().len(), 0);
    let parts: (i64,) = web
        .node
        .store
        .read_blocking(|tx| {
            Ok(tx.one(xr_store::sql!("SELECT COUNT(*) FROM sealed_import_parts /* unscoped: a test */"), &[])?)
        })
        .unwrap();
    assert_eq!(parts.0, 0);
}
