//! What people do at the desk: upload, name a source, want a run.

use super::model::{Counts, State, json, read};
use super::settings::Settings;
use super::table::Format;
use super::{queries, quota, sealed};
use serde::{Deserialize, Serialize};
use xr_base::{Actor, Fault, ImportId, OrgId, Problem, Scope, ShopId, SkuId, SourceId, StoreError, UserId};
use xr_store::{Command, Tx, params, sql};

/// Permission of everything here.
pub(crate) const PERMISSION: &str = "imports.manage";
/// Longest name of a source or file, in characters.
const NAME_CHARS_MAX: usize = 100;

/// Person and organisation of a merchant's person who may import.
pub(super) fn merchant(actor: &Actor) -> Result<(UserId, OrgId), Problem> {
    xr_identity::authorise(actor, PERMISSION)?;
    match actor {
        Actor::Person(person) => {
            let forbidden = || Problem::new(403, "web.forbidden").with("permission", PERMISSION);
            Ok((person.user, person.org.ok_or_else(forbidden)?))
        }
        _ => Err(Problem::new(403, "web.forbidden").with("permission", PERMISSION)),
    }
}

pub(super) fn not_found() -> Problem {
    Problem::new(404, "web.not_found")
}

/// Makes room for the bytes of a file.
pub(crate) struct BeginUpload {
    pub(crate) actor: Actor,
    pub(crate) file_name: String,
}

impl Command for BeginUpload {
    type Out = (ImportId, OrgId);
    const NAME: &'static str = "imports.begin_upload";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(ImportId, OrgId), Fault> {
        let (user, org) = merchant(&self.actor)?;
        quota::check(tx, org)?;
        let printable = self.file_name.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX);
        let (id, now, wall, name) = (tx.id::<ImportId>(), tx.now(), tx.wall(), printable.collect::<String>());
        tx.put(
            sql!(
                "INSERT INTO imports (id, merchant_org, user_id, file_name, size_bytes, format, row_count, has_file, state,
                 settings, is_dry, done, total, counts, failure, created_at, uploaded_at)
                 VALUES (?1, ?2, ?3, ?4, 0, '', 0, 1, 'uploading', '', 1, -1, 0, ?5, '', ?6, ?7)
                 /* unscoped: inserting after authorisation */"
            ),
            params![id, org, user, name, json(&Counts::default())?, now, wall],
        )?;
        Ok((id, org))
    }
}

/// Keeps bytes of a file.
pub(crate) struct AddPart {
    /// Whose quota it counts for.
    pub(crate) org: OrgId,
    pub(crate) import: ImportId,
    pub(crate) part: i64,
    pub(crate) bytes: Vec<u8>,
}

impl Command for AddPart {
    type Out = ();
    const NAME: &'static str = "imports.add_part";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let size = i64::try_from(self.bytes.len()).unwrap_or(i64::MAX);
        // The row stays locked until the commit: nobody forgets the upload between this and the part.
        let counted = tx.exec(
            sql!(
                "UPDATE imports SET size_bytes = size_bytes + ?2 WHERE id = ?1 AND state = 'uploading' AND has_file = 1
                 /* unscoped: the id was drawn for this upload */"
            ),
            params![self.import, size],
        )?;
        if counted == 0 {
            return Err(Problem::new(409, "imports.upload_ended").field("file").into());
        }
        quota::check(tx, self.org)?;
        sealed::put_part(tx, self.import, self.part, &self.bytes)
    }
}

/// The file is whole: how it is written and how many rows it has.
pub(crate) struct EndUpload {
    pub(crate) import: ImportId,
    pub(crate) format: Format,
    pub(crate) rows: u64,
}

impl Command for EndUpload {
    type Out = ();
    const NAME: &'static str = "imports.end_upload";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let ended = tx.exec(
            sql!(
                "UPDATE imports SET format = ?2, row_count = ?3, state = 'uploaded'
                 WHERE id = ?1 AND state = 'uploading' AND has_file = 1 /* unscoped: the id was drawn for this upload */"
            ),
            params![self.import, json(&self.format)?, i64::try_from(self.rows).unwrap_or(i64::MAX)],
        )?;
        if ended == 1 { Ok(()) } else { Err(Problem::new(409, "imports.upload_ended").field("file").into()) }
    }
}

/// Reads the file another way from now on.
pub(crate) struct SetFormat {
    pub(crate) actor: Actor,
    pub(crate) import: ImportId,
    pub(crate) format: Format,
    pub(crate) rows: u64,
}

impl Command for SetFormat {
    type Out = ();
    const NAME: &'static str = "imports.set_format";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let (_, org) = merchant(&self.actor)?;
        let changed = tx.exec(
            sql!(
                "UPDATE imports SET format = ?3, row_count = ?4, state = 'uploaded'
                 WHERE id = ?1 AND merchant_org = ?2 AND state IN ('uploaded', 'checked', 'failed')
                 /* unscoped: the organisation is a parameter */"
            ),
            params![self.import, org, json(&self.format)?, i64::try_from(self.rows).unwrap_or(i64::MAX)],
        )?;
        if changed == 1 { Ok(()) } else { Err(Problem::new(409, "imports.is_busy").into()) }
    }
}

/// What a source is called, where its orders go, and what its columns mean.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSource {
    /// 1..=100 characters, once an organisation.
    pub name: String,
    /// A shop of the organisation.
    #[schema(value_type = String)]
    pub shop: ShopId,
    /// What its columns mean.
    pub settings: Settings,
}

/// Adds a source, or changes one; its shop stays.
pub(crate) struct PutSource {
    pub(crate) actor: Actor,
    pub(crate) id: Option<SourceId>,
    pub(crate) new: NewSource,
}

