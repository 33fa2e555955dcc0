//! Rows of the files in a compact form: texts are kept once, a row is a few numbers.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use xr_base::Instant;

/// Texts kept once, by number.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    known: HashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
}

impl Texts {
    /// The number of `text`; the same text always has the same one.
    pub(crate) fn put(&mut self, text: &str) -> u32 {
        if let Some(found) = self.known.get(text) {
            return *found;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.into());
        self.known.insert(text.into(), number);
        number
    }

    /// The number of a text that was put before.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.known.get(text).copied()
    }

    /// The text with this number.
    pub(crate) fn get(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |text| text)
    }
}

/// One row as read; texts by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) invoice: u32,
    /// Code as written.
    pub(crate) code: u32,
    /// Code in upper case: one product whatever its spelling.
    pub(crate) product: u32,
    pub(crate) title: u32,
    pub(crate) country: u32,
    /// 0 where the source names none.
    pub(crate) customer: i64,
    pub(crate) quantity: i64,
    /// 1/10,000 of the major unit.
    pub(crate) price: i64,
    pub(crate) at: Instant,
    pub(crate) hash: i64,
    /// Which of several equal rows of the invoice, from 1.
    pub(crate) occurrence: u32,
    pub(crate) place: Place,
}

/// Where a row stood, for the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: u32,
    pub(crate) line: u32,
}

/// What a row means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A line of an order, perhaps for nothing.
    Sale,
    /// Units given back under a C-invoice.
    Cancel,
    /// Stock lost or found, without money.
    WriteOff,
    /// A claim adjusted under an A-invoice or by a negative price.
    BadDebt,
    /// What none of the others explains; kept with its money.
    Correction,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] = [Self::Sale, Self::Cancel, Self::WriteOff, Self::BadDebt, Self::Correction];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Cancel => "cancel",
            Self::WriteOff => "write_off",
            Self::BadDebt => "bad_debt",
            Self::Correction => "correction",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// By the source's habits: C-invoices cancel, A-invoices adjust bad debt, a negative quantity at price 0 is lost stock.
    pub(crate) fn of(invoice: &str, quantity: i64, price: i64) -> Self {
        let is_cancel = is_cancel_invoice(invoice);
        if price < 0 || invoice.starts_with(['A', 'a']) {
            Self::BadDebt
        } else if is_cancel && quantity < 0 {
            Self::Cancel
        } else if !is_cancel && quantity > 0 {
            Self::Sale
        } else if !is_cancel && quantity < 0 && price == 0 {
            Self::WriteOff
        } else {
            Self::Correction
        }
    }
}

xr_base::stored_as_word!(Kind);

/// Whether an invoice number marks a cancellation.
pub(crate) fn is_cancel_invoice(invoice: &str) -> bool {
    invoice.starts_with(['C', 'c'])
}

/// Goods have codes of five digits and perhaps letters; everything else is a fee, a discount or a remark.
pub(crate) fn is_fee(code: &str) -> bool {
    let (digits, letters) = code.as_bytes().split_at(code.len().min(5));
    !(digits.len() == 5 && digits.iter().all(u8::is_ascii_digit) && letters.iter().all(u8::is_ascii_alphabetic))
}

/// Content of a row, before its texts have numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Content<'a> {
    pub(crate) invoice: &'a str,
    pub(crate) code: &'a str,
    pub(crate) title: &'a str,
    pub(crate) country: &'a str,
    pub(crate) customer: i64,
    pub(crate) quantity: i64,
    pub(crate) price: i64,
    pub(crate) at: Instant,
}

impl Content<'_> {
    /// 64 bits over everything the row says; rows are only compared within one invoice.
    pub(crate) fn hash(&self) -> i64 {
        let mut hash = Sha256::new();
        for text in [self.invoice, self.code, self.title, self.country] {
            hash.update(text.as_bytes());
            hash.update([0x1f]);
        }
        for number in [self.customer, self.quantity, self.price, self.at.0] {
            hash.update(number.to_be_bytes());
        }
        let digest = hash.finalize();
        digest.iter().take(8).fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte))
    }
}

/// Everything read, in the order of the files.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) texts: Texts,
    pub(crate) rows: Vec<Row>,
}

