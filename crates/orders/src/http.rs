//! Routes of orders: thin, no decisions.

mod place;
mod remark;
mod view;

pub use place::DefaultProvider;

use crate::queries::{self, Filter};
use crate::recipients;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use view::{OrderListed, OrderView, listed, order_view};
use xr_base::{CaseId, Fault, Principal, ShopId};
use xr_case::engine;
use xr_casework::Look;
use xr_store::events::{Audience, NewEvent};
use xr_store::{Command, Tx};
use xr_web::failure::ProblemBody;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, AppState, Failure, IdPath, NoBody, Page, Paging, QueryOf, Routes, Who};

/// Who may see whom parcels go to, and so look for them by name or phone.
const REVEAL: &[&str] = &["orders.manage", "platform.orders"];

/// Whether a person may look for orders by name or phone; see [`queries::Filter::may_reveal`].
pub fn may_reveal(person: &Principal) -> bool {
    REVEAL.iter().any(|permission| person.may(permission))
}

/// Everything under `/v1/orders`.
pub fn routes() -> Routes {
    Routes::new()
        .add(Access::SignedIn, routes!(list))
        .add(Access::May("orders.buy"), routes!(place::place))
        .add(Access::SignedIn, routes!(show))
        .add(Access::MayAny(REVEAL), routes!(reveal))
        .add(Access::May(crate::commands::change_remark::PERMISSION), routes!(remark::change))
}

/// Which orders.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    shop: Option<String>,
    state: Option<String>,
    q: Option<String>,
}

/// Orders that the caller may see, newest first; `q` finds a number (of the order, at its source, of a parcel), the last four digits of
/// a phone number or a product's code; for those who may reveal recipients also a whole phone number or name. A page of a search may be
/// short, even empty, and yet name the next: a request looks at so many orders only.
#[utoipa::path(
    get, path = "/v1/orders", tag = "orders",
    params(
        ("shop" = Option<String>, Query), ("state" = Option<String>, Query), ("q" = Option<String>, Query),
        ("after" = Option<String>, Query), ("limit" = Option<u16>, Query, minimum = 1, maximum = 200),
    ),
    responses((status = 200, body = Page<OrderListed>)),
)]
async fn list(
    State(state): State<AppState>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
    paging: Paging,
) -> Result<Json<Page<OrderListed>>, Failure> {
    let shop = query.shop.as_deref().filter(|s| !s.is_empty());
    let bad = |_| xr_base::Problem::new(400, "web.bad_id").field("shop").with("field", "shop");
    let shop: Option<ShopId> = shop.map(str::parse).transpose().map_err(bad)?;
    let before = paging.after::<CaseId>()?;
    let q = query.q.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty());
    let may_reveal = may_reveal(&who.0.principal);
    let filter = Filter { shop, state: query.state.filter(|s| !s.is_empty()), q, may_reveal, before };
    let (scope, fetch) = (who.scope(), paging.fetch());
    let found = state.store().read(move |tx| {
        let part = queries::part(tx, scope, &filter, fetch)?;
        let rows = part.orders.into_iter().map(|row| listed(tx, row)).collect::<Result<Vec<_>, Fault>>()?;
        Ok((rows, part.go_on))
    });
    let (rows, go_on) = found.await?;
    Ok(Json(Page::cut(rows, &paging, |o| o.row.id).going_on(go_on)))
}

/// An order with its lines, parcels, money and cases.
#[utoipa::path(
    get, path = "/v1/orders/{id}", tag = "orders", params(("id" = String, Path)),
    responses((status = 200, body = OrderView), (status = 404, body = ProblemBody)),
)]
async fn show(State(state): State<AppState>, who: Who, IdPath(id): IdPath<CaseId>) -> Result<Json<OrderView>, Failure> {
    let (principal, locale, shared) = (who.0.principal.clone(), who.0.locale.unwrap_or_default(), state.clone());
    let read = state.store().read(move |tx| {
        let case = engine::seen_by(tx, principal.scope(), id)?;
        order_view(tx, &case, &Look { principal: &principal, locale, texts: shared.texts() })
    });
    Ok(Json(read.await?))
}

/// Shows whom the parcel goes to without masking; that somebody looked is on record.
#[utoipa::path(
    post, path = "/v1/orders/{id}/reveal", tag = "orders", params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = ProblemBody)),
)]
async fn reveal(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<CaseId>,
    body: NoBody,
) -> Result<Json<serde_json::Value>, Failure> {
    let command = RevealRecipient { actor: who.actor(), scope: who.scope(), order: id };
    state.store().write_once(command, body.key).await?;
    let recipient = state.store().read(move |tx| recipients::get(tx, id)).await?;
    Ok(Json(json!({ "recipient": recipient })))
}

/// Puts on record that somebody looks at personal data (invariant 9).
#[derive(Clone, Debug)]
struct RevealRecipient {
    actor: xr_base::Actor,
    scope: xr_base::Scope,
    order: CaseId,
}

impl Command for RevealRecipient {
    type Out = ();
    const NAME: &'static str = "orders.reveal_recipient";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let case = engine::seen_by(tx, self.scope, self.order)?;
        let at = tx.at();
        tx.event(&NewEvent {
            kind: "order.recipient_shown",
            at,
            case: Some(case.id),
            object: None,
            audience: Audience { merchant_org: case.merchant_org, shop: case.shop_id, buyer: None },
            actor: &self.actor,
            body: json!({}),
        })?;
        Ok(())
    }
}
