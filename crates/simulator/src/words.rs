//! What people write.

use crate::dice::Dice;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Sentences to choose from; a list of one is no choice and draws nothing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Buyers, with an order.
    pub remarks: Vec<String>,
    /// Buyers, who apply for after-sales: by the word of the reason; `other` stands for those that have none.
    pub complaints: BTreeMap<String, Vec<String>>,
    /// What goes with an act, by its event; `other` stands for those that have none.
    pub said: BTreeMap<String, Vec<String>>,
    /// Buyers who change nothing but their words.
    pub more: Vec<String>,
    /// Either side, as evidence.
    pub evidence: Vec<String>,
    /// Merchants, of a talk with the buyer.
    pub contacts: Vec<String>,
    /// Where parcels are scanned.
    pub places: Vec<String>,
}

fn one_of(dice: &mut Dice, list: &[String]) -> String {
    match list {
        [only] => only.clone(),
        _ => dice.pick(list).cloned().unwrap_or_default(),
    }
}

fn by_key(dice: &mut Dice, lists: &BTreeMap<String, Vec<String>>, key: &str) -> String {
    lists.get(key).or_else(|| lists.get("other")).map_or_else(String::new, |list| one_of(dice, list))
}

impl Words {
    /// One sentence of each.
    pub(crate) fn terse() -> Self {
        let one = |text: &str| vec![text.to_owned()];
        Self {
            remarks: one("请尽快发货"),
            complaints: BTreeMap::from([("other".to_owned(), one("收到的和页面不一样"))]),
            said: BTreeMap::from([("other".to_owned(), one("情况属实，请处理"))]),
            more: one("补充说明"),
            evidence: one("开箱时已拍摄"),
            contacts: one("已与买家电话沟通"),
            places: one("杭州转运中心"),
        }
    }

    pub(crate) fn remark(&self, dice: &mut Dice) -> String {
        one_of(dice, &self.remarks)
    }

    pub(crate) fn complaint(&self, dice: &mut Dice, reason: &str) -> String {
        by_key(dice, &self.complaints, reason)
    }

    pub(crate) fn said(&self, dice: &mut Dice, event: &str) -> String {
        by_key(dice, &self.said, event)
    }

    pub(crate) fn more(&self, dice: &mut Dice) -> String {
        one_of(dice, &self.more)
    }

    pub(crate) fn evidence(&self, dice: &mut Dice) -> String {
        one_of(dice, &self.evidence)
    }

    pub(crate) fn contact(&self, dice: &mut Dice) -> String {
        one_of(dice, &self.contacts)
    }

    pub(crate) fn place(&self, dice: &mut Dice) -> String {
        one_of(dice, &self.places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_sentence_draws_nothing_and_an_unknown_key_says_the_other() {
        let (mut dice, mut same) = (Dice::of(3), Dice::of(3));
        let mut words = Words::terse();
        assert_eq!(words.remark(&mut dice), words.remarks[0]);
        assert_eq!(words.said(&mut dice, "propose"), words.said["other"][0]);
        assert_eq!(dice.below(1_000), same.below(1_000));
        words.said.insert("propose".to_owned(), vec!["a".to_owned(), "b".to_owned()]);
        assert!(["a", "b"].contains(&words.said(&mut dice, "propose").as_str()));
    }
}
