//! Importing online-retail, on both engines.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use xr_imports::{ImportOptions, Report, run};
use xr_tests::{TestMarket, on_both};

const HEADER: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

fn extract() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/imports/data/online-retail-2010-12.csv.gz")
}

fn extract_text() -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(extract()).unwrap()).read_to_string(&mut text).unwrap();
    text
}

fn options(files: Vec<PathBuf>) -> ImportOptions {
    ImportOptions { files, ..ImportOptions::default() }
}

fn import(market: &TestMarket, files: Vec<PathBuf>) -> Report {
    run(&market.store, &options(files), &mut |_| {}).unwrap()
}

fn dump(market: &TestMarket) -> String {
    xr_store::dump::write(&market.store, &market.location, &mut std::io::sink()).unwrap()
}

#[test]
fn measure() {
    on_both(|market| {
        let folder = tempfile::tempdir().unwrap();
        let summary = folder.path().join("s.csv");
        let file = PathBuf::from("/work/shared/data/online-retail/online-retail-2010-12_2011-08.csv.gz");
        let start = std::time::Instant::now();
        let options = ImportOptions { files: vec![file], summary: Some(summary.clone()), dry_run: false };
        let mut last = None;
        let report = run(&market.store, &options, &mut |p| {
            if last != Some(p.stage) { eprintln!("{p:?} {:?}", start.elapsed()); }
            last = Some(p.stage);
        }).unwrap();
        eprintln!("{:?} {:?}", market.location, start.elapsed());
        eprintln!("{}", report.show(xr_base::Locale::En));
        eprintln!("{}", std::fs::read_to_string(&summary).unwrap());
        eprintln!("{}", std::fs::read_to_string("/proc/self/status").unwrap().lines().filter(|l| l.starts_with("VmHWM")).collect::<String>());
        market.assert_sound();
    });
}
