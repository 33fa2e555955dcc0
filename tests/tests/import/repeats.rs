//! Importing again, in another order, in parts, or only trying.

use crate::support::{dump, extract, extract_lines, file, import, import_with};
use xr_imports::ImportOptions;
use xr_tests::{On, TestMarket, on_both};

#[test]
fn a_second_import_changes_nothing() {
    on_both(|market| {
        let first = import(market, &[extract()]);
        assert_eq!((first.rows_read, first.rows_new, first.rows_known), (7_399, 7_399, 0));
        let before = dump(market);
        let second = import(market, &[extract()]);
        assert_eq!((second.rows_new, second.rows_known, second.orders_new), (0, 7_399, 0));
        assert_eq!(dump(market), before);
    });
}

#[test]
fn neither_the_order_of_rows_nor_the_number_of_files_matters() {
    let lines = extract_lines();
    let mut shuffled = lines.clone();
    // A fixed permutation: 7,919 is prime and no divisor of the number of rows.
    (0..lines.len()).for_each(|index| shuffled[index] = lines[index * 7_919 % lines.len()].clone());
    assert_ne!(lines, shuffled);
    let folder = tempfile::tempdir().unwrap();
    let whole = [file(folder.path(), "whole.csv", &shuffled)];
    let parts: Vec<_> = (0..3)
        .map(|n| file(folder.path(), &format!("{n}.csv"), &shuffled[n * 2_500..lines.len().min((n + 1) * 2_500)]))
        .collect();
    for on in [On::Sqlite, On::Postgres] {
        let dumps: Vec<String> = [&[extract()][..], &whole, &parts]
            .into_iter()
            .filter_map(|files| {
                let market = TestMarket::new(on)?;
                import(&market, files);
                Some(dump(&market))
            })
            .collect();
        assert!(dumps.iter().all(|dump| *dump == dumps[0]), "{on:?}: {dumps:?}");
    }
}

#[test]
fn a_dry_run_reports_the_same_and_writes_nothing() {
    on_both(|market| {
        let folder = tempfile::tempdir().unwrap();
        let options = |name: &str, dry_run| ImportOptions {
            files: vec![extract()],
            summary: Some(folder.path().join(name)),
            dry_run,
        };
        let before = dump(market);
        let mut tried = import_with(market, &options("tried.csv", true));
        assert_eq!(dump(market), before);
        let mut done = import_with(market, &options("done.csv", false));
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("tried.csv"), read("done.csv"));
        assert!(read("done.csv").starts_with("month,rows,amount,amount_positive,amount_cancel\n2010-12,7399,"));
        assert!(tried.dry_run && done.books.take().is_some());
        tried.dry_run = false;
        assert_eq!(tried, done);
    });
}

#[test]
fn rows_that_come_later_join_the_order_of_their_invoice() {
    on_both(|market| {
        let lines = extract_lines();
        let folder = tempfile::tempdir().unwrap();
        let every = |rest: usize| -> Vec<&String> {
            lines.iter().enumerate().filter(|(index, _)| index % 2 == rest).map(|(_, line)| line).collect()
        };
        let (even, odd) = (file(folder.path(), "even.csv", &every(0)), file(folder.path(), "odd.csv", &every(1)));
        import(market, std::slice::from_ref(&even));
        // Equal rows of one invoice that fell into different files are one row told twice: only the whole file knows better.
        import(market, &[odd]);
        let whole = import(market, &[extract()]);
        let doubles = whole.issues.warnings["double_row"].count;
        assert!(whole.rows_new <= doubles, "{} of {doubles}", whole.rows_new);
        assert_eq!(whole.orders_new, 0);
        let before = dump(market);
        assert_eq!(import(market, &[even]).rows_new, 0);
        assert_eq!(dump(market), before);
        market.assert_sound();
    });
}
