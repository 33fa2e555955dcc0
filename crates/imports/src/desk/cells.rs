//! A row as the settings of its source read it.

use super::settings::{Given, Settings, Target};
use super::values::{self, Times};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use xr_base::{Currency, Instant};

/// Longest outside order number or line number, in characters.
const NUMBER_CHARS_MAX: usize = 64;
/// Longest product code, as the catalogue has it.
pub(crate) const CODE_CHARS_MAX: usize = 64;
/// Longest title and address.
const TITLE_CHARS_MAX: usize = 200;
/// Longest name, phone and account.
const NAME_CHARS_MAX: usize = 50;
/// Longest part of a region.
const REGION_CHARS_MAX: usize = 30;
/// Longest remark.
const REMARK_CHARS_MAX: usize = 500;
/// Highest amount of a line, and of an order, in minor units.
pub(crate) const AMOUNT_MAX: i64 = 1_000_000_000_000;
/// Longest value shown of a cell.
const SHOWN_CHARS_MAX: usize = 60;

/// What is wrong with a row; the text is looked up by its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RowProblem {
    /// Header of the column, where one is to blame.
    pub column: Option<String>,
    /// Code, key of the text below `imports.row.`.
    pub code: String,
    /// What stands there, shortened.
    pub value: String,
}

impl RowProblem {
    /// About the row as a whole.
    pub(crate) fn whole(code: &str, value: &str) -> Self {
        Self { column: None, code: code.to_owned(), value: value.to_owned() }
    }
}

/// What the rows of one order have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) currency: Option<Currency>,
    pub(crate) buyer: String,
    pub(crate) name: String,
    pub(crate) phone: String,
    pub(crate) region: String,
    pub(crate) address: String,
    pub(crate) remark: String,
}

/// One good row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) order_no: String,
    pub(crate) line_no: String,
    pub(crate) sku: String,
    pub(crate) title: String,
    pub(crate) quantity: i64,
    /// 1/10,000 of the major unit.
    pub(crate) unit_price: i64,
    /// Minor units.
    pub(crate) amount_minor: i64,
    pub(crate) placed_at: Instant,
    pub(crate) paid_at: Option<Instant>,
    pub(crate) head: Head,
}

impl Row {
    /// 64 bits over everything the row says.
    pub(crate) fn hash(&self) -> u64 {
        let mut hash = Sha256::new();
        let head = &self.head;
        let texts = [
            &self.order_no,
            &self.line_no,
            &self.sku,
            &self.title,
            &head.buyer,
            &head.name,
            &head.phone,
            &head.region,
            &head.address,
            &head.remark,
        ];
        for text in texts {
            hash.update(text.as_bytes());
            hash.update([0x1f]);
        }
        hash.update(head.currency.map_or("", Currency::code));
        let paid = self.paid_at.map_or(i64::MIN, |at| at.0);
        for number in [self.quantity, self.unit_price, self.amount_minor, self.placed_at.0, paid] {
            hash.update(number.to_be_bytes());
        }
        hash.finalize().iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
    }
}

/// Where a target's value lies in a row.
#[derive(Clone, Debug)]
enum Place {
    Column(usize),
    Constant(String),
}

/// Settings applied to the header of one file.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    places: BTreeMap<Target, Place>,
    headers: Vec<String>,
    times: Times,
    has_decimal_comma: bool,
}

/// A column that a file lacks or has twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnclearColumn {
    /// Key of the text below `imports.`.
    pub(crate) code: &'static str,
    /// Header.
    pub(crate) name: String,
}

