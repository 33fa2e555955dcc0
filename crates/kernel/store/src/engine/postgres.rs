//! PostgreSQL, and servers that speak its protocol: several writers, READ COMMITTED, no engine extras (decision D12).
//!
//! A round trip costs more than most statements. So what needs no answer of its own (the opening of a transaction, rows put
//! down) is kept until something does, and all of it travels in one trip; the server works through it in order.

mod values;

use crate::kept::Kept;
use crate::row::Row;
use crate::slow::Carried;
use crate::statement::{Dialect, Statement, Variant};
use crate::tx::Connection;
use futures_util::TryStreamExt as _;
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_postgres::Error;
use values::{Bound, PostgresRow, fail};
use xr_base::value::Value;
use xr_base::{Clash, Stopwatch, StoreError};

/// A server that is starting or recovering is waited for so long.
const UP_WITHIN: Duration = Duration::from_mins(1);
/// Pause between two tries.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Turns of the runtime until a closed connection is known as closed.
const TURNS_TO_SEE: usize = 3;

/// What was kept, ready to be sent.
type Sending = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// A statement that nobody waits for yet; none begins a transaction.
struct Waiting {
    statement: Option<&'static Statement>,
    sending: Sending,
}

pub(crate) struct Postgres {
    url: String,
    runtime: Runtime,
    client: Arc<tokio_postgres::Client>,
    prepared: HashMap<(usize, Variant), tokio_postgres::Statement>,
    is_reader: bool,
    /// Statements that nobody waits for yet, in their order.
    kept: Vec<Waiting>,
    /// What the statements of the last trip took that were kept.
    carried: Vec<Carried>,
    /// Whether the server has been told that a transaction begins.
    has_begun: bool,
}

impl Postgres {
    pub(crate) fn connect(url: &str, is_reader: bool) -> Result<Self, StoreError> {
        // One thread, this one: the connection moves while somebody waits for an answer.
        let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = built.map_err(|e| StoreError::Engine(e.to_string()))?;
        let (client, connection) =
            runtime.block_on(tokio_postgres::connect(url, tokio_postgres::NoTls)).map_err(fail)?;
        runtime.spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "A connection to PostgreSQL ended");
            }
        });
        // A process that was stopped in the middle of a transaction must not hold its locks for ever.
        let idle = if is_reader { "" } else { "SET idle_in_transaction_session_timeout = 10000;" };
        let greeting = format!("SET statement_timeout = 5000; SET synchronous_commit = on; {idle}");
        let greeting = client.batch_execute(&greeting);
        runtime.block_on(greeting).map_err(fail)?;
        Ok(Self {
            url: url.to_owned(),
            runtime,
            client: Arc::new(client),
            prepared: HashMap::new(),
            is_reader,
            kept: Vec::new(),
            carried: Vec::new(),
            has_begun: false,
        })
    }

    /// As [`Self::connect`], for a store that is being opened: after a power cut, server and program start together, and a server that is not
    /// ready yet is waited for. One that cannot be reached is not: most likely it is the wrong one.
    pub(crate) fn connect_when_up(url: &str) -> Result<Self, StoreError> {
        let begin = Stopwatch::start();
        loop {
            match Self::connect(url, false) {
                Err(StoreError::Retry(Clash::Cut, _)) if begin.elapsed() < UP_WITHIN => std::thread::sleep(LOOK_EVERY),
                other => return other,
            }
        }
    }

    fn statement(
        &mut self,
        statement: &'static Statement,
        variant: Variant,
    ) -> Result<tokio_postgres::Statement, StoreError> {
        // The address of a static is its name for life.
        let key = (std::ptr::from_ref(statement).addr(), variant);
        if let Some(found) = self.prepared.get(&key) {
            return Ok(found.clone());
        }
        let text = statement.for_engine(variant, Dialect::Postgres);
        let prepared = self.runtime.block_on(self.client.prepare(text)).map_err(fail)?;
        self.prepared.insert(key, prepared.clone());
        Ok(prepared)
    }

    /// A connection that was cut meanwhile is opened anew before the next transaction; statements are prepared again.
    fn reconnect_if_closed(&mut self) -> Result<(), StoreError> {
        // Nobody reads what the server says while nothing is asked: each turn looks at the socket, then lets the connection see it.
        self.runtime.block_on(async {
            for _ in 0..TURNS_TO_SEE {
                tokio::task::yield_now().await;
            }
        });
        if self.client.is_closed() {
            // Nothing has been sent: whoever waits may ask again when the server is back.
            let connected = Self::connect(&self.url.clone(), self.is_reader);
            *self = connected.map_err(|error| StoreError::Retry(Clash::Cut, error.to_string()))?;
        }
        Ok(())
    }

    /// Keeps a text without an answer.
    fn keep(&mut self, text: &'static str) {
        let client = Arc::clone(&self.client);
        let sending: Sending = Box::pin(async move { client.batch_execute(text).await });
        self.kept.push(Waiting { statement: None, sending });
    }

    /// Sends what was kept and then `last`, in one trip. The first error of them all is the answer: what follows it on the
    /// server only says that the transaction has failed. The server answers one after the other, so each took the time since
    /// the answer before it.
    fn send<T>(&mut self, last: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let mut kept: Vec<Option<Waiting>> = std::mem::take(&mut self.kept).into_iter().map(Some).collect();
        self.has_begun |= !kept.is_empty();
        let (watch, mut answered_at, carried) = (Stopwatch::start(), Duration::ZERO, &mut self.carried);
        let mut failed = None;
        let mut answer = None;
        let mut last = pin!(last);
        // Polled in order, so that the first round writes them in order.
        let all = poll_fn(|cx| {
            for slot in &mut kept {
                if let Some(waiting) = slot
                    && let Poll::Ready(sent) = waiting.sending.as_mut().poll(cx)
                {
                    let now = watch.elapsed();
                    carried.push(Carried { statement: waiting.statement, time: now.saturating_sub(answered_at) });
                    answered_at = now;
                    *slot = None;
                    failed = failed.take().or(sent.err());
                }
            }
            if answer.is_none()
                && let Poll::Ready(given) = last.as_mut().poll(cx)
            {
                answer = Some(given);
            }
            if answer.is_some() && kept.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
        });
        self.runtime.block_on(all);
        let result = match (failed, answer) {
            (Some(error), _) => Err(fail(error)),
            (None, Some(answer)) => answer,
            (None, None) => Err(StoreError::Engine("no answer".to_owned())),
        };
        match result {
            Err(StoreError::Engine(why)) if self.client.is_closed() => Err(StoreError::Retry(Clash::Cut, why)),
            other => other,
        }
    }

    fn send_batch(&mut self, text: &str) -> Result<(), StoreError> {
        let client = Arc::clone(&self.client);
        self.send(async { client.batch_execute(text).await.map_err(fail) })
    }
}

