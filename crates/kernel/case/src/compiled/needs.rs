//! Which facts each decision of a rulebook needs.

use super::Compiled;
use crate::facts::FactSet;
use crate::model::ClockRule;

impl Compiled {
    /// Facts needed to take `event` in `state`: those of its guards, and those that clocks of all possible targets count from.
    /// Empty for unknown names.
    pub fn needed_facts(&self, state: &str, event: &str) -> FactSet {
        let mut need = FactSet::none(self.vocabulary);
        for alternative in self.alternatives(state, event) {
            self.add_guard(&mut need, alternative.when.as_deref());
            need.union(self.entry_facts(&alternative.to));
        }
        need
    }

    /// Facts that the guards of `event` in `state` ask for.
    pub fn event_facts(&self, state: &str, event: &str) -> FactSet {
        let mut need = FactSet::none(self.vocabulary);
        for alternative in self.alternatives(state, event) {
            self.add_guard(&mut need, alternative.when.as_deref());
        }
        need
    }

    /// Facts needed to start the clocks of `state`: anchors, lengths by facts, guards of replacement lengths.
    pub fn entry_facts(&self, state: &str) -> FactSet {
        let mut need = FactSet::none(self.vocabulary);
        for clock in self.state(state).into_iter().flat_map(|s| s.clocks.values()) {
            need.union(self.clock_facts(clock));
        }
        need
    }

    /// Facts needed to compute the due of one clock.
    pub fn clock_facts(&self, clock: &ClockRule) -> FactSet {
        let mut need = FactSet::none(self.vocabulary);
        let lengths = std::iter::once(&clock.after).chain(clock.alt.iter().map(|a| &a.after));
        let by_length = lengths.filter_map(|length| crate::merge::fact_of_length(length));
        for fact in clock.anchor.as_deref().into_iter().chain(by_length) {
            self.vocabulary.fact_index(fact).into_iter().for_each(|i| need.add(i));
        }
        for alt in &clock.alt {
            self.add_guard(&mut need, Some(&alt.when));
        }
        need
    }

    /// Facts needed to say which events of `state` may be taken now (for [`allowed`](crate::step::allowed)).
    pub fn guard_facts(&self, state: &str) -> FactSet {
        let mut need = FactSet::none(self.vocabulary);
        for alternative in self.state(state).into_iter().flat_map(|s| s.on.values()).flatten() {
            self.add_guard(&mut need, alternative.when.as_deref());
        }
        need
    }

    fn add_guard(&self, need: &mut FactSet, text: Option<&str>) {
        if let Some(guard) = text.and_then(|t| self.guards.get(t)) {
            guard.facts().for_each(|i| need.add(i));
        }
    }
}
