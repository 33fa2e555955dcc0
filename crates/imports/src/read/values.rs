//! Values of one row: what each column may hold.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use xr_base::Instant;

/// Largest quantity of a row.
const QUANTITY_MAX: i64 = 1_000_000;
/// Highest unit price, in 1/10,000 of the major unit: a million.
const PRICE_MAX: i64 = 10_000_000_000;
/// Decimals of a unit price that can be kept exactly (decision D15).
const PRICE_DECIMALS: usize = 4;
/// Customer numbers have at most so many digits.
const CUSTOMER_DIGITS_MAX: usize = 12;

/// A number of units: digits with an optional sign; `6.0` is what spreadsheets make of 6.
pub(crate) fn quantity(text: &str) -> Option<i64> {
    let text = text.trim();
    let whole = text.split_once('.').map_or(text, |(whole, rest)| if is_zeros(rest) { whole } else { "" });
    let number: i64 = whole.parse().ok()?;
    (number.abs() <= QUANTITY_MAX).then_some(number)
}

fn is_zeros(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b == b'0')
}

/// A price in 1/10,000 of the major unit: plain decimals with a point, none beyond the fourth but zeros.
pub(crate) fn price(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let (kept, lost) = fraction.split_at(fraction.len().min(PRICE_DECIMALS));
    if !lost.is_empty() && !is_zeros(lost) {
        return None;
    }
    let ten_thousandths: i64 = format!("{whole}{kept:0<4}").parse().ok()?;
    (ten_thousandths <= PRICE_MAX).then_some(sign * ten_thousandths)
}

/// A customer's number, 0 for none; `17850.0` is what spreadsheets make of 17850.
pub(crate) fn customer(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() {
        return Some(0);
    }
    let whole = text.split_once('.').map_or(text, |(whole, rest)| if is_zeros(rest) { whole } else { "" });
    let is_number = (1..=CUSTOMER_DIGITS_MAX).contains(&whole.len()) && whole.bytes().all(|b| b.is_ascii_digit());
    if is_number { whole.parse().ok().filter(|number| *number > 0) } else { None }
}

/// `2010-12-01 08:26[:00]`, also with a `T`: local time of the source, without zone.
///
/// A time that the clocks skip in spring counts as one hour later; one that comes twice in autumn as the first of the two.
pub(crate) fn moment(text: &str, zone: &TimeZone) -> Option<Instant> {
    let text = text.trim();
    let is_shape =
        matches!(text.len(), 16 | 19) && text.is_ascii() && matches!(text.as_bytes().get(10), Some(b' ' | b'T'));
    if !is_shape {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        let part = text.get(range).filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?;
        part.parse::<i16>().ok()
    };
    let byte = |index: usize| text.as_bytes().get(index).copied();
    if byte(4) != Some(b'-') || byte(7) != Some(b'-') || byte(13) != Some(b':') {
        return None;
    }
    let second = match byte(16) {
        None => 0,
        Some(b':') => number(17..19)?,
        Some(_) => return None,
    };
    let small = |value: i16| i8::try_from(value).ok();
    let (month, day) = (small(number(5..7)?)?, small(number(8..10)?)?);
    let (hour, minute, second) = (small(number(11..13)?)?, small(number(14..16)?)?, small(second)?);
    let civil = DateTime::new(number(0..4)?, month, day, hour, minute, second, 0).ok()?;
    let zoned = civil.to_zoned(zone.clone()).ok()?;
    Some(Instant(zoned.timestamp().as_millisecond()))
}

/// An invoice number: 1..=20 ASCII letters and digits.
pub(crate) fn invoice(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_good = (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    is_good.then_some(text)
}

/// A stock code: 1..=64 printable characters.
pub(crate) fn code(text: &str) -> Option<&str> {
    printable(text, 1, 64)
}

/// A country: at most 60 printable characters.
pub(crate) fn country(text: &str) -> Option<&str> {
    printable(text, 0, 60)
}

/// A description: at most 200 printable characters.
pub(crate) fn description(text: &str) -> Option<&str> {
    printable(text, 0, 200)
}

fn printable(text: &str, min: usize, max: usize) -> Option<&str> {
    let text = text.trim();
    let is_good = (min..=max).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    is_good.then_some(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn prices_are_exact_to_four_decimals_and_no_further() {
        let cases = [("2.55", 25_500), ("0.001", 10), ("-11062.06", -110_620_600), ("3", 30_000), (".5", 5_000)];
        for (text, wanted) in cases {
            assert_eq!(price(text), Some(wanted), "{text}");
        }
        assert_eq!(price("1.23450000"), Some(12_345));
        for bad in
            ["", "-", ".", "1.23456", "1e3", "1,5", "£2", "--1", "+1", "1.2.3", "1000000.01", "99999999999999999999"]
        {
            assert_eq!(price(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn quantities_are_whole_and_bounded() {
        assert_eq!(["6", " -80995 ", "6.0", "0"].map(quantity), [Some(6), Some(-80_995), Some(6), Some(0)]);
        for bad in ["", "6.5", "6.", "1000001", "six", "0x10", "1 000"] {
            assert_eq!(quantity(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn customers_are_numbers_and_none_is_zero() {
        assert_eq!(["17850.0", "17850", " "].map(customer), [Some(17_850), Some(17_850), Some(0)]);
        for bad in ["0", "-5", "17850.5", "abc", "1234567890123"] {
            assert_eq!(customer(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn moments_are_local_and_follow_summer_time() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let told = |text| moment(text, &zone).map(|at| at.to_string());
        assert_eq!(told("2010-12-01 08:26:00").unwrap(), "2010-12-01T08:26:00Z");
        assert_eq!(told("2011-06-01T08:26").unwrap(), "2011-06-01T07:26:00Z");
        assert_eq!(
            told("2011-03-27 01:30:00").unwrap(),
            "2011-03-27T01:30:00Z",
            "skipped: one hour later, 02:30 summer time"
        );
        assert_eq!(told("2011-10-30 01:30:00").unwrap(), "2011-10-30T00:30:00Z", "twice: the first");
        for bad in [
            "12/1/2010 8:26",
            "2010-13-01 08:26:00",
            "2010-02-30 08:26",
            "2010-12-01",
            "2010-12-01 08:26:00Z",
            "2010-12-01 +8:26:00",
            "",
        ] {
            assert_eq!(told(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn texts_are_trimmed_and_bounded() {
        assert_eq!(description(" POPPY'S PLAYHOUSE BEDROOM "), Some("POPPY'S PLAYHOUSE BEDROOM"));
        assert_eq!((code(""), code(&"x".repeat(65)), country("")), (None, None, Some("")));
        assert_eq!((invoice("C536379"), invoice("53 63"), invoice("")), (Some("C536379"), None, None));
        assert_eq!(description("a\nb"), None);
    }
}
