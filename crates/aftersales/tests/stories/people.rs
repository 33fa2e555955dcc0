//! Who acts in the stories.

use crate::market::{ADJUDICATOR, BUYER, FOREIGN, ORG};
use xr_base::*;

pub fn person(user: i64, party: Party, org: Option<OrgId>, permissions: &[&str]) -> Actor {
    let mut permissions: Vec<String> = permissions.iter().map(|p| (*p).to_owned()).collect();
    permissions.sort();
    Actor::Person(Principal { user: UserId(user), org, party, permissions, address: None })
}
pub fn buyer() -> Actor {
    person(BUYER.0, Party::Buyer, None, &["orders.buy", "aftersales.apply"])
}
pub fn other_buyer() -> Actor {
    person(102, Party::Buyer, None, &["orders.buy", "aftersales.apply"])
}
pub fn merchant() -> Actor {
    person(
        201,
        Party::Merchant,
        Some(ORG),
        &["orders.manage", "aftersales.decide", "catalog.manage", "inventory.manage"],
    )
}
pub fn foreign_merchant() -> Actor {
    person(202, Party::Merchant, Some(FOREIGN), &["orders.manage", "aftersales.decide"])
}
pub fn platform() -> Actor {
    person(
        ADJUDICATOR.0,
        Party::Platform,
        None,
        &["aftersales.adjudicate", "payments.chargeback", "payments.refund", "payments.settle"],
    )
}
