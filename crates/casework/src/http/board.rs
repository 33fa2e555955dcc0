//! Everything that waits for me, by time left.

use crate::queries::{self, Counted};
use crate::view::{CaseSummary, may_see_detail, summary};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use xr_base::Fault;
use xr_base::locale::Text;
use xr_case::engine::Engine;
use xr_web::{AppState, Failure, Page, Paging, QueryOf, Who};

/// Everything that waits for the caller's party, the most urgent first.
#[utoipa::path(
    get, path = "/v1/board", tag = "cases",
    params(("after" = Option<String>, Query), ("limit" = Option<u16>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = Page<CaseSummary>)),
)]
pub(super) async fn board(
    State(state): State<AppState>,
    who: Who,
    paging: Paging,
) -> Result<Json<Page<CaseSummary>>, Failure> {
    let after = paging.after::<(i64, i64)>()?.unwrap_or((i64::MIN, 0));
    let (principal, fetch) = (who.0.principal.clone(), paging.fetch());
    let found = state.store().read(move |tx| {
        let engine = Engine::from_tx(tx)?;
        let cases = queries::waiting_for(tx, &principal, after, fetch)?;
        let place =
            cases.last().filter(|_| i64::try_from(cases.len()) == Ok(fetch)).map(|c| queries::key_of(c.due_at, c.id));
        // What somebody may not look at does not wait for them.
        let own = cases.iter().filter(|case| may_see_detail(engine, case, &principal));
        Ok((own.map(|case| summary(tx, case)).collect::<Result<Vec<_>, Fault>>()?, place))
    });
    let (rows, place) = found.await?;
    Ok(Json(Page::cut(rows, &paging, |c| queries::key_of(c.head.due_at, c.head.id)).going_on(place)))
}

/// Cases of a state are counted up to so many.
const COUNTED_MAX: i64 = 1_000;

/// Which kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfKind {
    kind: String,
}

/// A state with its label and how many cases are in it.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct StateView {
    /// State.
    state: String,
    /// Label.
    #[schema(value_type = Object)]
    label: Text,
    /// Whether cases end there.
    is_final: bool,
    /// Cases that the caller may see, 1000 at most.
    count: i64,
    /// Whether there are more than counted.
    has_more: bool,
}

/// The states of a kind with counts of what the caller may see; more than 1000 cases of a state are not counted.
#[utoipa::path(
    get, path = "/v1/states", tag = "cases", params(("kind" = String, Query)),
    responses((status = 200, body = Page<StateView>), (status = 422, body = xr_web::failure::ProblemBody)),
)]
pub(super) async fn states(
    State(state): State<AppState>,
    who: Who,
    QueryOf(query): QueryOf<OfKind>,
) -> Result<Json<Page<StateView>>, Failure> {
    let scope = who.scope();
    let found = state.store().read(move |tx| {
        let engine = Engine::from_tx(tx)?;
        let ready = engine.books().current(&query.kind, "xiaoer-default")?;
        let view = |(name, s): (&String, &xr_case::model::State)| {
            let counted = Counted { kind: &query.kind, shop: None, state: Some(name) };
            let count = queries::count_up_to(tx, scope, counted, COUNTED_MAX + 1)?;
            Ok(StateView {
                state: name.clone(),
                label: s.label.clone(),
                is_final: s.is_final,
                count: count.min(COUNTED_MAX),
                has_more: count > COUNTED_MAX,
            })
        };
        ready.book.book().states.iter().map(view).collect::<Result<Vec<_>, Fault>>()
    });
    Ok(Json(Page { items: found.await?, next: None }))
}
