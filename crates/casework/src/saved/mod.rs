//! Saved views: the filters of a list under a name. They belong to a person, who may show them to their organisation; nobody else sees them.

mod commands;

pub(crate) use commands::{AddView, ChangeView, Changes, DeleteView, NewView};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use xr_base::{Fault, Principal, Problem, RowId, UserId};
use xr_store::{Tx, params, record, sql};

/// Longest value of a filter, in characters.
const VALUE_CHARS_MAX: usize = 200;

/// Lists that have views.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ViewList)]
pub(crate) enum List {
    /// `/v1/orders`.
    Orders,
    /// `/v1/aftersales`.
    Aftersales,
}

impl List {
    /// Word in tables and the API.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Aftersales => "aftersales",
        }
    }

    /// The list with this word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Orders, Self::Aftersales].into_iter().find(|list| list.word() == word)
    }

    /// What it can be filtered by; a page's place is no filter.
    const fn filters(self) -> &'static [&'static str] {
        match self {
            Self::Orders => &["q", "shop", "state"],
            Self::Aftersales => &["kind", "state"],
        }
    }

    /// Whether a view of this list can have these filters.
    ///
    /// # Errors
    /// 422 naming the filter.
    pub(crate) fn check(self, filters: &Filters) -> Result<(), Problem> {
        if filters.is_empty() {
            return Err(Problem::new(422, "casework.empty_view").field("filters"));
        }
        for (name, value) in filters {
            let field = format!("filters/{name}");
            if !self.filters().contains(&name.as_str()) {
                return Err(Problem::new(422, "casework.unknown_filter").field(&field).with("name", name));
            }
            let length = value.chars().count();
            if !(1..=VALUE_CHARS_MAX).contains(&length) || value.chars().any(char::is_control) {
                let bad = Problem::new(422, "casework.bad_filter").field(&field);
                return Err(bad.with("name", name).with("max", VALUE_CHARS_MAX));
            }
        }
        Ok(())
    }
}

xr_base::stored_as_word!(List);

/// Query parameters of a list.
pub(crate) type Filters = BTreeMap<String, String>;

record! {
    /// A view as stored.
    #[derive(Clone, Debug)]
    pub(crate) struct ViewRow {
        pub(crate) id: RowId,
        pub(crate) user_id: UserId,
        pub(crate) list: List,
        pub(crate) name: String,
        pub(crate) filters: String,
        pub(crate) is_shared: bool,
        pub(crate) version: i64,
        pub(crate) owner_name: Option<String>,
    }
}

/// Views of a list that somebody sees: their own in their order, then those that others of their organisation share, by name.
pub(crate) fn views(tx: &mut Tx<'_>, who: &Principal, list: List) -> Result<Vec<ViewRow>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT v.id, v.user_id, v.list, v.name, v.filters, v.is_shared, v.version, u.name
             FROM saved_views v LEFT JOIN users u ON u.id = v.user_id
             WHERE v.list = ?1 AND (v.user_id = ?2 OR (v.is_shared = 1 AND v.org_id = ?3))
             ORDER BY CASE WHEN v.user_id = ?2 THEN 0 ELSE 1 END, CASE WHEN v.user_id = ?2 THEN v.place ELSE 0 END, v.name, v.id
             LIMIT 500 /* unscoped: person and organisation are parameters */"
        ),
        params![list, who.user, who.org],
    )?)
}

/// A view that somebody sees.
///
/// # Errors
/// `web.not_found`.
pub(crate) fn view(tx: &mut Tx<'_>, who: &Principal, id: RowId) -> Result<ViewRow, Fault> {
    let found: Option<ViewRow> = tx.opt(
        sql!(
            "SELECT v.id, v.user_id, v.list, v.name, v.filters, v.is_shared, v.version, u.name
             FROM saved_views v LEFT JOIN users u ON u.id = v.user_id
             WHERE v.id = ?1 AND (v.user_id = ?2 OR (v.is_shared = 1 AND v.org_id = ?3))
             /* unscoped: person and organisation are parameters */"
        ),
        params![id, who.user, who.org],
    )?;
    Ok(found.ok_or_else(|| Problem::new(404, "web.not_found"))?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn refused(list: List, filters: &[(&str, &str)]) -> Option<(String, Option<String>)> {
        let filters = filters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        list.check(&filters).err().map(|problem| (problem.code, problem.field))
    }

    #[test]
    fn a_view_has_filters_that_its_list_knows() {
        assert_eq!(refused(List::Orders, &[("state", "paid"), ("q", "x"), ("shop", "y")]), None);
        assert_eq!(refused(List::Aftersales, &[("kind", "exchange")]), None);
        let told = |code: &str, field: &str| Some((format!("casework.{code}"), Some(field.to_owned())));
        assert_eq!(refused(List::Orders, &[("kind", "exchange")]), told("unknown_filter", "filters/kind"));
        assert_eq!(refused(List::Aftersales, &[("q", "x")]), told("unknown_filter", "filters/q"));
        assert_eq!(refused(List::Orders, &[("after", "x")]), told("unknown_filter", "filters/after"));
        assert_eq!(refused(List::Orders, &[]), told("empty_view", "filters"));
        for bad in ["", "a\nb", &"x".repeat(201)] {
            assert_eq!(refused(List::Orders, &[("q", bad)]), told("bad_filter", "filters/q"));
        }
    }
}
