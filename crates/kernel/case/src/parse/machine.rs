//! Machine files.

use super::RawMachine;
use super::clock::clock;
use super::reader::{Block, Reader, Value};
use crate::finding::Finding;
use crate::model::{ActorRole, Alternative, EffectCall, EventLabel, Name, ParamValue, State};
use indexmap::IndexMap;
use toml::de::DeValue;
use xr_base::Party;
use xr_base::locale::Text;

/// Reads a machine file.
pub(super) fn read(file: &str, text: &str) -> Result<RawMachine, Vec<Finding>> {
    let (mut reader, table) = Reader::open(file, text);
    let root = Block { table: table.get_ref(), path: String::new(), name: "the file".to_owned(), offset: 0 };
    reader.only(&root, &["machine", "actor", "event", "effect", "state"]);
    let mut machine = head(&mut reader, &root);
    for block in reader.sections(&root, "actor") {
        let role = actor(&mut reader, &block);
        machine.actors.insert(block.name, role);
    }
    for block in reader.sections(&root, "event") {
        let label = event(&mut reader, &block);
        machine.events.insert(block.name, label);
    }
    for block in reader.sections(&root, "effect") {
        reader.only(&block, &["zh", "en"]);
        let label = reader.label(&block);
        machine.effects.insert(block.name, label);
    }
    for block in reader.sections(&root, "state") {
        reader.state = Some(block.name.clone());
        let state = state(&mut reader, &block);
        machine.states.insert(block.name, state);
    }
    if reader.findings.is_empty() {
        machine.origins = reader.origins;
        return Ok(machine);
    }
    Err(reader.findings)
}

fn head(reader: &mut Reader<'_>, root: &Block<'_, '_>) -> RawMachine {
    let mut machine = RawMachine {
        kind: String::new(),
        label: Text::default(),
        start: String::new(),
        requires_tags: vec![],
        actors: IndexMap::new(),
        events: IndexMap::new(),
        effects: IndexMap::new(),
        states: IndexMap::new(),
        origins: crate::finding::Origins::default(),
    };
    let Some(value) = reader.value(root, "machine") else {
        reader.find(0, "a machine file begins with `[machine]`");
        return machine;
    };
    if let Some(block) = reader.as_block("machine", "machine", value) {
        reader.only(&block, &["kind", "start", "zh", "en", "requires_tags"]);
        machine.kind = reader.need_text(&block, "kind");
        machine.start = reader.need_text(&block, "start");
        machine.label = reader.label(&block);
        machine.requires_tags = reader.texts(&block, "requires_tags");
        reader.kind = Some(machine.kind.clone());
    }
    machine
}

fn actor(reader: &mut Reader<'_>, block: &Block<'_, '_>) -> ActorRole {
    const PARTIES: &[&str] = &["buyer", "merchant", "platform", "courier", "system"];
    reader.check_name(block, "the actor");
    if ["clock", "system"].contains(&block.name.as_str()) {
        reader.find(block.offset, format!("`{}` is built in and needs no `[actor]`", block.name));
    }
    reader.only(block, &["party", "permission", "zh", "en"]);
    let word = reader.need_text(block, "party");
    let party = Party::from_word(&word).unwrap_or_else(|| {
        let offset = block.table.get("party").map_or(block.offset, |v| v.span().start);
        if !word.is_empty() {
            reader.find_near(offset, format!("there is no party `{word}`"), &word, PARTIES);
        }
        Party::System
    });
    ActorRole { party, permission: reader.text(block, "permission"), label: reader.label(block) }
}

fn event(reader: &mut Reader<'_>, block: &Block<'_, '_>) -> EventLabel {
    reader.check_name(block, "the event");
    reader.only(block, &["zh", "en", "text_zh", "text_en"]);
    let label = reader.label(block);
    let consequence = Text {
        zh: reader.text(block, "text_zh").unwrap_or_default(),
        en: reader.text(block, "text_en").unwrap_or_default(),
    };
    if consequence.zh.is_empty() != consequence.en.is_empty() {
        reader.find(block.offset, format!("`{}` has its text in one language only", block.name));
    }
    EventLabel { label, consequence }
}

