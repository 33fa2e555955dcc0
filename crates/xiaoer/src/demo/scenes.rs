//! Scenes of `demo/scenes.toml`: each brings one promise into the state that it is named after.

use super::applicants::{self, Applicant, Registered};
use super::clock::answer;
use super::data::{Market, broken};
use super::seed::Cast;
use serde::Deserialize;
use std::collections::BTreeMap;
use xr_aftersales::CaseKind;
use xr_base::{CaseId, Fault, Instant, Millis};
use xr_simulator::{Town, Wanted, Wrong};
use xr_store::Store;

const SCENES: &str = include_str!("../../demo/scenes.toml");
/// Scenes go round the shops in steps of so many, beginning after the first shop.
const STRIDE: usize = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    way: BTreeMap<String, Vec<String>>,
    scene: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// What it leads to; told when it goes wrong.
    state: String,
    /// Log-in of the merchant whose shop it plays in.
    shop: Option<String>,
    /// Who applies to be verified; the scene is of an order otherwise.
    applicant: Option<String>,
    /// What the reviewer says.
    #[serde(default)]
    reason: String,
    /// Steps that many scenes share.
    after: Option<String>,
    steps: Vec<String>,
}

/// A scene that is to be played.
pub(super) struct Stage {
    state: String,
    of: Of,
    steps: Vec<(Instant, String)>,
}

/// What a scene is of.
enum Of {
    Order { shop: usize, number: usize },
    Application { applicant: Box<Applicant>, reason: String },
}

/// What a scene has brought about so far.
#[derive(Clone, Default)]
pub(super) struct Begun {
    order: Option<CaseId>,
    registered: Option<Registered>,
}

/// All scenes that begin after `start`, in time for `end`.
pub(super) fn read(market: &Market, (start, end): (Instant, Instant)) -> Result<Vec<Stage>, Fault> {
    let script: Script = toml::from_str(SCENES).map_err(|e| broken(&e))?;
    let applicants = applicants::read()?;
    let Script { way, scene } = script;
    let staged = scene.into_iter().enumerate().map(|(number, written)| {
        let of = of(&written, number, (market, &applicants))?;
        let before = match &written.after {
            Some(name) => way.get(name).ok_or_else(|| broken(name))?.as_slice(),
            None => &[],
        };
        let steps = before.iter().chain(&written.steps).map(|step| read_step(step, end));
        let steps = steps.collect::<Option<Vec<_>>>().ok_or_else(|| broken(&written.state))?;
        Ok(Stage { state: written.state, of, steps })
    });
    let staged = staged.collect::<Result<Vec<_>, Fault>>()?;
    // In a young market there was no time for some.
    Ok(staged.into_iter().filter(|scene| scene.moments().all(|at| at >= start)).collect())
}

fn of(written: &Written, number: usize, (market, applicants): (&Market, &[Applicant])) -> Result<Of, Fault> {
    if let Some(key) = &written.applicant {
        let applicant = applicants.iter().find(|a| a.key == *key).ok_or_else(|| broken(key))?;
        return Ok(Of::Application { applicant: Box::new(applicant.clone()), reason: written.reason.clone() });
    }
    let shop = match &written.shop {
        Some(login) => market.merchant.iter().position(|m| m.login == *login).ok_or_else(|| broken(login))?,
        None => 1 + number * STRIDE % (market.merchant.len() - 1),
    };
    Ok(Of::Order { shop, number })
}

/// `5d20h ship_all`: how long before the end, and what.
fn read_step(text: &str, end: Instant) -> Option<(Instant, String)> {
    let (ago, what) = text.split_once(' ')?;
    let mut before = Millis(0);
    let mut digits = String::new();
    for letter in ago.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        let count: i64 = std::mem::take(&mut digits).parse().ok()?;
        let span = match letter {
            'd' => Millis::days(count),
            'h' => Millis::hours(count),
            'm' => Millis::minutes(count),
            's' => Millis::seconds(count),
            _ => return None,
        };
        before = Millis(before.0 + span.0);
    }
    digits.is_empty().then(|| (end - before, what.to_owned()))
}

