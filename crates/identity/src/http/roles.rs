//! Roles of the caller's organisation, and the words to make them of.

use super::identity;
use crate::commands::{AddRole, Asker, ChangeRole, DeleteRole, NewRole, RoleChanges};
use crate::model::{OrgKind, OrgRole};
use crate::roles::group_of;
use crate::{Error, Roles, queries};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use xr_base::locale::Text;
use xr_base::{OrgId, Principal, Problem, RoleId};
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, IdPath, JsonBody, NoBody, Page, QueryOf, Seen, Who};

/// A permission with its label.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Permission {
    /// E.g. `aftersales.decide`.
    word: String,
    #[schema(value_type = Object)]
    label: Text,
    /// Whether no key of the open API can hold it.
    is_people_only: bool,
}

/// Permissions that begin alike.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PermissionGroup {
    /// The part before the dot.
    group: String,
    #[schema(value_type = Object)]
    label: Text,
    permissions: Vec<Permission>,
}

/// A role that members of the caller's organisation can have.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Role)]
pub(super) struct RoleView {
    /// Name of a built-in role, or id of one that the organisation made.
    role: String,
    #[schema(value_type = Object)]
    label: Text,
    is_built_in: bool,
    permissions: Vec<Permission>,
    /// How many people have it, disabled ones too.
    members: i64,
    /// Whether the caller has every right of it, so that they may give it.
    may_give: bool,
    /// Of one that the organisation made.
    version: Option<i64>,
}

/// The caller's organisation; whoever administers one has one.
pub(super) fn own_org(who: &Principal) -> Result<OrgId, Problem> {
    let forbidden = || Problem::new(403, "web.forbidden").with("permission", crate::commands::PERMISSION);
    who.org.ok_or_else(forbidden)
}

pub(super) fn labelled(roles: &Roles, word: &str) -> Permission {
    let unknown = || Text { zh: word.to_owned(), en: word.to_owned() };
    Permission {
        word: word.to_owned(),
        label: roles.permission.get(word).cloned().unwrap_or_else(unknown),
        is_people_only: roles.key.people_only.contains(word),
    }
}

fn described<'w>(roles: &Roles, who: &Principal, words: impl Iterator<Item = &'w String>) -> (Vec<Permission>, bool) {
    let words: Vec<Permission> = words.map(|word| labelled(roles, word)).collect();
    let may_give = words.iter().all(|permission| who.may(&permission.word));
    (words, may_give)
}

fn of_org(roles: &Roles, who: &Principal, role: OrgRole) -> RoleView {
    let (permissions, may_give) = described(roles, who, role.words.0.iter());
    RoleView {
        role: role.id.to_string(),
        label: Text { zh: role.name.clone(), en: role.name },
        is_built_in: false,
        permissions,
        members: role.members,
        may_give,
        version: Some(role.version),
    }
}

fn built_in(roles: &Roles, who: &Principal, (name, role): (&str, &crate::roles::Role), members: i64) -> RoleView {
    let (permissions, may_give) = described(roles, who, role.permissions.iter());
    let label = Text { zh: role.zh.clone(), en: role.en.clone() };
    RoleView { role: name.to_owned(), label, is_built_in: true, permissions, members, may_give, version: None }
}

/// The permissions that the caller may put into a role, by the part before the dot.
#[utoipa::path(
    get, path = "/v1/permissions", tag = "identity", responses((status = 200, body = Page<PermissionGroup>)),
)]
pub(super) async fn permissions(
    State(state): State<AppState>,
    who: Who,
) -> Result<Json<Page<PermissionGroup>>, Failure> {
    let roles = identity(&state)?.roles();
    let kind = OrgKind::of(who.party);
    let mut groups: BTreeMap<&str, Vec<Permission>> = BTreeMap::new();
    for word in kind.map(|kind| roles.ceiling(kind)).unwrap_or_default() {
        if who.may(word) {
            groups.entry(group_of(word)).or_default().push(labelled(roles, word));
        }
    }
    let shown = |(group, permissions): (&str, Vec<Permission>)| PermissionGroup {
        group: group.to_owned(),
        label: roles.group.get(group).cloned().unwrap_or_default(),
        permissions,
    };
    Ok(Json(Page { items: groups.into_iter().map(shown).collect(), next: None }))
}

