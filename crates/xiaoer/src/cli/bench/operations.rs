//! The operation log: pages of it over HTTP among millions of entries, by each filter, also by those that find nothing.

use super::http::{people, serve};
use super::lists::read;
use super::usage::server_us;
use super::{CliError, Market};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};
use xr_base::{Actor, CaseId, Fault, MaskedAddress, OrgId, Party, Principal, RoleId, Scope, Stopwatch, UserId};
use xr_identity::commands::CreateOrg;
use xr_identity::model::OrgKind;
use xr_store::events::{Audience, NewEvent};
use xr_store::{Command, Tx};

/// Entries written in one go.
const BATCH: u64 = 10_000;
/// Orders with pages of their own, which entries are about.
const ORDERS: u64 = 1_000;
/// People of the merchant who act; one more of them never does.
const PEOPLE: u64 = 20;
/// Every so many entries is another merchant's, and every so many something that only those do.
const FOREIGN: u64 = 2;
const RARE: u64 = 10_000;

/// What people of merchants do most.
const KINDS: [&str; 12] = [
    "order.approve",
    "order.ship",
    "order.edit",
    "order.recipient_shown",
    "order.remark_changed",
    "refund_only.approve",
    "return_refund.approve",
    "exchange.approve",
    "export.asked",
    "export.downloaded",
    "identity.logged_in",
    "identity.logged_out",
];

/// Writes entries as commands of people do.
struct Fill {
    from: u64,
    own: OrgId,
    other: OrgId,
    people: Vec<UserId>,
    orders: Vec<CaseId>,
}

impl Fill {
    fn write(&self, tx: &mut Tx<'_>, n: u64) -> Result<(), Fault> {
        let pick = |count: usize| usize::try_from(n.wrapping_mul(2_654_435_761) >> 7).unwrap_or(0) % count;
        let is_other = n.is_multiple_of(FOREIGN);
        let org = if is_other { self.other } else { self.own };
        let user = if is_other {
            UserId(1_000 + i64::try_from(pick(500)).unwrap_or(0))
        } else {
            self.people[pick(self.people.len())]
        };
        let kind = if is_other && n.is_multiple_of(RARE) { "identity.role_deleted" } else { KINDS[pick(KINDS.len())] };
        let part = |shift: u32| u8::try_from((pick(1_000) >> shift) & 15).unwrap_or(0);
        let address = IpAddr::from(Ipv4Addr::new(10, part(4), part(0), 1));
        let actor = Actor::Person(Principal {
            user,
            org: Some(org),
            party: Party::Merchant,
            permissions: Vec::new(),
            address: Some(MaskedAddress::from(address)),
        });
        let is_case = !(kind.starts_with("export") || kind.starts_with("identity"));
        let case = is_case.then(|| self.orders[pick(self.orders.len())]);
        let object = (!is_case).then_some(user.0);
        let body = json!({ "user": user, "from": "pending_ship", "to": "shipped", "version": 4, "taken_as": "ship" });
        let audience = Audience { merchant_org: Some(org), ..Audience::default() };
        tx.event(&NewEvent { kind, at: tx.now(), case, object, audience, actor: &actor, body })?;
        Ok(())
    }
}

impl Command for Fill {
    type Out = ();
    const NAME: &'static str = "bench.fill_operations";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        (self.from..self.from + BATCH).try_for_each(|n| self.write(tx, n))
    }
}

/// Reads pages by each filter; `entries` are written first.
pub(super) fn measure(market: &Market, entries: u64, pages: u64) -> Result<Value, CliError> {
    market.fill(ORDERS)?;
    let own = market.goods.merchant;
    let other = CreateOrg { actor: Actor::System, kind: OrgKind::Merchant, name: "Other".to_owned() };
    let other = market.store.write_blocking(other)?.id;
    let merchant = people(market, "merchant", Some(own), PEOPLE + 1)?.remove(0);
    let platform = CreateOrg { actor: Actor::System, kind: OrgKind::Platform, name: "Bench".to_owned() };
    let platform = market.store.write_blocking(platform)?.id;
    let operator = people(market, "operator", Some(platform), 1)?.remove(0);
    let (mut people, orders) = market.store.read_blocking(move |tx| {
        let members = xr_identity::queries::members(tx, own, 0, 200)?;
        let filter = xr_orders::queries::Filter::default();
        let orders = xr_orders::queries::list(tx, Scope::Platform, &filter, i64::try_from(ORDERS).unwrap_or(0))?;
        let users: Vec<UserId> = members.into_iter().map(|(user, _)| user.id).collect();
        Ok((users, orders.into_iter().map(|order| (order.id, order.number)).collect::<Vec<_>>()))
    })?;
    let idle = people.pop().unwrap_or(UserId(1));
    let began = Stopwatch::start();
    let ids: Vec<CaseId> = orders.iter().map(|(id, _)| *id).collect();
    for batch in 0..entries.div_ceil(BATCH) {
        let fill = Fill { from: batch * BATCH, own, other, people: people.clone(), orders: ids.clone() };
        market.store.write_blocking(fill)?;
    }
    let filled_s = began.micros() / 1_000_000;
    let member = people.first().copied().unwrap_or(idle);
    let number = orders.first().map(|(_, number)| number.clone()).unwrap_or_default();
    let nobody = RoleId(idle.0);
    let tomorrow = market.store.clock().now() + xr_base::Millis::days(1);
    let asked = [
        ("everything", ""),
        ("member", &format!("who={member}")),
        ("member_who_did_nothing", &format!("who={idle}")),
        ("kind", "what=order.ship"),
        ("kind_that_others_did", "what=identity.role_deleted"),
        ("kind_that_nobody_did", "what=identity.role_created"),
        ("group", "what=order"),
        ("order", &format!("object={number}")),
        ("object_that_nothing_happened_to", &format!("object={nobody}")),
        ("address", "address=10.3.5.*"),
        ("address_that_nobody_had", "address=192.0.2.7"),
        ("time_in_which_nothing_happened", &format!("from={tomorrow}")),
        ("member_and_kind_that_do_not_meet", &format!("who={member}&what=identity.role_deleted")),
        ("address_and_kind_that_do_not_meet", "address=10.3.5.*&what=identity.role_deleted"),
    ];
    let served = serve(market)?;
    let mut answer = json!({ "bench": "operations", "engine": market.engine(), "entries": entries, "pages": pages, "filled_s": filled_s });
    for (whose, token) in [("merchant", &merchant), ("operator", &operator)] {
        let whole: &[(&str, &str)] =
            if whose == "operator" { &[("anybody", "who=anybody"), ("clocks", "who=clock")] } else { &[] };
        for (name, query) in asked.iter().map(|(name, query)| (*name, *query)).chain(whole.iter().copied()) {
            let cpu = server_us();
            let path = format!("/v1/operations?limit=30&{query}");
            let measured = read(&served, token, &path, pages).map_err(|e| CliError::Other(e.to_string()))?;
            let cpu = server_us() - cpu;
            let mut summary = measured.summary(name, market.engine());
            summary["cpu_us_each"] = json!(cpu / i64::try_from(pages).unwrap_or(i64::MAX).max(1));
            for told in ["bench", "engine", "count", "per_s", "p95_ms"] {
                summary.as_object_mut().map(|s| s.remove(told));
            }
            answer[whose][name] = summary;
        }
    }
    Ok(answer)
}
