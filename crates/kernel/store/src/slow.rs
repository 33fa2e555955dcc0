//! Statements that took long, for whoever looks after the server.

use crate::statement::Statement;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// From here on a statement is slow: a page of a list needs a tenth of it.
const SLOW: Duration = Duration::from_millis(50);
/// Characters of a statement's text that are told.
const TEXT_MAX: usize = 160;

/// One statement that was slow at least once since the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlowStatement {
    /// Beginning of its text, in one line; it holds no values.
    pub text: String,
    /// How often it took 50 ms or more.
    pub count: u64,
    /// Longest time.
    pub max: Duration,
    /// Sum of these times.
    pub total: Duration,
}

/// What a statement took that travelled with another one; it may be no registered one.
pub(crate) struct Carried {
    pub(crate) statement: Option<&'static Statement>,
    pub(crate) time: Duration,
}

/// By the statement's address, which is its name for life.
#[derive(Default)]
pub(crate) struct Slow(Mutex<HashMap<usize, SlowStatement>>);

impl Slow {
    pub(crate) fn took(&self, statement: &'static Statement, time: Duration) {
        if time < SLOW {
            return;
        }
        let mut slow = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = slow.entry(std::ptr::from_ref(statement).addr()).or_insert_with(|| SlowStatement {
            text: statement.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(TEXT_MAX).collect(),
            count: 0,
            max: Duration::ZERO,
            total: Duration::ZERO,
        });
        noted.count += 1;
        noted.max = noted.max.max(time);
        noted.total += time;
    }

    /// Notes what travelled with a question or a commit; gives the sum.
    pub(crate) fn carried(&self, carried: Vec<Carried>) -> Duration {
        let mut sum = Duration::ZERO;
        for Carried { statement, time } in carried {
            sum += time;
            if let Some(statement) = statement {
                self.took(statement, time);
            }
        }
        sum
    }

    /// Those that took most time first.
    pub(crate) fn worst(&self) -> Vec<SlowStatement> {
        let slow = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut worst: Vec<SlowStatement> = slow.values().cloned().collect();
        worst.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.text.cmp(&b.text)));
        worst
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql;

    #[test]
    fn only_slow_ones_are_noted_the_costliest_first_and_without_values() {
        let slow = Slow::default();
        let (one, two) = (sql!("SELECT 1\n  /* unscoped: a test */"), sql!("SELECT 2 /* unscoped: a test */"));
        slow.took(one, Duration::from_micros(49_999));
        assert_eq!(slow.worst(), []);
        slow.took(one, Duration::from_millis(90));
        for ms in [50, 60] {
            slow.took(two, Duration::from_millis(ms));
        }
        let worst: Vec<_> = slow.worst().into_iter().map(|s| (s.text, s.count, s.max.as_millis())).collect();
        let expected = [("SELECT 2 /* unscoped: a test */", 2, 60), ("SELECT 1 /* unscoped: a test */", 1, 90)];
        assert_eq!(worst, expected.map(|(text, count, ms)| (text.to_owned(), count, ms)));
    }
}
