//! Commands that only the simulator needs: an act by anybody, and the workers' claims.

use serde_json::Value;
use xr_base::{Actor, CaseId, Fault, Millis, RowId, StoreError};
use xr_case::engine::{Act, act};
use xr_store::{Command, Tx, jobs};

/// An act on a case, as a click or a message brings it.
#[derive(Clone, Debug)]
pub(crate) struct Do {
    pub(crate) actor: Actor,
    pub(crate) case: CaseId,
    pub(crate) event: String,
    pub(crate) version: Option<i64>,
    pub(crate) input: Value,
}

impl Command for Do {
    type Out = CaseId;
    const NAME: &'static str = "simulator.act";

    fn run(&self, tx: &mut Tx<'_>) -> Result<CaseId, Fault> {
        let Self { actor, case, event, version, input } = self;
        act(tx, &Act { actor, case: *case, event, version: *version, input, note: None }).map(|case| case.id)
    }
}

/// Kinds of work whose answers the simulated providers and carriers give in their own time.
const ANSWERED: [&str; 7] = [
    "gateway.charge",
    "gateway.query",
    "gateway.void",
    "gateway.refund",
    "gateway.query_refund",
    "logistics.track",
    "logistics.book_pickup",
];
/// Refunds to be sent again.
const RESEND: &str = "refund.resend";
const LEASE: Millis = Millis::minutes(2);
const JOBS_MAX: i64 = 200;

#[derive(serde::Deserialize)]
struct Payload {
    case: CaseId,
}

/// Takes the queued jobs: questions count as asked, refunds to be sent again are given back with their jobs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TakeJobs;

impl Command for TakeJobs {
    type Out = Vec<(CaseId, RowId)>;
    const NAME: &'static str = "simulator.take_jobs";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<(CaseId, RowId)>, Fault> {
        for kind in ANSWERED {
            for job in jobs::claim(tx, kind, JOBS_MAX, LEASE)? {
                jobs::done(tx, job.id)?;
            }
        }
        let read = |job: jobs::Job| {
            let payload: Payload =
                serde_json::from_str(&job.payload).map_err(|e| StoreError::Corrupt(e.to_string()))?;
            Ok((payload.case, job.id))
        };
        jobs::claim(tx, RESEND, JOBS_MAX, LEASE)?.into_iter().map(read).collect()
    }
}

/// A worker that died: the job is gone and nothing was done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoseJob(pub(crate) RowId);

impl Command for LoseJob {
    type Out = ();
    const NAME: &'static str = "simulator.lose_job";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        Ok(jobs::done(tx, self.0)?)
    }
}
