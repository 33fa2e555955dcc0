//! Who plays: shops, merchants, buyers and the people of the platform.

use crate::Wrong;
use xr_base::{Actor, Currency, OrgId, Party, Principal, ShopId, SkuId, UnitPrice, UserId};
use xr_catalog::{CreateSku, NewSku, StockMode};
use xr_inventory::AdjustStock;
use xr_orders::{Recipient, ShopTerms};
use xr_store::Store;

/// The payment provider's name.
pub(crate) const PROVIDER: &str = "testpay";
const PACKS: [&str; 5] = ["xiaoer-default", "kuaishou-goods", "taobao", "jd", "wechat"];
const BUYERS: i64 = 12;
const SKUS: i64 = 8;
/// Units in stock at the beginning, and refilled to every day.
const STOCK: i64 = 400;
/// One unit of each shop is scarce.
const STOCK_SCARCE: i64 = 6;

const MERCHANTS_MAY: &[&str] =
    &["aftersales.decide", "catalog.manage", "inventory.manage", "orders.manage", "orders.review", "payments.capture"];
const BUYERS_MAY: &[&str] = &["aftersales.apply", "orders.buy"];
const PLATFORM_MAY: &[&str] = &[
    "aftersales.adjudicate",
    "payments.chargeback",
    "payments.payout",
    "payments.reconcile",
    "payments.refund",
    "payments.settle",
    "platform.orders",
    "verification.freeze",
    "verification.lead",
    "verification.review",
];

/// Goods of a shop.
#[derive(Clone, Copy, Debug)]
pub struct Shelf {
    /// What lies there.
    pub sku: SkuId,
    /// Units when it is full; half of them gone, the merchant orders new ones.
    pub units: i64,
}

/// A shop with what it sells and who keeps it.
#[derive(Clone, Debug)]
pub struct Shop {
    /// Terms of its orders.
    pub terms: ShopTerms,
    /// Its goods.
    pub shelves: Vec<Shelf>,
    /// Its merchant.
    pub merchant: Actor,
}

/// Somebody who buys.
#[derive(Clone, Debug)]
pub struct Buyer {
    /// Who.
    pub user: UserId,
    /// Where goods are sent.
    pub recipient: Recipient,
}

/// Everybody.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Shops; at least one.
    pub shops: Vec<Shop>,
    /// Buyers; at least one.
    pub buyers: Vec<Buyer>,
    /// Whoever acts for the platform.
    pub platform: Actor,
}

fn person(user: i64, org: Option<OrgId>, party: Party, may: &[&str]) -> Actor {
    let permissions = may.iter().map(|p| (*p).to_owned()).collect();
    Actor::Person(Principal { user: UserId(user), org, party, permissions, address: None })
}

/// A buyer by number.
pub(crate) fn buyer(user: UserId) -> Actor {
    person(user.0, None, Party::Buyer, BUYERS_MAY)
}

/// Whoever registered an organisation.
pub(crate) fn applicant(user: UserId, org: OrgId) -> Actor {
    person(user.0, Some(org), Party::Merchant, &["verification.apply"])
}

/// The second person of security: what the platform's own froze, it does not free alone.
pub(crate) fn security() -> Actor {
    person(401, Some(OrgId(1)), Party::Platform, &["verification.freeze"])
}

/// Some buyers never write a word: no evidence, no waybill; they have parcels fetched.
pub(crate) const fn is_mute(user: UserId) -> bool {
    user.0 % 3 == 0
}

/// A buyer of the simulator's own market.
fn stranger_to_all(number: i64) -> Buyer {
    let recipient = Recipient {
        name: "李雷".to_owned(),
        phone: "13800000000".to_owned(),
        region: "浙江省杭州市西湖区".to_owned(),
        address: "文三路 1 号".to_owned(),
    };
    Buyer { user: UserId(1_000 + number), recipient }
}

/// Fills the store with shops, one under each shipped pack.
pub(crate) fn enter(store: &Store) -> Result<Cast, Wrong> {
    let mut shops = Vec::new();
    for (number, pack) in (0_i64..).zip(PACKS) {
        let org = OrgId(100 + number);
        let terms = ShopTerms {
            shop: ShopId(200 + number),
            merchant_org: org,
            pack: pack.to_owned(),
            currency: Currency::Cny,
            provider: PROVIDER.to_owned(),
            freight_minor: number * 800,
        };
        let merchant = person(300 + number, Some(org), Party::Merchant, MERCHANTS_MAY);
        let mut shop = Shop { terms, shelves: Vec::new(), merchant };
        for place in 0..SKUS {
            let sku = goods(store, &shop, place)?;
            shop.shelves.push(Shelf { sku, units: units(place) });
        }
        shops.push(shop);
    }
    let buyers = (0..BUYERS).map(stranger_to_all).collect();
    Ok(Cast { shops, buyers, platform: person(400, Some(OrgId(1)), Party::Platform, PLATFORM_MAY) })
}

/// Prices on both sides of the amount up to which a tie before the platform goes to the buyer.
fn goods(store: &Store, shop: &Shop, place: i64) -> Result<SkuId, Wrong> {
    let new = NewSku {
        merchant_org: shop.terms.merchant_org,
        shop: shop.terms.shop,
        code: format!("S{place}"),
        title: format!("货品 {place}"),
        spec: String::new(),
        unit_price: UnitPrice((1_999 + place * 9_137) * 100),
        currency: Currency::Cny,
        stock_mode: StockMode::Tracked,
        picture: None,
    };
    let sku = store.write_blocking(CreateSku { actor: shop.merchant.clone(), new })?.id;
    fill(store, shop, sku, units(place))?;
    Ok(sku)
}

const fn units(place: i64) -> i64 {
    if place == 0 { STOCK_SCARCE } else { STOCK }
}

fn fill(store: &Store, shop: &Shop, sku: SkuId, delta: i64) -> Result<(), Wrong> {
    let (actor, merchant_org) = (shop.merchant.clone(), shop.terms.merchant_org);
    store.write_blocking(AdjustStock { actor, merchant_org, sku, delta })?;
    Ok(())
}

impl Cast {
    /// Merchants order new goods where fewer than half are left.
    pub(crate) fn refill(&self, store: &Store) -> Result<(), Wrong> {
        for shop in &self.shops {
            for Shelf { sku, units: full } in shop.shelves.iter().copied() {
                let stock = store.read_blocking(move |tx| xr_inventory::queries::stock(tx, sku))?;
                let left = stock.map_or(0, xr_inventory::queries::Stock::available);
                if left < full / 2 {
                    fill(store, shop, sku, full - left)?;
                }
            }
        }
        Ok(())
    }

    /// The merchant of an organisation.
    pub(crate) fn merchant(&self, org: Option<OrgId>) -> Option<&Shop> {
        self.shops.iter().find(|s| Some(s.terms.merchant_org) == org)
    }

    /// A merchant that is not this one.
    pub(crate) fn stranger(&self, org: Option<OrgId>) -> Option<&Shop> {
        self.shops.iter().find(|s| Some(s.terms.merchant_org) != org)
    }
}
