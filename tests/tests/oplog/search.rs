//! Who finds what.

use crate::support::{all, doings, ids, kinds, page, text};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use xr_testkit::http::Ask;
use xr_tests::http::{Web, on_both, problem};

fn words(entries: &[Value], path: &str) -> BTreeSet<String> {
    entries.iter().map(|e| e.pointer(path).and_then(Value::as_str).unwrap_or("-").to_owned()).collect()
}

#[test]
fn a_merchant_sees_what_its_own_people_did_and_nothing_of_others() {
    on_both(|web| {
        let did = doings(web);
        let own = all(web, &did.shop, "");
        assert!(own.windows(2).all(|two| two[0]["id"].as_str() > two[1]["id"].as_str()), "newest first");
        assert_eq!(words(&own, "/who/party"), BTreeSet::from(["merchant".to_owned()]));
        let people = BTreeSet::from([text(web.user("shop")), did.member_id.clone()]);
        assert_eq!(words(&own, "/who/id"), people);
        let found = kinds(&own);
        for kind in ["identity.role_created", "identity.member_added", "identity.logged_in", "order.remark_changed"] {
            assert!(found.iter().any(|k| k == kind), "{kind}: {found:?}");
        }
        let other = all(web, &web.token("shop2"), "");
        assert!(ids(&own).iter().all(|id| !ids(&other).contains(id)));
        assert_eq!(kinds(&other).iter().filter(|k| *k == "identity.role_created").count(), 1);
        let everybody = all(web, &web.token("audit"), "");
        assert!(ids(&own).iter().chain(&ids(&other)).all(|id| ids(&everybody).contains(id)));
        assert!(words(&everybody, "/who/id").contains(&text(web.user("op"))));
    });
}

#[test]
fn what_names_somebody_else_finds_nothing() {
    on_both(|web| {
        let did = doings(web);
        let shop2 = web.token("shop2");
        for query in [
            format!("who={}", did.member_id),
            format!("who={}", text(web.user("op"))),
            format!("object={}", did.order),
            format!("object={}", did.number),
            format!("object={}", did.role_id),
            format!("object={}", did.member_id),
            "object=260101000000001".to_owned(),
            format!("who={}", xr_base::UserId(77)),
        ] {
            assert_eq!(page(web, &shop2, &query)["items"], json!([]), "{query}");
            assert_eq!(page(web, &shop2, &query)["next"], Value::Null, "{query}");
        }
        for query in ["who=anybody", "who=clock", "who=buyers", "who=system", "who=providers"] {
            let told = problem(web, &Ask::new(&format!("GET /v1/operations?{query}")).by(&did.shop));
            assert_eq!((told.0, told.1.as_str()), (422, "oplog.platform_only"), "{query}");
        }
    });
}

#[test]
fn what_the_platform_does_to_a_merchant_shows_neither_who_nor_from_where() {
    on_both(|web| {
        let did = doings(web);
        let disable = xr_identity::commands::DisableUser { actor: operator(web), user: did.member_id.parse().unwrap() };
        web.node.store.write_blocking(disable).unwrap();
        let seen = all(web, &did.shop, "what=identity.user_disabled");
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0]["who"], json!({ "party": "platform", "id": null, "name": null, "label": null }));
        assert_eq!((&seen[0]["address"], &seen[0]["objects"][0]["label"]["zh"]), (&Value::Null, &json!("小李")));
        let from = |token: &str, query: &str| all(web, token, &format!("what=identity.user_disabled&{query}")).len();
        assert_eq!(from(&did.shop, "address=198.51.100.7"), 0, "nor can it be guessed");
        assert_eq!(from(&did.shop, &format!("who={}", text(web.user("op")))), 0);
        let op = web.token("op");
        assert_eq!((from(&op, "address=198.51.100.7"), from(&op, "address=198.51.100")), (1, 1));
        assert_eq!(from(&op, &format!("who={}", text(web.user("op")))), 1);
    });
}

fn operator(web: &Web) -> xr_base::Actor {
    let address = Some(xr_base::MaskedAddress::from(std::net::IpAddr::from([198, 51, 100, 7])));
    let permissions = vec!["identity.manage".to_owned()];
    let (user, party) = (web.user("op"), xr_base::Party::Platform);
    xr_base::Actor::Person(xr_base::Principal { user, org: None, party, permissions, address })
}

/// However filters are combined, and whichever index is walked: the pages hold what a look at every entry would find.
#[test]
fn every_combination_of_filters_finds_what_comparing_every_entry_finds() {
    on_both(|web| {
        let did = doings(web);
        web.node
            .store
            .write_blocking(xr_identity::commands::DisableUser {
                actor: operator(web),
                user: did.member_id.parse().unwrap(),
            })
            .unwrap();
        let (shop, op) = (text(web.user("shop")), text(web.user("op")));
        for token in [&did.shop, &web.token("op")] {
            let everything = all(web, token, "");
            assert!(everything.len() >= 5);
            for who in ["", &shop, &did.member_id, &op] {
                for what in ["", "identity", "identity.role_created", "order", "nothing.at_all"] {
                    for address in ["", "127.0.0.1", "198.51.100.*", "192.0.2.1"] {
                        let fits = |entry: &&Value| {
                            let kind = entry["kind"].as_str().unwrap();
                            let masked = address.rsplit_once('.').map(|(net, _)| format!("{net}.*"));
                            (who.is_empty() || entry["who"]["id"] == who)
                                && (what.is_empty() || kind == what || kind.starts_with(&format!("{what}.")))
                                && (address.is_empty() || entry["address"].as_str() == masked.as_deref())
                        };
                        let wanted: Vec<Value> = everything.iter().filter(fits).cloned().collect();
                        let query = format!("who={who}&what={what}&address={address}");
                        assert_eq!(ids(&all(web, token, &query)), ids(&wanted), "{query}");
                    }
                }
            }
        }
    });
}

