//! Commands: one use case, one transaction (decision D2).

use crate::Tx;
use crate::idempotency::{self, Key, Stored};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;
use xr_base::Fault;

/// A use case. `run` takes `&self`, so a retry consumes nothing.
///
/// Forbidden inside: password hashing, image work, parsing of packs, network: whatever holds the writer up.
pub trait Command: Send + Sync + 'static {
    /// The answer; kept with the idempotency key, so it must survive a round through JSON.
    type Out: Serialize + DeserializeOwned + Send + 'static;
    /// Name for metrics, traces and idempotency scopes: `slice.verb_noun`.
    const NAME: &'static str;
    /// Runs inside its transaction. An error rolls everything back.
    ///
    /// # Errors
    /// [`Fault::Refused`] with the slice's problem, or a store fault.
    fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Out, Fault>;
}

/// A command on its way through a writer.
pub(crate) trait Task: Send {
    fn name(&self) -> &'static str;
    /// Runs the command, or repeats the answer kept under its key.
    fn attempt(&mut self, tx: &mut Tx<'_>) -> Result<(), Fault>;
    /// After a refusal was rolled back: keeps it under the key.
    fn keep_refusal(&self, tx: &mut Tx<'_>, fault: &Fault) -> Result<(), Fault>;
    /// Tells the caller; called after the commit.
    fn answer(self: Box<Self>, fault: Option<Fault>);
}

pub(crate) struct Pending<C: Command> {
    pub(crate) command: C,
    pub(crate) key: Option<Key>,
    pub(crate) out: Option<C::Out>,
    pub(crate) is_repeat: bool,
    pub(crate) reply: oneshot::Sender<Result<C::Out, Fault>>,
}

impl<C: Command> Task for Pending<C> {
    fn name(&self) -> &'static str {
        C::NAME
    }

    fn attempt(&mut self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        self.is_repeat = false;
        let Some(key) = &self.key else {
            self.out = Some(self.command.run(tx)?);
            return Ok(());
        };
        // Set before looking: the refusal of a reused key must not be kept under that very key.
        self.is_repeat = true;
        match idempotency::find(tx, C::NAME, key)? {
            Some(Stored::Answer(json)) => {
                self.out = Some(idempotency::parse(&json)?);
            }
            Some(Stored::Refusal(problem)) => return Err(Fault::refused(problem)),
            None => {
                self.is_repeat = false;
                let out = self.command.run(tx)?;
                idempotency::keep(tx, C::NAME, key, 200, &out)?;
                self.out = Some(out);
            }
        }
        Ok(())
    }

    fn keep_refusal(&self, tx: &mut Tx<'_>, fault: &Fault) -> Result<(), Fault> {
        match (&self.key, fault.problem()) {
            (Some(key), Some(problem)) if !self.is_repeat && idempotency::is_kept(problem) => {
                idempotency::keep(tx, C::NAME, key, problem.status, problem)
            }
            _ => Ok(()),
        }
    }

    fn answer(self: Box<Self>, fault: Option<Fault>) {
        let result = match (fault, self.out) {
            (None, Some(out)) => Ok(out),
            (Some(fault), _) => Err(fault),
            (None, None) => Err(xr_base::StoreError::Busy.into()),
        };
        // A caller that went away has no use for the answer; the work is done and on disk.
        let _ = self.reply.send(result);
    }
}
