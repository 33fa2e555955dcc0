//! Routes of verification: thin, no decisions. Acts on a verification go through `/v1/cases/{id}/acts`.

use crate::commands::{AddPaper, Register, RemovePaper, SaveDraft, SeePaper, checked};
use crate::form::{Form, Subject};
use crate::kind::SEES;
use crate::{AGREEMENTS, Consent, Error, PACK, list, papers, queries};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xr_aftersales::pictures::in_turn;
use xr_base::{CaseId, Fault, RowId};
use xr_casework::{CaseSummary, CaseView, summary};
use xr_identity::Identity;
use xr_identity::commands::may_register;
use xr_web::failure::ProblemBody;
use xr_web::utoipa_axum::routes;
use xr_web::{
    Access, AppState, Caller, Failure, IdPath, JsonBody, NoBody, Page, Paging, QueryOf, RawBody, Routes, Who,
};

const APPLY: Access = Access::May("verification.apply");
const DESK: Access = Access::MayAny(&["verification.freeze", "verification.lead", "verification.review"]);
const PAPER: Access = Access::MayAny(&SEES);

/// Registration, the own application, papers, the review desk.
pub fn routes() -> Routes {
    Routes::new()
        .add(Access::Public, routes!(agreements, register))
        .add(APPLY, routes!(show))
        .add(APPLY, routes!(save))
        .add(APPLY, routes!(add_paper))
        .add(PAPER, routes!(paper))
        .add(APPLY, routes!(remove_paper))
        .add(DESK, routes!(desk))
}

/// Agreements in force.
#[derive(Serialize, utoipa::ToSchema)]
struct Agreements {
    /// Each in its version.
    agreements: Vec<Consent>,
}

/// What one consents to by registering.
#[utoipa::path(get, path = "/v1/registrations", tag = "verification", responses((status = 200, body = Agreements)))]
async fn agreements() -> Json<Agreements> {
    let consent = |(agreement, version): (&str, &str)| Consent { agreement: agreement.into(), version: version.into() };
    Json(Agreements { agreements: AGREEMENTS.into_iter().map(consent).collect() })
}

/// Who wants to sell here.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Registration {
    /// What is known so far: name, contact, phone and e-mail at least.
    form: Form,
    /// Consent to every agreement in force.
    agreements: Vec<Consent>,
    /// Password of the main account, at least 10 characters.
    password: String,
}

/// The main account that was made.
#[derive(Serialize, utoipa::ToSchema)]
struct Account {
    /// Log-in name, given out by the server.
    login: String,
}

/// Registers a person or an enterprise. The answer never tells who else is registered.
#[utoipa::path(
    post, path = "/v1/registrations", tag = "verification", request_body = Registration,
    responses((status = 200, body = Account), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)),
)]
async fn register(
    State(state): State<AppState>,
    caller: Caller,
    body: JsonBody<Registration>,
) -> Result<Json<Account>, Failure> {
    let identity = state.ext::<Arc<Identity>>()?;
    let Registration { form, agreements, password } = body.value;
    let address = caller.address;
    // A password is hashed for whom nothing else stands in the way: hashing is what keeps others waiting.
    checked(&form, &agreements)?;
    state.store().read(move |tx| may_register(tx, address)).await?;
    let password_hash = identity.hash_first(password, &form.name, state.config().is_demo).await?;
    let roles = Arc::clone(identity.roles());
    let command = Register { roles, pack: PACK.to_owned(), form, agreements, password_hash, address };
    let registered = state.store().write(command).await?;
    Ok(Json(Account { login: registered.login }))
}

async fn own(state: &AppState, who: &Who) -> Result<CaseId, Failure> {
    let org = who.org.ok_or(Error::NoVerification)?;
    let case = state.store().read(move |tx| queries::of_org(tx, org)).await?;
    Ok(case.ok_or(Error::NoVerification)?)
}

/// The verification of the caller's organisation; 404 for one that is in by the operator's hand.
#[utoipa::path(
    get, path = "/v1/verification", tag = "verification",
    responses((status = 200, body = CaseView), (status = 404, body = ProblemBody)),
)]
async fn show(State(state): State<AppState>, who: Who) -> Result<Json<CaseView>, Failure> {
    let case = own(&state, &who).await?;
    Ok(Json(xr_casework::http::page(&state, &who, case).await?))
}

/// Replaces what the caller's organisation says of itself; not while it is reviewed.
#[utoipa::path(
    put, path = "/v1/verification/draft", tag = "verification", request_body = Form,
    responses((status = 200, body = CaseView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)),
)]
async fn save(State(state): State<AppState>, who: Who, body: JsonBody<Form>) -> Result<Json<CaseView>, Failure> {
    let command = SaveDraft { actor: who.actor(), form: body.value };
    let case = state.store().write_once(command, body.key).await?;
    Ok(Json(xr_casework::http::page(&state, &who, case).await?))
}

