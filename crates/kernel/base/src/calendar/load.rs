//! Day tables from text: TOML with ranges (as shipped), or CSV with one line per day.

use super::days::{DayKind, DayTable, YEARS};
use super::spec::region_name;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Why a day table was not loaded. Nothing of it is used then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Not the expected TOML; the text names line and column.
    #[error("{0}")]
    Toml(String),
    /// An entry of a year is wrong.
    #[error("{year}: {entry:?} {reason}")]
    Entry {
        /// The year.
        year: i16,
        /// The entry.
        entry: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// A line of a CSV table is wrong.
    #[error("line {line}, column {column}: {reason}")]
    Line {
        /// From 1.
        line: u64,
        /// The column's name.
        column: &'static str,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    region: String,
    #[serde(default = "saturday_and_sunday")]
    weekend: Vec<WeekdayName>,
    year: Vec<Year>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    #[serde(rename = "year")]
    number: i16,
    /// Kept for readers of the file: which notice says so.
    #[serde(default, rename = "notice")]
    _notice: String,
    #[serde(default, rename = "urls")]
    _urls: Vec<String>,
    holidays: Vec<String>,
    makeup: Vec<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WeekdayName {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

fn saturday_and_sunday() -> Vec<WeekdayName> {
    vec![WeekdayName::Saturday, WeekdayName::Sunday]
}

impl DayTable {
    /// Reads `region`, optionally `weekend` (default Saturday and Sunday), and per `[[year]]` the `holidays` and `makeup` days as
    /// `MM-DD` or `MM-DD..MM-DD` (inclusive).
    ///
    /// # Errors
    /// [`LoadError`] for anything doubtful: unknown keys, a year twice or out of [`YEARS`], no such date, a day listed twice, a
    /// make-up day that is not on a weekend.
    pub fn from_toml(text: &str) -> Result<Self, LoadError> {
        let file: File = toml::from_str(text).map_err(|e| LoadError::Toml(e.to_string()))?;
        let region = region_name(&file.region)
            .ok_or_else(|| LoadError::Toml(format!("{:?} is no name of a region", file.region)))?;
        let weekend: Vec<Weekday> = file.weekend.iter().map(|&name| weekday(name)).collect();
        let mut years = BTreeMap::new();
        for year in &file.year {
            let entry = |reason| LoadError::Entry { year: year.number, entry: year.number.to_string(), reason };
            if !YEARS.contains(&year.number) {
                return Err(entry("is out of range"));
            }
            if years.insert(year.number, year_days(year, &weekend)?).is_some() {
                return Err(entry("stands twice"));
            }
        }
        Ok(Self::new(region, years))
    }

    /// Reads whole years from CSV with the columns `date` (YYYY-MM-DD) and `kind` (`workday`, `makeup_workday`, `weekend`, `holiday`);
    /// other columns are ignored, a byte order mark is tolerated.
    ///
    /// # Errors
    /// [`LoadError::Line`] with line and column: a missing column, an unreadable value, a day out of order, twice or missing.
    pub fn from_csv(region: &str, text: &str) -> Result<Self, LoadError> {
        let region =
            region_name(region).ok_or_else(|| LoadError::Toml(format!("{region:?} is no name of a region")))?;
        let mut rows = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = rows.headers().map_err(|e| line_error(1, "date", e.to_string()))?.clone();
        let find =
            |name| header.iter().position(|h| h == name).ok_or_else(|| line_error(1, name, "the column is missing"));
        let (date_at, kind_at) = (find("date")?, find("kind")?);
        let mut days: BTreeMap<i16, Vec<DayKind>> = BTreeMap::new();
        let mut line = 1;
        for row in rows.records() {
            let row = row.map_err(|e| line_error(line + 1, "date", e.to_string()))?;
            line = row.position().map_or(line + 1, csv::Position::line);
            let date: Date =
                row[date_at].parse().map_err(|_| line_error(line, "date", "not a date such as 2026-10-01"))?;
            if !YEARS.contains(&date.year()) {
                return Err(line_error(line, "date", "the year is out of range"));
            }
            let year = days.entry(date.year()).or_default();
            if usize::try_from(date.day_of_year()).ok() != Some(year.len() + 1) {
                return Err(line_error(line, "date", "days stand in order from 1 January, each once"));
            }
            year.push(
                kind_named(&row[kind_at])
                    .ok_or_else(|| line_error(line, "kind", "not workday, makeup_workday, weekend or holiday"))?,
            );
        }
        for (&year, kinds) in &days {
            if i64::try_from(kinds.len()) != Ok(year_length(year).into()) {
                return Err(line_error(line, "date", format!("the year {year} is not complete")));
            }
        }
        Ok(Self::new(region, days.into_iter().map(|(year, kinds)| (year, kinds.into_boxed_slice())).collect()))
    }
}

fn line_error(line: u64, column: &'static str, reason: impl Into<String>) -> LoadError {
    LoadError::Line { line, column, reason: reason.into() }
}

fn kind_named(name: &str) -> Option<DayKind> {
    match name {
        "workday" => Some(DayKind::Workday),
        "makeup_workday" => Some(DayKind::MakeupWorkday),
        "weekend" => Some(DayKind::Weekend),
        "holiday" => Some(DayKind::Holiday),
        _ => None,
    }
}

fn year_length(year: i16) -> i16 {
    Date::new(year, 1, 1).map_or(365, Date::days_in_year)
}

fn year_days(year: &Year, weekend: &[Weekday]) -> Result<Box<[DayKind]>, LoadError> {
    let first = Date::new(year.number, 1, 1).map_err(|_| LoadError::Toml(format!("no year {}", year.number)))?;
    let mut days: Vec<DayKind> = first
        .series(jiff::Span::new().days(1))
        .take_while(|date| date.year() == year.number)
        .map(|date| if weekend.contains(&date.weekday()) { DayKind::Weekend } else { DayKind::Workday })
        .collect();
    mark(year, &year.holidays, DayKind::Holiday, &mut days)?;
    mark(year, &year.makeup, DayKind::MakeupWorkday, &mut days)?;
    Ok(days.into_boxed_slice())
}

fn mark(year: &Year, entries: &[String], kind: DayKind, days: &mut [DayKind]) -> Result<(), LoadError> {
    for entry in entries {
        let fail = |reason| LoadError::Entry { year: year.number, entry: entry.clone(), reason };
        let (from, to) = entry.split_once("..").unwrap_or((entry, entry));
        let (from, to) = day_index(year.number, from)
            .zip(day_index(year.number, to))
            .ok_or_else(|| fail("is no day such as 10-01"))?;
        let range =
            days.get_mut(from..=to).filter(|range| !range.is_empty()).ok_or_else(|| fail("ends before it begins"))?;
        for day in range {
            match (*day, kind) {
                (DayKind::Holiday | DayKind::MakeupWorkday, _) => {
                    return Err(fail("holds a day that is listed already"));
                }
                (DayKind::Workday, DayKind::MakeupWorkday) => {
                    return Err(fail("makes up on a day that is worked anyway"));
                }
                _ => *day = kind,
            }
        }
    }
    Ok(())
}

/// Place of `MM-DD` in its year, from 0.
fn day_index(year: i16, text: &str) -> Option<usize> {
    let date: Date = (text.len() == 5).then(|| format!("{year:04}-{text}").parse().ok()).flatten()?;
    usize::try_from(date.day_of_year() - 1).ok()
}

const fn weekday(name: WeekdayName) -> Weekday {
    match name {
        WeekdayName::Monday => Weekday::Monday,
        WeekdayName::Tuesday => Weekday::Tuesday,
        WeekdayName::Wednesday => Weekday::Wednesday,
        WeekdayName::Thursday => Weekday::Thursday,
        WeekdayName::Friday => Weekday::Friday,
        WeekdayName::Saturday => Weekday::Saturday,
        WeekdayName::Sunday => Weekday::Sunday,
    }
}
