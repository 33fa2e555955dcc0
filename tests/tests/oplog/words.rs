//! Every kind of event has words, and files hold what the page shows.

use crate::support::{all, doings};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use xr_case::engine::Engine;
use xr_store::sql;
use xr_testkit::http::Ask;
use xr_tests::http::{Web, on_both};

/// Kinds written as words in the sources: what follows `tell(`, `note(` or `kind:`, alone or in a tuple.
fn written() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                let name = path.file_name().unwrap();
                if !["tests", "target", "testkit"].iter().any(|skipped| name == *skipped) {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(path).unwrap();
                if text.contains("NewEvent") || text.contains("note(tx") || text.contains("tell(tx") {
                    found.extend(kinds_in(&text));
                }
            }
        }
    }
    found
}

fn kinds_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let bare: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for start in ["tell(tx, (\"", "note(tx, \"", "kind: \"", "note( tx, \""] {
        for rest in bare.split(start).skip(1) {
            let kind = rest.split('"').next().unwrap();
            let is_kind = kind.contains('.') && kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'_');
            if is_kind {
                found.push(kind.to_owned());
            }
        }
    }
    // Events of any case: `format!("{}.unheard", case.kind)`.
    for rest in bare.split("kind: &format!(\"{}.").skip(1) {
        let event = rest.split('"').next().unwrap();
        if event.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
            found.push(format!("order.{event}"));
        }
    }
    found
}

fn label(web: &Web, kind: &str) -> Option<xr_base::locale::Text> {
    let (state, kind) = (web.node.state.clone(), kind.to_owned());
    let read = web.node.store.read_blocking(move |tx| {
        let engine = Arc::clone(Engine::from_tx(tx)?);
        Ok(xr_oplog::label(state.texts(), &engine, &kind))
    });
    read.unwrap()
}

#[test]
fn every_kind_that_the_sources_write_has_words_in_both_languages() {
    let web = Web::sqlite();
    let written = written();
    for known in [
        "identity.member_changed",
        "export.downloaded",
        "batch.ended",
        "order.unheard",
        "parcel.scanned",
        "audit.check_ended",
    ] {
        assert!(written.contains(known), "{known} is not seen in the sources: {written:?}");
    }
    let aftersales = ["aftersales.adjudicator_assigned"].map(str::to_owned);
    let without: Vec<&String> = written.iter().chain(&aftersales).filter(|kind| label(&web, kind).is_none()).collect();
    assert_eq!(without, Vec::<&String>::new());
}

#[test]
fn every_event_of_every_machine_has_words() {
    let web = Web::sqlite();
    let kinds = web
        .node
        .store
        .read_blocking(|tx| {
            let books = Engine::from_tx(tx)?.books().all_current();
            let of = |book: &xr_case::model::Rulebook| {
                book.events.keys().map(|e| format!("{}.{e}", book.kind)).collect::<Vec<_>>()
            };
            Ok(books.iter().flat_map(|ready| of(ready.book.book())).collect::<BTreeSet<_>>())
        })
        .unwrap();
    assert!(kinds.len() > 60, "{}", kinds.len());
    for kind in kinds {
        let label = label(&web, &kind).unwrap_or_else(|| panic!("{kind}"));
        assert!(!label.zh.is_empty() && !label.en.is_empty() && label.zh != label.en, "{kind}: {label:?}");
    }
}

#[test]
fn what_really_happened_has_words() {
    on_both(|web| {
        doings(web);
        let kinds: Vec<(String,)> = web
            .node
            .store
            .read_blocking(|tx| Ok(tx.all(sql!("SELECT DISTINCT kind FROM events /* unscoped: a test */"), &[])?))
            .unwrap();
        let without: Vec<&(String,)> = kinds.iter().filter(|(kind,)| label(web, kind).is_none()).collect();
        assert!(without.is_empty() && kinds.len() > 8, "{without:?} of {kinds:?}");
    });
}

#[test]
fn a_file_has_what_the_page_shows_and_nothing_that_is_computed() {
    on_both(|web| {
        let did = doings(web);
        let seen = &web.done(&did.shop, &format!("GET /v1/orders/{}", did.order), &serde_json::Value::Null)["merchant_remark"]
            ["id"];
        let evil = serde_json::json!({ "remark": "=cmd|' /C calc'!A0", "seen": seen });
        web.done(&did.member, &format!("PATCH /v1/orders/{}/remark", did.order), &evil);
        let role = serde_json::json!({ "name": "=1+1", "permissions": ["packs.read"] });
        web.done(&did.shop, "POST /v1/roles", &role);
        let shown = all(web, &did.shop, "");
        let reply = web.send(&Ask::new("GET /v1/operations/file").by(&did.shop).with("Accept-Language", "en"));
        assert_eq!((reply.status, reply.header("content-type")), (200, "text/csv; charset=utf-8"));
        let text = reply.text();
        let rows: Vec<&str> = text.trim_start_matches('\u{feff}').trim_end().split("\r\n").collect();
        assert!(rows[0].starts_with("Time,Who,"), "{}", rows[0]);
        // The download itself is on record before the file is read.
        assert_eq!(rows.len(), shown.len() + 2);
        assert!(rows[1].contains("operations.exported"));
        for (row, entry) in rows[2..].iter().zip(&shown) {
            assert!(row.ends_with(entry["id"].as_str().unwrap()), "{row}");
        }
        assert!(
            rows.iter()
                .all(|row| row.split(',').all(|cell| !cell.trim_start_matches('"').starts_with(['=', '+', '@']))),
            "{text}"
        );
        assert!(text.contains("'=1+1"), "{text}");
        let narrow =
            web.send(&Ask::new(&format!("GET /v1/operations/file?object={}", did.number)).by(&did.shop)).text();
        assert_eq!(narrow.matches("\r\n").count(), 3, "{narrow}");
        let foreign =
            web.send(&Ask::new(&format!("GET /v1/operations/file?object={}", did.number)).by(&web.token("shop2")));
        assert_eq!(foreign.text().matches("\r\n").count(), 1, "{}", foreign.text());
    });
}
