//! Plausible input for the form of an act.

use crate::dice::Dice;
use crate::words::Words;
use serde_json::{Map, Value, json};
use xr_case::engine::Field;
use xr_orders::Line;

const CARRIERS: [&str; 4] = ["SF", "ZTO", "YTO", "JD"];
const REASONS: [&str; 6] = ["quality", "damaged", "wrong_item", "not_as_described", "not_received", "other"];
const KINDS: [&str; 3] = ["refund_only", "return_refund", "exchange"];

/// Writes input, with numbers that no parcel had before.
#[derive(Debug)]
pub(crate) struct Inputs {
    waybills: u64,
    /// Amounts: from, to, in steps of so many minor units.
    amounts: (i64, i64, i64),
}

impl Default for Inputs {
    fn default() -> Self {
        Self { waybills: 0, amounts: (1, 3_000, 1) }
    }
}

impl Inputs {
    /// Round amounts below the price of anything.
    pub(crate) const fn plain() -> Self {
        Self { waybills: 0, amounts: (5, 15, 100) }
    }

    /// A carrier with a new number of its own.
    pub(crate) fn waybill(&mut self, carrier: &str) -> String {
        self.waybills += 1;
        format!("{carrier}{:012}", 880_000_000 + self.waybills)
    }

    /// Input of a form; `Null` for none. `lines` are those of the order, where the form asks for them.
    pub(crate) fn fill(
        &mut self,
        (dice, words): (&mut Dice, &Words),
        event: &str,
        form: &[Field],
        lines: &[Line],
    ) -> Value {
        let mut input = Map::new();
        let carrier = dice.pick(&CARRIERS).copied().unwrap_or("SF");
        for field in form {
            let is_left_out = !field.is_required && dice.chance(60);
            let value = match (field.name, field.kind) {
                ("waybill", _) => Some(json!(self.waybill(carrier))),
                (_, "carrier") => Some(json!(carrier)),
                (_, "lines") => part(dice, lines),
                _ if is_left_out => None,
                ("description", _) => Some(json!(words.complaint(dice, "other"))),
                (_, "text") => Some(json!(words.said(dice, event))),
                (_, "money") => {
                    let (from, to, step) = self.amounts;
                    Some(json!(dice.int(from, to) * step))
                }
                (_, "reason") => dice.pick(&REASONS).map(|r| json!(r)),
                (_, "case_kind") => dice.pick(&KINDS).map(|k| json!(k)),
                _ => None,
            };
            input.extend(value.map(|v| (field.name.to_owned(), v)));
        }
        // A change must change something.
        if input.is_empty() && form.iter().any(|f| f.name == "description") {
            input.insert("description".to_owned(), json!(words.more(dice)));
        }
        if input.is_empty() { Value::Null } else { Value::Object(input) }
    }
}

/// One unit of a line that still has some to ship.
fn part(dice: &mut Dice, lines: &[Line]) -> Option<Value> {
    let open: Vec<&Line> = lines.iter().filter(|l| l.unshipped() > 0).collect();
    let line = dice.pick(&open)?;
    Some(json!([{ "line": line.id, "quantity": 1 }]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn field(name: &'static str, kind: &'static str, is_required: bool) -> Field {
        Field { name, kind, is_required }
    }

    #[test]
    fn a_form_is_filled_in_with_all_that_is_required() {
        let form =
            [field("carrier", "carrier", true), field("waybill", "text", true), field("photos", "sha256s", false)];
        let input = Inputs::default().fill((&mut Dice::of(1), &Words::terse()), "ship_all", &form, &[]);
        assert!(input["waybill"].as_str().unwrap().starts_with(input["carrier"].as_str().unwrap()));
        assert!(input.get("photos").is_none());
    }

    #[test]
    fn no_form_takes_no_input_and_a_change_is_never_empty() {
        let (mut inputs, words) = (Inputs::default(), Words::terse());
        assert_eq!(inputs.fill((&mut Dice::of(1), &words), "approve", &[], &[]), Value::Null);
        let form = [field("description", "text", false), field("quantity", "int", false)];
        assert!((0..50).all(|seed| inputs.fill((&mut Dice::of(seed), &words), "modify", &form, &[]).is_object()));
    }

    #[test]
    fn numbers_of_parcels_are_new_each_time() {
        let mut inputs = Inputs::default();
        assert_ne!(inputs.waybill("SF"), inputs.waybill("SF"));
    }
}
