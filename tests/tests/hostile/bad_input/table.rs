//! What is sent, and what must come back.

use crate::scene::{DeskScene, Scene, png};
use serde_json::{Value, json};
use xr_testkit::http::Ask;
use xr_tests::http::{Web, signed};

pub(super) struct Bad {
    pub(super) what: String,
    pub(super) ask: Ask,
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) field: Option<&'static str>,
}

type Expected = (u16, &'static str, Option<&'static str>);

fn bad(what: &str, ask: Ask, (status, code, field): Expected) -> Bad {
    Bad { what: what.to_owned(), ask, status, code, field }
}

/// Everything, about the things of `scene`.
pub(super) fn everything(web: &Web, scene: &Scene) -> Vec<Bad> {
    let mut all = orders(web, scene);
    all.extend(bodies(web, scene));
    all.extend(cases(web, scene));
    all.extend(uploads(web, scene));
    all.extend(queries(web));
    all.extend(desk(web));
    all.extend(exports(web));
    all.extend(batches(web));
    all.extend(views(web));
    all.extend(members(web));
    all.extend(notices(scene));
    all
}

fn orders(web: &Web, scene: &Scene) -> Vec<Bad> {
    let token = web.token("buyer");
    let cart = web.cart(&[(scene.sku, 1)]);
    let long = "长".repeat(501);
    let many = Value::Array(vec![cart["lines"][0].clone(); 201]);
    let dollars = json!(web.dollar_sku());
    let quantity: Expected = (422, "orders.quantity", Some("lines/0/quantity"));
    let changes: Vec<(&str, Value, Expected)> = vec![
        ("/colour", json!(1), (422, "web.unknown_field", Some("colour"))),
        ("/lines/0/price", json!(1), (422, "web.unknown_field", Some("lines/0/price"))),
        ("/recipient/vip", json!(true), (422, "web.unknown_field", Some("recipient/vip"))),
        ("/lines/0/quantity", json!("two"), (422, "web.wrong_type", Some("lines/0/quantity"))),
        ("/lines/0/quantity", json!(1.5), (422, "web.wrong_type", Some("lines/0/quantity"))),
        ("/lines/0/quantity", json!(1e30), (422, "web.wrong_type", Some("lines/0/quantity"))),
        ("/lines/0/quantity", json!(null), (422, "web.wrong_type", Some("lines/0/quantity"))),
        ("/lines", json!("none"), (422, "web.wrong_type", Some("lines"))),
        ("/lines/0/quantity", json!(0), quantity),
        ("/lines/0/quantity", json!(-1), quantity),
        ("/lines/0/quantity", json!(10_000), quantity),
        ("/lines/0/quantity", json!(i64::MAX), quantity),
        ("/lines/0/quantity", json!(i64::MIN), quantity),
        ("/lines", json!([]), (422, "orders.line_count", Some("lines"))),
        ("/lines", many, (422, "orders.line_count", Some("lines"))),
        ("/lines/0/sku", json!("sku_zzz"), (422, "web.bad_value", Some("lines/0/sku"))),
        ("/lines/0/sku", json!(scene.order), (422, "web.bad_value", Some("lines/0/sku"))),
        ("/lines/0/sku", dollars, (422, "orders.foreign_currency", Some("lines/0/sku"))),
        ("/shop", json!("../shp"), (422, "web.bad_value", Some("shop"))),
        ("/remark", json!(long), (422, "orders.field", Some("remark"))),
        ("/remark", json!("a\u{0}b"), (422, "web.bad_value", Some("remark"))),
        ("/recipient/name", json!(" "), (422, "orders.field", Some("recipient/name"))),
        ("/recipient/name", json!("a\u{0}b"), (422, "web.bad_value", Some("recipient/name"))),
        ("/recipient/phone", json!("call me"), (422, "orders.field", Some("recipient/phone"))),
        ("/recipient/address", json!(long), (422, "orders.field", Some("recipient/address"))),
    ];
    let change = |(pointer, value, expected): (&str, Value, Expected)| {
        let mut body = cart.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value.clone();
        let ask = Ask::new("POST /v1/orders").by(&token).json(&body.to_string());
        bad(&format!("order {pointer} = {:.40}", value.to_string()), ask, expected)
    };
    changes.into_iter().map(change).collect()
}

