//! `xiaoer policy check [PATH…]` without its argument parser: files are read, judged and told about.

use crate::checker::check;
use crate::finding::{Finding, Origin};
use crate::library::{Library, STATUTORY, Source};
use crate::pack_tests::{self, TestResult};
use crate::vocabulary::{EffectSpec, Vocabulary};
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Folders inside folders are followed so deep.
const DEPTH_MAX: usize = 8;

/// What the product brings along; files of the operator replace those of the same kind or pack.
#[derive(Clone, Debug, Default)]
pub struct Shipped {
    /// Machines.
    pub machines: Vec<Source>,
    /// Packs.
    pub packs: Vec<Source>,
    /// Words of all kinds.
    pub vocabularies: Vec<&'static Vocabulary>,
    /// Effects of all slices.
    pub effects: Vec<&'static EffectSpec>,
}

/// How to tell it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// A line a finding.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// Everything that was found; serialises to the JSON of [`Format::Json`].
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Names of the packs judged.
    pub packs: Vec<String>,
    /// What is wrong, each mistake once.
    pub findings: Vec<Finding>,
    /// Cases of packs that went another way than they tell.
    pub failed_tests: Vec<TestResult>,
    /// Number of cases played.
    pub tests: usize,
}

impl Report {
    /// Whether the packs may be used.
    pub const fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.failed_tests.is_empty()
    }
}

/// Judges machines, packs and their tests: the files of `paths` (TOML files, or folders of them) above what is shipped, or all that is shipped
/// if `paths` is empty. Writes to `out`; the answer is whether nothing was found.
///
/// # Errors
/// A path that cannot be read, or `out` that cannot be written.
pub fn check_paths(paths: &[PathBuf], shipped: &Shipped, format: Format, out: &mut dyn Write) -> io::Result<bool> {
    let report = judge(paths, shipped)?;
    match format {
        Format::Text => text(&report, out)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &report)?;
            writeln!(out)?;
        }
    }
    Ok(report.is_clean())
}

/// As [`check_paths`], for callers who show the report themselves.
///
/// # Errors
/// A path that cannot be read.
pub fn judge(paths: &[PathBuf], shipped: &Shipped) -> io::Result<Report> {
    let mut given = Given::default();
    for path in paths {
        given.read(path, DEPTH_MAX)?;
    }
    let mut report = Report { findings: std::mem::take(&mut given.strays), ..Report::default() };
    let (vocabularies, effects) = (shipped.vocabularies.clone(), shipped.effects.clone());
    let machines = above(&shipped.machines, &given.machines, |f, t| crate::parse::machine(f, t).map(|m| m.kind).ok());
    let packs = above(&shipped.packs, &given.packs, pack_name);
    let library = match Library::from_sources(&machines, &packs, vocabularies, effects) {
        Ok(library) => library,
        Err(findings) => {
            report.findings.extend(findings);
            return Ok(report);
        }
    };
    // The files of the operator are what is asked about; a machine alone is judged under every pack.
    let asked: Vec<String> = given.packs.iter().filter_map(|(f, t)| pack_name(f, t)).collect();
    // New bounds bear on every pack.
    let is_for_all = asked.is_empty() || asked.iter().any(|name| name == STATUTORY);
    report.packs = if is_for_all { library.packs.iter().map(|p| p.name.clone()).collect() } else { asked };
    for pack in &report.packs {
        for finding in check(&library, pack) {
            if !report.findings.contains(&finding) {
                report.findings.push(finding);
            }
        }
    }
    play(&library, &given, &mut report);
    Ok(report)
}

/// Plays each tests file under the pack of its folder.
fn play(library: &Library, given: &Given, report: &mut Report) {
    for (file, text) in &given.tests {
        let folder = Path::new(file).parent();
        let beside = given.packs.iter().find(|(f, _)| Path::new(f).parent() == folder);
        let Some(pack) = beside.and_then(|(f, t)| pack_name(f, t)) else {
            let at = Origin { file: file.clone(), line: 0 };
            report.findings.push(Finding::new(at, "the tests have no pack beside them"));
            continue;
        };
        match pack_tests::run(library, &pack, &(file.clone(), text.clone())) {
            Ok(results) => {
                report.tests += results.len();
                report.failed_tests.extend(results.into_iter().filter(|r| !r.is_passed()));
            }
            Err(findings) => report.findings.extend(findings),
        }
    }
}

fn pack_name(file: &str, text: &str) -> Option<String> {
    crate::parse::pack(file, text).ok().map(|p| p.name)
}

/// The shipped files that no given one replaces, and the given ones.
fn above(shipped: &[Source], given: &[Source], name: impl Fn(&str, &str) -> Option<String>) -> Vec<Source> {
    let names: Vec<String> = given.iter().filter_map(|(f, t)| name(f, t)).collect();
    let is_kept = |(f, t): &&Source| name(f, t).is_none_or(|n| !names.contains(&n));
    shipped.iter().filter(is_kept).chain(given).cloned().collect()
}

/// Files of the operator by what they hold.
#[derive(Default)]
struct Given {
    machines: Vec<Source>,
    packs: Vec<Source>,
    tests: Vec<Source>,
    strays: Vec<Finding>,
}

impl Given {
    fn read(&mut self, path: &Path, depth: usize) -> io::Result<()> {
        let named = |e: io::Error| io::Error::new(e.kind(), format!("{}: {e}", path.display()));
        if !path.is_dir() {
            let text = std::fs::read_to_string(path).map_err(named)?;
            self.sort_in(path.display().to_string(), text);
            return Ok(());
        }
        if depth == 0 {
            return Err(io::Error::other(format!("{}: too many folders inside each other", path.display())));
        }
        let mut inside: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(path).map_err(named)? {
            inside.push(entry?.path());
        }
        inside.sort();
        for path in inside {
            if path.is_dir() || path.extension().is_some_and(|e| e == "toml") {
                self.read(&path, depth - 1)?;
            }
        }
        Ok(())
    }

    /// A file is what its first table says.
    fn sort_in(&mut self, file: String, text: String) {
        let heads = |name: &str| {
            text.lines()
                .any(|l| l.trim_start().starts_with(&format!("[{name}]")) || l.starts_with(&format!("[[{name}]]")))
        };
        if heads("machine") {
            self.machines.push((file, text));
        } else if heads("pack") {
            self.packs.push((file, text));
        } else if heads("case") {
            self.tests.push((file, text));
        } else {
            let at = Origin { file, line: 0 };
            self.strays
                .push(Finding::new(at, "neither a machine (`[machine]`), a pack (`[pack]`) nor tests (`[[case]]`)"));
        }
    }
}

fn text(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        writeln!(out, "{finding}")?;
    }
    for test in &report.failed_tests {
        writeln!(out, "{test}")?;
    }
    let tests = if report.tests == 0 { String::new() } else { format!(", {} tests played", report.tests) };
    let wrong = report.findings.len() + report.failed_tests.len();
    let verdict = if wrong == 0 { "every promise is kept".to_owned() } else { format!("{wrong} found") };
    writeln!(out, "{}: {verdict}{tests}", report.packs.join(", "))
}
