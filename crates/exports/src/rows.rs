//! Orders of a page with everything that their rows tell, read in few statements.

use crate::model::Wanted;
use std::collections::BTreeMap;
use xr_base::locale::Text;
use xr_base::{CaseId, Fault, Instant, Scope, UnitPrice};
use xr_case::engine::Engine;
use xr_orders::queries::{self, Listed};
use xr_orders::{Recipient, recipients, texts};
use xr_store::{Tx, record, sql};

/// Orders listed at a time, and of them looked up in one statement.
const PAGE_ORDERS: usize = 500;
const BATCH: usize = 20;
/// Lines that end a page earlier.
const PAGE_LINES: usize = 4_000;
/// Whose labels states have; packs change rules, not what a state is called.
const PACK: &str = "xiaoer-default";
/// Times in files are the market's.
const ZONE: &str = "Asia/Shanghai";

/// Twenty ids; a batch with fewer names one of them again.
macro_rules! ids {
    () => {
        "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)"
    };
}

record! {
    /// A line as a row tells it.
    #[derive(Clone, Debug)]
    pub(crate) struct Line {
        order_id: CaseId,
        /// Place in the order, from 1.
        pub(crate) place: i64,
        pub(crate) code: Option<String>,
        pub(crate) title: String,
        pub(crate) spec: String,
        pub(crate) quantity: i64,
        pub(crate) unit_price: UnitPrice,
        pub(crate) amount_minor: i64,
        pub(crate) refunded_minor: i64,
    }
}

record! {
    struct Detail {
        order_id: CaseId,
        freight_minor: i64,
        remark: Option<Vec<u8>>,
        shipped_at: Option<Instant>,
        delivered_at: Option<Instant>,
        shop_name: Option<String>,
        buyer_name: Option<String>,
        region: Option<String>,
        sealed: Option<Vec<u8>>,
    }
}

/// An order with its lines; times in milliseconds of local time.
pub(crate) struct Order {
    pub(crate) listed: Listed,
    pub(crate) placed_at: i64,
    pub(crate) shipped_at: Option<i64>,
    pub(crate) delivered_at: Option<i64>,
    pub(crate) freight_minor: i64,
    pub(crate) remark: String,
    pub(crate) shop_name: String,
    pub(crate) buyer_name: Option<String>,
    /// None after erasure.
    pub(crate) recipient: Option<Recipient>,
    pub(crate) lines: Vec<Line>,
}

/// Some orders of the list, in its order.
pub(crate) struct OrderPage {
    pub(crate) orders: Vec<Order>,
    /// Id of the last one.
    pub(crate) cursor: i64,
    pub(crate) is_last: bool,
}

/// The next orders below `cursor`, on one snapshot.
pub(crate) fn page(tx: &mut Tx<'_>, scope: Scope, wanted: &Wanted, cursor: i64) -> Result<OrderPage, Fault> {
    let zone = jiff::tz::TimeZone::get(ZONE).unwrap_or(jiff::tz::TimeZone::UTC);
    let limit = i64::try_from(PAGE_ORDERS).unwrap_or(i64::MAX);
    let listed = queries::list(tx, scope, &wanted.filter(cursor), limit)?;
    let count = listed.len();
    let mut page = OrderPage { orders: Vec::with_capacity(count), cursor, is_last: count < PAGE_ORDERS };
    let mut lines = 0;
    let mut left = listed.into_iter();
    while lines < PAGE_LINES {
        let batch: Vec<Listed> = left.by_ref().take(BATCH).collect();
        let Some(last) = batch.last() else { return Ok(page) };
        page.cursor = last.id.0;
        let orders = completed(tx, batch, &zone)?;
        lines += orders.iter().map(|order| order.lines.len()).sum::<usize>();
        page.orders.extend(orders);
    }
    page.is_last &= left.len() == 0;
    Ok(page)
}

