//! Who copies the disk of a market, or dumps its database, learns nothing of what people entrusted to it (SYS-7): everything there is
//! searched, in every writing, for what was sent in, and for the signatures that carvers look for.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use xr_base::Clock as _;
use xr_store::Location;
use xr_testkit::http::Ask;
use xr_tests::http::desk::HEADER;
use xr_tests::http::{Web, on_both};

const NAME: &str = "欧阳不留痕";
const PHONE: &str = "13912345067";
const ADDRESS: &str = "隐秘路七号三单元五零一";

/// Photographs, drawings, workbooks begin with these. Shorter ones stand in any random bytes.
const SIGNATURES: [&[u8]; 4] = [b"\xff\xd8\xff\xe0\x00\x10", b"JFIF\x00", b"\x89PNG\r\n", b"PK\x03\x04\x14\x00"];

/// A text as it may stand in files: UTF-8, both kinds of UTF-16, GB18030.
fn writings(text: &str) -> Vec<Vec<u8>> {
    let wide: Vec<u16> = text.encode_utf16().collect();
    vec![
        text.as_bytes().to_vec(),
        wide.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        wide.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        encoding_rs::GB18030.encode(text).0.into_owned(),
    ]
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    let finder = part[0];
    bytes.iter().enumerate().any(|(at, byte)| *byte == finder && bytes[at..].starts_with(part))
}

