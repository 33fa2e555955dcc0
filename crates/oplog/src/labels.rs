//! Words for kinds of events: this slice's texts, and what the machines call the events of their cases.

use std::collections::BTreeMap;
use std::sync::Arc;
use xr_base::Locale;
use xr_base::locale::Text;
use xr_case::engine::{Engine, Ready};
use xr_web::Texts;

/// Places of a text to be filled.
type Params<'p> = &'p [(&'p str, &'p Text)];

/// The text under `key` in both languages, if there is one.
pub(crate) fn text(texts: &Texts, key: &str, params: Params<'_>) -> Option<Text> {
    let in_language = |locale| {
        let given = params.iter().map(|(name, text)| ((*name).to_owned(), text.get(locale).to_owned()));
        texts.get(locale, key, &given.collect::<BTreeMap<_, _>>())
    };
    Some(Text { zh: in_language(Locale::ZhCn)?, en: in_language(Locale::En)? })
}

/// A word that is the same in both languages.
pub(crate) fn same(word: &str) -> Text {
    Text { zh: word.to_owned(), en: word.to_owned() }
}

/// What a kind of event is called; none if neither this slice nor a machine has a word for it.
pub fn label(texts: &Texts, engine: &Engine, kind: &str) -> Option<Text> {
    if let Some(own) = text(texts, &format!("oplog.kind.{kind}"), &[]) {
        return Some(own);
    }
    let (case, event) = kind.split_once('.')?;
    let books: Vec<Arc<Ready>> =
        engine.books().all_current().into_iter().filter(|b| b.book.book().kind == case).collect();
    let case = &books.first()?.book.book().label;
    let event = match books.iter().find_map(|ready| ready.book.book().events.get(event)) {
        Some(known) => known.label.clone(),
        None => text(texts, &format!("oplog.case.{event}"), &[])?,
    };
    Some(Text { zh: format!("{} · {}", case.zh, event.zh), en: format!("{} · {}", case.en, event.en) })
}

/// What the kinds with this first part are about.
pub(crate) fn group(texts: &Texts, engine: &Engine, first: &str) -> Text {
    let books = engine.books().all_current();
    let machine =
        books.iter().find(|ready| ready.book.book().kind == first).map(|ready| ready.book.book().label.clone());
    machine.or_else(|| text(texts, &format!("oplog.group.{first}"), &[])).unwrap_or_else(|| same(first))
}
