//! The way in.

use crate::{CODE, applied, reading};
use serde_json::{Value, json};
use xr_base::{Actor, Fault, OrgId};
use xr_identity::{Standing, standing};
use xr_store::{Command, Tx};
use xr_testkit::http::Ask;
use xr_tests::http::on_both;

const OTHER: &str = "91330106MA2000001T";

#[test]
fn a_company_is_rejected_for_a_mismatch_mends_and_is_approved_and_only_then_has_its_rights() {
    on_both(|web| {
        let shop = applied(web, CODE);
        let op = web.token("op");
        let may = |line: &str| web.send(&Ask::new(line).by(&shop.token)).status;
        assert_eq!((may("GET /v1/members"), may("GET /v1/verification")), (403, 200), "only its verification is open");
        let standing = |token: &str| web.done(token, "GET /v1/session", &Value::Null)["standing"].clone();
        assert_eq!((standing(&shop.token), standing(&op)), (json!("unverified"), json!("operator")));
        let (status, view) = shop.act(web, &shop.token, "submit", &Value::Null);
        assert_eq!((status, view["state"].as_str()), (200, Some("submitted")), "{view}");
        assert_eq!(view["next"][0]["rule"], "B2B-1");
        assert!(view["due_at"].is_string(), "the applicant sees how long it may take");

        let (status, problem) = shop.act(web, &op, "approve", &reading("91330106MA2000003K"));
        assert_eq!((status, problem["code"].as_str()), (422, Some("verification.differs")), "{problem}");
        assert_eq!(problem["field"], "input/code");
        let why = json!({ "reason": "统一社会信用代码与执照不符", "fields": ["code"] });
        assert_eq!(shop.act(web, &op, "reject", &why).0, 200);
        let view = shop.view(web);
        let told = &view["verification"];
        assert_eq!((view["state"].as_str(), told["mend"][0].as_str()), (Some("rejected"), Some("code")), "{view}");
        assert_eq!(told["reason"], "统一社会信用代码与执照不符");

        assert_eq!(shop.act(web, &shop.token, "resubmit", &Value::Null).0, 200);
        assert_eq!(shop.act(web, &op, "approve", &reading("9133 0106 ma20 0000 2m")).0, 200, "as a person reads it");
        let session = web.done(&shop.token, "GET /v1/session", &Value::Null);
        let may_list = session["permissions"].as_array().unwrap().contains(&json!("catalog.manage"));
        assert_eq!((session["standing"].as_str(), may_list), (Some("approved"), true), "both of one moment: {session}");
        let view = shop.view(web);
        assert_eq!(
            (view["state"].as_str(), view["verification"]["standing"].as_str()),
            (Some("approved"), Some("approved"))
        );
        let token = web.token_of(&shop.who.made.login);
        assert_eq!(web.send(&Ask::new("GET /v1/members").by(&token)).status, 200);
        assert_eq!(standing(&token), "approved");
    });
}

#[test]
fn what_is_under_review_stays_as_it_was_handed_in() {
    on_both(|web| {
        let shop = applied(web, CODE);
        assert_eq!(shop.act(web, &shop.token, "submit", &Value::Null).0, 200);
        let form = xr_tests::http::registration("enterprise", OTHER)["form"].to_string();
        let save = web.send(&Ask::new("PUT /v1/verification/draft").by(&shop.token).json(&form));
        assert_eq!((save.status, save.text().contains("verification.not_now")), (409, true), "{}", save.text());
        assert_eq!(shop.hand_in(web, "other", &xr_tests::picture(6, 10)), 409);
    });
}

#[test]
fn an_incomplete_application_cannot_be_handed_in_and_says_what_is_missing() {
    on_both(|web| {
        let shop = applied(web, "");
        assert_eq!(shop.view(web)["verification"]["lacking"], json!(["code"]));
        let (status, problem) = shop.act(web, &shop.token, "submit", &Value::Null);
        assert_eq!((status, problem["code"].as_str()), (409, Some("verification.incomplete")), "{problem}");
    });
}

/// Gives an organisation another standing, as the effects of the machine do.
struct Stand(OrgId, Standing);

impl Command for Stand {
    type Out = ();
    const NAME: &'static str = "test.stand";
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        standing::set(tx, &Actor::System, self.0, self.1, None)
    }
}

#[test]
fn a_suspended_merchant_takes_no_orders_and_a_restricted_one_still_does() {
    on_both(|web| {
        let (buyer, org) = (web.token("buyer"), web.sellers[0].org);
        let cart = web.cart(&[(web.sku(9), 1)]).to_string();
        let order = || {
            let reply = web.send(&Ask::new("POST /v1/orders").by(&buyer).json(&cart));
            (reply.status, reply.text())
        };
        for (standing, wanted) in [(Standing::Restricted, 200), (Standing::Suspended, 409), (Standing::Approved, 200)] {
            web.node.store.write_blocking(Stand(org, standing)).unwrap();
            let (status, text) = order();
            assert_eq!(status, wanted, "{standing:?}: {text}");
            assert!(status == 200 || text.contains("identity.may_not_sell"), "{text}");
        }
    });
}
