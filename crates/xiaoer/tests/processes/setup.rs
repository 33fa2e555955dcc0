//! A market of one's own: set up on the command line, then served in production, where somebody buys something.

use crate::server::{self, Server};
use serde_json::{Value, json};
use xr_testkit::http::Ask;

const PASSWORD: &str = "correct horse battery";

#[test]
fn a_market_is_set_up_on_the_command_line_and_sells() {
    let folder = tempfile::tempdir().unwrap();
    let place = ["--data", folder.path().to_str().unwrap()];
    let add = |args: &[&str], input: &str| server::output(&place, &[&["add"], args].concat(), input);
    let added = |args: &[&str], input: &str| add(args, input).unwrap_or_else(|told| panic!("{args:?}: {told}"));

    let platform = added(&["org", "--kind", "platform", "--name", "集市"], "");
    let merchant = added(&["org", "--kind", "merchant", "--name", "云朵"], "");
    let shop = added(&["shop", "--org", &merchant, "--name", "云朵旗舰店", "--pack", "kuaishou-goods"], "");
    let user = |login: &'static str, role: &'static str| ["user", "--login", login, "--name", login, "--role", role];
    added(&[&user("boss", "operator")[..], &["--org", &platform]].concat(), PASSWORD);
    added(&user("lin", "buyer"), PASSWORD);
    let goods = ["sku", "--shop", &shop, "--code", "A1", "--title", "棉布", "--price-minor", "1999", "--stock", "10"];
    let sku = added(&goods, "");

    let refused = |args: &[&str], input: &str, code: &str| {
        let told = add(args, input).unwrap_err();
        assert!(told.contains(code), "{args:?}: {told}");
    };
    refused(&user("lin", "buyer"), PASSWORD, "identity.login_taken");
    refused(&user("wang", "buyer"), "short", "identity.weak_password");
    refused(&user("wang", "king"), PASSWORD, "no role king");
    refused(&user("wang", "operator"), PASSWORD, "identity.no_such_org");
    refused(&["shop", "--org", &platform, "--name", "x"], "", "identity.no_such_org");
    refused(&["shop", "--org", &merchant, "--name", "x", "--pack", "nope"], "", "no pack nope");
    // The bounds of the law hold for every pack; nobody's cases run on them.
    refused(&["shop", "--org", &merchant, "--name", "x", "--pack", "statutory"], "", "no pack statutory for a shop");
    refused(&goods, "", "catalog.");

    let server = Server::run(&place, "serve");
    refused(&["org", "--kind", "merchant", "--name", "y"], "", "in use by another xiaoer process");
    let session = Ask::new("POST /v1/session").json(&json!({ "login": "lin", "password": PASSWORD }).to_string());
    let session = session.send(&server.address).unwrap();
    let cookie = session.header("set-cookie").split(';').next().unwrap().to_owned();
    let order = json!({
        "shop": shop, "lines": [{ "sku": sku, "quantity": 2 }],
        "recipient": { "name": "林", "phone": "13800000000", "region": "浙江", "address": "文三路 1 号" },
    });
    let placed = Ask::new("POST /v1/orders").with("Cookie", &cookie).keyed("k1").json(&order.to_string());
    let placed = placed.send(&server.address).unwrap();
    let placed: Value = serde_json::from_slice(&placed.body).unwrap();
    assert_eq!(placed["total"], json!({ "minor": 3_998, "currency": "CNY" }), "{placed}");
}
