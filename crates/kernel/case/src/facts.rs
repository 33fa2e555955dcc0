//! Values of facts of one case, as loaded for one decision.

use crate::vocabulary::{Choice, Fact, FactSpec, Vocabulary};
use std::sync::Arc;
use xr_base::Instant;

/// Value of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactValue {
    /// Truth value.
    Bool(bool),
    /// Whole number.
    Int(i64),
    /// Text, or the word of an enum fact.
    Text(Arc<str>),
    /// A moment.
    Instant(Instant),
    /// Looked up, and unknown for this case.
    Absent,
}

/// A fact that was given a value it cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// The kind declares no such fact.
    #[error("the kind `{kind}` has no fact `{name}`")]
    Unknown {
        /// The kind.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// The value is of another type, or no word of the enum.
    #[error("the fact `{name}` of type {ty} cannot be {value:?}")]
    Type {
        /// The fact.
        name: &'static str,
        /// Its type.
        ty: &'static str,
        /// The value.
        value: FactValue,
    },
    /// The fact was not loaded: [`FactSet`] did not ask for it, or the kind forgot it.
    #[error("the fact `{0}` was not loaded")]
    NotLoaded(&'static str),
}

/// A Rust type that is the value of a fact.
pub trait IntoFact {
    /// As a value.
    fn into_fact(self) -> FactValue;
}

impl IntoFact for bool {
    fn into_fact(self) -> FactValue {
        FactValue::Bool(self)
    }
}
impl IntoFact for i64 {
    fn into_fact(self) -> FactValue {
        FactValue::Int(self)
    }
}
impl IntoFact for String {
    fn into_fact(self) -> FactValue {
        FactValue::Text(self.into())
    }
}
impl IntoFact for Instant {
    fn into_fact(self) -> FactValue {
        FactValue::Instant(self)
    }
}

/// Facts of one case. What was not set is *not loaded*, which is another thing than absent.
#[derive(Clone, Debug)]
pub struct Facts {
    kind: &'static str,
    specs: &'static [FactSpec],
    values: Vec<Option<FactValue>>,
}

impl Facts {
    /// No fact loaded yet.
    pub fn of(vocabulary: &Vocabulary) -> Self {
        Self { kind: vocabulary.kind, specs: vocabulary.facts, values: vec![None; vocabulary.facts.len()] }
    }

    /// Sets a fact to a value of its type.
    pub fn set<T: IntoFact>(&mut self, fact: Fact<T>, value: T) {
        if let Some(slot) = self.values.get_mut(fact.index()) {
            *slot = Some(value.into_fact());
        }
    }

    /// Sets a fact that may be absent.
    pub fn set_opt<T: IntoFact>(&mut self, fact: Fact<T>, value: Option<T>) {
        match value {
            Some(value) => self.set(fact, value),
            None => self.set_absent(fact),
        }
    }

    /// Says that a fact was looked up and is unknown.
    pub fn set_absent<T>(&mut self, fact: Fact<T>) {
        if let Some(slot) = self.values.get_mut(fact.index()) {
            *slot = Some(FactValue::Absent);
        }
    }

    /// Sets an enum fact to one of its words.
    ///
    /// # Errors
    /// [`FactError::Type`] if the fact has no such word.
    pub fn choose(&mut self, fact: Fact<Choice>, word: &str) -> Result<(), FactError> {
        self.put(fact.index(), FactValue::Text(word.into()))
    }

    /// Sets a fact by its name, for values that come as data.
    ///
    /// # Errors
    /// [`FactError::Unknown`], or [`FactError::Type`] if the value does not fit (absent fits only facts that may be).
    pub fn insert(&mut self, name: &str, value: FactValue) -> Result<(), FactError> {
        let index = self.specs.iter().position(|s| s.name == name);
        let index = index.ok_or_else(|| FactError::Unknown { kind: self.kind, name: name.to_owned() })?;
        self.put(index, value)
    }

    fn put(&mut self, index: usize, value: FactValue) -> Result<(), FactError> {
        let (Some(spec), Some(slot)) = (self.specs.get(index), self.values.get_mut(index)) else {
            return Err(FactError::Unknown { kind: self.kind, name: format!("#{index}") });
        };
        let is_fitting = spec.ty.admits(&value) || (spec.may_be_absent && value == FactValue::Absent);
        if !is_fitting {
            return Err(FactError::Type { name: spec.name, ty: spec.ty.word(), value });
        }
        *slot = Some(value);
        Ok(())
    }

    /// Value of the fact at this position of the vocabulary.
    ///
    /// # Errors
    /// [`FactError::NotLoaded`]; an unknown position likewise.
    pub fn at(&self, index: usize) -> Result<&FactValue, FactError> {
        let name = self.specs.get(index).map_or("?", |s| s.name);
        self.values.get(index).and_then(Option::as_ref).ok_or(FactError::NotLoaded(name))
    }

    /// Value of a fact by its name; `None` if it is unknown or was not loaded.
    pub fn get(&self, name: &str) -> Option<&FactValue> {
        let index = self.specs.iter().position(|s| s.name == name)?;
        self.values.get(index)?.as_ref()
    }

    /// The moment a fact holds; `None` if it is absent, not loaded, or no moment.
    pub fn instant(&self, name: &str) -> Option<Instant> {
        match self.get(name) {
            Some(FactValue::Instant(at)) => Some(*at),
            _ => None,
        }
    }

    /// Names and values of what was loaded, in order of declaration.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &FactValue)> {
        self.specs.iter().zip(&self.values).filter_map(|(s, v)| Some((s.name, v.as_ref()?)))
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Loan;

    #[test]
    fn a_value_of_another_type_or_word_is_refused_by_name() {
        let mut facts = Facts::of(&Loan::VOCABULARY);
        let wrong = facts.insert("photos", FactValue::Bool(true));
        assert_eq!(wrong, Err(FactError::Type { name: "photos", ty: "int", value: FactValue::Bool(true) }));
        assert!(matches!(facts.choose(Loan::tracking, "flying"), Err(FactError::Type { name: "tracking", .. })));
        assert!(matches!(facts.insert("foto", FactValue::Int(1)), Err(FactError::Unknown { kind: "loan", .. })));
        assert_eq!(facts.iter().count(), 0);
    }

    #[test]
    fn only_facts_that_may_be_absent_are_absent() {
        let mut facts = Facts::of(&Loan::VOCABULARY);
        assert!(facts.insert("photos", FactValue::Absent).is_err());
        assert_eq!(facts.insert("delivered_at", FactValue::Absent), Ok(()));
        assert_eq!((facts.get("delivered_at"), facts.instant("delivered_at")), (Some(&FactValue::Absent), None));
        facts.set_opt(Loan::delivered_at, Some(Instant(5)));
        assert_eq!(facts.instant("delivered_at"), Some(Instant(5)));
    }

    #[test]
    fn what_was_not_set_is_not_loaded_and_not_absent() {
        let facts = Facts::of(&Loan::VOCABULARY);
        assert_eq!(facts.at(Loan::photos.index()), Err(FactError::NotLoaded("photos")));
        assert_eq!((facts.get("photos"), facts.at(99)), (None, Err(FactError::NotLoaded("?"))));
    }

    #[test]
    fn a_set_of_facts_is_the_union_of_what_was_added() {
        let mut need = FactSet::none(&Loan::VOCABULARY);
        assert!(need.is_empty());
        need.add(Loan::term_ends.index());
        need.add(1_000);
        let mut more = FactSet::none(&Loan::VOCABULARY);
        more.add(Loan::contacted.index());
        need.union(more);
        assert_eq!(need.names().collect::<Vec<_>>(), ["contacted", "term_ends"]);
        assert!(need.wants(Loan::term_ends) && !need.wants(Loan::photos) && need.contains("contacted"));
        assert_eq!(FactSet::all(&Loan::VOCABULARY).names().count(), Loan::VOCABULARY.facts.len());
    }
}
