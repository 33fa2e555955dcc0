//! Members of the caller's organisation.

use super::identity;
use super::roles::own_org;
use crate::commands::{AddMember, Asker, ChangeMember, MemberChanges, NewMember};
use crate::model::User;
use crate::queries::LogInFacts;
use crate::{Error, Roles, queries};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xr_base::locale::Text;
use xr_base::{Instant, Principal, UserId};
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, IdPath, JsonBody, Page, Paging, Who};

/// A member of the caller's organisation.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, as the console shows them")]
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Member {
    #[schema(value_type = String)]
    id: UserId,
    /// Log-in name.
    login: String,
    name: String,
    /// Phone with its middle hidden, or empty.
    phone_masked: String,
    /// Name of a built-in role, or id of one that the organisation made.
    role: String,
    #[schema(value_type = Object)]
    role_label: Text,
    /// Whether log-in is refused.
    is_disabled: bool,
    /// Whether it is a main account.
    is_owner: bool,
    /// Whether their log-in asks for a second factor.
    has_second_factor: bool,
    /// Whether it is the caller.
    is_self: bool,
    /// Whether the caller may change role and state: nobody changes themselves, or somebody who may do more.
    may_change: bool,
    /// Last log-in, wall time.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_log_in: Option<Instant>,
    version: i64,
}

fn shown(roles: &Roles, who: &Principal, is_owner: bool, (user, log_in): (User, LogInFacts)) -> Member {
    let has_less = roles.words_of(&user).unwrap_or_default().iter().all(|word| who.may(word));
    Member {
        role_label: roles.label_of(&user),
        is_self: user.id == who.user,
        may_change: user.id != who.user && has_less && (is_owner || !user.is_owner),
        id: user.id,
        role: user.own_role.map_or(user.role, |id| id.to_string()),
        login: user.login,
        name: user.name,
        phone_masked: user.phone_masked,
        is_disabled: user.is_disabled,
        is_owner: user.is_owner,
        last_log_in: log_in.last,
        has_second_factor: log_in.has_second_factor,
        version: user.version,
    }
}

pub(super) async fn read(state: &AppState, who: &Who, id: UserId) -> Result<Json<Member>, Failure> {
    let (principal, roles) = (who.0.principal.clone(), Arc::clone(identity(state)?.roles()));
    let org = own_org(&principal)?;
    let found = state.store().read(move |tx| {
        // The member before and one row: the same statement as of a list.
        let found = queries::members(tx, org, id.0 - 1, 1)?.into_iter().find(|(user, _)| user.id == id);
        let is_owner = queries::user(tx, principal.user)?.is_some_and(|user| user.is_owner);
        Ok(shown(&roles, &principal, is_owner, found.ok_or(Error::NoSuchUser)?))
    });
    Ok(Json(found.await?))
}

/// Members of the caller's organisation, the oldest first.
#[utoipa::path(
    get, path = "/v1/members", tag = "identity",
    params(("after" = Option<String>, Query), ("limit" = Option<u16>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = Page<Member>)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    who: Who,
    paging: Paging,
) -> Result<Json<Page<Member>>, Failure> {
    let (principal, roles) = (who.0.principal.clone(), Arc::clone(identity(&state)?.roles()));
    let (org, after, fetch) = (own_org(&principal)?, paging.after::<i64>()?.unwrap_or(0), paging.fetch());
    let found = state.store().read(move |tx| {
        let is_owner = queries::user(tx, principal.user)?.is_some_and(|user| user.is_owner);
        let found = queries::members(tx, org, after, fetch)?;
        Ok(found.into_iter().map(|one| shown(&roles, &principal, is_owner, one)).collect::<Vec<_>>())
    });
    Ok(Json(Page::cut(found.await?, &paging, |member| member.id.0)))
}

/// Somebody who is to be a member.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMember)]
pub(super) struct New {
    /// Log-in name, 1..=64 characters; case does not matter.
    login: String,
    name: String,
    #[serde(default)]
    phone: Option<String>,
    /// Name of a built-in role, or id of one that the organisation made.
    role: String,
    /// First password, at least 10 characters and not the log-in name.
    password: String,
}

/// Adds a member. The password is told to them by other means.
#[utoipa::path(
    post, path = "/v1/members", tag = "identity", request_body = New,
    responses(
        (status = 200, body = Member), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
pub(super) async fn add(State(state): State<AppState>, who: Who, body: JsonBody<New>) -> Result<Json<Member>, Failure> {
    let identity = identity(&state)?;
    let New { login, name, phone, role, password } = body.value;
    let password_hash = identity.hash_first(password, &login, state.config().is_demo).await?;
    let key = identity.guarded(body.key).await?;
    let new = NewMember { login, name, phone, role };
    let command = AddMember { by: Asker::from(&*who), roles: Arc::clone(identity.roles()), new, password_hash };
    let id = state.store().write_once(command, key).await?;
    read(&state, &who, id).await
}

/// Changes a member: name, role, state, ownership.
#[utoipa::path(
    patch, path = "/v1/members/{id}", tag = "identity", params(("id" = String, Path)), request_body = MemberChanges,
    responses(
        (status = 200, body = Member), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody),
    ),
)]
pub(super) async fn change(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<UserId>,
    body: JsonBody<MemberChanges>,
) -> Result<Json<Member>, Failure> {
    let roles = Arc::clone(identity(&state)?.roles());
    let command = ChangeMember { by: Asker::from(&*who), roles, member: id, changes: body.value };
    state.store().write_once(command, body.key).await?;
    identity(&state)?.forget();
    read(&state, &who, id).await
}
