//! Which facts are wanted.

use crate::vocabulary::{Fact, FactSpec, Vocabulary};

/// Which facts of a kind a decision needs; the kind loads these and no others.
#[derive(Clone, Copy, Debug)]
pub struct FactSet {
    specs: &'static [FactSpec],
    bits: u64,
}

impl PartialEq for FactSet {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits && std::ptr::eq(self.specs, other.specs)
    }
}

impl FactSet {
    /// No fact.
    pub const fn none(vocabulary: &Vocabulary) -> Self {
        Self { specs: vocabulary.facts, bits: 0 }
    }

    /// Every declared fact.
    pub fn all(vocabulary: &Vocabulary) -> Self {
        let mut set = Self::none(vocabulary);
        (0..vocabulary.facts.len()).for_each(|index| set.add(index));
        set
    }

    /// Adds the fact at this position; positions beyond the vocabulary are ignored.
    pub fn add(&mut self, index: usize) {
        if index < self.specs.len() {
            self.bits |= 1u64.checked_shl(u32::try_from(index).unwrap_or(u32::MAX)).unwrap_or(0);
        }
    }

    /// Adds all of `other`, a set of the same kind.
    pub const fn union(&mut self, other: Self) {
        self.bits |= other.bits;
    }

    /// Whether this fact is needed.
    pub const fn wants<T>(self, fact: Fact<T>) -> bool {
        self.has(fact.index())
    }

    /// Whether the fact of this name is needed.
    pub fn contains(self, name: &str) -> bool {
        self.names().any(|n| n == name)
    }

    /// Names of the needed facts, in order of declaration.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.specs.iter().enumerate().filter(move |(i, _)| self.has(*i)).map(|(_, s)| s.name)
    }

    /// Whether no fact is needed.
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    const fn has(self, index: usize) -> bool {
        index < 64 && self.bits & (1 << index) != 0
    }
}
