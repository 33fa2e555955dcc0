//! Draws the shipped machines into the build's folder, for looking at.
#![allow(clippy::unwrap_used, clippy::panic, dead_code)]

mod common;

use xr_base::locale::Locale;
use xr_case::{EffectSpec, Library, Source, Vocabulary, effects, graph, kind};

#[test]
fn every_shipped_machine_can_be_drawn_in_both_languages() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("graphs");
    std::fs::create_dir_all(&folder).unwrap();
    for book in common::shipped().rulebooks("xiaoer-default").unwrap() {
        for (locale, name) in [(Locale::ZhCn, "zh"), (Locale::En, "en")] {
            let svg = graph::to_svg(book.book(), locale);
            assert_eq!(svg.matches("<rect x=\"20\"").count() - 1, book.book().states.len());
            let mermaid = graph::to_mermaid(book.book(), locale);
            assert!(book.book().states.keys().all(|s| mermaid.contains(&format!("as s_{s}\n"))));
            std::fs::write(folder.join(format!("{}-{name}.svg", book.book().kind)), svg).unwrap();
        }
    }
}
