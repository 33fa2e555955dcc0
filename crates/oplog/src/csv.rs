//! The log as rows of a file.

use crate::http::view::{ChangeView, EntryView, WordView};
use crate::labels::text;
use jiff::tz::TimeZone;
use xr_base::csv::push_text;
use xr_base::{Instant, Locale};
use xr_web::Texts;

/// The mark by which spreadsheets know UTF-8.
pub(crate) const MARK: &[u8] = b"\xef\xbb\xbf";
const ZONE: &str = "Asia/Shanghai";
const COLUMNS: [&str; 11] =
    ["at", "who", "who_id", "role", "party", "what", "kind", "objects", "address", "changes", "id"];

/// The first row.
pub(crate) fn headers(texts: &Texts, locale: Locale) -> Vec<u8> {
    let name = |column: &str| text(texts, &format!("oplog.column.{column}"), &[]).unwrap_or_default();
    row(&COLUMNS.map(|column| name(column).get(locale).to_owned()))
}

/// One operation.
pub(crate) fn entry(texts: &Texts, locale: Locale, entry: &EntryView) -> Vec<u8> {
    let who = &entry.who;
    let party = text(texts, &format!("oplog.party.{}", who.party.word()), &[]).unwrap_or_default();
    let role = who.label.as_ref().map(|label| label.get(locale).to_owned()).unwrap_or_default();
    let objects: Vec<&str> = entry.objects.iter().map(|object| object.label.get(locale)).collect();
    let changed = entry.changes.iter().filter(|change| change.is_changed);
    let changes: Vec<String> = changed.map(|change| told(change, locale)).collect();
    row(&[
        moment(entry.at),
        who.name.clone().unwrap_or_default(),
        who.id.clone().unwrap_or_default(),
        role,
        party.get(locale).to_owned(),
        entry.label.get(locale).to_owned(),
        entry.kind.clone(),
        objects.join(" "),
        entry.address.clone().unwrap_or_default(),
        changes.join("; "),
        entry.id.to_string(),
    ])
}

/// A row with words in its first cell alone.
pub(crate) fn note(words: &str) -> Vec<u8> {
    row(&[words.to_owned()])
}

fn told(change: &ChangeView, locale: Locale) -> String {
    let side = |words: &[WordView]| words.iter().map(|w| w.label.get(locale)).collect::<Vec<_>>().join(", ");
    format!("{}: {} → {}", change.label.get(locale), side(&change.before), side(&change.after))
}

fn moment(at: Instant) -> String {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    at.zoned(&zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn row(cells: &[String]) -> Vec<u8> {
    let mut out = Vec::new();
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        push_text(&mut out, cell);
    }
    out.extend(b"\r\n");
    out
}
