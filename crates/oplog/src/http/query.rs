//! Reading what is looked for.

use crate::filter::{Filter, Named, Who, masked, named};
use crate::search::{object, person};
use serde::Deserialize;
use xr_base::{Fault, Instant, Problem, Scope, UserId};
use xr_store::Tx;

/// Longest text that names an object, in bytes.
const OBJECT_BYTES_MAX: usize = 64;

/// The filters of the log.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogQuery {
    who: Option<String>,
    what: Option<String>,
    object: Option<String>,
    from: Option<String>,
    to: Option<String>,
    address: Option<String>,
}

/// Filters that can be understood; whom and what they mean stands in the database.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    filter: Filter,
    user: Option<UserId>,
    object: Option<String>,
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn time(text: Option<&String>, field: &str) -> Result<Option<Instant>, Problem> {
    let bad = |_| Problem::new(422, "oplog.bad_time").field(field);
    given(text).map(Instant::parse).transpose().map_err(bad)
}

impl LogQuery {
    /// # Errors
    /// 422 for a filter that cannot be understood.
    pub(crate) fn read(&self, scope: Scope) -> Result<Asked, Problem> {
        let who = given(self.who.as_ref()).unwrap_or_default();
        let user = who.parse::<UserId>().ok();
        let word = if user.is_some() { Some(Who::Staff) } else { Who::from_word(who) };
        let who = word.ok_or_else(|| Problem::new(422, "oplog.bad_who").field("who"))?;
        if !who.is_staff() && scope != Scope::Platform {
            return Err(Problem::new(422, "oplog.platform_only").field("who"));
        }
        let is_kind =
            |what: &str| what.len() <= 64 && what.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'.');
        let what = given(self.what.as_ref());
        if what.is_some_and(|what| !is_kind(what)) {
            return Err(Problem::new(422, "oplog.bad_what").field("what"));
        }
        let object = given(self.object.as_ref());
        if object.is_some_and(|object| object.len() > OBJECT_BYTES_MAX) {
            return Err(Problem::new(422, "oplog.bad_object").field("object"));
        }
        let filter = Filter {
            who,
            what: what.map(str::to_owned),
            object: None,
            from: time(self.from.as_ref(), "from")?,
            to: time(self.to.as_ref(), "to")?,
            address: given(self.address.as_ref()).map(masked).transpose()?,
            is_outsider: scope != Scope::Platform,
        };
        Ok(Asked { filter, user, object: object.map(str::to_owned) })
    }
}

impl Asked {
    /// For the record: what was looked for; of a text that is no id only that there was one, for it may be anything.
    pub(crate) fn told(&self) -> serde_json::Value {
        let object = self.object.as_deref().map(|text| match named(text) {
            Named::Number(_) => "number",
            Named::Case(_) | Named::Thing(_) => text,
        });
        serde_json::json!({
            "user": self.user, "what": self.filter.what, "object": object, "from": self.filter.from, "to": self.filter.to,
            "address": self.filter.address,
        })
    }

    /// The filter; none where nothing can be found, because what it names is not there or not the reader's.
    ///
    /// # Errors
    /// A store fault.
    pub(crate) fn filter(&self, tx: &mut Tx<'_>, scope: Scope) -> Result<Option<Filter>, Fault> {
        let mut filter = self.filter.clone();
        if let Some(user) = self.user {
            let Some(who) = person(tx, scope, user)? else { return Ok(None) };
            filter.who = who;
        }
        if let Some(text) = &self.object {
            filter.object = Some(object(tx, scope, named(text))?);
        }
        Ok(Some(filter))
    }
}
