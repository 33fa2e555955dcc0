//! Checks over everything: once a day, and harder ones at the end.

use xr_base::Fault;
use xr_store::{Tx, sql};

/// What is wrong anywhere, if anything (invariants 3 to 5).
pub(crate) fn everything(tx: &mut Tx<'_>) -> Result<Option<String>, Fault> {
    let mut found = xr_case::engine::broken(tx)?;
    found.extend(xr_payments::ledger::broken(tx)?);
    found.extend(xr_inventory::queries::broken(tx)?.into_iter().map(|sku| format!("stock of {sku} differs")));
    found.extend(unbalanced(tx)?);
    Ok(first(&found))
}

/// Transfers whose own legs do not add up.
fn unbalanced(tx: &mut Tx<'_>) -> Result<Vec<String>, Fault> {
    let rows: Vec<(String,)> = tx.all(
        sql!(
            "SELECT t.transfer_key FROM transfers t JOIN legs l ON l.transfer_id = t.id
             GROUP BY t.transfer_key, l.currency HAVING SUM(l.amount_minor) <> 0 /* unscoped: the simulator's checks */"
        ),
        &[],
    )?;
    Ok(rows.into_iter().map(|(key,)| format!("transfer {key} does not add up")).collect())
}

/// As [`everything`]; besides, nothing is open, promised or held any more.
pub(crate) fn the_end(tx: &mut Tx<'_>) -> Result<Option<String>, Fault> {
    if let Some(found) = everything(tx)? {
        return Ok(Some(found));
    }
    let open: Vec<(String, String)> = tx.all(
        sql!("SELECT kind, state FROM cases WHERE closed_at IS NULL /* unscoped: the simulator's checks */"),
        &[],
    )?;
    let mut found: Vec<String> = open.into_iter().map(|(kind, state)| format!("a {kind} stayed {state}")).collect();
    let promised: Vec<(xr_base::SkuId, i64)> = tx.all(
        sql!("SELECT sku_id, reserved FROM stock WHERE reserved <> 0 /* unscoped: the simulator's checks */"),
        &[],
    )?;
    found.extend(promised.into_iter().map(|(sku, units)| format!("{units} of {sku} stayed promised")));
    let held: Vec<(String, xr_base::CaseId, i64)> = tx.all(
        sql!(
            "SELECT account, owner_id, CAST(SUM(amount_minor) AS BIGINT) FROM legs WHERE account IN ('escrow', 'contested')
             GROUP BY account, owner_id HAVING SUM(amount_minor) <> 0 /* unscoped: the simulator's checks */"
        ),
        &[],
    )?;
    found.extend(held.into_iter().map(|(account, payment, minor)| format!("{account} of {payment} ends with {minor}")));
    Ok(first(&found))
}

/// The first finding with the number of all.
fn first(found: &[String]) -> Option<String> {
    found
        .first()
        .map(|one| if found.len() == 1 { one.clone() } else { format!("{one} (and {} more)", found.len() - 1) })
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn the_first_finding_tells_how_many_there_are() {
        assert_eq!(first(&[]), None);
        assert_eq!(first(&["a".into()]).as_deref(), Some("a"));
        assert_eq!(first(&["a".into(), "b".into(), "c".into()]).as_deref(), Some("a (and 2 more)"));
    }
}
