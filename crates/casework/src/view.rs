//! What is shown of a case: a row in lists, and the whole page.

use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use xr_base::locale::Text;
use xr_base::{CaseId, Currency, Fault, Instant, Locale, Party, Principal, Scope, ShopId, UserId};
use xr_case::engine::{self, Case, Engine, Explanation, Field};
use xr_case::model::Rule;
use xr_store::Tx;
use xr_web::Texts;

/// What happens by itself, and when.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NextView {
    /// Name of the clock.
    pub clock: String,
    /// When it ends; none while it stands.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Instant>,
    /// Moment it counts from.
    #[schema(value_type = String, format = DateTime)]
    pub anchor_at: Instant,
    /// Length as written in the rulebook.
    pub length: String,
    /// Calendar as written there.
    pub calendar: String,
    /// Why it has no due: `paused`, `calendar:cn/2027`.
    pub blocked: Option<String>,
    /// Event in the history.
    pub event: String,
    /// Its label.
    #[schema(value_type = Object)]
    pub label: Text,
    /// What it brings about, in words.
    #[schema(value_type = Object)]
    pub consequence: Text,
    /// State afterwards.
    pub to: Option<String>,
    /// That state's label.
    #[schema(value_type = Option<Object>)]
    pub to_label: Option<Text>,
    /// Rule that says so.
    pub rule: Option<String>,
    /// In lists, that rule itself; a case page has it among its `rules`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub cited: Option<Rule>,
}

/// What a case is, in its row and on its page.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CaseHead {
    /// Case.
    #[schema(value_type = String)]
    pub id: CaseId,
    /// Kind.
    pub kind: String,
    /// Its label.
    #[schema(value_type = Object)]
    pub kind_label: Text,
    /// State.
    pub state: String,
    /// Its label.
    #[schema(value_type = Object)]
    pub state_label: Text,
    /// Party waited for.
    #[schema(value_type = Option<String>)]
    pub owner_party: Option<Party>,
    /// Shop.
    #[schema(value_type = Option<String>)]
    pub shop_id: Option<ShopId>,
    /// Its name.
    pub shop_name: Option<String>,
    /// Order that it belongs to.
    #[schema(value_type = Option<String>)]
    pub order_id: Option<CaseId>,
    /// That order's number.
    pub number: Option<String>,
    /// Short title.
    pub title: Option<String>,
    /// Amount in question, minor units.
    pub amount_minor: Option<i64>,
    /// Its currency.
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Instant,
    /// When its state was entered.
    #[schema(value_type = String, format = DateTime)]
    pub entered_at: Instant,
    /// Earliest due.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Instant>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Instant>,
}

/// A row of a list of cases.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CaseSummary {
    /// What it is.
    #[serde(flatten)]
    pub head: CaseHead,
    /// What happens by itself first.
    pub next: Option<NextView>,
}

/// Why an act is not possible.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct WhyNot {
    /// Problem code.
    pub code: String,
    /// In the caller's language.
    pub text: String,
}

/// Something the caller may do now, or could if a condition held.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ActView {
    /// Event.
    pub event: String,
    /// Label.
    #[schema(value_type = Object)]
    pub label: Text,
    /// What it brings about.
    #[schema(value_type = Object)]
    pub consequence: Text,
    /// State afterwards.
    pub to: String,
    /// Whether it is possible now.
    pub enabled: bool,
    /// Why not.
    pub why_not: Option<WhyNot>,
    /// Rule behind it.
    pub rule: Option<String>,
    /// Fields of its form.
    #[schema(value_type = Vec<Object>)]
    pub form: &'static [Field],
}

/// A case page.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CaseView {
    /// What it is.
    #[serde(flatten)]
    pub head: CaseHead,
    /// Grows with every step; goes with an act.
    pub version: i64,
    /// Whether it has ended.
    pub is_closed: bool,
    /// Label of whom everybody waits for.
    #[schema(value_type = Option<Object>)]
    pub owner_label: Option<Text>,
    /// Case that it serves.
    #[schema(value_type = Option<String>)]
    pub parent_id: Option<CaseId>,
    /// Pack and version.
    pub pack: PackName,
    /// What happened.
    #[schema(value_type = Vec<Object>)]
    pub steps: Vec<Value>,
    /// What happens by itself.
    #[serde(rename = "next")]
    pub nexts: Vec<NextView>,
    /// Cited rules.
    #[schema(value_type = Object)]
    pub rules: BTreeMap<String, Rule>,
    /// Labels of states.
    #[schema(value_type = Object)]
    pub states: BTreeMap<String, Text>,
    /// What the caller may do.
    pub acts: Vec<ActView>,
    /// Cases that serve this one.
    pub children: Vec<CaseSummary>,
    /// What the capability adds, e.g. `after_sales`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub detail: Map<String, Value>,
}

/// Pack of a case.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PackName {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
}

/// Who looks, and in which language.
pub struct Look<'a> {
    /// Who.
    pub principal: &'a Principal,
    /// Language of reasons.
    pub locale: Locale,
    /// Texts of every slice.
    pub texts: &'a Texts,
}

