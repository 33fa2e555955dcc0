//! The columns of an order list as a file: one row for each line of an order, with what the order is.

use crate::rows::{Line, Order};
use crate::texts::text;
use std::collections::BTreeMap;
use xr_base::locale::Text;
use xr_base::{Locale, UnitPrice};
use xr_orders::Recipient;

/// Names of the columns in order; their headers are texts `exports.column.<name>`, known to the guesses of the import desk.
pub(crate) const COLUMNS: [&str; 25] = [
    "order_no",
    "outside_no",
    "source",
    "shop",
    "state",
    "placed_at",
    "shipped_at",
    "delivered_at",
    "line_no",
    "sku",
    "title",
    "spec",
    "quantity",
    "unit_price",
    "amount",
    "refunded",
    "currency",
    "freight",
    "total",
    "buyer",
    "recipient",
    "phone",
    "region",
    "address",
    "remark",
];

/// One value of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cell<'c> {
    /// Nothing.
    Empty,
    /// Words and codes; never a number, so that leading zeros stay.
    Text(&'c str),
    /// A whole number.
    Int(i64),
    /// Money in minor units, shown with two decimals.
    Minor(i64),
    /// A unit price in 1/10,000 of the major unit.
    Price(UnitPrice),
    /// A moment as milliseconds of the market's local time since 1970.
    Time(i64),
}

/// Headers of the columns.
pub(crate) fn headers(locale: Locale) -> Vec<String> {
    COLUMNS.iter().map(|column| text(locale, &format!("column.{column}"))).collect()
}

/// How rows are told: names of states, and whom personal data is shown.
pub(crate) struct Telling<'t> {
    pub(crate) states: &'t BTreeMap<String, Text>,
    pub(crate) locale: Locale,
    pub(crate) is_plain: bool,
}

impl Telling<'_> {
    /// Gives `take` each row of an order; one without lines has a row of its own, so that no order is lost.
    pub(crate) fn rows(&self, order: &Order, take: &mut dyn FnMut(&[Cell<'_>])) {
        let to = self.recipient(order);
        let buyer = if self.is_plain { order.buyer_name.clone().unwrap_or_default() } else { to.name.clone() };
        let state = self.states.get(&order.listed.state).map_or(order.listed.state.as_str(), |s| s.get(self.locale));
        let mut row = |line: Option<&Line>| take(&cells(order, line, &to, (state, &buyer)));
        if order.lines.is_empty() {
            row(None);
        }
        order.lines.iter().for_each(|line| row(Some(line)));
    }

    fn recipient(&self, order: &Order) -> Recipient {
        let none =
            || Recipient { name: String::new(), phone: String::new(), region: String::new(), address: String::new() };
        match &order.recipient {
            None => none(),
            Some(to) if self.is_plain => to.clone(),
            Some(to) => to.masked(),
        }
    }
}

fn cells<'c>(
    order: &'c Order,
    line: Option<&'c Line>,
    to: &'c Recipient,
    (state, buyer): (&'c str, &'c str),
) -> [Cell<'c>; 25] {
    let listed = &order.listed;
    let given = |text: &'c str| if text.is_empty() { Cell::Empty } else { Cell::Text(text) };
    let moment = |at: Option<i64>| at.map_or(Cell::Empty, Cell::Time);
    let of = |value: fn(&'c Line) -> Cell<'c>| line.map_or(Cell::Empty, value);
    [
        given(&listed.number),
        given(listed.outside_no.as_deref().unwrap_or("")),
        given(&listed.source),
        given(&order.shop_name),
        given(state),
        moment(Some(order.placed_at)),
        moment(order.shipped_at),
        moment(order.delivered_at),
        of(|line| Cell::Int(line.place)),
        of(|line| line.code.as_deref().map_or(Cell::Empty, Cell::Text)),
        of(|line| Cell::Text(&line.title)),
        of(|line| if line.spec.is_empty() { Cell::Empty } else { Cell::Text(&line.spec) }),
        of(|line| Cell::Int(line.quantity)),
        of(|line| Cell::Price(line.unit_price)),
        of(|line| Cell::Minor(line.amount_minor)),
        of(|line| Cell::Minor(line.refunded_minor)),
        Cell::Text(listed.currency.code()),
        Cell::Minor(order.freight_minor),
        Cell::Minor(listed.total_minor),
        given(buyer),
        given(&to.name),
        given(&to.phone),
        given(&to.region),
        given(&to.address),
        given(&order.remark),
    ]
}

/// Money with two decimals.
pub(crate) fn minor(amount: i64) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let whole = amount.unsigned_abs();
    format!("{sign}{}.{:02}", whole / 100, whole % 100)
}

/// A unit price with as many decimals as it has, at least two.
pub(crate) fn price(UnitPrice(price): UnitPrice) -> String {
    let sign = if price < 0 { "-" } else { "" };
    let whole = price.unsigned_abs();
    let mut text = format!("{sign}{}.{:04}", whole / 10_000, whole % 10_000);
    while text.ends_with('0') && !text.as_bytes()[..text.len() - 2].ends_with(b".") {
        text.pop();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_have_the_decimals_that_they_need() {
        let shown = [0, 5, 190_000, 199_000, 199_900, 199_990, 199_999, -5].map(|p| price(UnitPrice(p)));
        assert_eq!(shown, ["0.00", "0.0005", "19.00", "19.90", "19.99", "19.999", "19.9999", "-0.0005"]);
        assert_eq!([0, 7, 1_990, -1].map(minor), ["0.00", "0.07", "19.90", "-0.01"]);
    }

    #[test]
    fn every_column_has_a_header_of_its_own_in_both_languages() {
        for locale in [Locale::ZhCn, Locale::En] {
            let headers = headers(locale);
            let different: std::collections::BTreeSet<&String> = headers.iter().collect();
            assert_eq!(different.len(), COLUMNS.len());
            assert!(headers.iter().all(|header| !header.starts_with("exports.")), "{headers:?}");
        }
    }
}
