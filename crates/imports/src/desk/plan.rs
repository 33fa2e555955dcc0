//! Which rows make which order, and which make none: known before anything is written.

use super::cells::{AMOUNT_MAX, Head, Reader, Row, RowProblem, UnclearColumn};
use super::spool::{Kept, RowAt, Spool};
use super::table::{BadFile, Bytes, Format};
use std::collections::HashMap;
use xr_base::Instant;

/// Most rows of one order.
const ORDER_ROWS_MAX: usize = 1_000;
/// Most bytes of its rows together.
const ORDER_BYTES_MAX: u64 = 8 << 20;

/// Rows of one order.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) number: Box<str>,
    rows: Vec<RowAt>,
    at: Instant,
    is_broken: bool,
}

/// A row that makes no order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BadRow {
    pub(crate) at: RowAt,
    /// Why a good row is held back, as a code of the report.
    held: Option<&'static str>,
}

impl BadRow {
    /// How many of the first rows one step takes: at most `rows`, and no more once they have `bytes`.
    pub(crate) fn step(bad: &[Self], (rows, bytes): (usize, u64)) -> usize {
        let mut left = bytes;
        let fits = |bad: &&Self| {
            let has_room = left > 0;
            left = left.saturating_sub(bad.at.size());
            has_room
        };
        bad.iter().take(rows).take_while(fits).count()
    }
}

/// A row for the report, with what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reported {
    pub(crate) line: u32,
    pub(crate) problems: Vec<RowProblem>,
    pub(crate) cells: Vec<String>,
}

/// An order with its lines, arranged by content: the order of rows in the file does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) number: String,
    /// The earliest time that its rows tell.
    pub(crate) placed_at: Instant,
    pub(crate) paid_at: Option<Instant>,
    pub(crate) head: Head,
    pub(crate) lines: Vec<Row>,
    /// Over all rows.
    pub(crate) hash: i64,
    /// The rows as they stood, for the report.
    pub(crate) rows: Vec<(u32, Vec<String>)>,
}

/// A file read through once.
pub(crate) struct Plan {
    spool: Spool,
    reader: Reader,
    /// In order of time and number.
    pub(crate) orders: Vec<Planned>,
    pub(crate) bad: Vec<BadRow>,
    pub(crate) rows: u64,
}

/// Why a file gives no plan.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoPlan {
    #[error(transparent)]
    File(#[from] BadFile),
    #[error("{}: {}", .0.code, .0.name)]
    Column(UnclearColumn),
}

/// Reads a file as `reader_for` its header says; `tick` is called now and then with the rows so far and gives whether to go on.
pub(crate) fn make(
    bytes: &dyn Bytes,
    format: &Format,
    reader_for: &dyn Fn(&[String]) -> Result<Reader, UnclearColumn>,
    tick: &mut dyn FnMut(u64) -> bool,
) -> Result<Plan, NoPlan> {
    let reader = reader_for(&headers(bytes, format)?).map_err(NoPlan::Column)?;
    let mut grouped = Grouped::default();
    let mut is_stopped = false;
    let spool = Spool::fill(bytes, (format, reader.point()), &mut |at, raw| {
        grouped.take(&reader, at, raw.cells, raw.broken);
        is_stopped = grouped.rows.is_multiple_of(20_000) && !tick(grouped.rows);
        !is_stopped
    })?;
    if is_stopped {
        return Err(BadFile::Stopped.into());
    }
    let Grouped { mut orders, mut bad, rows, .. } = grouped;
    orders.retain(|order| {
        let Some(code) = order.held() else { return true };
        bad.extend(order.rows.iter().map(|at| BadRow { at: *at, held: Some(code) }));
        false
    });
    bad.sort_unstable_by_key(|bad| bad.at.line);
    orders.sort_unstable_by(|a, b| (a.at, &a.number).cmp(&(b.at, &b.number)));
    Ok(Plan { spool, reader, orders, bad, rows })
}

/// The header row alone.
pub(crate) fn headers(bytes: &dyn Bytes, format: &Format) -> Result<Vec<String>, BadFile> {
    Ok(Spool::fill(bytes, (format, '.'), &mut |_, _| false)?.headers)
}

#[derive(Default)]
struct Grouped {
    numbers: HashMap<Box<str>, usize>,
    orders: Vec<Planned>,
    bad: Vec<BadRow>,
    rows: u64,
}

impl Grouped {
    fn take(&mut self, reader: &Reader, at: RowAt, cells: &[String], broken: Option<&str>) {
        self.rows += 1;
        let read = if broken.is_some() { None } else { reader.row(cells).ok() };
        if let Some(row) = read {
            let order = self.order(row.order_no);
            order.rows.push(at);
            order.at = order.at.min(row.placed_at);
            return;
        }
        self.bad.push(BadRow { at, held: None });
        // An order is whole or not there: with one broken row it waits until that row is corrected.
        if let Some(number) = reader.order_no(cells) {
            self.order(number).is_broken = true;
        }
    }

