//! The guided tour: for each of its stories somebody who lives it, and a real case that is open for it.

use super::data::{self, Market};
use super::seed;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use xr_base::{CaseId, Fault, Millis};
use xr_case::engine::{self, Case};
use xr_casework::CaseSummary;
use xr_store::{Tx, params, record, sql};
use xr_web::{AppState, Failure};

/// Open cases of a state that are looked through for a story.
const CANDIDATES_MAX: i64 = 60;
/// A visitor has so long at least before the clock of a story's case acts.
const TIME_MIN: Millis = Millis::minutes(20);
/// The pack of which the story of the refusal tells: its merchants speak with the buyer first.
const STRICT_PACK: &str = "kuaishou-goods";

/// A story of the tour.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct StoryView {
    /// `decide`, `silence`, `refusal`, `replay` or `phone`.
    story: &'static str,
    /// Log-in of whoever lives it.
    login: String,
    /// Everybody's password.
    password: String,
    /// Name.
    name: String,
    /// Party, which is the side of the market that one sees.
    party: &'static str,
    /// Shop, of merchants.
    org: Option<String>,
    /// Page where it begins; none while the market has no case for it.
    path: Option<String>,
    /// That case.
    case: Option<CaseSummary>,
}

/// Somebody of the demo data by log-in, with the story that he lives.
fn told(market: &Market, story: &'static str, login: &str) -> StoryView {
    let merchant = market.merchant.iter().find(|m| m.login == login);
    let org = merchant.map(|m| m.shop.clone());
    let merchant = merchant.map(|m| ("merchant", m.person.clone()));
    let buyer = market.buyer.iter().find(|b| b.login == login).map(|b| ("buyer", b.name.clone()));
    let staff = market.staff.iter().find(|s| s.login == login).map(|s| ("platform", s.name.clone()));
    let (party, name) = merchant.or(buyer).or(staff).unwrap_or(("platform", login.to_owned()));
    let password = seed::PASSWORD.to_owned();
    StoryView { story, login: login.to_owned(), password, name, party, org, path: None, case: None }
}

record! {
    struct Found {
        id: CaseId,
    }
}

/// Open cases in `state` of one of the kinds, whose clock runs out first.
fn open_cases(tx: &mut Tx<'_>, state: &str, [a, b, c]: [&str; 3]) -> Result<Vec<Case>, Fault> {
    let from = tx.now() + TIME_MIN;
    let rows: Vec<Found> = tx.all(
        sql!(
            "SELECT id FROM cases WHERE closed_at IS NULL AND state = ?1 AND kind IN (?2, ?3, ?4) AND due_at > ?5
             ORDER BY due_at, id LIMIT ?6 /* unscoped: the demo's tour */"
        ),
        params![state, a, b, c, from, CANDIDATES_MAX],
    )?;
    rows.into_iter().map(|row| engine::get(tx, row.id)).collect()
}

/// Gives a merchant's story its case: the first that fits and that no story before has.
fn give(
    tx: &mut Tx<'_>,
    market: &Market,
    stories: &mut Vec<StoryView>,
    (story, login): (&'static str, Option<&str>),
    candidates: Vec<Case>,
) -> Result<(), Fault> {
    for case in candidates {
        let summary = xr_casework::summary(tx, &case)?;
        let is_taken = stories.iter().any(|s| s.case.as_ref().is_some_and(|c| c.head.id == case.id));
        let keeper = market.merchant.iter().find(|m| Some(&m.shop) == summary.head.shop_name.as_ref());
        let Some(keeper) = keeper.filter(|_| !is_taken) else { continue };
        let view = told(market, story, login.unwrap_or(&keeper.login));
        stories.push(StoryView { path: Some(format!("/cases/{}", case.id)), case: Some(summary), ..view });
        return Ok(());
    }
    stories.push(told(market, story, login.unwrap_or(&market.merchant[0].login)));
    Ok(())
}

/// Exchanges of the strict pack whose merchant has said nothing yet.
fn unanswered(tx: &mut Tx<'_>) -> Result<Vec<Case>, Fault> {
    let mut found = Vec::new();
    for case in open_cases(tx, "requested", ["exchange"; 3])? {
        let is_strict = engine::pack_of(tx, &case)? == STRICT_PACK;
        let is_new = xr_aftersales::queries::contacts(tx, case.id)?.is_empty()
            && xr_aftersales::queries::evidence(tx, case.id)?.is_empty();
        if is_strict && is_new {
            found.push(case);
        }
    }
    Ok(found)
}

/// An order that lies at a buyer with a log-in who has not applied for anything on it.
fn at_home(tx: &mut Tx<'_>, market: &Market) -> Result<StoryView, Fault> {
    let mut orders = open_cases(tx, "delivered", ["order"; 3])?;
    // The buyer has most time with the one that came last.
    orders.reverse();
    for order in orders {
        let is_quiet = xr_aftersales::queries::of_order(tx, order.id)?.is_empty();
        let Some(buyer) = order.buyer_id.filter(|_| is_quiet) else { continue };
        let user = xr_identity::queries::user(tx, buyer)?;
        let known = user.and_then(|user| market.buyer.iter().find(|b| b.login == user.login));
        let line = xr_orders::queries::lines(tx, order.id)?.into_iter().next();
        if let (Some(buyer), Some(line)) = (known, line) {
            let path = Some(format!("/m/orders/{}/apply/{}", order.id, line.id));
            let case = Some(xr_casework::summary(tx, &order)?);
            return Ok(StoryView { path, case, ..told(market, "phone", &buyer.login) });
        }
    }
    Ok(told(market, "phone", &market.buyer[0].login))
}

fn tell(tx: &mut Tx<'_>) -> Result<Vec<StoryView>, Fault> {
    let market = data::market()?;
    let operator = market.staff[0].login.clone();
    let mut stories = Vec::new();
    let refusal = unanswered(tx)?;
    give(tx, &market, &mut stories, ("refusal", None), refusal)?;
    let waiting = open_cases(tx, "requested", ["refund_only", "return_refund", "return_refund"])?;
    give(tx, &market, &mut stories, ("decide", None), waiting)?;
    let waiting = open_cases(tx, "requested", ["refund_only", "return_refund", "exchange"])?;
    give(tx, &market, &mut stories, ("silence", Some(&operator)), waiting)?;
    stories.push(StoryView { path: Some("/replays".to_owned()), ..told(&market, "replay", &operator) });
    stories.push(at_home(tx, &market)?);
    let place = |story: &StoryView| ["decide", "silence", "refusal"].iter().position(|s| *s == story.story);
    stories.sort_by_key(|story| place(story).unwrap_or(usize::MAX));
    Ok(stories)
}

/// The tour's stories, with cases that are open for them now.
#[utoipa::path(get, path = "/v1/demo/tour", tag = "demo", responses((status = 200, body = Vec<StoryView>)))]
pub(super) async fn stories(State(state): State<AppState>) -> Result<Json<Vec<StoryView>>, Failure> {
    Ok(Json(state.store().read(tell).await?))
}
