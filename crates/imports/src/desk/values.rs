//! Values of single cells, as spreadsheets and platforms write them.

use super::settings::DateOrder;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use xr_base::{Currency, Instant};

/// Largest quantity of a line.
const QUANTITY_MAX: i64 = 1_000_000;
/// Highest price or amount, in 1/10,000 of the major unit: 100 million.
const PRICE_MAX: i64 = 1_000_000_000_000;
/// Days of Excel's serial dates that are orders: 1954 to 2119.
const SERIAL_DAYS: std::ops::Range<f64> = 20_000.0..80_000.0;
/// Excel's day 0, as days of the Unix epoch.
const SERIAL_EPOCH: f64 = 25_569.0;
const DAY_MS: f64 = 86_400_000.0;

/// A cell without the wrapping that platforms put around codes to save them from spreadsheets: `="00123"`, `'00123`, tabs.
pub(crate) fn bare(cell: &str) -> &str {
    let cell = cell.trim();
    let unwrapped = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(cell);
    unwrapped.strip_prefix('\'').unwrap_or(unwrapped).trim()
}

/// A text without the apostrophe that keeps spreadsheets from computing it; exports put one there, our own among them.
fn unguarded(text: &str) -> &str {
    const FORMULA: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    text.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(text)
}

/// A printable text of at most `max` characters; line ends within become blanks.
pub(crate) fn text(cell: &str, max: usize) -> Result<String, &'static str> {
    let text = unguarded(cell.trim());
    let text: String = text.chars().map(|c| if matches!(c, '\r' | '\n' | '\t') { ' ' } else { c }).collect();
    if text.chars().any(|c| c == char::REPLACEMENT_CHARACTER) {
        return Err("not_text");
    }
    if text.chars().any(char::is_control) {
        return Err("unprintable");
    }
    if text.chars().count() > max { Err("too_long") } else { Ok(text) }
}

/// A code of an order, line or product.
pub(crate) fn code(cell: &str, max: usize) -> Result<String, &'static str> {
    let code = text(bare(cell), max)?;
    if is_mangled(&code) { Err("mangled") } else { Ok(code) }
}

/// `1.23457E+17`: what a spreadsheet leaves of a long number. Its digits are gone for good.
fn is_mangled(code: &str) -> bool {
    let Some((digits, power)) = code.split_once(['E', 'e']) else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let power = power.strip_prefix('+').unwrap_or(power);
    whole.len() == 1
        && is_number(whole)
        && is_number(fraction)
        && is_number(power)
        && power.len() <= 3
        && (digits.contains('.') || code.contains('+'))
}

/// A positive whole number of units; `6.0` is what spreadsheets make of 6.
pub(crate) fn quantity(cell: &str, has_comma: bool) -> Result<i64, &'static str> {
    const BAD: &str = "bad_quantity";
    let cell = bare(cell);
    let (group, point) = marks(has_comma);
    let whole = match cell.split_once(point) {
        Some((whole, rest)) if !rest.is_empty() && rest.bytes().all(|b| b == b'0') => whole,
        Some(_) => return Err(BAD),
        None => cell,
    };
    let number: i64 = ungrouped(whole, group).and_then(|whole| whole.parse().ok()).ok_or(BAD)?;
    match number {
        1..=QUANTITY_MAX => Ok(number),
        i64::MIN..=0 => Err("not_a_sale"),
        _ => Err(BAD),
    }
}

/// The marks between groups of three digits, and before decimals.
fn marks(has_comma: bool) -> (char, char) {
    if has_comma { ('.', ',') } else { (',', '.') }
}