impl Stage {
    /// When its steps happen.
    pub(super) fn moments(&self) -> impl Iterator<Item = Instant> {
        self.steps.iter().map(|(at, _)| *at)
    }

    /// Plays a step; `begun` is kept between the steps.
    pub(super) fn play(
        &self,
        (store, cast): (&Store, &Cast),
        town: &mut Town<'_>,
        step: usize,
        begun: &mut Begun,
    ) -> Result<(), Fault> {
        let what = self.steps[step].1.as_str();
        let (word, with) = what.split_once(':').unwrap_or((what, ""));
        let played = match &self.of {
            Of::Application { applicant, reason } => {
                applicants::play((store, cast), applicant, (word, with), reason, &mut begun.registered)
            }
            Of::Order { shop, number } => play_order((store, town), (word, with), (*shop, *number), &mut begun.order),
        };
        played.map_err(|fault| broken(&format!("the scene {} at {what}: {fault}", self.state)))
    }
}

fn play_order(
    (store, town): (&Store, &mut Town<'_>),
    (word, with): (&str, &str),
    place: (usize, usize),
    order: &mut Option<CaseId>,
) -> Result<(), Fault> {
    let told = |wrong: Wrong| broken(&wrong);
    match (word, *order) {
        ("order", _) => *order = Some(town.place(&wanted(place, with)).map_err(told)?),
        ("answer", _) => {
            answer(store)?;
        }
        ("lose", _) => town.lose_questions().map_err(told)?,
        ("speak", Some(order)) => town.speak(order).map_err(told)?,
        ("apply", Some(order)) => {
            let kind = CaseKind::from_word(with).ok_or_else(|| broken(&with))?;
            town.apply(order, kind).map_err(told)?;
        }
        (_, Some(order)) => town.play(order, word).map_err(told)?,
        (_, None) => return Err(broken(&"it begins without an order")),
    }
    Ok(())
}

fn wanted((shop, number): (usize, usize), with: &str) -> Wanted {
    Wanted {
        shop,
        shelf: number,
        buyer: number * 7 + 4,
        quantity: with.parse().unwrap_or(1),
        has_remark: with == "remark",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::demo::data;

    fn staged(days: i64) -> Vec<Stage> {
        let end = data::end().unwrap();
        read(&data::market().unwrap(), (end - Millis::days(days), end)).unwrap()
    }

    #[test]
    fn every_applicant_has_one_scene() {
        let applicant = |scene: Stage| match scene.of {
            Of::Application { applicant, .. } => Some(applicant.key),
            Of::Order { .. } => None,
        };
        let mut playing: Vec<String> = staged(60).into_iter().filter_map(applicant).collect();
        let mut known: Vec<String> = applicants::read().unwrap().into_iter().map(|a| a.key).collect();
        playing.sort();
        known.sort();
        assert_eq!(playing, known);
    }

    #[test]
    fn a_code_that_is_not_the_licence_s_waits_to_be_found() {
        let has_mistake =
            |scene: &Stage| matches!(&scene.of, Of::Application { applicant, .. } if applicant.licence_code.is_some());
        assert!(staged(60).iter().any(|scene| scene.state == "verification.submitted" && has_mistake(scene)));
    }

    #[test]
    fn a_scene_that_would_begin_before_the_market_is_left_out() {
        let (young, all) = (staged(8), staged(60));
        assert!(young.len() < all.len() && !young.is_empty());
        assert!(young.iter().all(|scene| scene.moments().all(|at| at >= data::start(8).unwrap())));
    }

    #[test]
    fn a_step_tells_how_long_before_the_end_it_happens() {
        let end = Instant(0);
        let read = |text| read_step(text, end);
        assert_eq!(read("5d20h ship_all"), Some((end - Millis::hours(140), "ship_all".to_owned())));
        assert_eq!(read("175s lose"), Some((end - Millis::seconds(175), "lose".to_owned())));
        assert_eq!((read("5 lose"), read("5x lose"), read("5h")), (None, None, None));
    }
}
