//! Denials on record: the first of a person at a route at once, the others of the same minute as one number after it, so that a
//! program which asks in a loop writes two entries a minute and no more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use xr_base::UserId;

/// Denials of one person at one route are counted together for so long.
pub(crate) const COUNTED_FOR: Duration = Duration::from_mins(1);
/// People and routes counted at a time; what comes beyond is not noted until others are told.
const KEYS_MAX: usize = 10_000;

/// Who was denied what: method and route.
pub(crate) type Key = (UserId, String);

/// Denials since the one that was written.
#[derive(Debug, Default)]
pub(crate) struct Denials(Mutex<HashMap<Key, u64>>);

impl Denials {
    /// Whether this one is to be written; else it is counted.
    pub(crate) fn is_first(&self, key: &Key) -> bool {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(key) {
            *count += 1;
            return false;
        }
        let has_room = counts.len() < KEYS_MAX;
        if has_room {
            counts.insert(key.clone(), 0);
        }
        has_room
    }

    /// Ends the counting; gives how many there were after the first.
    pub(crate) fn end(&self, key: &Key) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_written_and_the_others_are_counted_by_person_and_route() {
        let denials = Denials::default();
        let (one, other, elsewhere) =
            ((UserId(1), "GET /a".to_owned()), (UserId(2), "GET /a".to_owned()), (UserId(1), "GET /b".to_owned()));
        assert!(denials.is_first(&one) && denials.is_first(&other) && denials.is_first(&elsewhere));
        for _ in 0..500 {
            assert!(!denials.is_first(&one));
        }
        assert_eq!((denials.end(&one), denials.end(&other)), (500, 0));
        assert!(denials.is_first(&one), "another minute begins");
    }

    #[test]
    fn memory_is_bounded_however_many_there_are() {
        let denials = Denials::default();
        let written = (0..20_000).filter(|n| denials.is_first(&(UserId(*n), String::new()))).count();
        assert_eq!(written, KEYS_MAX);
    }
}