/// Gives every row to `each`.
async fn read<'p, S, P>(
    client: &tokio_postgres::Client,
    statement: &S,
    params: P,
    each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError>
where
    S: tokio_postgres::ToStatement + ?Sized + Sync,
    P: IntoIterator<Item = Bound<'p>>,
    P::IntoIter: ExactSizeIterator,
{
    let mut rows = pin!(client.query_raw(statement, params).await.map_err(fail)?);
    while let Some(row) = rows.try_next().await.map_err(fail)? {
        each(&Row::new(&PostgresRow(&row)))?;
    }
    Ok(())
}

impl Connection for Postgres {
    fn exec(
        &mut self,
        statement: &'static Statement,
        variant: Variant,
        params: &[Value<'_>],
    ) -> Result<u64, StoreError> {
        let prepared = self.statement(statement, variant)?;
        let client = Arc::clone(&self.client);
        self.send(async { client.execute_raw(&prepared, params.iter().copied().map(Bound)).await.map_err(fail) })
    }

    fn put(&mut self, statement: &'static Statement, variant: Variant, params: &[Value<'_>]) -> Result<(), StoreError> {
        let prepared = self.statement(statement, variant)?;
        let params: Vec<Kept> = params.iter().map(Kept::from).collect();
        let client = Arc::clone(&self.client);
        let sending: Sending = Box::pin(async move { client.execute_raw(&prepared, params).await.map(|_| ()) });
        self.kept.push(Waiting { statement: Some(statement), sending });
        Ok(())
    }

    fn query(
        &mut self,
        statement: &'static Statement,
        variant: Variant,
        params: &[Value<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let prepared = self.statement(statement, variant)?;
        let client = Arc::clone(&self.client);
        self.send(read(&client, &prepared, params.iter().copied().map(Bound), each))
    }

    fn batch(&mut self, text: &str) -> Result<(), StoreError> {
        self.send_batch(text)
    }

    fn prepare(&mut self, text: &str) -> Result<(), StoreError> {
        self.runtime.block_on(self.client.prepare(text)).map(|_| ()).map_err(fail)
    }

    fn query_text(
        &mut self,
        text: &str,
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let client = Arc::clone(&self.client);
        self.send(read(&client, text, [], each))
    }

    fn commits_as_group(&self) -> bool {
        false
    }

    fn group_begin(&mut self) -> Result<(), StoreError> {
        self.reconnect_if_closed()
    }

    fn group_commit(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.reconnect_if_closed()?;
        (self.kept, self.carried, self.has_begun) = (Vec::new(), Vec::new(), false);
        self.keep(if self.is_reader { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" } else { "BEGIN" });
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        if !self.has_begun && self.kept.len() == 1 {
            // Nothing was asked and nothing written.
            self.kept.clear();
            return Ok(());
        }
        // Whether a commit that was cut has happened is not known: it is not run again.
        self.send_batch("COMMIT").map_err(|error| match error {
            StoreError::Retry(Clash::Cut, why) => StoreError::Unknown(why),
            other => other,
        })
    }

    fn rollback(&mut self) -> Result<(), StoreError> {
        self.kept.clear();
        if self.client.is_closed() || !std::mem::take(&mut self.has_begun) {
            return Ok(());
        }
        self.send_batch("ROLLBACK")
    }

    fn carried(&mut self) -> Vec<Carried> {
        std::mem::take(&mut self.carried)
    }

    fn rest(&mut self) {}

    fn is_intact(&mut self) -> bool {
        true
    }

    fn sequences_at_once(&self) -> bool {
        false
    }
}
