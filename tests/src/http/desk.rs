//! The import desk over HTTP. Nobody works at the desk of a test's server but the test: so it knows when a run is over.

use super::Web;
use serde_json::{Value, json};
use xr_testkit::http::Ask;

/// Header of the files that tests send in; `settings` say what it means.
pub const HEADER: &str =
    "订单编号,子订单编号,商家编码,商品标题,数量,单价,下单时间,付款时间,买家,收货人,手机,省,市,区,地址,留言";

impl Web {
    /// Uploads a file; gives what is shown of it.
    pub fn upload(&self, token: &str, name: &str, bytes: &[u8]) -> Value {
        let reply = self.send(&Ask::new(&format!("POST /v1/imports?name={name}")).by(token).bytes(bytes));
        assert_eq!(reply.status, 200, "{}", reply.text());
        serde_json::from_slice(&reply.body).unwrap()
    }

    /// What the columns of [`HEADER`] mean.
    pub fn settings() -> Value {
        let column = |name: &str| json!({ "column": name });
        json!({
            "columns": {
                "order_no": column("订单编号"), "line_no": column("子订单编号"), "sku": column("商家编码"),
                "title": column("商品标题"), "quantity": column("数量"), "unit_price": column("单价"),
                "placed_at": column("下单时间"), "paid_at": column("付款时间"), "buyer": column("买家"),
                "recipient_name": column("收货人"), "phone": column("手机"), "province": column("省"),
                "city": column("市"), "district": column("区"), "address": column("地址"), "remark": column("留言"),
                "currency": { "constant": "CNY" },
            },
        })
    }

    /// A source of the first merchant; gives its id.
    pub fn source(&self, token: &str, name: &str) -> String {
        self.source_with(token, name, &Self::settings())
    }

    pub fn source_with(&self, token: &str, name: &str, settings: &Value) -> String {
        let new = json!({ "name": name, "shop": self.sellers[0].shop, "settings": settings });
        self.done(token, "POST /v1/import-sources", &new)["id"].as_str().unwrap().to_owned()
    }

    /// Wants a run and does it; gives what is shown of the import afterwards.
    pub fn run_import(&self, token: &str, import: &Value, (source, is_dry): (&str, bool)) -> Value {
        let id = import["id"].as_str().unwrap();
        let wanted =
            self.done(token, &format!("POST /v1/imports/{id}/start"), &json!({ "source": source, "dry_run": is_dry }));
        assert_eq!(wanted["state"], "waiting");
        assert!(xr_imports::run_next(&self.node.store, "a test", &|| false).unwrap());
        self.done(token, &format!("GET /v1/imports/{id}"), &Value::Null)
    }

    /// Uploads and imports a file for real.
    pub fn import(&self, token: &str, source: &str, bytes: &[u8]) -> Value {
        let import = self.upload(token, "orders.csv", bytes);
        self.run_import(token, &import, (source, false))
    }

    /// The rows of an import's report.
    pub fn bad_rows(&self, token: &str, import: &Value) -> Vec<Value> {
        let (id, mut found, mut next) = (import["id"].as_str().unwrap(), Vec::new(), String::new());
        loop {
            let page = self.done(token, &format!("GET /v1/imports/{id}/rows?limit=200{next}"), &Value::Null);
            found.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(after) = page["next"].as_str() else { return found };
            next = format!("&after={after}");
        }
    }

    /// The report as a file.
    pub fn report(&self, token: &str, import: &Value) -> String {
        let reply =
            self.send(&Ask::new(&format!("GET /v1/imports/{}/report.csv", import["id"].as_str().unwrap())).by(token));
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.text()
    }
}
