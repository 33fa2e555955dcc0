//! What is shown of imports.

use crate::desk::cells::RowProblem;
use crate::desk::model::{BadRowStored, Counts, ImportRow, SourceRow, State, read};
use crate::desk::settings::Settings;
use crate::desk::table::Format;
use crate::desk::{queries, report};
use crate::issue::text;
use serde::Serialize;
use std::collections::BTreeMap;
use xr_base::locale::Text;
use xr_base::{Currency, Fault, ImportId, Instant, Locale, Scope, ShopId, SourceId};
use xr_store::Tx;

/// A code with its words.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Worded {
    code: String,
    #[schema(value_type = Object)]
    text: Text,
}

impl Worded {
    fn failure(code: &str) -> Self {
        let params = BTreeMap::from([("value".to_owned(), String::new())]);
        let key = format!("imports.{code}");
        let text = Text { zh: text(Locale::ZhCn, &key, &params), en: text(Locale::En, &key, &params) };
        Self { code: code.to_owned(), text }
    }
}

/// An import.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ImportView {
    #[schema(value_type = String)]
    pub(super) id: ImportId,
    file_name: String,
    size_bytes: i64,
    format: Format,
    /// Rows below the header.
    row_count: i64,
    /// Whether file and bad rows are kept still; 30 days.
    has_file: bool,
    state: State,
    #[schema(value_type = Option<String>)]
    source: Option<SourceId>,
    source_name: Option<String>,
    #[schema(value_type = Option<String>)]
    shop: Option<ShopId>,
    shop_name: Option<String>,
    #[schema(value_type = Option<String>)]
    currency: Option<Currency>,
    is_dry: bool,
    /// Orders judged; -1 while rows are read.
    done: i64,
    /// Orders in all.
    total: i64,
    counts: Counts,
    failure: Option<Worded>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
}

/// The import as its reader may see it.
pub(super) fn import(tx: &mut Tx<'_>, scope: Scope, row: ImportRow) -> Result<ImportView, Fault> {
    let source = row.source_id.map(|id| queries::source(tx, scope, id)).transpose()?.flatten();
    let shop = row.shop_id.map(|id| xr_identity::queries::shop(tx, id)).transpose()?.flatten();
    let (format, counts) = (row.format()?, row.counts()?);
    Ok(ImportView {
        id: row.id,
        file_name: row.file_name,
        size_bytes: row.size_bytes,
        format,
        row_count: row.row_count,
        has_file: row.has_file,
        state: row.state,
        source: row.source_id,
        source_name: source.map(|source| source.name),
        shop: row.shop_id,
        currency: shop.as_ref().map(|shop| shop.currency),
        shop_name: shop.map(|shop| shop.name),
        is_dry: row.is_dry,
        done: row.done,
        total: row.total,
        counts,
        failure: Some(row.failure).filter(|code| !code.is_empty()).map(|code| Worded::failure(&code)),
        created_at: row.created_at,
        ended_at: row.ended_at,
    })
}

/// A problem of a row in words.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ProblemView {
    /// Header of the column, where one is to blame.
    column: Option<String>,
    code: String,
    #[schema(value_type = Object)]
    text: Text,
}

/// A bad row.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct BadRowView {
    /// Line in the text, or row of the sheet.
    pub(super) line: i64,
    problems: Vec<ProblemView>,
    cells: Vec<String>,
}

pub(super) fn bad_row(row: &BadRowStored) -> Result<BadRowView, Fault> {
    let problems: Vec<RowProblem> = read(&row.problems)?;
    let problem = |p: RowProblem| ProblemView { text: report::words(&p), column: p.column, code: p.code };
    Ok(BadRowView { line: row.line, problems: problems.into_iter().map(problem).collect(), cells: read(&row.cells)? })
}

/// A source.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SourceView {
    #[schema(value_type = String)]
    id: SourceId,
    name: String,
    #[schema(value_type = String)]
    shop: ShopId,
    settings: Settings,
}

pub(super) fn source(row: SourceRow) -> Result<SourceView, Fault> {
    Ok(SourceView { id: row.id, name: row.name, shop: row.shop_id, settings: read(&row.settings)? })
}

/// How a file reads.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Preview {
    pub(super) format: Format,
    /// Sheets of a workbook.
    pub(super) sheets: Vec<String>,
    pub(super) headers: Vec<String>,
    /// The first rows below the header.
    pub(super) rows: Vec<PreviewRow>,
    /// Rows below the header in all.
    pub(super) row_count: i64,
    /// What the columns probably mean.
    #[schema(value_type = Object)]
    pub(super) guess: serde_json::Value,
}

/// A row of the preview.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PreviewRow {
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
    /// Code of what is wrong with it as a row of text.
    pub(super) broken: Option<&'static str>,
}
