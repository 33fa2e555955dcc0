//! Routes of the operation log: thin, no decisions.

mod checks;
mod file;
mod query;
pub(crate) mod view;

use crate::READ;
use crate::model::given_at;
use crate::search::{kinds, search};
use axum::Json;
use axum::extract::State;
use query::LogQuery;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use view::{EntryView, Teller};
use xr_base::locale::Text;
use xr_base::{EventId, Fault, Instant};
use xr_case::engine::Engine;
use xr_identity::Identity;
use xr_web::failure::ProblemBody;
use xr_web::paging::cursor;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, AppState, Failure, Paging, QueryOf, Routes, Who};

const MAY: Access = Access::May(READ);

/// The log, its kinds, its file, and checks of the chain.
pub fn routes() -> Routes {
    Routes::new()
        .add(MAY, routes!(list))
        .add(MAY, routes!(kinds_of))
        .add(MAY, routes!(file::download))
        .add(Access::May(crate::checks::PERMISSION), routes!(checks::list, checks::ask))
}

/// A page of the log.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct LogPage {
    /// Newest first.
    items: Vec<EntryView>,
    /// For `after` of the next page; none at the end of the record.
    next: Option<String>,
    /// How far back was looked when the page is not full and `next` goes on: no search looks at everything in one go.
    #[schema(value_type = Option<String>, format = DateTime)]
    searched_to: Option<Instant>,
}

/// What people of staff did, newest first: merchants see their own organisation's, and what the platform did to it; the platform
/// everything.
#[utoipa::path(
    get, path = "/v1/operations", tag = "operations",
    params(
        ("who" = Option<String>, Query), ("what" = Option<String>, Query), ("object" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query), ("address" = Option<String>, Query),
        ("after" = Option<String>, Query), ("limit" = Option<u16>, Query, minimum = 1, maximum = 200),
    ),
    responses((status = 200, body = LogPage), (status = 422, body = ProblemBody)),
)]
async fn list(
    State(state): State<AppState>,
    who: Who,
    QueryOf(query): QueryOf<LogQuery>,
    paging: Paging,
) -> Result<Json<LogPage>, Failure> {
    let before = paging.after::<EventId>()?;
    let asked = query.read(who.scope())?;
    let roles = Arc::clone(state.ext::<Arc<Identity>>()?.roles());
    let (scope, shared, limit) = (who.scope(), state.clone(), usize::from(paging.limit));
    let read = state.store().read(move |tx| {
        let Some(filter) = asked.filter(tx, scope)? else { return Ok((Vec::new(), false, None)) };
        let found = search(tx, scope, &filter, before, limit + 1)?;
        let mut teller = Teller::new(shared.texts(), &roles, scope, &filter);
        let shown = found.entries.iter().take(limit);
        let items = shown.map(|entry| teller.tell(tx, entry)).collect::<Result<Vec<_>, Fault>>()?;
        Ok((items, found.entries.len() > limit, found.stopped_at))
    });
    let (items, has_more, stopped_at) = read.await?;
    let last = items.last().map(|entry| entry.id).filter(|_| has_more);
    Ok(Json(LogPage {
        next: last.or(stopped_at).and_then(|id| cursor(&id)),
        searched_to: stopped_at.filter(|_| last.is_none()).map(given_at),
        items,
    }))
}

/// A kind of operation with its label.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Kind {
    kind: String,
    #[schema(value_type = Object)]
    label: Text,
}

/// Kinds with one first part.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Topic {
    /// The first part, which `what` takes as well.
    group: String,
    #[schema(value_type = Object)]
    label: Text,
    kinds: Vec<Kind>,
}

/// The groups of kinds.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Groups {
    items: Vec<Topic>,
}

/// What there is to look for: kinds of what the caller may see, by their first parts.
#[utoipa::path(get, path = "/v1/operations/kinds", tag = "operations", responses((status = 200, body = Groups)))]
async fn kinds_of(State(state): State<AppState>, who: Who) -> Result<Json<Groups>, Failure> {
    let (scope, shared) = (who.scope(), state.clone());
    let read = state.store().read(move |tx| {
        let (texts, engine) = (shared.texts(), Arc::clone(Engine::from_tx(tx)?));
        let mut groups: BTreeMap<String, Vec<Kind>> = BTreeMap::new();
        for kind in kinds(tx, scope)? {
            let first = kind.split('.').next().unwrap_or_default().to_owned();
            let label = crate::label(texts, &engine, &kind).unwrap_or_else(|| crate::labels::same(&kind));
            groups.entry(first).or_default().push(Kind { kind, label });
        }
        let group = |(group, kinds): (String, Vec<Kind>)| {
            let label = crate::labels::group(texts, &engine, &group);
            Topic { group, label, kinds }
        };
        Ok(Groups { items: groups.into_iter().map(group).collect() })
    });
    Ok(Json(read.await?))
}
