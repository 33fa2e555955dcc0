//! Routes of cases: thin, no decisions.

mod board;
mod calendars;
mod cases;
mod packs;
mod replays;
mod saved;

pub use cases::page;

use crate::CALENDARS;
use crate::replays::PERMISSION;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, Routes};

/// The clock board, case pages and acts, lists by state, packs.
pub fn routes() -> Routes {
    Routes::new()
        .add(Access::SignedIn, routes!(board::board))
        .add(Access::SignedIn, routes!(board::states))
        .add(Access::SignedIn, routes!(cases::show))
        .add(Access::SignedIn, routes!(cases::act))
        .add(Access::SignedIn, routes!(cases::after_sales))
        .add(Access::SignedIn, routes!(packs::list))
        .add(Access::SignedIn, routes!(packs::check_pack))
        .add(Access::SignedIn, routes!(packs::show))
        .add(Access::SignedIn, routes!(packs::graph))
        .add(Access::May("packs.read"), routes!(calendars::list))
        .add(Access::May("packs.read"), routes!(calendars::show))
        .add(Access::May(CALENDARS), routes!(calendars::preview))
        .add(Access::May(CALENDARS), routes!(calendars::save))
        .add(Access::May(PERMISSION), routes!(replays::ask))
        .add(Access::May(PERMISSION), routes!(replays::list))
        .add(Access::May(PERMISSION), routes!(replays::show))
        .add(Access::May(PERMISSION), routes!(replays::courses))
        .add(Access::SignedIn, routes!(replays::differences))
        .add(Access::SignedIn, routes!(saved::list, saved::add))
        .add(Access::SignedIn, routes!(saved::change, saved::delete))
}
