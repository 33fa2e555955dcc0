//! What acts bring with them, checked and written before the guard is asked.

use crate::amounts;
use crate::evidence::{check_words, file_photos, state};
use crate::inputs::{self, Again, Change, Parcel, PickupWish, Proposal, Refusal};
use crate::model::{AftersalesRow, CaseKind, GoodsAt};
use crate::opening::{progress, save};
use crate::steps::Step;
use crate::{Error, queries};
use xr_base::{Fault, Problem};
use xr_case::engine::{Act, Case, Grant, authorise};
use xr_logistics::{Direction, NewParcel};
use xr_orders::Line;
use xr_store::Tx;

/// Permission of merchants' acts; carriers pass by their signature.
const DECIDE: &str = "aftersales.decide";
/// Permission of buyers' acts.
const APPLY: &str = "aftersales.apply";

/// Checks and stores the input of `act`.
pub(crate) fn prepare(tx: &mut Tx<'_>, case: &Case, act: &Act<'_>, step: Step) -> Result<(), Fault> {
    let has_none = matches!(step, Step::Plain | Step::Picked | Step::Signed | Step::Lost | Step::Delivered);
    if has_none && !inputs::is_empty(act.input) {
        return Err(Problem::new(422, "case.no_input_expected").field("input").into());
    }
    if step == Step::Plain {
        return Ok(());
    }
    let row = queries::row(tx, case.id)?;
    match step {
        Step::Plain => Ok(()),
        Step::Modify => modify(tx, act, row, inputs::read(act.input)?),
        Step::Reject | Step::Refuse => refuse(tx, act, &inputs::read(act.input)?),
        Step::Propose => propose(tx, act, row, &inputs::read(act.input)?),
        Step::FillWaybill => send_in(tx, act, row, &inputs::read(act.input)?),
        Step::BookPickup => ask_pickup(tx, act, &inputs::read(act.input)?),
        Step::Picked => picked(tx, row),
        Step::Signed => signed(tx, act, row),
        Step::Lost => goods_are(tx, row, GoodsAt::Carrier),
        Step::Delivered => goods_are(tx, row, GoodsAt::Buyer),
        Step::SentBack => send_out(tx, act, row, &inputs::read(act.input)?, Direction::SentBack),
        Step::Reshipped => send_out(tx, act, row, &inputs::read(act.input)?, Direction::Replacement),
        Step::Reapply => reapply(tx, act, row, &inputs::read(act.input)?),
    }
}

/// The line of a case with what its other open cases ask for.
fn line_of(tx: &mut Tx<'_>, row: &AftersalesRow) -> Result<(Line, amounts::Asked), Fault> {
    let line = xr_orders::queries::line(tx, row.order_id, row.line_id)?.ok_or(Error::NoSuchLine)?;
    let others = queries::others(tx, row.line_id, Some(row.case_id))?;
    Ok((line, queries::asked(&others)))
}

fn modify(tx: &mut Tx<'_>, act: &Act<'_>, mut row: AftersalesRow, change: Change) -> Result<(), Fault> {
    if inputs::is_empty(act.input) {
        return Err(Error::input("input", "nothing to change").into());
    }
    if let Some(description) = change.description {
        check_words("input/description", &description, false)?;
        row.description = description;
    }
    row.reason = change.reason.unwrap_or(row.reason);
    if change.quantity.is_some() || change.amount_minor.is_some() {
        reckon(tx, &mut row, change.quantity, change.amount_minor)?;
    }
    let (line, _) = line_of(tx, &row)?;
    row.progress = progress(tx, &line)?;
    row.changed_at = tx.at();
    row.proposal_minor = None;
    file_photos(tx, act.actor, row.case_id, &change.photos)?;
    save(tx, &row)
}

/// Another quantity asks for its whole share unless an amount is named; another amount stays within the share.
fn reckon(
    tx: &mut Tx<'_>,
    row: &mut AftersalesRow,
    quantity: Option<i64>,
    amount_minor: Option<i64>,
) -> Result<(), Fault> {
    let (line, others) = line_of(tx, row)?;
    let terms =
        crate::commands::apply::Terms { kind: row.kind, quantity: quantity.unwrap_or(row.quantity), amount_minor };
    row.amount_minor = terms.check(&line, others)?;
    // A replacement is promised by unit; what was wanted stays what is sent.
    if row.kind == CaseKind::Exchange && terms.quantity != row.quantity {
        return Err(Error::input("input/quantity", "an exchange keeps its quantity").into());
    }
    row.quantity = terms.quantity;
    Ok(())
}

