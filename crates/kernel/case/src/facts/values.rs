//! Facts by name and by typed key.

use super::{FactError, FactValue, IntoFact};
use crate::vocabulary::{Choice, Fact, FactSpec, Vocabulary};
use xr_base::Instant;

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
