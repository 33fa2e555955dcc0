//! Where a shop wants returns to be sent.

use crate::evidence::check_words;
use crate::words::{self, ADDRESSES};
use serde::{Deserialize, Serialize};
use xr_base::{Actor, CaseId, Fault, OrgId, Party, ShopId};
use xr_case::engine::{self, authorise};
use xr_store::{Command, Tx, params, sql};

/// A shop's return address.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnAddress {
    /// The shop; the HTTP layer has checked that it is the merchant's.
    #[schema(value_type = String)]
    pub shop: ShopId,
    /// Name, phone and address as the buyer shall write them, 1..=500 characters.
    pub address: String,
}

/// Keeps the address for cases approved from now on, and tells it to open ones that had none; gives how many those were.
#[derive(Clone, Debug)]
pub struct SetReturnAddress {
    /// A person of the merchant.
    pub actor: Actor,
    /// Merchant that owns the shop.
    pub merchant_org: OrgId,
    /// The address.
    pub new: ReturnAddress,
}

impl Command for SetReturnAddress {
    type Out = u64;
    const NAME: &'static str = "aftersales.set_return_address";

    fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Fault> {
        authorise(&self.actor, "aftersales.decide")?;
        if let Actor::Person(person) = &self.actor
            && person.party != Party::Platform
            && person.org != Some(self.merchant_org)
        {
            return Err(engine::Error::Forbidden("aftersales.decide".to_owned()).into());
        }
        check_words("address", &self.new.address, true)?;
        let (address, now) = (self.new.address.trim(), tx.now());
        let sealed = ADDRESSES.seal(tx, self.new.shop.0, address)?;
        tx.put(
            sql!(
                "INSERT INTO return_addresses (shop_id, merchant_org, address, sealed_address, updated_at) VALUES (?1, ?2, '', ?3, ?4)
                 ON CONFLICT (shop_id) DO UPDATE SET merchant_org = ?2, address = '', sealed_address = ?3, updated_at = ?4
                 /* unscoped: after authorisation */"
            ),
            params![self.new.shop, self.merchant_org, sealed, now],
        )?;
        // An empty address marks a case that was told to send goods back before the shop had one.
        let waiting: Vec<(CaseId, Option<Vec<u8>>)> = tx.all(
            sql!(
                "SELECT case_id, sealed_words FROM aftersales WHERE shop_id = ?1 AND merchant_org = ?2 AND return_address = '' ORDER BY case_id
                 /* unscoped: the merchant is a parameter */"
            ),
            params![self.new.shop, self.merchant_org],
        )?;
        for (case, sealed) in &waiting {
            words::name_address(tx, *case, sealed.as_deref(), address)?;
        }
        Ok(waiting.len() as u64)
    }
}