/// What `bytes` give away.
fn told(bytes: &[u8], secrets: &[&str]) -> Vec<String> {
    let texts = secrets.iter().filter(|text| writings(text).iter().any(|part| holds(bytes, part)));
    let signs = SIGNATURES.iter().filter(|sign| holds(bytes, sign)).map(|sign| format!("{sign:02x?}"));
    texts.map(|text| (*text).to_owned()).chain(signs).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// A whole copy of the market: every file of its folder, or every row and cell of its database.
fn copies(web: &Web) -> Vec<(String, Vec<u8>)> {
    match &web.location {
        Location::Folder(folder) => {
            files(folder).into_iter().map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
        }
        Location::Postgres(url) => {
            let dumped = Command::new("pg_dump").args(["--data-only", "--inserts", url]).output().unwrap();
            assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
            // Bytes are written as hexadecimal digits.
            let text = String::from_utf8(dumped.stdout).unwrap();
            let cells = text.split("'\\x").skip(1).flat_map(|cell| {
                let digits: Vec<u8> = cell.bytes().take_while(u8::is_ascii_hexdigit).collect();
                let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
                digits.chunks_exact(2).map(byte).chain([0]).collect::<Vec<u8>>()
            });
            vec![("cells".to_owned(), cells.collect()), ("dump".to_owned(), text.into_bytes())]
        }
    }
}

fn assert_silent(web: &Web, secrets: &[&str]) {
    let copies = copies(web);
    assert!(copies.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > 100_000);
    for (name, bytes) in copies {
        assert_eq!(told(&bytes, secrets), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn the_search_finds_what_it_looks_for() {
    for text in [NAME, PHONE] {
        for part in writings(text) {
            assert_eq!(told(&[b"abc".as_slice(), &part, b"xyz"].concat(), &[NAME, PHONE]), [text]);
        }
    }
    assert_eq!(told(&photo(), &[]).len(), 2, "a photograph is known by its beginning");
}

fn photo() -> Vec<u8> {
    let image = image::RgbImage::from_fn(64, 64, |x, y| {
        image::Rgb([u8::try_from(x * 4).unwrap(), u8::try_from(y * 4).unwrap(), 7])
    });
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    jpeg.into_inner()
}

/// A file of orders: a good one, and one without a price.
fn orders(number: usize) -> String {
    let line = |order: &str, price: &str| {
        format!(
            "{order}{number},1,K1,商品,1,{price},2026-01-02 10:00:00,,某人,{NAME},{PHONE},浙江省,杭州市,西湖区,{ADDRESS},"
        )
    };
    format!("{HEADER}\n{}\n{}\n", line("G", "19.90"), line("B", "much"))
}

fn import(web: &Web, token: &str) -> Vec<Value> {
    let source = web.source(token, "淘宝");
    let texts = [orders(1), orders(2), orders(3)];
    let utf16 = texts[1].encode_utf16().flat_map(u16::to_le_bytes);
    let sent = [
        texts[0].as_bytes().to_vec(),
        [0xff, 0xfe].into_iter().chain(utf16).collect(),
        encoding_rs::GB18030.encode(&texts[2]).0.into_owned(),
    ];
    sent.iter().map(|bytes| web.import(token, &source, bytes)).collect()
}

fn export(web: &Web, token: &str, format: &str) -> String {
    let asked = json!({ "format": format, "q": NAME, "plain": true });
    let id = web.done(token, "POST /v1/exports", &asked)["id"].as_str().unwrap().to_owned();
    while xr_exports::run_next(&web.node.store, &|| false).unwrap() {}
    id
}

fn send_photo(web: &Web, token: &str) -> String {
    let reply = web.send(&Ask::new("POST /v1/uploads").by(token).with("Content-Type", "image/jpeg").bytes(&photo()));
    assert_eq!(reply.status, 200, "{}", reply.text());
    let kept: Value = serde_json::from_slice(&reply.body).unwrap();
    kept["sha256"].as_str().unwrap().to_owned()
}

#[test]
fn a_copy_of_a_market_shows_no_file_that_anybody_sent_in_or_took_out() {
    on_both(|web| {
        let (merchant, buyer) = (web.token("shop"), web.token("buyer"));
        let imports = import(web, &merchant);
        for import in &imports {
            assert_eq!((&import["state"], &import["counts"]["rows_bad"]), (&json!("done"), &json!(1)), "{import}");
            let report = web.report(&merchant, import);
            assert!(report.contains(PHONE) && report.contains(ADDRESS), "whoever may see it does: {report}");
        }
        let (sheet, list) = (export(web, &merchant, "xlsx"), export(web, &merchant, "csv"));
        let file = |id: &str| web.send(&Ask::new(&format!("GET /v1/exports/{id}/file")).by(&merchant));
        assert!(file(&sheet).body.starts_with(SIGNATURES[3]));
        assert!(file(&list).text().matches(PHONE).count() == 3, "{}", file(&list).text());
        let shown = web.done(&merchant, &format!("GET /v1/exports/{list}"), &Value::Null);
        assert_eq!(shown["wanted"]["q"], NAME);
        let name = send_photo(web, &buyer);
        let seen = web.send(&Ask::new(&format!("GET /v1/uploads/{name}")).by(&buyer));
        assert!(seen.body.starts_with(b"\xff\xd8\xff\xe0"));
        assert_silent(web, &[NAME, PHONE, ADDRESS]);
    });
}

/// Words that name somebody, as nobody else says them.
const WORDS: &str = "请打给欧阳不留痕一三九一二三四五零六七";

/// Buyer and merchant write wherever they can; gives the order.
fn talk(web: &Web) -> String {
    let (merchant, buyer) = (web.token("shop"), web.token("buyer"));
    let mut cart = web.cart(&[(web.sku(9), 2)]);
    cart["remark"] = json!(format!("{WORDS} {PHONE}"));
    let order = web.done(&buyer, "POST /v1/orders", &cart)["order"].as_str().unwrap().to_owned();
    let noted = json!({ "remark": WORDS, "seen": null });
    web.done(&merchant, &format!("PATCH /v1/orders/{order}/remark"), &noted);
    // An order with a remark is reviewed first; this one is not.
    let bought = web.buy(&buyer, &[(web.sku(9), 1)]);
    web.pay(&buyer, &bought);
    let shown = web.done(&buyer, &format!("GET /v1/orders/{}", bought.order), &Value::Null);
    let mut asked = Web::application((&bought.order, shown["lines"][0]["id"].as_str().unwrap()), &[]);
    asked["description"] = json!(WORDS);
    let case = web.done(&buyer, "POST /v1/aftersales", &asked);
    let case = case["id"].as_str().or_else(|| case["case"]["id"].as_str()).or_else(|| case["summary"]["id"].as_str());
    let case = case.unwrap();
    web.done(&buyer, &format!("POST /v1/cases/{case}/evidence"), &json!({ "words": WORDS }));
    let now = web.node.clock.now();
    let contact = json!({ "channel": "phone", "at": now, "note": WORDS });
    web.done(&merchant, &format!("POST /v1/cases/{case}/contacts"), &contact);
    let address = json!({ "shop": web.sellers[0].shop, "address": format!("{NAME} {PHONE} {ADDRESS}") });
    web.done(&merchant, "POST /v1/return-addresses", &address);
    let page = web.done(&merchant, &format!("GET /v1/cases/{case}"), &Value::Null).to_string();
    assert_eq!(page.matches(WORDS).count(), 3, "whoever may read it does: {page}");
    order
}

#[test]
fn a_copy_of_a_market_shows_no_word_that_people_wrote_each_other() {
    on_both(|web| {
        let (order, merchant) = (talk(web), web.token("shop"));
        let page = web.done(&merchant, &format!("GET /v1/orders/{order}"), &Value::Null);
        assert_eq!(page["remark"], format!("{WORDS} {PHONE}"));
        assert_eq!(page["merchant_remark"]["text"], WORDS);
        assert_silent(web, &[WORDS, NAME, PHONE, ADDRESS]);
    });
}
