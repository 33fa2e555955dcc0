//! Mermaid state diagrams.

use super::rows::rows;
use super::{colours, party};
use crate::model::Rulebook;
use std::collections::BTreeMap;
use std::fmt::Write;
use xr_base::Party;
use xr_base::locale::Locale;

/// The machine as a Mermaid `stateDiagram-v2` in one language; clocks carry ⏱, their length and rule.
pub fn to_mermaid(book: &Rulebook, locale: Locale) -> String {
    let mut out = String::from("stateDiagram-v2\n");
    let mut classes: BTreeMap<&str, (&str, Vec<&str>)> = BTreeMap::new();
    for (name, state) in &book.states {
        let _ = writeln!(out, "    state \"{}\" as s_{name}", escaped(state.label.get(locale)));
        let owner = party(book, state);
        let class = owner.map_or("ended", Party::word);
        classes.entry(class).or_insert_with(|| (colours(owner).0, vec![])).1.push(name);
    }
    let _ = writeln!(out, "    [*] --> s_{}", book.start);
    for (name, state) in &book.states {
        for row in rows(book, state, locale) {
            let mark = if row.is_clock { "⏱ " } else { "" };
            let guard = row.guard.map(|g| format!(" [{g}]")).unwrap_or_default();
            let _ = writeln!(out, "    s_{name} --> s_{}: {mark}{}", row.to, escaped(&format!("{}{guard}", row.text)));
        }
        if state.is_final {
            let _ = writeln!(out, "    s_{name} --> [*]");
        }
    }
    for (class, (fill, states)) in classes {
        let names: Vec<String> = states.iter().map(|s| format!("s_{s}")).collect();
        let _ = writeln!(out, "    classDef {class} fill:{fill}\n    class {} {class}", names.join(","));
    }
    out
}

/// Characters that mean something to Mermaid, as its entities.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '#' | ';' | ':' | '<' | '>' | '&' | '[' | ']' | '{' | '}' | '%' | '\\' | '`' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
