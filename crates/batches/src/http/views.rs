//! What is shown of batches.

use crate::model::{BatchRow, List, Outcome, RowOfBatch, State, read};
use serde::Serialize;
use xr_base::locale::Text;
use xr_base::{BatchId, CaseId, Fault, Instant, Locale, Problem, Scope, ShopId};
use xr_case::engine::{self, Engine};
use xr_case::model::Rulebook;
use xr_store::Tx;
use xr_web::Texts;

/// Whose labels acts and states have; packs change rules, not what a state is called.
const PACK: &str = "xiaoer-default";

/// How many rows have which outcome.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BatchCounts {
    all: i64,
    waiting: i64,
    done: i64,
    refused: i64,
    cancelled: i64,
}

/// One act on many cases.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct BatchView {
    #[schema(value_type = String)]
    pub(super) id: BatchId,
    kind: String,
    #[schema(value_type = Object)]
    kind_label: Text,
    event: String,
    #[schema(value_type = Object)]
    label: Text,
    /// What the act brings about, in words.
    #[schema(value_type = Object)]
    consequence: Text,
    note: Option<String>,
    /// The list whose filters chose the cases; none where they were picked.
    list: Option<List>,
    #[schema(value_type = Option<String>)]
    shop: Option<ShopId>,
    shop_name: Option<String>,
    /// State that the list was filtered by.
    wanted_state: Option<String>,
    #[schema(value_type = Option<Object>)]
    wanted_state_label: Option<Text>,
    /// Whether something was searched for.
    is_searched: bool,
    /// The batch whose refused rows are tried again.
    #[schema(value_type = Option<String>)]
    again: Option<BatchId>,
    state: State,
    counts: BatchCounts,
    /// Why nothing was done.
    #[schema(value_type = Option<Object>)]
    failure: Option<Text>,
    #[schema(value_type = String, format = DateTime)]
    asked_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
    /// When it is deleted.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Instant>,
}

fn book_of<T>(tx: &mut Tx<'_>, kind: &str, look: impl FnOnce(&Rulebook) -> T) -> Result<T, Fault> {
    Ok(look(Engine::from_tx(tx)?.books().current(kind, PACK)?.book.book()))
}

fn label_of(book: &Rulebook, state: &str) -> Option<Text> {
    book.states.get(state).map(|state| state.label.clone())
}

/// A text in both languages; its code where there is none.
fn both(texts: &Texts, problem: &Problem) -> Text {
    let said = |locale| texts.get(locale, &problem.code, &problem.params).unwrap_or_else(|| problem.code.clone());
    Text { zh: said(Locale::ZhCn), en: said(Locale::En) }
}

/// A problem of a case, with the state that it names as people call it.
fn told_of(book: &Rulebook, texts: &Texts, problem: &Problem) -> Text {
    let named = problem.params.get("state").and_then(|state| label_of(book, state));
    let Some(named) = named else { return both(texts, problem) };
    let told = |locale| both(texts, &problem.clone().with("state", named.get(locale)));
    Text { zh: told(Locale::ZhCn).zh, en: told(Locale::En).en }
}

/// The batch as its asker sees it.
pub(super) fn view(tx: &mut Tx<'_>, row: &BatchRow, texts: &Texts) -> Result<BatchView, Fault> {
    let kept = row.kept()?;
    let wanted = kept.all.as_ref();
    let shop_id = wanted.and_then(|all| all.shop);
    let shop = shop_id.map(|id| xr_identity::queries::shop(tx, id)).transpose()?.flatten();
    // A shop of somebody else in the filter finds nothing; its name stays theirs as well.
    let shop = shop.filter(|shop| row.merchant_org.is_none_or(|org| org == shop.merchant_org));
    let wanted_state = wanted.and_then(|all| all.state.clone());
    let (kind_label, act, wanted_state_label) = book_of(tx, &row.kind, |book| {
        let state = wanted_state.as_deref().and_then(|state| label_of(book, state));
        (book.label.clone(), book.events.get(&row.event).cloned().unwrap_or_default(), state)
    })?;
    let (left, is_open) = (row.rows_left(), row.state.is_open());
    Ok(BatchView {
        id: row.id,
        kind: row.kind.clone(),
        kind_label,
        event: row.event.clone(),
        label: act.label,
        consequence: act.consequence,
        note: row.note.clone(),
        list: wanted.map(|all| all.list),
        shop: shop_id,
        shop_name: shop.map(|shop| shop.name),
        wanted_state,
        wanted_state_label,
        is_searched: kept.is_searched,
        again: kept.again,
        state: row.state,
        counts: BatchCounts {
            all: row.rows_all,
            waiting: if is_open { left } else { 0 },
            done: row.rows_done,
            refused: row.rows_refused,
            cancelled: if is_open { 0 } else { left },
        },
        failure: (!row.failure.is_empty()).then(|| {
            let problem = Problem::new(409, &format!("batches.{}", row.failure)).with("seen", kept.seen);
            both(texts, &problem)
        }),
        asked_at: row.asked_at,
        ended_at: row.ended_at,
        expires_at: row.expires_at,
    })
}

/// Why a row was refused.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct RowProblem {
    /// Stable code, that of a single act.
    code: String,
    #[schema(value_type = Object)]
    text: Text,
}

/// What became of one case.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct RowView {
    /// Place in the batch, from 1.
    pub(super) place: i64,
    #[schema(value_type = String)]
    case: CaseId,
    kind: String,
    /// Number of its order, where the caller may see the case.
    number: Option<String>,
    /// Its short title, likewise.
    title: Option<String>,
    outcome: Outcome,
    /// State afterwards, of a row that is done.
    state: Option<String>,
    #[schema(value_type = Option<Object>)]
    state_label: Option<Text>,
    problem: Option<RowProblem>,
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Instant>,
}

/// A row as its asker sees it, with what they may see of the case.
pub(super) fn row_view(
    tx: &mut Tx<'_>,
    row: RowOfBatch,
    (batch, scope, texts): (&BatchRow, Scope, &Texts),
) -> Result<RowView, Fault> {
    let described = match engine::seen_by(tx, scope, row.case) {
        Ok(case) => match Engine::from_tx(tx)?.kind(&case.kind) {
            Some(kind) => kind.describe(tx, &case)?,
            None => engine::Description::default(),
        },
        Err(Fault::Refused(_)) => engine::Description::default(),
        Err(fault) => return Err(fault),
    };
    let problem: Option<Problem> = if row.problem.is_empty() { None } else { Some(read(&row.problem)?) };
    let (state_label, problem) = book_of(tx, &batch.kind, |book| {
        let told = |problem: Problem| RowProblem { text: told_of(book, texts, &problem), code: problem.code };
        (label_of(book, &row.state), problem.map(told))
    })?;
    let outcome = match row.outcome {
        Outcome::Waiting if !batch.state.is_open() => Outcome::Cancelled,
        known => known,
    };
    Ok(RowView {
        place: row.place,
        case: row.case,
        kind: batch.kind.clone(),
        number: described.number,
        title: described.title,
        outcome,
        state: (!row.state.is_empty()).then_some(row.state),
        state_label,
        problem,
        at: row.at,
    })
}
