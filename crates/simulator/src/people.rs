//! What people do: order, look at a case, apply, file evidence, click twice, come too late, try what is not theirs.

use crate::Wrong;
use crate::agenda::Thing;
use crate::cast::{self, Buyer, Shop};
use crate::commands::Do;
use crate::moves::{self, Board, By, Mood, Move};
use crate::plain;
use crate::world::{Manner, VERIFICATION, World};
use xr_aftersales::{AddEvidence, Application, Apply, CaseKind, Channel, Filing, NewContact, Reason, RecordContact};
use xr_base::{Actor, CaseId, Fault, Instant, Millis, Problem, UserId};
use xr_case::engine::{self, Case};
use xr_orders::{Line, LineWanted, PlaceOrder};
use xr_store::Tx;

const AFTERSALES: [&str; 3] = ["refund_only", "return_refund", "exchange"];
const REASONS: [Reason; 4] = [Reason::Quality, Reason::Damaged, Reason::NotAsDescribed, Reason::Other];

/// Takes a command's answer: refusals with a reason are part of life, everything else is a defect.
pub(crate) fn answer<T>(world: &mut World<'_>, result: Result<T, Fault>) -> Result<Option<T>, Wrong> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Fault::Refused(problem)) if problem.status < 500 => {
            *world.tally.refused.entry(problem.code).or_default() += 1;
            Ok(None)
        }
        Err(fault) => Err(fault.into()),
    }
}

