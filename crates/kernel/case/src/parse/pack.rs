//! Pack files.

use super::clock::{alt, warn_at};
use super::reader::{Block, Reader};
use super::{ClockPatch, Floor, GuardPatch, RawPack, Target};
use crate::finding::{Finding, Origins};
use crate::model::Rule;
use indexmap::IndexMap;
use xr_base::locale::Text;

/// Tables of a pack that are no kind of case.
const RESERVED: &[&str] = &["pack", "rule", "pause", "floor"];
/// Packs that stand on no other.
const ROOTS: &[&str] = &["xiaoer-default", "statutory"];

/// Reads a pack file.
pub(super) fn read(file: &str, text: &str) -> Result<RawPack, Vec<Finding>> {
    let (mut reader, table) = Reader::open(file, text);
    let root = Block { table: table.get_ref(), path: String::new(), name: "the file".to_owned(), offset: 0 };
    let mut pack = head(&mut reader, &root);
    for block in reader.sections(&root, "rule") {
        let rule = rule(&mut reader, &block, &pack.name);
        pack.rules.insert(block.name, rule);
    }
    for block in reader.sections(&root, "pause") {
        reader.only(&block, &["from", "to", "zh", "en"]);
        let window = (moment(&mut reader, &block, "from"), moment(&mut reader, &block, "to"));
        pack.pauses.insert(block.name, window);
    }
    for kind in kinds(&mut reader, &root, "") {
        patches(&mut reader, &kind, &mut pack);
    }
    if let Some(value) = root.table.get("floor")
        && let Some(block) = reader.as_block("floor", "floor", value)
    {
        if pack.name != "statutory" {
            reader.find(block.offset, "only the pack `statutory` sets a floor");
        }
        for kind in kinds(&mut reader, &block, "floor/") {
            floors(&mut reader, &kind, &mut pack);
        }
    }
    if reader.findings.is_empty() {
        pack.origins = reader.origins;
        return Ok(pack);
    }
    Err(reader.findings)
}

fn head(reader: &mut Reader<'_>, root: &Block<'_, '_>) -> RawPack {
    let mut pack = RawPack {
        name: String::new(),
        version: String::new(),
        label: Text::default(),
        base: None,
        open_cases: false,
        rules: IndexMap::new(),
        pauses: IndexMap::new(),
        clocks: vec![],
        guards: vec![],
        floors: vec![],
        origins: Origins::default(),
    };
    let Some(value) = reader.value(root, "pack") else {
        reader.find(0, "a pack file begins with `[pack]`");
        return pack;
    };
    if let Some(block) = reader.as_block("pack", "pack", value) {
        reader.only(&block, &["name", "version", "zh", "en", "base", "open_cases"]);
        pack.name = reader.need_text(&block, "name");
        pack.version = reader.need_text(&block, "version");
        pack.label = reader.label(&block);
        pack.base = reader.text(&block, "base");
        pack.open_cases = reader.flag(&block, "open_cases");
        if pack.base.is_none() && !ROOTS.contains(&pack.name.as_str()) {
            reader.find(block.offset, format!("the pack `{}` names no `base`", pack.name));
        }
    }
    pack
}

fn rule(reader: &mut Reader<'_>, block: &Block<'_, '_>, pack: &str) -> Rule {
    reader.only(block, &["zh", "en", "source", "source_date", "certainty"]);
    let certainty = reader.need_text(block, "certainty");
    let mark = if let [mark @ b'A'..=b'E'] = certainty.as_bytes() {
        char::from(*mark)
    } else {
        if !certainty.is_empty() {
            reader.find(block.offset, format!("`certainty` is one of A to E, found `{certainty}`"));
        }
        'E'
    };
    let source_date = reader.text(block, "source_date");
    if let Some(date) = &source_date
        && !is_date(date)
    {
        reader.find(block.offset, format!("`source_date` is YYYY-MM-DD, found `{date}`"));
    }
    Rule {
        text: reader.label(block),
        source: reader.need_text(block, "source"),
        source_date,
        certainty: mark,
        pack: pack.to_owned(),
    }
}