/// Money in 1/10,000 of the major unit, never negative, at most `decimals` of four.
pub(crate) fn money(cell: &str, decimals: usize, has_comma: bool) -> Result<i64, &'static str> {
    const BAD: &str = "bad_money";
    let cell = bare(cell);
    let is_sign =
        |c: char| matches!(c, '\u{a5}' | '\u{ffe5}' | '$' | '\u{a3}' | '\u{20ac}' | '\u{5143}') || c.is_whitespace();
    let plain = cell.trim_matches(is_sign);
    let (group, point) = marks(has_comma);
    let (whole, fraction) = plain.split_once(point).unwrap_or((plain, ""));
    if whole.starts_with('-') {
        return Err("negative");
    }
    let whole = ungrouped(whole, group).ok_or(BAD)?;
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_number(&whole) || !is_number(fraction) {
        return Err(BAD);
    }
    let (kept, lost) = fraction.split_at(fraction.len().min(decimals));
    if lost.bytes().any(|b| b != b'0') {
        return Err("too_many_decimals");
    }
    let number: i64 = format!("{whole}{kept:0<4}").parse().map_err(|_| BAD)?;
    if number > PRICE_MAX { Err(BAD) } else { Ok(number) }
}

/// Digits without the marks between groups of three.
fn ungrouped(whole: &str, group: char) -> Option<String> {
    let mut parts = whole.split(group);
    let first = parts.next()?;
    let mut digits = first.to_owned();
    for part in parts {
        if part.len() != 3 || !(1..=3).contains(&first.trim_start_matches(['-', '+']).len()) {
            return None;
        }
        digits.push_str(part);
    }
    Some(digits)
}

/// A currency by its code, or the yuan by what platforms write for it; there is no yen whose sign could be meant.
pub(crate) fn currency(cell: &str) -> Result<Currency, &'static str> {
    const YUAN: [&str; 5] = ["RMB", "\u{5143}", "\u{4eba}\u{6c11}\u{5e01}", "\u{a5}", "\u{ffe5}"];
    let code = bare(cell).to_uppercase();
    Currency::from_code(if YUAN.contains(&code.as_str()) { "CNY" } else { &code }).ok_or("bad_currency")
}

/// How times are written at a source.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    pub(crate) zone: TimeZone,
    pub(crate) order: DateOrder,
    /// What comes after it has not happened.
    pub(crate) latest: Instant,
}

impl Times {
    /// A moment: a date with or without time in the source's zone, with an offset of its own, or a serial number of Excel.
    ///
    /// A time that the clocks skip in spring counts as one hour later; one that comes twice in autumn as the first of the two.
    pub(crate) fn moment(&self, cell: &str) -> Result<Instant, &'static str> {
        let at = self.written(cell)?;
        if at > self.latest { Err("in_future") } else { Ok(at) }
    }

    fn written(&self, cell: &str) -> Result<Instant, &'static str> {
        let cell = bare(cell);
        // Where decimals follow a comma, those of a serial number do too.
        if let Some(days) = cell.replacen(',', ".", 1).parse::<f64>().ok().filter(|days| SERIAL_DAYS.contains(days)) {
            return self.serial(days).ok_or("bad_time");
        }
        if let Ok(exact) = Instant::parse(&cell.replacen(' ', "T", 1)) {
            return within(exact.0).ok_or("bad_time");
        }
        let read = match offset(cell) {
            Some((time, zone)) => zone.and_then(|zone| at(self.civil(time)?, zone)),
            None => self.civil(cell).and_then(|civil| self.at(civil)),
        };
        read.ok_or("bad_time")
    }

    fn at(&self, civil: DateTime) -> Option<Instant> {
        at(civil, self.zone.clone())
    }

    /// Days since 1899-12-30 in the source's zone, to the second.
    #[expect(clippy::cast_possible_truncation, reason = "days within a range of 165 years")]
    fn serial(&self, days: f64) -> Option<Instant> {
        let local_ms = ((days - SERIAL_EPOCH) * DAY_MS / 1_000.0).round() as i64 * 1_000;
        self.at(Instant(local_ms).zoned(&TimeZone::UTC).datetime())
    }

    fn civil(&self, cell: &str) -> Option<DateTime> {
        let (numbers, half) = numbers(cell)?;
        let (date, time) = match numbers.as_slice() {
            // 20260131 or 20260131235959.
            [(_, all)] if matches!(all.len(), 8 | 14) => return compact(all),
            [a, b, c, time @ ..] if is_time(time) => ([a.1, b.1, c.1], time),
            _ => return None,
        };
        let (year, month, day) = if date[0].len() == 4 {
            (date[0], date[1], date[2])
        } else {
            match self.order {
                DateOrder::Ymd => return None,
                DateOrder::Dmy => (date[2], date[1], date[0]),
                DateOrder::Mdy => (date[2], date[0], date[1]),
            }
        };
        if year.len() != 4 {
            return None;
        }
        let part = |index: usize| time.get(index).map_or(Some(0), |(_, text)| text.parse::<i8>().ok());
        let (mut hour, minute, second) = (part(0)?, part(1)?, part(2)?);
        if let Some(is_afternoon) = half {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if is_afternoon { 12 } else { 0 };
        }
        DateTime::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?, hour, minute, second, 0).ok()
    }
}

