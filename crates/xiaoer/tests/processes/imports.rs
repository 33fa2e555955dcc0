//! The import desk of the real program: a large file with mistakes, the power fails in the middle, and the run goes on by itself.

use crate::server::{self, Server};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;
use xr_base::Stopwatch;
use xr_testkit::http::{Ask, Reply};

/// Rows of the file, and of them bad ones.
const ROWS: usize = 10_000;
const BAD: usize = 200;
/// A run that was left is taken up after its lease, and then needs its time on a busy machine.
const DONE_WITHIN: Duration = Duration::from_mins(2);

/// A row in the twelve ways in which it can be broken; the number of the order stays readable.
fn broken(way: usize, order: &str) -> Vec<u8> {
    let row = |quantity: &str, price: &str, at: &str, buyer: &str| {
        format!("{order},K1,goods,{quantity},{price},{at},{buyer}").into_bytes()
    };
    let at = "2026-01-02 10:00:00";
    match way % 12 {
        0 => row("six", "1.00", at, "b"),
        1 => row("-1", "1.00", at, "b"),
        2 => row("1.5", "1.00", at, "b"),
        3 => row("1", "1,0,0", at, "b"),
        4 => row("1", "-1.00", at, "b"),
        5 => row("1", "1.00001", at, "b"),
        6 => row("1", "1.00", "2026-02-30", "b"),
        7 => row("1", "1.00", "", "b"),
        8 => row("1", "1.00", at, &"b".repeat(51)),
        9 => format!("{order},K1,\"goods\"x,1,1.00,{at},b").into_bytes(),
        // 林 in GB18030 and a stray byte, in a file of UTF-8.
        10 => [row("1", "1.00", at, "").as_slice(), &[0xc1, 0xd6]].concat(),
        _ => [row("1", "1.00", at, "").as_slice(), &[0xff]].concat(),
    }
}

/// The file, and the lines of its bad rows. Every fourth order has two lines; every bad row is an order of its own.
pub(crate) fn file() -> (Vec<u8>, BTreeSet<i64>) {
    let mut bytes = "order no,sku,title,quantity,price,date,buyer\n".as_bytes().to_vec();
    let mut bad = BTreeSet::new();
    for row in 0..ROWS {
        if row % (ROWS / BAD) == 7 {
            bad.insert(i64::try_from(row).unwrap() + 2);
            bytes.extend(broken(row / (ROWS / BAD), &format!("BAD{row}")));
            bytes.push(b'\n');
        } else {
            let first = if row % 4 == 1 { row - 1 } else { row };
            let order = format!("G{first:05}");
            let mut line = String::new();
            writeln!(
                line,
                "{order},K{},\u{8336}\u{676f},{},19.90,2026-01-02 10:00:00,b{}",
                row % 50,
                row % 9 + 1,
                first % 300
            )
            .unwrap();
            bytes.extend(line.bytes());
        }
    }
    (bytes, bad)
}

pub(crate) struct Desk<'d> {
    address: &'d str,
    cookie: String,
}

impl<'d> Desk<'d> {
    /// The demo's merchant.
    pub(crate) fn open(address: &'d str) -> Self {
        Self::of(address, "yunduo")
    }

    /// Somebody of the demo.
    pub(crate) fn of(address: &'d str, login: &str) -> Self {
        let log_in = json!({ "login": login, "password": "demo" }).to_string();
        let reply = Ask::new("POST /v1/session").json(&log_in).send(address).unwrap();
        Self { address, cookie: reply.header("set-cookie").split(';').next().unwrap().to_owned() }
    }

    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    pub(crate) fn send(&self, ask: Ask) -> Reply {
        let reply = ask.with("Cookie", &self.cookie).send(self.address).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply
    }

    pub(crate) fn done(&self, line: &str, body: &Value) -> Value {
        let ask = if body.is_null() { Ask::new(line) } else { Ask::new(line).json(&body.to_string()) };
        serde_json::from_slice(&self.send(ask).body).unwrap()
    }

    fn source(&self) -> Value {
        let session = self.done("GET /v1/session", &Value::Null);
        let column = |name: &str| json!({ "column": name });
        let columns = json!({
            "order_no": column("order no"), "sku": column("sku"), "title": column("title"), "quantity": column("quantity"),
            "unit_price": column("price"), "placed_at": column("date"), "buyer": column("buyer"),
        });
        let new = json!({ "name": "kill", "shop": session["shops"][0]["id"], "settings": { "columns": columns } });
        self.done("POST /v1/import-sources", &new)["id"].clone()
    }

