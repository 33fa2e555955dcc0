//! Webhooks against real receivers: what they hear, how often, signed how, and what cannot be had by them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attacks;
mod receiver;
mod sending;
mod verifiers;

use receiver::Receiver;
use serde_json::{Value, json};
use xr_base::Fault;
use xr_store::{Command, Tx, params, sql};
use xr_testkit::http::Ask;
use xr_tests::http::{Setup, Web};
use xr_webhooks::Reach;

/// Runs `test` on both engines, with a worker that reaches as far as said.
pub(crate) fn on_both(reach: Reach, test: impl Fn(&Web)) {
    let setup = || Setup { webhooks_reach: reach, ..Setup::default() };
    for web in std::iter::once(Web::sqlite_with(setup())).chain(Web::postgres_with(setup())) {
        web.node.send_webhooks(reach);
        test(&web);
    }
}

/// A webhook of somebody's organisation.
pub(crate) struct Hook {
    pub(crate) id: String,
    pub(crate) token: String,
    /// As the answer showed it.
    pub(crate) secret: String,
}

impl Hook {
    pub(crate) fn add(web: &Web, login: &str, receiver: &Receiver, kinds: &[&str]) -> Self {
        let token = web.token(login);
        let made = web.done(&token, "POST /v1/webhooks", &json!({ "url": receiver.url("/in?k=v"), "kinds": kinds }));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self { id: text(&made["webhook"]["id"]), secret: text(&made["secret"]), token }
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v1/webhooks/{}{rest}", self.id)
    }

    pub(crate) fn ping(&self, web: &Web) -> String {
        let sent = web.done(&self.token, &format!("POST {}", self.path("/ping")), &Value::Null);
        sent["delivery"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn view(&self, web: &Web) -> Value {
        let all = web.done(&self.token, "GET /v1/webhooks", &Value::Null);
        let found = all["items"].as_array().unwrap().iter().find(|hook| hook["id"] == self.id.as_str());
        found.unwrap().clone()
    }

    pub(crate) fn delivery(&self, web: &Web, id: &str) -> Value {
        web.done(&self.token, &format!("GET {}", self.path(&format!("/deliveries/{id}"))), &Value::Null)
    }

    /// The delivery when it stands so.
    pub(crate) fn until(&self, web: &Web, id: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..1_000 {
            let shown = self.delivery(web, id);
            if is_so(&shown) {
                return shown;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("{}", self.delivery(web, id))
    }

    pub(crate) fn change(&self, web: &Web, changes: &Value) -> Value {
        let mut body = changes.clone();
        body["version"] = self.view(web)["version"].clone();
        web.done(&self.token, &format!("PATCH {}", self.path("")), &body)
    }

    /// What a call with this method and path about the webhook is answered, by its owner.
    pub(crate) fn code(&self, web: &Web, method: &str, rest: &str) -> (u16, String) {
        let reply = web.send(&Ask::new(&format!("{method} {}", self.path(rest))).by(&self.token));
        let problem: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        (reply.status, problem["code"].as_str().unwrap_or_default().to_owned())
    }
}

/// Time passes: what is to be tried again later is tried again now.
pub(crate) struct Later;

impl Command for Later {
    type Out = u64;
    const NAME: &'static str = "test.later";

    fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Fault> {
        Ok(tx.exec(
            sql!("UPDATE webhook_deliveries SET next_at = 0 WHERE next_at > 0 AND state = 'waiting' /* unscoped: a test */"),
            params![],
        )?)
    }
}

/// The secret as bytes.
pub(crate) fn bytes_of(secret: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap()
}
