//! An entry in words: who, to what, and the two sides of what changed.

use crate::changes::{changes, facts};
use crate::filter::Filter;
use crate::labels::{self, same, text};
use crate::model::{Entry, given_at};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use xr_base::locale::Text;
use xr_base::{CaseId, EventId, Fault, Instant, OrgId, Party, RowId, Scope, ShopId, UserId};
use xr_case::engine::{self, Case, Engine};
use xr_identity::{Roles, queries};
use xr_store::Tx;
use xr_web::Texts;

/// One operation.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct EntryView {
    #[schema(value_type = String)]
    pub(crate) id: EventId,
    /// When it counts for; for a deadline its due.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Instant,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    pub(crate) kind: String,
    #[schema(value_type = Object)]
    pub(crate) label: Text,
    pub(crate) who: WhoView,
    pub(crate) objects: Vec<ObjectView>,
    /// Where the person called from, its last part hidden.
    pub(crate) address: Option<String>,
    pub(crate) changes: Vec<ChangeView>,
    pub(crate) facts: Vec<FactView>,
}

/// Who did it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct WhoView {
    #[schema(value_type = String)]
    pub(crate) party: Party,
    /// `usr_…`, `provider:…`, `clock` or `system`; none where that is not for the reader.
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    /// Role of the person today; what clock and system are called.
    #[schema(value_type = Option<Object>)]
    pub(crate) label: Option<Text>,
}

/// What it was done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct ObjectView {
    /// The prefix of its id: `cas`, `usr`, `rol` …
    kind: String,
    id: String,
    #[schema(value_type = Object)]
    pub(crate) label: Text,
    /// Page of the console.
    path: Option<String>,
}

/// A word of a field.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct WordView {
    word: String,
    #[schema(value_type = Object)]
    pub(crate) label: Text,
}

/// One field on both sides.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ChangeView {
    field: String,
    #[schema(value_type = Object)]
    pub(crate) label: Text,
    pub(crate) before: Vec<WordView>,
    pub(crate) after: Vec<WordView>,
    pub(crate) is_changed: bool,
}

/// What else is known.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct FactView {
    field: String,
    #[schema(value_type = Object)]
    label: Text,
    words: Vec<WordView>,
}

/// Says entries in words, asking once for each person and case of a page.
pub(crate) struct Teller<'t> {
    texts: &'t Texts,
    roles: &'t Roles,
    scope: Scope,
    filter: &'t Filter,
    people: HashMap<UserId, Option<(String, Text)>>,
    cases: HashMap<CaseId, Option<Case>>,
    kinds: HashMap<String, Text>,
}

impl<'t> Teller<'t> {
    pub(crate) fn new(texts: &'t Texts, roles: &'t Roles, scope: Scope, filter: &'t Filter) -> Self {
        let (people, cases, kinds) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { texts, roles, scope, filter, people, cases, kinds }
    }

    /// # Errors
    /// A store fault.
    pub(crate) fn tell(&mut self, tx: &mut Tx<'_>, entry: &Entry) -> Result<EntryView, Fault> {
        let body: Value = serde_json::from_str(&entry.body).unwrap_or_default();
        let case = self.case(tx, entry.case_id)?;
        let is_hidden = self.filter.hides(entry);
        let mut told = Vec::new();
        for change in changes(&body) {
            told.push(ChangeView {
                label: self.field(&change.field),
                is_changed: change.is_changed(),
                before: self.words(tx, case.as_ref(), &change.field, change.before)?,
                after: self.words(tx, case.as_ref(), &change.field, change.after)?,
                field: change.field,
            });
        }
        let objects = self.objects(tx, entry, case.as_ref(), &body)?;
        let is_object = |words: &[String]| objects.iter().any(|object| words.iter().all(|word| *word == object.id));
        let mut more = Vec::new();
        for (field, words) in facts(&body).into_iter().filter(|(_, words)| !is_object(words)) {
            let words = self.words(tx, case.as_ref(), &field, words)?;
            more.push(FactView { label: self.field(&field), field, words });
        }
        Ok(EntryView {
            id: entry.id,
            at: entry.at,
            recorded_at: given_at(entry.id),
            label: self.kind(tx, &entry.kind)?,
            kind: entry.kind.clone(),
            who: self.who(tx, entry, is_hidden)?,
            objects,
            address: entry.address.clone().filter(|_| !is_hidden),
            changes: told,
            facts: more,
        })
    }

