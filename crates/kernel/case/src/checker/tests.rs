#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
#[path = "../../tests/common/mod.rs"]
pub(super) mod common;

use super::check;
use crate::{EffectSpec, Library, Source, Vocabulary, effects, kind};

/// Findings as lines.
fn lines(library: &Library, pack: &str) -> String {
    check(library, pack).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_shipped_packs_and_the_operators_machine_keep_their_promises() {
    assert_eq!(lines(&common::shipped(), "xiaoer-default"), "");
    assert_eq!(lines(&common::shipped(), "kuaishou-goods"), "");
}
