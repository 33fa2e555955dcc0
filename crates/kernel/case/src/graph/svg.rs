//! The picture that needs nothing: states one below the other by their distance from the start, ways out beside them, and one lane for
//! each target, so that no text ever lies on another and every line can be followed.

use super::rows::{Row, rows};
use super::{actor, colours, party};
use crate::model::{Rulebook, State};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;
use xr_base::locale::Locale;

const MARGIN: u32 = 20;
const HEAD: u32 = 72;
const BOX_HEIGHT: u32 = 44;
const ROW: u32 = 20;
const GAP: u32 = 18;
const LANE: u32 = 16;
/// Lanes are told apart by colour; these stand out on white.
const LANES: [&str; 8] = ["#2563eb", "#ea580c", "#7c3aed", "#16a34a", "#db2777", "#0891b2", "#a16207", "#475569"];

/// A state where it is drawn.
struct Block<'b> {
    name: &'b str,
    state: &'b State,
    top: u32,
    rows: Vec<Row<'b>>,
}

/// Widths of the columns.
struct Columns {
    box_width: u32,
    /// Left edge of the ways out.
    text: u32,
    /// First lane.
    lanes: u32,
    width: u32,
    height: u32,
}

/// The machine as a self-contained SVG in one language: solid lines are acts, dashed ones clocks, colours say who is waited for.
pub fn to_svg(book: &Rulebook, locale: Locale) -> String {
    let blocks = blocks(book, locale);
    let lanes = lanes(&blocks);
    let columns = columns(&blocks, lanes.len(), book, locale);
    let mut out = String::new();
    let Columns { width, height, .. } = columns;
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif\" font-size=\"13\">\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
    );
    heading(&mut out, book, locale);
    for (target, (lane, colour)) in &lanes {
        lane_line(&mut out, &blocks, &columns, (target, *lane, colour));
    }
    for block in &blocks {
        ways_out(&mut out, block, &columns, &lanes);
        state_box(&mut out, book, block, &columns, locale);
    }
    out.push_str("</svg>\n");
    out
}

/// States from top to bottom by their distance from the start; ends and what is never reached last.
fn blocks(book: &Rulebook, locale: Locale) -> Vec<Block<'_>> {
    let mut distance: BTreeMap<&str, usize> = BTreeMap::from([(book.start.as_str(), 0)]);
    let mut queue = VecDeque::from([book.start.as_str()]);
    while let Some(name) = queue.pop_front() {
        let next = distance[name] + 1;
        for to in book.states.get(name).into_iter().flat_map(|s| s.on.values()).flatten().map(|a| a.to.as_str()) {
            distance.entry(to).or_insert_with(|| {
                queue.push_back(to);
                next
            });
        }
    }
    let mut order: Vec<(&String, &State)> = book.states.iter().collect();
    order.sort_by_key(|(name, state)| (state.is_final, distance.get(name.as_str()).copied().unwrap_or(usize::MAX)));
    let mut top = MARGIN + HEAD;
    let mut out = Vec::with_capacity(order.len());
    for (name, state) in order {
        let rows = rows(book, state, locale);
        let height = BOX_HEIGHT.max(ROW * (count(&rows) + 1));
        out.push(Block { name, state, top, rows });
        top += height + GAP;
    }
    out
}

fn count<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}

/// A lane and colour for every state that something else leads to; near targets get inner lanes, so lines cross less.
fn lanes<'b>(blocks: &[Block<'b>]) -> BTreeMap<&'b str, (u32, &'static str)> {
    let position = |name: &str| blocks.iter().position(|b| b.name == name);
    let mut spans: BTreeMap<&str, usize> = BTreeMap::new();
    for (from, block) in blocks.iter().enumerate() {
        for row in block.rows.iter().filter(|r| r.to != block.name) {
            let span = position(row.to).map_or(0, |to| to.abs_diff(from));
            let longest = spans.entry(row.to).or_insert(0);
            *longest = span.max(*longest);
        }
    }
    let mut targets: Vec<(usize, &str)> = spans.into_iter().map(|(name, span)| (span, name)).collect();
    targets.sort_unstable();
    let colours = LANES.iter().cycle();
    targets.into_iter().zip(0..).zip(colours).map(|(((_, name), lane), colour)| (name, (lane, *colour))).collect()
}

