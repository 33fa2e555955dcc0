//! Where a block first differs from what was sealed, and how it looks.

use super::record::Mark;
use serde::{Deserialize, Serialize};

/// How the record differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The event's columns are not those that were sealed.
    Changed,
    /// The event is not there, or its place is not.
    Missing,
    /// An event stands here that was not sealed; the others moved on by one.
    Inserted,
    /// The event stands at another place of its block.
    Reordered,
    /// Nothing of the sealed record is there from here on.
    Cut,
    /// The row of the block was changed, added or taken away; no event of it shows a difference.
    Block,
    /// The events are not as many as the places of the order.
    Unplaced,
}

/// The first place, counted from 0, where `found` differs from what was sealed. A place that holds nothing readable is none.
pub(super) fn first_difference(sealed: &[Mark], found: &[Option<Mark>]) -> Option<(usize, What)> {
    let at = (0..sealed.len()).find(|at| found.get(*at).copied().flatten() != Some(sealed[*at]))?;
    Some((at, kind(&sealed[at..], &found[at..])))
}

/// Both begin at the difference.
fn kind(sealed: &[Mark], found: &[Option<Mark>]) -> What {
    let Some(mark) = found.first().copied().flatten() else { return What::Missing };
    let equal = |sealed: &[Mark], found: &[Option<Mark>]| {
        !sealed.is_empty() && sealed.iter().zip(found).all(|(sealed, found)| *found == Some(*sealed))
    };
    let others = sealed.len() - 1;
    if equal(&sealed[..others], &found[1..]) {
        What::Inserted
    } else if equal(&sealed[1..], &found[..others]) {
        What::Missing
    } else if sealed[1..].contains(&mark) && found[1..].contains(&Some(sealed[0])) {
        What::Reordered
    } else {
        What::Changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> Vec<Mark> {
        text.bytes().map(|byte| [byte; 8]).collect()
    }

    /// `.` stands for a place without a readable event.
    fn difference(sealed: &str, found: &str) -> Option<(usize, What)> {
        let found: Vec<_> = found.bytes().map(|byte| (byte != b'.').then_some([byte; 8])).collect();
        first_difference(&marks(sealed), &found)
    }

    #[test]
    fn each_way_to_differ_is_named_at_its_place() {
        assert_eq!(difference("abcde", "abcde"), None);
        assert_eq!(difference("abcde", "abXde"), Some((2, What::Changed)));
        assert_eq!(difference("abcde", "ab.de"), Some((2, What::Missing)));
        // The others were numbered anew: the next block's first event moves in.
        assert_eq!(difference("abcde", "abdef"), Some((2, What::Missing)));
        assert_eq!(difference("abcde", "abXcd"), Some((2, What::Inserted)));
        assert_eq!(difference("abcde", "aecdb"), Some((1, What::Reordered)));
        assert_eq!(difference("abcde", "abcdX"), Some((4, What::Changed)));
        assert_eq!(difference("a", "b"), Some((0, What::Changed)));
        assert_eq!(difference("ab", ".."), Some((0, What::Missing)));
    }
}