    fn kind(&mut self, tx: &mut Tx<'_>, kind: &str) -> Result<Text, Fault> {
        if let Some(known) = self.kinds.get(kind) {
            return Ok(known.clone());
        }
        let label = labels::label(self.texts, Engine::from_tx(tx)?, kind).unwrap_or_else(|| same(kind));
        self.kinds.insert(kind.to_owned(), label.clone());
        Ok(label)
    }

    fn field(&self, field: &str) -> Text {
        text(self.texts, &format!("oplog.field.{field}"), &[]).unwrap_or_else(|| same(field))
    }

    fn case(&mut self, tx: &mut Tx<'_>, id: Option<CaseId>) -> Result<Option<Case>, Fault> {
        let Some(id) = id else { return Ok(None) };
        if let Some(known) = self.cases.get(&id) {
            return Ok(known.clone());
        }
        let found = engine::find(tx, id)?;
        self.cases.insert(id, found.clone());
        Ok(found)
    }

    /// Name and role of a person, as far as the reader may know them.
    fn person(&mut self, tx: &mut Tx<'_>, id: UserId) -> Result<Option<(String, Text)>, Fault> {
        if let Some(known) = self.people.get(&id) {
            return Ok(known.clone());
        }
        let known = queries::user(tx, id)?.filter(|user| match self.scope {
            Scope::Platform => true,
            Scope::Merchant(org) => user.org == Some(org),
            Scope::Buyer(_) => false,
        });
        let found = known.map(|user| (user.name.clone(), self.roles.label_of(&user)));
        self.people.insert(id, found.clone());
        Ok(found)
    }

    fn who(&mut self, tx: &mut Tx<'_>, entry: &Entry, is_hidden: bool) -> Result<WhoView, Fault> {
        let party = entry.party;
        if is_hidden {
            return Ok(WhoView { party, id: None, name: None, label: None });
        }
        let person = match entry.actor.parse::<UserId>() {
            Ok(user) => self.person(tx, user)?,
            Err(_) => None,
        };
        let (name, role) = person.unzip();
        let label = role.or_else(|| text(self.texts, &format!("oplog.actor.{}", entry.actor), &[]));
        let provider = entry.actor.strip_prefix("provider:").map(str::to_owned);
        Ok(WhoView { party, id: Some(entry.actor.clone()), name: name.or(provider), label })
    }

    fn objects(
        &mut self,
        tx: &mut Tx<'_>,
        entry: &Entry,
        case: Option<&Case>,
        body: &Value,
    ) -> Result<Vec<ObjectView>, Fault> {
        if let Some(case) = case {
            return Ok(vec![Self::case_object(tx, case)?]);
        }
        // The typed form of the id stands in the body.
        let fields = body.as_object().into_iter().flatten();
        let mut texts = fields.filter_map(|(_, value)| value.as_str());
        let is_it = |text: &&str| xr_base::id::raw_of(text).is_some_and(|raw| Some(raw) == entry.object_id);
        let Some(id) = texts.find(is_it) else { return Ok(Vec::new()) };
        Ok(vec![self.thing(tx, id, body)?])
    }

