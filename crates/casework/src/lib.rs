//! Cases as people see them: the clock board, the case page with its acts, lists by state, and the rules behind them.

mod acts;
pub mod http;
mod places;
mod queries;
pub mod replays;
mod rules;
mod saved;
mod view;

pub use acts::{ActOnCase, NOTE_CHARS_MAX};
pub use places::{Place, merged, places};
pub use queries::{AFTER_SALES, AfterSales, Counted, after_sales, count_up_to};
pub use rules::RuleShelf;
pub use view::{CaseHead, CaseSummary, CaseView, Look, NextView, WhyNot, summary, view};

xr_store::migrations! { 1250 "replays", 1260 "saved_views" }

/// Who may correct day tables.
const CALENDARS: &str = "calendars.edit";

/// Texts of this slice's problems.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("casework");
