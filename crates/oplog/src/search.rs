//! Searching the record: newest first, never more than a bounded number of entries looked at in one go.
//!
//! A search walks streams, each an index in the order of ids, and merges them: the acts of one person, of one address, of each kind.
//! What no index tells is compared entry by entry; after [`SCANNED_MAX`] of them the answer says how far it looked, and the next page
//! goes on there.

use crate::filter::{Filter, Named, Object, Who, is_of};
use crate::model::Entry;
use std::collections::VecDeque;
use xr_base::{CaseId, EventId, Fault, Party, Scope, StoreError};
use xr_store::{Tx, params, sql};

/// Entries looked at for one page.
pub const SCANNED_MAX: usize = 1_000;
/// Cases of one family that are looked into.
const FAMILY_MAX: usize = 200;
/// Entries fetched of a stream: few at first, for most streams give none to the page.
const FIRST_FETCH: i64 = 8;
const FETCH_MAX: i64 = 512;

/// A page of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// The last entry that was looked at, when the search stopped before the page was full or the record at its end.
    pub stopped_at: Option<EventId>,
}

/// Entries in the order of ids.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stream {
    Actor(String),
    Kind(String),
    Address(String),
    Case(CaseId),
    Object(i64),
    All,
}

impl Stream {
    /// At most `limit` entries with ids from `above` (inclusive) to `below` (exclusive).
    fn read(
        &self,
        tx: &mut Tx<'_>,
        scope: Scope,
        (above, below): (i64, i64),
        limit: i64,
    ) -> Result<Vec<Entry>, StoreError> {
        match self {
            Self::Actor(actor) => tx.all_scoped(
                sql!(
                    "SELECT id, at, kind, case_id, merchant_org, shop_id, actor, party, body, address, object_id
                     FROM events {BY:operations_by_actor,operations_by_actor,operations_by_actor}
                     WHERE {ORG} AND party IN ('merchant', 'platform') AND actor = ?2 AND id >= ?3 AND id < ?4
                     ORDER BY id DESC LIMIT ?5"
                ),
                scope,
                params![actor, above, below, limit],
            ),
            Self::Kind(kind) => tx.all_scoped(
                sql!(
                    "SELECT id, at, kind, case_id, merchant_org, shop_id, actor, party, body, address, object_id
                     FROM events {BY:operations_by_kind,operations_by_org,operations_by_kind}
                     WHERE {ORG} AND party IN ('merchant', 'platform') AND kind = ?2 AND id >= ?3 AND id < ?4
                     ORDER BY id DESC LIMIT ?5"
                ),
                scope,
                params![kind, above, below, limit],
            ),
            Self::Address(address) => tx.all_scoped(
                sql!(
                    "SELECT id, at, kind, case_id, merchant_org, shop_id, actor, party, body, address, object_id
                     FROM events {BY:operations_by_address,operations_by_org_address,operations_by_address}
                     WHERE {ORG} AND party IN ('merchant', 'platform') AND address IS NOT NULL AND address = ?2
                     AND id >= ?3 AND id < ?4 ORDER BY id DESC LIMIT ?5"
                ),
                scope,
                params![address, above, below, limit],
            ),
            Self::Case(case) => tx.all_scoped(
                sql!(
                    "SELECT id, at, kind, case_id, merchant_org, shop_id, actor, party, body, address, object_id
                     FROM events {BY:events_by_case,events_by_case,events_by_case}
                     WHERE {ORG} AND case_id = ?2 AND id >= ?3 AND id < ?4 ORDER BY id DESC LIMIT ?5"
                ),
                scope,
                params![case, above, below, limit],
            ),
            Self::Object(object) => tx.all_scoped(
                sql!(
                    "SELECT id, at, kind, case_id, merchant_org, shop_id, actor, party, body, address, object_id
                     FROM events {BY:events_by_object,events_by_object,events_by_object}
                     WHERE {ORG} AND object_id = ?2 AND id >= ?3 AND id < ?4 ORDER BY id DESC LIMIT ?5"
                ),
                scope,
                params![object, above, below, limit],
            ),
            Self::All => tx.all_scoped(
                sql!(
                    "SELECT id, at, kind, case_id, merchant_org, shop_id, actor, party, body, address, object_id
                     FROM events {BY:key,key,key} WHERE {ORG} AND id >= ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4"
                ),
                scope,
                params![above, below, limit],
            ),
        }
    }
}

/// Entries that fit `filter` and that `scope` may see, with ids below `before`, newest first, at most `limit`.
///
/// # Errors
/// A store fault.
pub fn search(
    tx: &mut Tx<'_>,
    scope: Scope,
    filter: &Filter,
    before: Option<EventId>,
    limit: usize,
) -> Result<Found, Fault> {
    let (above, to) = filter.ids();
    let below = before.map_or(to, |id| id.0.min(to));
    let streams = streams(tx, scope, filter)?;
    let mut walk = Walk::over(streams, (above, below), is_exact(filter).then_some(limit));
    let mut found = Found::default();
    let mut scanned = 0;
    while let Some(entry) = walk.next(tx, scope)? {
        scanned += 1;
        let id = entry.id;
        if filter.fits(&entry) {
            found.entries.push(entry);
        }
        if found.entries.len() == limit {
            break;
        }
        if scanned == SCANNED_MAX {
            found.stopped_at = Some(id);
            break;
        }
    }
    Ok(found)
}

/// Whether every entry of the streams fits.
const fn is_exact(filter: &Filter) -> bool {
    match (&filter.object, filter.who) {
        (None, Who::Staff) => filter.what.is_none() || filter.address.is_none(),
        (None, Who::Member(_) | Who::Anybody) => filter.what.is_none() && filter.address.is_none(),
        _ => false,
    }
}

