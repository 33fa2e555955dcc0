//! A replay over the recorded history: families are read on one thread and lived on another.

use super::past::{Families, Window, last_moment, outages};
use super::{Engine, Error, Ready};
use crate::replay::{Both, Course, Recorded, Report, Words, World, against_record, compare, live};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use xr_base::calendar::{DayTables, Interval};
use xr_base::{CaseId, Fault, Instant, StoreError};
use xr_store::Tx;

/// Pages that wait to be lived.
const PAGES_MAX: usize = 4;

/// What a replay is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Pack to live under.
    pub pack: String,
    /// Which cases.
    pub window: Window,
}

type Books = HashMap<String, Arc<Ready>>;
type Own = Arc<HashMap<i64, Arc<Ready>>>;
type Page = (Vec<Vec<Recorded>>, Own);

/// The current rulebooks of a pack, by kind.
fn books_of(engine: &Engine, pack: &str) -> Result<Books, Error> {
    let current = engine.books().all_current().into_iter().filter(|r| r.book.book().pack == pack);
    let books: Books = current.map(|r| (r.book.book().kind.clone(), r)).collect();
    if books.is_empty() {
        return Err(Error::NoRulebook { kind: "*".to_owned(), pack: pack.to_owned() });
    }
    Ok(books)
}

/// What is the same for all families.
struct Common<'a> {
    engine: &'a Engine,
    tables: Arc<DayTables>,
    books: &'a Books,
    outages: &'a [Interval],
    horizon: Instant,
}

impl Common<'_> {
    fn under<'w>(&'w self, own: &'w HashMap<i64, Arc<Ready>>, pack: Option<&'w Books>) -> World<'w> {
        World { engine: self.engine, tables: &self.tables, own, pack, outages: self.outages, horizon: self.horizon }
    }
}

/// Lives every case of the window under its own rulebook and under those of the pack, and adds up what differs. `progress` hears
/// how many families were read; an answer of `false` ends the replay early.
///
/// # Errors
/// `case.no_rulebook` for an unknown pack; a store fault; `case.replay_stopped`.
pub fn replay(tx: &mut Tx<'_>, question: &Question, progress: &mut dyn FnMut(u64) -> bool) -> Result<Report, Fault> {
    let engine = Engine::from_tx(tx)?;
    let books = books_of(engine, &question.pack)?;
    let outages = outages(tx)?;
    let horizon = last_moment(tx)?.unwrap_or_else(|| tx.now());
    let common = Common { engine, tables: engine.tables(), books: &books, outages: &outages, horizon };
    let mut families = Families::new(engine, question.window, books.values());
    let (send, receive) = sync_channel::<Page>(PAGES_MAX);
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let mut report = Report::default();
            for (page, own) in receive {
                for family in &page {
                    add(&mut report, &common, (family, &own), question.window);
                }
            }
            report.finished()
        });
        let read = read(tx, &mut families, progress, |page| send.send(page).is_ok());
        drop(send);
        let report = worker.join().map_err(|_| StoreError::Engine("a replay broke down".to_owned()))?;
        read?;
        placed(tx, engine, worded(report, families.own(), &books))
    })
}

/// Puts in the words of the kinds that it names; of rules only those.
fn worded(mut report: Report, own: &HashMap<i64, Arc<Ready>>, books: &Books) -> Report {
    let mut old: Vec<&Arc<Ready>> = own.values().collect();
    old.sort_by_key(|ready| ready.id);
    for (kind, ready) in books {
        let same = old.iter().copied().filter(|r| r.book.book().kind == *kind);
        let mut words = Words::of(std::iter::once(ready).chain(same).map(|r| r.book.book()));
        words.rules.retain(|id, _| report.rules.contains_key(id));
        words.events.clear();
        report.words.insert(kind.clone(), words);
    }
    report
}

/// Puts in the shop and the order of the cases that it lists.
fn placed(tx: &mut Tx<'_>, engine: &Engine, mut report: Report) -> Result<Report, Fault> {
    for listed in &mut report.changed {
        let case = super::case::get(tx, listed.case)?;
        let described = engine.kind(&case.kind).map(|kind| kind.describe(tx, &case)).transpose()?.unwrap_or_default();
        (listed.shop, listed.order, listed.number) = (case.shop_id, described.order, described.number);
    }
    Ok(report)
}

fn read(
    tx: &mut Tx<'_>,
    families: &mut Families<'_>,
    progress: &mut dyn FnMut(u64) -> bool,
    mut send: impl FnMut(Page) -> bool,
) -> Result<(), Fault> {
    let (mut done, mut own) = (0, Own::default());
    while let Some(page) = families.next(tx)? {
        if own.len() != families.own().len() {
            own = Arc::new(families.own().clone());
        }
        done += page.len() as u64;
        if !send((page, Arc::clone(&own))) || !progress(done) {
            return Err(Error::ReplayStopped.into());
        }
    }
    Ok(())
}

/// Compares the cases of one family that were opened in the window.
fn add(report: &mut Report, common: &Common<'_>, (family, own): (&[Recorded], &Own), window: Window) {
    let old = live(&common.under(own, None), family);
    let new = live(&common.under(own, Some(common.books)), family);
    for ((told, old), new) in family.iter().zip(&old).zip(&new) {
        if !window.holds(told.case.opened_at) {
            continue;
        }
        if told.is_imported() {
            report.imported += 1;
        } else if let Some(why) = untold(old, told) {
            report.add_untold(told.case.id, why);
        } else {
            if let Some(ready) = own.get(&told.case.rulebook) {
                *report.packs.entry(ready.book.book().pack.clone()).or_default() += 1;
            }
            report.add(told.case.id, old, new);
        }
    }
    for anew in new.iter().skip(family.len()) {
        report.add_anew(anew);
    }
}

fn untold(old: &Course, told: &Recorded) -> Option<String> {
    old.stuck.clone().or_else(|| against_record(old, told))
}

/// Both courses of one case.
///
/// # Errors
/// As [`replay`]; `case.not_found`.
pub fn replay_case(tx: &mut Tx<'_>, pack: &str, id: CaseId) -> Result<Both, Fault> {
    let engine = Engine::from_tx(tx)?;
    let books = books_of(engine, pack)?;
    let outages = outages(tx)?;
    let horizon = last_moment(tx)?.unwrap_or_else(|| tx.now());
    let common = Common { engine, tables: engine.tables(), books: &books, outages: &outages, horizon };
    let window = Window { since: Instant(i64::MIN), until: Instant(i64::MAX), shop: None };
    let mut families = Families::new(engine, window, books.values());
    let family = families.of_case(tx, id)?;
    let own = families.own();
    let old = live(&common.under(own, None), &family);
    let new = live(&common.under(own, Some(&books)), &family);
    let place = family.iter().position(|r| r.case.id == id).ok_or(Error::NoSuchCase(id))?;
    let (told, old, new) = (&family[place], &old[place], &new[place]);
    let labels = [own.get(&told.case.rulebook), books.get(&told.case.kind)];
    Ok(Both {
        case: id,
        divergence: compare(old, new),
        untold: untold(old, told),
        words: Words::of(labels.into_iter().flatten().map(|r| r.book.book())),
        old: old.clone(),
        new: new.clone(),
    })
}
