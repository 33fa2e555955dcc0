//! Each check of words refuses what it should and nothing else.

use super::*;

fn lines(check: fn(&Repo) -> Vec<Finding>, path: &str, text: &str) -> Vec<usize> {
    check(&Repo::of(&[(path, text)])).iter().map(|finding| finding.line).collect()
}

#[test]
fn unwrap_expect_and_panics_are_refused_outside_tests() {
    let unfinished = concat!("to", "do!();");
    let text = format!("fn a() {{\n b.unwrap();\n b.expect(\"\");\n panic!();\n {unfinished}\n b.unwrap_or(1);\n}}\n");
    let mut found = lines(panics, "a.rs", &text);
    found.sort_unstable();
    assert_eq!(found, [2, 3, 4, 5]);
    assert!(lines(panics, "tests/a.rs", &text).is_empty());
    assert!(lines(panics, "a.rs", &format!("#[cfg(test)]\nmod tests {{ {text} }}")).is_empty());
}

#[test]
fn strings_comments_and_own_methods_named_expect_are_not_panics() {
    assert!(lines(panics, "a.rs", "fn a() { self.expect(Token::Comma); \"x.unwrap()\" } // panic!").is_empty());
    assert_eq!(lines(panics, "a.rs", "fn a() { itself().expect(Token::Comma) }"), [1]);
}

#[test]
fn an_expectation_with_a_reason_excuses_its_item_alone() {
    let text = "#[expect(clippy::unwrap_used, reason = \"start-up\")]\nlet a = b.unwrap();\nlet c = d.unwrap();";
    assert_eq!(lines(panics, "a.rs", text), [3]);
    let item = "#[expect(clippy::panic, reason = \"x\")]\nfn a() {\n    panic!();\n}\nfn b() { panic!() }";
    assert_eq!(lines(panics, "a.rs", item), [5]);
    assert_eq!(lines(panics, "a.rs", "#[expect(clippy::unwrap_used)]\nlet a = b.unwrap();"), [2]);
    assert_eq!(lines(panics, "a.rs", "#[expect(dead_code, reason = \"x\")]\nlet a = b.unwrap();"), [2]);
}

#[test]
fn marks_of_unfinished_work_are_refused() {
    let mark = concat!("// TO", "DO: later\nlet todo = 1; // HACKER");
    assert_eq!(lines(unfinished, "a.ts", mark), [1]);
    assert_eq!(lines(unfinished, "a.rs", concat!("a();\ndb", "g!(a);")), [2]);
}

#[test]
fn the_wall_clock_is_read_in_one_place_and_in_benches() {
    let text = "let a = std::time::Instant::now();";
    assert_eq!(lines(wall_clock, "crates/orders/src/a.rs", text), [1]);
    assert_eq!(lines(wall_clock, "crates/orders/src/tests/a.rs", text), [1]);
    assert_eq!(lines(wall_clock, "web/src/a.ts", "const a = 1\nconst b = Date.now()"), [2]);
    assert_eq!(lines(wall_clock, "web/src/a.ts", "new Date()\nnew Date(server.now)"), [1]);
    assert!(lines(wall_clock, "crates/kernel/base/src/time.rs", text).is_empty());
    assert!(lines(wall_clock, "benches/a.rs", text).is_empty());
}

#[test]
fn engines_are_named_by_the_store_alone() {
    let text =
        "use rusqlite::Row;\nuse postgres::Client;\nEngine::postgres();\nxr_store::postgres::x();\nlet postgres = 1;";
    assert_eq!(lines(engines, "crates/orders/src/a.rs", text), [1, 2]);
    assert!(lines(engines, "crates/kernel/store/src/a.rs", text).is_empty());
    let manifest = "[dependencies]\npostgres.workspace = true\nserde = \"1\"";
    assert_eq!(lines(engines, "crates/orders/Cargo.toml", manifest), [2]);
    assert!(lines(engines, "crates/kernel/store/Cargo.toml", manifest).is_empty());
}

#[test]
fn axum_is_named_by_http_files_and_the_web_kernel() {
    let text = "use axum::Json; use utoipa_axum::x;";
    assert_eq!(lines(axum, "crates/orders/src/commands/place.rs", text), [1]);
    for path in ["crates/orders/src/http/a.rs", "crates/orders/src/http.rs", "crates/kernel/web/src/a.rs"] {
        assert!(lines(axum, path, text).is_empty(), "{path}");
    }
    assert_eq!(lines(axum, "crates/kernel/case/Cargo.toml", "[dependencies]\naxum.workspace = true"), [2]);
    assert!(lines(axum, "crates/orders/Cargo.toml", "[dependencies]\naxum.workspace = true").is_empty());
}

#[test]
fn chinese_stands_in_comments_data_and_tests_only() {
    let text = "/// 同意\nfn a() -> &'static str {\n    \"同意\"\n}";
    assert_eq!(lines(chinese_literals, "crates/orders/src/a.rs", text), [3]);
    assert_eq!(lines(chinese_literals, "web/src/a.tsx", "return <p>订单</p>"), [1]);
    assert_eq!(lines(chinese_literals, "web/src/a.tsx", "return <p>yes，no</p>"), [1]);
    assert!(lines(chinese_literals, "crates/demo/src/data/names.rs", text).is_empty());
    assert!(lines(chinese_literals, "web/src/i18n/zh.ts", text).is_empty());
    assert!(lines(chinese_literals, "web/src/a.test.ts", text).is_empty());
}

#[test]
fn a_machines_own_paths_are_refused_in_every_text() {
    let text = concat!("a: /ho", "me/someone/x\nb: https://example.org/ho", "me/x\nc: $X/wo", "rk/y\n`/wo", "rk/y`");
    assert_eq!(lines(machine_paths, "docs/a.md", text), [1, 4]);
}
