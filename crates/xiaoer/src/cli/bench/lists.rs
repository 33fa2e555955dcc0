//! Pages of the lists, and their counts, over HTTP, as a merchant and an operator read them.

use super::http::{Client, Served, people, serve};
use super::load::person;
use super::usage::server_us;
use super::{CliError, Market, Measured};
use serde_json::{Value, json};
use xr_base::{Actor, Fault, Millis, Party, Stopwatch};
use xr_case::engine::{Act, act};
use xr_identity::commands::CreateOrg;
use xr_identity::model::OrgKind;
use xr_orders::queries::{self, Filter};
use xr_store::{Command, Tx};

/// One order in so many leaves the state in which all of them are placed.
const RARE: usize = 100;
/// Orders looked at for leaving it, in one go.
const BATCH: i64 = 10_000;

/// Closes every hundredth order, so that a rare state lies among a common one.
struct CloseSome {
    before: Option<xr_base::CaseId>,
}

impl Command for CloseSome {
    type Out = Option<xr_base::CaseId>;
    const NAME: &'static str = "bench.close_some";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Option<xr_base::CaseId>, Fault> {
        let filter = Filter { before: self.before, ..Filter::default() };
        let page = queries::list(tx, xr_base::Scope::Platform, &filter, BATCH)?;
        for order in page.iter().step_by(RARE) {
            let (actor, input) = (person(order.buyer_id.0, None, Party::Buyer, &["orders.buy"]), Value::Null);
            let close =
                Act { actor: &actor, case: order.id, event: "cancel", version: None, input: &input, note: None };
            act(tx, &close)?;
        }
        Ok(page.last().map(|order| order.id))
    }
}

/// Somebody of a new organisation, logged in.
fn newcomer(market: &Market, role: &'static str, kind: OrgKind) -> Result<String, CliError> {
    let org = CreateOrg { actor: Actor::System, kind, name: "Bench".to_owned() };
    let org = market.store.write_blocking(org)?.id;
    Ok(people(market, role, Some(org), 1)?.remove(0))
}

/// Reads pages of each list; `orders` are placed first.
pub(super) fn measure(market: &Market, orders: u64, pages: u64) -> Result<Value, CliError> {
    market.fill(orders)?;
    let mut last = None;
    // What an earlier bench left has its closed ones.
    while orders > 0
        && let Some(id) = market.store.write_blocking(CloseSome { before: last })?
    {
        last = Some(id);
    }
    let served = serve(market)?;
    let merchant = people(market, "merchant", Some(market.goods.merchant), 1)?.remove(0);
    let operator = newcomer(market, "operator", OrgKind::Platform)?;
    let without_orders = newcomer(market, "merchant", OrgKind::Merchant)?;
    let shop = market.goods.shop;
    let newest = |tx: &mut Tx<'_>| queries::list(tx, xr_base::Scope::Platform, &Filter::default(), 1);
    let number = market.store.read_blocking(newest)?.pop().map(|order| order.number).unwrap_or_default();
    let orders_by = |filter: &str| format!("/v1/orders?limit=20&{filter}");
    let lists = [
        ("shop_and_common_state", &merchant, orders_by(&format!("shop={shop}&state=pending_payment"))),
        ("shop_and_rare_state", &merchant, orders_by(&format!("shop={shop}&state=closed"))),
        ("rare_state", &merchant, orders_by("state=closed")),
        ("state_of_none", &merchant, orders_by("state=completed")),
        ("everything", &merchant, orders_by("")),
        ("rare_state_of_all_shops", &operator, orders_by("state=closed")),
        ("state_of_none_of_all_shops", &operator, orders_by("state=completed")),
        ("find_number", &merchant, orders_by(&format!("q={number}"))),
        ("find_name_of_all", &merchant, orders_by("q=Bench")),
        ("find_nothing", &operator, orders_by("q=98765432109")),
        ("find_number_that_ends_as_all", &operator, orders_by("q=13900000000")),
        ("everything_of_no_orders", &without_orders, orders_by("")),
        ("find_name_of_all_in_no_orders", &without_orders, orders_by("q=Bench")),
        ("find_phone_of_all_in_no_orders", &without_orders, orders_by("q=13800000000")),
        ("aftersales_of_none", &operator, "/v1/aftersales?limit=20".to_owned()),
        ("counts_by_state", &merchant, "/v1/states?kind=order".to_owned()),
        ("counts_by_state_of_all_shops", &operator, "/v1/states?kind=order".to_owned()),
    ];
    let mut answer = json!({ "bench": "list", "engine": market.engine(), "orders": orders, "pages": pages });
    for (name, token, path) in lists {
        let cpu = server_us();
        let measured = read(&served, token, &path, pages).map_err(|e| CliError::Other(e.to_string()))?;
        let cpu = server_us() - cpu;
        let mut summary = measured.summary(name, market.engine());
        summary["cpu_us_each"] = json!(cpu / i64::try_from(pages).unwrap_or(i64::MAX).max(1));
        for told in ["bench", "engine", "count"] {
            summary.as_object_mut().map(|s| s.remove(told));
        }
        answer[name] = summary;
    }
    Ok(answer)
}

/// Follows the cursor; at the end of the list, or after fifty pages, starts anew.
pub(super) fn read(served: &Served, token: &str, path: &str, pages: u64) -> std::io::Result<Measured> {
    let mut client = Client::connect(served, token)?;
    let (mut after, mut times) = (String::new(), Vec::new());
    let began = Stopwatch::start();
    for page in 0..pages {
        let asked = Stopwatch::start();
        let body = client.ask(&format!("GET {path}{after}"), "")?;
        times.push(asked.micros());
        let answer: Value = serde_json::from_slice(&body)?;
        after = match answer["next"].as_str() {
            Some(next) if page % 50 != 49 => format!("&after={next}"),
            _ => String::new(),
        };
    }
    Ok(Measured { times, wall: Millis(began.micros() / 1_000) })
}
