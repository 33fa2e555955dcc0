//! What a case claims of the stock, from the promise to the goods that come back.

use crate::Error;
use crate::ledger::{Change, MoveKind, QUANTITY_MAX, move_stock, try_move};
use xr_base::{CaseId, Fault, OrgId, SkuId, StoreError};
use xr_case::engine::Grant;
use xr_store::{Mutant, Tx, params, record, sql};

record! {
    /// A case's claim on one unit.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Claim {
        /// The case.
        pub case_id: CaseId,
        /// The unit.
        pub sku_id: SkuId,
        /// Merchant that owns it.
        pub merchant_org: OrgId,
        /// How many the case is about.
        pub wanted: i64,
        /// How many are promised now.
        pub reserved: i64,
        /// How many leave with the next shipment.
        pub to_ship: i64,
        /// How many left.
        pub shipped: i64,
        /// How many are to come back.
        pub to_return: i64,
        /// How many came back.
        pub returned: i64,
    }
}

/// Claims of a case in order of unit: rows are always touched in that order, so that carts cannot deadlock (decision D12).
pub(crate) fn of_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Claim>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT case_id, sku_id, merchant_org, wanted, reserved, to_ship, shipped, to_return, returned
             FROM stock_claims WHERE case_id = ?1 ORDER BY sku_id /* unscoped: by case, after authorisation */"
        ),
        params![case],
    )?)
}

fn check(quantity: i64) -> Result<(), Error> {
    if (1..=QUANTITY_MAX).contains(&quantity) { Ok(()) } else { Err(Error::Quantity(quantity)) }
}

fn add_row(tx: &mut Tx<'_>, case: CaseId, org: OrgId, sku: SkuId, amounts: [i64; 3]) -> Result<(), Fault> {
    let [wanted, reserved, to_return] = amounts;
    tx.put(
        sql!(
            "INSERT INTO stock_claims (case_id, sku_id, merchant_org, wanted, reserved, to_ship, shipped, to_return,
             returned) VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, ?6, 0)
             ON CONFLICT (case_id, sku_id) DO UPDATE SET wanted = stock_claims.wanted + ?4,
             reserved = stock_claims.reserved + ?5, to_return = stock_claims.to_return + ?6
             /* unscoped: by case, after authorisation */"
        ),
        params![case, sku, org, wanted, reserved, to_return],
    )?;
    Ok(())
}

/// Promises `lines` (unit, quantity) of tracked stock to `case`, all or none.
///
/// # Errors
/// [`Error::OutOfStock`] with the first unit that is short; the caller's transaction is undone.
pub fn reserve(
    tx: &mut Tx<'_>,
    grant: &Grant<'_>,
    case: CaseId,
    org: OrgId,
    lines: &[(SkuId, i64)],
) -> Result<(), Fault> {
    let mut lines = lines.to_vec();
    lines.sort_by_key(|(sku, _)| *sku);
    for (sku, quantity) in lines {
        check(quantity)?;
        let change = Change {
            sku,
            merchant_org: org,
            kind: MoveKind::Reserve,
            on_hand: 0,
            reserved: quantity,
            case: Some(case),
        };
        if !try_move(tx, grant, &change)? {
            return Err(Error::OutOfStock { sku, quantity }.into());
        }
        add_row(tx, case, org, sku, [quantity, quantity, 0])?;
    }
    Ok(())
}

/// Notes that `case` will want `quantity` of `sku` later (a replacement), without promising any yet.
///
/// # Errors
/// [`Error::Quantity`].
pub fn want(
    tx: &mut Tx<'_>,
    _grant: &Grant<'_>,
    case: CaseId,
    (org, sku): (OrgId, SkuId),
    quantity: i64,
) -> Result<(), Fault> {
    check(quantity)?;
    add_row(tx, case, org, sku, [quantity, 0, 0])
}

/// Notes that `quantity` of `sku` is to come back with `case`.
///
/// # Errors
/// [`Error::Quantity`].
pub fn expect_return(
    tx: &mut Tx<'_>,
    _grant: &Grant<'_>,
    case: CaseId,
    (org, sku): (OrgId, SkuId),
    quantity: i64,
) -> Result<(), Fault> {
    check(quantity)?;
    add_row(tx, case, org, sku, [0, 0, quantity])
}

/// Marks units that leave with the shipment being made; the effect `inventory.commit` sends them out.
///
/// # Errors
/// [`Error::BeyondClaim`] when the case holds fewer.
pub fn mark_to_ship(tx: &mut Tx<'_>, case: CaseId, sku: SkuId, quantity: i64) -> Result<(), Fault> {
    check(quantity)?;
    let marked = tx.exec(
        sql!(
            "UPDATE stock_claims SET to_ship = to_ship + ?3
             WHERE case_id = ?1 AND sku_id = ?2 AND to_ship + ?3 <= reserved
             /* unscoped: by case, after authorisation */"
        ),
        params![case, sku, quantity],
    )?;
    if marked == 1 { Ok(()) } else { Err(Error::BeyondClaim(sku).into()) }
}

fn change(claim: &Claim, kind: MoveKind, on_hand: i64, reserved: i64) -> Change {
    Change { sku: claim.sku_id, merchant_org: claim.merchant_org, kind, on_hand, reserved, case: Some(claim.case_id) }
}