    fn order(&mut self, number: String) -> &mut Planned {
        let next = self.orders.len();
        let index = *self.numbers.entry(number.clone().into_boxed_str()).or_insert(next);
        if index == next {
            let number = number.into_boxed_str();
            self.orders.push(Planned { number, rows: Vec::new(), at: Instant(i64::MAX), is_broken: false });
        }
        &mut self.orders[index]
    }
}

impl Planned {
    /// Why it cannot be judged as it is.
    fn held(&self) -> Option<&'static str> {
        // An order is judged in one piece and in memory; with broken rows besides, it is still this that must change first.
        if self.rows.len() > ORDER_ROWS_MAX || self.bytes() > ORDER_BYTES_MAX {
            return Some("too_many_lines");
        }
        self.is_broken.then_some("order_incomplete")
    }

    /// Bytes of its rows.
    pub(crate) fn bytes(&self) -> u64 {
        self.rows.iter().map(|at| at.size()).sum()
    }

    /// Number of its rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

impl Plan {
    /// A bad row with what is wrong with it.
    pub(crate) fn report(&mut self, bad: BadRow) -> std::io::Result<Reported> {
        let Kept { cells, broken } = self.spool.row(bad.at)?;
        let problems = match (broken, bad.held) {
            (Some(code), _) | (None, Some(code)) => vec![RowProblem::whole(code, "")],
            (None, None) => self.reader.row(&cells).err().unwrap_or_default(),
        };
        Ok(Reported { line: bad.at.line, problems, cells })
    }

    /// An order with everything that its rows say, or its rows with what does not fit together.
    pub(crate) fn order(&mut self, index: usize) -> std::io::Result<Result<Order, Vec<Reported>>> {
        let planned = self.orders[index].clone();
        let mut rows = Vec::with_capacity(planned.rows.len());
        for at in &planned.rows {
            let kept = self.spool.row(*at)?;
            // It was read before, so it can be read.
            let Ok(row) = self.reader.row(&kept.cells) else { continue };
            rows.push(Read { hash: row.hash(), row, line: at.line, cells: kept.cells });
        }
        rows.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        Ok(arrange(&planned.number, rows))
    }
}

/// A row of an order while it is put together.
struct Read {
    row: Row,
    hash: u64,
    line: u32,
    cells: Vec<String>,
}

impl Read {
    /// By content alone; line numbers are compared as numbers where they are some.
    fn sort_key(&self) -> (usize, &str, Instant, &str, u64) {
        (self.row.line_no.len(), &self.row.line_no, self.row.placed_at, &self.row.sku, self.hash)
    }
}

fn arrange(number: &str, rows: Vec<Read>) -> Result<Order, Vec<Reported>> {
    let mut wrong: Vec<Option<RowProblem>> = vec![None; rows.len()];
    for index in 1..rows.len() {
        let (before, row) = (&rows[index - 1].row, &rows[index].row);
        if !row.line_no.is_empty() && before.line_no == row.line_no {
            wrong[index] = Some(RowProblem::whole("double_line", &row.line_no));
        }
    }
    let mut head = Head::default();
    for (read, wrong) in rows.iter().zip(&mut wrong) {
        if let Some(code) = merge(&mut head, &read.row.head) {
            *wrong = Some(RowProblem::whole(code, ""));
        }
    }
    let amounts = rows.iter().try_fold(0_i64, |sum, read| sum.checked_add(read.row.amount_minor));
    if amounts.is_none_or(|sum| sum > AMOUNT_MAX) {
        wrong.fill(Some(RowProblem::whole("too_much", "")));
    }
    if wrong.iter().any(Option::is_some) {
        let held = || RowProblem::whole("order_incomplete", "");
        let mut reported: Vec<Reported> = rows
            .into_iter()
            .zip(wrong)
            .map(|(read, wrong)| Reported {
                line: read.line,
                problems: vec![wrong.unwrap_or_else(held)],
                cells: read.cells,
            })
            .collect();
        reported.sort_unstable_by_key(|row| row.line);
        return Err(reported);
    }
    let hash =
        rows.iter().fold(rows.len() as u64, |sum, read| sum.wrapping_mul(0x0100_0000_01b3).rotate_left(23) ^ read.hash);
    let placed_at = rows.iter().map(|read| read.row.placed_at).min().unwrap_or_default();
    let paid_at = rows.iter().filter_map(|read| read.row.paid_at).min();
    let (mut lines, mut shown) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for read in rows {
        lines.push(read.row);
        shown.push((read.line, read.cells));
    }
    Ok(Order { number: number.to_owned(), placed_at, paid_at, head, lines, hash: hash.cast_signed(), rows: shown })
}

