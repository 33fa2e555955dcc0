//! Which acts fit many cases at once, and whether what they are given has the shape of their form.

use serde_json::{Map, Value};
use xr_base::{Fault, Principal, Problem};
use xr_case::engine::{self, Field, Possible};
use xr_store::Tx;

/// Longest text and list of an input.
const TEXT_CHARS_MAX: usize = 500;
const ITEMS_MAX: usize = 9;

/// Whether a field holds what differs from case to case: such a one is not given to many.
fn is_of_one_case(field: &Field) -> bool {
    matches!(field.kind, "lines" | "recipient" | "money" | "int") || field.name == "waybill"
}

/// The form of an act on many cases; none where it needs something that differs from case to case.
pub(crate) fn of_many(form: &'static [Field]) -> Option<Vec<Field>> {
    let (own, shared): (Vec<Field>, Vec<Field>) = form.iter().partition(|field| is_of_one_case(field));
    (!own.iter().any(|field| field.is_required)).then_some(shared)
}

/// The acts of a person on cases of a kind, in one state or in any.
pub(crate) fn acts(
    tx: &mut Tx<'_>,
    (kind, state): (&str, Option<&str>),
    person: &Principal,
) -> Result<Vec<Possible>, Fault> {
    let acts = engine::acts_of_kind(tx, (kind, state), person)?;
    Ok(acts.into_iter().filter(|act| of_many(act.form).is_some()).collect())
}

/// Whether a person may do this to cases of the kind at all, and the input has the shape of the act's form. What a case itself refuses
/// becomes the outcome of its row.
///
/// # Errors
/// 403 `batches.not_your_act`, 422 `batches.needs_each_case`, `web.unknown_field`, `web.missing_field`, `web.bad_value`.
pub(crate) fn check(
    tx: &mut Tx<'_>,
    (kind, event): (&str, &str),
    input: &Value,
    person: &Principal,
) -> Result<(), Fault> {
    let all = engine::acts_of_kind(tx, (kind, None), person)?;
    let act = all.iter().find(|act| act.event == event);
    let act = act.ok_or_else(|| Problem::new(403, "batches.not_your_act").field("event"))?;
    let form = of_many(act.form).ok_or_else(|| Problem::new(422, "batches.needs_each_case").field("event"))?;
    Ok(fits(&form, input)?)
}

fn fits(form: &[Field], input: &Value) -> Result<(), Problem> {
    let at = |code: &str, name: &str| {
        let field = format!("input/{name}");
        Problem::new(422, code).with("field", &field).field(&field)
    };
    let none = Map::new();
    let given = match input {
        Value::Null => &none,
        Value::Object(given) => given,
        _ => return Err(Problem::new(422, "web.wrong_type").with("field", "input").field("input")),
    };
    if let Some(name) = given.keys().find(|name| form.iter().all(|field| field.name != name.as_str())) {
        return Err(at("web.unknown_field", name));
    }
    for field in form {
        match given.get(field.name) {
            None | Some(Value::Null) if field.is_required => return Err(at("web.missing_field", field.name)),
            None | Some(Value::Null) => {}
            Some(value) if is_of(field, value) => {}
            Some(_) => return Err(at("web.bad_value", field.name)),
        }
    }
    Ok(())
}

fn is_of(field: &Field, value: &Value) -> bool {
    match (field.kind, value) {
        ("sha256s" | "photos", Value::Array(items)) => items.len() <= ITEMS_MAX && items.iter().all(Value::is_string),
        ("sha256s" | "photos", _) => false,
        (_, Value::String(text)) => {
            text.chars().count() <= TEXT_CHARS_MAX && !(field.is_required && text.trim().is_empty())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const fn field(name: &'static str, kind: &'static str, is_required: bool) -> Field {
        Field { name, kind, is_required }
    }

    const REFUSAL: &[Field] = &[field("reason", "text", true), field("photos", "sha256s", false)];

    #[test]
    fn an_act_that_needs_a_waybill_or_an_amount_of_each_case_is_not_for_many() {
        const SHIP: &[Field] = &[field("carrier", "carrier", true), field("waybill", "text", true)];
        const PROPOSAL: &[Field] = &[field("amount_minor", "money", true)];
        const EDIT: &[Field] = &[field("recipient", "recipient", false), field("remark", "text", false)];
        assert_eq!((of_many(SHIP), of_many(PROPOSAL)), (None, None));
        assert_eq!(of_many(EDIT), Some(vec![field("remark", "text", false)]));
        assert_eq!(of_many(REFUSAL), Some(REFUSAL.to_vec()));
    }

    #[test]
    fn an_input_must_have_the_fields_of_its_form_and_no_others() {
        let told = |input: Value| fits(REFUSAL, &input).err().map(|p| (p.code, p.field.unwrap_or_default()));
        let at = |code: &str, field: &str| Some((code.to_owned(), field.to_owned()));
        assert_eq!(told(json!({ "reason": "污损" })), None);
        assert_eq!(told(json!({ "reason": "污损", "photos": ["ab"] })), None);
        assert_eq!(told(Value::Null), at("web.missing_field", "input/reason"));
        assert_eq!(told(json!({ "reason": " " })), at("web.bad_value", "input/reason"));
        assert_eq!(told(json!({ "reason": "x".repeat(501) })), at("web.bad_value", "input/reason"));
        assert_eq!(told(json!({ "reason": "x", "photos": "ab" })), at("web.bad_value", "input/photos"));
        assert_eq!(told(json!({ "reason": "x", "amount_minor": 1 })), at("web.unknown_field", "input/amount_minor"));
        assert_eq!(told(json!([])), at("web.wrong_type", "input"));
    }
}