/// Compare-and-set on what was read: cases of one order (its cancellation, the refund of a line) come to its claims at once,
/// and whoever is second must look again instead of giving the same goods back twice.
fn save(tx: &mut Tx<'_>, was: &Claim, is: &Claim) -> Result<(), Fault> {
    let saved = tx.exec(
        sql!(
            "UPDATE stock_claims SET reserved = ?3, to_ship = ?4, shipped = ?5, to_return = ?6, returned = ?7
             WHERE case_id = ?1 AND sku_id = ?2 AND reserved = ?8 AND to_ship = ?9 AND shipped = ?10
             AND to_return = ?11 AND returned = ?12 /* unscoped: by case, after authorisation */"
        ),
        params![
            is.case_id,
            is.sku_id,
            is.reserved,
            is.to_ship,
            is.shipped,
            is.to_return,
            is.returned,
            was.reserved,
            was.to_ship,
            was.shipped,
            was.to_return,
            was.returned
        ],
    )?;
    Ok(StoreError::compared(saved, "the claim")?)
}

/// Ends every promise of the case; goods that left stay out.
pub(crate) fn release(tx: &mut Tx<'_>, grant: &Grant<'_>, case: CaseId) -> Result<(), Fault> {
    if tx.lacks(Mutant::StockRelease) {
        return Ok(());
    }
    for claim in of_case(tx, case)?.into_iter().filter(|c| c.reserved > 0) {
        save(tx, &claim, &Claim { reserved: 0, to_ship: 0, ..claim })?;
        move_stock(tx, grant, &change(&claim, MoveKind::Release, 0, -claim.reserved))?;
    }
    Ok(())
}

/// Sends out what is marked, or everything promised when `all`.
pub(crate) fn ship(tx: &mut Tx<'_>, grant: &Grant<'_>, case: CaseId, all: bool) -> Result<(), Fault> {
    for claim in of_case(tx, case)? {
        let leaving = if all { claim.reserved } else { claim.to_ship };
        if leaving == 0 {
            continue;
        }
        let (reserved, shipped) = (claim.reserved - leaving, claim.shipped + leaving);
        save(tx, &claim, &Claim { reserved, shipped, to_ship: 0, ..claim })?;
        move_stock(tx, grant, &change(&claim, MoveKind::Ship, -leaving, -leaving))?;
    }
    Ok(())
}

/// Takes back what left and has not come back yet.
pub(crate) fn restock(tx: &mut Tx<'_>, grant: &Grant<'_>, case: CaseId) -> Result<(), Fault> {
    for claim in of_case(tx, case)?.into_iter().filter(|c| c.shipped > c.returned) {
        save(tx, &claim, &Claim { returned: claim.shipped, ..claim })?;
        move_stock(tx, grant, &change(&claim, MoveKind::Return, claim.shipped - claim.returned, 0))?;
    }
    Ok(())
}

/// Takes back the goods that an after-sales case expected; a second call finds nothing left.
pub(crate) fn restock_return(tx: &mut Tx<'_>, grant: &Grant<'_>, case: CaseId) -> Result<(), Fault> {
    if tx.lacks(Mutant::Restock) {
        return Ok(());
    }
    for claim in of_case(tx, case)?.into_iter().filter(|c| c.to_return > 0) {
        save(tx, &claim, &Claim { returned: claim.returned + claim.to_return, to_return: 0, ..claim })?;
        // Goods of a unit whose stock is not kept come back without a ledger entry.
        let _ = try_move(tx, grant, &change(&claim, MoveKind::Return, claim.to_return, 0))?;
    }
    Ok(())
}

/// Promises the replacement as far as there is one: silence must not fail for want of stock, so a short unit stays unpromised
/// and the fact `replacement_in_stock` tells.
pub(crate) fn reserve_replacement(tx: &mut Tx<'_>, grant: &Grant<'_>, case: CaseId) -> Result<(), Fault> {
    for claim in of_case(tx, case)? {
        let missing = claim.wanted - claim.reserved;
        if missing > 0 && try_move(tx, grant, &change(&claim, MoveKind::Reserve, 0, missing))? {
            save(tx, &claim, &Claim { reserved: claim.wanted, ..claim })?;
        }
    }
    Ok(())
}

/// Sends the whole replacement out, taking what is available now if it was not promised before.
pub(crate) fn ship_replacement(tx: &mut Tx<'_>, grant: &Grant<'_>, case: CaseId) -> Result<(), Fault> {
    reserve_replacement(tx, grant, case)?;
    for claim in of_case(tx, case)? {
        if claim.reserved < claim.wanted {
            return Err(Error::OutOfStock { sku: claim.sku_id, quantity: claim.wanted }.into());
        }
    }
    ship(tx, grant, case, true)
}

/// Ends the promise of `quantity` units of one SKU of the case; fewer if fewer are promised, none for stock that is not kept.
///
/// # Errors
/// A store fault.
pub fn release_units(tx: &mut Tx<'_>, grant: &Grant<'_>, case: CaseId, sku: SkuId, quantity: i64) -> Result<(), Fault> {
    let Some(claim) = of_case(tx, case)?.into_iter().find(|c| c.sku_id == sku) else { return Ok(()) };
    let freed = quantity.min(claim.reserved - claim.to_ship);
    if freed < 1 {
        return Ok(());
    }
    save(tx, &claim, &Claim { reserved: claim.reserved - freed, ..claim })?;
    move_stock(tx, grant, &change(&claim, MoveKind::Release, 0, -freed))
}
