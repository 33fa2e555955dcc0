//! Databases that earlier programs wrote (tests/data/earlier), opened by this one: nothing is lost, and life goes on.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use xr_base::{CaseId, Millis};
use xr_case::engine;
use xr_orders::recipients;
use xr_store::{Location, Tx, audit};
use xr_tests::{TestMarket, memory_folder};

/// Business time of the demo markets when they were left.
const LEFT: &str = "2026-01-12T09:00:30+08:00";
/// The markets, and what each of them held: cases, steps of histories, transfers of money, lines of stock ledgers.
const EARLIER: [(&str, [i64; 4]); 6] = [
    ("before-1510", [191, 658, 87, 201]),
    ("before-1520", [191, 658, 87, 201]),
    ("before-1001", [191, 658, 87, 201]),
    ("before-1250", [187, 640, 85, 199]),
    ("before-1110", [563, 1_016, 602, 199]),
    ("before-1002", [187, 640, 85, 217]),
];

fn counts(tx: &mut Tx<'_>) -> Result<[i64; 4], xr_base::Fault> {
    let mut counts = [0; 4];
    for (count, statement) in counts.iter_mut().zip([
        xr_store::sql!("SELECT COUNT(*) FROM cases /* unscoped: a test */"),
        xr_store::sql!("SELECT COUNT(*) FROM history /* unscoped: a test */"),
        xr_store::sql!("SELECT COUNT(*) FROM transfers /* unscoped: a test */"),
        xr_store::sql!("SELECT COUNT(*) FROM stock_ledger /* unscoped: a test */"),
    ]) {
        (*count,) = tx.one(statement, &[])?;
    }
    Ok(counts)
}

fn whole(market: &TestMarket, name: &str) {
    market.assert_sound();
    assert_eq!(market.read(engine::broken), Vec::<String>::new(), "{name}");
    let report = audit::verify(&market.location, None).unwrap();
    assert!(report.problems(false).is_empty(), "{name}: {:?}", report.problems(false));
}

/// Organisations with people got a main account: the oldest that has every right.
fn one_owner_each(market: &TestMarket, name: &str) {
    let people: Vec<(i64, i64, String, i64)> = market.read(|tx| {
        Ok(tx.all(
            xr_store::sql!(
                "SELECT org_id, id, role, is_owner FROM users WHERE org_id IS NOT NULL ORDER BY id /* unscoped: a test */"
            ),
            &[],
        )?)
    });
    let mut main: BTreeMap<i64, i64> = BTreeMap::new();
    for (org, id, ..) in people.iter().filter(|(.., role, _)| ["merchant", "operator"].contains(&role.as_str())) {
        main.entry(*org).or_insert(*id);
    }
    assert!(main.len() >= 5, "{name}: {people:?}");
    for (org, id, _, is_owner) in people {
        assert_eq!(is_owner == 1, main.get(&org) == Some(&id), "{name}: {id}");
    }
}

/// Whom parcels go to was in the clear.
fn recipients_are_sealed(market: &TestMarket, name: &str, file: &[u8]) {
    let orders: Vec<(CaseId,)> = market.read(|tx| {
        let (clear,): (i64,) = tx.one(xr_store::sql!("SELECT COUNT(*) FROM recipients /* unscoped: a test */"), &[])?;
        assert_eq!(clear, 0);
        Ok(tx.all(xr_store::sql!("SELECT case_id FROM orders ORDER BY case_id /* unscoped: a test */"), &[])?)
    });
    let Location::Folder(folder) = &market.location else { return };
    let files =
        ["xiaoer.db", "xiaoer.db-wal"].map(|name| std::fs::read(folder.join(name)).unwrap_or_default()).concat();
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    let (mut seen, mut was_clear) = (0, 0);
    for (order,) in orders {
        let Some(to) = market.read(move |tx| recipients::get(tx, order)) else { continue };
        seen += 1;
        if seen % 10 == 1 && to.phone.len() > 6 {
            was_clear += i32::from(holds(file, &to.phone));
            assert!(!holds(&files, &to.phone) && !holds(&files, &to.address), "{name}: {to:?}");
        }
    }
    assert!(seen > 10 && was_clear > 0, "{name}: {seen} recipients, {was_clear} of them in the earlier file");
}

/// What people wrote was in the clear.
fn words_are_sealed(market: &TestMarket, name: &str) {
    let (clear, sealed): (i64, i64) = market.read(|tx| {
        Ok(tx.one(
            xr_store::sql!(
                "SELECT (SELECT COUNT(*) FROM orders WHERE remark <> '') + (SELECT COUNT(*) FROM order_remarks WHERE words <> '')
                 + (SELECT COUNT(*) FROM aftersales WHERE description <> '' OR return_address <> '' OR next_case IS NOT NULL)
                 + (SELECT COUNT(*) FROM evidence WHERE words <> '') + (SELECT COUNT(*) FROM statements WHERE words <> '')
                 + (SELECT COUNT(*) FROM contacts WHERE note <> '') + (SELECT COUNT(*) FROM return_addresses WHERE address <> ''),
                 (SELECT COUNT(*) FROM orders WHERE sealed_remark IS NOT NULL) * (SELECT COUNT(*) FROM aftersales WHERE sealed_words IS NOT NULL)
                 * (SELECT COUNT(*) FROM contacts WHERE sealed_note IS NOT NULL) * (SELECT COUNT(*) FROM return_addresses WHERE sealed_address IS NOT NULL)
                 /* unscoped: a test */"
            ),
            &[],
        )?)
    });
    assert!(clear == 0 && sealed > 0, "{name}: {clear} in the clear, {sealed}");
}

fn unpacked(file: &Path) -> tempfile::TempDir {
    let folder = memory_folder();
    std::fs::write(folder.path().join("xiaoer.db"), read(file)).unwrap();
    folder
}

fn read(file: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(file).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn markets_of_earlier_schemas_keep_what_they_hold_and_go_on() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/earlier");
    for (name, held) in EARLIER {
        let file = folder.join(format!("{name}.db.gz"));
        let market = TestMarket::over(unpacked(&file), LEFT);
        assert_eq!(market.read(counts), held, "{name}");
        whole(&market, name);
        one_owner_each(&market, name);
        recipients_are_sealed(&market, name, &read(&file));
        words_are_sealed(&market, name);

        // Silence ends what can end.
        let open = |tx: &mut Tx<'_>| Ok(engine::next_wake(tx)?.is_some());
        assert!(market.read(open), "{name}: the market is left in the middle of its life");
        market.advance(Millis::days(90));
        let after = market.read(counts);
        assert!(after[1] > held[1] && after[2] > held[2], "{name}: {after:?}");
        whole(&market, name);
    }
}

#[test]
fn parts_whose_upload_an_earlier_program_forgot_are_deleted() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/earlier/before-1002.db.gz");
    let market = TestMarket::over(unpacked(&file), LEFT);
    let left = |market: &TestMarket| {
        market.read(|tx| {
            let (parts,): (i64,) =
                tx.one(xr_store::sql!("SELECT COUNT(*) FROM sealed_import_parts /* unscoped: a test */"), &[])?;
            Ok(parts)
        })
    };
    assert_eq!(left(&market), 2);
    while market.store.write_blocking(xr_imports::DeleteForgotten).unwrap() {}
    assert_eq!(left(&market), 0);
}
