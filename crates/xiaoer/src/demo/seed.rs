//! Filling a new demo market: organisations, people, goods, and a first week of life.

use super::providers;
use serde::Deserialize;
use std::sync::Arc;
use xr_base::locale::Text;
use xr_base::{
    Actor, Currency, Fault, Instant, OrgId, Party, Principal, Problem, ShopId, SystemClock, UnitPrice, UserId,
};
use xr_catalog::{CreateSku, NewSku, StockMode};
use xr_identity::commands::{CreateOrg, CreateShop, CreateUser};
use xr_identity::model::OrgKind;
use xr_identity::{Roles, password};
use xr_inventory::AdjustStock;
use xr_orders::ShopTerms;
use xr_store::Store;
use xr_web::entropy::{Entropy, OsEntropy};

/// Everybody's password in a demo market.
pub(super) const PASSWORD: &str = "demo";
const MARKET: &str = include_str!("../../demo/market.toml");
const ABROAD: &[u8] = include_bytes!("../../../imports/data/online-retail-2010-12.csv.gz");
/// Monday morning, inside the loaded year (decision D7).
const START: &str = "2026-01-05T09:00:00+08:00";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Market {
    words: Words,
    staff: Vec<Staff>,
    abroad: Abroad,
    merchant: Vec<Merchant>,
    buyer: Vec<Buyer>,
}

/// What people of the demo write.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    platform: String,
    pub(super) remark: String,
    pub(super) return_address: String,
    pub(super) contact: String,
    pub(super) exchange: String,
    pub(super) return_refund: String,
    pub(super) refund_only: String,
    pub(super) refusal: String,
    pub(super) proposal: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Staff {
    login: String,
    name: String,
    role: String,
}

/// The person of the cross-border shop whose orders are imported.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Abroad {
    login: String,
    name: String,
    shop: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merchant {
    name: String,
    login: String,
    person: String,
    shop: String,
    pack: Option<String>,
    skus: Vec<Goods>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Goods {
    code: String,
    title: String,
    spec: String,
    price: String,
    stock: i64,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Buyer {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) region: String,
    pub(super) address: String,
}

/// Somebody whom the log-in page offers.
pub(super) struct Person {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) party: &'static str,
    pub(super) org: Option<String>,
    pub(super) about: Text,
}

fn broken(reason: &dyn std::fmt::Display) -> Fault {
    Problem::new(500, "demo.broken_data").with("reason", reason).into()
}

fn market() -> Result<Market, Fault> {
    toml::from_str(MARKET).map_err(|e| broken(&e))
}

pub(super) fn start() -> Result<Instant, Fault> {
    Instant::parse(START).map_err(|e| broken(&e))
}

/// Everybody with a log-in.
pub(super) fn people() -> Result<Vec<Person>, Fault> {
    let roles = Roles::shipped().map_err(|e| broken(&e))?;
    let about =
        |role: &str| roles.role.get(role).map(|r| Text { zh: r.zh.clone(), en: r.en.clone() }).unwrap_or_default();
    let mut people: Vec<Person> = Vec::new();
    let market = market()?;
    people.extend(market.staff.into_iter().map(|s| Person {
        about: about(&s.role),
        login: s.login,
        name: s.name,
        party: "platform",
        org: None,
    }));
    people.push(Person {
        login: market.abroad.login,
        name: market.abroad.name,
        party: "merchant",
        org: Some(market.abroad.shop),
        about: about("merchant"),
    });
    people.extend(market.merchant.into_iter().map(|m| Person {
        login: m.login,
        name: m.person,
        party: "merchant",
        org: Some(m.shop),
        about: about("merchant"),
    }));
    people.extend(market.buyer.into_iter().map(|b| Person {
        login: b.login,
        name: b.name,
        party: "buyer",
        org: None,
        about: about("buyer"),
    }));
    Ok(people)
}

/// A shop of the new market with what it sells.
pub(super) struct SeededShop {
    pub(super) terms: ShopTerms,
    pub(super) merchant: Actor,
    pub(super) skus: Vec<xr_base::SkuId>,
}

/// A buyer of the new market.
pub(super) struct SeededBuyer {
    pub(super) actor: Actor,
    pub(super) id: UserId,
    pub(super) who: Buyer,
}

/// Who lives the first week.
pub(super) struct Cast<'a> {
    pub(super) operator: &'a Actor,
    pub(super) shops: &'a [SeededShop],
    pub(super) buyers: &'a [SeededBuyer],
}

/// Creates everybody and everything, then lives a first week.
pub(super) fn fill(store: &Store, clock: &Arc<SystemClock>) -> Result<(), Fault> {
    let roles = Roles::shipped().map_err(|e| broken(&e))?;
    let entropy = OsEntropy;
    // One hash for all: the password is public, and each hash costs tens of milliseconds.
    let hash = password::hash(PASSWORD, &entropy as &dyn Entropy)?;
    let market = market()?;
    let name = market.words.platform.clone();
    let platform = store.write_blocking(CreateOrg { actor: Actor::System, kind: OrgKind::Platform, name })?;
    let people = Registrar { store, roles: &roles, hash: &hash };
    let abroad = import_abroad(store)?;
    people.register((&market.abroad.login, &market.abroad.name, None), "merchant", Some(abroad))?;
    let staff = market
        .staff
        .iter()
        .map(|Staff { login, name, role }| people.register((login, name, None), role, Some(platform.id)));
    // The first of them is the operator.
    let staff = staff.collect::<Result<Vec<_>, Fault>>()?;
    let operator = staff.first().ok_or_else(|| broken(&"no staff"))?;
    let shops = market.merchant.iter().map(|m| people.open_shop(m)).collect::<Result<Vec<_>, Fault>>()?;
    let buyers = market.buyer.iter().map(|b| people.buyer(b)).collect::<Result<Vec<_>, Fault>>()?;
    super::life::first_week(store, clock, &market.words, &Cast { operator, shops: &shops, buyers: &buyers })
}

