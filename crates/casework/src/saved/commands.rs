//! What people do with their views.

use super::{Filters, List, ViewRow, view};
use serde::Deserialize;
use xr_base::{Fault, Principal, Problem, RowId, StoreError};
use xr_store::{Command, Tx, params, sql};

/// Views of one person, of all lists together.
const VIEWS_MAX: i64 = 50;
/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 40;

/// A view to save.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewView {
    /// Of which list.
    pub(crate) list: List,
    /// 1..=40 characters, once among the person's views of the list.
    pub(crate) name: String,
    /// Query parameters of the list, at least one.
    #[schema(value_type = Object)]
    pub(crate) filters: Filters,
    /// Whether the organisation sees it.
    #[serde(default)]
    pub(crate) is_shared: bool,
}

/// What is to be different.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ViewChanges)]
pub(crate) struct Changes {
    /// Version of the view that the caller has seen.
    pub(crate) version: i64,
    /// Another name.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// Other filters.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub(crate) filters: Option<Filters>,
    /// Whether the organisation sees it from now on.
    #[serde(default)]
    pub(crate) is_shared: Option<bool>,
    /// Place among the person's views of the list, from 0.
    #[serde(default)]
    pub(crate) place: Option<u16>,
}

fn named(name: &str) -> Result<String, Fault> {
    Ok(xr_identity::model::printable("name", name, NAME_CHARS_MAX)?)
}

/// Who belongs to no organisation has nobody to share with.
fn sharing(who: &Principal, is_shared: bool) -> Result<bool, Problem> {
    if is_shared && who.org.is_none() {
        return Err(Problem::new(422, "casework.no_organisation").field("is_shared"));
    }
    Ok(is_shared)
}

fn free_name(tx: &mut Tx<'_>, who: &Principal, (list, name): (List, &str), own: Option<RowId>) -> Result<(), Fault> {
    let taken: Option<(RowId,)> = tx.opt(
        sql!(
            "SELECT id FROM saved_views WHERE user_id = ?1 AND list = ?2 AND name = ?3
             /* unscoped: the person is a parameter */"
        ),
        params![who.user, list, name],
    )?;
    if taken.is_some_and(|(id,)| Some(id) != own) {
        return Err(Problem::new(409, "casework.view_name_taken").field("name").into());
    }
    Ok(())
}

fn text(filters: &Filters) -> Result<String, StoreError> {
    serde_json::to_string(filters).map_err(|e| StoreError::Corrupt(e.to_string()))
}

/// Saves a view, after the person's others.
#[derive(Clone, Debug)]
pub(crate) struct AddView {
    pub(crate) who: Principal,
    pub(crate) new: NewView,
}

impl Command for AddView {
    type Out = RowId;
    const NAME: &'static str = "casework.add_view";

    fn run(&self, tx: &mut Tx<'_>) -> Result<RowId, Fault> {
        let (NewView { list, filters, .. }, who) = (&self.new, &self.who);
        let name = named(&self.new.name)?;
        list.check(filters)?;
        let is_shared = sharing(who, self.new.is_shared)?;
        let (count, last): (i64, i64) = tx.one(
            sql!(
                "SELECT COUNT(*), COALESCE(MAX(place), -1) FROM saved_views WHERE user_id = ?1
                 /* unscoped: the person is a parameter */"
            ),
            params![who.user],
        )?;
        if count >= VIEWS_MAX {
            return Err(Problem::new(409, "casework.too_many_views").with("max", VIEWS_MAX).into());
        }
        free_name(tx, who, (*list, &name), None)?;
        let (id, now) = (tx.id::<RowId>(), tx.now());
        tx.put(
            sql!(
                "INSERT INTO saved_views (id, user_id, org_id, list, name, filters, is_shared, place, version, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9) /* unscoped: inserting one's own */"
            ),
            params![id, who.user, who.org, list, name, text(filters)?, is_shared, last + 1, now],
        )?;
        Ok(id)
    }
}

/// A view that is the caller's own, as they have seen it.
fn own(tx: &mut Tx<'_>, who: &Principal, (id, version): (RowId, i64)) -> Result<ViewRow, Fault> {
    let row = view(tx, who, id)?;
    if row.user_id != who.user {
        return Err(Problem::new(403, "casework.not_your_view").into());
    }
    if row.version != version {
        return Err(Problem::new(409, "casework.view_changed").field("version").into());
    }
    Ok(row)
}

/// Renames, refilters, shares or moves a view.
#[derive(Clone, Debug)]
pub(crate) struct ChangeView {
    pub(crate) who: Principal,
    pub(crate) view: RowId,
    pub(crate) changes: Changes,
}

impl Command for ChangeView {
    type Out = ();
    const NAME: &'static str = "casework.change_view";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let Changes { version, name, filters, is_shared, place } = &self.changes;
        let row = own(tx, &self.who, (self.view, *version))?;
        let name = name.as_deref().map_or(Ok(row.name.clone()), named)?;
        free_name(tx, &self.who, (row.list, &name), Some(row.id))?;
        let filters = match filters {
            Some(filters) => {
                row.list.check(filters)?;
                text(filters)?
            }
            None => row.filters.clone(),
        };
        let is_shared = sharing(&self.who, is_shared.unwrap_or(row.is_shared))?;
        let changed = tx.exec(
            sql!(
                "UPDATE saved_views SET name = ?3, filters = ?4, is_shared = ?5, version = version + 1
                 WHERE id = ?1 AND version = ?2 /* unscoped: found as one's own */"
            ),
            params![row.id, row.version, name, filters, is_shared],
        )?;
        StoreError::compared(changed, "the view")?;
        place.map_or(Ok(()), |place| move_to(tx, &row, place))
    }
}

/// Puts a view at a place among its owner's views of the list.
fn move_to(tx: &mut Tx<'_>, row: &ViewRow, place: u16) -> Result<(), Fault> {
    let found: Vec<(RowId, i64)> = tx.all(
        sql!(
            "SELECT id, place FROM saved_views WHERE user_id = ?1 AND list = ?2 ORDER BY place, name, id
             /* unscoped: the person is a parameter */"
        ),
        params![row.user_id, row.list],
    )?;
    let mut ids: Vec<RowId> = found.iter().map(|(id, _)| *id).filter(|id| *id != row.id).collect();
    ids.insert(usize::from(place).min(ids.len()), row.id);
    // The places are those there were: views of another list keep theirs between them.
    let mut places: Vec<i64> = found.iter().map(|(_, place)| *place).collect();
    places.sort_unstable();
    for (id, place) in ids.into_iter().zip(places) {
        tx.put(
            sql!("UPDATE saved_views SET place = ?2 WHERE id = ?1 AND place <> ?2 /* unscoped: found as one's own */"),
            params![id, place],
        )?;
    }
    Ok(())
}

/// Forgets a view.
#[derive(Clone, Debug)]
pub(crate) struct DeleteView {
    pub(crate) who: Principal,
    pub(crate) view: RowId,
    pub(crate) version: i64,
}

impl Command for DeleteView {
    type Out = ();
    const NAME: &'static str = "casework.delete_view";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let row = own(tx, &self.who, (self.view, self.version))?;
        let gone = tx.exec(
            sql!("DELETE FROM saved_views WHERE id = ?1 AND version = ?2 /* unscoped: found as one's own */"),
            params![row.id, row.version],
        )?;
        Ok(StoreError::compared(gone, "the view")?)
    }
}