impl World<'_> {
    pub(crate) fn order(&mut self) -> Result<(), Wrong> {
        let Some(buyer) = self.dice.pick(&self.cast.buyers).cloned() else { return Ok(()) };
        let Some(shop) = self.dice.pick(&self.cast.shops).cloned() else { return Ok(()) };
        let is_plain = self.is_plain();
        let mut lines = Vec::new();
        for _ in 0..self.dice.int(1, 2) {
            if let Some(shelf) = self.dice.pick(&shop.shelves) {
                let many = self.dice.int(1, 3);
                let quantity = if is_plain { (many - 1).max(1) } else { many };
                lines.push(LineWanted { sku: shelf.sku, quantity });
            }
        }
        let has_remark = self.dice.chance(if is_plain { 12 } else { 35 });
        let remark = if has_remark { self.words.remark(&mut self.dice) } else { String::new() };
        if let Some(order) = self.place(&shop, &buyer, lines, remark)? {
            self.mine.insert(order);
            self.touched.insert(order);
        }
        Ok(())
    }

    pub(crate) const fn is_plain(&self) -> bool {
        matches!(self.manner, Manner::Plain(_))
    }

    pub(crate) fn place(
        &mut self,
        shop: &Shop,
        buyer: &Buyer,
        lines: Vec<LineWanted>,
        remark: String,
    ) -> Result<Option<CaseId>, Wrong> {
        let source = if self.is_plain() { "portal" } else { "simulator" }.to_owned();
        let (actor, terms, recipient) = (cast::buyer(buyer.user), shop.terms.clone(), buyer.recipient.clone());
        let place = PlaceOrder { actor, buyer: buyer.user, terms, lines, recipient, remark, source };
        let placed = self.store.write_blocking(place);
        let Some(placed) = answer(self, placed)? else { return Ok(None) };
        self.tally.orders += 1;
        Ok(Some(placed.order))
    }

    /// After a case moved: when somebody looks at it next, and what else comes of it.
    pub(crate) fn plan_ahead(&mut self, case: &Case) -> Result<(), Wrong> {
        let now = self.now();
        if case.kind == "payment" || case.kind == "refund" {
            for minutes in [0, 11, 21, 41] {
                if minutes == 0 || case.state == "retry" {
                    self.agenda.enter(now + Millis::minutes(minutes), Thing::Work);
                }
            }
        }
        if case.is_closed() {
            self.outside.note_end(case);
            return Ok(());
        }
        if case.kind == "refund" && case.version == 1 {
            self.look_at_payment(case.id)?;
        }
        let left = case.due_at.map_or(Millis::days(3), |due| due - now);
        let quick = self.dice.span(Millis::minutes(1), Millis::minutes(4));
        let slow = self.dice.span(Millis::minutes(1), Millis(left.0 * 95 / 100));
        let hurried = self.hurried_at(case).map(|at| at - Millis::minutes(30) - now).filter(|delay| delay.0 > 0);
        let delay = if let Some(delay) = hurried {
            delay
        } else if self.dice.chance(40) {
            quick
        } else {
            slow
        };
        self.agenda.enter(now + delay, Thing::Visit { case: case.id, version: case.version });
        let sometime = now + self.dice.span(Millis::minutes(1), Millis(left.0 / 2));
        if case.kind == "order" && self.is_return_new(&case.state) && self.dice.chance(50) {
            self.agenda.enter(now + self.dice.span(Millis(0), Millis::minutes(9)), Thing::Apply { order: case.id });
        }
        if case.kind == "order" {
            let is_near = matches!(case.state.as_str(), "shipped" | "delivered" | "completed");
            if case.state != "pending_payment" && self.dice.chance(if is_near { 50 } else { 15 }) {
                self.agenda.enter(sometime, Thing::Apply { order: case.id });
            }
            if is_near && self.dice.chance(60) {
                self.agenda.enter(sometime, Thing::Scan { case: case.id });
            }
        } else if AFTERSALES.contains(&case.kind.as_str()) && self.dice.chance(30) {
            self.agenda.enter(sometime, Thing::Speak { case: case.id });
        }
        Ok(())
    }

    /// Money that starts to go back is a reason for the payer's bank to look at the payment.
    fn look_at_payment(&mut self, refund: CaseId) -> Result<(), Wrong> {
        let case = self.store.read_blocking(move |tx| Ok(xr_payments::queries::refund(tx, refund)?.payment_id))?;
        let soon = self.now() + self.dice.span(Millis(0), Millis::minutes(20));
        if let Some(version) = self.known.get(&case).map(|known| known.version) {
            self.agenda.enter(soon, Thing::Visit { case, version });
        }
        Ok(())
    }

    /// That a whole order goes back in a state in which that was never seen needs several people to act or to wait.
    fn mood(&mut self, id: CaseId, case: &Case) -> Mood {
        let usual = if self.dice.chance(60) { Mood::Curious } else { Mood::Usual };
        if case.kind == "order" {
            let is_applied = self.known.get(&id).is_some_and(|order| order.has_aftersales);
            return if is_applied && self.is_return_new(&case.state) { Mood::Waiting } else { usual };
        }
        if self.hurried_at(case).is_some_and(|at| at > self.now()) {
            return Mood::Failing;
        }
        if case.kind == "refund" && case.state == "retry" && self.is_hurry_new() {
            return Mood::Waiting;
        }
        // The platform, or silence against a buyer without a word, sends goods back: after a dispute over a fetched parcel.
        let is_ruling_new = self.coverage.is_new(&case.kind, "adjudicating", "send_back");
        let is_silence_new = self.coverage.is_unseen(&case.kind, "adjudicating", "auto_adjudicate", "sending_back");
        if (is_ruling_new || is_silence_new) && case.buyer_id.is_some_and(cast::is_mute) {
            let is_awaited = case.state == "adjudicating" && !is_ruling_new;
            return if is_awaited { Mood::Waiting } else { Mood::Disputing };
        }
        let order = std::iter::successors(Some(id), |id| self.known.get(id)?.parent).last();
        let is_new = order.and_then(|id| self.known.get(&id)).is_some_and(|order| self.is_return_new(&order.state));
        if is_new && matches!(case.kind.as_str(), "refund_only" | "refund") { Mood::Giving } else { usual }
    }

    /// When those who wait for a refund will hurry it, while nobody was ever hurried between two tries.
    fn hurried_at(&self, case: &Case) -> Option<Instant> {
        let is_wanted = case.kind == "refund" && case.state == "unknown" && self.is_hurry_new();
        self.known.get(&case.parent_id?)?.due.filter(|_| is_wanted)
    }

    pub(crate) fn is_hurry_new(&self) -> bool {
        self.coverage.is_new("refund", "retry", "hurry")
    }

    fn is_return_new(&self, order_state: &str) -> bool {
        self.coverage.is_new("order", order_state, "all_refunded")
    }

    /// Somebody looks at a case and does one of the things that can be done, or nothing.
    pub(crate) fn visit(&mut self, case: CaseId, version: i64) -> Result<(), Wrong> {
        let Some(known) = self.known.get(&case).filter(|k| k.version == version && k.is_open).cloned() else {
            return Ok(());
        };
        // Reviews begun later would wait for working days of a year that nobody has announced.
        if known.org.is_some_and(|org| self.applicants.contains_key(&org)) && self.now() >= self.closed_from {
            return Ok(());
        }
        let mut staff: Vec<Actor> = vec![self.cast.platform.clone()];
        staff.extend(self.cast.merchant(known.org).map(|shop| shop.merchant.clone()));
        if let Some((applicant, _)) = known.org.and_then(|org| self.applicants.get(&org)) {
            staff.extend([applicant.clone(), cast::security()]);
            self.think_of_more(case)?;
        }
        let board = self.store.read_blocking(move |tx| moves::board(tx, case, &staff))?;
        let weights = if self.is_plain() {
            plain::weights(&board)
        } else {
            let mood = self.mood(case, &board.case);
            moves::weights(&board, &self.coverage, &known.book.book, mood)
        };
        let Some(chosen) = self.dice.weighted(&weights).and_then(|i| board.moves.get(i)).cloned() else {
            self.tally.silences += 1;
            return Ok(());
        };
        self.make(&board, &chosen)
    }

    pub(crate) fn make(&mut self, board: &Board, chosen: &Move) -> Result<(), Wrong> {
        match chosen.by.clone() {
            By::Person(actor) => self.act(board, &actor, chosen),
            By::Provider => self.provider_says(&board.case, &chosen.event),
            By::Courier => self.courier_says(&board.case, &chosen.event),
        }
    }

    fn act(&mut self, board: &Board, actor: &Actor, chosen: &Move) -> Result<(), Wrong> {
        let case = &board.case;
        if chosen.why_not.as_deref() == Some("aftersales.reject_needs_evidence") {
            self.file(actor, case.id)?;
            self.call(actor, case.id)?;
        }
        let lines = if case.kind == "order" {
            let id = case.id;
            self.store.read_blocking(move |tx| xr_orders::queries::lines(tx, id))?
        } else {
            Vec::new()
        };
        let is_review = case.kind == VERIFICATION && chosen.event == "approve";
        let input = if is_review {
            self.reading(case)?
        } else {
            self.inputs.fill((&mut self.dice, &self.words), &chosen.event, chosen.form, &lines)
        };
        let version = Some(case.version);
        let this = Do { actor: actor.clone(), case: case.id, event: chosen.event.clone(), version, input };
        if !self.is_plain() && self.dice.chance(3) {
            self.try_as_stranger(case, &this)?;
        }
        let done = self.store.write_blocking(this.clone());
        if answer(self, done)?.is_none() {
            return Ok(());
        }
        self.tally.acts += 1;
        if !self.is_plain() && self.dice.chance(10) {
            self.act_again(this)?;
        }
        Ok(())
    }

    /// The second click of the same button on the same page changes nothing.
    fn act_again(&mut self, again: Do) -> Result<(), Wrong> {
        self.tally.repeats += 1;
        let (event, case) = (again.event.clone(), again.case);
        match self.store.write_blocking(again) {
            Err(Fault::Refused(problem)) if problem.status == 409 => Ok(()),
            other => Err(Wrong(format!("{event} on {case} twice with one version gave {other:?}"))),
        }
    }

    /// The case of another merchant's shop is not there.
    fn try_as_stranger(&mut self, case: &Case, this: &Do) -> Result<(), Wrong> {
        let Some(stranger) = self.cast.stranger(case.merchant_org) else { return Ok(()) };
        self.tally.strangers += 1;
        let theirs = Do { actor: stranger.merchant.clone(), ..this.clone() };
        match self.store.write_blocking(theirs) {
            Err(Fault::Refused(problem)) if problem.status == 404 => Ok(()),
            other => Err(Wrong(format!("a stranger's {} on {} gave {other:?}", this.event, case.id))),
        }
    }

    /// Somebody acts on what was on the page when its clock has run out: 409 with the new state (invariant 8).
    pub(crate) fn act_late(&mut self) -> Result<(), Wrong> {
        let due = self.store.read_blocking(run_out)?;
        let Some(case) = self.dice.pick(&due).copied() else { return Ok(()) };
        let Some(known) = self.known.get(&case).cloned() else { return Ok(()) };
        let on = known.book.book.state(&known.state).map(|s| s.on.keys().cloned().collect::<Vec<_>>());
        let Some(event) = self.dice.pick(&on.unwrap_or_default()).cloned() else { return Ok(()) };
        let everybody: Vec<Actor> = [known.buyer.map(cast::buyer), Some(self.cast.platform.clone())]
            .into_iter()
            .chain([self.cast.merchant(known.org).map(|s| s.merchant.clone())])
            .chain([known.org.and_then(|org| self.applicants.get(&org)).map(|(applicant, _)| applicant.clone())])
            .flatten()
            .collect();
        let Some(actor) = self.dice.pick(&everybody).cloned() else { return Ok(()) };
        self.tally.late_acts += 1;
        let version = Some(known.version);
        let late = Do { actor, case, event, version, input: serde_json::Value::Null };
        let answered = self.store.write_blocking(late);
        let now = self.store.read_blocking(move |tx| engine::get(tx, case))?;
        match answered {
            Err(Fault::Refused(problem)) if is_told(&problem, &now) => Ok(()),
            other => {
                Err(Wrong(format!("late on {} {case}, due {:?}, now {}: {other:?}", now.kind, now.due_at, now.state)))
            }
        }
    }

    pub(crate) fn apply(&mut self, order: CaseId) -> Result<(), Wrong> {
        let Some(known) = self.known.get(&order).filter(|k| k.is_open).cloned() else { return Ok(()) };
        let (lines, pack) = self.store.read_blocking(move |tx| {
            let case = engine::get(tx, order)?;
            Ok((xr_orders::queries::lines(tx, order)?, engine::pack_of(tx, &case)?))
        })?;
        let Some(buyer) = known.buyer else { return Ok(()) };
        if self.is_plain() {
            return plain::apply(self, (order, &known), (buyer, pack), &lines);
        }
        if self.is_return_new(&known.state) || self.dice.chance(20) {
            return self.apply_for_everything(order, buyer, &pack, &lines);
        }
        let Some(line) = self.dice.pick(&lines) else { return Ok(()) };
        let asked = self.dice.int(1, line.quantity);
        let is_whole = self.dice.chance(60);
        let weights = CaseKind::ALL.iter().map(|kind| 2 + self.coverage.unseen(kind.word()) as u64).collect::<Vec<_>>();
        let kind = self.dice.weighted(&weights).map_or(CaseKind::RefundOnly, |i| CaseKind::ALL[i]);
        let names_amount = kind != CaseKind::Exchange && self.dice.chance(15);
        let application = Application {
            kind,
            order,
            line: line.id,
            quantity: if is_whole { line.quantity - line.refunded } else { asked },
            amount_minor: names_amount.then_some(500),
            reason: self.dice.pick(&REASONS).copied().unwrap_or(Reason::Other),
            description: self.words.complaint(&mut self.dice, "other"),
            photos: Vec::new(),
        };
        let applied = self.store.write_blocking(Apply { actor: cast::buyer(buyer), pack, application });
        answer(self, applied).map(|_| ())
    }

    /// The buyer wants all of it back, and need not send it back.
    fn apply_for_everything(&mut self, order: CaseId, buyer: UserId, pack: &str, lines: &[Line]) -> Result<(), Wrong> {
        for line in lines {
            let application = Application {
                kind: CaseKind::RefundOnly,
                order,
                line: line.id,
                quantity: line.quantity - line.refunded,
                amount_minor: None,
                reason: Reason::Other,
                description: "都不要了".to_owned(),
                photos: Vec::new(),
            };
            let apply = Apply { actor: cast::buyer(buyer), pack: pack.to_owned(), application };
            let applied = self.store.write_blocking(apply);
            answer(self, applied)?;
        }
        Ok(())
    }

    /// A party files words as evidence, or the merchant calls the buyer.
    pub(crate) fn speak(&mut self, case: CaseId) -> Result<(), Wrong> {
        let Some(known) = self.known.get(&case).cloned() else { return Ok(()) };
        let merchant = self.cast.merchant(known.org).map(|s| s.merchant.clone());
        let (Some(merchant), Some(buyer)) = (merchant, known.buyer.map(cast::buyer)) else { return Ok(()) };
        if !known.buyer.is_some_and(cast::is_mute) && self.dice.chance(75) {
            self.file(&buyer, case)?;
        }
        if self.dice.chance(60) {
            self.file(&merchant, case)?;
        }
        if self.dice.chance(40) { self.call(&merchant, case) } else { Ok(()) }
    }

    pub(crate) fn file(&mut self, actor: &Actor, case: CaseId) -> Result<(), Wrong> {
        let filing = Filing { photos: Vec::new(), words: Some(self.words.evidence(&mut self.dice)) };
        let filed = self.store.write_blocking(AddEvidence { actor: actor.clone(), case, filing });
        answer(self, filed).map(|_| ())
    }

    pub(crate) fn call(&mut self, actor: &Actor, case: CaseId) -> Result<(), Wrong> {
        let note = self.words.contact(&mut self.dice);
        let contact = NewContact { channel: Channel::Phone, at: self.now(), note };
        let called = self.store.write_blocking(RecordContact { actor: actor.clone(), case, contact });
        answer(self, called).map(|_| ())
    }
}

/// Cases of which a clock has run out; others that are due have a warning to give.
fn run_out(tx: &mut Tx<'_>) -> Result<Vec<CaseId>, Fault> {
    let mut cases = Vec::new();
    for case in engine::due_cases(tx, 20)? {
        if engine::get(tx, case)?.due_at.is_some_and(|due| due <= tx.now()) {
            cases.push(case);
        }
    }
    Ok(cases)
}

/// The refusal names the state that silence led to.
fn is_told(problem: &Problem, now: &Case) -> bool {
    problem.status == 409 && problem.params.get("state") == Some(&now.state)
}
