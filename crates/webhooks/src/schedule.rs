//! When a message that did not arrive is tried again.

use xr_base::Millis;

/// Pauses after each try, as the Standard Webhooks specification proposes them: two and a half days in all.
const PAUSES: [Millis; 9] = [
    Millis::seconds(5),
    Millis::minutes(5),
    Millis::minutes(30),
    Millis::hours(2),
    Millis::hours(5),
    Millis::hours(10),
    Millis::hours(14),
    Millis::hours(20),
    Millis::hours(24),
];

/// The pause after the try of this number (from 1); none after the last one.
pub(crate) fn pause(tries: i64) -> Option<Millis> {
    usize::try_from(tries).ok()?.checked_sub(1).and_then(|index| PAUSES.get(index)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let pauses: Vec<Millis> = (1..).map_while(pause).collect();
        assert_eq!(pauses, PAUSES);
        assert!(pauses.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!((pause(0), pause(10)), (None, None));
    }
}
