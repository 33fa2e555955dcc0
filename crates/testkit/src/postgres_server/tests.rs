//! Databases for tests are separate, copied from templates, and gone afterwards.

use super::*;

fn query(url: &str, sql: &str) -> Result<i64, postgres::Error> {
    Client::connect(url, NoTls)?.query_one(sql, &[]).map(|row| row.get(0))
}

#[test]
fn a_database_is_apart_from_others_and_goes_with_its_value() {
    let (Some(one), Some(two)) = (fresh_database(None), fresh_database(None)) else { return };
    execute(&one.url(), "CREATE TABLE t (a BIGINT); INSERT INTO t VALUES (7)").expect("a table");
    assert_eq!(query(&one.url(), "SELECT a FROM t").expect("a row"), 7);
    assert!(query(&two.url(), "SELECT a FROM t").is_err());
    let url = one.url();
    drop(one);
    assert!(Client::connect(&url, NoTls).is_err());
}

#[test]
fn a_template_is_filled_once_and_copied_by_many() {
    let name = format!("t_{:016x}", RandomState::new().build_hasher().finish());
    let fills = std::sync::atomic::AtomicUsize::new(0);
    let fill = |url: &str| {
        fills.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        execute(url, "CREATE TABLE t (a BIGINT); INSERT INTO t VALUES (9)").expect("a table");
    };
    let has_server = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| ensure_template(&name, fill))).collect();
        runs.into_iter().all(|run| run.join().expect("a run"))
    });
    if !has_server {
        return;
    }
    assert_eq!(fills.into_inner(), 1);
    for _ in 0..2 {
        let copy = fresh_database(Some(&name)).expect("a copy");
        assert_eq!(query(&copy.url(), "SELECT a FROM t").expect("a row"), 9);
    }
}

#[test]
fn an_address_is_given_for_databases_that_outlive_their_maker() {
    let Some(url) = create_database(None) else { return };
    assert_eq!(query(&url, "SELECT 1::BIGINT").expect("a row"), 1);
}

#[test]
fn a_missing_server_is_an_error_in_ci_only() {
    assert!(refuse_to_skip(true).is_err());
    assert!(refuse_to_skip(false).is_ok());
}

#[test]
fn another_database_keeps_the_server() {
    assert_eq!(with_database("postgres://a@h:1/postgres", "x"), "postgres://a@h:1/x");
}
