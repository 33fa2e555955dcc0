//! Files to import, and what an import left.
#![allow(unreachable_pub)]

use std::io::Read as _;
use std::path::{Path, PathBuf};
use xr_imports::{ImportOptions, Report, run};
use xr_store::sql;
use xr_tests::TestMarket;

pub const HEADER: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

/// The extract that is part of the repository: 7,399 rows of December 2010.
pub fn extract() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/imports/data/online-retail-2010-12.csv.gz")
}

/// Its lines without the header.
pub fn extract_lines() -> Vec<String> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(extract()).unwrap()).read_to_string(&mut text).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

/// Writes a file with these lines after the usual header.
pub fn file(folder: &Path, name: &str, lines: &[impl AsRef<str>]) -> PathBuf {
    let lines: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
    let body = lines.join("\n") + "\n";
    let path = folder.join(name);
    std::fs::write(&path, format!("{HEADER}\n{body}")).unwrap();
    path
}

pub fn import(market: &TestMarket, files: &[PathBuf]) -> Report {
    import_with(market, &ImportOptions { files: files.to_vec(), ..ImportOptions::default() })
}

pub fn import_with(market: &TestMarket, options: &ImportOptions) -> Report {
    run(&market.store, options, &mut |_| {}).unwrap()
}

/// Imports lines under the usual header.
pub fn import_lines(market: &TestMarket, lines: &[&str]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let file = file(folder.path(), "rows.csv", lines);
    import(market, &[file])
}

/// Hash of the logical dump, once every event has its number.
pub fn dump(market: &TestMarket) -> String {
    loop {
        let (pending,): (i64,) = market.read(|tx| {
            let all = sql!("SELECT COUNT(*) FROM event_pending /* unscoped: a test waits for the sequencer */");
            Ok(tx.one(all, &[])?)
        });
        if pending == 0 {
            return xr_store::dump::write(&market.store, &market.location, &mut std::io::sink()).unwrap();
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
