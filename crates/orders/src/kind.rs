//! Facts, forms and inputs of orders.

use crate::commands::change_remark::note_edited;
use crate::model::Recipient;
use crate::ship::{self, ShipInput, ShipmentBookRef};
use crate::texts::REMARKS;
use crate::vocabulary::Order;
use crate::{Error, queries, recipients, relive};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use xr_base::{Actor, Fault, Money, Problem, StoreError};
use xr_case::engine::{Act, Case, Description, Field, Kind};
use xr_case::replay::{Family, Past};
use xr_case::{FactSet, FactValue, Facts, Vocabulary};
use xr_store::{Tx, params, sql};

const SHIP_FORM: &[Field] = &[
    Field { name: "carrier", kind: "carrier", is_required: true },
    Field { name: "waybill", kind: "text", is_required: true },
];
const PART_FORM: &[Field] = &[
    Field { name: "carrier", kind: "carrier", is_required: true },
    Field { name: "waybill", kind: "text", is_required: true },
    Field { name: "lines", kind: "lines", is_required: true },
];
const EDIT_FORM: &[Field] = &[
    Field { name: "recipient", kind: "recipient", is_required: false },
    Field { name: "remark", kind: "text", is_required: false },
];

/// The kind `order`.
#[derive(Clone, Copy, Debug, Default)]
pub struct OrderKind;

/// Input of `edit`; what is absent stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditInput {
    #[serde(default)]
    recipient: Option<Recipient>,
    #[serde(default)]
    remark: Option<String>,
}

impl Kind for OrderKind {
    fn vocabulary(&self) -> &'static Vocabulary {
        &Order::VOCABULARY
    }

    fn facts(&self, tx: &mut Tx<'_>, case: &Case, need: FactSet) -> Result<Facts, Fault> {
        let mut facts = Facts::of(&Order::VOCABULARY);
        if need.contains("unshipped_lines") {
            let open = queries::lines(tx, case.id)?.iter().filter(|l| l.unshipped() > 0).count();
            facts.set(Order::unshipped_lines, i64::try_from(open).unwrap_or(i64::MAX));
        }
        if need.contains("refund_succeeded") {
            facts.set(Order::refund_succeeded, xr_payments::queries::refund_succeeded(tx, case.id)?);
        }
        let is_of_row = |name: &str| matches!(name, "review_exempt" | "tracking" | "shipped_at" | "delivered_at");
        if need.names().any(is_of_row) {
            let row = queries::get(tx, case.id)?;
            facts.set(Order::review_exempt, row.review_exempt);
            facts.choose(Order::tracking, row.tracking.word()).map_err(|e| StoreError::Corrupt(e.to_string()))?;
            facts.set_opt(Order::shipped_at, row.shipped_at);
            facts.set_opt(Order::delivered_at, row.delivered_at);
        }
        Ok(facts)
    }

    fn past(&self, tx: &mut Tx<'_>, case: &Case, _need: FactSet) -> Result<Past, Fault> {
        let row = queries::get(tx, case.id)?;
        let mut now = Facts::of(&Order::VOCABULARY);
        now.set(Order::review_exempt, row.review_exempt);
        now.choose(Order::tracking, row.tracking.word()).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        let lines = queries::lines(tx, case.id)?;
        let open = lines.iter().filter(|l| l.unshipped() > 0).count();
        now.set(Order::unshipped_lines, i64::try_from(open).unwrap_or(i64::MAX));
        let marks = match tx.ext::<ShipmentBookRef>() {
            Some(book) => book.0.marks(tx, case.id)?,
            None => Vec::new(),
        };
        let figures = relive::figures(&lines);
        let lasting = &["review_exempt"];
        Ok(Past { figures, lasting, marks, currency: Some(row.currency), ..Past::as_now(now) })
    }

    fn relived(&self, fact: &str, family: &Family<'_>, me: usize) -> Option<(FactValue, bool)> {
        relive::fact(fact, family, me)
    }

    fn relive_act(&self, event: &str, family: &mut Family<'_>, me: usize) {
        relive::act(event, family, me);
    }

    fn describe(&self, tx: &mut Tx<'_>, case: &Case) -> Result<Description, Fault> {
        let order = queries::get(tx, case.id)?;
        let title = queries::lines(tx, case.id)?.into_iter().next().map(|l| l.title);
        let amount = Some(Money::new(order.total_minor, order.currency));
        Ok(Description { order: Some(case.id), number: Some(order.number), title, amount })
    }

    fn form(&self, event: &str) -> &'static [Field] {
        match Order::parse(event) {
            Some(Order::ShipAll | Order::ShipRest | Order::AlreadyHandedOver) => SHIP_FORM,
            Some(Order::ShipPart) => PART_FORM,
            Some(Order::Edit) => EDIT_FORM,
            _ => &[],
        }
    }

    fn prepare(&self, tx: &mut Tx<'_>, case: &Case, act: &Act<'_>) -> Result<(), Fault> {
        match Order::parse(act.event) {
            Some(Order::ShipAll | Order::ShipRest | Order::ShipPart | Order::AlreadyHandedOver) => {
                ship::prepare(tx, act.actor, case.id, &read::<ShipInput>(act.input)?)
            }
            Some(Order::Edit) => edit(tx, act.actor, case, read(act.input)?),
            _ if is_empty(act.input) => Ok(()),
            _ => Err(Problem::new(422, "case.no_input_expected").field("input").into()),
        }
    }
}

fn is_empty(input: &Value) -> bool {
    input.is_null() || input.as_object().is_some_and(serde_json::Map::is_empty)
}

fn read<T: DeserializeOwned>(input: &Value) -> Result<T, Error> {
    serde_json::from_value(input.clone()).map_err(|e| Error::Input(e.to_string()))
}

fn edit(tx: &mut Tx<'_>, actor: &Actor, case: &Case, input: EditInput) -> Result<(), Fault> {
    if let Some(recipient) = input.recipient {
        if let Some(field) = recipient.fault() {
            return Err(Error::Field(field).into());
        }
        recipients::change(tx, case.id, &recipient)?;
    }
    if let Some(remark) = input.remark {
        if remark.chars().count() > crate::commands::place_order::REMARK_CHARS_MAX {
            return Err(Error::Field("input/remark").into());
        }
        let before = queries::buyer_remark(tx, case.id)?;
        if before != remark {
            note_edited(tx, actor, case, [&before, &remark])?;
        }
        let sealed = REMARKS.seal(tx, case.id.0, &remark)?;
        tx.put(
            sql!("UPDATE orders SET sealed_remark = ?2 WHERE case_id = ?1 /* unscoped: after authorisation */"),
            params![case.id, sealed],
        )?;
    }
    Ok(())
}
