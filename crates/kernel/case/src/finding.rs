//! What is wrong with a machine or pack: every mistake with its place and, where one is near, the word that was meant.

use crate::model::Name;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// One mistake in a machine or pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where it stands.
    pub at: Origin,
    /// Kind of case it concerns, if it concerns one.
    pub kind: Option<Name>,
    /// State it concerns, if it concerns one.
    pub state: Option<Name>,
    /// What is wrong, one sentence in English without a full stop.
    pub message: String,
    /// The word that was probably meant.
    pub suggestion: Option<String>,
    /// The shortest way from a new case to the fault; empty if the fault needs none. A loop ends in a state it passed before.
    pub path: Vec<PathStep>,
}

/// One step of a case on the way to a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PathStep {
    /// State left.
    pub from: Name,
    /// What happens there.
    pub via: Via,
    /// State entered.
    pub to: Name,
}

/// What makes a case move.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// Somebody's act, by the event's name.
    Act(Name),
    /// A clock that runs out, by its name.
    Clock(Name),
    /// The end of the child case of this kind.
    Child(Name),
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Act(event) => write!(f, "{event}"),
            Self::Clock(clock) => write!(f, "clock {clock}"),
            Self::Child(kind) => write!(f, "end of {kind}"),
        }
    }
}

impl Finding {
    /// A finding without kind, state, suggestion and path.
    pub fn new(at: Origin, message: impl Into<String>) -> Self {
        Self { at, kind: None, state: None, message: message.into(), suggestion: None, path: Vec::new() }
    }

    /// With the candidate nearest to `word` as suggestion, if one is near.
    #[must_use]
    pub fn suggest<'c>(mut self, word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Self {
        self.suggestion = nearest(word, candidates);
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.at)?;
        match (&self.kind, &self.state) {
            (Some(kind), Some(state)) => write!(f, "{kind}.{state}: ")?,
            (Some(kind), None) => write!(f, "{kind}: ")?,
            _ => {}
        }
        write!(f, "{}", self.message)?;
        if let Some(word) = &self.suggestion {
            write!(f, "; did you mean `{word}`?")?;
        }
        if let Some(first) = self.path.first() {
            write!(f, " [{}", first.from)?;
            for step in &self.path {
                write!(f, " -({})-> {}", step.via, step.to)?;
            }
            f.write_str("]")?;
        }
        Ok(())
    }
}

/// A place in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Origin {
    /// Path as given by the caller.
    pub file: String,
    /// Line, from 1; 0 if the file as a whole is meant.
    pub line: usize,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Where each item of a merged rulebook was written, by its path (`state.requested.clock.answer.after`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(BTreeMap<String, Origin>);

impl Origins {
    /// Notes where `path` stands; a later note (of a pack) replaces an earlier one (of the machine).
    pub fn note(&mut self, path: impl Into<String>, at: Origin) {
        self.0.insert(path.into(), at);
    }

    /// Where `path` stands, or else the nearest enclosing item; the default origin if nothing is known.
    pub fn find(&self, path: &str) -> Origin {
        let mut rest = path;
        loop {
            if let Some(at) = self.0.get(rest) {
                return at.clone();
            }
            match rest.rfind('.') {
                Some(dot) => rest = &rest[..dot],
                None => return self.0.get("").cloned().unwrap_or_default(),
            }
        }
    }

    /// Everything noted at `path` or below it, with the rest of its path (empty, or beginning with a dot).
    pub fn under(&self, path: &str) -> Vec<(String, Origin)> {
        let from_path = self.0.range(path.to_owned()..);
        let rests = from_path.map_while(|(key, at)| Some((key.strip_prefix(path)?, at)));
        let inside = rests.filter(|(rest, _)| rest.is_empty() || rest.starts_with('.'));
        inside.map(|(rest, at)| (rest.to_owned(), at.clone())).collect()
    }
}

/// The candidate with the smallest edit distance to `word`, if about a third of the letters differ.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    let letters = word.chars().count();
    // Two swapped letters are two edits, so even short words of four get two.
    let limit = (letters / 3).max(if letters < 4 { 1 } else { 2 });
    let near = candidates.into_iter().map(|c| (distance(word, c), c)).filter(|(d, _)| *d <= limit);
    near.min_by_key(|(d, _)| *d).map(|(_, c)| c.to_owned())
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_suggested_and_a_far_one_is_not() {
        assert_eq!(nearest("aprove", ["reject", "approve"]), Some("approve".to_owned()));
        assert_eq!(nearest("withdraw", ["reject", "approve"]), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn an_unknown_path_falls_back_to_its_enclosing_item() {
        let mut origins = Origins::default();
        origins.note("state.a", Origin { file: "m".into(), line: 3 });
        origins.note("state.a.clock.x.after", Origin { file: "p".into(), line: 9 });
        assert_eq!(origins.find("state.a.clock.x.after").line, 9);
        assert_eq!(origins.find("state.a.clock.x.rule").line, 3);
        assert_eq!(origins.find("event.b"), Origin::default());
    }

    #[test]
    fn a_finding_reads_as_one_line_with_place_and_suggestion() {
        let at = Origin { file: "machines/x.toml".into(), line: 7 };
        let mut finding = Finding::new(at, "there is no state `opne`").suggest("opne", ["open"]);
        finding.kind = Some("x".into());
        assert_eq!(finding.to_string(), "machines/x.toml:7: x: there is no state `opne`; did you mean `open`?");
        let step = |from: &str, via, to: &str| PathStep { from: from.into(), via, to: to.into() };
        finding.suggestion = None;
        finding.path =
            vec![step("new", Via::Act("ask".into()), "asked"), step("asked", Via::Clock("answer".into()), "new")];
        assert_eq!(
            finding.to_string(),
            "machines/x.toml:7: x: there is no state `opne` [new -(ask)-> asked -(clock answer)-> new]"
        );
    }
}
