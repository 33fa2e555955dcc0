//! What people entrust to the product stands in no log and in no event, at the most talkative setting.

use crate::kill::on_disk;
use crate::load::{Shop, log_in, order_of};
use crate::server::{Server, output, program};
use serde_json::json;
use std::process::Stdio;
use xr_testkit::http::Ask;

/// Words that nobody else uses.
const NAME: &str = "欧阳不留痕";
const PHONE: &str = "13912345067";
const ADDRESS: &str = "隐秘路 7 号 3 单元 501";
const WORDS: &str = "请不要告诉别人这句话";
const PASSWORD: &str = "correct-horse-battery";

#[test]
fn neither_logs_nor_events_hold_personal_data_passwords_or_tokens() {
    let folder = on_disk();
    let (data, log) = (folder.path().join("market"), folder.path().join("log"));
    let place = ["--data", data.to_str().unwrap()];
    let mut talkative = program(&place);
    let errors = std::fs::File::create(&log).unwrap();
    talkative.env("XIAOER_LOG", "trace").stdout(Stdio::piped()).stderr(errors);
    let mut server = Server::spawn(talkative, "demo").unwrap();
    let address = server.address.clone();
    let (buyer, merchant) = (log_in(&address, "lin"), log_in(&address, "yunduo"));
    let shop = Shop::open(&address);
    let ask = |line: &str, token: &str, body: &serde_json::Value| {
        Ask::new(line).by(token).keyed(&format!("key-{line}-{token}")).json(&body.to_string()).send(&address).unwrap()
    };
    // Somewhere among the goods are those of this merchant.
    let id = (0..200)
        .find_map(|n| {
            let mut body: serde_json::Value = serde_json::from_slice(&shop.place(n).body).unwrap();
            body["recipient"] = json!({ "name": NAME, "phone": PHONE, "region": "浙江省杭州市", "address": ADDRESS });
            let placed = Ask::new("POST /v1/orders").by(&buyer).json(&body.to_string()).send(&address).unwrap();
            let order = order_of(&placed)?;
            let shown = Ask::new(&format!("POST /v1/orders/{order}/reveal")).by(&merchant).send(&address).unwrap();
            (shown.status == 200 && shown.text().contains(PHONE)).then_some(order)
        })
        .expect("an order of this merchant");
    // What goes wrong is told without repeating it: a wrong password, no JSON, a field of the wrong kind, a path with data in it.
    ask("POST /v1/session", &buyer, &json!({ "login": "lin", "password": PASSWORD }));
    ask("POST /v1/me/password", &buyer, &json!({ "current": PASSWORD, "password": PASSWORD }));
    ask("POST /v1/orders", &merchant, &json!({ "recipient": { "phone": [PHONE] }, "name": NAME }));
    Ask::new("POST /v1/orders").by(&buyer).json(&format!("{{\"x\": \"{ADDRESS}")).send(&address).unwrap();
    Ask::new(&format!("GET /v1/orders/{PHONE}?name={PHONE}")).by(&merchant).send(&address).unwrap();
    ask(&format!("POST /v1/cases/{id}/acts"), &buyer, &json!({ "event": "cancel", "note": WORDS }));
    server.kill();
    let log = std::fs::read_to_string(&log).unwrap();
    let dump = output(&place, &["dump"], "").unwrap();
    let events: String = dump.lines().filter(|line| line.starts_with("events\t")).collect();
    assert!(log.matches("Answered").count() > 10 && events.contains("kind=order."), "{log:.900} {events:.900}");
    // The dump writes other letters than those of ASCII as their numbers.
    let dumped = |text: &str| text.escape_default().to_string();
    // The order holds them: the shop was shown the phone above.
    let files = ["xiaoer.db", "xiaoer.db-wal"].map(|name| std::fs::read(data.join(name)).unwrap_or_default()).concat();
    for secret in [NAME, PHONE, ADDRESS] {
        assert!(!dump.contains(&dumped(secret)), "in the dump: {secret}");
        assert!(!files.windows(secret.len()).any(|part| part == secret.as_bytes()), "in a copied database: {secret}");
    }
    for secret in [NAME, PHONE, ADDRESS, WORDS, PASSWORD, &buyer, &merchant] {
        assert!(!log.contains(secret), "in the log: {secret}");
        assert!(!events.contains(&dumped(secret)), "in the events: {secret}");
    }
}