    fn case_object(tx: &mut Tx<'_>, case: &Case) -> Result<ObjectView, Fault> {
        let engine = Arc::clone(Engine::from_tx(tx)?);
        let described = match engine.kind(&case.kind) {
            Some(kind) => kind.describe(tx, case)?,
            None => engine::Description::default(),
        };
        let kind = engine.books().by_id(tx, &engine, case.rulebook)?.book.book().label.clone();
        let number = described.number.unwrap_or_default();
        let path = match (case.kind.as_str(), described.order) {
            ("order", _) => Some(format!("/orders/{}", case.id)),
            // Money has no page of its own: it stands on its order's.
            ("payment" | "refund", order) => order.map(|order| format!("/orders/{order}")),
            _ => Some(format!("/cases/{}", case.id)),
        };
        let label = Text { zh: format!("{} {number}", kind.zh), en: format!("{} {number}", kind.en) };
        let label = Text { zh: label.zh.trim().to_owned(), en: label.en.trim().to_owned() };
        Ok(ObjectView { kind: "cas".to_owned(), id: case.id.to_string(), label, path })
    }

    fn thing(&mut self, tx: &mut Tx<'_>, id: &str, body: &Value) -> Result<ObjectView, Fault> {
        let kind = id.split('_').next().unwrap_or_default();
        let name = match kind {
            "usr" => {
                id.parse::<UserId>().ok().map(|id| self.person(tx, id)).transpose()?.flatten().map(|(name, _)| name)
            }
            "rol" => {
                ["after", "before"].iter().find_map(|side| Some(body.get(side)?.get("name")?.as_str()?.to_owned()))
            }
            "org" => id.parse::<OrgId>().ok().map(|id| queries::org(tx, id)).transpose()?.flatten().map(|org| org.name),
            "shp" => {
                id.parse::<ShopId>().ok().map(|id| queries::shop(tx, id)).transpose()?.flatten().map(|shop| shop.name)
            }
            _ => None,
        };
        let path = match kind {
            "usr" => Some("/members".to_owned()).filter(|_| self.scope != Scope::Platform),
            "rol" => Some("/roles".to_owned()).filter(|_| self.scope != Scope::Platform),
            "exp" => Some("/exports".to_owned()),
            "bat" => Some(format!("/batches/{id}")),
            _ => calendar_page(body),
        };
        Ok(ObjectView {
            kind: kind.to_owned(),
            id: id.to_owned(),
            label: same(&name.unwrap_or_else(|| id.to_owned())),
            path,
        })
    }

    fn words(
        &mut self,
        tx: &mut Tx<'_>,
        case: Option<&Case>,
        field: &str,
        words: Vec<String>,
    ) -> Result<Vec<WordView>, Fault> {
        let mut told = Vec::with_capacity(words.len());
        for word in words {
            let label = self.word(tx, case, field, &word)?.unwrap_or_else(|| same(&word));
            told.push(WordView { word, label });
        }
        Ok(told)
    }

    fn word(&mut self, tx: &mut Tx<'_>, case: Option<&Case>, field: &str, word: &str) -> Result<Option<Text>, Fault> {
        Ok(match field {
            "role" => self.roles.role.get(word).map(|role| Text { zh: role.zh.clone(), en: role.en.clone() }),
            "permissions" | "permission" => self.roles.permission.get(word).cloned(),
            "state" => {
                let Some(case) = case else { return Ok(None) };
                let engine = Arc::clone(Engine::from_tx(tx)?);
                let book = engine.books().by_id(tx, &engine, case.rulebook)?;
                book.book.state(word).map(|state| state.label.clone())
            }
            "remark" | "buyer_remark" => {
                let Some((case, id)) = case.zip(word.parse::<RowId>().ok()) else { return Ok(None) };
                xr_orders::queries::remark_text(tx, case.id, id)?.map(|text| same(&text))
            }
            "user" => {
                let Ok(user) = word.parse::<UserId>() else { return Ok(None) };
                self.person(tx, user)?.map(|(name, _)| same(&name))
            }
            _ => text(self.texts, &format!("oplog.word.{word}"), &[]),
        })
    }
}

fn calendar_page(body: &Value) -> Option<String> {
    let region = body.get("region")?.as_str()?;
    let year = body.get("year")?;
    Some(format!("/calendars/{region}/{year}"))
}
