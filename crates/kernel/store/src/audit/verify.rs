//! Computing the chain again from the stored events, block by block, and saying where it first differs.

use super::BLOCK_EVENTS_MAX;
use super::compare::{What, first_difference};
use super::record::{Content, Hash, Mark, Placed, chained, mark, page, start, width};
use crate::migrate::hex;
use crate::outside;
use crate::sql;
use crate::statement::Variant;
use crate::store::Location;
use crate::tx::Connection;
use serde::{Deserialize, Serialize};
use xr_base::value::ToValue;
use xr_base::{EventId, Problem, StoreError};

/// Differences that are told; beyond that they are counted.
const TOLD_MAX: usize = 20;
/// Rows of blocks read at a time, 8 kB each.
const BLOCKS_READ: i64 = 64;

/// A place where the record is not what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    /// How it differs.
    pub what: What,
    /// The place in the order; for [`What::Unplaced`] the number of places.
    pub seq: i64,
    /// The event that stands there, if one does; for [`What::Unplaced`] none.
    pub event: Option<EventId>,
    /// First and last place of the block; none behind the last one.
    pub block: Option<(i64, i64)>,
}

impl Break {
    fn problem(&self, last_seq: i64) -> Problem {
        let code = match self.what {
            What::Changed => "audit.changed",
            What::Missing if self.block.is_none() => "audit.missing_unsealed",
            What::Missing => "audit.missing",
            What::Inserted => "audit.inserted",
            What::Reordered => "audit.reordered",
            What::Cut => "audit.cut",
            What::Block => "audit.block",
            What::Unplaced => "audit.unplaced",
        };
        let mut problem = Problem::new(409, code).with("seq", self.seq).with("last", last_seq);
        if let Some((first, last)) = self.block {
            problem = problem.with("block_first", first).with("block_last", last);
        }
        match self.event {
            Some(event) => problem.with("event", event),
            None => problem,
        }
    }
}

/// What a check of the whole record found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Events in the order.
    pub events: i64,
    /// Place of the last one.
    pub last_seq: i64,
    /// The chain after the last event, 64 hex digits; means nothing in a broken record.
    pub hash: String,
    /// Blocks.
    pub blocks: i64,
    /// Events at the end that no block holds yet.
    pub unsealed: i64,
    /// The first difference of each block that has one, in their order, 20 at most.
    pub breaks: Vec<Break>,
    /// All of them.
    pub broken: usize,
    /// The place after which the chain had the expected hash; none where it never had it or none was expected.
    pub expected_at: Option<i64>,
}

impl Report {
    /// What it has against the record, with codes whose texts the program has; none of a sound one. `is_hash_expected` says
    /// whether a hash was given to look for.
    pub fn problems(&self, is_hash_expected: bool) -> Vec<Problem> {
        let mut problems: Vec<Problem> = self.breaks.iter().map(|found| found.problem(self.last_seq)).collect();
        let more = self.broken - self.breaks.len();
        if more > 0 {
            problems.push(Problem::new(409, "audit.more").with("count", more));
        }
        if is_hash_expected && self.expected_at.is_none() {
            problems.push(Problem::new(409, "audit.hash_unknown").with("last", self.last_seq));
        }
        problems
    }

    fn tell(&mut self, found: Break) {
        self.broken += 1;
        if self.breaks.len() < TOLD_MAX {
            self.breaks.push(found);
        }
    }
}

/// Checks the record of the database at `location` on one snapshot, also beside a process that serves it. Reads 1,000 events at a
/// time. With `expected`, a hash noted earlier, [`Report::expected_at`] says whether the record went through it.
///
/// # Errors
/// [`StoreError`] of the engine; a difference is no error.
pub fn verify(location: &Location, expected: Option<[u8; 32]>) -> Result<Report, StoreError> {
    let mut conn = outside::connect(location)?;
    conn.begin()?;
    outside::without_hurry(conn.as_mut(), location)?;
    let report = verify_on(conn.as_mut(), expected)?;
    conn.commit()?;
    Ok(report)
}