impl Reader {
    /// For rows below `headers`, of orders placed before `latest`.
    pub(crate) fn new(settings: &Settings, headers: &[String], latest: Instant) -> Result<Self, UnclearColumn> {
        let headers: Vec<String> = headers.iter().map(|header| header.trim().to_owned()).collect();
        let mut places = BTreeMap::new();
        for (target, given) in &settings.columns {
            let place = match given {
                Given::Constant(value) => Place::Constant(value.clone()),
                Given::Column(name) => {
                    let mut found = (0..headers.len()).filter(|index| headers[*index] == name.trim());
                    let unclear = |code| UnclearColumn { code, name: name.clone() };
                    let index = found.next().ok_or_else(|| unclear("no_column"))?;
                    // Which of two is meant, nobody can tell by their name.
                    if found.next().is_some() {
                        return Err(unclear("column_twice"));
                    }
                    Place::Column(index)
                }
            };
            places.insert(*target, place);
        }
        // A zone that the settings' own check let through is known.
        let zone = jiff::tz::TimeZone::get(&settings.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let times = Times { zone, order: settings.date_order, latest };
        Ok(Self { places, headers, times, has_decimal_comma: settings.decimal_comma })
    }

    /// What stands before decimals at this source; numbers of a sheet are written with it too.
    pub(crate) fn point(&self) -> char {
        if self.has_decimal_comma { ',' } else { '.' }
    }

    /// Columns of the file.
    pub(crate) fn width(&self) -> usize {
        self.headers.len()
    }

    fn cell<'c>(&'c self, cells: &'c [String], target: Target) -> &'c str {
        match self.places.get(&target) {
            None => "",
            Some(Place::Constant(value)) => value,
            Some(Place::Column(index)) => cells.get(*index).map_or("", String::as_str),
        }
    }

    /// The number of the order that a row belongs to, also of one that is broken elsewhere.
    pub(crate) fn order_no(&self, cells: &[String]) -> Option<String> {
        values::code(self.cell(cells, Target::OrderNo), NUMBER_CHARS_MAX).ok().filter(|number| !number.is_empty())
    }

    /// Reads a row; everything that is wrong with it at once, so that it is corrected at once.
    pub(crate) fn row(&self, cells: &[String]) -> Result<Row, Vec<RowProblem>> {
        if super::report::is_unchanged(&self.headers, cells) {
            return Err(vec![RowProblem::whole("unchanged", "")]);
        }
        // An empty cell too many is what a delimiter within a text leaves as well.
        if cells.len() != self.width() {
            return Err(vec![RowProblem::whole("field_count", &cells.len().to_string())]);
        }
        let mut look = Look { reader: self, cells, problems: Vec::new() };
        let row = look.row();
        match row {
            Some(row) if look.problems.is_empty() => Ok(row),
            _ => Err(look.problems),
        }
    }
}

/// One look at a row, gathering what is wrong.
struct Look<'l> {
    reader: &'l Reader,
    cells: &'l [String],
    problems: Vec<RowProblem>,
}

