//! Chance, all of it from one seed.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use xr_base::Millis;

/// The only source of chance in a run.
#[derive(Debug)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn of(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// 0..n; 0 for an empty range. The bias of the remainder does not matter here.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        let drawn = self.0.next_u64();
        if n == 0 { 0 } else { drawn % n }
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// From `low` to `high`, both included.
    pub(crate) fn int(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).unwrap_or(0) + 1;
        low + i64::try_from(self.below(span)).unwrap_or(0)
    }

    pub(crate) fn span(&mut self, low: Millis, high: Millis) -> Millis {
        Millis(self.int(low.0, high.0.max(low.0)))
    }

    pub(crate) fn pick<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        let index = usize::try_from(self.below(of.len() as u64)).unwrap_or(0);
        of.get(index)
    }

    /// The index of one weight, the heavier the likelier; none if all are zero.
    pub(crate) fn weighted(&mut self, weights: &[u64]) -> Option<usize> {
        let total: u64 = weights.iter().sum();
        if total == 0 {
            return None;
        }
        let mut left = self.below(total);
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return Some(index);
            }
            left -= weight;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_numbers() {
        let draw = |seed| {
            (0..20).map(|_| ()).fold((Dice::of(seed), vec![]), |(mut d, mut v), ()| {
                v.push(d.below(1_000));
                (d, v)
            })
        };
        assert_eq!(draw(7).1, draw(7).1);
        assert_ne!(draw(7).1, draw(8).1);
    }

    #[test]
    fn a_weight_of_zero_is_never_drawn() {
        let mut dice = Dice::of(1);
        assert!((0..500).all(|_| dice.weighted(&[0, 3, 0, 1]).is_some_and(|i| i == 1 || i == 3)));
        assert_eq!(dice.weighted(&[0, 0]), None);
    }

    #[test]
    fn ranges_include_both_ends() {
        let mut dice = Dice::of(2);
        let drawn: Vec<i64> = (0..200).map(|_| dice.int(-1, 1)).collect();
        assert!([-1, 0, 1].iter().all(|n| drawn.contains(n)) && drawn.iter().all(|n| (-1..=1).contains(n)));
    }
}
