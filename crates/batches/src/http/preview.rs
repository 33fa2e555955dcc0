//! What could be done to some cases at once, before anybody does it.

use super::{given, tidy};
use crate::choose;
use crate::commands::{CHOSEN_MAX, PICKED_MAX, check_wanted};
use crate::form;
use crate::model::{List, Wanted};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use xr_base::locale::Text;
use xr_base::{CaseId, Fault, Instant, Principal, Problem};
use xr_case::engine::{self, Case, Field, Possible};
use xr_casework::WhyNot;
use xr_store::Tx;
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, JsonBody, Texts, Who};

/// Which cases: either `cases` or `all`.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PreviewBody {
    /// These cases, at most 1,000.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    cases: Option<Vec<CaseId>>,
    /// All that a list shows.
    #[serde(default)]
    all: Option<Wanted>,
}

/// A case with the version that an act on it names.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SeenCase {
    #[schema(value_type = String)]
    id: CaseId,
    version: i64,
}

/// An act that fits all of them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BatchAct {
    event: String,
    #[schema(value_type = Object)]
    label: Text,
    /// What it brings about, in words.
    #[schema(value_type = Object)]
    consequence: Text,
    /// Fields of its form, the same for every case.
    #[schema(value_type = Vec<Object>)]
    form: Vec<Field>,
    /// Of cases that were named, how many take it now.
    possible: Option<usize>,
    /// Why one of the others does not.
    why_not: Option<WhyNot>,
}

/// What could be done.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PreviewView {
    /// Kinds of these cases; acts are for one kind.
    kinds: Vec<String>,
    /// How many cases; of `all` at most one more than may be acted on at once.
    count: i64,
    /// How many may be acted on at once.
    max: i64,
    /// Acts that fit every one of the named cases, or cases of the kind that a list shows.
    acts: Vec<BatchAct>,
    /// The named cases that the caller may see.
    cases: Vec<SeenCase>,
    /// Business time of this look; goes with `all`.
    #[schema(value_type = String, format = DateTime)]
    seen_at: Instant,
}

/// The acts that fit some cases, with their forms; nothing is done.
#[utoipa::path(
    post, path = "/v1/batches/preview", tag = "batches", request_body = PreviewBody,
    responses((status = 200, body = PreviewView), (status = 422, body = ProblemBody)),
)]
pub(super) async fn preview(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<PreviewBody>,
) -> Result<Json<PreviewView>, Failure> {
    let (person, locale, shared) = (who.0.principal.clone(), who.0.locale.unwrap_or_default(), state.clone());
    let told = move |texts: &Texts, code: String| {
        let text = texts.get(locale, &code, &BTreeMap::new()).unwrap_or_else(|| code.clone());
        WhyNot { code, text }
    };
    let read = match (body.value.cases, body.value.all) {
        (Some(cases), None) if cases.len() > PICKED_MAX => {
            return Err(Problem::new(422, "batches.too_many").field("cases").with("max", PICKED_MAX).into());
        }
        (Some(cases), None) => {
            let look = move |tx: &mut Tx<'_>| of_cases(tx, &person, &cases, &|code| told(shared.texts(), code));
            state.store().read(look).await
        }
        (None, Some(wanted)) => {
            let wanted = tidy(wanted);
            check_wanted(&wanted, None)?;
            state.store().read(move |tx| of_list(tx, &person, &wanted)).await
        }
        (Some(_), Some(_)) => return Err(Problem::new(422, "batches.one_choice").field("cases").into()),
        (None, None) => return Err(super::missing("cases").into()),
    };
    Ok(Json(read?))
}

fn shown(act: Possible, possible: Option<usize>, why_not: Option<WhyNot>) -> Option<BatchAct> {
    let form = form::of_many(act.form)?;
    Some(BatchAct { event: act.event, label: act.label, consequence: act.consequence, form, possible, why_not })
}

fn of_list(tx: &mut Tx<'_>, person: &Principal, wanted: &Wanted) -> Result<PreviewView, Fault> {
    let kinds: Vec<String> = match (wanted.list, given(wanted.kind.clone())) {
        (List::Orders, _) => vec!["order".to_owned()],
        (List::Aftersales, Some(kind)) => vec![kind],
        (List::Aftersales, None) => xr_casework::AFTER_SALES.map(str::to_owned).to_vec(),
    };
    // A search does not look at the state, so its finds may be in any.
    let state = wanted.state.as_deref().filter(|_| wanted.q.is_none());
    let acts = match kinds.as_slice() {
        [kind] => form::acts(tx, (kind, state), person)?,
        _ => Vec::new(),
    };
    let acts = acts.into_iter().filter_map(|act| shown(act, None, None)).collect();
    let (count, seen_at) = (choose::count(tx, person, wanted)?, tx.now());
    Ok(PreviewView { kinds, count, max: CHOSEN_MAX, acts, cases: Vec::new(), seen_at })
}

fn of_cases(
    tx: &mut Tx<'_>,
    person: &Principal,
    ids: &[CaseId],
    told: &dyn Fn(String) -> WhyNot,
) -> Result<PreviewView, Fault> {
    let different: BTreeSet<CaseId> = ids.iter().copied().collect();
    let mut cases = Vec::new();
    for id in different {
        match engine::seen_by(tx, person.scope(), id) {
            Ok(case) => cases.push(case),
            Err(Fault::Refused(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    let kinds: BTreeSet<String> = cases.iter().map(|case| case.kind.clone()).collect();
    let acts = if kinds.len() == 1 { common(tx, person, &cases, told)? } else { Vec::new() };
    let count = i64::try_from(cases.len()).unwrap_or(i64::MAX);
    let seen = cases.iter().map(|case| SeenCase { id: case.id, version: case.version }).collect();
    let (max, seen_at) = (i64::try_from(PICKED_MAX).unwrap_or(i64::MAX), tx.now());
    Ok(PreviewView { kinds: kinds.into_iter().collect(), count, max, acts, cases: seen, seen_at })
}

/// The acts that the person has on every one of the cases, in the order of the first.
fn common(
    tx: &mut Tx<'_>,
    person: &Principal,
    cases: &[Case],
    told: &dyn Fn(String) -> WhyNot,
) -> Result<Vec<BatchAct>, Fault> {
    let mut all: Option<Vec<(Possible, usize, Option<String>)>> = None;
    for case in cases {
        let acts = engine::allowed_acts(tx, case, person)?;
        all = Some(match all {
            None => acts.into_iter().map(|act| (act.clone(), usize::from(act.enabled), act.why_not)).collect(),
            Some(known) => known
                .into_iter()
                .filter_map(|(act, possible, why_not)| {
                    let here = acts.iter().find(|other| other.event == act.event)?;
                    Some((act, possible + usize::from(here.enabled), why_not.or_else(|| here.why_not.clone())))
                })
                .collect(),
        });
    }
    let acts = all.unwrap_or_default().into_iter();
    Ok(acts.filter_map(|(act, possible, why_not)| shown(act, Some(possible), why_not.map(told))).collect())
}
