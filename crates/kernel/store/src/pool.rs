//! Connections lent to the store's threads, and to callers that may block and find one free: whoever waits for the answer
//! anyway runs the work himself and spares two hand-overs between threads.

use crate::tx::Connection;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

type Boxed = Box<dyn Connection + Send>;

/// Connections of one kind.
pub(crate) struct Pool {
    free: Mutex<Free>,
    returned: Condvar,
}

struct Free {
    connections: Vec<Boxed>,
    /// How many are lent.
    lent: usize,
}

/// A connection on loan; it goes back by itself.
pub(crate) struct Lent<'p> {
    pool: &'p Pool,
    conn: Option<Boxed>,
}

impl Pool {
    pub(crate) fn new(connections: Vec<Boxed>) -> Self {
        Self { free: Mutex::new(Free { connections, lent: 0 }), returned: Condvar::new() }
    }

    /// Waits for a connection; not for use after [`Pool::close`].
    pub(crate) fn take(&self) -> Lent<'_> {
        let mut free = self.lock();
        loop {
            if let Some(lent) = self.lend(&mut free) {
                return lent;
            }
            free = self.returned.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A connection that nobody uses now.
    pub(crate) fn take_idle(&self) -> Option<Lent<'_>> {
        self.lend(&mut self.lock())
    }

    /// Waits for all connections and ends them.
    pub(crate) fn close(&self) {
        let mut free = self.lock();
        while free.lent > 0 {
            free = self.returned.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        free.connections.clear();
    }

    fn lend(&self, free: &mut Free) -> Option<Lent<'_>> {
        let conn = free.connections.pop()?;
        free.lent += 1;
        Some(Lent { pool: self, conn: Some(conn) })
    }

    fn lock(&self) -> MutexGuard<'_, Free> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for Lent<'_> {
    type Target = dyn Connection + Send;

    fn deref(&self) -> &Self::Target {
        self.conn.as_deref().unwrap_or_else(|| unreachable!("a loan ends only when it is dropped"))
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.conn.as_deref_mut().unwrap_or_else(|| unreachable!("a loan ends only when it is dropped"))
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut free = self.pool.lock();
        free.lent -= 1;
        free.connections.extend(self.conn.take());
        drop(free);
        self.pool.returned.notify_one();
    }
}
