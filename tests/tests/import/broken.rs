//! Files with mistakes, and files of other makes.

use crate::support::{HEADER, dump, import, import_lines};
use xr_base::Locale;
use xr_imports::{ImportError, ImportOptions, Report, run};
use xr_tests::{On, TestMarket, on_both};

const GOOD: &str = "536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom";

fn import_bytes(market: &TestMarket, bytes: &[u8]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    std::fs::write(&path, bytes).unwrap();
    import(market, &[path])
}

/// Line, column and code of every broken row.
fn errors(report: &Report) -> Vec<(u64, Option<&str>, &str)> {
    report.issues.errors.iter().map(|issue| (issue.line, issue.column.as_deref(), issue.code)).collect()
}

#[test]
fn every_kind_of_broken_row_is_named_and_costs_only_itself() {
    on_both(|market| {
        let long = format!("1,2,{},6,2010-12-01 08:26:00,2.55,,UK", "x".repeat(201));
        let lines = [
            "536365,85123A,LANTERN,six,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
            "536365,85123A,LANTERN,6,01/12/2010 08:26,2.55,17850.0,United Kingdom",
            "536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55555,17850.0,United Kingdom",
            "536365,85123A,LANTERN,6,2010-12-01 08:26:00,\"2,55\",17850.0,United Kingdom",
            "53 6365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
            "536365,,LANTERN,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
            "536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,somebody,United Kingdom",
            "536365,85123A,LANTERN,99999999,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
            "536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55",
            "536365,85123A,\"LANTERN\"S,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
            &long,
            "536365,85123A,\"LANTERN,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
            GOOD,
        ];
        let report = import_lines(market, &lines);
        let wanted = [
            (2, Some("Quantity"), "bad_quantity"),
            (3, Some("InvoiceDate"), "bad_date"),
            (4, Some("UnitPrice"), "bad_price"),
            (5, Some("UnitPrice"), "bad_price"),
            (6, Some("InvoiceNo"), "bad_invoice"),
            (7, Some("StockCode"), "bad_code"),
            (8, Some("CustomerID"), "bad_customer"),
            (9, Some("Quantity"), "bad_quantity"),
            (10, None, "field_count"),
            (11, None, "bad_quotes"),
            (12, Some("Description"), "bad_description"),
            (13, None, "bad_quotes"),
        ];
        assert_eq!(errors(&report), wanted);
        assert_eq!((report.rows_new, report.orders_new, report.has_errors()), (1, 1, true));
        let shown = report.show(Locale::En).to_string();
        assert!(shown.contains("rows.csv:2 Quantity: “six” is no whole quantity"), "{shown}");
        assert!(report.to_string().contains("不是 ±1000000 以内的整数数量"));
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!((&json["errors"][0]["code"], &json["rows_new"]), (&"bad_quantity".into(), &1.into()));
    });
}

#[test]
fn files_without_their_columns_are_left_out_and_change_nothing() {
    let market = TestMarket::new(On::Sqlite).unwrap();
    let before = dump(&market);
    #[allow(clippy::type_complexity, reason = "a table of cases")]
    let cases: [(&[u8], &[(u64, Option<&str>, &str)]); 5] = [
        (b"", &[(0, None, "empty_file")]),
        (b"\n\n", &[(0, None, "empty_file")]),
        (
            b"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,Price,CustomerID,InvoiceNo\n1,2,3,4,5,6,7,8\n",
            &[
                (1, Some("InvoiceNo"), "double_column"),
                (1, Some("UnitPrice"), "missing_column"),
                (1, Some("Country"), "missing_column"),
            ],
        ),
        (b"\"InvoiceNo,StockCode\n", &[(1, None, "bad_quotes")]),
        (b"\x1f\x8b\x08\x00broken", &[(0, None, "unpacking")]),
    ];
    for (bytes, wanted) in cases {
        let report = import_bytes(&market, bytes);
        assert_eq!(errors(&report), wanted, "{:?}", String::from_utf8_lossy(bytes));
        assert_eq!(dump(&market), before);
    }
}

#[test]
fn a_file_that_is_not_there_stops_the_import_before_it_begins() {
    let market = TestMarket::new(On::Sqlite).unwrap();
    let before = dump(&market);
    let files = vec![crate::support::extract(), "nowhere.csv".into()];
    let refused = run(&market.store, &ImportOptions { files, ..ImportOptions::default() }, &mut |_| {});
    assert!(matches!(&refused, Err(ImportError::File(name, _)) if name == "nowhere.csv"), "{refused:?}");
    assert_eq!(dump(&market), before);
}

#[test]
fn encodings_line_ends_and_column_orders_give_the_same_rows() {
    let chinese = "536366,22633,红色茶杯,2,2010-12-01 08:28:00,1.85,17850,中国";
    let plain = format!("{HEADER}\n{GOOD}\n{chinese}\n");
    let turned = "Country,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo\r\n\
                  United Kingdom,17850.0,2.55,2010-12-01 08:26:00,6,LANTERN,85123A,536365\r\n\
                  中国,17850,1.85,2010-12-01 08:28:00,2,\"红色茶杯\",22633,536366";
    let (gb18030, ..) = encoding_rs::GB18030.encode(&plain);
    let bom = format!("\u{feff}{plain}");
    let dumps: Vec<String> = [plain.as_bytes(), &gb18030, bom.as_bytes(), turned.as_bytes()]
        .into_iter()
        .map(|bytes| {
            let market = TestMarket::new(On::Sqlite).unwrap();
            let report = import_bytes(&market, bytes);
            assert_eq!((report.rows_new, report.issues.error_count), (2, 0));
            dump(&market)
        })
        .collect();
    assert!(dumps.iter().all(|dump| *dump == dumps[0]));
}
