//! The whole data set, where it lies beside the repository: totals against figures computed elsewhere.

use crate::support::{dump, import_with};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xr_base::Locale;
use xr_imports::ImportOptions;
use xr_tests::{On, TestMarket};

const ROWS: &str = "online-retail-2010-12_2011-08.csv.gz";

fn shared(name: &str) -> Option<PathBuf> {
    // The repository itself, or a worktree one folder deeper.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let places = ["../shared", "../../shared"].map(|up| root.join(up).join("data/online-retail").join(name));
    let found = places.into_iter().find(|path| path.is_file());
    if found.is_none() {
        eprintln!("SKIPPED: {name} is not beside the repository (../shared/data/online-retail)");
    }
    found
}

/// CSV with a header as one map for each row.
fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    lines.map(|row| header.iter().cloned().zip(row).collect()).collect()
}

/// Thousandths; the figures have at most three decimals.
fn thousandths(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= 3, "{text}");
    format!("{whole}{fraction:0<3}").parse().unwrap()
}

fn check(on: On) {
    let (Some(rows), Some(expected)) = (shared(ROWS), shared("expected-monthly.csv")) else { return };
    let Some(market) = TestMarket::new(on) else { return };
    let expected = table(&std::fs::read_to_string(expected).unwrap());
    let sum = |column: &str| expected.iter().map(|row| row[column].parse::<u64>().unwrap()).sum::<u64>();
    let folder = tempfile::tempdir().unwrap();
    let options = ImportOptions { files: vec![rows], summary: Some(folder.path().join("summary.csv")), dry_run: false };
    let report = import_with(&market, &options);
    eprintln!("{on:?}: {}", report.show(Locale::En));

    let found = table(&std::fs::read_to_string(folder.path().join("summary.csv")).unwrap());
    assert_eq!(found.len(), expected.len());
    for (mine, theirs) in found.iter().zip(&expected) {
        assert_eq!((&mine["month"], &mine["rows"]), (&theirs["month"], &theirs["rows"]));
        for column in ["amount", "amount_positive", "amount_cancel"] {
            assert_eq!(thousandths(&mine[column]), thousandths(&theirs[column]), "{column} of {}", mine["month"]);
        }
    }
    let odd = |code: &str| report.issues.warnings.get(code).map_or(0, |oddity| oddity.count);
    assert_eq!(report.rows_new, sum("rows"));
    assert_eq!(odd("no_customer"), sum("rows_no_customer"));
    assert_eq!(odd("fee_line"), sum("rows_nonstandard_code"));
    assert_eq!(odd("no_description"), sum("rows_empty_description"));
    assert_eq!(odd("write_off"), sum("rows_negative_qty_not_cancel"));
    let back = report.cancellations;
    assert_eq!(back.rows, sum("rows_negative_qty") - sum("rows_negative_qty_not_cancel"));
    assert_eq!(back.matched + back.ambiguous + back.unmatched, back.rows);
    assert_eq!((report.issues.error_count, odd("correction")), (0, 0));
    assert!(report.books.unwrap().below_a_penny.trim_start_matches('-').starts_with("0.00"));
    market.assert_sound();

    let before = dump(&market);
    let again = import_with(&market, &options);
    assert_eq!((again.rows_new, again.rows_known), (0, report.rows_read));
    assert_eq!(dump(&market), before);
}

#[test]
fn totals_equal_the_expected_ones_on_sqlite() {
    check(On::Sqlite);
}

#[test]
fn totals_equal_the_expected_ones_on_postgres() {
    check(On::Postgres);
}
