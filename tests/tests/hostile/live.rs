//! The live channel: whatever is cut, a client ends up with exactly what it may see, and with nothing after its rights end.

use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;
use tokio::runtime::Runtime;
use xr_base::{Actor, Fault, Scope, SkuId, Stopwatch};
use xr_identity::commands::DisableUser;
use xr_store::events::{Audience, NewEvent};
use xr_store::{Command, Tx};
use xr_testkit::http::Ask;
use xr_tests::http::{PASSWORD, Setup, Web, on_both};
use xr_tests::live::{Cuts, Dice, End, Held, visible};
use xr_tests::rush::wait_until;
use xr_web::live::LiveTimes;

/// Cuts in one run.
const CUTS: usize = 1_000;
/// A right that ended at another server may be answered for so long (decision D21), and what was read by then is sent.
const FORGOTTEN_WITHIN: Duration = Duration::from_secs(1);

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// Orders are placed and cancelled until told to stop.
fn bustle(web: &Web, tokens: &[String], sku: SkuId, is_over: &AtomicBool) {
    for token in tokens.iter().cycle() {
        if is_over.load(SeqCst) {
            return;
        }
        let bought = web.buy(token, &[(sku, 1)]);
        web.done(token, &format!("POST /v1/cases/{}/acts", bought.order), &json!({ "event": "cancel" }));
    }
}

/// Tokens and scopes of a merchant, a buyer and the platform.
fn people(web: &Web) -> [(String, Scope); 3] {
    [
        (web.token("shop"), Scope::Merchant(web.sellers[0].org)),
        (web.token("buyer2"), Scope::Buyer(web.user("buyer2"))),
        (web.token("audit"), Scope::Platform),
    ]
}

#[test]
fn after_a_thousand_cuts_a_client_holds_exactly_what_it_may_see() {
    on_both(|web| {
        let (sku, busy) = (web.sku(1_000), [web.token("buyer"), web.token("buyer2")]);
        let (people, runtime, is_over) = (people(web), runtime(), AtomicBool::new(false));
        let (cuts, address) = (Cuts { wanted: CUTS, ..Cuts::default() }, || web.node.address.clone());
        let mut held: Vec<Held> = people.iter().map(|_| Held::default()).collect();
        std::thread::scope(|scope| {
            scope.spawn(|| bustle(web, &busy, sku, &is_over));
            std::thread::scope(|scope| {
                for (who, (held, (token, _))) in held.iter_mut().zip(&people).enumerate() {
                    let (cuts, address) = (&cuts, &address);
                    scope.spawn(move || held.come_and_go(address, token, Dice(who as u64), cuts));
                }
            });
            is_over.store(true, SeqCst);
        });
        assert!(cuts.done.into_inner() >= CUTS && cuts.severed.into_inner() == 0);
        for ((token, scope), held) in people.iter().zip(&mut held) {
            runtime.block_on(held.assert_holds(&web.node.address, token, &visible(&web.node.store, *scope)));
        }
        let counts: Vec<usize> = held.iter().map(|h| h.events.len()).collect();
        assert!(counts[2] > counts[0] && counts[2] > counts[1], "everybody sees a part only: {counts:?}");
    });
}

/// Events that fill any buffer between a server and a client that does not read.
struct Flood(usize);

impl Command for Flood {
    type Out = ();
    const NAME: &'static str = "test.flood";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        for n in 0..self.0 {
            let (at, actor, audience) = (tx.now(), &Actor::System, Audience::default());
            let body = json!({ "n": n, "text": "x".repeat(4_000) });
            tx.event(&NewEvent { kind: "test.flooded", at, case: None, object: None, audience, actor, body })?;
        }
        Ok(())
    }
}

fn live_open(web: &Web) -> String {
    let text = web.send(&Ask::new("GET /metrics")).text();
    text.lines().find_map(|line| line.strip_prefix("xiaoer_live_open ")).unwrap().to_owned()
}

