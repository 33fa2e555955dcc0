//! Orders are found by whatever people read out, and only by those who may see them.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use xr_tests::http::{Web, on_both};

/// Numbers of the orders that `who` finds with a page's worth of `limit`, in the order told; and the next page's place.
fn found(web: &Web, who: &str, text: &str, after: &str) -> (Vec<String>, Option<String>) {
    let q = text.bytes().map(|b| format!("%{b:02X}")).collect::<Vec<_>>().concat();
    let path = format!("GET /v1/orders?q={q}&limit=2{after}");
    let page = web.done(&web.token(who), &path, &Value::Null);
    let text = |order: &Value| order["number"].as_str().unwrap().to_owned();
    let numbers = page["items"].as_array().unwrap().iter().map(text).collect();
    (numbers, page["next"].as_str().map(str::to_owned))
}

/// Places an order for somebody else; gives its id and number.
fn placed(web: &Web, name: &str, phone: &str, sku: xr_base::SkuId) -> (String, String, String) {
    let mut cart = web.cart(&[(sku, 1)]);
    cart["recipient"]["name"] = json!(name);
    cart["recipient"]["phone"] = json!(phone);
    let order = web.done(&web.token("buyer"), "POST /v1/orders", &cart);
    let text = |field: &str| order[field].as_str().unwrap().to_owned();
    (text("order"), text("number"), text("payment"))
}

#[test]
fn orders_are_found_by_number_waybill_phone_name_and_code_of_the_goods() {
    on_both(|web| {
        let (pen, cup) = (web.sku(10), web.sku(10));
        let code: String = {
            let skus =
                web.done(&web.token("shop"), &format!("GET /v1/shops/{}/skus", web.sellers[0].shop), &Value::Null);
            let of_cup = |sku: &&Value| sku["id"] == json!(cup);
            skus["items"].as_array().unwrap().iter().find(of_cup).unwrap()["code"].as_str().unwrap().to_owned()
        };
        let (id, one, payment) = placed(web, "欧阳锋", "13911112222", pen);
        let (_, two, _) = placed(web, "欧阳锋", "13700002222", cup);
        let (_, three, _) = placed(web, "黄蓉", "021-62220001", cup);
        let buyer = web.token("buyer");
        web.done(&buyer, &format!("POST /v1/cases/{payment}/acts"), &json!({ "event": "submit" }));
        assert_eq!(web.notice("captured", &payment, 1_000).status, 200);
        let ship = json!({ "event": "ship_all", "input": { "carrier": "SF", "waybill": "SF1357924680" } });
        web.done(&web.token("shop"), &format!("POST /v1/cases/{id}/acts"), &ship);
        let all = |text: &str| found(web, "shop", text, "").0;
        for (text, expected) in [
            (one.as_str(), vec![&one]),
            ("SF1357924680", vec![&one]),
            ("13911112222", vec![&one]),
            ("2222", vec![&two, &one]),
            ("欧阳锋", vec![&two, &one]),
            ("黄蓉", vec![&three]),
            (&code, vec![&three, &two]),
            (" 黄蓉 ", vec![&three]),
            ("0001", vec![&three]),
            ("13911112223", vec![]),
            ("222", vec![]),
            ("欧阳", vec![]),
            ("%", vec![]),
        ] {
            assert_eq!(all(text).iter().collect::<Vec<_>>(), expected, "{text}");
        }
        // By pages, each once.
        let (_, newest, _) = placed(web, "欧阳锋", "13911112222", pen);
        let (first, next) = found(web, "shop", "欧阳锋", "");
        let (second, end) = found(web, "shop", "欧阳锋", &format!("&after={}", next.unwrap()));
        assert_eq!(([first, second].concat(), end), (vec![newest, two.clone(), one.clone()], None));
        // Whoever may not reveal recipients learns no more from a search than the list shows: the end of the phone number.
        for (text, expected) in
            [("欧阳锋", 0), ("13911112222", 0), ("021-62220001", 0), ("2222", 1), (one.as_str(), 1), (&code, 1)]
        {
            assert_eq!(found(web, "audit", text, "").0.len().min(1), expected, "an auditor looks for {text}");
        }
        // Nobody else's.
        let numbers = [one.as_str(), "SF1357924680"];
        for (who, by_number, by_other) in [("op", 1, 1), ("buyer", 1, 0), ("shop2", 0, 0), ("buyer2", 0, 0)] {
            for text in [one.as_str(), "SF1357924680", "13911112222", "黄蓉", &code] {
                let expected = if numbers.contains(&text) { by_number } else { by_other };
                assert_eq!(found(web, who, text, "").0.len().min(1), expected, "{who} looks for {text}");
            }
        }
    });
}
