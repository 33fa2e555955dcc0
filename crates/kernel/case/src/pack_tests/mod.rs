//! The cases that a pack tells about itself (`packs/*/tests.toml`, docs/MACHINES.md), played out without a store.
//!
//! Time, clocks, guards and citations are those of the engine's own pure parts; effects and children are not run.

mod clocks;
mod facts;
mod play;
mod script;
#[cfg(test)]
mod tests;

use crate::compiled::Compiled;
use crate::finding::{Finding, Origin};
use crate::library::{Library, Source};
pub(crate) use facts::start_value;
use play::Play;
use script::{CaseScript, Step};
use std::collections::BTreeMap;
use xr_base::calendar::DayTables;

/// How one case of a pack went.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TestResult {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub at: Origin,
    /// What was not as expected: the step (from 1; 0 before the first) and a sentence. Nothing after the first failing step is played.
    pub failures: Vec<(usize, String)>,
}

impl TestResult {
    /// Whether everything was as expected.
    pub const fn is_passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl std::fmt::Display for TestResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.at, self.name)?;
        for (step, failure) in &self.failures {
            write!(f, "; step {step}: {failure}")?;
        }
        Ok(())
    }
}

/// Plays all cases of `tests` under `pack`.
///
/// # Errors
/// A file that is no list of cases, with the place of the first mistake.
pub fn run(library: &Library, pack: &str, tests: &Source) -> Result<Vec<TestResult>, Vec<Finding>> {
    let (file, text) = tests;
    let scripts = script::read(file, text).map_err(|finding| vec![*finding])?;
    let mut books: BTreeMap<&str, Result<Compiled, Vec<Finding>>> = BTreeMap::new();
    let mut results = Vec::with_capacity(scripts.len());
    for (at, script) in &scripts {
        let book = books.entry(&script.kind).or_insert_with(|| library.rulebook(&script.kind, pack));
        let failures = match book {
            Ok(book) => played(book, script),
            Err(findings) => findings.first().map(|f| (0, f.to_string())).into_iter().collect(),
        };
        results.push(TestResult { name: script.name.get_ref().clone(), at: at.clone(), failures });
    }
    Ok(results)
}

fn played(book: &Compiled, script: &CaseScript) -> Vec<(usize, String)> {
    let mut play = match Play::begin(book, DayTables::shipped(), script) {
        Ok(play) => play,
        Err(message) => return vec![(0, message)],
    };
    for (i, step) in script.steps.iter().enumerate() {
        let failures = play_step(&mut play, step).unwrap_or_else(|message| vec![message]);
        if !failures.is_empty() {
            return failures.into_iter().map(|message| (i + 1, message)).collect();
        }
    }
    Vec::new()
}

/// Time passes, facts are set, one thing is done, and the case is looked at.
fn play_step(play: &mut Play<'_>, step: &Step) -> Result<Vec<String>, String> {
    if let Some(after) = &step.after {
        play.pass(after)?;
    }
    play.set(&step.facts)?;
    let fired = match (&step.act, step.silence) {
        (Some(_), true) => return Err("`silence` and `act` are two steps".to_owned()),
        (Some(act), false) => {
            let by = step.by.as_deref().ok_or("`act` needs `by`")?;
            play.act(act, by, step.refused.as_deref())?;
            None
        }
        (None, true) => Some(play.silence()?),
        (None, false) => None,
    };
    if step.act.is_none() && (step.refused.is_some() || step.by.is_some()) {
        return Err("`by` and `refused` belong to `act`".to_owned());
    }
    match &step.expect {
        Some(expect) => expect.differences(play, fired.as_ref()),
        None => Ok(Vec::new()),
    }
}
