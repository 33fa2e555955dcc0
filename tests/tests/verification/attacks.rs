//! Those who try to get around it.

use crate::{CODE, applied, reading};
use serde_json::{Value, json};
use xr_testkit::http::Ask;
use xr_tests::http::{Web, on_both, registration};

#[test]
fn one_number_stands_for_one_organisation_however_many_hand_it_in_at_once() {
    on_both(|web| {
        let shops: Vec<_> = (0..6).map(|_| applied(web, CODE)).collect();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries: Vec<_> =
                shops.iter().map(|s| scope.spawn(|| s.act(web, &s.token, "submit", &Value::Null).0)).collect();
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let won = statuses.iter().filter(|s| **s == 200).count();
        let refused = statuses.iter().filter(|s| **s == 409).count();
        assert_eq!((won, refused), (1, 5), "{statuses:?}");
    });
}

#[test]
fn nobody_approves_themselves_and_no_other_merchant_sees_the_case() {
    on_both(|web| {
        let shop = applied(web, CODE);
        assert_eq!(shop.act(web, &shop.token, "submit", &Value::Null).0, 200);
        assert_eq!(shop.act(web, &shop.token, "approve", &reading(CODE)).0, 403, "its own review");
        for login in ["shop2", "buyer"] {
            let token = web.token(login);
            assert_eq!(shop.act(web, &token, "approve", &reading(CODE)).0, 404, "{login}");
            assert_eq!(web.send(&Ask::new(&format!("GET /v1/cases/{}", shop.case)).by(&token)).status, 404);
        }
        assert_eq!(shop.act(web, &web.token("agent"), "approve", &reading(CODE)).0, 403, "an agent reviews nothing");
    });
}

#[test]
fn what_only_calls_itself_a_paper_is_refused() {
    on_both(|web| {
        let shop = applied(web, CODE);
        let files: [&[u8]; 6] = [
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"<!doctype html><script>alert(1)</script>",
            b"GIF89a...........",
            b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>\n%%EOF\n",
            b"%PDF-1.7\n1 0 obj<</S/#4aavaScript>>\n%%EOF\n",
            b"%PDF-1.7\nhalf of it",
        ];
        for file in files {
            assert_eq!(shop.hand_in(web, "other", file), 422, "{:?}", String::from_utf8_lossy(file));
        }
        assert_eq!(shop.hand_in(web, "other", b"%PDF-1.7\nnothing\n%%EOF\n"), 200);
        assert_eq!(shop.hand_in(web, "passport", &xr_tests::picture(5, 3)), 422, "no such kind");
    });
}

#[test]
fn looking_at_a_paper_is_on_record_and_a_pdf_is_only_a_download() {
    on_both(|web| {
        let shop = applied(web, CODE);
        assert_eq!(shop.hand_in(web, "other", b"%PDF-1.7\nnothing\n%%EOF\n"), 200);
        let papers = shop.view(web)["verification"]["papers"].clone();
        let op = web.token("op");
        for paper in papers.as_array().unwrap() {
            let reply =
                web.send(&Ask::new(&format!("GET /v1/verification/papers/{}", paper["id"].as_str().unwrap())).by(&op));
            assert_eq!(reply.status, 200);
            let is_pdf = paper["media_type"] == "application/pdf";
            assert_eq!(reply.header("content-disposition").starts_with("attachment"), is_pdf);
        }
        let told = web.done(&op, &format!("GET /v1/operations?object={}", shop.case), &Value::Null);
        let seen = told["items"].as_array().unwrap().iter().filter(|o| o["kind"] == "verification.paper_seen").count();
        assert_eq!(seen, 2, "{told}");
    });
}

#[test]
fn registering_tells_nothing_of_others_and_no_address_registers_for_ever() {
    let web = Web::sqlite();
    let body = registration("enterprise", CODE).to_string();
    let replies: Vec<_> = (0..11).map(|_| web.send(&Ask::new("POST /v1/registrations").json(&body))).collect();
    let statuses: Vec<u16> = replies.iter().map(|r| r.status).collect();
    assert_eq!(statuses, [[200; 10].as_slice(), &[429]].concat(), "{}", replies[10].text());
    let login = |i: usize| serde_json::from_slice::<Value>(&replies[i].body).unwrap()["login"].clone();
    assert_ne!(login(0), login(1), "the same data twice are two applicants: nobody learns that one is there");
}

#[test]
fn nobody_registers_without_consent_or_with_numbers_that_cannot_be() {
    let web = Web::sqlite();
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut body = registration("enterprise", CODE);
        change(&mut body);
        let reply = web.send(&Ask::new("POST /v1/registrations").json(&body.to_string()));
        assert_eq!(reply.status, 422, "{}", reply.text());
        serde_json::from_slice::<Value>(&reply.body).unwrap()["field"].clone()
    };
    assert_eq!(refused(&|b| b["agreements"][1]["version"] = json!("2020-01")), "agreements");
    assert_eq!(refused(&|b| b["form"]["code"] = json!("91330106MA20000021")), "code");
    assert_eq!(refused(&|b| b["form"]["phone"] = json!("call me")), "phone");
    assert_eq!(refused(&|b| b["form"]["email"] = json!("nowhere")), "email");
    assert_eq!(refused(&|b| b["form"]["name"] = json!(" ")), "name");
    assert_eq!(refused(&|b| b["password"] = json!("")), "password");
}