/// Imports a month of real orders of a cross-border shop (UCI "Online Retail", see crates/imports/data); gives its merchant.
fn import_abroad(store: &Store) -> Result<OrgId, Fault> {
    let file = std::env::temp_dir().join(format!("xiaoer-demo-{}.csv.gz", std::process::id()));
    std::fs::write(&file, ABROAD).map_err(|e| broken(&e))?;
    let options = xr_imports::ImportOptions { files: vec![file.clone()], summary: None, dry_run: false };
    let imported = xr_imports::run(store, &options, &mut |_| {});
    let removed = std::fs::remove_file(&file);
    imported.map_err(|e| broken(&e))?;
    removed.map_err(|e| broken(&e))?;
    let shops = store.read_blocking(|tx| Ok(xr_identity::queries::shops(tx, xr_base::Scope::Platform, 0, 1)?))?;
    shops.first().map(|shop| shop.merchant_org).ok_or_else(|| broken(&"the import made no shop"))
}

struct Registrar<'a> {
    store: &'a Store,
    roles: &'a Roles,
    hash: &'a str,
}

impl Registrar<'_> {
    fn register(
        &self,
        (login, name, phone): (&str, &str, Option<&str>),
        role_name: &str,
        org: Option<OrgId>,
    ) -> Result<Actor, Fault> {
        let role = self.roles.role.get(role_name).cloned().ok_or_else(|| broken(&role_name))?;
        let (party, permissions) = (role.party, role.permissions.iter().cloned().collect());
        let user = self.store.write_blocking(CreateUser {
            actor: Actor::System,
            login: login.to_owned(),
            name: name.to_owned(),
            phone: phone.map(str::to_owned),
            role_name: role_name.to_owned(),
            role,
            org,
            password_hash: self.hash.to_owned(),
        })?;
        Ok(Actor::Person(Principal { user: user.id, org, party, permissions }))
    }

    fn open_shop(&self, merchant: &Merchant) -> Result<SeededShop, Fault> {
        let org = self.store.write_blocking(CreateOrg {
            actor: Actor::System,
            kind: OrgKind::Merchant,
            name: merchant.name.clone(),
        })?;
        let actor = self.register((&merchant.login, &merchant.person, None), "merchant", Some(org.id))?;
        let shop = self.store.write_blocking(CreateShop {
            actor: Actor::System,
            org: org.id,
            name: merchant.shop.clone(),
            pack: merchant.pack.clone(),
            currency: Currency::Cny,
        })?;
        let goods = merchant.skus.iter().map(|g| self.add_goods(&actor, (org.id, shop.id), g));
        let skus = goods.collect::<Result<Vec<_>, Fault>>()?;
        let terms = ShopTerms {
            shop: shop.id,
            merchant_org: org.id,
            pack: shop.pack.unwrap_or_else(|| "xiaoer-default".to_owned()),
            currency: Currency::Cny,
            provider: providers::NAME.to_owned(),
            freight_minor: 0,
        };
        Ok(SeededShop { terms, merchant: actor, skus })
    }

    fn add_goods(&self, actor: &Actor, (org, shop): (OrgId, ShopId), goods: &Goods) -> Result<xr_base::SkuId, Fault> {
        let new = NewSku {
            merchant_org: org,
            shop,
            code: goods.code.clone(),
            title: goods.title.clone(),
            spec: goods.spec.clone(),
            unit_price: price(&goods.price).ok_or_else(|| broken(&goods.price))?,
            currency: Currency::Cny,
            stock_mode: StockMode::Tracked,
            picture: None,
        };
        let sku = self.store.write_blocking(CreateSku { actor: actor.clone(), new })?;
        let stocked = AdjustStock { actor: actor.clone(), merchant_org: org, sku: sku.id, delta: goods.stock };
        self.store.write_blocking(stocked)?;
        Ok(sku.id)
    }

    fn buyer(&self, buyer: &Buyer) -> Result<SeededBuyer, Fault> {
        let actor = self.register((&buyer.login, &buyer.name, Some(&buyer.phone)), "buyer", None)?;
        let id = actor.user().ok_or_else(|| broken(&buyer.login))?;
        debug_assert_eq!(actor.party(), Party::Buyer);
        Ok(SeededBuyer { actor, id, who: buyer.clone() })
    }
}

/// `169.00` as a unit price.
fn price(text: &str) -> Option<UnitPrice> {
    let (whole, cents) = text.split_once('.')?;
    let minor =
        whole.parse::<i64>().ok()?.checked_mul(100)? + cents.parse::<i64>().ok().filter(|c| (0..100).contains(c))?;
    Some(UnitPrice(minor * 100))
}