impl Look<'_> {
    fn row(&mut self) -> Option<Row> {
        let number = |cell: &str| values::code(cell, NUMBER_CHARS_MAX);
        let has_comma = self.reader.has_decimal_comma;
        let order_no = self.needed(Target::OrderNo, number);
        let line_no = self.optional(Target::LineNo, number);
        let title = self.optional(Target::Title, |cell| values::text(cell, TITLE_CHARS_MAX));
        let sku = self.optional(Target::Sku, |cell| values::code(cell, CODE_CHARS_MAX));
        let product = if let (Some(sku), Some(title)) = (sku, title) { self.product(sku, title) } else { None };
        let quantity = self.needed(Target::Quantity, |cell| values::quantity(cell, has_comma));
        let price = self.price(quantity);
        let times = &self.reader.times;
        let paid_at = self.given(Target::PaidAt, |cell| times.moment(cell));
        let placed_at = if self.reader.places.contains_key(&Target::PlacedAt) {
            self.needed(Target::PlacedAt, |cell| times.moment(cell))
        } else {
            self.needed(Target::PaidAt, |cell| times.moment(cell))
        };
        let head = self.head()?;
        let ((unit_price, amount_minor), (sku, title)) = (price?, product?);
        Some(Row {
            order_no: order_no?,
            line_no: line_no?,
            sku,
            title,
            quantity: quantity?,
            unit_price,
            amount_minor,
            placed_at: placed_at?,
            paid_at,
            head,
        })
    }

    /// A line without a code is known by its title, and one without a title by its code.
    fn product(&mut self, sku: String, title: String) -> Option<(String, String)> {
        match (sku.is_empty(), title.is_empty()) {
            (true, true) => {
                let target = if self.reader.places.contains_key(&Target::Sku) { Target::Sku } else { Target::Title };
                self.problem(target, "missing", "");
                None
            }
            (true, false) => Some((title.chars().take(CODE_CHARS_MAX).collect(), title)),
            (false, true) => Some((sku.clone(), sku)),
            (false, false) => Some((sku, title)),
        }
    }

    /// Unit price and amount of the line; each follows from the other, an amount that is given counts.
    fn price(&mut self, quantity: Option<i64>) -> Option<(i64, i64)> {
        let has_comma = self.reader.has_decimal_comma;
        let amount = self.given(Target::LineAmount, |cell| values::money(cell, 2, has_comma));
        let unit = self.given(Target::UnitPrice, |cell| values::money(cell, 4, has_comma));
        let is_wrong =
            self.problems.iter().any(|p| matches!(p.code.as_str(), "bad_money" | "negative" | "too_many_decimals"));
        match (unit, amount) {
            (Some(unit), Some(amount)) => Some((unit, amount / 100)),
            (Some(unit), None) => {
                let amount = crate::money::rounded(crate::money::exact(quantity?, unit));
                if amount > AMOUNT_MAX {
                    self.problem(Target::UnitPrice, "too_much", &amount.to_string());
                    return None;
                }
                Some((unit, amount))
            }
            (None, Some(amount)) => Some((amount / quantity?, amount / 100)),
            (None, None) => {
                let is_unit = self.reader.places.contains_key(&Target::UnitPrice);
                if !is_wrong {
                    self.problem(if is_unit { Target::UnitPrice } else { Target::LineAmount }, "missing", "");
                }
                None
            }
        }
    }

    fn head(&mut self) -> Option<Head> {
        let currency = self.given(Target::Currency, values::currency);
        let buyer = self.optional(Target::Buyer, |cell| values::text(values::bare(cell), NAME_CHARS_MAX));
        let name = self.optional(Target::RecipientName, |cell| values::text(cell, NAME_CHARS_MAX));
        let phone = self.optional(Target::Phone, |cell| values::code(cell, NAME_CHARS_MAX));
        let parts = [Target::Province, Target::City, Target::District];
        let parts = parts.map(|target| self.optional(target, |cell| values::text(cell, REGION_CHARS_MAX)));
        let address = self.optional(Target::Address, |cell| values::text(cell, TITLE_CHARS_MAX));
        let remark = self.optional(Target::Remark, |cell| values::text(cell, REMARK_CHARS_MAX));
        let mut region: Vec<String> = parts.into_iter().collect::<Option<_>>()?;
        region.retain(|part| !part.is_empty());
        let (buyer, name, phone) = (buyer?, name?, phone?);
        Some(Head { currency, buyer, name, phone, region: region.join(" "), address: address?, remark: remark? })
    }

    /// A value that must be there.
    fn needed<T>(&mut self, target: Target, read: impl Fn(&str) -> Result<T, &'static str>) -> Option<T> {
        if values::bare(self.reader.cell(self.cells, target)).is_empty() {
            self.problem(target, "missing", "");
            return None;
        }
        self.given(target, read)
    }

    /// A text that may be empty; none where it is wrong.
    fn optional(&mut self, target: Target, read: impl Fn(&str) -> Result<String, &'static str>) -> Option<String> {
        let before = self.problems.len();
        let found = self.given(target, read);
        if self.problems.len() > before { None } else { Some(found.unwrap_or_default()) }
    }

    /// A value where there is one.
    fn given<T>(&mut self, target: Target, read: impl Fn(&str) -> Result<T, &'static str>) -> Option<T> {
        let cell = self.reader.cell(self.cells, target);
        if values::bare(cell).is_empty() {
            return None;
        }
        match read(cell) {
            Ok(value) => Some(value),
            Err(code) => {
                self.problem(target, code, cell);
                None
            }
        }
    }

    fn problem(&mut self, target: Target, code: &str, value: &str) {
        let column = match self.reader.places.get(&target) {
            Some(Place::Column(index)) => self.reader.headers.get(*index).cloned(),
            _ => None,
        };
        let value = value.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS_MAX).collect();
        self.problems.push(RowProblem { column, code: code.to_owned(), value });
    }
}