/// Whether midnight of this day can be read as a moment.
fn is_date(text: &str) -> bool {
    text.len() == 10 && xr_base::Instant::parse(&format!("{text}T00:00:00Z")).is_ok()
}

fn moment(reader: &mut Reader<'_>, block: &Block<'_, '_>, key: &str) -> String {
    let text = reader.need_text(block, key);
    if !text.is_empty()
        && let Err(error) = xr_base::Instant::parse(&text)
    {
        reader.find(block.offset, format!("`{key}` is no moment with offset: {error}"));
    }
    text
}

/// The tables of kinds; their paths begin with `<prefix><kind>/`.
fn kinds<'t, 'i>(reader: &mut Reader<'_>, parent: &Block<'t, 'i>, prefix: &str) -> Vec<Block<'t, 'i>> {
    let mut out = Vec::new();
    for (name, value) in parent.table {
        let kind: &str = name.get_ref();
        if parent.path.is_empty() && RESERVED.contains(&kind) {
            continue;
        }
        if let Some(mut block) = reader.as_block(&format!("{prefix}{kind}/state"), kind, value) {
            block.offset = name.span().start;
            out.push(block);
        }
    }
    out
}

/// Calls `each` for every clock (`what` = `clock`) or event (`on`) under a kind.
fn targets<'t, 'i>(reader: &mut Reader<'_>, kind: &Block<'t, 'i>, what: &str) -> Vec<(Target, Block<'t, 'i>)> {
    let mut out = Vec::new();
    for state in reader.children(kind) {
        for item in reader.sections(&state, what) {
            let target = Target {
                kind: kind.name.clone(),
                state: state.name.clone(),
                name: item.name.clone(),
                path: item.path.clone(),
            };
            out.push((target, item));
        }
    }
    out
}

fn patches(reader: &mut Reader<'_>, kind: &Block<'_, '_>, pack: &mut RawPack) {
    reader.kind = Some(kind.name.clone());
    for state in reader.children(kind) {
        reader.only(&state, &["clock", "on"]);
    }
    for (target, block) in targets(reader, kind, "clock") {
        reader.state = Some(target.state.clone());
        reader.only(&block, &["after", "or_entered", "calendar", "rule", "end", "warn_at", "grace", "alt", "pauses"]);
        pack.clocks.push(ClockPatch {
            target,
            after: reader.text(&block, "after"),
            or_entered: reader.text(&block, "or_entered"),
            calendar: reader.text(&block, "calendar"),
            rule: reader.text(&block, "rule"),
            end: reader.text(&block, "end"),
            warn_at: warn_at(reader, &block),
            grace: reader.text(&block, "grace"),
            alt: alt(reader, &block),
            pauses: block.table.contains_key("pauses").then(|| reader.texts(&block, "pauses")),
        });
    }
    for (target, mut block) in targets(reader, kind, "on") {
        reader.state = Some(target.state.clone());
        reader.only(&block, &["when", "else_error", "rule"]);
        // A guard belongs to the event's one alternative, so its keys are noted there.
        block.path.push_str(".0");
        let (when, else_error, rule) =
            (reader.text(&block, "when"), reader.text(&block, "else_error"), reader.text(&block, "rule"));
        pack.guards.push(GuardPatch { target, when, else_error, rule });
    }
    reader.kind = None;
    reader.state = None;
}

fn floors(reader: &mut Reader<'_>, kind: &Block<'_, '_>, pack: &mut RawPack) {
    reader.kind = Some(kind.name.clone());
    for state in reader.children(kind) {
        reader.only(&state, &["clock"]);
    }
    for (target, block) in targets(reader, kind, "clock") {
        reader.only(&block, &["min", "max", "calendar", "rule"]);
        let (min, max, rule) = (reader.text(&block, "min"), reader.text(&block, "max"), reader.text(&block, "rule"));
        let calendar = reader.text(&block, "calendar");
        if calendar.as_deref().is_some_and(|c| c != "natural" && c != "day0") {
            reader.find(block.offset, "the `calendar` of a floor is `natural` or `day0`");
        }
        pack.floors.push(Floor { target, min, max, calendar, rule });
    }
    reader.kind = None;
}
