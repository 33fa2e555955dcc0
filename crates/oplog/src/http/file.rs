//! What the filters show as a file: read page by page while it is sent, with the download on record.

use super::query::{Asked, LogQuery};
use super::view::Teller;
use crate::{csv, search};
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;
use xr_base::{Actor, EventId, Fault, Locale, OrgId, Scope};
use xr_identity::{Identity, Roles};
use xr_store::events::{Audience, NewEvent};
use xr_store::{Command, Tx};
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, QueryOf, Who};

/// Rows of one file; whoever wants more narrows the filters.
const ROWS_MAX: usize = 50_000;
/// Rows read at a time.
const PAGE: usize = 200;

/// Puts on record that the log leaves the house, with what was looked for: ids and kinds, an address as masked as entries are.
#[derive(Clone, Debug)]
struct NoteExport {
    actor: Actor,
    org: Option<OrgId>,
    filters: Value,
}

impl Command for NoteExport {
    type Out = ();
    const NAME: &'static str = "oplog.note_export";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        tx.event(&NewEvent {
            kind: "operations.exported",
            at: tx.now(),
            case: None,
            object: None,
            audience: Audience { merchant_org: self.org, ..Audience::default() },
            actor: &self.actor,
            body: json!({ "filters": self.filters }),
        })?;
        Ok(())
    }
}

/// The entries that the filters show as CSV, newest first, at most 50,000; a last row says so when there are more.
#[utoipa::path(
    get, path = "/v1/operations/file", tag = "operations",
    params(
        ("who" = Option<String>, Query), ("what" = Option<String>, Query), ("object" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query), ("address" = Option<String>, Query),
    ),
    responses((status = 200, body = Vec<u8>, content_type = "text/csv"), (status = 422, body = ProblemBody)),
)]
pub(super) async fn download(
    State(state): State<AppState>,
    who: Who,
    QueryOf(query): QueryOf<LogQuery>,
) -> Result<Response, Failure> {
    let scope = who.scope();
    let asked = query.read(scope)?;
    let org = match scope {
        Scope::Merchant(org) => Some(org),
        Scope::Platform | Scope::Buyer(_) => None,
    };
    state.store().write(NoteExport { actor: who.actor(), org, filters: asked.told() }).await?;
    let roles = Arc::clone(state.ext::<Arc<Identity>>()?.roles());
    let locale = who.0.locale.unwrap_or_default();
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, "attachment; filename=\"operations.csv\"".to_owned()),
    ];
    let file = Arc::new(File { state, roles, scope, asked, locale });
    Ok((headers, Body::from_stream(pages(file))).into_response())
}

/// What is to be written.
struct File {
    state: AppState,
    roles: Arc<Roles>,
    scope: Scope,
    asked: Asked,
    locale: Locale,
}

/// Where the next page begins.
#[derive(Clone, Copy)]
enum Next {
    First,
    Below(EventId, usize),
    Over,
}

/// The file page by page as the reader takes it, each on a snapshot of its own.
fn pages(file: Arc<File>) -> impl futures_util::Stream<Item = Result<Vec<u8>, std::io::Error>> {
    futures_util::stream::try_unfold(Next::First, move |next| {
        let file = Arc::clone(&file);
        async move {
            let (below, rows) = match next {
                Next::First => (None, 0),
                Next::Below(id, rows) => (Some(id), rows),
                Next::Over => return Ok(None),
            };
            let store = file.state.store().clone();
            let read = store.read(move |tx| file.page(tx, below, rows)).await;
            read.map(Some).map_err(|fault| std::io::Error::other(fault.to_string()))
        }
    })
}

impl File {
    fn page(&self, tx: &mut Tx<'_>, below: Option<EventId>, rows: usize) -> Result<(Vec<u8>, Next), Fault> {
        let texts = self.state.texts();
        let mut out = Vec::new();
        if below.is_none() {
            out.extend(csv::MARK);
            out.extend(csv::headers(texts, self.locale));
        }
        let Some(filter) = self.asked.filter(tx, self.scope)? else { return Ok((out, Next::Over)) };
        let limit = PAGE.min(ROWS_MAX - rows);
        let found = search(tx, self.scope, &filter, below, limit)?;
        let mut teller = Teller::new(texts, &self.roles, self.scope, &filter);
        for entry in &found.entries {
            out.extend(csv::entry(texts, self.locale, &teller.tell(tx, entry)?));
        }
        let rows = rows + found.entries.len();
        let last = found.entries.last().map(|entry| entry.id).filter(|_| found.entries.len() == limit);
        let next = match found.stopped_at.or(last) {
            Some(_) if rows == ROWS_MAX => {
                let words = crate::labels::text(texts, "oplog.more", &[("max", &crate::labels::same("50000"))]);
                out.extend(csv::note(words.unwrap_or_default().get(self.locale)));
                Next::Over
            }
            Some(id) => Next::Below(id, rows),
            None => Next::Over,
        };
        Ok((out, next))
    }
}
