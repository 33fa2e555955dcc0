//! All machines and packs of an installation, and the rulebooks that they make together.

use crate::compiled::Compiled;
use crate::finding::{Finding, nearest};
use crate::merge::{Merged, Parts, merge};
use crate::parse::{RawMachine, RawPack, Target};
use crate::vocabulary::{EffectSpec, Vocabulary};

/// Name of the pack whose bounds hold for all others.
pub const STATUTORY: &str = "statutory";

/// Machines, packs and the words they may use.
#[derive(Debug, Default)]
pub struct Library {
    /// Machines, one a kind.
    pub machines: Vec<RawMachine>,
    /// Packs, `statutory` among them.
    pub packs: Vec<RawPack>,
    /// Vocabularies of all kinds.
    pub vocabularies: Vec<&'static Vocabulary>,
    /// Effects of all slices.
    pub effects: Vec<&'static EffectSpec>,
}

/// A file's name, for findings, and its text.
pub type Source = (String, String);

impl Library {
    /// Reads machines and packs, all of them even if one cannot be read.
    ///
    /// # Errors
    /// Every mistake of form in every file, and kinds and packs that two files give.
    pub fn from_sources(
        machines: &[Source],
        packs: &[Source],
        vocabularies: Vec<&'static Vocabulary>,
        effects: Vec<&'static EffectSpec>,
    ) -> Result<Self, Vec<Finding>> {
        let mut library = Self { machines: vec![], packs: vec![], vocabularies, effects };
        let mut findings = Vec::new();
        for (file, text) in machines {
            match crate::parse::machine(file, text) {
                Ok(machine) if library.machines.iter().any(|m| m.kind == machine.kind) => {
                    let message = format!("another file has the machine of `{}` already", machine.kind);
                    findings.push(Finding::new(machine.origins.find("machine.kind"), message));
                }
                Ok(machine) => library.machines.push(machine),
                Err(more) => findings.extend(more),
            }
        }
        for (file, text) in packs {
            match crate::parse::pack(file, text) {
                Ok(pack) if library.packs.iter().any(|p| p.name == pack.name) => {
                    let message = format!("another file has the pack `{}` already", pack.name);
                    findings.push(Finding::new(pack.origins.find("pack.name"), message));
                }
                Ok(pack) => library.packs.push(pack),
                Err(more) => findings.extend(more),
            }
        }
        if findings.is_empty() { Ok(library) } else { Err(findings) }
    }

    /// The packs that a case may run on: all but the floor.
    pub fn choosable(&self) -> impl Iterator<Item = &RawPack> {
        self.packs.iter().filter(|p| p.name != STATUTORY)
    }

    /// The bounds that hold for every pack, if there are any.
    pub fn statutory(&self) -> Option<&RawPack> {
        self.packs.iter().find(|p| p.name == STATUTORY)
    }

    /// The chain of packs merged for `pack`: lowest first, itself last.
    ///
    /// # Errors
    /// An unknown pack or base, a base that stands on itself, or the floor of bounds, on which no case runs.
    pub fn chain(&self, pack: &str) -> Result<Vec<&RawPack>, Vec<Finding>> {
        let names = || self.packs.iter().map(|p| p.name.as_str());
        let mut chain: Vec<&RawPack> = Vec::new();
        let mut wanted = Some(pack);
        while let Some(name) = wanted {
            let at = chain.last().map(|p: &&RawPack| p.origins.find("pack.base")).unwrap_or_default();
            if chain.iter().any(|p| p.name == name) {
                return Err(vec![Finding::new(at, format!("the pack `{name}` stands on itself"))]);
            }
            let found = self.packs.iter().find(|p| p.name == name);
            if name == STATUTORY {
                return Err(vec![Finding::new(at, format!("`{name}` is a floor of bounds: no case runs on it"))]);
            }
            let missing = || vec![Finding::new(at, format!("there is no pack `{name}`")).suggest(name, names())];
            let found = found.ok_or_else(missing)?;
            chain.push(found);
            wanted = found.base.as_deref();
        }
        chain.reverse();
        Ok(chain)
    }

    /// The rulebook of one kind under one pack.
    ///
    /// # Errors
    /// All findings of merging and compiling, or that kind or pack are unknown.
    pub fn rulebook(&self, kind: &str, pack: &str) -> Result<Compiled, Vec<Finding>> {
        let (merged, vocabulary) = self.merged(kind, pack)?;
        Compiled::new(merged, vocabulary)
    }