fn bodies(web: &Web, scene: &Scene) -> Vec<Bad> {
    let token = web.token("buyer");
    let post = || Ask::new("POST /v1/orders").by(&token);
    let cart = web.cart(&[(scene.sku, 1)]).to_string();
    let large = format!("{{\"remark\":\"{}\"}}", "x".repeat(1 << 20));
    let double = cart.replacen('{', "{\"remark\":\"a\",\"remark\":\"b\",", 1);
    let key: Expected = (400, "web.bad_idempotency_key", Some("Idempotency-Key"));
    vec![
        bad("no JSON", post().json("{"), (400, "web.bad_json", None)),
        bad("nothing", post().json(""), (400, "web.bad_json", None)),
        bad("an array", post().json("[]"), (422, "web.not_an_object", None)),
        bad("a field twice", post().json(&double), (422, "web.duplicate_field", Some("remark"))),
        bad("a field too few", post().json("{}"), (422, "web.missing_field", Some("shop"))),
        bad(
            "a form",
            post().with("Content-Type", "text/plain").bytes(b"{}"),
            (415, "web.not_json", Some("Content-Type")),
        ),
        bad("a large body", post().json(&large), (413, "web.body_too_large", None)),
        bad("no key in its header", post().keyed("").json(&cart), key),
        bad("a long key", post().keyed(&"k".repeat(201)).json(&cart), key),
        bad("a key with blanks", post().keyed("a b").json(&cart), key),
        bad("another method", Ask::new("PUT /v1/orders").by(&token), (405, "web.method_not_allowed", None)),
        bad("another path", Ask::new("GET /v1/order").by(&token), (404, "web.not_found", None)),
        bad("another site", post().with("Origin", "https://evil.example").json(&cart), (403, "web.cross_site", None)),
    ]
}

fn cases(web: &Web, scene: &Scene) -> Vec<Bad> {
    let (buyer, merchant, operator) = (web.token("buyer"), web.token("shop"), web.token("op"));
    let contact = |at: &str| {
        let body = json!({ "channel": "phone", "at": at, "note": "谈过了" }).to_string();
        Ask::new(&format!("POST /v1/cases/{}/contacts", scene.case)).by(&merchant).json(&body)
    };
    let act = |token: &str, body: Value| {
        Ask::new(&format!("POST /v1/cases/{}/acts", scene.case)).by(token).json(&body.to_string())
    };
    let clock = |body: Value| Ask::new("POST /v1/demo/clock").by(&operator).json(&body.to_string());
    let apply = |name: &str, value: Value| {
        let mut body = Scene::application((&scene.order, &scene.line), &[]);
        body[name] = value;
        Ask::new("POST /v1/aftersales").by(&buyer).json(&body.to_string())
    };
    let (bad_at, jump): (Expected, Expected) =
        ((422, "web.bad_value", Some("at")), (422, "demo.jump", Some("advance_ms")));
    vec![
        bad("31 February", contact("2026-02-31T09:00:00+08:00"), bad_at),
        bad("no date", contact("yesterday"), bad_at),
        bad("a date without zone", contact("2026-01-05T09:00:00"), bad_at),
        bad("a far date", contact("9999-12-30T00:00:00Z"), (422, "aftersales.contact_time", Some("at"))),
        bad("a date before all", contact("-009998-01-01T00:00:00Z"), (422, "aftersales.contact_time", Some("at"))),
        bad(
            "NUL in a note",
            act(&buyer, json!({ "event": "withdraw", "note": "a\u{0}" })),
            (422, "web.bad_value", Some("note")),
        ),
        bad(
            "a long note",
            act(&buyer, json!({ "event": "withdraw", "note": "a".repeat(501) })),
            (422, "casework.note_too_long", Some("note")),
        ),
        bad("an old version", act(&buyer, json!({ "event": "withdraw", "version": 0 })), (409, "case.changed", None)),
        bad("no such event", act(&buyer, json!({ "event": "explode" })), (404, "case.unknown_event", None)),
        bad("a clock's event", act(&operator, json!({ "event": "refund.done" })), (409, "case.not_accepted", None)),
        bad(
            "input not asked for",
            act(&buyer, json!({ "event": "withdraw", "input": { "x": 1 } })),
            (422, "case.no_input_expected", Some("input")),
        ),
        bad("a far jump", clock(json!({ "advance_ms": i64::MAX })), jump),
        bad("a jump back", clock(json!({ "advance_ms": i64::MIN })), jump),
        bad("a jump to no date", clock(json!({ "to": "soon" })), (422, "web.bad_value", Some("to"))),
        bad("a rate of 0", clock(json!({ "rate": 0 })), (422, "demo.rate", Some("rate"))),
        bad("no units", apply("quantity", json!(0)), (422, "aftersales.quantity_too_high", Some("quantity"))),
        bad(
            "units below nothing",
            apply("quantity", json!(i64::MIN)),
            (422, "aftersales.quantity_too_high", Some("quantity")),
        ),
        bad("many units", apply("quantity", json!(i64::MAX)), (422, "aftersales.quantity_too_high", Some("quantity"))),
        bad("another reason", apply("reason", json!("boredom")), (422, "web.bad_value", Some("reason"))),
        bad(
            "an amount below nothing",
            apply("amount_minor", json!(-1)),
            (422, "aftersales.quantity_too_high", Some("quantity")),
        ),
    ]
}

