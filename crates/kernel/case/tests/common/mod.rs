//! The shipped machines and packs, and the operator's machine of the fixtures, as a library.

pub(crate) mod vocabulary;

use super::{EffectSpec, Library, Source, Vocabulary, effects, kind};
use vocabulary::{Callback, Exchange, Order, Payment, Refund, RefundOnly, ReturnRefund, ShopEffects, Verification};

/// Where the workspace begins.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");
/// Machines of the capabilities.
pub(crate) const MACHINES: [&str; 7] = [
    "crates/orders/machines/order.toml",
    "crates/payments/machines/payment.toml",
    "crates/payments/machines/refund.toml",
    "crates/aftersales/machines/refund_only.toml",
    "crates/aftersales/machines/return_refund.toml",
    "crates/aftersales/machines/exchange.toml",
    "crates/verification/machines/verification.toml",
];
/// The operator's machine.
pub(crate) const CALLBACK: &str = "tests/fixtures/machines/callback";
/// Packs of the product, the floor first.
pub(crate) const PACKS: [&str; 7] = [
    "packs/statutory",
    "packs/xiaoer-default",
    "packs/kuaishou-goods",
    "packs/taobao",
    "packs/jd",
    "packs/wechat",
    "packs/marketplace-b2b",
];

/// A file of the workspace with its path.
pub(crate) fn source(path: &str) -> Source {
    let text = std::fs::read_to_string(format!("{ROOT}/{path}")).unwrap_or_else(|e| panic!("{path}: {e}"));
    (path.to_owned(), text)
}

/// Every kind that has a machine here.
pub(crate) fn vocabularies() -> Vec<&'static Vocabulary> {
    vec![
        &Order::VOCABULARY,
        &Payment::VOCABULARY,
        &Refund::VOCABULARY,
        &RefundOnly::VOCABULARY,
        &ReturnRefund::VOCABULARY,
        &Exchange::VOCABULARY,
        &Verification::VOCABULARY,
        &Callback::VOCABULARY,
    ]
}

/// All shipped machines and packs, one pack read with other words: `edits` are pieces of its text and what stands for them.
pub(crate) fn shipped_but(pack: &str, edits: &[(&str, &str)]) -> Library {
    let packs = PACKS.map(|p| {
        let (file, mut text) = source(&format!("{p}/pack.toml"));
        for (old, new) in edits.iter().filter(|_| p == pack) {
            assert!(text.contains(old), "{pack} has no {old}");
            text = text.replacen(old, new, 1);
        }
        (file, text)
    });
    library(&MACHINES.map(source), &packs)
}

/// All shipped machines and packs.
pub(crate) fn shipped() -> Library {
    library(&MACHINES.map(source), &PACKS.map(|p| source(&format!("{p}/pack.toml"))))
}

/// The operator's machine and pack beside the shipped ones.
pub(crate) fn callback() -> Library {
    let machines: Vec<_> =
        MACHINES.into_iter().map(source).chain([source(&format!("{CALLBACK}/machine.toml"))]).collect();
    library(&machines, &[PACKS[0], PACKS[1], CALLBACK].map(|p| source(&format!("{p}/pack.toml"))))
}

/// Every effect that a machine here names.
pub(crate) fn effect_specs() -> Vec<&'static EffectSpec> {
    ShopEffects::SPECS.iter().collect()
}

fn library(machines: &[Source], packs: &[Source]) -> Library {
    Library::from_sources(machines, packs, vocabularies(), effect_specs()).unwrap()
}