#[test]
fn a_client_that_does_not_read_is_cut_and_then_catches_up_with_all_of_it() {
    let live = || LiveTimes { send_within: Duration::from_secs(1), ..LiveTimes::default() };
    let setup = || Setup { live: live(), ..Setup::default() };
    for web in [Some(Web::sqlite_with(setup())), Web::postgres_with(setup())].into_iter().flatten() {
        let (token, runtime, address) = (web.token("audit"), runtime(), &web.node.address);
        let (mut slow, mut quick) = (Held::default(), Held::default());
        let mut channel = runtime.block_on(slow.open(address, &token, true)).unwrap();
        wait_until(&|| live_open(&web) == "1");
        for _ in 0..10 {
            web.node.store.write_blocking(Flood(500)).unwrap();
        }
        let expected = visible(&web.node.store, Scope::Platform);
        assert!(expected.len() > 5_000);
        // Somebody who reads is not held up by somebody who does not, and the latter's place becomes free.
        runtime.block_on(quick.assert_holds(address, &token, &expected));
        wait_until(&|| live_open(&web) == "0");
        let end = runtime.block_on(slow.drain(&mut channel, u64::MAX));
        assert!(matches!(end, End::Lost | End::Closed(4408)), "{end:?}");
        let reached = slow.events.len();
        assert!(reached > 0 && reached < expected.len(), "cut after {reached} of {}", expected.len());
        runtime.block_on(slow.assert_holds(address, &token, &expected));
    }
}

/// What ends somebody's rights while their channel is open, whose, and how long the server may take to notice.
struct Revocation {
    name: &'static str,
    login: &'static str,
    revoke: fn(&Web, &str),
    within: Duration,
}

const REVOCATIONS: [Revocation; 4] = [
    Revocation { name: "log-out", login: "shop", revoke: log_out, within: Duration::ZERO },
    Revocation { name: "another session ends it", login: "shop", revoke: end_from_elsewhere, within: Duration::ZERO },
    Revocation { name: "a new password", login: "shop", revoke: change_password, within: Duration::ZERO },
    // No route does this: it comes from elsewhere, as another server's decisions do.
    Revocation { name: "the person is disabled", login: "audit", revoke: disable, within: FORGOTTEN_WITHIN },
];

fn log_out(web: &Web, token: &str) {
    web.done(token, "DELETE /v1/session", &Value::Null);
}

fn end_from_elsewhere(web: &Web, token: &str) {
    let sessions = web.done(token, "GET /v1/sessions", &Value::Null);
    let current = sessions.as_array().unwrap().iter().find(|s| s["is_current"] == true);
    let id = current.unwrap_or_else(|| panic!("{sessions}"))["id"].as_str().unwrap().to_owned();
    web.done(&web.token("shop"), &format!("DELETE /v1/sessions/{id}"), &Value::Null);
}

fn change_password(web: &Web, _: &str) {
    let body = json!({ "current": PASSWORD, "password": "another horse, another battery" });
    web.done(&web.token("shop"), "POST /v1/me/password", &body);
}

fn disable(web: &Web, _: &str) {
    web.node.store.write_blocking(DisableUser { actor: Actor::System, user: web.user("audit") }).unwrap();
}

#[test]
fn after_its_rights_are_revoked_not_one_event_more_is_sent() {
    on_both(|web| REVOCATIONS.iter().for_each(|revocation| nothing_after(web, revocation)));
}

fn nothing_after(web: &Web, Revocation { name, login, revoke, within }: &Revocation) {
    let (sku, busy, token) = (web.sku(100_000), web.token("buyer"), web.token(login));
    let scope = if *login == "audit" { Scope::Platform } else { Scope::Merchant(web.sellers[0].org) };
    let runtime = runtime();
    let mut held = Held::default();
    let mut channel = runtime.block_on(held.open(&web.node.address, &token, false)).unwrap();
    let told = std::sync::Mutex::new(0);
    let (end, secret, held) = std::thread::scope(|scope_of_threads| {
        let reading = scope_of_threads.spawn(|| {
            loop {
                let end = runtime.block_on(held.drain(&mut channel, 1));
                *told.lock().unwrap() = held.last;
                if end != End::Cut {
                    return (end, held);
                }
            }
        });
        let before = *told.lock().unwrap();
        web.buy(&busy, &[(sku, 1)]);
        wait_until(&|| *told.lock().unwrap() > before);
        revoke(web, &token);
        let revoked = Stopwatch::start();
        // Something happens all the time, so that a server that forgets to look would send it.
        while revoked.elapsed() < *within {
            web.buy(&busy, &[(sku, 1)]);
        }
        let allowed = visible(&web.node.store, scope).keys().next_back().copied().unwrap();
        for _ in 0..5 {
            web.buy(&busy, &[(sku, 1)]);
        }
        let (end, held) = reading.join().unwrap();
        (end, allowed, held)
    });
    assert_eq!(end, End::Closed(4401), "{name}");
    let after = visible(&web.node.store, scope).range(secret + 1..).count();
    assert!(after >= 5 && held.last <= secret, "{name}: {} was sent, {secret} was the last one allowed", held.last);
    let again = runtime.block_on(Held::default().read(&web.node.address, &token, 1));
    assert_eq!(again, End::Refused(401), "{name}");
}
