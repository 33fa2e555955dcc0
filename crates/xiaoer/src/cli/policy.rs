//! `policy`: checking machines and packs, explaining cases.

use super::{CliError, Common, DONE, FOUND, open};
use crate::wiring;
use clap::Subcommand;
use std::fmt::Write as _;
use xr_base::CaseId;
use xr_case::engine::{Explanation, explain};

#[derive(Subcommand)]
pub(super) enum PolicyCommand {
    /// Check the shipped machines and packs.
    Check,
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
        PolicyCommand::Check => Ok(check()),
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

fn check() -> u8 {
    match wiring::library(&wiring::engine()).and_then(|library| wiring::rulebooks(&library)) {
        Ok(books) => {
            println!("{} rulebooks, no findings", books.len());
            DONE
        }
        Err(findings) => {
            for finding in &findings {
                println!("{finding}");
            }
            println!("{} findings", findings.len());
            FOUND
        }
    }
}

fn story(explained: &Explanation, en: bool) -> String {
    let words = |text: &xr_base::locale::Text| if en { text.en.clone() } else { text.zh.clone() };
    let state = |name: &str| explained.states.get(name).map_or_else(|| name.to_owned(), &words);
    let mut out = format!("{} · {}  ({} {})\n", words(&explained.kind_label), words(&explained.state_label), explained.pack.0, explained.pack.1);
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