fn at(civil: DateTime, zone: TimeZone) -> Option<Instant> {
    within(civil.to_zoned(zone).ok()?.timestamp().as_millisecond())
}

/// Whether numbers after a date are a time. A fourth one are fractions of a second, which orders do not need; a line before a
/// number may be an offset, so it is none unless it stands alone between date and time.
fn is_time(numbers: &[(&str, &str)]) -> bool {
    let is_first = |index: usize, between: &str| index == 0 && between == "-";
    let has_no_line =
        numbers.iter().enumerate().all(|(at, (between, _))| is_first(at, between) || !between.contains('-'));
    has_no_line && numbers.len() <= 4 && numbers.get(3).is_none_or(|(between, _)| *between == ".")
}

/// A time and the offset written after it, with or without a blank: `+08:00`, `-0400`, `+08`; none of it where it is no offset.
fn offset(cell: &str) -> Option<(&str, Option<TimeZone>)> {
    let sign = cell.rfind(['+', '-']).filter(|sign| cell.find(':').is_some_and(|colon| colon < *sign))?;
    let (time, offset) = cell.split_at(sign);
    let seconds = || {
        let digits = offset.get(1..)?;
        let (hours, minutes) = match digits.len() {
            2 => (digits, "0"),
            4 => digits.split_at_checked(2)?,
            5 => digits.split_once(':')?,
            _ => return None,
        };
        let part = |text: &str, end: i32| text.parse::<i32>().ok().filter(|part| (0..=end).contains(part));
        let seconds = part(hours, 14)? * 3_600 + part(minutes, 59)? * 60;
        Some(if offset.starts_with('-') { -seconds } else { seconds })
    };
    let zone = seconds().and_then(|seconds| Offset::from_seconds(seconds).ok()).map(TimeZone::fixed);
    Some((time.trim_end(), zone))
}

/// Orders were placed between 1970 and 2199.
fn within(ms: i64) -> Option<Instant> {
    (0..7_258_118_400_000).contains(&ms).then_some(Instant(ms))
}

fn compact(digits: &str) -> Option<DateTime> {
    let part = |from: usize, to: usize| digits.get(from..to).map_or(Some(0), |text| text.parse::<i8>().ok());
    let year = digits.get(0..4)?.parse().ok()?;
    DateTime::new(year, part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, part(12, 14)?, 0).ok()
}

/// A number of a written time, after what stands before it.
type Number<'n> = (&'n str, &'n str);

