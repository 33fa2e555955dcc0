//! `[state.X.clock.Y]` of machines, and the keys that packs share with them.

use super::reader::{Block, Reader};
use crate::model::{AltLength, ClockRule, ClockScope, Consequence, Name};
use indexmap::IndexMap;
use toml::de::DeValue;

const KEYS: &[&str] = &[
    "after",
    "calendar",
    "rule",
    "fire",
    "as",
    "anchor",
    "or_entered",
    "scope",
    "until_tag",
    "pause_while",
    "warn_at",
    "grace",
    "alt",
    "may_end_in",
];
const WARN_AT: [u8; 3] = [50, 80, 95];

/// One clock of a machine.
pub(super) fn clock(reader: &mut Reader<'_>, block: &Block<'_, '_>) -> ClockRule {
    reader.check_name(block, "the clock");
    reader.only(block, KEYS);
    let Consequence { fire, event } = consequence(reader, block);
    ClockRule {
        after: reader.need_text(block, "after"),
        calendar: reader.text(block, "calendar").unwrap_or_else(|| "natural".to_owned()),
        anchor: anchor(reader, block),
        or_entered: reader.text(block, "or_entered"),
        alt: alt(reader, block).unwrap_or_default(),
        scope: scope(reader, block),
        until_tag: reader.text(block, "until_tag"),
        pause_while: reader.texts(block, "pause_while"),
        pauses: vec![],
        warn_at: warn_at(reader, block).unwrap_or_else(|| WARN_AT.to_vec()),
        grace: reader.text(block, "grace"),
        fire,
        event,
        rule: reader.text(block, "rule"),
        may_end_in: may_end_in(reader, block),
    }
}

/// `fire` and `as`; without `as` the expiry is its own event.
fn consequence(reader: &mut Reader<'_>, block: &Block<'_, '_>) -> Consequence {
    let fire = reader.need_text(block, "fire");
    let event = reader.text(block, "as").unwrap_or_else(|| fire.clone());
    Consequence { fire, event }
}

fn may_end_in(reader: &mut Reader<'_>, block: &Block<'_, '_>) -> IndexMap<Name, Consequence> {
    let mut out = IndexMap::new();
    for choice in reader.sections(block, "may_end_in") {
        reader.only(&choice, &["fire", "as"]);
        let consequence = consequence(reader, &choice);
        out.insert(choice.name, consequence);
    }
    out
}

fn anchor(reader: &mut Reader<'_>, block: &Block<'_, '_>) -> Option<Name> {
    let text = reader.text(block, "anchor")?;
    if text == "entered" {
        return None;
    }
    let fact = text.strip_prefix("facts.").map(str::to_owned);
    if fact.is_none() {
        let offset = block.table.get("anchor").map_or(block.offset, |v| v.span().start);
        reader.find(offset, format!("`anchor` is `entered` or `facts.NAME`, found `{text}`"));
    }
    fact
}

fn scope(reader: &mut Reader<'_>, block: &Block<'_, '_>) -> ClockScope {
    match reader.text(block, "scope").as_deref() {
        None | Some("state") => ClockScope::State,
        Some("case") => ClockScope::Case,
        Some(other) => {
            let offset = block.table.get("scope").map_or(block.offset, |v| v.span().start);
            reader.find_near(
                offset,
                format!("`scope` is `state` or `case`, found `{other}`"),
                other,
                &["state", "case"],
            );
            ClockScope::State
        }
    }
}

/// `alt = [{ when, after, calendar, rule }]`, if given.
pub(super) fn alt(reader: &mut Reader<'_>, block: &Block<'_, '_>) -> Option<Vec<AltLength>> {
    let value = reader.value(block, "alt")?;
    let mut out = Vec::new();
    for item in reader.blocks(&format!("{}.alt", block.path), "alt", value) {
        reader.only(&item, &["when", "after", "calendar", "rule"]);
        out.push(AltLength {
            when: reader.need_text(&item, "when"),
            after: reader.need_text(&item, "after"),
            calendar: reader.text(&item, "calendar"),
            rule: reader.text(&item, "rule"),
        });
    }
    Some(out)
}

/// `warn_at = [50, 80, 95]`, if given: ascending per cent, 1..=99.
pub(super) fn warn_at(reader: &mut Reader<'_>, block: &Block<'_, '_>) -> Option<Vec<u8>> {
    let value = reader.value(block, "warn_at")?;
    let DeValue::Array(items) = value.get_ref() else {
        reader.wrong_type(value, "warn_at", "a list of per cents");
        return None;
    };
    let mut out: Vec<u8> = Vec::new();
    for item in items {
        let Some(n) = reader.as_int(item, "warn_at") else { continue };
        match u8::try_from(n) {
            Ok(p) if (1..=99).contains(&p) && out.last().is_none_or(|last| *last < p) => out.push(p),
            _ => reader.find(item.span().start, format!("`warn_at` holds ascending per cents of 1 to 99, found {n}")),
        }
    }
    Some(out)
}
