//! The worker: looks at what happened, sends what is due, beside the requests.

use crate::model::Attempt;
use crate::post::Post;
use crate::queries;
use crate::spread::{Spread, is_due};
use crate::steps::{DropOld, Note, Take, due, taken};
use crate::target::Reach;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use xr_base::{Fault, RowId, Stopwatch, StoreError};
use xr_store::Store;

/// Pause while nothing happens: tries become due by the clock of the wall.
const IDLE: Duration = Duration::from_millis(500);
/// Events are gathered for so long.
const GATHER: Duration = Duration::from_millis(20);
/// Messages under way to one endpoint at a time: one that is slow holds up none but its own.
const UNDER_WAY_MAX: usize = 8;
/// House-keeping comes so often, in rounds.
const KEEP_HOUSE_EVERY: u32 = 7_200;

/// Sends webhooks.
#[derive(Clone)]
pub struct Sender {
    store: Store,
    post: Post,
    /// Where messages say they come from.
    source: Arc<str>,
    under_way: Arc<Mutex<HashMap<RowId, usize>>>,
}

/// Sends until `stop` turns true; what is under way then is told of.
pub async fn work(sender: Sender, mut stop: watch::Receiver<bool>) {
    let (mut ticks, mut sending, mut round) = (sender.store.ticks(), JoinSet::new(), 0_u32);
    while !*stop.borrow() {
        ticks.borrow_and_update();
        match sender.round(&mut sending).await {
            // Another worker was faster, or the store is busy: the next round sees what is left.
            Ok(()) | Err(Fault::Store(StoreError::Busy | StoreError::Retry(..) | StoreError::Unknown(_))) => {}
            Err(fault) => tracing::warn!(%fault, "Webhooks could not be looked at"),
        }
        if round.is_multiple_of(KEEP_HOUSE_EVERY) {
            keep_house(&sender.store).await;
        }
        round = round.wrapping_add(1);
        while sending.try_join_next().is_some() {}
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(IDLE) => {}
            // A message that arrived, or did not, makes room for the next one.
            Some(_) = sending.join_next() => {}
            changed = ticks.changed() => if changed.is_ok() { tokio::time::sleep(GATHER).await },
        }
    }
    while sending.join_next().await.is_some() {}
}

async fn keep_house(store: &Store) {
    loop {
        match store.write(DropOld).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(fault) => {
                tracing::warn!(%fault, "Old deliveries could not be deleted");
                return;
            }
        }
    }
}

impl Sender {
    /// Over an open store; `source` is where messages say they come from.
    pub fn new(store: Store, reach: Reach, source: &str) -> Self {
        Self { store, post: Post::new(reach), source: source.into(), under_way: Arc::default() }
    }

    /// Looks at what happened for every endpoint, and sends what is due.
    async fn round(&self, sending: &mut JoinSet<()>) -> Result<(), Fault> {
        let (all, behind) = self
            .store
            .read(|tx| {
                let all = queries::enabled(tx)?;
                let mut behind = Vec::new();
                for endpoint in &all {
                    if is_due(tx, *endpoint)? {
                        behind.push(endpoint.0);
                    }
                }
                Ok((all, behind))
            })
            .await?;
        for endpoint in behind {
            while self.store.write(Spread(endpoint)).await? {}
        }
        for (endpoint, _) in all {
            let room = UNDER_WAY_MAX.saturating_sub(self.counted(endpoint, 0));
            let limit = i64::try_from(room).unwrap_or(0);
            let found = self.store.read(move |tx| Ok(due(tx, endpoint, limit)?)).await?;
            for delivery in found {
                self.take(Take { endpoint, delivery }, sending).await?;
            }
        }
        Ok(())
    }

    async fn take(&self, take: Take, sending: &mut JoinSet<()>) -> Result<(), Fault> {
        if !self.store.write(take.clone()).await? {
            return Ok(());
        }
        self.counted(take.endpoint, 1);
        let sender = self.clone();
        sending.spawn(async move {
            if let Err(fault) = sender.send(&take).await {
                tracing::warn!(%fault, "What became of a message could not be written down");
            }
            sender.counted(take.endpoint, -1);
        });
        Ok(())
    }

    /// Messages under way to an endpoint, `more` added.
    fn counted(&self, endpoint: RowId, more: isize) -> usize {
        let mut counts = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(endpoint).or_default();
        *count = count.saturating_add_signed(more);
        let count = *count;
        if count == 0 {
            counts.remove(&endpoint);
        }
        count
    }

    async fn send(&self, take: &Take) -> Result<(), Fault> {
        let (asked, source) = (take.clone(), Arc::clone(&self.source));
        let Some(taken) = self.store.read(move |tx| taken(tx, &asked, &source)).await? else { return Ok(()) };
        let (at, watch) = (self.store.clock().wall(), Stopwatch::start());
        let sent = self.post.send(&taken, at).await;
        let took_ms = watch.micros() / 1_000;
        let attempt = match sent {
            Ok(status) => Attempt { at, status: Some(i64::from(status)), failure: None, took_ms },
            Err(failure) => Attempt {
                at,
                status: failure.status().map(i64::from),
                failure: Some(failure.word().to_owned()),
                took_ms,
            },
        };
        let note = Note { endpoint: take.endpoint, delivery: take.delivery, tries: taken.delivery.tries, attempt };
        self.store.write(note).await
    }
}