/// The built-in roles of the caller's kind of organisation, then those that it made, by name.
#[utoipa::path(get, path = "/v1/roles", tag = "identity", responses((status = 200, body = Page<RoleView>)))]
pub(super) async fn list(State(state): State<AppState>, who: Who) -> Result<Json<Page<RoleView>>, Failure> {
    let (who, roles) = (who.0.principal.clone(), Arc::clone(identity(&state)?.roles()));
    let org = own_org(&who)?;
    let found = state.store().read(move |tx| {
        let counts: BTreeMap<String, i64> = queries::role_counts(tx, org)?.into_iter().collect();
        let of_kind = OrgKind::of(who.party).into_iter().flat_map(|kind| roles.of_kind(kind));
        let count = |name: &str| counts.get(name).copied().unwrap_or(0);
        let mut items: Vec<RoleView> = of_kind.map(|one| built_in(&roles, &who, one, count(one.0))).collect();
        items.extend(queries::org_roles(tx, org)?.into_iter().map(|role| of_org(&roles, &who, role)));
        Ok(items)
    });
    Ok(Json(Page { items: found.await?, next: None }))
}

async fn read(state: &AppState, who: &Who, id: RoleId) -> Result<Json<RoleView>, Failure> {
    let (who, roles) = (who.0.principal.clone(), Arc::clone(identity(state)?.roles()));
    let org = own_org(&who)?;
    let found = state
        .store()
        .read(move |tx| Ok(of_org(&roles, &who, queries::org_role(tx, org, id)?.ok_or(Error::NoSuchRole)?)));
    Ok(Json(found.await?))
}

/// Makes a role of permissions that the caller has.
#[utoipa::path(
    post, path = "/v1/roles", tag = "identity", request_body = NewRole,
    responses(
        (status = 200, body = RoleView), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
pub(super) async fn add(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<NewRole>,
) -> Result<Json<RoleView>, Failure> {
    let roles = Arc::clone(identity(&state)?.roles());
    let id = state.store().write_once(AddRole { by: Asker::from(&*who), roles, new: body.value }, body.key).await?;
    read(&state, &who, id).await
}

/// Renames a role, or makes it of other permissions: whoever has it has those at once.
#[utoipa::path(
    patch, path = "/v1/roles/{id}", tag = "identity", params(("id" = String, Path)), request_body = RoleChanges,
    responses(
        (status = 200, body = RoleView), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody),
    ),
)]
pub(super) async fn change(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<RoleId>,
    body: JsonBody<RoleChanges>,
) -> Result<Json<RoleView>, Failure> {
    let roles = Arc::clone(identity(&state)?.roles());
    let command = ChangeRole { by: Asker::from(&*who), roles, role: id, changes: body.value };
    state.store().write_once(command, body.key).await?;
    identity(&state)?.forget();
    read(&state, &who, id).await
}

/// Deletes a role that nobody has.
#[utoipa::path(
    delete, path = "/v1/roles/{id}", tag = "identity", params(("id" = String, Path), ("version" = i64, Query)),
    responses(
        (status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody),
    ),
)]
pub(super) async fn delete(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<RoleId>,
    QueryOf(Seen { version }): QueryOf<Seen>,
    body: NoBody,
) -> Result<StatusCode, Failure> {
    let roles = Arc::clone(identity(&state)?.roles());
    state.store().write_once(DeleteRole { by: Asker::from(&*who), roles, role: id, version }, body.key).await?;
    Ok(StatusCode::NO_CONTENT)
}
