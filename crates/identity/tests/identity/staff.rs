//! What tests of members and roles say in one line.

use crate::app::{Answer, PASSWORD, TestApp};
use serde_json::{Value, json};
use xr_base::Scope;
use xr_store::events::Event;

impl TestApp {
    /// Makes a role by whoever `cookie` is; gives its id.
    pub(crate) async fn role(&self, cookie: &str, name: &str, permissions: &[&str]) -> String {
        let answer = self.add_role(cookie, name, permissions).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json["role"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn add_role(&self, cookie: &str, name: &str, permissions: &[&str]) -> Answer {
        self.send("POST", "/v1/roles", cookie, Some(json!({ "name": name, "permissions": permissions }))).await
    }

    pub(crate) async fn add_member(&self, cookie: &str, login: &str, role: &str) -> Answer {
        let body = json!({ "login": login, "name": format!("{login} name"), "role": role, "password": PASSWORD });
        self.send("POST", "/v1/members", cookie, Some(body)).await
    }

    /// Adds a member by whoever `cookie` is, who logs in; gives the member as shown, and their cookie.
    pub(crate) async fn member(&self, cookie: &str, login: &str, role: &str) -> (Value, String) {
        let answer = self.add_member(cookie, login, role).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        (answer.json, self.cookie_of(login).await)
    }

    /// The member with this log-in as `cookie` sees it.
    pub(crate) async fn seen(&self, cookie: &str, login: &str) -> Value {
        let listed = self.send("GET", "/v1/members?limit=200", cookie, None).await.json;
        let found = listed["items"].as_array().unwrap().iter().find(|member| member["login"] == login);
        found.unwrap_or_else(|| panic!("{login} is not in {listed}")).clone()
    }

    /// Changes the member with this log-in as they are seen now.
    pub(crate) async fn change(&self, cookie: &str, member: &Value, mut changes: Value) -> Answer {
        if changes.get("version").is_none() {
            changes["version"] = member["version"].clone();
        }
        self.send("PATCH", &format!("/v1/members/{}", member["id"].as_str().unwrap()), cookie, Some(changes)).await
    }

    pub(crate) async fn permissions_of(&self, cookie: &str) -> Value {
        self.send("GET", "/v1/session", cookie, None).await.json["permissions"].clone()
    }

    /// Events of identity that the organisation sees, in order; waits until there is one of `kind`.
    pub(crate) async fn events_until(&self, org: xr_base::OrgId, kind: &str) -> Vec<Event> {
        for _ in 0..200 {
            let read = self.store.read(move |tx| Ok(xr_store::events::after(tx, Scope::Merchant(org), 0, 1_000)?));
            let found = read.await.unwrap();
            if found.iter().any(|event| event.kind == kind) {
                return found;
            }
            // On PostgreSQL the sequencer numbers events a moment after the commit.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("no {kind}");
    }
}
