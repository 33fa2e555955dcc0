//! What a backup says of itself.

use super::MANIFEST;
use crate::audit::Head;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use xr_base::{Instant, Problem};

/// Version of the manifest's form.
pub(super) const FORMAT: u32 = 1;

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// 1.
    pub format: u32,
    /// Version of the program that made it.
    pub program: String,
    /// When the snapshot was taken, by the wall.
    pub made_at: Instant,
    /// What it holds.
    pub contents: Contents,
}

/// What can be read off the files again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    /// Schema of the database.
    pub schema: Schema,
    /// `xiaoer.db`.
    pub database: FileNote,
    /// End of the event record.
    pub events: Head,
    /// Rows of each table.
    pub rows: BTreeMap<String, i64>,
    /// `blobs/`.
    pub blobs: BlobsNote,
}

/// Which migrations ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// How many.
    pub migrations: usize,
    /// SHA-256 over `number hash` lines in order.
    pub sha256: String,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileNote {
    /// Its length.
    pub size_bytes: u64,
    /// SHA-256 of its bytes, 64 hex digits.
    pub sha256: String,
}

/// Every blob that a row names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobsNote {
    /// How many.
    pub count: u64,
    /// Their bytes, as the rows say.
    pub size_bytes: i64,
    /// SHA-256 over `sha256 size` lines in order of the hashes.
    pub sha256: String,
    /// Those that were missing or damaged where the backup was made.
    pub unsound: Vec<String>,
}

impl Manifest {
    /// Reads the one of a folder; none without one: the backup was never finished.
    pub(super) fn read(folder: &Path) -> io::Result<Option<Result<Self, serde_json::Error>>> {
        match std::fs::read(folder.join(MANIFEST)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Where the manifest differs from what the files hold.
    pub(super) fn differences(&self, found: &Contents) -> Vec<Problem> {
        let json = |contents: &Contents| serde_json::to_value(contents).unwrap_or_default();
        let mut problems = Vec::new();
        compare("", &json(&self.contents), &json(found), &mut problems);
        problems
    }
}

fn compare(name: &str, noted: &Value, found: &Value, problems: &mut Vec<Problem>) {
    if let (Value::Object(noted), Value::Object(found)) = (noted, found) {
        let added = found.keys().filter(|key| !noted.contains_key(*key));
        for key in noted.keys().chain(added) {
            let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
            let of = |object: &serde_json::Map<String, Value>| object.get(key).cloned().unwrap_or_default();
            compare(&name, &of(noted), &of(found), problems);
        }
    } else if noted != found {
        let problem = Problem::new(409, "backup.differs").with("field", name);
        problems.push(problem.with("noted", noted).with("found", found));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leaf_that_differs_is_named() {
        let noted = serde_json::json!({ "a": { "b": 1, "c": "x" }, "rows": { "t": 1, "u": 2 } });
        let found = serde_json::json!({ "a": { "b": 2, "c": "x" }, "rows": { "t": 1, "v": 3 } });
        let mut problems = Vec::new();
        compare("", &noted, &found, &mut problems);
        let told = |p: &Problem| ["field", "noted", "found"].map(|name| p.params[name].clone()).join(" ");
        assert_eq!(problems.iter().map(told).collect::<Vec<_>>(), ["a.b 1 2", "rows.u 2 null", "rows.v null 3"]);
    }
}
