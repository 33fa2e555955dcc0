//! Reading what the desk keeps.

use super::model::{BadRowStored, ImportRow, SourceRow};
use super::sealed;
use super::table::Bytes;
use std::io::Read;
use xr_base::{Fault, ImportId, Scope, SkuId, SourceId};
use xr_store::{Store, Tx, params, record, sql};

/// An import that `scope` may see.
pub(crate) fn import(tx: &mut Tx<'_>, scope: Scope, id: ImportId) -> Result<Option<ImportRow>, Fault> {
    Ok(tx.opt_scoped(
        sql!(
            "SELECT i.id, i.merchant_org, i.user_id, i.file_name, i.size_bytes, i.format, i.row_count, i.has_file, i.state,
             i.source_id, i.shop_id, i.settings, i.is_dry, i.done, i.total, i.counts, i.failure, i.created_at,
             i.uploaded_at, i.ended_at
             FROM (SELECT imports.*, CAST(NULL AS BIGINT) AS buyer_id FROM imports) i
             WHERE {ORG:i.} AND i.id = ?2 AND i.state <> 'uploading'"
        ),
        scope,
        params![id],
    )?)
}

/// Imports that `scope` may see, the newest first, below `before`.
pub(crate) fn imports(tx: &mut Tx<'_>, scope: Scope, before: i64, limit: i64) -> Result<Vec<ImportRow>, Fault> {
    Ok(tx.all_scoped(
        sql!(
            "SELECT i.id, i.merchant_org, i.user_id, i.file_name, i.size_bytes, i.format, i.row_count, i.has_file, i.state,
             i.source_id, i.shop_id, i.settings, i.is_dry, i.done, i.total, i.counts, i.failure, i.created_at,
             i.uploaded_at, i.ended_at
             FROM (SELECT imports.*, CAST(NULL AS BIGINT) AS buyer_id FROM imports) i
             WHERE {ORG:i.} AND i.id < ?2 AND i.state <> 'uploading' ORDER BY i.id DESC LIMIT ?3"
        ),
        scope,
        params![before, limit],
    )?)
}

/// Sources that `scope` may see, by name.
pub(crate) fn sources(tx: &mut Tx<'_>, scope: Scope) -> Result<Vec<SourceRow>, Fault> {
    Ok(tx.all_scoped(
        sql!(
            "SELECT s.id, s.merchant_org, s.shop_id, s.name, s.settings
             FROM (SELECT outside_sources.*, CAST(NULL AS BIGINT) AS buyer_id FROM outside_sources) s
             WHERE {ORG:s.} ORDER BY s.name, s.id LIMIT 500"
        ),
        scope,
        &[],
    )?)
}

/// A source that `scope` may see.
pub(crate) fn source(tx: &mut Tx<'_>, scope: Scope, id: SourceId) -> Result<Option<SourceRow>, Fault> {
    Ok(tx.opt_scoped(
        sql!(
            "SELECT s.id, s.merchant_org, s.shop_id, s.name, s.settings
             FROM (SELECT outside_sources.*, CAST(NULL AS BIGINT) AS buyer_id FROM outside_sources) s
             WHERE {ORG:s.} AND s.id = ?2"
        ),
        scope,
        params![id],
    )?)
}

record! {
    /// A product code of a source with the unit that it means.
    #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
    pub(crate) struct Mapped {
        /// Code in the files.
        pub(crate) code: String,
        /// The unit.
        #[schema(value_type = String)]
        pub(crate) sku: SkuId,
        /// The shop's own code.
        pub(crate) sku_code: String,
        /// Name of the unit.
        pub(crate) title: String,
    }
}

/// Product codes of a source after `after`, in order.
pub(crate) fn products(tx: &mut Tx<'_>, source: SourceId, after: &str, limit: i64) -> Result<Vec<Mapped>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT p.code, p.sku_id, s.code, s.title FROM outside_products p JOIN skus s ON s.id = p.sku_id
             WHERE p.source_id = ?1 AND p.code > ?2 ORDER BY p.code LIMIT ?3 /* unscoped: of a source that was found in scope */"
        ),
        params![source, after, limit],
    )?)
}

/// Rows of the report after `after`, all or those whose first problem has this code.
pub(crate) fn bad_rows(
    tx: &mut Tx<'_>,
    import: ImportId,
    code: Option<&str>,
    (after, limit): (i64, i64),
) -> Result<Vec<BadRowStored>, Fault> {
    let rows = match code {
        None => tx.all(
            sql!(
                "SELECT line, sealed FROM sealed_bad_rows WHERE import_id = ?1 AND line > ?2 ORDER BY line
                 LIMIT ?3 /* unscoped: of an import that was found in scope */"
            ),
            params![import, after, limit],
        )?,
        Some(code) => tx.all(
            sql!(
                "SELECT line, sealed FROM sealed_bad_rows WHERE import_id = ?1 AND code = ?2 AND line > ?3
                 ORDER BY line LIMIT ?4 /* unscoped: of an import that was found in scope */"
            ),
            params![import, code, after, limit],
        )?,
    };
    sealed::bad_rows(tx, import, rows)
}

/// The bytes of an uploaded file, read from the store part by part.
pub(crate) struct Uploaded {
    pub(crate) store: Store,
    pub(crate) import: ImportId,
}

impl Bytes for Uploaded {
    fn reader(&self) -> Box<dyn Read> {
        let (store, import) = (self.store.clone(), self.import);
        Box::new(PartReader { store, import, next: 0, part: Vec::new(), read: 0 })
    }
}

struct PartReader {
    store: Store,
    import: ImportId,
    next: i64,
    part: Vec<u8>,
    read: usize,
}

impl Read for PartReader {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.read == self.part.len() {
            let (import, part) = (self.import, self.next);
            let found = self.store.read_blocking(move |tx| sealed::part(tx, import, part));
            let Some(bytes) = found.map_err(std::io::Error::other)? else { return Ok(0) };
            (self.part, self.read, self.next) = (bytes, 0, self.next + 1);
        }
        let left = &self.part[self.read..];
        let count = left.len().min(into.len());
        into[..count].copy_from_slice(&left[..count]);
        self.read += count;
        Ok(count)
    }
}
