//! Files to send in, and what they left.

use serde_json::Value;
use xr_base::CaseId;
use xr_store::{Statement, Store, sql};
use xr_tests::http::Web;
pub(crate) use xr_tests::http::desk::HEADER;

/// A file with these lines below the usual header.
pub(crate) fn file(lines: &[impl AsRef<str>]) -> Vec<u8> {
    let lines: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
    format!("{HEADER}\n{}\n", lines.join("\n")).into_bytes()
}

/// A good line of an order.
pub(crate) fn line(order: &str, line_no: usize, sku: &str, quantity: i64) -> String {
    format!(
        "{order},{line_no},{sku},商品{sku},{quantity},19.90,2026-01-02 10:00:00,2026-01-02 10:05:00,买家{order},收货{order},13800000000,浙江省,杭州市,西湖区,文三路 1 号,请快些"
    )
}

/// Deletes what was marked.
pub(crate) fn delete_forgotten(store: &Store) {
    while store.write_blocking(xr_imports::DeleteForgotten).unwrap() {}
}

/// Rows of the table, of all imports.
pub(crate) fn count(store: &Store, statement: &'static Statement) -> i64 {
    store.read_blocking(move |tx| Ok(tx.one::<(i64,)>(statement, &[])?.0)).unwrap()
}

pub(crate) fn number(view: &Value, name: &str) -> i64 {
    view["counts"][name].as_i64().unwrap_or_else(|| panic!("{name}: {view}"))
}

/// Codes of a bad row.
pub(crate) fn codes(row: &Value) -> Vec<String> {
    row["problems"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap().to_owned()).collect()
}

/// Everything that imports are to leave in the database, without ids and numbers that are drawn: orders, their lines,
/// recipients, buyers, cases and money, one line each, sorted.
pub(crate) fn traces(web: &Web) -> Vec<String> {
    web.node
        .store
        .read_blocking(|tx| {
            let mut found = Vec::new();
            tx.each(
                sql!(
                    "SELECT o.outside_no, o.source, o.goods_minor, o.total_minor, o.currency, o.placed_at, c.state,
                     c.closed_at, u.name
                     FROM orders o JOIN cases c ON c.id = o.case_id JOIN users u ON u.id = o.buyer_id WHERE o.outside_no IS NOT NULL /* unscoped: a test */"
                ),
                &[],
                |row| {
                    let cells = (0..9).map(|index| Ok(format!("{:?}", row.value(index)?))).collect::<Result<Vec<_>, _>>()?;
                    found.push(format!("order {}", cells.join(" ")));
                    Ok(())
                },
            )?;
            tx.each(
                sql!(
                    "SELECT o.outside_no, l.line_no, s.code, l.title, l.quantity, l.unit_price, l.amount_minor, l.shipped,
                     s.stock_mode, s.listed FROM order_lines l JOIN orders o ON o.case_id = l.order_id
                     JOIN skus s ON s.id = l.sku_id WHERE o.outside_no IS NOT NULL /* unscoped: a test */"
                ),
                &[],
                |row| {
                    let cells = (0..10).map(|index| Ok(format!("{:?}", row.value(index)?))).collect::<Result<Vec<_>, _>>()?;
                    found.push(format!("line {}", cells.join(" ")));
                    Ok(())
                },
            )?;
            tx.each(
                sql!(
                    "SELECT o.outside_no, t.kind, t.at, g.account, g.currency, g.amount_minor FROM legs g
                     JOIN transfers t ON t.id = g.transfer_id JOIN orders o ON o.case_id = g.case_id
                     WHERE o.outside_no IS NOT NULL /* unscoped: a test */"
                ),
                &[],
                |row| {
                    let cells = (0..6).map(|index| Ok(format!("{:?}", row.value(index)?))).collect::<Result<Vec<_>, _>>()?;
                    found.push(format!("leg {}", cells.join(" ")));
                    Ok(())
                },
            )?;
            let numbers: Vec<(CaseId, String)> = tx.all(
                sql!(
                    "SELECT case_id, outside_no FROM orders WHERE outside_no IS NOT NULL /* unscoped: a test */"
                ),
                &[],
            )?;
            for (order, number) in numbers {
                let (to, said) = (xr_orders::recipients::get(tx, order)?, xr_orders::queries::buyer_remark(tx, order)?);
            found.push(format!("{number} goes to {to:?} with {said:?}"));
            }
            found.sort();
            Ok(found)
        })
        .unwrap()
}
