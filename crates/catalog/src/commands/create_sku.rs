//! Adding a unit to a shop.

use crate::model::{Sku, StockMode};
use crate::{Error, queries};
use serde::{Deserialize, Serialize};
use xr_base::{Actor, Currency, Fault, OrgId, ShopId, UnitPrice};
use xr_case::engine::{Grant, authorise};
use xr_identity::{Trade, standing};
use xr_store::{Command, Tx, params, sql};

/// Longest code, in characters.
const CODE_CHARS_MAX: usize = 64;
/// Longest title or variant, in characters.
const TITLE_CHARS_MAX: usize = 200;
/// Highest unit price: 100 million in the major unit.
const UNIT_PRICE_MAX: i64 = 1_000_000_000_000;

/// What a new unit is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewSku {
    /// Merchant that sells it.
    pub merchant_org: OrgId,
    /// Shop that lists it.
    pub shop: ShopId,
    /// The shop's own code, 1..=64 characters.
    pub code: String,
    /// Name of the product, 1..=200 characters.
    pub title: String,
    /// Variant, at most 200 characters.
    pub spec: String,
    /// Price of one, in 1/10,000 of the major unit; 0 is a gift.
    pub unit_price: UnitPrice,
    /// Currency of the price.
    pub currency: Currency,
    /// How stock is kept.
    pub stock_mode: StockMode,
    /// Picture for lists.
    pub picture: Option<String>,
}

/// Adds a unit as a use case of its own.
#[derive(Clone, Debug)]
pub struct CreateSku {
    /// Who; a merchant's person may only name the own organisation.
    pub actor: Actor,
    /// The unit.
    pub new: NewSku,
}

impl Command for CreateSku {
    type Out = Sku;
    const NAME: &'static str = "catalog.create_sku";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Sku, Fault> {
        let grant = authorise(&self.actor, "catalog.manage")?;
        standing::check(tx, self.new.merchant_org, Trade::List)?;
        add_sku(tx, &grant, &self.new)
    }
}

/// Adds a unit inside another use case (import, demo market).
///
/// # Errors
/// [`Error::OutOfBounds`] for a value, [`Error::CodeTaken`] for a code that the shop uses.
pub fn add_sku(tx: &mut Tx<'_>, grant: &Grant<'_>, new: &NewSku) -> Result<Sku, Fault> {
    check(new)?;
    if let Actor::Person(person) = grant.actor
        && person.org.is_some_and(|org| org != new.merchant_org)
        && person.party != xr_base::Party::Platform
    {
        return Err(Error::OutOfBounds { field: "merchant_org" }.into());
    }
    if queries::sku_by_code(tx, new.shop, &new.code)?.is_some() {
        return Err(Error::CodeTaken(new.code.clone()).into());
    }
    let sku = Sku {
        id: tx.id(),
        merchant_org: new.merchant_org,
        shop_id: new.shop,
        code: new.code.clone(),
        title: new.title.clone(),
        spec: new.spec.clone(),
        unit_price: new.unit_price,
        currency: new.currency,
        stock_mode: new.stock_mode,
        picture: new.picture.clone(),
        listed: true,
        created_at: tx.at(),
    };
    insert(tx, &sku)?;
    Ok(sku)
}

fn check(new: &NewSku) -> Result<(), Error> {
    let is_text = |text: &str, min: usize, max: usize| (min..=max).contains(&text.chars().count());
    if !is_text(&new.code, 1, CODE_CHARS_MAX) {
        return Err(Error::OutOfBounds { field: "code" });
    }
    if !is_text(&new.title, 1, TITLE_CHARS_MAX) {
        return Err(Error::OutOfBounds { field: "title" });
    }
    if !is_text(&new.spec, 0, TITLE_CHARS_MAX) {
        return Err(Error::OutOfBounds { field: "spec" });
    }
    if !(0..=UNIT_PRICE_MAX).contains(&new.unit_price.0) {
        return Err(Error::OutOfBounds { field: "unit_price" });
    }
    Ok(())
}

fn insert(tx: &mut Tx<'_>, sku: &Sku) -> Result<(), Fault> {
    tx.put(
        sql!(
            "INSERT INTO skus (id, merchant_org, shop_id, code, title, spec, unit_price, currency, stock_mode, picture,
             listed, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             /* unscoped: inserting after authorisation */"
        ),
        params![
            sku.id,
            sku.merchant_org,
            sku.shop_id,
            sku.code,
            sku.title,
            sku.spec,
            sku.unit_price,
            sku.currency,
            sku.stock_mode,
            sku.picture,
            sku.listed,
            sku.created_at
        ],
    )?;
    Ok(())
}