fn state(reader: &mut Reader<'_>, block: &Block<'_, '_>) -> State {
    reader.check_name(block, "the state");
    reader.only(block, &["zh", "en", "owner", "rests", "tags", "final", "waits_for", "clock", "on"]);
    let mut state = State {
        label: reader.label(block),
        owner: reader.text(block, "owner"),
        rests: reader.flag(block, "rests"),
        tags: reader.texts(block, "tags"),
        is_final: reader.flag(block, "final"),
        waits_for: reader.text(block, "waits_for"),
        clocks: IndexMap::new(),
        on: IndexMap::new(),
    };
    for child in reader.sections(block, "clock") {
        let rule = clock(reader, &child);
        state.clocks.insert(child.name, rule);
    }
    if let Some(on) = block.table.get("on")
        && let Some(on) = reader.as_block(&format!("{}.on", block.path), "on", on)
    {
        for (name, value) in on.table {
            let path = format!("{}.{}", on.path, name.get_ref());
            let at = reader.origin(name.span().start);
            reader.origins.note(&path, at);
            let items = reader.blocks(&path, name.get_ref(), value);
            let alternatives = items.iter().map(|item| alternative(reader, item)).collect();
            state.on.insert(name.get_ref().clone().into_owned(), alternatives);
        }
    }
    if state.is_final
        && (state.owner.is_some()
            || state.rests
            || state.waits_for.is_some()
            || !state.clocks.is_empty()
            || !state.on.is_empty())
    {
        reader.find(block.offset, "a final state has neither owner, clocks nor events");
    }
    state
}

fn alternative(reader: &mut Reader<'_>, block: &Block<'_, '_>) -> Alternative {
    reader.only(block, &["by", "to", "do", "when", "else_error", "restart", "rule"]);
    let by = reader.texts(block, "by");
    if by.is_empty() {
        reader.find(block.offset, format!("`{}` does not say `by` whom", block.name));
    }
    Alternative {
        by,
        to: reader.need_text(block, "to"),
        effects: effects(reader, block),
        when: reader.text(block, "when"),
        else_error: reader.text(block, "else_error"),
        restart: reader.flag(block, "restart"),
        rule: reader.text(block, "rule"),
    }
}

fn effects(reader: &mut Reader<'_>, block: &Block<'_, '_>) -> Vec<EffectCall> {
    let Some(value) = reader.value(block, "do") else { return vec![] };
    let DeValue::Array(items) = value.get_ref() else {
        reader.wrong_type(value, "do", "a list");
        return vec![];
    };
    items.iter().filter_map(|item| effect(reader, block, item)).collect()
}

/// `"name"` or `{ effect = "name", param = … }`.
fn effect(reader: &mut Reader<'_>, block: &Block<'_, '_>, item: &Value<'_>) -> Option<EffectCall> {
    let DeValue::Table(table) = item.get_ref() else {
        return Some(EffectCall { name: reader.as_text(item, "do")?, params: IndexMap::new() });
    };
    let call = Block { table, path: format!("{}.do", block.path), name: "do".to_owned(), offset: item.span().start };
    let name = reader.need_text(&call, "effect");
    let mut params: IndexMap<Name, ParamValue> = IndexMap::new();
    for (key, value) in table {
        if key.get_ref() == "effect" {
            continue;
        }
        let param = match value.get_ref() {
            DeValue::Boolean(b) => Some(ParamValue::Bool(*b)),
            DeValue::Integer(_) => reader.as_int(value, key.get_ref()).map(ParamValue::Int),
            _ => reader.as_text(value, key.get_ref()).map(ParamValue::Text),
        };
        if let Some(param) = param {
            params.insert(key.get_ref().clone().into_owned(), param);
        }
    }
    Some(EffectCall { name, params })
}
