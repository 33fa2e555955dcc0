//! `add`: the first people, shops and goods of a market, before anybody can log in.

use super::{CliError, Common, DONE, open};
use crate::market::OpenError;
use crate::wiring;
use clap::Subcommand;
use serde::Serialize;
use serde_json::{Value, json};
use std::io::stdin;
use xr_base::calendar::DayTables;
use xr_base::{Actor, Currency, OrgId, ShopId, SkuId, UnitPrice};
use xr_catalog::{CreateSku, NewSku, StockMode};
use xr_identity::commands::{CreateOrg, CreateShop, CreateUser};
use xr_identity::model::OrgKind;
use xr_identity::{Roles, password};
use xr_inventory::AdjustStock;
use xr_store::Store;
use xr_web::entropy::OsEntropy;

/// Parts of a minor unit in a unit price.
const PRICE_PARTS: i64 = 100;

#[derive(Subcommand)]
pub(super) enum AddCommand {
    /// An organisation: the platform itself, or a merchant.
    Org {
        /// `platform` or `merchant`.
        #[arg(long)]
        kind: String,
        /// Its name.
        #[arg(long)]
        name: String,
    },
    /// A shop of a merchant.
    Shop {
        /// The merchant's id.
        #[arg(long)]
        org: OrgId,
        /// Its name.
        #[arg(long)]
        name: String,
        /// Policy pack that its cases follow.
        #[arg(long, default_value = "xiaoer-default")]
        pack: String,
        /// Currency of its prices.
        #[arg(long, default_value = "CNY", value_parser = currency)]
        currency: Currency,
    },
    /// A person with a log-in; the password is the first line of standard input.
    User {
        /// Log-in name.
        #[arg(long)]
        login: String,
        /// Name.
        #[arg(long)]
        name: String,
        /// operator, merchant, agent, security, auditor or buyer.
        #[arg(long)]
        role: String,
        /// The organisation's id; none for buyers.
        #[arg(long)]
        org: Option<OrgId>,
    },
    /// Goods of a shop, with the units that are there.
    Sku {
        /// The shop's id.
        #[arg(long)]
        shop: ShopId,
        /// The shop's own code.
        #[arg(long)]
        code: String,
        /// What it is.
        #[arg(long)]
        title: String,
        /// Price of one unit in minor units (cents).
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=1_000_000_000))]
        price_minor: i64,
        /// Units on the shelf.
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..=10_000_000))]
        stock: i64,
    },
}

fn currency(code: &str) -> Result<Currency, String> {
    Currency::from_code(code).ok_or_else(|| format!("no currency {code} is known"))
}

pub(super) fn run(common: &Common, command: AddCommand) -> Result<u8, CliError> {
    let (store, _) = open(common)?;
    let added = add(&store, command);
    store.close();
    let added = added?;
    if common.json {
        println!("{added}");
    } else {
        println!("{}", added["id"].as_str().unwrap_or_default());
    }
    Ok(DONE)
}

fn add(store: &Store, command: AddCommand) -> Result<Value, CliError> {
    let actor = Actor::System;
    match command {
        AddCommand::Org { kind, name } => {
            let kind = match kind.as_str() {
                "platform" => OrgKind::Platform,
                "merchant" => OrgKind::Merchant,
                other => return Err(CliError::Other(format!("no kind {other}: platform or merchant"))),
            };
            told(&store.write_blocking(CreateOrg { actor, kind, name })?)
        }
        AddCommand::Shop { org, name, pack, currency } => {
            choosable(&pack)?;
            told(&store.write_blocking(CreateShop { actor, org, name, pack: Some(pack), currency })?)
        }
        AddCommand::User { login, name, role, org } => {
            let roles = Roles::shipped().map_err(|e| CliError::Other(e.to_string()))?;
            let found = roles.role.get(&role).cloned();
            let names = || roles.role.keys().cloned().collect::<Vec<_>>().join(", ");
            let found = found.ok_or_else(|| CliError::Other(format!("no role {role}: {}", names())))?;
            let password_hash = read_password(&login)?;
            let create =
                CreateUser { actor, login, name, phone: None, role_name: role, role: found, org, password_hash };
            told(&store.write_blocking(create)?)
        }
        AddCommand::Sku { shop, code, title, price_minor, stock } => {
            let found = store.read_blocking(move |tx| Ok(xr_identity::queries::shop(tx, shop)?))?;
            let found = found.ok_or_else(|| CliError::Other(format!("no shop {shop}")))?;
            let sku = new_sku(store, (found.merchant_org, shop, found.currency), (code, title, price_minor))?;
            if stock > 0 {
                let merchant_org = found.merchant_org;
                store.write_blocking(AdjustStock { actor, merchant_org, sku, delta: stock })?;
            }
            Ok(json!({ "id": sku, "stock": stock }))
        }
    }
}

/// Whether cases of a shop may run on this pack.
fn choosable(pack: &str) -> Result<(), CliError> {
    let library = wiring::library(&wiring::engine(DayTables::empty())).map_err(OpenError::from)?;
    if library.choosable().any(|p| p.name == pack) {
        return Ok(());
    }
    let names: Vec<&str> = library.choosable().map(|p| p.name.as_str()).collect();
    Err(CliError::Other(format!("no pack {pack} for a shop: {}", names.join(", "))))
}

fn new_sku(
    store: &Store,
    (merchant_org, shop, currency): (OrgId, ShopId, Currency),
    (code, title, price_minor): (String, String, i64),
) -> Result<SkuId, CliError> {
    let new = NewSku {
        merchant_org,
        shop,
        code,
        title,
        spec: String::new(),
        unit_price: UnitPrice(price_minor * PRICE_PARTS),
        currency,
        stock_mode: StockMode::Tracked,
        picture: None,
    };
    Ok(store.write_blocking(CreateSku { actor: Actor::System, new })?.id)
}

fn told(added: &impl Serialize) -> Result<Value, CliError> {
    serde_json::to_value(added).map_err(|e| CliError::Other(e.to_string()))
}

/// The first line of standard input, as strict as for a change of passwords.
fn read_password(login: &str) -> Result<String, CliError> {
    let mut line = String::new();
    stdin().read_line(&mut line).map_err(|e| CliError::Other(e.to_string()))?;
    let word = line.trim_end_matches(['\r', '\n']);
    password::check(word, login, false).map_err(|e| CliError::Fault(e.into()))?;
    Ok(password::hash(word, &OsEntropy)?)
}
