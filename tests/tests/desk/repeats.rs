//! The same rows again, in another order, in parts, changed, corrected.

use crate::support::{codes, file, line, number, traces};
use serde_json::json;
use xr_tests::http::{Web, on_both};

#[test]
fn a_second_import_writes_nothing_and_says_so() {
    on_both(|web| {
        let token = web.token("shop");
        let source = web.source(&token, "淘宝");
        let bytes = file(&[line("A1", 1, "K1", 1), line("A1", 2, "K2", 2), line("A2", 1, "K1", 1)]);
        web.import(&token, &source, &bytes);
        let before = traces(web);
        let again = web.import(&token, &source, &bytes);
        let counts = ["rows_new", "rows_known", "orders_known", "rows_bad", "products_new", "buyers_new"];
        assert_eq!(counts.map(|name| number(&again, name)), [0, 3, 2, 0, 0, 0]);
        assert_eq!(traces(web), before);
    });
}

#[test]
fn changed_rows_of_a_known_order_are_conflicts_and_change_nothing() {
    on_both(|web| {
        let token = web.token("shop");
        let source = web.source(&token, "淘宝");
        web.import(&token, &source, &file(&[line("A1", 1, "K1", 1), line("A2", 1, "K1", 1)]));
        let before = traces(web);
        let changed = [line("A1", 1, "K1", 5), line("A1", 2, "K2", 1), line("A2", 1, "K1", 1)];
        let done = web.import(&token, &source, &file(&changed));
        assert_eq!((number(&done, "rows_bad"), number(&done, "rows_known")), (2, 1));
        assert!(web.bad_rows(&token, &done).iter().all(|row| codes(row) == ["conflict"]));
        assert_eq!(traces(web), before);
    });
}

/// A small generator of its own: the same seed, the same file.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % end as u64).unwrap()
    }

    fn shuffle<T>(&mut self, things: &mut [T]) {
        for end in (1..things.len()).rev() {
            things.swap(end, self.below(end + 1));
        }
    }

    /// Orders with their lines; here and there a remark with quotes, delimiters and line ends.
    fn orders(&mut self) -> Vec<Vec<String>> {
        let remarks = ["", "请快些", "\"a,\"\"b\"\"\nc\"", "=1+1"];
        (0..self.below(30) + 5)
            .map(|order| {
                let day = self.below(28) + 1;
                (1..=self.below(4) + 1)
                    .map(|line_no| {
                        let sku = format!("K{}", self.below(6));
                        let line =
                            line(&format!("P{order:03}"), line_no, &sku, i64::try_from(self.below(9)).unwrap() + 1);
                        let line = line.replace("2026-01-02", &format!("2026-01-{day:02}"));
                        line.replace("请快些", remarks[self.below(remarks.len())])
                    })
                    .collect()
            })
            .collect()
    }
}

/// Shuffled rows, files cut between orders and sent in any order, and repeats: all leave the same.
#[test]
fn neither_the_order_of_rows_nor_parts_nor_repeats_matter() {
    for seed in 0..6 {
        let mut draw = Draw(seed);
        let orders = draw.orders();
        let whole: Vec<String> = orders.concat();
        let mut shuffled = whole.clone();
        draw.shuffle(&mut shuffled);
        let mut parts: Vec<Vec<String>> = orders.chunks(3).map(<[_]>::concat).collect();
        draw.shuffle(&mut parts);
        for part in &mut parts {
            draw.shuffle(part);
        }
        let again: Vec<Vec<String>> = parts.iter().chain(&parts[..1]).cloned().chain([whole.clone()]).collect();
        let left: Vec<Vec<String>> = [vec![whole], vec![shuffled], parts, again]
            .into_iter()
            .map(|files| {
                let web = Web::sqlite();
                let token = web.token("shop");
                let source = web.source(&token, "淘宝");
                for lines in files {
                    let done = web.import(&token, &source, &file(&lines));
                    assert_eq!((&done["state"], number(&done, "rows_bad")), (&json!("done"), 0), "seed {seed}: {done}");
                }
                web.assert_sound();
                traces(&web)
            })
            .collect();
        // Remarks of one order's lines differ; the first line's counts, whatever came first.
        assert!(!left[0].is_empty() && left.iter().all(|traces| *traces == left[0]), "seed {seed}");
    }
}

#[test]
fn the_report_is_corrected_and_sent_in_again_until_nothing_is_left() {
    on_both(|web| {
        let token = web.token("shop");
        let source = web.source(&token, "淘宝");
        let lines = [
            line("A1", 1, "K1", 1).replace("请快些", "=HYPERLINK(\"\"x\"\")").replacen("19.90", "19.9x", 1),
            line("A1", 2, "K2", 1).replace("请快些", "+1"),
            line("A2", 1, "K1", 1),
            line("A3", 1, "000123", 1).replacen("2026-01-02 10:00:00", "2026-02-31", 1),
        ];
        let first = web.import(&token, &source, &file(&lines));
        assert_eq!((number(&first, "orders_new"), number(&first, "rows_bad")), (1, 3));
        let report = web.report(&token, &first);
        assert!(report.starts_with('\u{feff}') && report.contains("xiaoer_message"), "{report}");
        assert!(report.contains("2: 单价: bad_money"), "{report}");
        let corrected = report.replace("19.9x", "19.90").replace("2026-02-31", "2026-02-28");
        // Once as it is: the same rows are bad, and nothing more.
        let same = web.import(&token, &source, report.as_bytes());
        assert_eq!((number(&same, "orders_new"), number(&same, "rows_bad")), (0, 3));
        let second = web.import(&token, &source, corrected.as_bytes());
        assert_eq!((number(&second, "orders_new"), number(&second, "rows_bad")), (2, 0), "{second}");
        let all = traces(web);
        assert!(
            all.iter().any(|t| t.contains("=HYPERLINK")) && all.iter().any(|t| t.contains("\"000123\"")),
            "{all:?}"
        );
        assert_eq!(all.iter().filter(|t| t.starts_with("order")).count(), 3);
        web.assert_sound();
    });
}
