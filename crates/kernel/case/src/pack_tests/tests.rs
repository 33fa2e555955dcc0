#![allow(clippy::unwrap_used)]

use super::run;
use crate::fixture::{BASE, MACHINE, PACK, library};
use crate::{Finding, Library};

fn loan() -> Library {
    library(MACHINE, &[BASE, PACK]).unwrap()
}

/// Runs one case of the loan under the base pack and gives what failed.
fn failures(facts: &str, steps: &str) -> Vec<(usize, String)> {
    let text = format!(
        "[[case]]\nname = \"x\"\nkind = \"loan\"\nat = \"2026-03-03T10:00:00+08:00\"\nfacts = {{ {facts} }}\nsteps = [\n{steps}\n]\n"
    );
    let results = run(&loan(), "xiaoer-default", &("tests.toml".into(), text)).unwrap();
    results.into_iter().next().unwrap().failures
}

fn finding(text: &str) -> Finding {
    run(&loan(), "xiaoer-default", &("tests.toml".into(), text.into())).unwrap_err().remove(0)
}

const FAR: &str = r#"term_ends = "2026-06-01T00:00:00+08:00""#;

#[test]
fn silence_takes_the_earliest_clock_at_its_moment_under_its_rule() {
    let steps = r#"
      { expect = { state = "requested", clock = "answer", due = "2026-03-05T10:00:00+08:00", rule = "L-1" } },
      { silence = true, expect = { state = "lent", at = "2026-03-05T10:00:00+08:00", event = "silent_approve", rule = "L-1" } },
      { silence = true, expect = { state = "closed", at = "2026-03-20T10:00:00+08:00", event = "give_up" } },
    "#;
    assert_eq!(failures(FAR, steps), []);
}

#[test]
fn every_difference_of_the_first_failing_step_is_told() {
    let steps = r#"
      { expect = { state = "lent", clock = "answer", due = "2026-03-05T11:00:00+08:00", rule = "L-9" } },
      { expect = { state = "nowhere" } },
    "#;
    let failures = failures(FAR, steps);
    assert_eq!(failures.len(), 3, "{failures:?}");
    assert!(failures.iter().all(|(step, _)| *step == 1));
    assert_eq!(failures[0].1, "expected state lent, found requested");
    assert_eq!(failures[1].1, "expected rule L-9, found L-1");
    assert!(failures[2].1.starts_with("expected due 2026-03-05T11:00:00+08:00, found "), "{failures:?}");
}

#[test]
fn a_replacement_length_and_a_late_anchor_move_the_due() {
    let facts = format!("{FAR}, tracking = 'moving'");
    let steps = r#"
      { expect = { clock = "answer", due = "2026-03-05T10:00:00+08:00", rule = "L-2" } },
      { act = "approve", by = "lender", after = "1h", expect = { clock = "receipt", due = "2026-03-18T11:00:00+08:00" } },
      { facts = { delivered_at = "2026-03-04T09:00:00+08:00" }, expect = { clock = "receipt", due = "2026-03-14T09:00:00+08:00" } },
    "#;
    assert_eq!(failures(&facts, steps), []);
}

#[test]
fn clocks_that_run_out_while_time_passes_fire_first() {
    let steps = r#"{ act = "return", by = "borrower", after = "3d", expect = { state = "fined", clock = "stuck" } }"#;
    assert_eq!(failures(FAR, steps), []);
    let late = r#"{ act = "withdraw", by = "borrower", after = "3d" }"#;
    assert_eq!(failures(FAR, late), [(1, "`withdraw` is not accepted in `lent` (case.not_accepted)".to_owned())]);
}

#[test]
fn a_clock_of_the_case_outlives_its_state_until_the_tag() {
    let facts = r#"term_ends = "2026-03-10T10:00:00+08:00""#;
    let steps = r#"
      { act = "approve", by = "lender", after = "1h", expect = { clock = "term", due = "2026-03-10T10:00:00+08:00" } },
      { silence = true, expect = { state = "fined", event = "fine" } },
      { expect = { clock = "term" } },
    "#;
    assert_eq!(failures(facts, steps), [(3, "no clock `term` runs in `fined`".to_owned())]);
}

