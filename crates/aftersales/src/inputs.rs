//! What people give with their acts: typed, unknown fields refused, mistakes named by field.

use crate::Error;
use crate::model::{CaseKind, Reason};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use xr_case::engine::Field;

/// Input of `reject` and `refuse`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    /// Why, 1..=500 characters.
    pub(crate) reason: String,
    /// Pictures that show it.
    #[serde(default)]
    pub(crate) photos: Vec<String>,
}

/// Input of `propose`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proposal {
    /// Minor units offered.
    pub(crate) amount_minor: i64,
    /// What goes with it, at most 500 characters.
    #[serde(default)]
    pub(crate) note: String,
}

/// Input of `modify`; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Change {
    pub(crate) quantity: Option<i64>,
    pub(crate) amount_minor: Option<i64>,
    pub(crate) reason: Option<Reason>,
    pub(crate) description: Option<String>,
    pub(crate) photos: Vec<String>,
}

/// Input of `fill_waybill`, `reshipped` and `sent_back`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parcel {
    /// Code of the carrier.
    pub(crate) carrier: String,
    /// Its number.
    pub(crate) waybill: String,
}

/// Input of `book_pickup`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PickupWish {
    /// Code of the carrier that is to come.
    pub(crate) carrier: String,
}

/// Input of `reapply`; kept in the row until `aftersales.open_new_case` takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Again {
    pub(crate) kind: CaseKind,
    pub(crate) reason: Reason,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) photos: Vec<String>,
}

const fn required(name: &'static str, kind: &'static str) -> Field {
    Field { name, kind, is_required: true }
}

const fn optional(name: &'static str, kind: &'static str) -> Field {
    Field { name, kind, is_required: false }
}

pub(crate) const REFUSAL_FORM: &[Field] = &[required("reason", "text"), optional("photos", "sha256s")];
pub(crate) const PROPOSAL_FORM: &[Field] = &[required("amount_minor", "money"), optional("note", "text")];
pub(crate) const CHANGE_FORM: &[Field] = &[
    optional("quantity", "int"),
    optional("amount_minor", "money"),
    optional("reason", "reason"),
    optional("description", "text"),
    optional("photos", "sha256s"),
];
pub(crate) const PARCEL_FORM: &[Field] = &[required("carrier", "carrier"), required("waybill", "text")];
pub(crate) const PICKUP_FORM: &[Field] = &[required("carrier", "carrier")];
pub(crate) const AGAIN_FORM: &[Field] = &[
    required("kind", "case_kind"),
    required("reason", "reason"),
    optional("description", "text"),
    optional("photos", "sha256s"),
];

/// Whether nothing was given.
pub(crate) fn is_empty(input: &Value) -> bool {
    input.is_null() || input.as_object().is_some_and(Map::is_empty)
}

/// Reads an act's input.
///
/// # Errors
/// [`Error::BadInput`] with the field as `input/<name>`.
pub(crate) fn read<T: DeserializeOwned>(input: &Value) -> Result<T, Error> {
    let given = if input.is_null() { Value::Object(Map::new()) } else { input.clone() };
    serde_json::from_value(given.clone()).map_err(|error| {
        let text = error.to_string();
        let field = culprit::<T>(&given, &text).map_or("input".to_owned(), |name| format!("input/{name}"));
        Error::input(&field, text)
    })
}

/// The field that a reading error is about: serde names missing and unknown ones; one of a wrong type is the one without which
/// the error is another.
fn culprit<T: DeserializeOwned>(given: &Value, error: &str) -> Option<String> {
    if error.starts_with("missing field") || error.starts_with("unknown field") {
        return error.split('`').nth(1).map(str::to_owned);
    }
    let fields = given.as_object()?;
    let is_it = |name: &&String| {
        let mut rest = fields.clone();
        rest.shift_remove(name.as_str());
        serde_json::from_value::<T>(Value::Object(rest)).map_or_else(|e| e.to_string() != error, |_| true)
    };
    fields.keys().find(is_it).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field<T: DeserializeOwned>(input: &Value) -> String {
        match read::<T>(input).map(|_| ()) {
            Err(Error::BadInput { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_mistake_is_named_by_its_field() {
        assert_eq!(field::<Refusal>(&json!({ "photos": [] })), "input/reason");
        assert_eq!(field::<Refusal>(&json!({ "reason": "no", "colour": 1 })), "input/colour");
        assert_eq!(field::<Refusal>(&json!({ "reason": "no", "photos": "p" })), "input/photos");
        assert_eq!(field::<Refusal>(&json!({ "reason": 5 })), "input/reason");
        assert_eq!(field::<Change>(&json!({ "quantity": 1, "reason": "boredom" })), "input/reason");
        assert_eq!(field::<Proposal>(&json!({ "amount_minor": 1.5 })), "input/amount_minor");
        assert_eq!(field::<Parcel>(&json!([1])), "input");
    }

    #[test]
    fn no_input_at_all_misses_the_first_required_field() {
        assert_eq!(field::<Parcel>(&Value::Null), "input/carrier");
        assert!(read::<Change>(&Value::Null).is_ok_and(|c| c.quantity.is_none()));
    }

    #[test]
    fn every_required_field_of_a_form_is_required_by_its_input() {
        let missing = |name: &str, whole: &Value| {
            let mut without = whole.clone();
            without.as_object_mut().unwrap().remove(name);
            without
        };
        let again = json!({ "kind": "exchange", "reason": "other" });
        for required in AGAIN_FORM.iter().filter(|f| f.is_required) {
            assert_eq!(field::<Again>(&missing(required.name, &again)), format!("input/{}", required.name));
        }
        let parcel = json!({ "carrier": "SF", "waybill": "SF100000" });
        for required in PARCEL_FORM {
            assert_eq!(field::<Parcel>(&missing(required.name, &parcel)), format!("input/{}", required.name));
        }
    }
}
