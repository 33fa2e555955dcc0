//! The source's shop, its goods and its buyers.

use crate::plan::NewGoods;
use crate::source::{NAME, Source};
use xr_base::{Actor, Currency, Fault, RowId, SkuId, UnitPrice, UserId};
use xr_case::engine::authorise;
use xr_catalog::{NewSku, StockMode, add_sku, unlist};
use xr_identity::commands::{CreateOrg, CreateShop, add_dormant_buyer};
use xr_identity::model::OrgKind;
use xr_store::{Command, Tx, params, sql};

const ORG_NAME: &str = "Online Retail";
const SHOP_NAME: &str = "online-retail import";
const CURRENCY: Currency = Currency::Gbp;

/// Creates the merchant and the shop of the source.
pub(crate) struct OpenSource;

impl Command for OpenSource {
    type Out = Source;
    const NAME: &'static str = "imports.open_source";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Source, Fault> {
        let actor = Actor::System;
        let org = CreateOrg { actor: actor.clone(), kind: OrgKind::Merchant, name: ORG_NAME.to_owned() }.run(tx)?;
        let shop =
            CreateShop { actor, org: org.id, name: SHOP_NAME.to_owned(), pack: None, currency: CURRENCY }.run(tx)?;
        let id: RowId = tx.id();
        tx.put(
            sql!(
                "INSERT INTO import_sources (id, name, merchant_org, shop_id, currency) VALUES (?1, ?2, ?3, ?4, ?5)
                 /* unscoped: the importer's own rows */"
            ),
            params![id, NAME, org.id, shop.id, CURRENCY],
        )?;
        Ok(Source { id: id.0, merchant_org: org.id, shop: shop.id, currency: CURRENCY })
    }
}

/// Adds units of products not met before: untracked, not for sale any more.
pub(crate) struct AddGoods {
    pub(crate) source: Source,
    pub(crate) goods: Vec<NewGoods>,
}

impl Command for AddGoods {
    type Out = Vec<SkuId>;
    const NAME: &'static str = "imports.add_goods";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<SkuId>, Fault> {
        let grant = authorise(&Actor::System, "catalog.manage")?;
        let mut added = Vec::with_capacity(self.goods.len());
        for goods in &self.goods {
            let title = if goods.title.is_empty() { &goods.code } else { &goods.title };
            let new = NewSku {
                merchant_org: self.source.merchant_org,
                shop: self.source.shop,
                code: goods.code.clone(),
                title: title.clone(),
                spec: String::new(),
                unit_price: UnitPrice(goods.price),
                currency: self.source.currency,
                stock_mode: StockMode::Untracked,
                picture: None,
            };
            let sku = add_sku(tx, &grant, &new)?.id;
            unlist(tx, &grant, sku)?;
            tx.put(
                sql!(
                    "INSERT INTO import_skus (source_id, code, sku_id, is_fee) VALUES (?1, ?2, ?3, ?4)
                     /* unscoped: the importer's own rows */"
                ),
                params![self.source.id, goods.key, sku, goods.is_fee],
            )?;
            added.push(sku);
        }
        Ok(added)
    }
}

/// Adds buyers not met before; they cannot log in.
pub(crate) struct AddBuyers {
    pub(crate) source: Source,
    pub(crate) customers: Vec<i64>,
}

impl Command for AddBuyers {
    type Out = Vec<UserId>;
    const NAME: &'static str = "imports.add_buyers";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<UserId>, Fault> {
        let mut added = Vec::with_capacity(self.customers.len());
        for customer in &self.customers {
            let (login, name) = match customer {
                0 => (format!("{NAME}.anonymous"), format!("{NAME} anonymous")),
                number => (format!("{NAME}.{number}"), format!("{NAME} {number}")),
            };
            let buyer = add_dormant_buyer(tx, &Actor::System, &login, &name)?;
            tx.put(
                sql!(
                    "INSERT INTO import_buyers (source_id, customer, buyer_id) VALUES (?1, ?2, ?3)
                     /* unscoped: the importer's own rows */"
                ),
                params![self.source.id, customer, buyer],
            )?;
            added.push(buyer);
        }
        Ok(added)
    }
}
