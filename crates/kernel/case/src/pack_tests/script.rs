//! What a tests file says.

use super::play::{Fired, Play};
use crate::finding::{Finding, Origin};
use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;
use xr_base::Instant;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    #[serde(rename = "case", default)]
    cases: Vec<CaseScript>,
}

/// Values of facts by name.
pub(super) type FactTable = IndexMap<String, toml::Value>;

/// One case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseScript {
    pub(super) name: Spanned<String>,
    pub(super) kind: String,
    pub(super) at: String,
    #[serde(default)]
    pub(super) facts: FactTable,
    pub(super) steps: Vec<Step>,
}

/// One step.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) after: Option<String>,
    #[serde(default)]
    pub(super) facts: FactTable,
    #[serde(default)]
    pub(super) silence: bool,
    pub(super) act: Option<String>,
    pub(super) by: Option<String>,
    pub(super) refused: Option<String>,
    pub(super) expect: Option<Expect>,
}

/// What is looked at after a step.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    state: Option<String>,
    at: Option<String>,
    event: Option<String>,
    clock: Option<String>,
    due: Option<String>,
    rule: Option<String>,
}

/// The cases of a file with their places.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<(Origin, CaseScript)>, Box<Finding>> {
    let place = |offset: usize| {
        let before = text.get(..offset).unwrap_or(text);
        Origin { file: file.to_owned(), line: before.matches('\n').count() + 1 }
    };
    let suite: Suite = toml::from_str(text).map_err(|e| {
        Box::new(Finding::new(place(e.span().map_or(0, |s| s.start)), e.message().trim().replace('\n', ", ")))
    })?;
    Ok(suite.cases.into_iter().map(|case| (place(case.name.span().start), case)).collect())
}

impl Expect {
    /// Everything that is not as written.
    ///
    /// # Errors
    /// What cannot be compared: no such clock, no moment.
    pub(super) fn differences(&self, play: &Play<'_>, fired: Option<&Fired>) -> Result<Vec<String>, String> {
        let mut out = Vec::new();
        let mut compare = |what: &str, wanted: &Option<String>, found: Option<&str>| {
            if wanted.is_some() && wanted.as_deref() != found {
                let shown = |text: Option<&str>| text.unwrap_or("nothing").to_owned();
                out.push(format!("expected {what} {}, found {}", shown(wanted.as_deref()), shown(found)));
            }
        };
        compare("state", &self.state, Some(play.state()));
        compare("event", &self.event, fired.map(|f| f.event.as_str()));
        let clock = self.clock.as_deref().map(|name| play.clock(name)).transpose()?;
        if self.event.is_some() {
            compare("rule", &self.rule, fired.and_then(|f| f.rule.as_deref()));
        } else if self.rule.is_some() {
            let clock = clock.as_ref().ok_or("`rule` needs `event` or `clock`")?;
            compare("rule", &self.rule, clock.rule.as_deref());
        }
        if let Some(at) = &self.at {
            moment("now", at, play.now(), &mut out)?;
        }
        if let Some(due) = &self.due {
            moment("due", due, clock.as_ref().ok_or("`due` needs `clock`")?.due, &mut out)?;
        }
        Ok(out)
    }
}

fn moment(what: &str, wanted: &str, found: Instant, out: &mut Vec<String>) -> Result<(), String> {
    let at = Instant::parse(wanted).map_err(|e| e.to_string())?;
    if at != found {
        out.push(format!("expected {what} {wanted}, found {found}"));
    }
    Ok(())
}