impl Rows {
    /// Adds a row.
    pub(crate) fn push(&mut self, content: &Content<'_>, place: Place) {
        let row = Row {
            invoice: self.texts.put(content.invoice),
            code: self.texts.put(content.code),
            product: self.texts.put(&content.code.to_uppercase()),
            title: self.texts.put(content.title),
            country: self.texts.put(content.country),
            customer: content.customer,
            quantity: content.quantity,
            price: content.price,
            at: content.at,
            hash: content.hash(),
            occurrence: 1,
            place,
        };
        self.rows.push(row);
    }

    /// What a row means.
    pub(crate) fn kind(&self, row: &Row) -> Kind {
        Kind::of(self.texts.get(row.invoice), row.quantity, row.price)
    }

    /// Puts invoices in order of their time and number and rows of an invoice in order of their content, so that the order
    /// of rows and files does not matter; numbers equal rows.
    pub(crate) fn arrange(&mut self) {
        let texts = &self.texts;
        let mut began = vec![Instant(i64::MAX); texts.texts.len()];
        for row in &self.rows {
            let first = &mut began[row.invoice as usize];
            *first = (*first).min(row.at);
        }
        let key = |row: &Row| (began[row.invoice as usize], texts.get(row.invoice));
        self.rows.sort_unstable_by(|a, b| {
            key(a).cmp(&key(b)).then_with(|| content_key(texts, a).cmp(&content_key(texts, b)))
        });
        for index in 1..self.rows.len() {
            let (before, row) = (self.rows[index - 1], &mut self.rows[index]);
            if before.invoice == row.invoice && before.hash == row.hash {
                row.occurrence = before.occurrence + 1;
            }
        }
    }
}

type ContentKey<'t> = (&'t str, Instant, i64, i64, &'t str, i64, i64);

fn content_key<'t>(texts: &'t Texts, row: &Row) -> ContentKey<'t> {
    (texts.get(row.code), row.at, row.quantity, row.price, texts.get(row.title), row.customer, row.hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(rows: &mut Rows, invoice: &str, code: &str, at: i64) {
        let content = Content {
            invoice,
            code,
            title: "BOWL",
            country: "France",
            customer: 7,
            quantity: 1,
            price: 100,
            at: Instant(at),
        };
        rows.push(&content, Place::default());
    }

    #[test]
    fn each_habit_of_the_source_has_its_kind() {
        let kinds =
            [("536365", 6, 25_500), ("C536379", -1, 100), ("536589", -10, 0), ("A563186", 1, -10), ("536414", 56, 0)]
                .map(|(invoice, quantity, price)| Kind::of(invoice, quantity, price));
        assert_eq!(kinds, [Kind::Sale, Kind::Cancel, Kind::WriteOff, Kind::BadDebt, Kind::Sale]);
        for odd in [("C1", 1, 100), ("1", -1, 100), ("1", 0, 100)] {
            assert_eq!(Kind::of(odd.0, odd.1, odd.2), Kind::Correction, "{odd:?}");
        }
    }

    #[test]
    fn codes_of_five_digits_and_letters_are_goods() {
        for goods in ["22423", "85123A", "15056bl"] {
            assert!(!is_fee(goods), "{goods}");
        }
        for fee in ["POST", "M", "C2", "BANK CHARGES", "2242", "22423-1", "gift_0001_20"] {
            assert!(is_fee(fee), "{fee}");
        }
    }

    #[test]
    fn arranged_rows_do_not_depend_on_the_order_of_reading() {
        let wanted = [("1", "A", 5), ("1", "B", 9), ("2", "A", 7), ("0", "A", 8), ("0", "A", 8)];
        let mut forward = Rows::default();
        for (i, c, at) in &wanted {
            row(&mut forward, i, c, *at);
        }
        let mut backward = Rows::default();
        wanted.iter().rev().for_each(|(i, c, at)| row(&mut backward, i, c, *at));
        forward.arrange();
        backward.arrange();
        let told = |rows: &Rows| -> Vec<(String, String, u32)> {
            let text = |n| rows.texts.get(n).to_owned();
            rows.rows.iter().map(|r| (text(r.invoice), text(r.code), r.occurrence)).collect()
        };
        assert_eq!(told(&forward), told(&backward));
        let last = told(&forward).pop();
        assert_eq!(last, Some(("0".to_owned(), "A".to_owned(), 2)), "equal rows are counted");
    }
}
