//! What is large is deleted bit by bit, and nobody fills the disk.

use crate::support::{count, delete_forgotten, file, line, number};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use xr_base::Millis;
use xr_imports::{DeleteForgotten, ForgetFiles, UploadQuota};
use xr_store::{Store, sql};
use xr_testkit::http::Ask;
use xr_tests::http::{Setup, Web, on_both, problem};

/// Most bad rows and parts that one transaction may delete.
const ROWS_MAX: i64 = 2_000;
const PARTS_MAX: i64 = 8;

fn bad_rows(store: &Store) -> i64 {
    count(store, sql!("SELECT COUNT(*) FROM sealed_bad_rows /* unscoped: a test */"))
}

fn parts(store: &Store) -> i64 {
    count(store, sql!("SELECT COUNT(*) FROM sealed_import_parts /* unscoped: a test */"))
}

/// A file of which every row is bad.
fn bad_file(rows: usize) -> Vec<u8> {
    file(&(0..rows).map(|n| line(&format!("A{n:05}"), 1, "K1", 0)).collect::<Vec<_>>())
}

#[test]
fn the_report_of_an_earlier_run_goes_in_steps_wherever_a_worker_is_left() {
    on_both(|web| {
        let token = web.token("shop");
        let source = web.source(&token, "淘宝");
        let import = web.upload(&token, "orders.csv", &bad_file(5_000));
        web.run_import(&token, &import, (&source, true));
        let (store, id) = (&web.node.store, import["id"].as_str().unwrap());
        assert_eq!(bad_rows(store), 5_000);
        web.done(&token, &format!("POST /v1/imports/{id}/start"), &json!({ "source": source, "dry_run": true }));
        let seen = RefCell::new(vec![bad_rows(store)]);
        let look = |until: i64| {
            seen.borrow_mut().push(bad_rows(store));
            seen.borrow().last().is_some_and(|left| *left < until)
        };
        // Left in the middle of the deleting, then done to its end.
        assert!(!xr_imports::run_next(store, "a test", &|| look(5_000)).unwrap());
        let left = bad_rows(store);
        assert!(left > 0 && left < 5_000, "{left}");
        assert!(xr_imports::run_next(store, "a test", &|| look(0)).unwrap());
        let seen = seen.into_inner();
        assert!(seen.windows(2).all(|pair| pair[0] - pair[1] <= ROWS_MAX) && seen.contains(&0), "{seen:?}");
        let done = web.done(&token, &format!("GET /v1/imports/{id}"), &Value::Null);
        assert_eq!((&done["state"], number(&done, "rows_bad"), bad_rows(store)), (&json!("checked"), 5_000, 5_000));
    });
}

#[test]
fn a_large_file_is_deleted_in_steps() {
    on_both(|web| {
        let token = web.token("shop");
        let source = web.source(&token, "淘宝");
        let mut bytes = bad_file(2_500);
        let long = line("B1", 1, "K1", 0).replace("请快些", &"慢".repeat(10_000));
        while bytes.len() < 24 << 20 {
            bytes.extend_from_slice(long.as_bytes());
            bytes.push(b'\n');
        }
        let import = web.upload(&token, "orders.csv", &bytes);
        web.run_import(&token, &import, (&source, true));
        let store = &web.node.store;
        web.node.advance(Millis::seconds(30 * 86_400 + 1));
        let mut before = (parts(store), bad_rows(store));
        assert!(before.0 > 2 * PARTS_MAX && before.1 > ROWS_MAX, "{before:?}");
        assert_eq!(store.write_blocking(ForgetFiles).unwrap(), 1);
        while store.write_blocking(DeleteForgotten).unwrap() {
            let now = (parts(store), bad_rows(store));
            assert!(before.0 - now.0 <= PARTS_MAX && before.1 - now.1 <= ROWS_MAX, "{before:?} {now:?}");
            before = now;
        }
        assert_eq!(before, (0, 0));
    });
}

