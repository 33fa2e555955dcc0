//! The carriers that parcels may name: data, not code.

use crate::Error;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// A carrier with its names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carrier {
    /// Code in the API, upper case.
    pub code: String,
    /// Name in Chinese.
    pub zh: String,
    /// Name in English.
    pub en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    carrier: Vec<Carrier>,
}

// The file is part of the binary; the test below reads it, so an unreadable one never ships.
static CARRIERS: LazyLock<Vec<Carrier>> = LazyLock::new(|| read(include_str!("../data/carriers.toml")));

fn read(text: &str) -> Vec<Carrier> {
    toml::from_str::<File>(text).map(|file| file.carrier).unwrap_or_default()
}

/// All carriers, the commonest first.
pub fn carriers() -> &'static [Carrier] {
    &CARRIERS
}

/// The carrier with this code.
///
/// # Errors
/// [`Error::UnknownCarrier`].
pub fn carrier(code: &str) -> Result<&'static Carrier, Error> {
    carriers().iter().find(|c| c.code == code).ok_or_else(|| Error::UnknownCarrier(code.to_owned()))
}

/// A waybill as it is kept: without spaces, in upper case.
///
/// The shapes of real numbers change and overlap, so only the alphabet and the length (6..=32) are checked.
///
/// # Errors
/// [`Error::BadWaybill`].
pub fn waybill(text: &str) -> Result<String, Error> {
    let kept: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let is_fitting = kept.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && (6..=32).contains(&kept.len());
    if is_fitting { Ok(kept) } else { Err(Error::BadWaybill) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dozen_carriers_are_known_by_unique_codes_with_names_in_both_languages() {
        let mut codes: Vec<&str> = carriers().iter().map(|c| c.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), 12);
        assert!(carriers().iter().all(|c| !c.zh.is_empty() && !c.en.is_empty() && c.code == c.code.to_uppercase()));
        assert_eq!(carrier("SF").unwrap().zh, "顺丰速运");
        assert!(matches!(carrier("sf"), Err(Error::UnknownCarrier(code)) if code == "sf"));
    }

    #[test]
    fn a_waybill_is_kept_without_spaces_and_in_upper_case() {
        assert_eq!(waybill(" sf1385 6287 16739 ").unwrap(), "SF1385628716739");
        for bad in ["12345", "SF13856287！", "123456789012345678901234567890123", ""] {
            assert!(waybill(bad).is_err(), "{bad}");
        }
    }
}
