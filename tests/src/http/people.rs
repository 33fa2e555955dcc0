//! People, shops and goods of a market over HTTP.

use super::{Seller, fresh};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use xr_base::{Actor, Currency, OrgId, Party, Principal, SkuId, UnitPrice, UserId};
use xr_catalog::{CreateSku, NewSku, StockMode};
use xr_identity::commands::{CreateOrg, CreateShop, CreateUser, LogIn};
use xr_identity::model::OrgKind;
use xr_identity::{Device, Identity, Roles, password};
use xr_inventory::AdjustStock;
use xr_store::Store;
use xr_web::OsEntropy;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// A built-in role, and the log-in of somebody who has it.
#[derive(Clone, Copy, Debug)]
pub struct Role(pub &'static str, pub &'static str);

impl Role {
    /// Every built-in role.
    pub const ALL: [Self; 5] = [
        Self("operator", "op"),
        Self("merchant", "shop"),
        Self("agent", "agent"),
        Self("buyer", "buyer"),
        Self("auditor", "audit"),
    ];
}

pub(super) struct Seeded {
    pub(super) users: BTreeMap<String, UserId>,
    pub(super) sellers: [Seller; 2],
    pub(super) hash: String,
}

/// One hash for all markets of this process: each costs tens of milliseconds.
fn hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| password::hash(PASSWORD, &OsEntropy).unwrap()).clone()
}

/// `prefix` keeps the log-ins apart from those of a market that has people already.
pub(super) fn seed(store: &Store, prefix: &str) -> Seeded {
    let hash = hash();
    let org = |kind, name: &str| {
        store.write_blocking(CreateOrg { actor: Actor::System, kind, name: name.to_owned() }).unwrap().id
    };
    let platform = org(OrgKind::Platform, "集市");
    let seller = |name: &str| {
        let org = org(OrgKind::Merchant, name);
        let shop = CreateShop {
            actor: Actor::System,
            org,
            name: format!("{name}旗舰店"),
            pack: None,
            currency: Currency::Cny,
        };
        Seller { org, shop: store.write_blocking(shop).unwrap().id }
    };
    let sellers = [seller("甲"), seller("乙")];
    let people = [
        ("op", "operator", Some(platform)),
        ("agent", "agent", Some(platform)),
        ("audit", "auditor", Some(platform)),
        ("shop", "merchant", Some(sellers[0].org)),
        ("shop2", "merchant", Some(sellers[1].org)),
        ("buyer", "buyer", None),
        ("buyer2", "buyer", None),
    ];
    let users = people
        .map(|(login, role, org)| (login.to_owned(), create(store, (&format!("{prefix}{login}"), role), org, &hash)));
    Seeded { users: users.into(), sellers, hash }
}

fn create(store: &Store, (login, role): (&str, &str), org: Option<OrgId>, hash: &str) -> UserId {
    static ROLES: OnceLock<Roles> = OnceLock::new();
    let roles = ROLES.get_or_init(|| Roles::shipped().unwrap());
    let new = CreateUser {
        actor: Actor::System,
        login: login.to_owned(),
        name: format!("人{login}"),
        phone: None,
        role_name: role.to_owned(),
        role: roles.role[role].clone(),
        org,
        password_hash: hash.to_owned(),
    };
    store.write_blocking(new).unwrap().id
}

/// As logging in does after the password was found right; gives the token.
pub(super) fn open_session(store: &Store, login: &str, hash: &str) -> String {
    let token = fresh("token-");
    let session = LogIn {
        login: login.to_owned(),
        verified_hash: hash.to_owned(),
        token_hash: Identity::token_hash(&token),
        address: None,
        device: Device::default(),
        code: None,
    };
    store.write_blocking(session).unwrap();
    token
}

pub(super) fn new_buyer(store: &Store, hash: &str) -> String {
    let login = fresh("extra");
    create(store, (&login, "buyer"), None, hash);
    open_session(store, &login, hash)
}

pub(super) fn new_colleague(store: &Store, (role, org): (&str, OrgId), hash: &str) -> String {
    let login = fresh("extra");
    create(store, (&login, role), Some(org), hash);
    open_session(store, &login, hash)
}

/// Without `stock` none is kept.
pub(super) fn sku(store: &Store, seller: Seller, stock: Option<i64>, currency: Currency) -> SkuId {
    let permissions = ["catalog.manage", "inventory.manage"].map(str::to_owned).to_vec();
    let (user, party) = (UserId(1), Party::Merchant);
    let actor = Actor::Person(Principal { user, org: Some(seller.org), party, permissions, address: None });
    let new = NewSku {
        merchant_org: seller.org,
        shop: seller.shop,
        code: fresh("c"),
        title: "货".to_owned(),
        spec: String::new(),
        unit_price: UnitPrice(100_000),
        currency,
        stock_mode: if stock.is_some() { StockMode::Tracked } else { StockMode::Untracked },
        picture: None,
    };
    let sku = store.write_blocking(CreateSku { actor: actor.clone(), new }).unwrap().id;
    if let Some(delta) = stock {
        store.write_blocking(AdjustStock { actor, merchant_org: seller.org, sku, delta }).unwrap();
    }
    sku
}
