//! A small machine and pack for tests of this crate.
#![allow(clippy::unwrap_used)]

use crate::Library;
use crate::model::Name;
use crate::parse::{machine, pack};
use crate::{Compiled, Finding};

crate::kind! {
    /// Words of a loan of an umbrella: small, but with every feature of the language.
    pub(crate) Loan = "loan" {
        events { Approve = "approve", Reject = "reject", Modify = "modify", Withdraw = "withdraw", Return = "return" }
        facts {
            contacted: bool "the lender recorded a contact",
            photos: int "photos filed",
            tracking: enum("none", "moving", "delivered") "what the carrier says",
            delivered_at: instant? "when it was delivered",
            term_ends: instant "agreed end",
        }
        tags { "open" }
    }
}

crate::effects! {
    /// What a lender's shop does.
    pub(crate) ShopEffect {
        Tell = "shop.tell" { template: text, urgent: bool, copies: int } "tells the borrower",
        Restock = "shop.restock" "puts the umbrella back",
    }
}

pub(crate) const MACHINE: &str = r#"
[machine]
kind = "loan"
start = "requested"
zh = "借伞"
en = "Loan"
requires_tags = ["waiting_fine"]

[actor.lender]
party = "merchant"
permission = "loans.decide"
zh = "出借人"
en = "Lender"
[actor.borrower]
party = "buyer"
zh = "借用人"
en = "Borrower"
[actor.carrier]
party = "courier"
zh = "承运人"
en = "Carrier"

[event]
approve = { zh = "同意", en = "Approve", text_zh = "出借", text_en = "Lends it" }
reject = { zh = "拒绝", en = "Reject" }
modify = { zh = "修改", en = "Modify" }
withdraw = { zh = "撤回", en = "Withdraw" }
return = { zh = "归还", en = "Return" }
silent_approve = { zh = "逾期视为同意", en = "Approved by silence" }
answer_lapsed = { zh = "逾期作罢", en = "Lapsed" }
fine = { zh = "罚款", en = "Fine" }
escalate = { zh = "升级", en = "Escalate" }
"refund.done" = { zh = "退款结束", en = "Refund ended" }
give_up = { zh = "放弃", en = "Give up" }

[effect."shop.restock"]
zh = "入库"
en = "Restock"

[state.requested]
zh = "待答复"
en = "Waiting for the lender"
owner = "lender"
tags = ["open"]
[state.requested.clock.answer]
after = "48h"
rule = "L-1"
fire = "silent_approve"
as = "approve"
alt = [{ when = "facts.tracking == 'moving'", after = "2d", rule = "L-2" }]
may_end_in = { closed = { fire = "answer_lapsed", as = "withdraw" } }
[state.requested.on]
approve = { by = "lender", to = "lent", do = ["shop.restock", { effect = "shop.tell", template = "yes", urgent = true, copies = 2 }] }
reject = { by = ["lender"], to = "closed", when = "facts.contacted && facts.photos > 0", else_error = "loans.needs_photos" }
modify = [{ by = "borrower", when = "counts.modify < 5", to = "requested", restart = true, else_error = "loans.too_many_edits" }]
withdraw = { by = "borrower", to = "closed" }

[state.lent]
zh = "已借出"
en = "Lent"
owner = "borrower"
[state.lent.clock.receipt]
after = "10d"
anchor = "facts.delivered_at"
or_entered = "15d"
fire = "give_up"
[state.lent.clock.term]
after = "at facts.term_ends"
scope = "case"
until_tag = "waiting_fine"
fire = "fine"
[state.lent.on]
give_up = { by = "clock", to = "closed" }
fine = { by = "clock", to = "fined" }
return = [
  { by = "carrier", when = "facts.tracking == 'delivered'", to = "closed", rule = "L-1" },
  { by = "borrower", to = "fined" },
]

