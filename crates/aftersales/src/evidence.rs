//! Filing pictures and words.

use crate::words::{EVIDENCE, STATEMENTS};
use crate::{Error, queries};
use xr_base::{Actor, CaseId, Fault, Party, RowId, UserId};
use xr_store::{Tx, params, sql};

/// Pictures that go with one act.
pub(crate) const PHOTOS_MAX: usize = 9;
/// Longest words of an act, a contact or a piece of evidence, in characters.
pub(crate) const WORDS_CHARS_MAX: usize = 500;
/// Pieces that one party may file on one case.
const PIECES_MAX: i64 = 50;

/// Words of 1 (or 0 when not required) to 500 characters.
pub(crate) fn check_words(field: &str, words: &str, is_required: bool) -> Result<(), Error> {
    let chars = words.trim().chars().count();
    if (usize::from(is_required)..=WORDS_CHARS_MAX).contains(&chars) {
        return Ok(());
    }
    Err(Error::input(field, format!("{chars} characters, not {}..={WORDS_CHARS_MAX}", usize::from(is_required))))
}

/// The person behind an actor; evidence and contacts are theirs alone.
pub(crate) fn person(actor: &Actor) -> Result<(Party, UserId), Error> {
    match actor {
        Actor::Person(principal) => Ok((principal.party, principal.user)),
        _ => Err(Error::input("actor", "not a person")),
    }
}

/// Files pictures that this person sent in, under the case.
///
/// # Errors
/// [`Error::NoSuchPicture`], [`Error::TooMuchEvidence`]; more than nine at once are [`Error::BadInput`].
pub(crate) fn file_photos(tx: &mut Tx<'_>, actor: &Actor, case: CaseId, photos: &[String]) -> Result<(), Fault> {
    if photos.is_empty() {
        return Ok(());
    }
    if photos.len() > PHOTOS_MAX {
        return Err(Error::input("photos", format!("at most {PHOTOS_MAX}")).into());
    }
    let (_, user) = person(actor)?;
    for sha256 in photos {
        if !is_uploaded(tx, sha256, user)? {
            return Err(Error::NoSuchPicture(sha256.clone()).into());
        }
        file(tx, actor, case, Piece { sha256: Some(sha256), words: None })?;
    }
    Ok(())
}

fn is_uploaded(tx: &mut Tx<'_>, sha256: &str, user: UserId) -> Result<bool, Fault> {
    let row: Option<(String,)> = tx.opt(
        sql!(
            "SELECT u.sha256 FROM uploads u JOIN blobs b ON b.sha256 = u.sha256
             WHERE u.sha256 = ?1 AND u.user_id = ?2 /* unscoped: the person is a parameter */"
        ),
        params![sha256, user],
    )?;
    Ok(row.is_some())
}

/// One piece: a picture or words.
#[derive(Clone, Copy)]
pub(crate) struct Piece<'a> {
    pub(crate) sha256: Option<&'a str>,
    pub(crate) words: Option<&'a str>,
}

/// Files one piece; the same picture twice by one party is one piece.
pub(crate) fn file(tx: &mut Tx<'_>, actor: &Actor, case: CaseId, piece: Piece<'_>) -> Result<(), Fault> {
    let (party, user) = person(actor)?;
    let known = queries::evidence(tx, case)?;
    let own = known.iter().filter(|e| e.party == party);
    if piece.sha256.is_some() && own.clone().any(|e| e.sha256.as_deref() == piece.sha256) {
        return Ok(());
    }
    if i64::try_from(own.count()).unwrap_or(i64::MAX) >= PIECES_MAX {
        return Err(Error::TooMuchEvidence.into());
    }
    let (id, at) = (tx.id::<RowId>(), tx.at());
    let sealed = EVIDENCE.seal(tx, id.0, piece.words.unwrap_or_default())?;
    tx.put(
        sql!(
            "INSERT INTO evidence (id, case_id, party, user_id, sha256, sealed_words, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             /* unscoped: after authorisation */"
        ),
        params![id, case, party, user, piece.sha256, sealed, at],
    )?;
    Ok(())
}

/// Keeps the words that go with an act.
pub(crate) fn state(tx: &mut Tx<'_>, actor: &Actor, case: CaseId, event: &str, words: &str) -> Result<(), Fault> {
    if words.trim().is_empty() {
        return Ok(());
    }
    let (id, at) = (tx.id::<RowId>(), tx.at());
    let sealed = STATEMENTS.seal(tx, id.0, words.trim())?;
    tx.put(
        sql!(
            "INSERT INTO statements (id, case_id, party, event, words, sealed_words, at) VALUES (?1, ?2, ?3, ?4, '', ?5, ?6)
             /* unscoped: after authorisation */"
        ),
        params![id, case, actor.party(), event, sealed, at],
    )?;
    Ok(())
}