#[test]
fn refusals_are_compared_by_their_code() {
    let steps = r#"
      { act = "reject", by = "lender", refused = "loans.needs_photos" },
      { act = "reject", by = "borrower", refused = "case.not_your_act" },
      { act = "reject", by = "lender", facts = { contacted = true, photos = 1 }, refused = "loans.needs_photos" },
    "#;
    let why = "expected `reject` to be refused with loans.needs_photos, it leads to `closed`";
    assert_eq!(failures(FAR, steps), [(3, why.to_owned())]);
    let wrong = r#"{ act = "reject", by = "lender", refused = "loans.else" }"#;
    assert!(failures(FAR, wrong)[0].1.ends_with("found loans.needs_photos"));
}

#[test]
fn an_act_is_counted_and_a_sixth_change_is_refused() {
    let step = r#"{ act = "modify", by = "borrower", after = "1h" },"#.repeat(5);
    let steps = step
        + r#"{ act = "modify", by = "borrower", refused = "loans.too_many_edits", expect = { clock = "answer", due = "2026-03-05T15:00:00+08:00" } }"#;
    assert_eq!(failures(FAR, &steps), []);
}

#[test]
fn grace_fires_later_than_the_due_that_is_shown() {
    let text = r#"
[[case]]
name = "strict"
kind = "loan"
at = "2026-02-10T10:00:00+08:00"
steps = [
  { expect = { clock = "answer", due = "2026-02-11T10:00:00+08:00", rule = "S-1" } },
  { silence = true, expect = { state = "closed", at = "2026-02-11T10:10:00+08:00", event = "answer_lapsed", rule = "S-1" } },
]
"#;
    let results = run(&loan(), "strict", &("tests.toml".into(), text.into())).unwrap();
    assert!(results[0].is_passed(), "{}", results[0]);
    assert_eq!((results[0].at.line, results[0].to_string().as_str()), (3, "tests.toml:3: strict"));
}

#[test]
fn a_step_says_what_cannot_be_compared_or_done() {
    let wrong = |steps: &str| failures(FAR, steps).remove(0).1;
    assert_eq!(wrong("{ silence = true, act = 'approve' }"), "`silence` and `act` are two steps");
    assert_eq!(wrong("{ act = 'approve' }"), "`act` needs `by`");
    assert_eq!(wrong("{ by = 'lender' }"), "`by` and `refused` belong to `act`");
    assert_eq!(wrong("{ act = 'approve', by = 'nobody' }"), "there is no actor `nobody`");
    assert_eq!(wrong("{ facts = { foto = 1 } }"), "there is no fact `foto`");
    assert_eq!(wrong("{ facts = { photo = 1 } }"), "there is no fact `photo`; did you mean `photos`?");
    assert_eq!(wrong("{ facts = { photos = 'two' } }"), "`photos` of type int is no \"two\"");
    assert_eq!(wrong("{ after = '3wd' }"), "3wd is not in minutes, hours or days");
    assert_eq!(wrong("{ expect = { due = '2026-03-05T10:00:00+08:00' } }"), "`due` needs `clock`");
    assert_eq!(wrong("{ expect = { rule = 'L-1' } }"), "`rule` needs `event` or `clock`");
    assert_eq!(wrong("{ act = 'withdraw', by = 'borrower' }, { silence = true }"), "no clock runs in `closed`");
}

#[test]
fn a_file_that_cannot_be_read_says_where() {
    let unknown = finding(
        "[[case]]\nname = \"x\"\nkind = \"loan\"\nat = \"2026-03-03T10:00:00+08:00\"\nsteps = [\n  { silent = true },\n]\n",
    );
    assert_eq!(unknown.at.line, 6, "{unknown}");
    assert!(unknown.message.starts_with("unknown field `silent`"), "{unknown}");
    assert_eq!(finding("[[case]]\nname = \n").at.line, 2);
}

#[test]
fn an_unknown_kind_fails_its_cases_only() {
    let text = "[[case]]\nname = \"x\"\nkind = \"boat\"\nat = \"2026-03-03T10:00:00+08:00\"\nsteps = []\n";
    let results = run(&loan(), "xiaoer-default", &("tests.toml".into(), text.into())).unwrap();
    assert!(results[0].failures[0].1.contains("no machine of the kind `boat`"), "{}", results[0]);
}
