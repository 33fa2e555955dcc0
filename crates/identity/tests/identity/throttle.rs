//! Guessing is slowed down, in wall time, by name and by address.

use crate::app::{PASSWORD, apps, typed};
use xr_base::{Fault, Millis};
use xr_identity::Device;

fn code(fault: &Fault) -> String {
    fault.problem().map(|p| p.code.clone()).unwrap_or_default()
}

#[tokio::test]
async fn after_eight_failures_even_the_right_password_waits_until_the_window_is_over() {
    for app in apps().await {
        for _ in 0..8 {
            assert_eq!(app.log_in("buyer", "wrong horse").await.status, 401);
        }
        let blocked = app.log_in("buyer", PASSWORD).await;
        assert_eq!(blocked.code(), (429, "identity.too_many_attempts"));
        assert_eq!(blocked.headers["retry-after"], "900");
        assert_eq!(app.log_in("merchant", PASSWORD).await.status, 200);
        app.advance(Millis::minutes(15));
        assert_eq!(app.log_in("buyer", PASSWORD).await.status, 200);
    }
}

#[tokio::test]
async fn guesses_sent_at_once_are_as_few_as_those_sent_one_after_the_other() {
    for app in apps().await {
        let guesses = (0..30).map(|_| app.log_in("buyer", "wrong horse"));
        let told = futures_util::future::join_all(guesses).await;
        let count = |status: u16| told.iter().filter(|answer| answer.status == status).count();
        assert_eq!((count(401), count(429)), (8, 22), "whoever came too late was not tried");
        assert_eq!(app.log_in("buyer", PASSWORD).await.status, 429, "and the right one is refused alike");
    }
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_throttled_like_one_that_does() {
    for app in apps().await {
        for _ in 0..8 {
            app.log_in("ghost", "wrong horse").await;
        }
        assert_eq!(app.log_in("GHOST", "wrong horse").await.status, 429);
    }
}

#[tokio::test]
async fn a_right_password_forgives_the_name_but_not_the_address() {
    for app in apps().await {
        let address = "203.0.113.9".parse().ok();
        let attempt = async |login: &str, password: &str| {
            let result = app.identity.log_in(typed(login, password), address, Device::default()).await;
            result.map_or_else(|fault| code(&fault), |_| String::new())
        };
        // 7 failures by name each time, forgiven by the log-in that follows; the address adds them up.
        for round in 0..9 {
            for _ in 0..7 {
                let told = attempt("buyer", "wrong horse").await;
                assert!(round == 8 || told == "identity.bad_credentials", "{told}");
            }
            if round < 8 {
                assert_eq!(attempt("buyer", PASSWORD).await, "", "round {round}");
            }
        }
        assert_eq!(attempt("merchant", PASSWORD).await, "identity.too_many_attempts");
        let elsewhere =
            app.identity.log_in(typed("merchant", PASSWORD), "203.0.113.10".parse().ok(), Device::default()).await;
        assert!(elsewhere.is_ok());
    }
}