[state.fined]
zh = "罚款中"
en = "Being fined"
owner = "system"
tags = ["waiting_fine"]
waits_for = "refund"
[state.fined.clock.stuck]
after = "1d"
fire = "escalate"
[state.fined.on]
escalate = { by = "clock", to = "fined", restart = true }
"refund.done" = { by = "system", to = "closed" }

[state.closed]
zh = "已结束"
en = "Closed"
final = true
"#;

pub(crate) const BASE: &str = r#"
[pack]
name = "xiaoer-default"
version = "1"
zh = "默认"
en = "Default"
[rule.L-1]
zh = "四十八小时内答复"
en = "An answer within 48 h"
source = "house rules"
certainty = "E"
[rule.L-2]
zh = "运输中两日"
en = "Two days while it moves"
source = "house rules"
certainty = "E"
[rule.L-9]
zh = "未引用"
en = "Cited by nothing"
source = "house rules"
certainty = "E"
"#;

pub(crate) const PACK: &str = r#"
[pack]
name = "strict"
version = "2026-01-01"
zh = "严格"
en = "Strict"
base = "xiaoer-default"
[rule.S-1]
zh = "二十四小时"
en = "Within 24 h"
source = "strict rules"
source_date = "2026-01-01"
certainty = "A"
[pause.spring]
from = "2026-02-16T00:00:00+08:00"
to = "2026-02-22T00:00:00+08:00"
zh = "春节"
en = "Spring festival"
[loan.requested.clock.answer]
after = "24h"
rule = "S-1"
end = "closed"
pauses = ["spring"]
grace = "10m"
[loan.requested.on.reject]
when = "facts.photos > 1"
"#;

/// `text` with one piece replaced, which must be there.
pub(crate) fn with(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old} is not in the fixture");
    text.replacen(old, new, 1)
}

/// A library of these texts.
pub(crate) fn library(machine_text: &str, packs: &[&str]) -> Result<Library, Vec<Finding>> {
    let refund = r#"
[machine]
kind = "refund"
start = "done"
zh = "退款"
en = "Refund"
[state.done]
zh = "完"
en = "Done"
final = true
tags = []
"#;
    Ok(Library {
        machines: vec![machine("loan.toml", machine_text)?, machine("refund.toml", refund)?],
        packs: packs
            .iter()
            .enumerate()
            .map(|(i, text)| pack(&format!("pack{i}.toml"), text))
            .collect::<Result<_, _>>()?,
        vocabularies: vec![&Loan::VOCABULARY],
        effects: ShopEffect::SPECS.iter().collect(),
    })
}

/// The loan under a pack.
pub(crate) fn book(pack: &str) -> Compiled {
    library(MACHINE, &[BASE, PACK]).unwrap().rulebook("loan", pack).unwrap()
}

/// Findings of the loan with this machine and pack above the base.
pub(crate) fn findings(machine_text: &str, pack_text: &str) -> Vec<Finding> {
    let library = match library(machine_text, &[BASE, pack_text]) {
        Ok(library) => library,
        Err(findings) => return findings,
    };
    library.rulebook("loan", "strict").err().unwrap_or_default()
}

/// Findings of this machine under the base pack, which changes nothing on it.
pub(crate) fn base_findings(machine_text: &str) -> Vec<Finding> {
    match library(machine_text, &[BASE]) {
        Ok(library) => library.rulebook("loan", "xiaoer-default").err().unwrap_or_default(),
        Err(findings) => findings,
    }
}

/// The line of the first occurrence of `part`.
pub(crate) fn line(text: &str, part: &str) -> usize {
    text[..text.find(part).unwrap()].matches('\n').count() + 1
}

/// The only finding, as place, message and suggestion.
pub(crate) fn only(findings: Vec<Finding>) -> (String, usize, String, Option<Name>) {
    assert_eq!(findings.len(), 1, "{findings:#?}");
    let finding = findings.into_iter().next().unwrap();
    (finding.at.file, finding.at.line, finding.message, finding.suggestion)
}
