//! What the actors may do to a case now, read from its rulebook, and which of it they do.

use crate::cast;
use crate::coverage::Coverage;
use crate::world::VERIFICATION;
use xr_base::{Actor, CaseId, Fault, Party};
use xr_case::engine::{self, Case, Engine, Field};
use xr_case::model::Rulebook;
use xr_store::Tx;

/// Who makes a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Person(Actor),
    Provider,
    Courier,
}

/// Something that can be tried on a case.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    pub(crate) event: String,
    pub(crate) by: By,
    pub(crate) form: &'static [Field],
    /// Code of why it would be refused now.
    pub(crate) why_not: Option<String>,
}

/// A case with the moves on it.
pub(crate) struct Board {
    pub(crate) case: Case,
    pub(crate) moves: Vec<Move>,
    /// Of a payment: a refund of it is under way.
    is_paying_back: bool,
}

/// Reads the board of a case; persons by `allowed_acts`, providers and couriers by the machine's actor words.
pub(crate) fn board(tx: &mut Tx<'_>, id: CaseId, staff: &[Actor]) -> Result<Board, Fault> {
    let case = engine::get(tx, id)?;
    let mut moves = Vec::new();
    let mut people = staff.to_vec();
    people.extend(case.buyer_id.map(cast::buyer));
    for actor in people {
        let Actor::Person(person) = &actor else { continue };
        for possible in engine::allowed_acts(tx, &case, person)? {
            let by = By::Person(actor.clone());
            moves.push(Move { event: possible.event, by, form: possible.form, why_not: possible.why_not });
        }
    }
    let machinery = Engine::from_tx(tx)?;
    let ready = machinery.books().by_id(tx, machinery, case.rulebook)?;
    moves.extend(outside(ready.book.book(), &case.state));
    let is_paying_back = case.kind == "payment" && {
        let row = xr_payments::queries::payment(tx, id)?;
        row.refunded_minor > row.gone_minor()
    };
    Ok(Board { case, moves, is_paying_back })
}

/// Events that come from outside as signed notices.
fn outside(book: &Rulebook, state: &str) -> Vec<Move> {
    let mut moves = Vec::new();
    for (event, ways) in book.states.get(state).into_iter().flat_map(|s| &s.on) {
        let words = || ways.iter().flat_map(|way| &way.by);
        let is_courier = words().any(|w| book.actors.get(w).is_some_and(|r| r.party == Party::Courier));
        let is_provider = words().any(|w| w == "provider");
        let by = if is_courier { Some(By::Courier) } else { is_provider.then_some(By::Provider) };
        moves.extend(by.map(|by| Move { event: event.clone(), by, form: &[], why_not: None }));
    }
    moves
}

/// Weight of doing nothing, against those of the moves.
const SILENCE: u64 = 12;
/// Weight of what was never done so far in a run.
const NEW: u64 = 60;

/// Weight of what leads to something never done, for the curious; it wanes as it is tried in vain.
const LEADING: u64 = 200;

/// In which mood somebody looks at a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Does what people do.
    Usual,
    /// Goes where something was never done.
    Curious,
    /// Gives the money back, so that a whole order goes back before it moves on.
    Giving,
    /// Leaves the case to others, or to its clock.
    Waiting,
    /// Says no.
    Failing,
    /// Carries the goods to the merchant, who refuses them, and the dispute to the platform.
    Disputing,
}

/// The way of goods that nobody wants.
const DISPUTE: [&str; 7] = ["approve", "book_pickup", "picked", "signed", "refuse", "escalate", "send_back"];

/// Weights of the moves, the last one that of silence.
pub(crate) fn weights(board: &Board, coverage: &Coverage, book: &xr_case::Compiled, mood: Mood) -> Vec<u64> {
    let Case { kind, state, .. } = &board.case;
    let is_curious = mood == Mood::Curious;
    let pull = |event: &str| {
        let tried = if is_curious { coverage.leads_on(kind, state, event) } else { None };
        tried.map_or(0, |times| LEADING / (1 + times / 2))
    };
    let is_mute = board.case.buyer_id.is_some_and(cast::is_mute);
    let weight = |m: &Move| {
        if is_mute && m.event == "fill_waybill" {
            return 0;
        }
        let is_meant = match mood {
            Mood::Giving => matches!(m.event.as_str(), "approve" | "succeeded"),
            Mood::Disputing => DISPUTE.contains(&m.event.as_str()),
            Mood::Failing => m.event == "failed",
            Mood::Usual | Mood::Curious | Mood::Waiting => false,
        };
        if is_meant {
            return 10 * LEADING;
        }
        let usual = if board.is_paying_back && m.event == "chargeback" { NEW } else { habit(kind, &m.event) };
        // A form that is not filled in is seldom sent.
        if kind == VERIFICATION && m.why_not.is_some() {
            return 1;
        }
        if coverage.is_new(kind, state, &m.event) { NEW } else { usual + pull(&m.event) }
    };
    let mut weights: Vec<u64> = board.moves.iter().map(weight).collect();
    let clocks = book.state(state).into_iter().flat_map(|s| s.clocks.values());
    let silence_leads = clocks.map(|rule| pull(&rule.event)).max().unwrap_or(0);
    // Money that lies well is left alone by most.
    let rests = kind == "payment" && matches!(state.as_str(), "captured" | "settled");
    weights.push(if mood == Mood::Waiting {
        10 * LEADING
    } else if coverage.is_silence_new(book, state) {
        2 * NEW
    } else if rests {
        150
    } else {
        SILENCE + silence_leads
    });
    weights
}

/// How likely people do something that has been seen before.
fn habit(kind: &str, event: &str) -> u64 {
    match (kind, event) {
        // Drafts are there to be handed in; most of what is handed in is in order.
        ("verification", "submit") => 600,
        ("verification", "approve" | "resubmit" | "documents" | "confirmed") => 30,
        // Two persons have a day for it, and meet at a case by chance.
        ("verification", "unfreeze" | "request_unblock" | "unblock") => 300,
        // Seldom of interest to anybody, but for a life long.
        ("verification", "report_change" | "upgrade_to_enterprise" | "freeze") => 40,
        ("payment", "submit" | "captured") | (_, "ship_all" | "delivered") => 60,
        (
            _,
            "ship_part" | "ship_rest" | "approve" | "reshipped" | "fill_waybill" | "picked" | "signed" | "succeeded"
            | "accept",
        ) => 20,
        (_, "withdraw" | "cancel_pickup" | "modify" | "not_ok" | "reapply" | "platform_take") => 3,
        (_, "chargeback" | "declined" | "cancel" | "reject" | "hold" | "lost" | "refused" | "edit" | "settle") => 2,
        _ => 8,
    }
}
