//! Scenes of `demo/scenes.toml`: each brings one promise into the state that it is named after.

use super::clock::answer;
use super::data::{Market, broken};
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
    /// Steps that many scenes share.
    after: Option<String>,
    steps: Vec<String>,
}

/// A scene that is to be played.
pub(super) struct Stage {
    state: String,
    shop: usize,
    number: usize,
    steps: Vec<(Instant, String)>,
}

/// All scenes, in time for `end`.
pub(super) fn read(market: &Market, end: Instant) -> Result<Vec<Stage>, Fault> {
    let script: Script = toml::from_str(SCENES).map_err(|e| broken(&e))?;
    let Script { way, scene } = script;
    let staged = scene.into_iter().enumerate().map(|(number, written)| {
        let shop = match &written.shop {
            Some(login) => market.merchant.iter().position(|m| m.login == *login).ok_or_else(|| broken(login))?,
            None => 1 + number * STRIDE % (market.merchant.len() - 1),
        };
        let before = match &written.after {
            Some(name) => way.get(name).ok_or_else(|| broken(name))?.as_slice(),
            None => &[],
        };
        let steps = before.iter().chain(&written.steps).map(|step| read_step(step, end));
        let steps = steps.collect::<Option<Vec<_>>>().ok_or_else(|| broken(&written.state))?;
        Ok(Stage { state: written.state, shop, number, steps })
    });
    staged.collect()
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

    /// Plays a step; `order` is kept between the steps.
    pub(super) fn play(
        &self,
        store: &Store,
        town: &mut Town<'_>,
        step: usize,
        order: &mut Option<CaseId>,
    ) -> Result<(), Fault> {
        let what = self.steps[step].1.as_str();
        let told = |wrong: Wrong| broken(&format!("the scene {} at {what}: {wrong}", self.state));
        let (word, with) = what.split_once(':').unwrap_or((what, ""));
        match (word, *order) {
            ("order", _) => *order = Some(town.place(&self.wanted(with)).map_err(told)?),
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
            (_, None) => return Err(broken(&format!("the scene {} begins without an order", self.state))),
        }
        Ok(())
    }

    fn wanted(&self, with: &str) -> Wanted {
        Wanted {
            shop: self.shop,
            shelf: self.number,
            buyer: self.number * 7 + 4,
            quantity: with.parse().unwrap_or(1),
            has_remark: with == "remark",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_tells_how_long_before_the_end_it_happens() {
        let end = Instant(0);
        let read = |text| read_step(text, end);
        assert_eq!(read("5d20h ship_all"), Some((end - Millis::hours(140), "ship_all".to_owned())));
        assert_eq!(read("175s lose"), Some((end - Millis::seconds(175), "lose".to_owned())));
        assert_eq!((read("5 lose"), read("5x lose"), read("5h")), (None, None, None));
    }
}
