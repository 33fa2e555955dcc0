//! What machines and packs may write.

use super::support::{calendar, length};
use xr_base::calendar::{Calendar, Counting, Length};

#[test]
fn lengths_read_as_they_are_meant() {
    assert_eq!(length("30m"), Length::Minutes(30));
    assert_eq!(length("48h"), Length::Hours(48));
    assert_eq!(length("10d"), Length::Days(10));
    assert_eq!(length("3wd"), Length::WorkingDays(3));
    assert_eq!(length("2mo"), Length::Months(2));
    assert_eq!(length("T+1 10:30"), Length::DayAt { days: 1, minute: 630 });
    assert_eq!(length("at facts.valid_until"), Length::AtFact("valid_until".to_owned()));
    assert_eq!(length("at facts.valid_until").fact(), Some("valid_until"));
}

#[test]
fn lengths_print_as_they_were_written() {
    for text in
        ["30m", "48h", "10d", "3wd", "2mo", "T+1 10:30", "T+0 00:05", "at facts.valid_until", "at 2026-03-01T00:00:00Z"]
    {
        assert_eq!(length(text).to_string(), text);
    }
}

#[test]
fn slips_in_a_length_are_refused() {
    for text in [
        "",
        "48",
        "h",
        "0h",
        "-1h",
        "+1h",
        "1.5h",
        "48 h",
        "48H",
        "1w",
        "3WD",
        "99999999999h",
        "87841h",
        "3661d",
        "121mo",
        "T+1",
        "T+1 24:00",
        "T+1 9:30",
        "T+x 10:30",
        "T+1 10:60",
        "at",
        "at valid_until",
        "at facts.",
        "at facts.Valid",
        "at facts.a b",
        "at tomorrow",
        "４８h",
    ] {
        let refused = Length::parse(text);
        assert!(refused.is_err(), "{text:?} was read as {refused:?}");
    }
    assert_eq!(Length::parse("0h").unwrap_err().to_string(), "\"0h\": the number is 1 to 87840");
}

#[test]
fn only_elapsed_lengths_have_a_natural_size() {
    let sizes =
        ["90m", "2h", "1d", "1wd", "1mo", "T+1 10:30"].map(|text| length(text).natural().map(|size| size.0 / 60_000));
    assert_eq!(sizes, [Some(90), Some(120), Some(1_440), None, None, None]);
}

#[test]
fn calendars_read_as_they_are_meant() {
    assert_eq!(Calendar::default(), calendar("natural"));
    let window = calendar("window 09:00-18:00 working-days roll zone Asia/Urumqi region hk");
    assert_eq!(window.counting(), Counting::Window { open: 540, close: 1_080, is_working_days: true });
    assert!(window.is_rolling());
    assert_eq!((window.zone().iana_name(), window.region()), (Some("Asia/Urumqi"), "hk"));
    let plain = calendar("day0");
    assert_eq!(
        (plain.counting(), plain.is_rolling(), plain.zone().iana_name(), plain.region()),
        (Counting::Day0, false, Some("Asia/Shanghai"), "cn")
    );
}

#[test]
fn calendars_print_as_they_were_written_without_defaults() {
    for text in [
        "natural",
        "day0 roll",
        "working-days",
        "window 09:00-18:00",
        "window 00:00-24:00 working-days",
        "day0 roll zone Europe/Berlin region de",
        "natural zone Asia/Urumqi",
        "working-days region hk",
    ] {
        assert_eq!(calendar(text).to_string(), text);
    }
    assert_eq!(
        calendar("  window  09:00-18:00  region cn zone Asia/Shanghai roll ").to_string(),
        "window 09:00-18:00 roll"
    );
}

#[test]
fn slips_in_a_calendar_are_refused() {
    for text in [
        "",
        "Natural",
        "naturally",
        "window",
        "window 09:00",
        "window 18:00-09:00",
        "window 09:00-09:00",
        "window 9:00-18:00",
        "window 09:00-24:01",
        "natural working-days",
        "natural roll roll",
        "natural zone",
        "natural zone Asia/Nowhere",
        "natural region",
        "natural region CN",
        "day0 zone UTC zone UTC",
        "natural region a-name-that-is-too-long",
    ] {
        let refused = Calendar::parse(text);
        assert!(refused.is_err(), "{text:?} was read as {refused:?}");
    }
}

#[test]
fn both_travel_as_strings() {
    let text = serde_json::to_string(&(length("3wd"), calendar("day0 roll"))).unwrap();
    assert_eq!(text, r#"["3wd","day0 roll"]"#);
    let back: (Length, Calendar) = serde_json::from_str(&text).unwrap();
    assert_eq!(back, (length("3wd"), calendar("day0 roll")));
    assert!(serde_json::from_str::<Length>(r#""3 weeks""#).is_err());
    assert!(serde_json::from_str::<Calendar>(r#""lunar""#).is_err());
}

#[test]
fn a_calendar_says_whether_it_asks_for_days() {
    let needs = |cal: &str, len: &str| calendar(cal).needs_days(&length(len));
    assert!(
        needs("natural", "1wd")
            && needs("day0 roll", "7d")
            && needs("working-days", "4h")
            && needs("window 09:00-18:00 working-days", "4h")
    );
    assert!(
        !needs("natural", "48h")
            && !needs("day0", "7d")
            && !needs("window 09:00-18:00", "4h")
            && !needs("natural", "2mo")
    );
}