#[test]
fn what_comes_after_its_upload_was_forgotten_is_refused_and_not_kept() {
    on_both(|web| {
        let (token, store) = (web.token("shop"), &web.node.store);
        let bytes = bad_file(40_000);
        let half = bytes.len() / 2;
        assert!(half > 2 << 20);
        let mut stream = std::net::TcpStream::connect(&web.node.address).unwrap();
        let head = format!(
            "POST /v1/imports?name=slow.csv HTTP/1.1\r\nHost: a.test\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/octet-stream\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            bytes.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&bytes[..half]).unwrap();
        while parts(store) < 2 {
            std::thread::yield_now();
        }
        web.node.advance(Millis::seconds(86_401));
        assert_eq!(store.write_blocking(ForgetFiles).unwrap(), 1);
        delete_forgotten(store);
        assert_eq!(parts(store), 0);
        // The server may answer before it has read all.
        let _ = stream.write_all(&bytes[half..]);
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 409") && answer.contains("imports.upload_ended"), "{answer}");
        assert_eq!(parts(store), 0);
        let uploads = count(store, sql!("SELECT COUNT(*) FROM imports /* unscoped: a test */"));
        assert_eq!(uploads, 0);
    });
}

#[test]
fn a_report_that_is_deleted_under_its_reader_does_not_look_whole() {
    let web = Web::sqlite();
    let (token, store) = (web.token("shop"), &web.node.store);
    let source = web.source(&token, "淘宝");
    // More than the buffers of both sides of a connection hold.
    let import = web.upload(&token, "orders.csv", &bad_file(120_000));
    web.run_import(&token, &import, (&source, true));
    let path = format!("/v1/imports/{}", import["id"].as_str().unwrap());
    let mut stream = std::net::TcpStream::connect(&web.node.address).unwrap();
    let head = format!("GET {path}/report.csv HTTP/1.1\r\nHost: a.test\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut begun = [0; 1_000];
    stream.read_exact(&mut begun).unwrap();
    assert!(begun.starts_with(b"HTTP/1.1 200"));
    web.done(&token, &format!("DELETE {path}"), &Value::Null);
    delete_forgotten(store);
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(rest.len() > 100_000, "{}", rest.len());
    assert!(!rest.ends_with(b"0\r\n\r\n"), "it ended as if it were whole");
}

#[test]
fn an_organisation_keeps_no_more_bytes_than_its_quota() {
    let setup = || Setup { ext: vec![Box::new(UploadQuota(3 << 20))], ..Setup::default() };
    for web in std::iter::once(Web::sqlite_with(setup())).chain(Web::postgres_with(setup())) {
        let store = &web.node.store;
        let bytes = bad_file(14_000);
        assert!((2 << 20..3 << 20).contains(&bytes.len()), "{}", bytes.len());
        let upload = |login: &str| {
            let token = web.token(login);
            web.send(&Ask::new("POST /v1/imports?name=x.csv").by(&token).bytes(&bytes)).status
        };
        assert_eq!(upload("shop"), 200);
        let kept = parts(store);
        let token = web.token("shop");
        let ask = Ask::new("POST /v1/imports?name=x.csv").by(&token).bytes(&bytes);
        let told = problem(&web, &ask);
        assert_eq!((told.0, told.1.as_str()), (413, "imports.quota_full"));
        assert!(web.send(&ask).text().contains("\"field\":\"file\""));
        assert_eq!(parts(store), kept, "nothing of what was refused is kept");
        assert_eq!(upload("shop2"), 200, "each organisation has its own");
        web.node.advance(Millis::seconds(30 * 86_400 + 1));
        assert_eq!(store.write_blocking(ForgetFiles).unwrap(), 2);
        assert_eq!(upload("shop"), 200, "room is made as soon as a file is forgotten");
    }
}

#[test]
fn a_file_is_deleted_when_its_merchant_says_so_but_not_under_a_run() {
    on_both(|web| {
        let token = web.token("shop");
        let source = web.source(&token, "淘宝");
        let store = &web.node.store;
        let import = web.upload(&token, "orders.csv", &bad_file(10));
        let id = import["id"].as_str().unwrap();
        let forget = format!("DELETE /v1/imports/{id}");
        let wanted = json!({ "source": source, "dry_run": true });
        web.done(&token, &format!("POST /v1/imports/{id}/start"), &wanted);
        let told = problem(web, &Ask::new(&forget).by(&token));
        assert_eq!((told.0, told.1.as_str()), (409, "imports.is_busy"));
        assert!(xr_imports::run_next(store, "a test", &|| false).unwrap());
        assert_eq!((parts(store), bad_rows(store)), (1, 10));
        for _ in 0..2 {
            assert_eq!(web.done(&token, &forget, &Value::Null)["has_file"], false, "wanting it again is no mistake");
        }
        delete_forgotten(store);
        assert_eq!((parts(store), bad_rows(store)), (0, 0));
        let told =
            problem(web, &Ask::new(&format!("POST /v1/imports/{id}/start")).by(&token).json(&wanted.to_string()));
        assert_eq!((told.0, told.1.as_str()), (409, "imports.is_forgotten"));
        let shown = web.done(&token, &format!("GET /v1/imports/{id}"), &Value::Null);
        assert_eq!((&shown["state"], number(&shown, "rows_bad")), (&json!("checked"), 10));
    });
}