#[test]
fn an_order_is_found_by_id_and_number_with_what_belongs_to_it() {
    on_both(|web| {
        let did = doings(web);
        for object in [&did.order, &did.number] {
            let found = all(web, &did.shop, &format!("object={object}"));
            assert_eq!(kinds(&found), ["order.remark_changed"], "{object}");
            assert_eq!(found[0]["objects"][0]["path"], format!("/orders/{}", did.order));
            let who = all(web, &web.token("op"), &format!("object={object}&who=anybody"));
            let parties = words(&who, "/who/party");
            assert!(parties.contains("buyer") && parties.contains("system"), "{parties:?}");
            assert!(kinds(&who).iter().any(|kind| kind.starts_with("payment.")), "its payment belongs to it");
        }
        let of = |object: &str| kinds(&all(web, &did.shop, &format!("object={object}")));
        assert_eq!(of(&did.role_id), ["identity.role_created"]);
        assert_eq!(of(&did.member_id), ["identity.logged_in", "identity.member_added"]);
    });
}

#[test]
fn times_bound_what_is_found() {
    on_both(|web| {
        let did = doings(web);
        let first = all(web, &did.shop, "what=identity.role_created").remove(0);
        web.node.advance(xr_base::Millis::hours(2));
        web.done(&did.shop, "PATCH /v1/me", &json!({ "locale": "en" }));
        let hour = (web.node.store.clock().now() - xr_base::Millis::hours(1)).to_string();
        let kinds_of = |query: String| kinds(&all(web, &did.shop, &query));
        assert_eq!(kinds_of(format!("from={hour}")), ["identity.locale_chosen"]);
        let before = kinds_of(format!("to={hour}"));
        assert!(
            before.contains(&"identity.role_created".to_owned())
                && !before.contains(&"identity.locale_chosen".to_owned())
        );
        // From its own millisecond on, and not before it.
        let at = first["recorded_at"].as_str().unwrap();
        assert!(kinds_of(format!("from={at}")).contains(&"identity.role_created".to_owned()));
        assert!(!kinds_of(format!("to={at}")).contains(&"identity.role_created".to_owned()));
        assert_eq!(kinds_of(format!("from={hour}&to={hour}")), Vec::<String>::new());
    });
}

#[test]
fn the_platform_looks_at_buyers_clocks_and_the_system_too() {
    on_both(|web| {
        doings(web);
        let op = web.token("op");
        let buyer = text(web.user("buyer"));
        let own = all(web, &op, &format!("who={buyer}"));
        assert!(!own.is_empty() && words(&own, "/who/id") == BTreeSet::from([buyer]));
        assert_eq!(words(&all(web, &op, "who=buyers"), "/who/party"), BTreeSet::from(["buyer".to_owned()]));
        assert_eq!(words(&all(web, &op, "who=system"), "/who/id"), BTreeSet::from(["system".to_owned()]));
        assert_eq!(words(&all(web, &op, "who=providers"), "/who/name"), BTreeSet::from(["testpay".to_owned()]));
        let everything = all(web, &op, "who=anybody");
        let (last, count): (i64, i64) = web
            .node
            .store
            .read_blocking(|tx| {
                let count =
                    tx.one::<(i64,)>(xr_store::sql!("SELECT COUNT(*) FROM events /* unscoped: a test */"), &[])?.0;
                Ok((0, count))
            })
            .unwrap();
        assert_eq!((last, i64::try_from(everything.len()).unwrap()), (0, count));
    });
}

#[test]
fn a_filter_that_means_nothing_is_refused_in_words() {
    on_both(|web| {
        let shop = web.token("shop");
        for (query, code, field) in [
            ("who=me", "oplog.bad_who", "who"),
            ("who=cas_0000000000001", "oplog.bad_who", "who"),
            ("what=%25", "oplog.bad_what", "what"),
            ("what=Identity", "oplog.bad_what", "what"),
            ("from=yesterday", "oplog.bad_time", "from"),
            ("to=5", "oplog.bad_time", "to"),
            ("address=10", "oplog.bad_address", "address"),
            ("address=%27", "oplog.bad_address", "address"),
        ] {
            let told = problem(web, &Ask::new(&format!("GET /v1/operations?{query}")).by(&shop));
            assert_eq!((told.0, told.1.as_str(), told.2.as_deref()), (422, code, Some(field)), "{query}");
        }
        let long = format!("GET /v1/operations?object={}", "x".repeat(65));
        assert_eq!(problem(web, &Ask::new(&long).by(&shop)).1, "oplog.bad_object");
        // Texts that are no id and no number are simply not there.
        assert_eq!(page(web, &shop, "object=%27%20OR%201%3D1")["items"], json!([]));
    });
}