/// What a paper is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PaperKind {
    kind: String,
}

/// Hands in a paper (JPEG, PNG, WebP or PDF, at most 10 MiB), known by its content; pictures are written anew.
#[utoipa::path(
    post, path = "/v1/verification/papers", tag = "verification", params(("kind" = String, Query)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = CaseView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 413, body = ProblemBody), (status = 422, body = ProblemBody),
    ),
)]
async fn add_paper(
    State(state): State<AppState>,
    who: Who,
    QueryOf(asked): QueryOf<PaperKind>,
    RawBody(body): RawBody<{ papers::BYTES_MAX }>,
) -> Result<Json<CaseView>, Failure> {
    let (actor, blobs) = (who.actor(), state.store().blobs().clone());
    let read = move || AddPaper::new(actor, asked.kind, &papers::clean(&body)?, &blobs);
    let command = in_turn(Error::BadPaper("broken"), read).await?;
    let case = state.store().write(command).await?;
    Ok(Json(xr_casework::http::page(&state, &who, case).await?))
}

/// A paper, for its organisation and for reviewers; that it was looked at goes on record.
#[utoipa::path(
    get, path = "/v1/verification/papers/{id}", tag = "verification", params(("id" = String, Path)),
    responses(
        (status = 200, content(
            (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"), (Vec<u8> = "application/pdf"),
        )),
        (status = 404, body = ProblemBody),
    ),
)]
async fn paper(State(state): State<AppState>, who: Who, IdPath(id): IdPath<RowId>) -> Result<Response, Failure> {
    let seen = state.store().write(SeePaper { actor: who.actor(), scope: who.scope(), paper: id }).await?;
    let (blobs, sha256) = (state.store().blobs().clone(), seen.sha256);
    let bytes = state.store().read(move |tx| blobs.load(tx, &sha256)).await?.ok_or(Error::NoSuchPaper)?;
    // A PDF is never opened within the console's own origin.
    let is_picture = seen.media_type.starts_with("image/");
    let shown = if is_picture { "inline" } else { "attachment; filename=\"paper.pdf\"" };
    let headers: [(HeaderName, String); 5] = [
        (CONTENT_TYPE, seen.media_type),
        (CONTENT_DISPOSITION, shown.to_owned()),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// Takes a paper back; not while it is reviewed.
#[utoipa::path(
    delete, path = "/v1/verification/papers/{id}", tag = "verification", params(("id" = String, Path)),
    responses((status = 200, body = CaseView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)),
)]
async fn remove_paper(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<RowId>,
    body: NoBody,
) -> Result<Json<CaseView>, Failure> {
    let case = state.store().write_once(RemovePaper { actor: who.actor(), paper: id }, body.key).await?;
    Ok(Json(xr_casework::http::page(&state, &who, case).await?))
}

/// Which verifications.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfState {
    state: Option<String>,
}

/// A row of the review desk.
#[derive(Serialize, utoipa::ToSchema)]
struct VerificationListed {
    /// The case.
    #[serde(flatten)]
    case: CaseSummary,
    /// Who applies, as handed in last.
    subject: Subject,
    /// Whether a review was missed once: it comes before all others.
    is_first: bool,
    /// Times that it was handed in.
    submissions: i64,
}

impl VerificationListed {
    fn key(&self) -> list::Key {
        (i64::from(self.is_first), self.case.head.due_at.map_or(i64::MAX, |at| at.0), self.case.head.id.0)
    }
}

/// Verifications in a state, or those that wait for the caller: who was let down once first, then by time left.
#[utoipa::path(
    get, path = "/v1/verifications", tag = "verification",
    params(
        ("state" = Option<String>, Query), ("after" = Option<String>, Query),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200),
    ),
    responses((status = 200, body = Page<VerificationListed>)),
)]
async fn desk(
    State(state): State<AppState>,
    who: Who,
    QueryOf(asked): QueryOf<OfState>,
    paging: Paging,
) -> Result<Json<Page<VerificationListed>>, Failure> {
    let after = paging.after::<list::Key>()?.unwrap_or(list::BEFORE_ALL);
    let (principal, fetch) = (who.0.principal.clone(), paging.fetch());
    let found = state.store().read(move |tx| {
        let states = match asked.state {
            Some(state) => vec![state],
            None => list::waiting_for(tx, &principal)?,
        };
        let rows = list::page(tx, principal.scope(), &states, (after, fetch))?;
        let shown = rows.into_iter().map(|row| {
            let (subject, is_first, submissions) = (row.subject, row.is_first, row.submissions);
            Ok(VerificationListed { case: summary(tx, &row.case)?, subject, is_first, submissions })
        });
        shown.collect::<Result<Vec<_>, Fault>>()
    });
    Ok(Json(Page::cut(found.await?, &paging, VerificationListed::key)))
}
