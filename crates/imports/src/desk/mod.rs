//! The import desk: files of other platforms, uploaded by a merchant, become orders; nothing is lost and nothing comes twice.
//!
//! A file is read as a table ([`table`], [`sheet`]), its columns mean what the settings of its source say ([`settings`],
//! [`cells`]), its rows make orders ([`plan`]), and orders are judged and written step by step ([`judge`], [`steps`],
//! [`worker`]). What makes no order is reported row by row and can be corrected and sent in again ([`report`]).

pub(crate) mod cells;
pub(crate) mod commands;
pub(crate) mod forget;
mod judge;
pub(crate) mod model;
mod plan;
pub(crate) mod queries;
mod quota;
pub(crate) mod report;
mod sealed;
pub(crate) mod settings;
mod sheet;
mod spool;
mod steps;
pub(crate) mod table;
mod values;
mod worker;

pub use forget::{DeleteForgotten, ForgetFiles, delete_forgotten};
pub use model::{Counts, State};
pub use quota::{UPLOAD_BYTES, UploadQuota};
pub use sealed::SEALED_FILES;
pub use worker::{run_next, work};