/// As [`verify`], inside the snapshot that `conn` has begun.
pub(crate) fn verify_on(conn: &mut dyn Connection, expected: Option<Hash>) -> Result<Report, StoreError> {
    let mut course = begin(conn, expected)?;
    let mut walk = Walk::on(conn, &mut course)?;
    while !walk.blocks(BLOCKS_READ)? {}
    walk.rest_begins();
    walk.plain_until(walk.course.last)?;
    walk.count()?;
    Ok(course.into_report())
}

/// Before the first event of the record as it is now.
pub(super) fn begin(conn: &mut dyn Connection, expected: Option<Hash>) -> Result<Course, StoreError> {
    let last =
        number(conn, sql!("SELECT COALESCE(MAX(seq), 0) FROM event_seq /* unscoped: a count, no content */"), 0)?;
    let mut course = Course { expected, hash: start(), seq: 0, last, after: 0, report: Report::default() };
    course.expect_at(0);
    Ok(course)
}

/// How far a check is, and what it found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Course {
    expected: Option<Hash>,
    /// The chain after the place `seq`.
    hash: Hash,
    pub(super) seq: i64,
    /// The last place there was when the check began.
    pub(super) last: i64,
    /// Last place of the last block that was read.
    after: i64,
    pub(super) report: Report,
}

impl Course {
    pub(super) fn into_report(self) -> Report {
        Report { last_seq: self.last, hash: hex(&self.hash), ..self.report }
    }

    fn take(&mut self, placed: &Placed) {
        self.hash = chained(&self.hash, placed.seq, &placed.digest());
        self.seq = placed.seq;
        self.report.events += 1;
        self.expect_at(placed.seq);
    }

    fn expect_at(&mut self, seq: i64) {
        if self.expected == Some(self.hash) {
            self.report.expected_at = Some(seq);
        }
    }

    /// Goes on behind a block with the hash that it keeps, so that what differs later shows by itself.
    fn believe(&mut self, block: &Block) {
        if let Some(hash) = super::noted(&block.hash).filter(|_| block.last <= self.last) {
            self.hash = hash;
        }
        self.seq = self.seq.max(block.last.min(self.last));
    }
}

struct Block {
    first: i64,
    last: i64,
    hash: String,
    marks: Vec<Mark>,
}

pub(super) struct Walk<'c> {
    conn: &'c mut dyn Connection,
    width: usize,
    pub(super) course: &'c mut Course,
}

impl<'c> Walk<'c> {
    pub(super) fn on(conn: &'c mut dyn Connection, course: &'c mut Course) -> Result<Self, StoreError> {
        let width = width(conn)?;
        Ok(Self { conn, width, course })
    }
}