fn columns(blocks: &[Block<'_>], lanes: usize, book: &Rulebook, locale: Locale) -> Columns {
    let widest = |texts: &mut dyn Iterator<Item = u32>| texts.max().unwrap_or(0);
    let labels = &mut blocks.iter().map(|b| {
        let owner = b.state.owner.as_deref().map_or(0, |w| text_width(actor(book, w, locale)));
        text_width(b.state.label.get(locale)).max(owner)
    });
    let box_width = (widest(labels) + 32).max(120);
    let text = MARGIN + box_width + 28;
    let ways = &mut blocks.iter().flat_map(|b| &b.rows).map(|r| text_width(&shown(r)));
    let first_lane = text + SIGN + widest(ways) + 24;
    let legend = &mut book.actors.values().map(|a| text_width(a.label.get(locale)) + 34);
    let legend = MARGIN * 2 + legend.sum::<u32>() + 60;
    let height = blocks.last().map_or(0, |b| b.top + BOX_HEIGHT.max(ROW * (count(&b.rows) + 1))) + MARGIN;
    let width = first_lane + LANE * u32::try_from(lanes).unwrap_or(0) + MARGIN;
    Columns { box_width, text, lanes: first_lane, width: width.max(legend), height }
}

/// About the width of a text of 13 px: wide letters 13, others 7.4.
fn text_width(text: &str) -> u32 {
    let tenths: u32 = text.chars().map(|c| if u32::from(c) >= 0x2e80 { 132 } else { 76 }).sum();
    tenths / 10
}

/// Room for the sign before a clock.
const SIGN: u32 = 18;

/// Left edge of a row's text, and the end of it.
fn extent(row: &Row<'_>, columns: &Columns) -> (u32, u32) {
    let from = columns.text + if row.is_clock { SIGN } else { 0 };
    (from, from + text_width(&shown(row)))
}

/// A way out as written: ◇ where a guard decides, ↻ where the state stays.
fn shown(row: &Row<'_>) -> String {
    let guard = if row.guard.is_some() { " ◇" } else { "" };
    format!("{}{guard}{}", row.text, if row.restart { " ↻" } else { "" })
}

fn heading(out: &mut String, book: &Rulebook, locale: Locale) {
    let title = format!("{} · {} {}", book.label.get(locale), book.pack, book.version);
    let _ =
        write!(out, "<text x=\"{MARGIN}\" y=\"34\" font-size=\"18\" font-weight=\"600\">{}</text>", escaped(&title));
    let owners: BTreeSet<&str> = book.states.values().filter_map(|s| s.owner.as_deref()).collect();
    let mut x = MARGIN;
    for (word, role) in book.actors.iter().filter(|(word, _)| owners.contains(word.as_str())) {
        let (fill, border) = colours(Some(role.party));
        let label = actor(book, word, locale);
        let _ = write!(
            out,
            "<rect x=\"{x}\" y=\"52\" width=\"14\" height=\"14\" rx=\"3\" fill=\"{fill}\" stroke=\"{border}\"/>\
             <text x=\"{}\" y=\"64\" fill=\"#334155\">{}</text>",
            x + 20,
            escaped(label)
        );
        x += 20 + text_width(label) + 16;
    }
}

/// The lane of a target, from the first way that joins it to the arrow into the target.
fn lane_line(out: &mut String, blocks: &[Block<'_>], columns: &Columns, (target, lane, colour): (&str, u32, &str)) {
    let Some(block) = blocks.iter().find(|b| b.name == target) else { return };
    let (x, entry) = (columns.lanes + lane * LANE, block.top + ROW / 2);
    let joins = blocks
        .iter()
        .filter(|b| b.name != target)
        .flat_map(|b| (0..).zip(&b.rows).filter(|(_, row)| row.to == target).map(|(i, _)| row_y(b, i)));
    let ends: Vec<u32> = joins.chain([entry]).collect();
    let (from, to) = (ends.iter().min().copied().unwrap_or(entry), ends.iter().max().copied().unwrap_or(entry));
    let edge = MARGIN + columns.box_width;
    let _ = write!(
        out,
        "<path d=\"M{x} {from}V{to}M{x} {entry}H{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.4\"/>\
         <path d=\"M{edge} {entry}l9 -4.5v9z\" fill=\"{colour}\"/>",
        edge + 8
    );
}

/// Middle of a row; the first line of a block is kept for the arrow that comes in.
const fn row_y(block: &Block<'_>, row: u32) -> u32 {
    block.top + ROW + ROW * row + ROW / 2
}

fn ways_out(out: &mut String, block: &Block<'_>, columns: &Columns, lanes: &BTreeMap<&str, (u32, &str)>) {
    let edge = MARGIN + columns.box_width;
    if !block.rows.is_empty() {
        let bottom = row_y(block, count(&block.rows) - 1);
        let x = columns.text - 12;
        let middle = block.top + BOX_HEIGHT - 12;
        let _ = write!(
            out,
            "<path d=\"M{edge} {middle}H{x}M{x} {}V{}\" fill=\"none\" stroke=\"#cbd5e1\"/>",
            row_y(block, 0) - 6,
            bottom.max(middle) + 6
        );
    }
    for (i, row) in (0..).zip(&block.rows) {
        let (y, (from, end)) = (row_y(block, i), extent(row, columns));
        let colour = if row.is_clock { "#b91c1c" } else { "#0f172a" };
        let stays = if row.to == block.name { " font-style=\"italic\"" } else { "" };
        if row.is_clock {
            // Drawn, as fonts often lack the character.
            let (x, hand) = (columns.text + 7, y - 4);
            let _ = write!(
                out,
                "<g fill=\"none\" stroke=\"{colour}\"><circle cx=\"{x}\" cy=\"{y}\" r=\"6\"/><path d=\"M{x} {hand}V{y}h4\"/></g>"
            );
        }
        let _ = write!(out, "<text x=\"{from}\" y=\"{}\" fill=\"{colour}\"{stays}>", y + 5);
        if let Some(guard) = row.guard {
            let _ = write!(out, "<title>{}</title>", escaped(guard));
        }
        let _ = write!(out, "{}</text>", escaped(&shown(row)));
        let Some((lane, colour)) = lanes.get(row.to).filter(|_| row.to != block.name) else { continue };
        let (from, to) = (end + 8, columns.lanes + lane * LANE);
        let dash = if row.is_clock { " stroke-dasharray=\"5 4\"" } else { "" };
        let _ = write!(
            out,
            "<path d=\"M{from} {y}H{to}\" stroke=\"{colour}\" stroke-width=\"1.4\"{dash}/><circle cx=\"{to}\" cy=\"{y}\" r=\"3\" fill=\"{colour}\"/>"
        );
    }
}

fn state_box(out: &mut String, book: &Rulebook, block: &Block<'_>, columns: &Columns, locale: Locale) {
    let (fill, border) = colours(party(book, block.state));
    let (top, middle) = (block.top, MARGIN + columns.box_width / 2);
    let stroke = if block.state.is_final { 3 } else { 1 };
    let _ = write!(
        out,
        "<rect x=\"{MARGIN}\" y=\"{top}\" width=\"{}\" height=\"{BOX_HEIGHT}\" rx=\"9\" fill=\"{fill}\" stroke=\"{border}\" stroke-width=\"{stroke}\"/>",
        columns.box_width
    );
    let owner = block.state.owner.as_deref().map(|word| actor(book, word, locale));
    let y = if owner.is_some() { top + 19 } else { top + 27 };
    let start = if block.name == book.start { "● " } else { "" };
    let label = escaped(block.state.label.get(locale));
    let _ = write!(
        out,
        "<text x=\"{middle}\" y=\"{y}\" text-anchor=\"middle\" font-weight=\"600\"><title>{}</title>{start}{label}</text>",
        escaped(block.name)
    );
    if let Some(owner) = owner {
        let y = top + 36;
        let owner = escaped(owner);
        let _ = write!(
            out,
            "<text x=\"{middle}\" y=\"{y}\" text-anchor=\"middle\" font-size=\"11\" fill=\"{border}\">{owner}</text>"
        );
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
