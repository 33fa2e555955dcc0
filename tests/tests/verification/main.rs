//! Organisations register, are reviewed, and trade as far as they may; and those who try to get around it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attacks;
mod desk;
mod freeze;
mod review;

use serde_json::{Value, json};
use xr_testkit::http::Ask;
use xr_tests::http::{Applicant, Web, registered};

const CODE: &str = "91330106MA2000002M";

/// An applicant with a session.
pub(crate) struct Shop {
    pub(crate) who: Applicant,
    pub(crate) token: String,
    pub(crate) case: String,
}

/// Somebody who registered and filled in an enterprise under `code`, with its licence.
pub(crate) fn applied(web: &Web, code: &str) -> Shop {
    let who = registered(web);
    let (token, case) = (web.token_of(&who.made.login), who.made.case.to_string());
    let shop = Shop { who, token, case };
    shop.save(web, code);
    shop.hand_in(web, "business_licence", &xr_tests::picture(6, 9));
    shop
}

impl Shop {
    pub(crate) fn save(&self, web: &Web, code: &str) {
        let form = xr_tests::http::registration("enterprise", code)["form"].clone();
        web.done(&self.token, "PUT /v1/verification/draft", &form);
    }

    pub(crate) fn hand_in(&self, web: &Web, kind: &str, bytes: &[u8]) -> u16 {
        web.send(&Ask::new(&format!("POST /v1/verification/papers?kind={kind}")).by(&self.token).bytes(bytes)).status
    }

    pub(crate) fn view(&self, web: &Web) -> Value {
        web.done(&self.token, "GET /v1/verification", &Value::Null)
    }

    /// Acts on the case; gives status and answer.
    pub(crate) fn act(&self, web: &Web, token: &str, event: &str, input: &Value) -> (u16, Value) {
        let ask = Ask::new(&format!("POST /v1/cases/{}/acts", self.case)).by(token);
        let reply = web.send(&ask.json(&json!({ "event": event, "input": input }).to_string()));
        (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
    }
}

pub(crate) fn reading(code: &str) -> Value {
    json!({ "name": "杭州测试商贸有限公司", "code": code, "legal_person": "韩梅梅" })
}
