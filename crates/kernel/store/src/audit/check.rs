//! A check of the whole record in steps, for a server that goes on serving: each step reads a little on a snapshot of its own.

use super::verify::{Course, Report, Walk, begin};
use crate::Tx;
use serde::{Deserialize, Serialize};
use xr_base::StoreError;

/// How far a check is; kept between its steps, also over a restart. What is checked ends where the record ended when it began:
/// events are only ever added, so steps on later snapshots see the same.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Check {
    course: Course,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    Blocks,
    Rest,
    Done,
}

impl Check {
    /// Before the first event of the record as it is now.
    ///
    /// # Errors
    /// [`StoreError`] of the engine.
    pub fn begin(tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        Ok(Self { course: begin(tx.conn, None)?, stage: Stage::Blocks })
    }

    /// Looks at the next `blocks` times 1,000 events, and at the end counts them; gives whether there is nothing left to do.
    ///
    /// # Errors
    /// [`StoreError`] of the engine; a difference is no error.
    pub fn step(&mut self, tx: &mut Tx<'_>, blocks: i64) -> Result<bool, StoreError> {
        let mut walk = Walk::on(tx.conn, &mut self.course)?;
        match self.stage {
            Stage::Blocks if walk.blocks(blocks)? => {
                walk.rest_begins();
                self.stage = Stage::Rest;
            }
            Stage::Rest => {
                let last = walk.course.last;
                walk.plain_until(last.min(walk.course.seq + blocks * super::BLOCK_EVENTS_MAX))?;
                if walk.course.seq >= last {
                    walk.count()?;
                    self.stage = Stage::Done;
                }
            }
            Stage::Blocks | Stage::Done => {}
        }
        Ok(self.stage == Stage::Done)
    }

    /// Events looked at, and events to look at.
    pub fn progress(&self) -> (i64, i64) {
        (self.course.seq.min(self.course.last), self.course.last)
    }

    /// What was found so far.
    pub fn report(&self) -> Report {
        self.course.clone().into_report()
    }
}
