//! A real file: the history of a web shop with its mistakes, through the desk.

use crate::support::number;
use serde_json::{Value, json};
use std::path::Path;
use xr_tests::http::Web;

/// What the columns of the data set mean.
pub(crate) fn settings() -> Value {
    let column = |name: &str| json!({ "column": name });
    json!({
        "zone": "Europe/London",
        "columns": {
            "order_no": column("InvoiceNo"), "sku": column("StockCode"), "title": column("Description"),
            "quantity": column("Quantity"), "unit_price": column("UnitPrice"), "placed_at": column("InvoiceDate"),
            "buyer": column("CustomerID"), "province": column("Country"),
        },
    })
}

#[test]
fn the_extract_of_a_real_history_goes_through_the_desk() {
    let web = Web::sqlite();
    let token = web.token("shop");
    let source = web.source_with(&token, "online-retail", &settings());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/imports/data/online-retail-2010-12.csv.gz");
    let done = web.import(&token, &source, &std::fs::read(path).unwrap());
    let counts = ["rows", "rows_new", "rows_bad"].map(|name| number(&done, name));
    assert_eq!((&done["state"], counts[0], counts[1] + counts[2]), (&json!("done"), 7_399, 7_399), "{done}");
    // Cancellations are no orders, and say so; nothing else is wrong.
    let bad = done["counts"]["bad"].as_object().unwrap();
    assert!(bad["not_a_sale"].as_i64().unwrap() > 0);
    eprintln!("{bad:?}");
    web.assert_sound();
}