/// Takes over what a row says of its order; a code if it contradicts an earlier one.
fn merge(head: &mut Head, row: &Head) -> Option<&'static str> {
    if head.currency.is_some() && row.currency.is_some() && head.currency != row.currency {
        return Some("differs_currency");
    }
    head.currency = head.currency.or(row.currency);
    let pairs = [
        (&mut head.buyer, &row.buyer, "differs_buyer"),
        (&mut head.name, &row.name, "differs_recipient"),
        (&mut head.phone, &row.phone, "differs_recipient"),
        (&mut head.region, &row.region, "differs_recipient"),
        (&mut head.address, &row.address, "differs_recipient"),
    ];
    for (mine, theirs, code) in pairs {
        if mine.is_empty() {
            mine.clone_from(theirs);
        } else if !theirs.is_empty() && mine != theirs {
            return Some(code);
        }
    }
    // Remarks of lines may differ; the first counts.
    if head.remark.is_empty() {
        head.remark.clone_from(&row.remark);
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::settings::{Given, Settings, Target};
    use super::super::table::detect;
    use super::*;

    /// A plan of rows `number,price`.
    fn planned(rows: &[String]) -> Plan {
        let columns = [(Target::OrderNo, "no"), (Target::LineAmount, "amount")];
        let mut columns: std::collections::BTreeMap<Target, Given> =
            columns.into_iter().map(|(target, name)| (target, Given::Column(name.to_owned()))).collect();
        let given = [(Target::Sku, "K1"), (Target::Quantity, "1"), (Target::PlacedAt, "2026-01-02")];
        columns.extend(given.map(|(target, value)| (target, Given::Constant(value.to_owned()))));
        let settings: Settings = serde_json::from_value(serde_json::json!({ "columns": columns })).unwrap();
        let bytes = format!("no,amount\n{}\n", rows.join("\n")).into_bytes();
        let reader_for = |headers: &[String]| Ok(Reader::new(&settings, headers, xr_base::Instant(i64::MAX)).unwrap());
        make(&bytes, &detect(&bytes).unwrap(), &reader_for, &mut |_| true).unwrap()
    }

    #[test]
    fn a_column_that_is_there_twice_is_refused_only_where_it_is_used() {
        let settings = |sku: &str| {
            let columns = [("order_no", "no"), ("sku", sku), ("quantity", "count")];
            let columns: serde_json::Map<String, serde_json::Value> = columns
                .into_iter()
                .map(|(target, name)| (target.to_owned(), serde_json::json!({ "column": name })))
                .collect();
            serde_json::from_value::<Settings>(serde_json::json!({ "columns": columns })).unwrap()
        };
        let headers = ["no", "sku ", "sku", "code", "count"].map(str::to_owned);
        let code = |sku: &str| {
            Reader::new(&settings(sku), &headers, xr_base::Instant(i64::MAX)).err().map(|unclear| unclear.code)
        };
        assert_eq!([code("sku"), code("code"), code("other")], [Some("column_twice"), None, Some("no_column")]);
    }

    fn numbers(plan: &Plan) -> Vec<&str> {
        plan.orders.iter().map(|order| &*order.number).collect()
    }

    #[test]
    fn an_order_of_too_many_rows_is_held_back_and_says_why() {
        let mut rows = vec!["A1,1.00".to_owned(); ORDER_ROWS_MAX];
        rows.extend(vec!["A2,1.00".to_owned(); ORDER_ROWS_MAX + 1]);
        let mut plan = planned(&rows);
        assert_eq!((numbers(&plan), plan.bad.len()), (vec!["A1"], ORDER_ROWS_MAX + 1));
        let told = plan.report(plan.bad[0]).unwrap();
        assert_eq!((told.line, told.problems), (1_002, vec![RowProblem::whole("too_many_lines", "")]));
    }

    #[test]
    fn a_step_of_bad_rows_ends_by_rows_or_bytes() {
        let plan = planned(&["A1,x", "A2,x", "A3,x", "A4,x"].map(str::to_owned));
        let size = plan.bad[0].at.size();
        let step = |rows, bytes| BadRow::step(&plan.bad, (rows, bytes));
        assert_eq!([step(9, 99 * size), step(3, 99 * size), step(9, size + 1), step(9, 1)], [4, 3, 2, 1]);
        assert_eq!(BadRow::step(&[], (9, 9)), 0);
    }

    #[test]
    fn lines_and_orders_have_a_highest_amount() {
        let rows = ["A1,100000000.00".to_owned(), "A2,100000000.01".to_owned()].into_iter();
        let many = (0..101).map(|_| "A3,100000000.00".to_owned());
        let mut plan = planned(&rows.chain(many).collect::<Vec<String>>());
        assert_eq!((numbers(&plan), plan.bad.len()), (vec!["A1", "A3"], 1));
        assert_eq!(plan.order(0).unwrap().unwrap().lines[0].amount_minor, 10_000_000_000);
        let refused = plan.order(1).unwrap().unwrap_err();
        assert!(refused.len() == 101 && refused.iter().all(|row| row.problems[0].code == "too_much"), "{refused:?}");
    }
}