impl Command for PutSource {
    type Out = SourceId;
    const NAME: &'static str = "imports.put_source";

    fn run(&self, tx: &mut Tx<'_>) -> Result<SourceId, Fault> {
        let (_, org) = merchant(&self.actor)?;
        let known = match self.id {
            Some(id) => Some(queries::source(tx, Scope::Merchant(org), id)?.ok_or_else(not_found)?),
            None => None,
        };
        let name = xr_identity::model::printable("name", &self.new.name, NAME_CHARS_MAX)?;
        self.new.settings.check()?;
        let shop = xr_identity::queries::shop(tx, self.new.shop)?.filter(|shop| shop.merchant_org == org);
        let shop = shop.ok_or_else(|| Problem::new(422, "imports.no_such_shop").field("shop"))?;
        if known.as_ref().is_some_and(|known| known.shop_id != shop.id) {
            return Err(Problem::new(422, "imports.shop_stays").field("shop").into());
        }
        let taken: Option<(SourceId,)> = tx.opt(
            sql!(
                "SELECT id FROM outside_sources WHERE merchant_org = ?1 AND name = ?2
                 /* unscoped: the organisation is a parameter */"
            ),
            params![org, name],
        )?;
        if taken.is_some_and(|(id,)| Some(id) != self.id) {
            return Err(Problem::new(409, "imports.name_taken").field("name").into());
        }
        let settings = json(&self.new.settings)?;
        if let Some(known) = known {
            tx.put(
                sql!(
                    "UPDATE outside_sources SET name = ?2, settings = ?3 WHERE id = ?1 /* unscoped: found in scope */"
                ),
                params![known.id, name, settings],
            )?;
            return Ok(known.id);
        }
        let (id, now) = (tx.id::<SourceId>(), tx.now());
        tx.put(
            sql!(
                "INSERT INTO outside_sources (id, merchant_org, shop_id, name, settings, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) /* unscoped: inserting after authorisation */"
            ),
            params![id, org, shop.id, name, settings, now],
        )?;
        Ok(id)
    }
}

/// Which unit of the shop a product code of the source means.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProductMapping {
    /// Code in the files of the source, 1..=64 characters.
    pub(crate) code: String,
    /// A unit of the source's shop; none takes the meaning away.
    #[schema(value_type = Option<String>)]
    pub(crate) sku: Option<SkuId>,
}

/// Says what a product code means, for files to come.
pub(crate) struct MapProduct {
    pub(crate) actor: Actor,
    pub(crate) source: SourceId,
    pub(crate) new: ProductMapping,
}

impl Command for MapProduct {
    type Out = ();
    const NAME: &'static str = "imports.map_product";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let (_, org) = merchant(&self.actor)?;
        let source = queries::source(tx, Scope::Merchant(org), self.source)?.ok_or_else(not_found)?;
        let code = super::values::code(&self.new.code, super::cells::CODE_CHARS_MAX).ok().filter(|c| !c.is_empty());
        let code = code.ok_or_else(|| Problem::new(422, "imports.bad_setting").field("code"))?;
        tx.put(
            sql!("DELETE FROM outside_products WHERE source_id = ?1 AND code = ?2 /* unscoped: found in scope */"),
            params![source.id, code],
        )?;
        let Some(sku) = self.new.sku else { return Ok(()) };
        let of_shop = xr_catalog::queries::sku(tx, sku)?.is_some_and(|sku| sku.shop_id == source.shop_id);
        if !of_shop {
            return Err(Problem::new(422, "imports.no_such_sku").field("sku").into());
        }
        tx.put(
            sql!("INSERT INTO outside_products (source_id, code, sku_id) VALUES (?1, ?2, ?3) /* unscoped: found in scope */"),
            params![source.id, code, sku],
        )?;
        Ok(())
    }
}

/// Wants a run of an import; the desk's worker does it.
pub(crate) struct Start {
    pub(crate) actor: Actor,
    pub(crate) import: ImportId,
    pub(crate) source: SourceId,
    pub(crate) is_dry: bool,
    /// Header of the file, read before.
    pub(crate) headers: Vec<String>,
}

impl Command for Start {
    type Out = ();
    const NAME: &'static str = "imports.start";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let (_, org) = merchant(&self.actor)?;
        let scope = Scope::Merchant(org);
        let import = queries::import(tx, scope, self.import)?.ok_or_else(not_found)?;
        let no_source = || Problem::new(422, "imports.no_such_source").field("source");
        let source = queries::source(tx, scope, self.source)?.ok_or_else(no_source)?;
        match import.state {
            State::Done => return Err(Problem::new(409, "imports.is_done").into()),
            state if !state.is_open() => return Err(Problem::new(409, "imports.is_busy").into()),
            _ if !import.has_file => return Err(Problem::new(409, "imports.is_forgotten").into()),
            _ => {}
        }
        let settings: Settings = read(&source.settings)?;
        super::cells::Reader::new(&settings, &self.headers, xr_base::Instant(i64::MAX)).map_err(|unclear| {
            Problem::new(422, &format!("imports.{}", unclear.code)).field("source").with("value", unclear.name)
        })?;
        let started = tx.exec(
            sql!(
                "UPDATE imports SET state = 'waiting', source_id = ?2, shop_id = ?3, settings = ?4, is_dry = ?5, done = -1,
                 total = 0, counts = ?6, failure = '', ended_at = NULL WHERE id = ?1 AND state = ?7 AND has_file = 1
                 /* unscoped: found in scope */"
            ),
            params![
                import.id,
                source.id,
                source.shop_id,
                source.settings,
                self.is_dry,
                json(&Counts::default())?,
                import.state
            ],
        )?;
        Ok(StoreError::compared(started, "the import")?)
    }
}
