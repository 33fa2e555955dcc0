//! A case with everything that a step needs: engine, rulebook, kind.

use super::books::Ready;
use super::case::{self, Case};
use super::pauses::Pause;
use super::plan::PlanInput;
use super::{Engine, Error, Kind};
use crate::facts::FactSet;
use crate::facts::Facts;
use std::collections::BTreeMap;
use std::sync::Arc;
use xr_base::calendar::DayTables;
use xr_base::{CaseId, Fault, Instant};
use xr_store::{Tx, params, sql};

/// A loaded case.
pub(super) struct Running<'t> {
    pub(super) engine: &'t Engine,
    pub(super) kind: &'t dyn Kind,
    pub(super) ready: Arc<Ready>,
    pub(super) tables: Arc<DayTables>,
    pub(super) case: Case,
}

impl<'t> Running<'t> {
    pub(super) fn load(tx: &mut Tx<'t>, id: CaseId) -> Result<Self, Fault> {
        let case = case::get(tx, id)?;
        Self::of(tx, case)
    }

    pub(super) fn of(tx: &mut Tx<'t>, case: Case) -> Result<Self, Fault> {
        let engine: &'t Engine = Engine::of(tx)?.as_ref();
        let ready = engine.books.by_id(tx, engine, case.rulebook)?;
        let kind = engine.kind(&case.kind).ok_or(Error::NotWired)?.as_ref();
        Ok(Self { engine, kind, ready, tables: engine.tables(), case })
    }

    /// What a clock of the case depends on.
    pub(super) fn plan_input<'a>(
        &'a self,
        state: &'a str,
        entered_at: Instant,
        facts: &'a Facts,
        pauses: &'a [Pause],
    ) -> PlanInput<'a> {
        PlanInput { ready: &self.ready, tables: &self.tables, state, entered_at, facts, pauses }
    }

    /// Facts that `need` asks for; the capability is not asked when none are needed.
    pub(super) fn facts(&self, tx: &mut Tx<'_>, need: FactSet) -> Result<Facts, Fault> {
        if need.is_empty() {
            return Ok(Facts::of(self.kind.vocabulary()));
        }
        self.kind.facts(tx, &self.case, need)
    }

    /// How often the case took each event that some guard counts.
    pub(super) fn counts(&self, tx: &mut Tx<'_>) -> Result<BTreeMap<String, i64>, Fault> {
        if !self.ready.counts_any() {
            return Ok(BTreeMap::new());
        }
        let rows: Vec<(String, i64)> = tx.all(
            sql!("SELECT event, n FROM case_counts WHERE case_id = ?1 /* unscoped: by id after authorisation */"),
            params![self.case.id],
        )?;
        Ok(rows.into_iter().collect())
    }
}