    /// The merged rulebook of one kind under one pack with the places of its parts, guards not compiled yet.
    ///
    /// # Errors
    /// All findings of merging, or that kind or pack are unknown.
    pub fn merged(&self, kind: &str, pack: &str) -> Result<(Merged, &'static Vocabulary), Vec<Finding>> {
        let chain = self.chain(pack)?;
        let unknown = |what: &str| {
            vec![Finding::new(crate::finding::Origin::default(), format!("no {what} of the kind `{kind}`"))]
        };
        let machine = self.machines.iter().find(|m| m.kind == kind).ok_or_else(|| unknown("machine"))?;
        let vocabulary = *self.vocabularies.iter().find(|v| v.kind == kind).ok_or_else(|| {
            let mut finding =
                Finding::new(machine.origins.find("machine.kind"), format!("no slice declares the kind `{kind}`"));
            finding.suggestion = nearest(kind, self.vocabularies.iter().map(|v| v.kind));
            vec![finding]
        })?;
        let statutory = self.statutory();
        let parts = Parts { machine, packs: &chain, statutory, vocabulary, effects: &self.effects };
        Ok((merge(&parts)?, vocabulary))
    }

    /// The rulebooks of every machine under one pack, in the order of [`Library::machines`].
    ///
    /// # Errors
    /// All findings of all kinds, and what the pack says of kinds that do not exist.
    pub fn rulebooks(&self, pack: &str) -> Result<Vec<Compiled>, Vec<Finding>> {
        let mut findings = self.stray_kinds(&self.chain(pack)?);
        let mut books = Vec::new();
        for machine in &self.machines {
            match self.rulebook(&machine.kind, pack) {
                Ok(book) => books.push(book),
                Err(more) => findings.extend(more),
            }
        }
        if findings.is_empty() { Ok(books) } else { Err(findings) }
    }

    /// Kinds that packs or waiting states name and no machine describes.
    pub(crate) fn stray_kinds(&self, packs: &[&RawPack]) -> Vec<Finding> {
        let is_known = |kind: &str| self.machines.iter().any(|m| m.kind == kind);
        let stray = |at, kind: &str| {
            Finding::new(at, format!("there is no machine of the kind `{kind}`"))
                .suggest(kind, self.machines.iter().map(|m| m.kind.as_str()))
        };
        let mut out: Vec<Finding> = Vec::new();
        for pack in packs {
            let of_guards = pack.guards.iter().map(|g| &g.target);
            let targets =
                pack.clocks.iter().map(|c| &c.target).chain(of_guards).chain(pack.floors.iter().map(|f| &f.target));
            out.extend(
                targets.filter(|t: &&Target| !is_known(&t.kind)).map(|t| stray(pack.origins.find(&t.path), &t.kind)),
            );
        }
        for machine in &self.machines {
            for (name, state) in &machine.states {
                if let Some(child) = state.waits_for.as_ref().filter(|child| !is_known(child)) {
                    let mut finding = stray(machine.origins.find(&format!("state.{name}.waits_for")), child);
                    finding.kind = Some(machine.kind.clone());
                    finding.state = Some(name.clone());
                    out.push(finding);
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Library;
    use crate::fixture::{BASE, Loan, MACHINE, ShopEffect};

    fn read(machines: &[(&str, &str)], packs: &[(&str, &str)]) -> Result<Library, Vec<String>> {
        let owned =
            |all: &[(&str, &str)]| all.iter().map(|(f, t)| ((*f).to_owned(), (*t).to_owned())).collect::<Vec<_>>();
        let (vocabularies, effects) = (vec![&Loan::VOCABULARY], ShopEffect::SPECS.iter().collect());
        let library = Library::from_sources(&owned(machines), &owned(packs), vocabularies, effects);
        library.map_err(|findings| findings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_library_is_read_from_files() {
        let library = read(&[("loan.toml", MACHINE)], &[("base.toml", BASE)]).unwrap();
        assert_eq!((library.machines.len(), library.packs.len()), (1, 1));
        assert_eq!(library.rulebook("loan", "xiaoer-default").unwrap().book().kind, "loan");
    }

    #[test]
    fn a_second_file_of_one_kind_or_pack_is_told_at_its_line() {
        let found =
            read(&[("a.toml", MACHINE), ("b.toml", MACHINE)], &[("p.toml", BASE), ("q.toml", BASE)]).unwrap_err();
        assert_eq!(
            found,
            [
                "b.toml:3: another file has the machine of `loan` already",
                "q.toml:3: another file has the pack `xiaoer-default` already"
            ]
        );
    }

    #[test]
    fn every_file_is_read_even_if_one_is_broken() {
        let found =
            read(&[("a.toml", "[machine]\nkind = 3\n"), ("b.toml", "[[")], &[("p.toml", "nothing = 1")]).unwrap_err();
        for file in ["a.toml:2", "b.toml:1", "p.toml:1"] {
            assert!(found.iter().any(|line| line.starts_with(file)), "{file}: {found:#?}");
        }
    }
}
