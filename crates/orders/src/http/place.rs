//! Placing an order over HTTP.

use crate::commands::place_order::{LineWanted, PlaceOrder, Placed, ShopTerms};
use crate::model::Recipient;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use xr_base::{Problem, ShopId};
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, JsonBody, Who};

/// Pack of a shop that chose none.
const PACK_DEFAULT: &str = "xiaoer-default";

/// Payment provider of orders that name none.
#[derive(Clone, Debug)]
pub struct DefaultProvider(pub String);

/// An order to place.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceBody {
    /// Shop.
    #[schema(value_type = String)]
    shop: ShopId,
    /// Units, 1..=200 lines.
    #[schema(value_type = Vec<Object>)]
    lines: Vec<LineWanted>,
    /// Whom the parcel goes to.
    #[schema(value_type = Object)]
    recipient: Recipient,
    /// At most 500 characters; an order with a remark is reviewed first.
    #[serde(default)]
    remark: String,
}

/// Places an order: stock is promised and the clock to pay starts. Repeat with the same `Idempotency-Key` after a 503.
#[utoipa::path(
    post, path = "/v1/orders", tag = "orders", request_body = PlaceBody,
    responses(
        (status = 200, body = Object), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 503, body = ProblemBody),
    ),
)]
pub(super) async fn place(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<PlaceBody>,
) -> Result<Json<Placed>, Failure> {
    let PlaceBody { shop, lines, recipient, remark } = body.value;
    let found = state.store().read(move |tx| Ok(xr_identity::queries::shop(tx, shop)?)).await?;
    let found = found.ok_or_else(|| Problem::new(422, "orders.no_such_shop").field("shop").with("shop", shop))?;
    let provider = state.ext::<DefaultProvider>()?.0.clone();
    let command = PlaceOrder {
        actor: who.actor(),
        buyer: who.user,
        terms: ShopTerms {
            shop,
            merchant_org: found.merchant_org,
            pack: found.pack.unwrap_or_else(|| PACK_DEFAULT.to_owned()),
            currency: found.currency,
            provider,
            freight_minor: 0,
        },
        lines,
        recipient,
        remark,
        source: "portal".to_owned(),
    };
    Ok(Json(state.store().write_once(command, body.key).await?))
}
