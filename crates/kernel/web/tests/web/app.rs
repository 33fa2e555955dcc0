//! A slice with a few routes, an authenticator of three people, and a client.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tower::ServiceExt;
use xr_base::{
    Actor, CaseId, Clock, FakeClock, Fault, Instant, Locale, OrgId, Party, Principal, Problem, StoreError, UserId,
};
use xr_store::events::{Audience, NewEvent};
use xr_store::{Command, Config, Location, Store, Tx, params, sql};
use xr_web::access::SessionFuture;
use xr_web::utoipa_axum::routes;
use xr_web::*;

/// A command that counts how often it really ran.
#[derive(Clone)]
pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) for_org: Option<OrgId>,
}

impl Command for Note {
    type Out = i64;
    const NAME: &'static str = "notes.write_note";
    fn run(&self, tx: &mut Tx<'_>) -> Result<i64, Fault> {
        if self.text == "refuse" {
            return Err(Problem::new(409, "notes.refused").with("text", &self.text).into());
        }
        let audience = Audience { merchant_org: self.for_org, ..Audience::default() };
        let body = serde_json::json!({ "text": self.text });
        let at = tx.now();
        tx.event(&NewEvent {
            kind: "note.written",
            at,
            case: None,
            object: None,
            audience,
            actor: &Actor::System,
            body,
        })?;
        let (count,): (i64,) = tx.one(sql!("SELECT COUNT(*) FROM events /* unscoped: a test */"), params![])?;
        Ok(count)
    }
}

#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewNote {
    text: String,
    #[serde(default)]
    copies: i64,
}

#[utoipa::path(post, path = "/v1/notes", request_body = NewNote, responses((status = 200)))]
async fn write_note(
    axum::extract::State(state): axum::extract::State<AppState>,
    body: JsonBody<NewNote>,
) -> Result<Json<i64>, Failure> {
    let note = Note { text: body.value.text, for_org: None };
    Ok(Json(state.store().write_once(note, body.key).await?))
}

#[utoipa::path(get, path = "/v1/notes/{id}", responses((status = 200)))]
async fn get_note(IdPath(id): IdPath<CaseId>, version: IfMatch) -> Result<Versioned<String>, Failure> {
    Ok(Versioned(version.required()? + 1, id.to_string()))
}

#[utoipa::path(delete, path = "/v1/notes/{id}", responses((status = 200)))]
async fn fail(who: Who) -> Result<Json<String>, Failure> {
    assert!(!who.may("notes.write"), "a handler breaks down");
    if who.may("notes.read") {
        return Err(StoreError::Engine("disk on fire at /secret/path".to_owned()).into());
    }
    Err(StoreError::Busy.into())
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(Access::May("notes.write"), routes!(write_note))
        .add(Access::SignedIn, routes!(get_note))
        .add(Access::SignedIn, routes!(fail))
}

/// Tokens are names: `writer` (platform, English), `reader` (merchant 7), `buyer`.
#[derive(Default)]
pub(crate) struct People {
    revoked: Mutex<BTreeSet<String>>,
}

impl People {
    pub(crate) fn revoke(&self, token: &str) {
        self.revoked.lock().unwrap().insert(token.to_owned());
    }

    fn find(&self, token: &str) -> Option<Session> {
        let (user, party, org, permissions, locale): (i64, _, _, &[&str], _) = match token {
            "writer" => (1, Party::Platform, None, &["notes.write"], Some(Locale::En)),
            "reader" => (2, Party::Merchant, Some(OrgId(7)), &["notes.read"], None),
            "buyer" => (3, Party::Buyer, None, &[], None),
            _ => return None,
        };
        let permissions = permissions.iter().map(|p| (*p).to_owned()).collect();
        let principal = Principal { user: UserId(user), org, party, permissions, address: None };
        let is_valid = !self.revoked.lock().unwrap().contains(token);
        is_valid.then(|| Session { id: token.to_owned(), principal, locale, key_limit: None })
    }
}

impl Authenticator for People {
    fn session<'a>(&'a self, token: &'a str) -> SessionFuture<'a> {
        Box::pin(async move { Ok(self.find(token)) })
    }
}

struct Shared(Arc<People>);
impl Authenticator for Shared {
    fn session<'a>(&'a self, token: &'a str) -> SessionFuture<'a> {
        self.0.session(token)
    }
}

pub(crate) struct TestApp {
    pub(crate) state: AppState,
    pub(crate) router: Router,
    pub(crate) people: Arc<People>,
    _folder: TempDir,
}

impl TestApp {
    pub(crate) fn new() -> Self {
        Self::with(WebConfig::default(), None)
    }

    pub(crate) fn with(config: WebConfig, assets: Option<Assets>) -> Self {
        let folder = TempDir::new_in(if std::path::Path::new("/dev/shm").is_dir() { "/dev/shm" } else { "." }).unwrap();
        let clock: Arc<dyn Clock> = Arc::new(FakeClock::at(Instant::parse("2026-01-05T01:00:00Z").unwrap()));
        let store = Store::open(Config {
            location: Location::Folder(folder.path().to_owned()),
            clock,
            migrations: vec![],
            ext: vec![],
            instance: "test".to_owned(),
            sealing: xr_store::Sealing::none(),
        });
        let people = Arc::new(People::default());
        let notes = Catalog {
            slice: "notes",
            zh: "\"notes.refused\" = \"不能写“{text}”\"",
            en: "\"notes.refused\" = \"{text} cannot be written\"",
        };
        let state = AppState::new(Parts {
            store: store.unwrap(),
            texts: Arc::new(Texts::new(&[TEXTS, notes]).unwrap()),
            auth: Arc::new(Shared(Arc::clone(&people))),
            entropy: Arc::new(OsEntropy),
            config,
            rate: Box::new(|| 60),
            ext: vec![],
        });
        let router = app(state.clone(), routes(), assets);
        Self { state, router, people, _folder: folder }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub(crate) async fn post_note(&self, body: &str, headers: &[(&str, &str)]) -> Answer {
        let request = Request::post("/v1/notes").header("authorization", "Bearer writer");
        let has_type = headers.iter().any(|(name, _)| *name == "content-type");
        let request = if has_type { request } else { request.header("content-type", "application/json") };
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn events(&self) -> i64 {
        self.state.store().read(|tx| Ok(xr_store::events::last_seq(tx)?)).await.unwrap()
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// Status and code of a problem, after checking that it is one with texts.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let json = self.json();
        let code = json["code"].as_str().unwrap().to_owned();
        assert_eq!(json["type"], format!("/problems/{code}"));
        assert_ne!(json["detail"], code.as_str(), "no text for {code}");
        assert_eq!(json["status"], self.status.as_u16());
        (self.status.as_u16(), code)
    }
}
