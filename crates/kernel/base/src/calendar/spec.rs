//! In which time a length is counted: `natural`, `day0`, `working-days`, `window 09:00-18:00 [working-days]` with options.

use super::length::minute_of_day;
use super::{CalendarError, Length, ParseError};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

const DEFAULT_ZONE: &str = "Asia/Shanghai";
const DEFAULT_REGION: &str = "cn";
const EXAMPLES: &str = "expected natural, day0, working-days or window 09:00-18:00 [working-days], then optionally roll, zone NAME, region NAME";
const WINDOW: &str = "a window is e.g. 09:00-18:00 and ends after it begins, at 24:00 at the latest";

/// When the clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counting {
    /// Always.
    Natural,
    /// Always, from the first midnight after the anchor.
    Day0,
    /// On working days, 0-24 h.
    WorkingDays,
    /// Daily between two minutes of the day.
    Window {
        /// First minute of the window, below `close`.
        open: u16,
        /// First minute after it, at most 1,440.
        close: u16,
        /// On working days only, else on all days.
        is_working_days: bool,
    },
}

/// A calendar: when the clock runs, in which zone, by which region's day table. Cheap to clone; the zone is looked up once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    counting: Counting,
    is_rolling: bool,
    zone: TimeZone,
    region: String,
}

impl Default for Calendar {
    /// `natural` in Asia/Shanghai.
    fn default() -> Self {
        Self {
            counting: Counting::Natural,
            is_rolling: false,
            // The zone data is compiled in; the fallback is the same time without a name.
            zone: TimeZone::get(DEFAULT_ZONE).unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(8))),
            region: DEFAULT_REGION.to_owned(),
        }
    }
}

impl Calendar {
    /// Reads a calendar as machines and packs write it.
    ///
    /// # Errors
    /// Not of the grammar, an option given twice, an unknown zone, or a window that does not open before it closes.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let fail = |reason: &str| ParseError::new(text, reason);
        let mut words = text.split_whitespace().peekable();
        let counting = match words.next() {
            Some("natural") => Counting::Natural,
            Some("day0") => Counting::Day0,
            Some("working-days") => Counting::WorkingDays,
            Some("window") => {
                let (open, close) = words.next().and_then(window).ok_or_else(|| fail(WINDOW))?;
                Counting::Window { open, close, is_working_days: words.next_if_eq(&"working-days").is_some() }
            }
            _ => return Err(fail(EXAMPLES)),
        };
        let mut calendar = Self { counting, ..Self::default() };
        let (mut zone, mut region) = (None, None);
        while let Some(word) = words.next() {
            match word {
                "roll" if !calendar.is_rolling => calendar.is_rolling = true,
                "zone" if zone.is_none() => {
                    zone = Some(words.next().ok_or_else(|| fail("after zone stands its IANA name"))?);
                }
                "region" if region.is_none() => {
                    region = Some(words.next().ok_or_else(|| fail("after region stands the name of a day table"))?);
                }
                _ => return Err(fail(EXAMPLES)),
            }
        }
        if let Some(name) = zone {
            calendar.zone = named_zone(name).ok_or_else(|| fail("no such time zone; names are like Asia/Urumqi"))?;
        }
        if let Some(name) = region {
            calendar.region =
                region_name(name).ok_or_else(|| fail("a region is named in a-z, 0-9 and -, at most 16"))?;
        }
        Ok(calendar)
    }

    /// When the clock runs.
    pub fn counting(&self) -> Counting {
        self.counting
    }

    /// Whether a due on a statutory holiday moves to the day after it.
    pub fn is_rolling(&self) -> bool {
        self.is_rolling
    }

    /// The zone whose civil days count.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The day table asked for working days and holidays.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Whether `length` has a meaning here. Not so: months or civil times in a window, months of working days, `wd` in a window,
    /// `at` anywhere but under `natural`, `T+n` under `day0`.
    ///
    /// # Errors
    /// [`CalendarError::Unsuited`].
    pub fn suits(&self, length: &Length) -> Result<(), CalendarError> {
        let is_suited = match length {
            Length::Minutes(_) | Length::Hours(_) | Length::Days(_) => true,
            Length::WorkingDays(_) => !matches!(self.counting, Counting::Window { .. }),
            Length::Months(_) => matches!(self.counting, Counting::Natural | Counting::Day0),
            Length::DayAt { .. } => matches!(self.counting, Counting::Natural | Counting::WorkingDays),
            Length::AtFact(_) | Length::At(_) => self.counting == Counting::Natural,
        };
        if is_suited {
            Ok(())
        } else {
            Err(CalendarError::Unsuited { length: length.to_string(), calendar: self.to_string() })
        }
    }

    /// Whether a due of `length` asks the day table, so that an unloaded year can block it.
    pub fn needs_days(&self, length: &Length) -> bool {
        self.is_rolling
            || matches!(length, Length::WorkingDays(_))
            || matches!(self.counting, Counting::WorkingDays | Counting::Window { is_working_days: true, .. })
    }
}

fn window(text: &str) -> Option<(u16, u16)> {
    let (open, close) = text.split_once('-')?;
    let (open, close) = (minute_of_day(open)?, minute_of_day(close)?);
    (open < close).then_some((open, close))
}

fn named_zone(name: &str) -> Option<TimeZone> {
    let zone = TimeZone::get(name).ok()?;
    zone.iana_name().is_some().then_some(zone)
}

pub(super) fn region_name(name: &str) -> Option<String> {
    let is_name = (1..=16).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    is_name.then(|| name.to_owned())
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.counting {
            Counting::Natural => f.write_str("natural")?,
            Counting::Day0 => f.write_str("day0")?,
            Counting::WorkingDays => f.write_str("working-days")?,
            Counting::Window { open, close, is_working_days } => {
                write!(f, "window {:02}:{:02}-{:02}:{:02}", open / 60, open % 60, close / 60, close % 60)?;
                f.write_str(if is_working_days { " working-days" } else { "" })?;
            }
        }
        if self.is_rolling {
            f.write_str(" roll")?;
        }
        match self.zone.iana_name() {
            Some(name) if name != DEFAULT_ZONE => write!(f, " zone {name}")?,
            _ => {}
        }
        if self.region == DEFAULT_REGION { Ok(()) } else { write!(f, " region {}", self.region) }
    }
}

impl FromStr for Calendar {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl Serialize for Calendar {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Calendar {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
