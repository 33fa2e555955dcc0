//! Lists and counts show what a look through everything would, however they are looked up.
#![allow(clippy::unwrap_used)]

use xr_base::{CaseId, Fault, OrgId, Scope, ShopId, UserId};
use xr_casework::{AFTER_SALES, AfterSales, Counted};
use xr_orders::queries::Filter;
use xr_store::{Command, Tx, params, sql};
use xr_tests::{TestMarket, on_both};

const KINDS: [&str; 4] = ["order", "refund_only", "return_refund", "exchange"];
/// The third is in no case.
const STATES: [&str; 3] = ["requested", "closed", "nowhere"];
/// Shops with their merchants; the last one has no case.
const SHOPS: [(i64, i64); 5] = [(101, 11), (102, 11), (103, 11), (104, 12), (105, 11)];
const BUYERS: i64 = 3;
const CASES: i64 = 400;

/// What of a case lists choose by.
#[derive(Clone, Copy, Debug)]
struct Made {
    id: CaseId,
    kind: &'static str,
    state: &'static str,
    shop: i64,
    org: i64,
    buyer: i64,
}

fn made(n: i64) -> Made {
    let pick = |salt: i64, of: usize| usize::try_from((n * salt + n * n / 7) % i64::try_from(of).unwrap()).unwrap();
    let (shop, org) = SHOPS[pick(13, 4)];
    Made {
        id: CaseId(1_000 + n),
        kind: KINDS[pick(5, 4)],
        state: STATES[pick(11, 2)],
        shop,
        org,
        buyer: 21 + n % BUYERS,
    }
}

fn all() -> impl Iterator<Item = Made> {
    (0..CASES).map(made)
}

struct MakeAll;

impl Command for MakeAll {
    type Out = ();
    const NAME: &'static str = "test.make_all";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        for (shop, org) in SHOPS {
            tx.put(
                sql!("INSERT INTO shops (id, merchant_org, name, currency, created_at) VALUES (?1, ?2, 'x', 'CNY', 0) /* unscoped: a test */"),
                params![shop, org],
            )?;
        }
        for Made { id, kind, state, shop, org, buyer } in all() {
            tx.put(
                sql!(
                    "INSERT INTO cases (id, kind, state, version, rulebook, merchant_org, shop_id, buyer_id, opened_at, entered_at)
                     VALUES (?1, ?2, ?3, 1, 1, ?4, ?5, ?6, 0, 0) /* unscoped: a test */"
                ),
                params![id, kind, state, org, shop, buyer],
            )?;
            if kind == "order" {
                tx.put(
                    sql!(
                        "INSERT INTO orders (case_id, number, merchant_org, shop_id, buyer_id, currency, goods_minor, freight_minor,
                         total_minor, source, remark, review_exempt, tracking, placed_at)
                         VALUES (?1, ?2, ?3, ?4, ?5, 'CNY', 1, 0, 1, 'test', '', 0, 'none', 0) /* unscoped: a test */"
                    ),
                    params![id, id.to_string(), org, shop, buyer],
                )?;
            }
        }
        Ok(())
    }
}

impl Made {
    fn is_seen(&self, scope: Scope) -> bool {
        match scope {
            Scope::Platform => true,
            Scope::Merchant(org) => self.org == org.0,
            Scope::Buyer(buyer) => self.buyer == buyer.0,
        }
    }
}

/// Ids of a list, page by page.
fn paged(market: &TestMarket, page: impl Fn(&mut Tx<'_>, i64) -> Vec<CaseId> + Copy + Send + 'static) -> Vec<CaseId> {
    market.read(move |tx| {
        let (mut found, mut before) = (Vec::new(), i64::MAX);
        loop {
            let ids = page(tx, before);
            let Some(last) = ids.last() else { return Ok(found) };
            before = last.0;
            found.extend(ids);
        }
    })
}

#[test]
fn lists_and_counts_show_what_a_look_through_everything_shows() {
    on_both(|market| {
        market.run(MakeAll).unwrap();
        let scopes =
            [Scope::Platform, Scope::Merchant(OrgId(11)), Scope::Merchant(OrgId(12)), Scope::Buyer(UserId(21))];
        for scope in scopes.into_iter().chain([Scope::Merchant(OrgId(13))]) {
            for state in STATES.map(Some).into_iter().chain([None]) {
                orders(market, scope, state);
                for kind in AFTER_SALES.map(Some).into_iter().chain([None]) {
                    aftersales(market, scope, (kind, state));
                }
                for kind in KINDS {
                    counts(market, scope, (kind, state));
                }
            }
        }
    });
}

fn newest_first(chosen: impl Fn(&Made) -> bool) -> Vec<CaseId> {
    let mut ids: Vec<CaseId> = all().filter(|one| chosen(one)).map(|one| one.id).collect();
    ids.reverse();
    ids
}

fn orders(market: &TestMarket, scope: Scope, state: Option<&'static str>) {
    for shop in SHOPS.map(|(shop, _)| Some(shop)).into_iter().chain([None]) {
        let found = paged(market, move |tx, before| {
            let (shop, before) = (shop.map(ShopId), Some(CaseId(before)));
            let filter = Filter { shop, state: state.map(str::to_owned), before, ..Filter::default() };
            xr_orders::queries::list(tx, scope, &filter, 7).unwrap().iter().map(|order| order.id).collect()
        });
        let wanted = newest_first(|one| {
            one.kind == "order"
                && one.is_seen(scope)
                && state.is_none_or(|state| one.state == state)
                && shop.is_none_or(|shop| one.shop == shop)
        });
        assert_eq!(found, wanted, "{scope:?} {state:?} {shop:?}");
    }
}

fn aftersales(market: &TestMarket, scope: Scope, (kind, state): (Option<&'static str>, Option<&'static str>)) {
    let found = paged(market, move |tx, before| {
        let filter = AfterSales { kind: kind.map(str::to_owned), state: state.map(str::to_owned), before };
        xr_casework::after_sales(tx, scope, &filter, 7).unwrap().iter().map(|case| case.id).collect()
    });
    let wanted = newest_first(|one| {
        kind.map_or(one.kind != "order", |kind| one.kind == kind)
            && one.is_seen(scope)
            && state.is_none_or(|state| one.state == state)
    });
    assert_eq!(found, wanted, "{scope:?} {kind:?} {state:?}");
}

fn counts(market: &TestMarket, scope: Scope, (kind, state): (&'static str, Option<&'static str>)) {
    for shop in SHOPS.map(|(shop, _)| Some(shop)).into_iter().chain([None]) {
        let is_it = |one: &Made| {
            one.kind == kind
                && one.is_seen(scope)
                && state.is_none_or(|state| one.state == state)
                && shop.is_none_or(|shop| one.shop == shop)
        };
        let wanted = i64::try_from(all().filter(is_it).count()).unwrap();
        for max in [5, 1_000] {
            let counted = Counted { kind, shop: shop.map(ShopId), state };
            let found = market.read(move |tx| xr_casework::count_up_to(tx, scope, counted, max));
            assert_eq!(found, wanted.min(max), "{scope:?} {kind} {state:?} {shop:?}");
        }
    }
}
