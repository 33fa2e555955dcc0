//! A marketplace with one of each role, and a client.

use crate::engines::{Place, places};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;
use xr_base::{Actor, Currency, Millis, OrgId};
use xr_identity::commands::{CreateOrg, CreateShop, CreateUser};
use xr_identity::model::{OrgKind, Shop, User};
use xr_identity::{Credentials, Identity, Roles, TEXTS, password};
use xr_store::Store;
use xr_web::{AppState, Authenticator, Entropy, OsEntropy, Parts, Texts, WebConfig};

pub(crate) const PASSWORD: &str = "correct horse";

pub(crate) struct TestApp {
    pub(crate) store: Store,
    pub(crate) identity: Arc<Identity>,
    pub(crate) router: Router,
    pub(crate) shops: Vec<Shop>,
    pub(crate) orgs: Vec<OrgId>,
    pub(crate) place: Place,
    password_hash: String,
}

/// One app per engine; people `operator`, `merchant`, `rival`, `agent`, `buyer`, `auditor`, all with [`PASSWORD`].
pub(crate) async fn apps() -> Vec<TestApp> {
    let mut apps = Vec::new();
    for place in places() {
        apps.push(TestApp::at(place, WebConfig::default()).await);
    }
    apps
}

struct Shared(Arc<Identity>);
impl Authenticator for Shared {
    fn session<'a>(&'a self, token: &'a str) -> xr_web::access::SessionFuture<'a> {
        self.0.session(token)
    }
    fn count(&self, session: &xr_web::Session) -> Result<(), xr_base::Fault> {
        self.0.count(session)
    }
}

impl TestApp {
    pub(crate) async fn at(place: Place, config: WebConfig) -> Self {
        let store = place.open_sealed(xr_identity::MIGRATIONS, vec![xr_identity::second_factor::SEALED]);
        let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
        let identity = Identity::new(store.clone(), Roles::shipped().unwrap(), Arc::clone(&entropy));
        let identity = Arc::new(identity.unwrap());
        let state = AppState::new(Parts {
            store: store.clone(),
            texts: Arc::new(Texts::new(&[xr_web::TEXTS, TEXTS]).unwrap()),
            auth: Arc::new(Shared(Arc::clone(&identity))),
            entropy,
            config,
            rate: Box::new(|| 1),
            ext: vec![Box::new(Arc::clone(&identity))],
        });
        let router = xr_web::app(state, xr_identity::http::routes(), None);
        let password_hash = password::hash(PASSWORD, &OsEntropy).unwrap();
        let mut app = Self { store, identity, router, shops: vec![], orgs: vec![], place, password_hash };
        app.populate().await;
        app
    }

    async fn populate(&mut self) {
        for (kind, name) in [(OrgKind::Platform, "店小二"), (OrgKind::Merchant, "甲店"), (OrgKind::Merchant, "乙店")]
        {
            let org = self.store.write(CreateOrg { actor: Actor::System, kind, name: name.to_owned() }).await.unwrap();
            self.orgs.push(org.id);
        }
        for (org, name) in [(self.orgs[1], "甲店一号"), (self.orgs[1], "甲店二号"), (self.orgs[2], "乙店")] {
            let (name, currency) = (name.to_owned(), Currency::from_code("CNY").unwrap());
            let shop = CreateShop { actor: Actor::System, org, name, pack: None, currency };
            self.shops.push(self.store.write(shop).await.unwrap());
        }
        let [platform, first, second] = [self.orgs[0], self.orgs[1], self.orgs[2]].map(Some);
        let people = [
            ("operator", "operator", platform),
            ("merchant", "merchant", first),
            ("rival", "merchant", second),
            ("agent", "agent", platform),
            ("buyer", "buyer", None),
            ("auditor", "auditor", platform),
        ];
        for (login, role, org) in people {
            self.store.write(self.new_user(login, role, org)).await.unwrap();
        }
    }

    pub(crate) fn new_user(&self, login: &str, role: &str, org: Option<OrgId>) -> CreateUser {
        CreateUser {
            actor: Actor::System,
            login: login.to_owned(),
            name: format!("{login} name"),
            phone: Some("13812345678".to_owned()),
            role_name: role.to_owned(),
            role: self.identity.roles().role[role].clone(),
            org,
            password_hash: self.password_hash.clone(),
        }
    }

    /// With a cookie, or an `Authorization` of a key.
    pub(crate) async fn send(&self, method: &str, path: &str, cookie: &str, body: Option<Value>) -> Answer {
        self.send_keyed((method, path), cookie, body, None).await
    }

    pub(crate) async fn send_keyed(
        &self,
        (method, path): (&str, &str),
        cookie: &str,
        body: Option<Value>,
        key: Option<&str>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("accept-language", "en")
            .header("user-agent", "curl/8.9 (Linux)");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if !cookie.is_empty() {
            let name = if cookie.starts_with("Bearer ") { "authorization" } else { "cookie" };
            request = request.header(name, cookie);
        }
        let body = match body {
            Some(json) => {
                request = request.header("content-type", "application/json");
                Body::from(json.to_string())
            }
            None => Body::empty(),
        };
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, headers, json: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    pub(crate) async fn log_in(&self, login: &str, password: &str) -> Answer {
        self.send("POST", "/v1/session", "", Some(json!({ "login": login, "password": password }))).await
    }

    /// The cookie of a fresh session.
    pub(crate) async fn cookie_of(&self, login: &str) -> String {
        let answer = self.log_in(login, PASSWORD).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.cookie()
    }

    pub(crate) async fn user(&self, login: &str) -> User {
        let cookie = self.cookie_of(login).await;
        let shown = self.send("GET", "/v1/session", &cookie, None).await.json;
        let id = shown["user"].as_str().unwrap().parse().unwrap();
        self.store.read(move |tx| Ok(xr_identity::queries::user(tx, id)?)).await.unwrap().unwrap()
    }

    pub(crate) fn advance(&self, span: Millis) {
        use xr_base::Clock as _;
        self.place.clock.jump_to(self.place.clock.wall() + span);
    }
}

/// Name and password, without a second factor.
pub(crate) fn typed(login: &str, password: &str) -> Credentials {
    Credentials { login: login.to_owned(), password: password.to_owned(), code: None }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn set_cookie(&self) -> &str {
        self.headers["set-cookie"].to_str().unwrap()
    }

    pub(crate) fn cookie(&self) -> String {
        self.set_cookie().split(';').next().unwrap().to_owned()
    }

    pub(crate) fn code(&self) -> (u16, &str) {
        (self.status.as_u16(), self.json["code"].as_str().unwrap_or(""))
    }
}
