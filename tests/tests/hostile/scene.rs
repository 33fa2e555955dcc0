//! An order that was paid, with an after-sales case and its picture: something of everything that has an id.

use serde_json::{Value, json};
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
    let shade = SHADE.fetch_add(1, SeqCst);
    let image = image::RgbImage::from_pixel(4, 4, image::Rgb([shade, 20, 30]));
    let mut out = std::io::Cursor::new(Vec::new());
    image.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

impl Scene {
    /// Bought and paid by `buyer` at the first merchant's shop; the buyer applies for a refund with a picture.
    pub(crate) fn new(web: &Web) -> Self {
        let (sku, token) = (web.sku(5), web.token("buyer"));
        let bought = web.buy(&token, &[(sku, 1)]);
        web.pay(&token, &bought);
        let line = Self::line_of(web, &token, &bought.order);
        let picture = Self::upload(web, &token);
        let case = Self::apply(web, &token, (&bought.order, &line), &[&picture]);
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

    pub(crate) fn application((order, line): (&str, &str), photos: &[&str]) -> Value {
        json!({
            "kind": "refund_only", "order": order, "line": line, "quantity": 1, "reason": "other", "photos": photos,
        })
    }

    pub(crate) fn apply(web: &Web, token: &str, what: (&str, &str), photos: &[&str]) -> String {
        let case = web.done(token, "POST /v1/aftersales", &Self::application(what, photos));
        let id = case["id"].as_str().or_else(|| case["case"]["id"].as_str()).or_else(|| case["summary"]["id"].as_str());
        id.unwrap_or_else(|| panic!("{case}")).to_owned()
    }
}

/// Runs the jobs on `width` threads at once; gives their answers in order of the jobs.
pub(crate) fn at_once<T: Send, J: FnOnce() -> T + Send>(width: usize, jobs: Vec<J>) -> Vec<T> {
    let count = jobs.len();
    let queue = std::sync::Mutex::new(jobs.into_iter().enumerate());
    let answers = std::sync::Mutex::new((0..count).map(|_| None).collect::<Vec<Option<T>>>());
    let worker = || {
        loop {
            let next = queue.lock().unwrap().next();
            let Some((index, job)) = next else { return };
            let answer = job();
            answers.lock().unwrap()[index] = Some(answer);
        }
    };
    std::thread::scope(|scope| (0..width.min(count)).for_each(|_| drop(scope.spawn(worker))));
    answers.into_inner().unwrap().into_iter().map(Option::unwrap).collect()
}

/// Sends until the server has time for it: a 503 is repeated with the same key, as clients must.
pub(crate) fn persist(address: &str, ask: &Ask) -> xr_testkit::http::Reply {
    loop {
        let reply = ask.send(address).unwrap();
        if reply.status != 503 {
            return reply;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