fn uploads(web: &Web, scene: &Scene) -> Vec<Bad> {
    let token = web.token("buyer");
    let upload = |bytes: &[u8]| Ask::new("POST /v1/uploads").by(&token).with("Content-Type", "image/png").bytes(bytes);
    let get = |name: &str| Ask::new(&format!("GET /v1/uploads/{name}")).by(&token);
    let evidence = |photo: &str| {
        let body = json!({ "photos": [photo] }).to_string();
        Ask::new(&format!("POST /v1/cases/{}/evidence", scene.case)).by(&token).json(&body)
    };
    let whole = png();
    let mut huge = whole.clone();
    // 60,000 pixels each way, said in the header of a small file.
    huge[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let (no_picture, unknown): (Expected, Expected) =
        ((422, "aftersales.bad_picture", None), (422, "aftersales.no_such_picture", Some("photos")));
    let absent: Expected = (404, "aftersales.no_such_picture", None);
    vec![
        bad("words for a picture", upload(b"hello"), no_picture),
        bad("nothing for a picture", upload(b""), no_picture),
        bad("SVG", upload(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), no_picture),
        bad("HTML", upload(b"<!doctype html><script>alert(1)</script>"), no_picture),
        bad("GIF", upload(b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"), no_picture),
        bad("half a PNG", upload(&whole[..whole.len() / 2]), no_picture),
        bad("a bomb", upload(&huge), no_picture),
        bad("a path for a name", get("..%2f..%2f..%2fetc%2fpasswd"), absent),
        bad("NUL in a name", get("%00"), (404, "web.not_found", None)),
        bad("no UTF-8 in a name", get("%ff"), (404, "web.not_found", None)),
        bad("a path as evidence", evidence("../../../etc/passwd"), unknown),
        bad("a picture nobody sent in", evidence(&"0".repeat(64)), unknown),
        bad("NUL as evidence", evidence("\u{0}"), (422, "web.bad_value", Some("photos/0"))),
    ]
}

fn desk(web: &Web) -> Vec<Bad> {
    let token = web.token("shop");
    let scene = DeskScene::new(web);
    let upload = |query: &str, bytes: &[u8]| Ask::new(&format!("POST /v1/imports{query}")).by(&token).bytes(bytes);
    let send = |line: &str, body: &Value| Ask::new(line).by(&token).json(&body.to_string());
    let of_import = |path: &str| format!("POST /v1/imports/{}/{path}", scene.import);
    let source = |pointer: &str, to: Value| {
        let mut body = DeskScene::source(web);
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = to;
        send("POST /v1/import-sources", &body)
    };
    let file = |code| (422, code, Some("file"));
    let setting = |field| (422, "imports.bad_setting", Some(field));
    let odd = json!({ "kind": "csv", "encoding": "utf-8", "delimiter": "|" });
    let klingon = json!({ "kind": "csv", "encoding": "klingon", "delimiter": "," });
    let sheet = json!({ "kind": "xlsx", "sheet": "x" });
    let format = (422, "imports.bad_format", Some("format"));
    let nobodys = json!({ "source": "src_0000000000001", "dry_run": true });
    vec![
        bad("no name of a file", upload("", b"a,b\n1,2\n"), (400, "web.bad_query", None)),
        bad("NUL in a file's name", upload("?name=%00", b"a,b\n1,2\n"), (400, "web.bad_query", None)),
        bad("nothing for a file", upload("?name=x", b""), file("imports.empty_file")),
        bad("a header alone", upload("?name=x", b"a,b\n"), file("imports.no_rows")),
        bad("half a gzip", upload("?name=x", &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b]), file("imports.broken")),
        bad("no workbook", upload("?name=x", b"PK\x03\x04zip"), file("imports.not_xlsx")),
        bad("another delimiter", send(&of_import("format"), &odd), format),
        bad("a sheet of a text", send(&of_import("format"), &sheet), format),
        bad("an unknown encoding", send(&of_import("format"), &klingon), (422, "web.bad_value", Some(""))),
        bad("nobody's source", send(&of_import("start"), &nobodys), (422, "imports.no_such_source", Some("source"))),
        bad("no name", source("/name", json!("")), (422, "identity.bad_text", Some("name"))),
        bad(
            "NUL in a header",
            source("/settings/columns/sku", json!({ "column": "\u{0}" })),
            (422, "web.bad_value", Some("settings/columns/sku/column")),
        ),
        bad(
            "an unknown target",
            source("/settings/columns/colour", json!({ "column": "x" })),
            (422, "web.bad_value", Some("settings/columns/?")),
        ),
        bad("an unknown zone", source("/settings/zone", json!("Mars")), setting("settings/zone")),
        bad(
            "an empty header",
            source("/settings/columns/sku", json!({ "column": " " })),
            setting("settings/columns/sku"),
        ),
        bad(
            "a source without numbers",
            source("/settings/columns", json!({})),
            (422, "imports.needs_column", Some("settings/columns/order_no")),
        ),
    ]
}

fn exports(web: &Web) -> Vec<Bad> {
    let token = web.token("shop");
    let send = |body: Value| Ask::new("POST /v1/exports").by(&token).json(&body.to_string());
    let long = "9".repeat(101);
    let too_long = |field| (422, "exports.search_too_long", Some(field));
    vec![
        bad("no format", send(json!({})), (422, "web.missing_field", Some("format"))),
        bad("an unknown format", send(json!({ "format": "pdf" })), (422, "web.bad_value", Some("format"))),
        bad(
            "a filter that the list lacks",
            send(json!({ "format": "csv", "colour": 1 })),
            (422, "web.unknown_field", Some("colour")),
        ),
        bad("a shop that is none", send(json!({ "format": "csv", "shop": "x" })), (422, "web.bad_value", Some("shop"))),
        bad("a long search", send(json!({ "format": "csv", "q": long })), too_long("q")),
        bad("a long state", send(json!({ "format": "csv", "state": long })), too_long("state")),
        bad("NUL in a search", send(json!({ "format": "csv", "q": "\u{0}" })), (422, "web.bad_value", Some("q"))),
    ]
}

fn views(web: &Web) -> Vec<Bad> {
    let token = web.token("shop");
    let changed = |name: &str, to: Value| {
        let mut body = crate::scene::new_view();
        body[name] = to;
        Ask::new("POST /v1/views").by(&token).json(&body.to_string())
    };
    let get = |query: &str| Ask::new(&format!("GET /v1/views{query}")).by(&token);
    vec![
        bad("views of no list", get(""), (400, "web.bad_query", None)),
        bad("views of a list that is none", get("?list=payments"), (400, "web.bad_query", None)),
        bad("a view of a list that is none", changed("list", json!("payments")), (422, "web.bad_value", Some("list"))),
        bad("no name of a view", changed("name", json!(" ")), (422, "identity.bad_text", Some("name"))),
        bad("a view of everything", changed("filters", json!({})), (422, "casework.empty_view", Some("filters"))),
        bad(
            "a filter of another list",
            changed("filters", json!({ "kind": "exchange" })),
            (422, "casework.unknown_filter", Some("filters/kind")),
        ),
        bad(
            "a place as a filter",
            changed("filters", json!({ "after": "x" })),
            (422, "casework.unknown_filter", Some("filters/after")),
        ),
        bad("an empty filter", changed("filters", json!({ "q": "" })), (422, "casework.bad_filter", Some("filters/q"))),
        bad(
            "nobody to share with",
            Ask::new("POST /v1/views").by(&web.token("buyer")).json(
                &json!({ "list": "orders", "name": "x", "filters": { "q": "x" }, "is_shared": true }).to_string(),
            ),
            (422, "casework.no_organisation", Some("is_shared")),
        ),
    ]
}

fn members(web: &Web) -> Vec<Bad> {
    let token = web.token("shop");
    let post = |path: &str, base: Value, change: Value| {
        let mut body = base;
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        Ask::new(&format!("POST /v1/{path}")).by(&token).json(&body.to_string())
    };
    let member = |change: Value| post("members", crate::scene::new_member(), change);
    let role = |change: Value| post("roles", crate::scene::new_role(), change);
    let nul: Expected = (422, "web.bad_value", Some("name"));
    vec![
        bad("a member without role", member(json!({ "role": null })), (422, "web.wrong_type", Some("role"))),
        bad(
            "a member with a role of buyers",
            member(json!({ "role": "buyer" })),
            (422, "identity.unknown_role", Some("role")),
        ),
        bad("a member's name with NUL", member(json!({ "name": "a\u{0}b" })), nul),
        bad(
            "a member's login of 65",
            member(json!({ "login": "x".repeat(65) })),
            (422, "identity.bad_text", Some("login")),
        ),
        bad("no password", member(json!({ "password": "" })), (422, "identity.weak_password", Some("password"))),
        bad("a taken login", member(json!({ "login": "BUYER" })), (409, "identity.login_taken", Some("login"))),
        bad("a member that owns", member(json!({ "is_owner": true })), (422, "web.unknown_field", Some("is_owner"))),
        bad("a role with NUL", role(json!({ "name": "\u{0}" })), nul),
        bad("a role of 41", role(json!({ "name": "长".repeat(41) })), (422, "identity.bad_text", Some("name"))),
        bad("a role with a bell", role(json!({ "name": "a\u{7}b" })), (422, "identity.bad_text", Some("name"))),
        bad("a word for words", role(json!({ "permissions": "all" })), (422, "web.wrong_type", Some("permissions"))),
        bad(
            "a word of the platform",
            role(json!({ "permissions": ["platform.orders"] })),
            (422, "identity.unknown_permission", Some("permissions")),
        ),
        bad(
            "a change without version",
            {
                let line = format!("PATCH /v1/members/{}", web.user("shop"));
                Ask::new(&line).by(&token).json(r#"{"name":"x"}"#)
            },
            (422, "web.missing_field", Some("version")),
        ),
    ]
}

fn batches(web: &Web) -> Vec<Bad> {
    let token = web.token("shop");
    let send = |line: &str, body: Value| Ask::new(line).by(&token).json(&body.to_string());
    let ask = |body: Value| send("POST /v1/batches", body);
    let preview = |body: Value| send("POST /v1/batches/preview", body);
    vec![
        bad("no kind", ask(json!({})), (422, "web.missing_field", Some("kind"))),
        bad("no cases", ask(json!({ "kind": "order", "event": "approve" })), (422, "web.missing_field", Some("cases"))),
        bad(
            "NUL in a note",
            ask(json!({ "kind": "order", "event": "approve", "note": "\u{0}" })),
            (422, "web.bad_value", Some("note")),
        ),
        bad("a preview of nothing", preview(json!({})), (422, "web.missing_field", Some("cases"))),
        bad(
            "a filter that the list lacks",
            preview(json!({ "all": { "list": "orders", "colour": 1 } })),
            (422, "web.unknown_field", Some("all/colour")),
        ),
        bad("a case that is none", preview(json!({ "cases": ["x"] })), (422, "web.bad_value", Some("cases/0"))),
        bad(
            "an outcome that is none",
            Ask::new("GET /v1/batches/bat_0000000000001/rows?outcome=lost").by(&token),
            (400, "web.bad_value", Some("outcome")),
        ),
    ]
}

fn queries(web: &Web) -> Vec<Bad> {
    let token = web.token("buyer");
    let get = |path: &str| Ask::new(&format!("GET {path}")).by(&token);
    let (limit, cursor): (Expected, Expected) =
        ((400, "web.bad_limit", Some("limit")), (400, "web.bad_cursor", Some("after")));
    vec![
        bad("limit 0", get("/v1/orders?limit=0"), limit),
        bad("limit 201", get("/v1/orders?limit=201"), limit),
        bad("limit -1", get("/v1/orders?limit=-1"), limit),
        bad("a made up cursor", get("/v1/orders?after=zzz"), cursor),
        bad("another list's cursor", get("/v1/orders?after=WzEsMl0"), cursor),
        bad("an unknown filter", get("/v1/orders?colour=red"), (400, "web.unknown_field", Some("colour"))),
        bad("a shop that is none", get("/v1/orders?shop=x"), (400, "web.bad_id", Some("shop"))),
        bad("NUL in a search", get("/v1/orders?q=%00"), (400, "web.bad_query", None)),
        bad("NUL in a state", get("/v1/orders?state=%00"), (400, "web.bad_query", None)),
        bad("NUL in a kind", get("/v1/aftersales?kind=%00"), (400, "web.bad_query", None)),
        bad("an id that is none", get("/v1/orders/1"), (404, "web.not_found", None)),
        bad("no UTF-8 in an id", get("/v1/orders/%ff"), (404, "web.not_found", None)),
        bad("no UTF-8 in a pack", get("/v1/packs/%ff/order"), (404, "web.not_found", None)),
        bad(
            "NUL in a login",
            Ask::new("POST /v1/session").json(&json!({ "login": "\u{0}", "password": "x" }).to_string()),
            (422, "web.bad_value", Some("login")),
        ),
    ]
}

fn notices(scene: &Scene) -> Vec<Bad> {
    let captured = |name: &str, value: Value| {
        let mut body = json!({
            "type": "captured", "case": scene.payment, "provider_ref": "r", "amount_minor": 1_000, "currency": "CNY",
        });
        body[name] = value;
        signed("POST /v1/notices/payments/testpay", &body)
    };
    let scan = |name: &str, value: Value| {
        let mut body = json!({ "waybill": "SF1234567890", "event": "delivered", "at": xr_tests::START });
        body[name] = value;
        signed("POST /v1/notices/carriers/SF", &body)
    };
    let (unsigned, payment, scanned): (Expected, Expected, Expected) = (
        (401, "payments.bad_signature", Some("webhook-signature")),
        (422, "payments.bad_notice", Some("body")),
        (422, "logistics.bad_notice", None),
    );
    let large = Ask::new("POST /v1/notices/payments/testpay").json(&" ".repeat(3 << 20));
    let large_scan = Ask::new("POST /v1/notices/carriers/SF").json(&" ".repeat(3 << 20));
    let unsigned_scan = Ask::new("POST /v1/notices/carriers/SF").json("{}");
    vec![
        bad("an unsigned notice", Ask::new("POST /v1/notices/payments/testpay").json("{}"), unsigned),
        bad("an unsigned scan", unsigned_scan, unsigned),
        bad("a provider nobody knows", signed("POST /v1/notices/payments/evil", &json!({})), unsigned),
        bad(
            "no UTF-8 in a provider",
            Ask::new("POST /v1/notices/payments/%ff").json("{}"),
            (404, "web.not_found", None),
        ),
        bad("a large notice", large, (413, "web.body_too_large", None)),
        bad("a large scan", large_scan, (413, "web.body_too_large", None)),
        bad(
            "another currency",
            captured("currency", json!("USD")),
            (422, "payments.amount_differs", Some("amount_minor")),
        ),
        bad(
            "money below nothing",
            captured("amount_minor", json!(-1_000)),
            (422, "payments.amount_differs", Some("amount_minor")),
        ),
        bad("a currency of nowhere", captured("currency", json!("XXX")), payment),
        bad("news of no kind", captured("type", json!("exploded")), payment),
        bad("an unknown field", captured("extra", json!(1)), payment),
        bad(
            "a scan of tomorrow",
            scan("at", json!("2036-01-05T09:00:00Z")),
            (422, "logistics.scan_in_future", Some("at")),
        ),
        bad("a scan of no day", scan("at", json!("2026-02-31T09:00:00Z")), scanned),
        bad("a scan with NUL", scan("place", json!("\u{0}")), (422, "web.bad_value", Some("place"))),
        bad("a scan of nothing", scan("waybill", json!("..")), (422, "logistics.bad_waybill", Some("waybill"))),
    ]
}
