//! Exports of the real program: killed in the middle of a file, which is written to its end once by whoever serves next.

use crate::imports::{Desk, file};
use crate::server::{self, Server};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use xr_testkit::http::Ask;

fn live_and_die(place: &[&str]) {
    let mut server = Server::start(place);
    let desk = Desk::open(&server.address);
    let import = desk.import(&file().0);
    desk.wait(&import, |now| now["state"] == "done");
    let asked = Ask::new("POST /v1/exports").json(r#"{"format":"csv"}"#).with("Cookie", desk.cookie());
    let reply = asked.send(&server.address).unwrap();
    assert_eq!(reply.status, 202, "{}", reply.text());
    let asked: Value = serde_json::from_slice(&reply.body).unwrap();
    let path = format!("/v1/exports/{}", asked["id"].as_str().unwrap());
    let seen = desk.wait(&path, |now| now["orders_done"].as_i64().unwrap() > 0);
    server.kill();
    assert_eq!(seen["state"], "running", "it was killed in the middle: {seen}");

    server = Server::start(place);
    let desk = Desk::open(&server.address);
    let done = desk.wait(&path, |now| now["state"] != "running");
    assert_eq!((&done["state"], &done["orders_done"]), (&json!("done"), &done["orders_all"]), "{done}");
    let bytes = desk.send(Ask::new(&format!("GET {path}/file"))).body;
    assert_eq!(done["size_bytes"], json!(bytes.len()));
    let text = String::from_utf8(bytes).unwrap();
    // Number of the order and of its line.
    let key = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[0].to_owned(), cells[8].to_owned())
    };
    let rows: Vec<(String, String)> = text.trim_end().split("\r\n").skip(1).map(key).collect();
    let orders: BTreeSet<&String> = rows.iter().map(|(order, _)| order).collect();
    assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), rows.len(), "no line twice");
    assert_eq!(
        (done["rows"].as_u64(), done["orders_done"].as_u64()),
        (Some(rows.len() as u64), Some(orders.len() as u64))
    );
    server.kill();
    server::doctor(place);
}

#[test]
fn a_file_that_was_being_written_when_the_program_died_is_written_to_its_end_once() {
    server::in_a_folder(live_and_die);
}

#[test]
fn so_it_is_on_postgresql() {
    server::on_postgresql(live_and_die);
}
