//! How long a promise runs: `30m 48h 10d 3wd 2mo`, `T+1 10:30`, `at facts.NAME`.

use super::{CalendarError, ParseError};
use crate::time::{Instant, Millis};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The length of a clock. Numbers are at least 1 (`T+0` excepted) and at most about ten years, see [`Length::parse`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Length {
    /// Minutes of 60 s.
    Minutes(u32),
    /// Hours of 60 min.
    Hours(u32),
    /// Days of 24 h; civil days under `day0`.
    Days(u32),
    /// Working days strictly after the anchor's day.
    WorkingDays(u32),
    /// Calendar months, same time of day; the last day of a shorter month.
    Months(u32),
    /// A civil time `days` after the anchor's day.
    DayAt {
        /// Days after the anchor's day, 0 = the same day.
        days: u32,
        /// Minute of the day, below 1,440.
        minute: u16,
    },
    /// The moment that a fact holds.
    AtFact(String),
    /// A moment: an [`Length::AtFact`] filled in.
    At(Instant),
}

// About ten years in each unit: a longer promise is a typing error.
const MINUTES_MAX: u32 = 5_270_400;
const HOURS_MAX: u32 = 87_840;
const DAYS_MAX: u32 = 3_660;
const MONTHS_MAX: u32 = 120;
const EXAMPLES: &str = "expected e.g. 30m, 48h, 10d, 3wd, 2mo, T+1 10:30 or at facts.valid_until";

impl Length {
    /// Reads a length as machines and packs write it.
    ///
    /// # Errors
    /// Not of the grammar, zero, or above the limit: 5,270,400 minutes, 87,840 hours, 3,660 days or working days, 120 months.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let bare = text.trim();
        if let Some(moment) = bare.strip_prefix("at ") {
            return Self::parse_at(text, moment.trim());
        }
        if let Some(rest) = bare.strip_prefix("T+") {
            return Self::parse_day_at(text, rest);
        }
        let unit_from = bare.find(|c: char| !c.is_ascii_digit()).ok_or_else(|| ParseError::new(text, EXAMPLES))?;
        let (digits, unit) = bare.split_at(unit_from);
        let (make, max): (fn(u32) -> Self, u32) = match unit {
            "m" => (Self::Minutes, MINUTES_MAX),
            "h" => (Self::Hours, HOURS_MAX),
            "d" => (Self::Days, DAYS_MAX),
            "wd" => (Self::WorkingDays, DAYS_MAX),
            "mo" => (Self::Months, MONTHS_MAX),
            _ => return Err(ParseError::new(text, EXAMPLES)),
        };
        number(text, digits, 1, max).map(make)
    }

    fn parse_at(text: &str, moment: &str) -> Result<Self, ParseError> {
        if let Some(name) = moment.strip_prefix("facts.") {
            let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            return if is_name {
                Ok(Self::AtFact(name.to_owned()))
            } else {
                Err(ParseError::new(text, "a fact's name is like valid_until"))
            };
        }
        Instant::parse(moment)
            .map(Self::At)
            .map_err(|_| ParseError::new(text, "after `at` stands facts.NAME or a moment in RFC 3339"))
    }

    fn parse_day_at(text: &str, rest: &str) -> Result<Self, ParseError> {
        let (days, time) = rest.split_once(' ').ok_or_else(|| ParseError::new(text, "expected e.g. T+1 10:30"))?;
        let days = number(text, days, 0, DAYS_MAX)?;
        match minute_of_day(time.trim()) {
            Some(minute) if minute < 1_440 => Ok(Self::DayAt { days, minute }),
            _ => Err(ParseError::new(text, "the time of day is 00:00 to 23:59, e.g. T+1 10:30")),
        }
    }

    /// The name of the fact whose moment must be filled in before a due can be computed.
    pub fn fact(&self) -> Option<&str> {
        match self {
            Self::AtFact(name) => Some(name),
            _ => None,
        }
    }

    /// [`Length::AtFact`] with its moment filled in; every other length unchanged.
    #[must_use]
    pub fn resolved(&self, fact: Instant) -> Self {
        match self {
            Self::AtFact(_) => Self::At(fact),
            other => other.clone(),
        }
    }

    /// Elapsed time of minutes, hours and days (24 h); `None` for lengths that only a calendar can tell.
    pub fn natural(&self) -> Option<Millis> {
        match *self {
            Self::Minutes(n) => Some(Millis::minutes(n.into())),
            Self::Hours(n) => Some(Millis::hours(n.into())),
            Self::Days(n) => Some(Millis::days(n.into())),
            _ => None,
        }
    }

    pub(super) fn needed(&self) -> Result<(), CalendarError> {
        self.fact().map_or(Ok(()), |name| Err(CalendarError::FactNeeded(name.to_owned())))
    }
}

fn number(text: &str, digits: &str, min: u32, max: u32) -> Result<u32, ParseError> {
    let value = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u32>().ok()).flatten();
    match value {
        Some(value) if (min..=max).contains(&value) => Ok(value),
        _ => Err(ParseError::new(text, format!("the number is {min} to {max}"))),
    }
}

/// `HH:MM` as minute of the day, 00:00 to 24:00.
pub(super) fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two =
        |s: &str| (s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<u16>().ok()).flatten();
    let (hour, minute) = (two(hour)?, two(minute)?);
    (minute < 60 && hour * 60 + minute <= 1_440).then_some(hour * 60 + minute)
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Minutes(n) => write!(f, "{n}m"),
            Self::Hours(n) => write!(f, "{n}h"),
            Self::Days(n) => write!(f, "{n}d"),
            Self::WorkingDays(n) => write!(f, "{n}wd"),
            Self::Months(n) => write!(f, "{n}mo"),
            Self::DayAt { days, minute } => write!(f, "T+{days} {:02}:{:02}", minute / 60, minute % 60),
            Self::AtFact(name) => write!(f, "at facts.{name}"),
            Self::At(moment) => write!(f, "at {moment}"),
        }
    }
}

impl FromStr for Length {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl Serialize for Length {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
