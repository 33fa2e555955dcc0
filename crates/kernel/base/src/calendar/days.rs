//! Day tables: what each day of a year is in one region.

use super::CalendarError;
use super::fnv::Fnv;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, OnceLock};

/// Years that a day table may hold.
pub const YEARS: RangeInclusive<i16> = 1970..=2199;

/// What a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// An ordinary working day.
    Workday,
    /// A weekend day that is worked in exchange for a free one.
    MakeupWorkday,
    /// An ordinary weekend day.
    Weekend,
    /// A day of a statutory break, weekend days inside it included.
    Holiday,
}

impl DayKind {
    /// Whether people work on it.
    pub const fn is_workday(self) -> bool {
        matches!(self, Self::Workday | Self::MakeupWorkday)
    }
}

/// The days of one region, by loaded year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayTable {
    region: String,
    version: String,
    first: i16,
    years: Vec<Option<Box<[DayKind]>>>,
}

impl DayTable {
    /// `years` hold one kind per day, 1 January first; the loader has checked their length.
    pub(super) fn new(region: String, years: BTreeMap<i16, Box<[DayKind]>>) -> Self {
        let mut version = Fnv::new();
        for (year, days) in &years {
            version.bytes(&year.to_be_bytes());
            for &day in days {
                version.bytes(&[day as u8]);
            }
        }
        let first = years.keys().next().copied().unwrap_or_default();
        let last = years.keys().next_back().copied().unwrap_or_default();
        let version = format!("{region} {first}-{last} {:016x}", version.sum());
        let mut slots: Vec<Option<Box<[DayKind]>>> = Vec::new();
        for (year, days) in years {
            slots.resize(usize::try_from(year - first).unwrap_or(0), None);
            slots.push(Some(days));
        }
        Self { region, version, first, years: slots }
    }

    /// The day table's name, e.g. `cn`.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Names the content: region, years and a checksum of all days. Changes whenever a day does.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The loaded years, ascending.
    pub fn years(&self) -> impl Iterator<Item = i16> + '_ {
        (self.first..).zip(&self.years).filter(|(_, days)| days.is_some()).map(|(year, _)| year)
    }

    /// This table with the years of `other`; a year in both is taken from `other`.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        let years = [self, other].into_iter().flat_map(|table| (table.first..).zip(&table.years));
        let years = years.filter_map(|(year, days)| days.clone().map(|days| (year, days))).collect();
        Self::new(self.region.clone(), years)
    }

    /// What `date` is.
    ///
    /// # Errors
    /// [`CalendarError::YearNotLoaded`].
    pub fn kind(&self, date: Date) -> Result<DayKind, CalendarError> {
        let slot = usize::try_from(i32::from(date.year()) - i32::from(self.first)).ok();
        let days = slot.and_then(|slot| self.years.get(slot)).and_then(Option::as_ref);
        let day = usize::try_from(date.day_of_year() - 1).unwrap_or(usize::MAX);
        days.and_then(|days| days.get(day)).copied().ok_or_else(|| self.unloaded(date))
    }

    /// Whether people work on `date`.
    ///
    /// # Errors
    /// [`CalendarError::YearNotLoaded`].
    pub fn is_workday(&self, date: Date) -> Result<bool, CalendarError> {
        self.kind(date).map(DayKind::is_workday)
    }

    /// The `n`-th working day strictly after `start`; `start` itself for `n` = 0.
    ///
    /// # Errors
    /// [`CalendarError::YearNotLoaded`] for the first day needed whose year is missing.
    pub fn working_day_after(&self, start: Date, n: u32) -> Result<Date, CalendarError> {
        let (mut date, mut left) = (start, n);
        while left > 0 {
            date = date.tomorrow().map_err(|_| CalendarError::OutOfRange)?;
            left -= u32::from(self.is_workday(date)?);
        }
        Ok(date)
    }

    fn unloaded(&self, date: Date) -> CalendarError {
        CalendarError::YearNotLoaded { region: self.region.clone(), year: date.year() }
    }
}

/// Day tables by region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayTables(BTreeMap<String, Arc<DayTable>>);

impl DayTables {
    /// No region at all: every question about a day is [`CalendarError::YearNotLoaded`].
    pub fn empty() -> Self {
        Self::default()
    }

    /// The tables in the binary: `cn`, 2004-2026. Read once.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<DayTables> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            let mut tables = Self::empty();
            // A broken file would leave the years unloaded, never guessed; a test reads every day of it.
            if let Ok(table) = DayTable::from_toml(include_str!("../../data/calendar/cn.toml")) {
                tables.add(&table);
            }
            tables
        })
    }

    /// Adds the years of `table`; years that are there already are replaced.
    pub fn add(&mut self, table: &DayTable) {
        let merged = self.0.get(&table.region).map_or_else(|| table.clone(), |old| old.merged(table));
        self.0.insert(table.region.clone(), Arc::new(merged));
    }

    /// The table of `region`, if any year of it is loaded.
    pub fn region(&self, region: &str) -> Option<&DayTable> {
        self.0.get(region).map(Arc::as_ref)
    }

    /// The content that a due in `region` depends on, see [`DayTable::version`]; `None` without a table.
    pub fn version(&self, region: &str) -> Option<&str> {
        self.region(region).map(DayTable::version)
    }

    /// All tables by name.
    pub fn iter(&self) -> impl Iterator<Item = &DayTable> {
        self.0.values().map(Arc::as_ref)
    }
}
