//! An order that was paid, with an after-sales case and its picture: something of everything that has an id.

use serde_json::Value;
use xr_base::SkuId;
use xr_testkit::http::Ask;
use xr_tests::http::Web;

pub(crate) struct Scene {
    pub(crate) sku: SkuId,
    pub(crate) order: String,
    pub(crate) payment: String,
    pub(crate) line: String,
    pub(crate) case: String,
    pub(crate) picture: String,
}

/// A small PNG whose colour nobody used before.
pub(crate) fn png() -> Vec<u8> {
    use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
    static SHADE: AtomicU8 = AtomicU8::new(1);
    xr_tests::picture(4, SHADE.fetch_add(1, SeqCst))
}

impl Scene {
    /// Bought and paid by `buyer` at the first merchant's shop; the buyer applies for a refund with a picture.
    pub(crate) fn new(web: &Web) -> Self {
        let (sku, token) = (web.sku(5), web.token("buyer"));
        let bought = web.buy(&token, &[(sku, 1)]);
        web.pay(&token, &bought);
        let line = Self::line_of(web, &token, &bought.order);
        let picture = Self::upload(web, &token);
        let case = web.apply(&token, (&bought.order, &line), &[&picture]);
        Self { sku, order: bought.order, payment: bought.payment, line, case, picture }
    }

    pub(crate) fn line_of(web: &Web, token: &str, order: &str) -> String {
        let order = web.done(token, &format!("GET /v1/orders/{order}"), &Value::Null);
        order["lines"][0]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn upload(web: &Web, token: &str) -> String {
        let reply = web.send(&Ask::new("POST /v1/uploads").by(token).with("Content-Type", "image/png").bytes(&png()));
        assert_eq!(reply.status, 200, "{}", reply.text());
        let kept: Value = serde_json::from_slice(&reply.body).unwrap();
        kept["sha256"].as_str().unwrap().to_owned()
    }

    pub(crate) fn application(what: (&str, &str), photos: &[&str]) -> Value {
        Web::application(what, photos)
    }
}