    /// Uploads the file and wants its import; gives the path of it.
    pub(crate) fn import(&self, bytes: &[u8]) -> String {
        let source = self.source();
        let import = self.send(Ask::new("POST /v1/imports?name=orders.csv").bytes(bytes));
        let import: Value = serde_json::from_slice(&import.body).unwrap();
        let path = format!("/v1/imports/{}", import["id"].as_str().unwrap());
        assert_eq!(import["row_count"], ROWS);
        self.done(&format!("POST {path}/start"), &json!({ "source": source, "dry_run": false }));
        path
    }

    /// Until what stands there is as wanted. It is asked for again and again, as the page does.
    pub(crate) fn wait(&self, path: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let begin = Stopwatch::start();
        loop {
            let now = self.done(&format!("GET {path}"), &Value::Null);
            if is_wanted(&now) {
                return now;
            }
            assert!(begin.elapsed() < DONE_WITHIN, "{now}");
        }
    }

    fn bad_rows(&self, path: &str) -> Vec<Value> {
        let (mut found, mut next) = (Vec::new(), String::new());
        loop {
            let page = self.done(&format!("GET {path}/rows?limit=200{next}"), &Value::Null);
            found.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(after) = page["next"].as_str() else { return found };
            next = format!("&after={after}");
        }
    }
}

/// Rows of every imported order, by the dump of the stopped program.
fn orders_in(place: &[&str]) -> BTreeMap<String, usize> {
    let dump = server::output(place, &["dump"], "").unwrap();
    let cell = |line: &str, name: &str| {
        let start = line.find(&format!("\t{name}=")).unwrap() + name.len() + 2;
        line[start..].split('\t').next().unwrap().to_owned()
    };
    let mut numbers = BTreeMap::new();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for line in
        dump.lines().filter(|line| line.starts_with("orders\t") && cell(line, "outside_no").starts_with(['G', 'B']))
    {
        let number = cell(line, "outside_no");
        assert!(found.insert(number.clone(), 0).is_none(), "{number} is there twice");
        numbers.insert(cell(line, "case_id"), number);
    }
    for line in dump.lines().filter(|line| line.starts_with("order_lines\t")) {
        if let Some(number) = numbers.get(&cell(line, "order_id")) {
            *found.get_mut(number).unwrap() += 1;
        }
    }
    found
}

fn live_and_die(place: &[&str]) {
    let (bytes, bad) = file();
    let mut server = Server::start(place);
    let desk = Desk::open(&server.address);
    let path = desk.import(&bytes);
    let seen = desk.wait(&path, |now| now["done"].as_i64().unwrap() > 0);
    server.kill();
    assert_eq!(seen["state"], "running", "it was killed in the middle: {seen}");

    server = Server::start(place);
    let desk = Desk::open(&server.address);
    let done = desk.wait(&path, |now| now["state"] == "done");
    let count = |name: &str| done["counts"][name].as_u64().unwrap();
    assert_eq!(["rows", "rows_new", "rows_bad", "rows_known"].map(count), [10_000, 9_800, 200, 0], "{done}");
    let rows = desk.bad_rows(&path);
    let lines: BTreeSet<i64> = rows.iter().map(|row| row["line"].as_i64().unwrap()).collect();
    assert_eq!((rows.len(), lines), (BAD, bad));
    let codes: BTreeSet<&str> = rows.iter().map(|row| row["problems"][0]["code"].as_str().unwrap()).collect();
    assert!(codes.len() >= 9 && codes.contains("not_text"), "{codes:?}");
    server.kill();
    let found = orders_in(place);
    let wanted = found.iter().all(|(number, _)| number.starts_with('G'));
    assert_eq!((found.values().sum::<usize>(), wanted), (ROWS - BAD, true), "every good row once");
    server::doctor(place);
}

#[test]
fn a_file_that_was_being_imported_when_the_program_died_is_imported_to_its_end_once() {
    server::in_a_folder(live_and_die);
}

#[test]
fn so_it_is_on_postgresql() {
    server::on_postgresql(live_and_die);
}
