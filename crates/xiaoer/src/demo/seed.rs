//! Filling a new demo market: organisations, people, goods.

use super::data::{Buyer, Goods, Market, Member, Merchant, Office, Staff, broken, market, price};
use super::providers;
use std::sync::Arc;
use xr_base::{Actor, Currency, Fault, OrgId, Party, Principal, ShopId, UserId};
use xr_catalog::{CreateSku, NewSku, StockMode};
use xr_identity::commands::{AddMember, AddRole, CreateOrg, CreateShop, CreateUser, NewMember, NewRole};
use xr_identity::model::OrgKind;
use xr_identity::{Roles, password};
use xr_inventory::AdjustStock;
use xr_orders::ShopTerms;
use xr_simulator::Shelf;
use xr_store::Store;
use xr_web::entropy::{Entropy, OsEntropy};

/// Everybody's password in a demo market.
pub(super) const PASSWORD: &str = "demo";
const ABROAD: &[u8] = include_bytes!("../../../imports/data/online-retail-2010-12.csv.gz");

/// A shop of the new market with what it sells.
pub(super) struct SeededShop {
    pub(super) terms: ShopTerms,
    pub(super) merchant: Actor,
    pub(super) shelves: Vec<Shelf>,
}

/// A buyer of the new market.
pub(super) struct SeededBuyer {
    pub(super) actor: Actor,
    pub(super) id: UserId,
    pub(super) who: Buyer,
}

/// Who lives in the market.
pub(super) struct Cast {
    pub(super) operator: Actor,
    pub(super) shops: Vec<SeededShop>,
    pub(super) buyers: Vec<SeededBuyer>,
    /// Of everybody's password.
    pub(super) hash: String,
}

/// Creates everybody and everything.
pub(super) fn fill(store: &Store) -> Result<(Market, Cast), Fault> {
    let roles = Arc::new(Roles::shipped().map_err(|e| broken(&e))?);
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
    let operator = staff.into_iter().next().ok_or_else(|| broken(&"no staff"))?;
    let shops = market.merchant.iter().map(|m| people.open_shop(m)).collect::<Result<Vec<_>, Fault>>()?;
    let buyers = market.buyer.iter().map(|b| people.buyer(b)).collect::<Result<Vec<_>, Fault>>()?;
    let employer = market.merchant.iter().position(|m| m.login == market.office.merchant).and_then(|n| shops.get(n));
    let boss = employer.and_then(|shop| shop.merchant.user()).ok_or_else(|| broken(&market.office.merchant))?;
    people.open_office(boss, &market.office)?;
    Ok((market, Cast { operator, shops, buyers, hash }))
}

/// Imports a month of real orders of a cross-border shop (UCI "Online Retail", see crates/imports/data); gives its merchant.
fn import_abroad(store: &Store) -> Result<OrgId, Fault> {
    let (process, thread) = (std::process::id(), std::thread::current().id());
    let file = std::env::temp_dir().join(format!("xiaoer-demo-{process}-{thread:?}.csv.gz"));
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
    roles: &'a Arc<Roles>,
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
        Ok(Actor::Person(Principal { user: user.id, org, party, permissions, address: None }))
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
        let shelves = goods.collect::<Result<Vec<_>, Fault>>()?;
        let terms = ShopTerms {
            shop: shop.id,
            merchant_org: org.id,
            pack: shop.pack.unwrap_or_else(|| "xiaoer-default".to_owned()),
            currency: Currency::Cny,
            provider: providers::NAME.to_owned(),
            freight_minor: 0,
        };
        Ok(SeededShop { terms, merchant: actor, shelves })
    }

    /// As the main account does it in the console.
    fn open_office(&self, by: UserId, office: &Office) -> Result<(), Fault> {
        let new = NewRole { name: office.role.zh.clone(), permissions: office.permissions.clone() };
        let own = self.store.write_blocking(AddRole { by: by.into(), roles: Arc::clone(self.roles), new })?;
        for Member { login, name, role } in &office.member {
            let role = role.clone().unwrap_or_else(|| own.to_string());
            let new = NewMember { login: login.clone(), name: name.clone(), phone: None, role };
            let (roles, password_hash) = (Arc::clone(self.roles), self.hash.to_owned());
            self.store.write_blocking(AddMember { by: by.into(), roles, new, password_hash })?;
        }
        Ok(())
    }

    fn add_goods(&self, actor: &Actor, (org, shop): (OrgId, ShopId), goods: &Goods) -> Result<Shelf, Fault> {
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
        Ok(Shelf { sku: sku.id, units: goods.stock })
    }

    fn buyer(&self, buyer: &Buyer) -> Result<SeededBuyer, Fault> {
        let actor = self.register((&buyer.login, &buyer.name, Some(&buyer.phone)), "buyer", None)?;
        let id = actor.user().ok_or_else(|| broken(&buyer.login))?;
        debug_assert_eq!(actor.party(), Party::Buyer);
        Ok(SeededBuyer { actor, id, who: buyer.clone() })
    }
}
