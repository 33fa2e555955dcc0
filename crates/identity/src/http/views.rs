//! What is shown of people and shops.

use super::identity;
use crate::Error;
use crate::model::{Org, Shop};
use crate::{Standing, queries, standing};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use xr_base::locale::Text;
use xr_base::{Fault, Principal};
use xr_web::{AppState, Failure, Page, Paging, Who};

/// Shops named in a session; staff of the platform asks `/v1/shops` for all.
const SHOPS_SHOWN: i64 = 200;

/// Who is logged in and what they may do.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Me {
    /// Id.
    #[schema(value_type = String)]
    user: xr_base::UserId,
    /// Log-in name.
    login: String,
    /// Name as shown.
    name: String,
    /// Phone with its middle hidden, or empty.
    phone_masked: String,
    /// A built-in role, or the id of one that the organisation made.
    role: String,
    #[schema(value_type = Object)]
    role_label: Text,
    /// Whether it is a main account of the organisation.
    is_owner: bool,
    /// The party they act for.
    #[schema(value_type = String)]
    party: xr_base::Party,
    /// Their organisation; buyers have none.
    org: Option<Org>,
    /// How it stands with the marketplace.
    standing: Option<Standing>,
    /// Their shops.
    shops: Vec<Shop>,
    /// Permission words, sorted.
    permissions: Vec<String>,
    /// Language they chose, `zh-CN` or `en`.
    locale: Option<String>,
}

/// Reads what is shown of `principal`.
pub(super) async fn me(state: &AppState, principal: Principal) -> Result<Me, Fault> {
    let roles = Arc::clone(identity(state)?.roles());
    let read = state.store().read(move |tx| {
        let user = queries::user(tx, principal.user)?.ok_or(Error::NoSuchUser)?;
        let org = user.org.map(|id| queries::org(tx, id)).transpose()?.flatten();
        let standing = user.org.map(|id| standing::of(tx, id)).transpose()?.flatten();
        let shops = queries::shops(tx, principal.scope(), 0, SHOPS_SHOWN)?;
        // Of the same moment as the standing: what the guard went by may be half a second older, and pages ask once.
        let permissions = roles.principal_in(&user, standing).map(|now| now.permissions).unwrap_or_default();
        Ok(Me {
            role_label: roles.label_of(&user),
            user: user.id,
            login: user.login,
            name: user.name,
            phone_masked: user.phone_masked,
            is_owner: user.is_owner,
            role: user.own_role.map_or(user.role, |id| id.to_string()),
            party: principal.party,
            org,
            standing,
            shops,
            permissions,
            locale: user.locale,
        })
    });
    read.await
}

/// Shops that the caller may see: all for the platform, their own for merchants, none for buyers.
#[utoipa::path(
    get, path = "/v1/shops", tag = "identity",
    params(("after" = Option<String>, Query), ("limit" = Option<u16>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = Page<Shop>)),
)]
pub(super) async fn shops(
    State(state): State<AppState>,
    who: Who,
    paging: Paging,
) -> Result<Json<Page<Shop>>, Failure> {
    let (scope, after, fetch) = (who.scope(), paging.after::<i64>()?.unwrap_or(0), paging.fetch());
    let found = state.store().read(move |tx| Ok(queries::shops(tx, scope, after, fetch)?)).await?;
    Ok(Json(Page::cut(found, &paging, |shop| shop.id.0)))
}
