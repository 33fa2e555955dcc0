//! What a demo market is made of: people, shops and goods, from `demo/market.toml`.

use serde::Deserialize;
use std::collections::BTreeSet;
use xr_base::locale::Text;
use xr_base::{Fault, Instant, Millis, Problem, UnitPrice};
use xr_identity::Roles;

const MARKET: &str = include_str!("../../demo/market.toml");
/// Monday morning: what a visitor finds has happened before it, and the working days of its year are known (decision D7).
const END: &str = "2026-01-12T09:00:00+08:00";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Market {
    pub(super) words: Words,
    pub(super) chatter: xr_simulator::Words,
    pub(super) staff: Vec<Staff>,
    pub(super) abroad: Abroad,
    pub(super) office: Office,
    pub(super) merchant: Vec<Merchant>,
    pub(super) buyer: Vec<Buyer>,
}

/// What people of the demo write.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) platform: String,
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
pub(super) struct Staff {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) role: String,
}

/// The person of the cross-border shop whose orders are imported.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Abroad {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) shop: String,
}

/// Who works for one of the merchants.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Office {
    pub(super) merchant: String,
    pub(super) role: Text,
    pub(super) permissions: BTreeSet<String>,
    pub(super) member: Vec<Member>,
}

/// Without `role`: the one that the merchant made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) role: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Merchant {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) person: String,
    pub(super) shop: String,
    pub(super) pack: Option<String>,
    #[serde(default)]
    pub(super) is_featured: bool,
    pub(super) skus: Vec<Goods>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Goods {
    pub(super) code: String,
    pub(super) title: String,
    pub(super) spec: String,
    pub(super) price: String,
    pub(super) stock: i64,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Buyer {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) region: String,
    pub(super) address: String,
    #[serde(default)]
    pub(super) is_featured: bool,
}

/// Somebody whom the log-in page offers.
pub(super) struct Person {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) party: &'static str,
    pub(super) org: Option<String>,
    pub(super) about: Text,
    pub(super) is_featured: bool,
}

pub(super) fn broken(reason: &dyn std::fmt::Display) -> Fault {
    Problem::new(500, "demo.broken_data").with("reason", reason).into()
}

pub(super) fn market() -> Result<Market, Fault> {
    toml::from_str(MARKET).map_err(|e| broken(&e))
}

/// When the history of so many days begins.
pub(super) fn start(days: i64) -> Result<Instant, Fault> {
    Ok(end()? - Millis::days(days))
}

/// When the history ends and the visitor's time begins.
pub(super) fn end() -> Result<Instant, Fault> {
    Instant::parse(END).map_err(|e| broken(&e))
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
        is_featured: true,
    }));
    people.push(Person {
        login: market.abroad.login,
        name: market.abroad.name,
        party: "merchant",
        org: Some(market.abroad.shop),
        is_featured: false,
        about: about("merchant"),
    });
    let employer = market.merchant.iter().find(|m| m.login == market.office.merchant).map(|m| m.shop.clone());
    let own = market.office.role;
    people.extend(market.office.member.into_iter().map(|m| Person {
        about: m.role.as_deref().map_or_else(|| own.clone(), about),
        login: m.login,
        name: m.name,
        party: "merchant",
        org: employer.clone(),
        is_featured: false,
    }));
    people.extend(market.merchant.into_iter().map(|m| Person {
        login: m.login,
        name: m.person,
        party: "merchant",
        org: Some(m.shop),
        is_featured: m.is_featured,
        about: about("merchant"),
    }));
    people.extend(market.buyer.into_iter().map(|b| Person {
        login: b.login,
        name: b.name,
        party: "buyer",
        org: None,
        is_featured: b.is_featured,
        about: about("buyer"),
    }));
    Ok(people)
}

/// `169.00` as a unit price.
pub(super) fn price(text: &str) -> Option<UnitPrice> {
    let (whole, cents) = text.split_once('.')?;
    let minor =
        whole.parse::<i64>().ok()?.checked_mul(100)? + cents.parse::<i64>().ok().filter(|c| (0..100).contains(c))?;
    Some(UnitPrice(minor * 100))
}