fn refuse(tx: &mut Tx<'_>, act: &Act<'_>, refusal: &Refusal) -> Result<(), Fault> {
    check_words("input/reason", &refusal.reason, true)?;
    state(tx, act.actor, act.case, act.event, &refusal.reason)?;
    file_photos(tx, act.actor, act.case, &refusal.photos)
}

fn propose(tx: &mut Tx<'_>, act: &Act<'_>, mut row: AftersalesRow, proposal: &Proposal) -> Result<(), Fault> {
    check_words("input/note", &proposal.note, false)?;
    let (line, others) = line_of(tx, &row)?;
    let most = amounts::most(&line, others, row.quantity);
    if !(1..=most).contains(&proposal.amount_minor) {
        return Err(Error::AmountOutOfRange { most }.into());
    }
    row.proposal_minor = Some(proposal.amount_minor);
    state(tx, act.actor, act.case, act.event, &proposal.note)?;
    save(tx, &row)
}

fn announce(
    tx: &mut Tx<'_>,
    grant: &Grant<'_>,
    row: &AftersalesRow,
    parcel: &Parcel,
    direction: Direction,
) -> Result<(), Fault> {
    let new = NewParcel {
        case: row.case_id,
        direction,
        carrier: &parcel.carrier,
        waybill: &parcel.waybill,
        merchant_org: Some(row.merchant_org),
        shop_id: Some(row.shop_id),
        buyer_id: Some(row.buyer_id),
    };
    xr_logistics::announce(tx, grant, &new).map(|_| ())
}

fn send_in(tx: &mut Tx<'_>, act: &Act<'_>, mut row: AftersalesRow, parcel: &Parcel) -> Result<(), Fault> {
    let grant = authorise(act.actor, APPLY)?;
    announce(tx, &grant, &row, parcel, Direction::Return)?;
    row.waybill_at = Some(tx.at());
    goods_are(tx, row, GoodsAt::Carrier)
}

fn ask_pickup(tx: &mut Tx<'_>, act: &Act<'_>, wish: &PickupWish) -> Result<(), Fault> {
    let grant = authorise(act.actor, APPLY)?;
    xr_logistics::ask_pickup(tx, &grant, act.case, &wish.carrier).map(|_| ())
}

fn picked(tx: &mut Tx<'_>, mut row: AftersalesRow) -> Result<(), Fault> {
    row.waybill_at = Some(tx.at());
    goods_are(tx, row, GoodsAt::Carrier)
}

/// The goods are the merchant's to book back once, whatever becomes of the case.
fn signed(tx: &mut Tx<'_>, act: &Act<'_>, row: AftersalesRow) -> Result<(), Fault> {
    if row.goods_at != GoodsAt::Merchant {
        let grant = authorise(act.actor, DECIDE)?;
        let unit = (row.merchant_org, row.sku_id);
        xr_inventory::expect_return(tx, &grant, row.case_id, unit, row.quantity)?;
    }
    goods_are(tx, row, GoodsAt::Merchant)
}

fn send_out(
    tx: &mut Tx<'_>,
    act: &Act<'_>,
    row: AftersalesRow,
    parcel: &Parcel,
    direction: Direction,
) -> Result<(), Fault> {
    let grant = authorise(act.actor, DECIDE)?;
    announce(tx, &grant, &row, parcel, direction)?;
    goods_are(tx, row, GoodsAt::Carrier)
}

fn reapply(tx: &mut Tx<'_>, act: &Act<'_>, mut row: AftersalesRow, again: &Again) -> Result<(), Fault> {
    check_words("input/description", &again.description, false)?;
    file_photos(tx, act.actor, row.case_id, &again.photos)?;
    row.next_case = Some(serde_json::to_string(again).map_err(|e| Error::input("input", e))?);
    save(tx, &row)
}

fn goods_are(tx: &mut Tx<'_>, mut row: AftersalesRow, at: GoodsAt) -> Result<(), Fault> {
    row.goods_at = at;
    save(tx, &row)
}