fn completed(tx: &mut Tx<'_>, batch: Vec<Listed>, zone: &jiff::tz::TimeZone) -> Result<Vec<Order>, Fault> {
    let mut details = details(tx, &batch)?;
    let mut lines = lines(tx, &batch)?;
    let local = |at: Instant| at.0 + i64::from(zone.to_offset(at.timestamp()).seconds()) * 1_000;
    let mut orders = Vec::with_capacity(batch.len());
    for listed in batch {
        let lines = lines.remove(&listed.id).unwrap_or_default();
        let placed_at = local(listed.placed_at);
        // An order that is listed has its row: this only keeps a damaged database from stopping the others.
        let Some(d) = details.remove(&listed.id) else { continue };
        let sealed = d.region.zip(d.sealed);
        let recipient =
            sealed.map(|(region, sealed)| recipients::opened(tx, listed.id, region, &sealed)).transpose()?;
        orders.push(Order {
            placed_at,
            shipped_at: d.shipped_at.map(local),
            delivered_at: d.delivered_at.map(local),
            freight_minor: d.freight_minor,
            remark: texts::REMARKS.open(tx, listed.id.0, d.remark.as_deref())?,
            shop_name: d.shop_name.unwrap_or_default(),
            buyer_name: d.buyer_name,
            recipient,
            lines,
            listed,
        });
    }
    Ok(orders)
}

/// The ids of a batch, as many as there are places.
fn ids(batch: &[Listed]) -> [CaseId; BATCH] {
    let first = batch.first().map_or(CaseId(0), |order| order.id);
    std::array::from_fn(|index| batch.get(index).map_or(first, |order| order.id))
}

fn details(tx: &mut Tx<'_>, batch: &[Listed]) -> Result<BTreeMap<CaseId, Detail>, Fault> {
    let found: Vec<Detail> = tx.all(
        sql!(concat!(
            "SELECT o.case_id, o.freight_minor, o.sealed_remark, o.shipped_at, o.delivered_at, s.name, u.name, r.region,
             r.sealed FROM orders o LEFT JOIN shops s ON s.id = o.shop_id LEFT JOIN users u ON u.id = o.buyer_id
             LEFT JOIN sealed_recipients r ON r.order_id = o.case_id WHERE o.case_id IN ",
            ids!(),
            " /* unscoped: orders that were listed in scope */"
        )),
        &ids(batch).each_ref().map(xr_base::value::ToValue::to_value),
    )?;
    Ok(found.into_iter().map(|detail| (detail.order_id, detail)).collect())
}

fn lines(tx: &mut Tx<'_>, batch: &[Listed]) -> Result<BTreeMap<CaseId, Vec<Line>>, Fault> {
    let found: Vec<Line> = tx.all(
        sql!(concat!(
            "SELECT l.order_id, l.line_no, k.code, l.title, l.spec, l.quantity, l.unit_price, l.amount_minor, l.refunded_minor
             FROM order_lines l LEFT JOIN skus k ON k.id = l.sku_id WHERE l.order_id IN ",
            ids!(),
            " ORDER BY l.order_id, l.line_no /* unscoped: orders that were listed in scope */"
        )),
        &ids(batch).each_ref().map(xr_base::value::ToValue::to_value),
    )?;
    let mut by_order: BTreeMap<CaseId, Vec<Line>> = BTreeMap::new();
    for line in found {
        by_order.entry(line.order_id).or_default().push(line);
    }
    Ok(by_order)
}

/// What states of orders are called.
pub(crate) fn states(tx: &mut Tx<'_>) -> Result<BTreeMap<String, Text>, Fault> {
    let ready = Engine::from_tx(tx)?.books().current("order", PACK)?;
    Ok(ready.book.book().states.iter().map(|(name, state)| (name.clone(), state.label.clone())).collect())
}

/// How many orders there are in all, where that can be told.
pub(crate) fn count(tx: &mut Tx<'_>, scope: Scope, wanted: &Wanted) -> Result<Option<i64>, Fault> {
    queries::count(tx, scope, &wanted.filter(i64::MAX))
}
