//! Facts as they were, or would have been, at the moment that is lived through.

use super::family::Family;
use crate::facts::{FactSet, FactValue, Facts};
use crate::vocabulary::FactSpec;
use xr_base::Instant;

impl Family<'_> {
    /// The facts that `need` asks for, and those among them that may have been different then.
    pub(super) fn facts(&self, me: usize, need: FactSet) -> (Facts, Vec<&'static str>) {
        let vocabulary = self.members[me].kind.vocabulary();
        let mut facts = Facts::of(vocabulary);
        let mut unsure = Vec::new();
        for name in need.names() {
            let Some(spec) = vocabulary.facts.iter().find(|s| s.name == name) else { continue };
            let (value, is_sure) = self.fact(me, spec);
            if !is_sure {
                unsure.push(spec.name);
            }
            // A capability that gives a value of another type is told by the guard: the fact was not loaded.
            let _ = facts.insert(name, value);
        }
        (facts, unsure)
    }

    /// What the course itself tells; else as it is now, where an instant that lies ahead is not there yet.
    fn fact(&self, me: usize, spec: &'static FactSpec) -> (FactValue, bool) {
        if let Some(known) = self.members[me].kind.relived(spec.name, self, me) {
            return known;
        }
        let past = self.past(me);
        let now = past.and_then(|p| p.now.get(spec.name)).cloned();
        let is_lasting = past.is_some_and(|p| p.lasting.contains(&spec.name));
        match now {
            Some(FactValue::Instant(at)) if at > self.at && spec.may_be_absent => (FactValue::Absent, is_lasting),
            Some(value) => (value, is_lasting),
            None => (crate::pack_tests::start_value(spec, Instant(0)), false),
        }
    }
}