fn nexts(explained: &Explanation) -> Vec<NextView> {
    let next = explained.next.iter().map(|n| NextView {
        clock: n.clock.clone(),
        due_at: n.due_at,
        anchor_at: n.anchor_at,
        length: n.length.clone(),
        calendar: n.calendar.clone(),
        blocked: n.blocked.clone(),
        event: n.event.clone(),
        label: n.label.clone(),
        consequence: n.consequence.clone(),
        to: n.to.clone(),
        to_label: n.to.as_ref().and_then(|to| explained.states.get(to).cloned()),
        rule: n.rule.clone(),
        cited: None,
    });
    next.collect()
}

fn with_rule(next: NextView, explained: &Explanation) -> NextView {
    let cited = next.rule.as_ref().and_then(|id| explained.rules.get(id).cloned());
    NextView { cited, ..next }
}

/// The row of a case, for callers that have authorised.
///
/// # Errors
/// A store fault.
pub fn summary(tx: &mut Tx<'_>, case: &Case) -> Result<CaseSummary, Fault> {
    let explained = engine::outlook(tx, case)?;
    let first = nexts(&explained).into_iter().next();
    let next = first.map(|next| with_rule(next, &explained));
    Ok(CaseSummary { head: head(tx, case, &explained)?, next })
}

fn head(tx: &mut Tx<'_>, case: &Case, explained: &Explanation) -> Result<CaseHead, Fault> {
    let engine = Engine::from_tx(tx)?;
    let described = match engine.kind(&case.kind) {
        Some(kind) => kind.describe(tx, case)?,
        None => engine::Description::default(),
    };
    let shop = match case.shop_id {
        Some(id) => xr_identity::queries::shop(tx, id)?,
        None => None,
    };
    Ok(CaseHead {
        id: case.id,
        kind: case.kind.clone(),
        kind_label: explained.kind_label.clone(),
        state: case.state.clone(),
        state_label: explained.state_label.clone(),
        owner_party: case.owner_party,
        shop_id: case.shop_id,
        shop_name: shop.map(|s| s.name),
        order_id: described.order,
        number: described.number,
        title: described.title,
        amount_minor: described.amount.map(|a| a.minor),
        currency: described.amount.map(|a| a.currency),
        opened_at: case.opened_at,
        entered_at: case.entered_at,
        due_at: case.due_at,
        closed_at: case.closed_at,
    })
}

/// The page of a case, for callers that have authorised.
///
/// # Errors
/// A store fault.
pub fn view(tx: &mut Tx<'_>, case: &Case, look: &Look<'_>) -> Result<CaseView, Fault> {
    let explained = engine::explain(tx, case.id)?;
    let engine = Engine::from_tx(tx)?;
    let is_shown = may_see_detail(engine, case, look.principal);
    let detail = match engine.kind(&case.kind) {
        Some(kind) if is_shown => kind.detail(tx, case)?,
        _ => None,
    };
    let acts = engine::allowed_acts(tx, case, look.principal)?;
    let mut children = Vec::new();
    for child in crate::queries::children(tx, case.id)? {
        children.push(summary(tx, &child)?);
    }
    let mut steps = Vec::new();
    for step in &explained.steps {
        let mut shown = serde_json::to_value(step).unwrap_or(Value::Null);
        shown["actor_name"] = actor_name(tx, look.principal, &step.row.actor)?.into();
        steps.push(shown);
    }
    let head = head(tx, case, &explained)?;
    let title = head.title.filter(|_| is_shown);
    Ok(CaseView {
        head: CaseHead { title, ..head },
        version: case.version,
        is_closed: case.is_closed(),
        owner_label: explained.owner_label.clone(),
        parent_id: case.parent_id,
        pack: PackName { name: explained.pack.0.clone(), version: explained.pack.1.clone() },
        steps,
        nexts: nexts(&explained),
        rules: explained.rules.into_iter().collect(),
        states: explained.states.into_iter().collect(),
        acts: acts.into_iter().map(|act| act_view(act, look)).collect(),
        children,
        detail: detail.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    })
}

/// Whether somebody who sees that there is a case may see what it is about.
pub(crate) fn may_see_detail(engine: &Engine, case: &Case, reader: &Principal) -> bool {
    let needs = engine.kind(&case.kind).map_or(&[][..], |kind| kind.detail_needs());
    needs.is_empty() || needs.iter().any(|word| reader.may(word))
}

/// Who acted, by name: one's own people for everybody, everybody for the platform. The other side sees only the party.
fn actor_name(tx: &mut Tx<'_>, reader: &Principal, actor: &str) -> Result<Option<String>, Fault> {
    let Ok(id) = actor.parse::<UserId>() else { return Ok(None) };
    let known = xr_identity::queries::user(tx, id)?.filter(|user| match reader.scope() {
        Scope::Platform => true,
        Scope::Merchant(org) => user.org == Some(org),
        Scope::Buyer(buyer) => user.id == buyer,
    });
    Ok(known.map(|user| user.name))
}

fn act_view(act: engine::Possible, look: &Look<'_>) -> ActView {
    let why_not = act.why_not.map(|code| {
        let text = look.texts.get(look.locale, &code, &BTreeMap::new()).unwrap_or_else(|| code.clone());
        WhyNot { code, text }
    });
    ActView {
        event: act.event,
        label: act.label,
        consequence: act.consequence,
        to: act.to,
        enabled: act.enabled,
        why_not,
        rule: act.rule,
        form: act.form,
    }
}