/// The numbers of a written time, and whether it says morning or afternoon. Nothing but numbers and their separators is one.
fn numbers(cell: &str) -> Option<(Vec<Number<'_>>, Option<bool>)> {
    let upper = cell.to_ascii_uppercase();
    let half = match upper.trim_end() {
        text if text.ends_with("AM") => Some(false),
        text if text.ends_with("PM") => Some(true),
        _ => None,
    };
    let plain = if half.is_some() { cell.get(..cell.trim_end().len() - 2)? } else { cell };
    // Also the characters for year, month, day, hour, minute and second.
    let is_between = |c: char| {
        matches!(
            c,
            '-' | '/' | '.' | ':' | 'T' | '\u{5e74}' | '\u{6708}' | '\u{65e5}' | '\u{65f6}' | '\u{5206}' | '\u{79d2}'
        ) || c.is_whitespace()
    };
    if !plain.chars().all(|c| c.is_ascii_digit() || is_between(c)) {
        return None;
    }
    let (mut found, mut rest) = (Vec::new(), plain);
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (between, after) = rest.split_at(start);
        let (number, after) = after.split_at(after.find(is_between).unwrap_or(after.len()));
        found.push((between, number));
        rest = after;
    }
    Some((found, half))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn times(order: DateOrder) -> Times {
        Times { zone: TimeZone::get("Asia/Shanghai").unwrap(), order, latest: Instant(i64::MAX) }
    }

    #[test]
    fn the_apostrophe_before_a_formula_is_taken_off_and_any_other_stays() {
        let told = ["'=1+1", "'-x", "'+1", "'@a", "'\u{ff1d}1", "'tis", "=1"].map(|cell| text(cell, 10).unwrap());
        assert_eq!(told, ["=1+1", "-x", "+1", "@a", "\u{ff1d}1", "'tis", "=1"]);
    }

    #[test]
    fn times_are_read_as_people_and_spreadsheets_write_them() {
        let wanted = "2024-01-02T04:05:06Z";
        for cell in [
            "2024-01-02 12:05:06",
            "2024/1/2 12:05:06",
            "2024.01.02T12:05:06",
            "2024年1月2日 12时05分06秒",
            "20240102120506",
            "2024-01-02 12:05:06 PM",
            "2024-01-02T12:05:06+08:00",
            "2024-01-02 04:05:06Z",
            "2024-01-02 12:05:06.123",
            "2024-01-02-12.05.06",
            "2024-01-02 00:05:06 -0400",
            "2024-01-02 12:05:06 +0800",
            "2024-01-02 12:05:06+0800",
            "2024/1/2 09:35:06 +05:30",
            "2024/1/2 12:05:06.123 PM +08",
            "=\"2024-01-02 12:05:06\"",
            "45293.503541666665",
            "45293,503541666665",
        ] {
            assert_eq!(times(DateOrder::Ymd).moment(cell).unwrap().to_string(), wanted, "{cell}");
        }
        assert_eq!(times(DateOrder::Dmy).moment("02/01/2024 12:05:06").unwrap().to_string(), wanted);
        assert_eq!(times(DateOrder::Mdy).moment("1/2/2024 12:05:06 pm").unwrap().to_string(), wanted);
        assert_eq!(times(DateOrder::Ymd).moment("2024-01-02").unwrap().to_string(), "2024-01-01T16:00:00Z");
        assert_eq!(times(DateOrder::Ymd).moment("45293").unwrap().to_string(), "2024-01-01T16:00:00Z");
    }

    #[test]
    fn what_has_not_happened_is_told_apart_from_what_is_no_time() {
        let latest = Instant::parse("2026-01-12T09:00:00+08:00").unwrap();
        let until = Times { latest, ..times(DateOrder::Ymd) };
        assert_eq!(until.moment("2026-01-12 09:00:00"), Ok(latest));
        assert_eq!(until.moment("2026-01-12 09:00:01"), Err("in_future"));
        assert_eq!(until.moment("2062-01-12"), Err("in_future"));
        assert_eq!(until.moment("soon"), Err("bad_time"));
    }

    #[test]
    fn what_is_no_time_is_not_guessed() {
        for cell in [
            "",
            "yesterday",
            "02/01/2024",
            "2024-13-01",
            "2024-02-30",
            "2024-01-02 25:00",
            "24-01-02",
            "2024-01",
            "2024-01-02 13:00 PM",
            "1",
            "99999",
            "9999-01-01",
            "2024-01-02 12:05:06 1 2 3",
            "2024-01-02 12:05:06 7",
            "2024-01-02 12:05:06 -4",
            "2024-01-02 12:05:06 -99:00",
            "2024-01-02 12:05:06 -04:00 EST",
            "2024-01-02 -04:00",
            "2024-01-02 12时05分 -04",
            "20240102120506 -0400",
        ] {
            assert_eq!(times(DateOrder::Ymd).moment(cell), Err("bad_time"), "{cell}");
        }
        assert_eq!(times(DateOrder::Dmy).moment("01/31/2024"), Err("bad_time"));
    }

    #[test]
    fn codes_keep_their_zeros_and_lose_their_wrapping() {
        let told = ["000123", "=\"000123\"", "'000123", "\t000123 ", "5E"].map(|cell| code(cell, 64).unwrap());
        assert_eq!(told, ["000123", "000123", "000123", "000123", "5E"]);
        for cell in ["1.23457E+17", "1E+15", "=\"4.5e20\""] {
            assert_eq!(code(cell, 64), Err("mangled"), "{cell}");
        }
        assert_eq!((code("1234E5", 64), code("E12", 64)), (Ok("1234E5".to_owned()), Ok("E12".to_owned())));
        assert_eq!(
            (code("a\u{7}", 64), code("abc", 2), code("a\u{fffd}", 9)),
            (Err("unprintable"), Err("too_long"), Err("not_text"))
        );
    }

    #[test]
    fn quantities_are_positive_and_whole() {
        let (read, with_comma) = (|cell| quantity(cell, false), |cell| quantity(cell, true));
        assert_eq!(["6", " 2.0 ", "1,000", "12,000.00"].map(read), [Ok(6), Ok(2), Ok(1_000), Ok(12_000)]);
        assert_eq!(["0", "-3", "-1.0", "-1,000"].map(read), [Err("not_a_sale"); 4]);
        assert_eq!(["", "six", "1.5", "1000001", "2."].map(read), [Err("bad_quantity"); 5]);
        assert_eq!(["1,5", "2,00", "1,00,000", "1234,567", ",500"].map(read), [Err("bad_quantity"); 5]);
        assert_eq!(["2,00", "1.000", "7"].map(with_comma), [Ok(2), Ok(1_000), Ok(7)]);
        assert_eq!(["1,5", "2.0", "2,"].map(with_comma), [Err("bad_quantity"); 3]);
    }

    #[test]
    fn the_yuan_goes_by_many_names_and_no_other_currency_by_its_sign() {
        for name in ["CNY", "cny", "RMB", "\u{5143}", "\u{4eba}\u{6c11}\u{5e01}", " \u{ffe5} ", "\u{a5}"] {
            assert_eq!(currency(name).map(Currency::code), Ok("CNY"), "{name}");
        }
        assert_eq!(currency("gbp").map(Currency::code), Ok("GBP"));
        for name in ["$", "\u{a3}", "\u{7f8e}\u{5143}", "JPY", "C N Y"] {
            assert_eq!(currency(name), Err("bad_currency"), "{name}");
        }
    }

    #[test]
    fn money_is_exact_in_either_writing() {
        let read = |cell| money(cell, 4, false);
        assert_eq!(
            ["19.9", "¥1,234.5678", "12元", "$0", ".5"].map(read),
            [Ok(199_000), Ok(12_345_678), Ok(120_000), Ok(0), Ok(5_000)]
        );
        assert_eq!((money("1.234,56", 2, true), money("12,5 €", 2, true)), (Ok(12_345_600), Ok(125_000)));
        assert_eq!([money("1.005", 2, false), money("1.500", 2, false)], [Err("too_many_decimals"), Ok(15_000)]);
        assert_eq!(read("-1.00"), Err("negative"));
        assert_eq!(["", "abc", "1.2.3", "12,5", "1e5", "999999999999", ","].map(read), [Err("bad_money"); 7]);
    }
}