impl Walk<'_> {
    /// The next `limit` blocks; gives whether the sealed part is through, because it or the record ends.
    pub(super) fn blocks(&mut self, limit: i64) -> Result<bool, StoreError> {
        let blocks = self.read_blocks(self.course.after, limit)?;
        for block in &blocks {
            self.course.report.blocks += 1;
            self.block(block)?;
            if self.course.seq < block.last {
                return Ok(true);
            }
        }
        let Some(last) = blocks.last() else { return Ok(true) };
        self.course.after = last.last;
        Ok(false)
    }

    /// No block holds what comes now.
    pub(super) fn rest_begins(&mut self) {
        let Course { seq, last, .. } = *self.course;
        self.course.report.unsealed = last - seq.min(last);
    }

    /// One block; leaves the place before its end only where the record was cut off.
    fn block(&mut self, block: &Block) -> Result<(), StoreError> {
        let place = Some((block.first, block.last));
        let (seq, last) = (self.course.seq, self.course.last);
        // The first condition also keeps what was tampered with from running over in the others.
        let is_whole = block.first == seq + 1
            && (1..=BLOCK_EVENTS_MAX).contains(&(block.last - seq))
            && i64::try_from(block.marks.len()) == Ok(block.last - seq);
        if !is_whole {
            self.course.report.tell(Break { what: What::Block, seq: block.first, event: None, block: place });
            self.plain_until(block.last.min(last))?;
            self.course.believe(block);
            return Ok(());
        }
        let places = self.places(block.last)?;
        let mut found = vec![None; block.marks.len()];
        for placed in &places {
            if let Content::Event(digest, _) = placed.content {
                let index = usize::try_from(placed.seq - block.first).unwrap_or(usize::MAX);
                if let Some(place) = found.get_mut(index) {
                    *place = Some(mark(&digest));
                }
            }
            self.course.take(placed);
        }
        if let Some((index, what)) = first_difference(&block.marks, &found) {
            let seq = block.first + i64::try_from(index).unwrap_or(0);
            let placed = places.iter().find(|placed| placed.seq == seq);
            let what = match placed.map(|placed| placed.content) {
                None if seq > last => What::Cut,
                Some(Content::Unreadable) => What::Changed,
                _ => what,
            };
            self.course.report.tell(Break { what, seq, event: placed.map(|placed| placed.event), block: place });
            if what == What::Cut {
                return Ok(());
            }
        } else if hex(&self.course.hash) != block.hash {
            self.course.report.tell(Break { what: What::Block, seq: block.first, event: None, block: place });
        }
        self.course.believe(block);
        Ok(())
    }

    /// Events without a block to compare with, up to the place `last`: only gaps can show.
    pub(super) fn plain_until(&mut self, last: i64) -> Result<(), StoreError> {
        while self.course.seq < last {
            let before = self.course.seq;
            for placed in self.places(last.min(before + BLOCK_EVENTS_MAX))? {
                let missing = match placed.content {
                    _ if placed.seq != self.course.seq + 1 => Some(self.course.seq + 1),
                    Content::Missing => Some(placed.seq),
                    _ => None,
                };
                if let Some(seq) = missing {
                    self.course.report.tell(Break { what: What::Missing, seq, event: None, block: None });
                }
                self.course.take(&placed);
            }
            // Also over a gap as long as a page.
            self.course.seq = self.course.seq.max(last.min(before + BLOCK_EVENTS_MAX));
        }
        Ok(())
    }

    /// What stands behind the current place, up to the place `last`.
    fn places(&mut self, last: i64) -> Result<Vec<Placed>, StoreError> {
        let seq = self.course.seq;
        let mut places = page(self.conn, self.width, seq, last - seq)?;
        places.retain(|placed| placed.seq <= last);
        Ok(places)
    }

    /// An event without a place would be seen by nobody who reads in order. What came since the check began has one too.
    pub(super) fn count(&mut self) -> Result<(), StoreError> {
        let conn = &mut *self.conn;
        let events = number(conn, sql!("SELECT COUNT(*) FROM events /* unscoped: a count, no content */"), 0)?;
        let waiting = number(conn, sql!("SELECT COUNT(*) FROM event_pending /* unscoped: a count, no content */"), 0)?;
        let later = sql!("SELECT COUNT(*) FROM event_seq WHERE seq > ?1 /* unscoped: a count, no content */");
        let later = number(conn, later, self.course.last)?;
        let places = self.course.report.events + waiting + later;
        if events != places && self.course.report.broken == 0 {
            self.course.report.tell(Break { what: What::Unplaced, seq: places, event: None, block: None });
        }
        Ok(())
    }

    fn read_blocks(&mut self, after: i64, limit: i64) -> Result<Vec<Block>, StoreError> {
        let statement = sql!(
            "SELECT first_seq, last_seq, hash, marks FROM event_blocks WHERE last_seq > ?1 ORDER BY last_seq LIMIT ?2
             /* unscoped: the whole record, for its hash */"
        );
        let mut blocks = Vec::new();
        self.conn.query(statement, Variant::Plain, &[after.to_value(), limit.to_value()], &mut |row| {
            let marks: Vec<u8> = row.get(3)?;
            let marks = marks.as_chunks().0.to_vec();
            blocks.push(Block { first: row.get(0)?, last: row.get(1)?, hash: row.get(2)?, marks });
            Ok(())
        })?;
        Ok(blocks)
    }
}

/// A number that a statement gives, with `given` in its place `?1` if it has one.
fn number(conn: &mut dyn Connection, statement: &'static crate::Statement, given: i64) -> Result<i64, StoreError> {
    let mut number = 0;
    let params = [given.to_value()];
    let params = if statement.text.contains("?1") { &params[..] } else { &[] };
    conn.query(statement, Variant::Plain, params, &mut |row| {
        number = row.get(0)?;
        Ok(())
    })?;
    Ok(number)
}
