//! `policy`: checking machines and packs, explaining cases.

use super::{CliError, Common, DONE, FOUND, open};
use crate::wiring;
use clap::Subcommand;
use std::fmt::Write as _;
use std::io::stdout;
use std::path::PathBuf;
use xr_base::calendar::DayTables;
use xr_base::{CaseId, Locale};
use xr_case::Finding;
use xr_case::cli::{Format, Shipped, check_paths};
use xr_case::differences::Differences;
use xr_case::engine::{Explanation, explain};
use xr_case::graph::{to_mermaid, to_svg};

#[derive(Subcommand)]
pub(super) enum PolicyCommand {
    /// Check machines and packs: the named files and folders above what is shipped, or all that is shipped.
    Check {
        /// Machine, pack or test files (TOML), or folders of them.
        paths: Vec<PathBuf>,
    },
    /// Draw a machine under a pack, as Mermaid or SVG.
    Graph {
        /// Kind of case, e.g. `exchange`.
        kind: String,
        /// Pack.
        #[arg(long, default_value = "xiaoer-default")]
        pack: String,
        /// SVG instead of Mermaid.
        #[arg(long)]
        svg: bool,
        /// English instead of Chinese.
        #[arg(long)]
        en: bool,
    },
    /// What is different between two packs, in sentences.
    Diff {
        /// The first pack.
        from: String,
        /// The second.
        to: String,
        /// English instead of Chinese.
        #[arg(long)]
        en: bool,
    },
    /// Live the recorded history under another pack and report what would differ; also while the market is served. Nothing is written.
    Replay(super::replay::ReplayArgs),
    /// Tell a case's story with citations, and what happens next if nobody acts.
    Explain {
        /// The case, `cas_…`.
        case: CaseId,
        /// English instead of Chinese.
        #[arg(long)]
        en: bool,
    },
}

pub(super) fn run(common: &Common, command: &PolicyCommand) -> Result<u8, CliError> {
    match command {
        PolicyCommand::Check { paths } => check(common, paths),
        PolicyCommand::Graph { kind, pack, svg, en } => graph(kind, pack, *svg, *en),
        PolicyCommand::Diff { from, to, en } => diff(common, (from, to), *en),
        PolicyCommand::Replay(args) => super::replay::run(common, args),
        PolicyCommand::Explain { case, en } => {
            let (store, _) = open(common)?;
            let id = *case;
            let explained = store.read_blocking(move |tx| explain(tx, id))?;
            if common.json {
                println!("{}", serde_json::to_string_pretty(&explained).unwrap_or_default());
            } else {
                print!("{}", story(&explained, *en));
            }
            store.close();
            Ok(DONE)
        }
    }
}

fn check(common: &Common, paths: &[PathBuf]) -> Result<u8, CliError> {
    let engine = wiring::engine(DayTables::shipped().clone());
    let owned = |sources: &[(&str, &str)]| sources.iter().map(|(f, t)| ((*f).to_owned(), (*t).to_owned())).collect();
    let shipped = Shipped {
        machines: owned(wiring::MACHINES),
        packs: owned(wiring::PACKS),
        vocabularies: engine.vocabularies(),
        effects: engine.effect_specs(),
    };
    let format = if common.json { Format::Json } else { Format::Text };
    let is_clean = check_paths(paths, &shipped, format, &mut stdout().lock());
    Ok(if is_clean.map_err(|e| CliError::Other(e.to_string()))? { DONE } else { FOUND })
}

fn tell(findings: &[Finding]) -> CliError {
    let text: Vec<String> = findings.iter().map(ToString::to_string).collect();
    CliError::Other(text.join("\n"))
}

fn diff(common: &Common, (from, to): (&str, &str), en: bool) -> Result<u8, CliError> {
    let engine = wiring::engine(DayTables::shipped().clone());
    let library = wiring::library(&engine).map_err(|f| tell(&f))?;
    let books = |pack: &str| library.rulebooks(pack).map_err(|f| tell(&f));
    let (old, new) = (books(from)?, books(to)?);
    let new: Vec<_> = new.iter().map(xr_case::Compiled::book).collect();
    let found = Differences::of((from, to), old.iter().map(xr_case::Compiled::book), &new);
    if common.json {
        println!("{}", serde_json::to_string_pretty(&found).map_err(|e| CliError::Other(e.to_string()))?);
        return Ok(DONE);
    }
    let locale = if en { Locale::En } else { Locale::ZhCn };
    for difference in &found.differences {
        println!("{}: {}", difference.place.get(locale), difference.text.get(locale));
    }
    for (id, rule) in &found.rules {
        println!("  [{id}] {} ({}, {})", rule.text.get(locale), rule.source, rule.certainty);
    }
    Ok(DONE)
}

fn graph(kind: &str, pack: &str, is_svg: bool, en: bool) -> Result<u8, CliError> {
    let book = wiring::library(&wiring::engine(DayTables::shipped().clone()))
        .and_then(|library| library.rulebook(kind, pack))
        .map_err(|f| tell(&f))?;
    let locale = if en { Locale::En } else { Locale::ZhCn };
    let drawn = if is_svg { to_svg(book.book(), locale) } else { to_mermaid(book.book(), locale) };
    println!("{drawn}");
    Ok(DONE)
}

fn story(explained: &Explanation, en: bool) -> String {
    let words = |text: &xr_base::locale::Text| if en { text.en.clone() } else { text.zh.clone() };
    let state = |name: &str| explained.states.get(name).map_or_else(|| name.to_owned(), &words);
    let mut out = format!(
        "{} · {}  ({} {})\n",
        words(&explained.kind_label),
        words(&explained.state_label),
        explained.pack.0,
        explained.pack.1
    );
    for step in &explained.steps {
        let rule = step.row.rule.as_ref().map(|r| format!("  [{r}]")).unwrap_or_default();
        let label = words(&step.label);
        let label = if label.is_empty() { step.row.event.clone() } else { label };
        let _ = writeln!(out, "  {}  {label} ({}) → {}{rule}", step.row.at, step.row.actor, state(&step.row.to_state));
    }
    for next in &explained.next {
        let due = next.due_at.map_or_else(|| next.blocked.clone().unwrap_or_default(), |at| at.to_string());
        let to = next.to.as_deref().map(state).unwrap_or_default();
        let rule = next.rule.as_ref().map(|r| format!("  [{r}]")).unwrap_or_default();
        let _ = writeln!(out, "  ⏱ {due}  {} → {to}{rule}", words(&next.label));
    }
    for (id, rule) in &explained.rules {
        let _ = writeln!(out, "  [{id}] {} ({}, {})", words(&rule.text), rule.source, rule.certainty);
    }
    out
}
