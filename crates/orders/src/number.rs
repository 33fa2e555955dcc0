//! Order numbers: readable, unique, and silent about the volume (decision D16, ORD-10).

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use xr_base::{CaseId, Instant};

/// Half of the space of eight digits.
const HALF: u64 = 10_000;
const ROUNDS: u8 = 6;

/// Makes order numbers with a secret key; part of the store's config.
pub struct OrderNumbers {
    key: [u8; 32],
    zone: TimeZone,
}

impl OrderNumbers {
    /// With a key of this installation; `zone` gives the day.
    pub fn new(key: [u8; 32], zone: TimeZone) -> Self {
        Self { key, zone }
    }

    /// `yyMMdd`, eight digits of a keyed Feistel permutation of the id, and a Luhn check digit.
    ///
    /// `attempt` gives another number for the same id where the first is taken.
    pub fn number(&self, id: CaseId, at: Instant, attempt: u32) -> String {
        let day = at.zoned(&self.zone).strftime("%y%m%d").to_string();
        let seed = id.0.unsigned_abs().wrapping_add(u64::from(attempt) * 7_919) % (HALF * HALF);
        let body = format!("{day}{:08}", self.permute(seed));
        format!("{body}{}", check_digit(&body))
    }

    fn permute(&self, number: u64) -> u64 {
        let (mut left, mut right) = (number / HALF, number % HALF);
        for round in 0..ROUNDS {
            let mut hash = Sha256::new();
            hash.update(self.key);
            hash.update([round]);
            hash.update(right.to_be_bytes());
            let digest = hash.finalize();
            let word = digest.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
            (left, right) = (right, (left + word % HALF) % HALF);
        }
        left * HALF + right
    }
}

/// Luhn check digit of a text of decimal digits.
fn check_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            let doubled = if place % 2 == 0 { digit * 2 } else { digit };
            doubled / 10 + doubled % 10
        })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn numbers() -> OrderNumbers {
        OrderNumbers::new([7; 32], TimeZone::UTC)
    }

    #[test]
    fn a_number_has_day_digits_and_a_luhn_digit() {
        let number = numbers().number(CaseId(1), Instant(1_767_600_000_000), 0);
        assert_eq!(number.len(), 15);
        assert!(number.starts_with("260105"), "{number}");
        let (body, check) = number.split_at(14);
        assert_eq!(check, check_digit(body).to_string());
        // Luhn's own example: 7992739871 has the check digit 3.
        assert_eq!(check_digit("7992739871"), 3);
    }

    #[test]
    fn neighbours_get_different_numbers_that_do_not_follow_each_other() {
        let numbers = numbers();
        let made: BTreeSet<String> = (0..5_000).map(|id| numbers.number(CaseId(id), Instant(0), 0)).collect();
        assert_eq!(made.len(), 5_000);
        let value = |id: i64| numbers.number(CaseId(id), Instant(0), 0)[6..14].parse::<i64>().unwrap_or(0);
        let close = (0..1_000).filter(|id| (value(id + 1) - value(*id)).abs() < 1_000).count();
        assert!(close < 20, "{close} of 1000 neighbours are close");
    }
}
