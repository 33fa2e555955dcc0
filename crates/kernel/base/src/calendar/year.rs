//! One year of a day table as text, one letter a day: how people's corrections are kept and sent.

use super::days::{DayKind, DayTable, YEARS};
use super::load::LoadError;
use super::spec::region_name;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeMap;

impl DayKind {
    /// `w` workday, `m` make-up workday, `e` weekend, `h` holiday.
    pub const fn letter(self) -> char {
        match self {
            Self::Workday => 'w',
            Self::MakeupWorkday => 'm',
            Self::Weekend => 'e',
            Self::Holiday => 'h',
        }
    }

    const fn of_letter(letter: char) -> Option<Self> {
        match letter {
            'w' => Some(Self::Workday),
            'm' => Some(Self::MakeupWorkday),
            'e' => Some(Self::Weekend),
            'h' => Some(Self::Holiday),
            _ => None,
        }
    }
}

impl DayTable {
    /// One year of `region` from its letters ([`DayKind::letter`]), 1 January first.
    ///
    /// # Errors
    /// [`LoadError::Entry`] for a year out of [`YEARS`], a number of letters that is not its number of days, or another letter;
    /// [`LoadError::Toml`] for a name that is none. Any day may be any kind: not every region's weekend is Saturday and Sunday.
    pub fn of_year(region: &str, year: i16, letters: &str) -> Result<Self, LoadError> {
        let region =
            region_name(region).ok_or_else(|| LoadError::Toml(format!("{region:?} is no name of a region")))?;
        let wrong = |entry: String, reason| LoadError::Entry { year, entry, reason };
        let length = plain_year(year).ok_or_else(|| wrong(year.to_string(), "is out of range"))?.len();
        let kind =
            |letter: char| DayKind::of_letter(letter).ok_or_else(|| wrong(letter.to_string(), "is none of w, m, e, h"));
        let days = letters.chars().map(kind).collect::<Result<Box<[DayKind]>, _>>()?;
        if days.len() != length {
            return Err(wrong(days.len().to_string(), "is not the number of its days"));
        }
        Ok(Self::new(region, BTreeMap::from([(year, days)])))
    }

    /// The letters of a loaded year.
    pub fn letters(&self, year: i16) -> Option<String> {
        let days = plain_year(year)?.into_iter().map(|(date, _)| self.kind(date).map(DayKind::letter));
        days.collect::<Result<_, _>>().ok()
    }
}

/// The letters of a year without holidays, to begin with; none out of [`YEARS`].
pub fn plain_letters(year: i16) -> Option<String> {
    Some(plain_year(year)?.into_iter().map(|(_, kind)| kind.letter()).collect())
}

fn plain_year(year: i16) -> Option<Vec<(Date, DayKind)>> {
    let first = YEARS.contains(&year).then(|| Date::new(year, 1, 1).ok()).flatten()?;
    let days = first.series(jiff::Span::new().days(1)).take_while(|date| date.year() == year);
    let plain = |date: Date| match date.weekday() {
        Weekday::Saturday | Weekday::Sunday => (date, DayKind::Weekend),
        _ => (date, DayKind::Workday),
    };
    Some(days.map(plain).collect())
}

#[cfg(test)]
mod tests {
    use super::super::DayTables;
    use super::*;

    #[test]
    fn every_shipped_year_goes_through_its_letters() {
        let shipped = DayTables::shipped().region("cn").expect("cn is shipped");
        for year in shipped.years() {
            let letters = shipped.letters(year).expect("it is loaded");
            let again = DayTable::of_year("cn", year, &letters).expect("its own letters");
            assert_eq!(again.letters(year).as_deref(), Some(letters.as_str()), "{year}");
            assert_eq!(shipped.merged(&again).version(), shipped.version(), "{year}");
        }
        assert_eq!(shipped.letters(2099), None);
    }

    #[test]
    fn letters_that_are_no_year_are_refused() {
        let plain = plain_letters(2028).expect("in range");
        assert_eq!(plain.len(), 366);
        let refused = |year, letters: &str| DayTable::of_year("cn", year, letters).err();
        assert_eq!(refused(2028, &plain), None);
        assert!(refused(2027, &plain).is_some(), "one day too many");
        assert!(refused(2028, &plain.replacen('w', "x", 1)).is_some());
        assert!(refused(2028, &plain.replacen('e', "m", 1)).is_none());
        assert!(refused(1969, &plain).is_some() && plain_letters(1969).is_none());
        assert!(DayTable::of_year("No Such", 2028, &plain).is_err());
    }
}