fn streams(tx: &mut Tx<'_>, scope: Scope, filter: &Filter) -> Result<Vec<Stream>, StoreError> {
    Ok(match (&filter.object, filter.who, &filter.address) {
        (Some(Object::Cases(cases)), ..) => cases.iter().copied().map(Stream::Case).collect(),
        (Some(Object::Thing(id)), ..) => vec![Stream::Object(*id)],
        (None, Who::Member(user), _) => vec![Stream::Actor(user.to_string())],
        (None, who, _) if !who.is_staff() => vec![Stream::All],
        (None, _, Some(address)) => vec![Stream::Address(address.clone())],
        (None, ..) => {
            let is_wanted = |kind: &String| filter.what.as_deref().is_none_or(|what| is_of(kind, what));
            kinds(tx, scope)?.into_iter().filter(is_wanted).map(Stream::Kind).collect()
        }
    })
}

/// Kinds of what staff did, by name, from one to the next by the index: there are some hundred, of however many entries.
///
/// # Errors
/// A store fault.
pub(crate) fn kinds(tx: &mut Tx<'_>, scope: Scope) -> Result<Vec<String>, StoreError> {
    let mut found: Vec<String> = Vec::new();
    loop {
        let last = found.last().map_or("", String::as_str);
        let next: Option<(String,)> = tx.opt_scoped(
            sql!(
                "SELECT kind FROM events {BY:operations_by_kind,operations_by_org,operations_by_kind}
                 WHERE {ORG} AND party IN ('merchant', 'platform') AND kind > ?2 ORDER BY kind LIMIT 1"
            ),
            scope,
            params![last],
        )?;
        let Some((kind,)) = next else { return Ok(found) };
        found.push(kind);
    }
}

/// Several streams as one, newest first.
struct Walk {
    heads: Vec<Head>,
    above: i64,
}

struct Head {
    stream: Stream,
    ready: VecDeque<Entry>,
    below: i64,
    fetch: i64,
    is_over: bool,
}

impl Walk {
    /// `wanted` entries will do, where all of them fit.
    fn over(streams: Vec<Stream>, (above, below): (i64, i64), wanted: Option<usize>) -> Self {
        let is_one = streams.len() == 1;
        let whole = wanted.and_then(|wanted| i64::try_from(wanted).ok()).unwrap_or(FETCH_MAX).clamp(1, FETCH_MAX);
        let fetch = if is_one { whole } else { FIRST_FETCH };
        let head = |stream| Head { stream, ready: VecDeque::new(), below, fetch, is_over: above >= below };
        Self { heads: streams.into_iter().map(head).collect(), above }
    }

    fn next(&mut self, tx: &mut Tx<'_>, scope: Scope) -> Result<Option<Entry>, StoreError> {
        for head in &mut self.heads {
            head.fill(tx, scope, self.above)?;
        }
        let newest = self.heads.iter_mut().max_by_key(|head| head.ready.front().map(|entry| entry.id));
        Ok(newest.and_then(|head| head.ready.pop_front()))
    }
}

impl Head {
    fn fill(&mut self, tx: &mut Tx<'_>, scope: Scope, above: i64) -> Result<(), StoreError> {
        if self.is_over || !self.ready.is_empty() {
            return Ok(());
        }
        let read = self.stream.read(tx, scope, (above, self.below), self.fetch)?;
        self.is_over = i64::try_from(read.len()).is_ok_and(|count| count < self.fetch);
        self.below = read.last().map_or(self.below, |entry| entry.id.0);
        self.fetch = (self.fetch * 4).min(FETCH_MAX);
        self.ready = read.into();
        Ok(())
    }
}

/// What a text names, as far as `scope` may see it: an order by its number or id together with the cases that were opened for it,
/// any other case likewise, or the thing of an id. What is not there, or not the reader's, has no entries.
///
/// # Errors
/// A store fault.
pub(crate) fn object(tx: &mut Tx<'_>, scope: Scope, named: Named) -> Result<Object, Fault> {
    let root = match named {
        Named::Thing(id) => return Ok(Object::Thing(id)),
        Named::Case(case) => Some(case),
        Named::Number(number) => xr_orders::queries::by_number(tx, scope, &number)?,
    };
    let mut family: Vec<CaseId> = root.into_iter().collect();
    let mut looked = 0;
    while looked < family.len() && family.len() < FAMILY_MAX {
        let children: Vec<(CaseId,)> = tx.all_scoped(
            sql!("SELECT id FROM cases WHERE {ORG} AND parent_id = ?2 ORDER BY id LIMIT ?3"),
            scope,
            params![family[looked], i64::try_from(FAMILY_MAX).unwrap_or(i64::MAX)],
        )?;
        family.extend(children.into_iter().map(|(id,)| id));
        looked += 1;
    }
    family.truncate(FAMILY_MAX);
    Ok(Object::Cases(family))
}

/// A person as whose acts are looked for: buyers for the platform alone, staff for their own organisation and the platform.
///
/// # Errors
/// A store fault.
pub(crate) fn person(tx: &mut Tx<'_>, scope: Scope, user: xr_base::UserId) -> Result<Option<Who>, Fault> {
    let found = xr_identity::queries::user(tx, user)?.filter(|user| match scope {
        Scope::Platform => true,
        Scope::Merchant(org) => user.org == Some(org),
        Scope::Buyer(_) => false,
    });
    Ok(found.map(|user| if user.party == Party::Buyer { Who::Buyer(user.id) } else { Who::Member(user.id) }))
}
