#![allow(clippy::unwrap_used)]

use super::ast::{Expr, ExprNode, Operator};
use super::*;
use proptest::prelude::*;

crate::kind! {
    /// Words for these tests.
    Parcel = "parcel" {
        events { Modify = "modify", Lose = "lose" }
        facts {
            contacted: bool "the merchant recorded a contact",
            photos: int "photos filed",
            tracking: enum("none", "moving", "delivered") "what the carrier says",
            carrier: text "name of the carrier",
            delivered_at: instant? "when it was delivered",
            weight: int? "grams, once weighed",
        }
        tags { }
    }
}

const EVENTS: &[&str] = &["modify", "lose", "refund.done"];

fn compile(text: &str) -> Result<Guard, GuardError> {
    Guard::compile(text, &Scope { vocabulary: &Parcel::VOCABULARY, events: EVENTS })
}

fn facts() -> Facts {
    let mut facts = Facts::of(&Parcel::VOCABULARY);
    facts.set(Parcel::contacted, true);
    facts.set(Parcel::photos, 3);
    facts.choose(Parcel::tracking, "moving").unwrap();
    facts.set(Parcel::carrier, "ZTO".to_owned());
    facts.set_absent(Parcel::delivered_at);
    facts.set_opt(Parcel::weight, Some(400));
    facts
}

fn holds(text: &str) -> bool {
    compile(text).unwrap().holds(&facts(), &|event| if event == "modify" { 4 } else { 0 }).unwrap()
}

#[test]
fn guards_say_what_the_facts_and_counts_make_true() {
    for text in [
        "facts.contacted && facts.photos > 0",
        "counts.modify < 5 && counts.refund.done == 0",
        "facts.tracking in ['none', \"moving\"]",
        "facts.tracking != 'delivered' && facts.carrier == 'ZTO'",
        "!has(facts.delivered_at)",
        "has(facts.weight) && facts.weight >= 400 && facts.weight <= 400",
        "!has(facts.weight) || facts.weight - 1 == 399",
        "1 + 2 - 3 == 0 && -facts.photos == -3",
        "false || true && true",
        "(facts.photos > 2) == facts.contacted",
        "-9223372036854775808 < 0",
    ] {
        assert!(holds(text), "{text}");
        assert!(!holds(&format!("!({text})")), "!({text})");
    }
}

#[test]
fn a_misspelt_name_is_refused_with_the_word_that_was_meant() {
    for (text, meant) in [
        ("facts.contactd", "contacted"),
        ("facts.tracking == 'movin'", "moving"),
        ("counts.modfy < 5", "modify"),
        ("fact.photos > 1", "facts"),
    ] {
        assert_eq!(compile(text).unwrap_err().suggestion.as_deref(), Some(meant), "{text}");
    }
}

#[test]
fn a_guard_of_the_wrong_type_is_refused() {
    for (text, part) in [
        ("facts.photos", "expected a truth value, found an integer"),
        ("facts.photos && true", "expected a truth value"),
        ("facts.contacted + 1 == 2", "expected an integer, found a truth value"),
        ("facts.carrier < 'a'", "expected an integer, found a text"),
        ("facts.photos == '3'", "cannot be compared"),
        ("facts.tracking == facts.carrier", "cannot be compared"),
        ("facts.photos in [1, 'a']", "cannot be compared"),
        ("facts.photos in facts.photos", "stands a list"),
        ("[true] == [true]", "only to the right of `in`"),
        ("facts.delivered_at == 3", "is an instant"),
        ("has(facts.photos)", "never absent"),
    ] {
        let error = compile(text).unwrap_err();
        assert!(error.message.contains(part), "{text}: {error}");
    }
}

#[test]
fn a_fact_that_may_be_absent_is_usable_only_where_has_was_asked() {
    for text in [
        "has(facts.weight) && facts.weight > 1",
        "!has(facts.weight) || facts.weight > 1",
        "has(facts.weight) && (facts.photos > 1 || facts.weight > 1)",
    ] {
        assert!(compile(text).is_ok(), "{text}");
    }
    for text in [
        "facts.weight > 1",
        "has(facts.weight) || facts.weight > 1",
        "has(facts.delivered_at) && facts.weight > 1",
        "facts.weight > 1 && has(facts.weight)",
        "(has(facts.weight) || facts.contacted) && facts.weight > 1",
    ] {
        assert!(compile(text).unwrap_err().message.contains("may be absent"), "{text}");
    }
    let delivered = Parcel::delivered_at.index();
    assert!(compile("facts.contacted && has(facts.delivered_at)").unwrap().ensures(delivered));
    assert!(!compile("facts.contacted || has(facts.delivered_at)").unwrap().ensures(delivered));
}

#[test]
fn mistakes_of_syntax_name_their_position() {
    for (text, at) in [
        ("facts.photos >", 15),
        ("facts.photos = 3", 14),
        ("(true", 6),
        ("true true", 6),
        ("'abc", 1),
        ("1.5 > 1", 2),
        ("99999999999999999999 > 1", 1),
        ("", 1),
        ("facts.photos * 2 > 1", 14),
        ("true ? true : false", 6),
    ] {
        assert_eq!(compile(text).unwrap_err().at, at, "{text}");
    }
}

#[test]
fn long_and_deep_guards_are_refused_and_the_limits_themselves_pass() {
    let chain = |n: usize| vec!["true"; n].join("&&");
    assert!(compile(&chain(83)).is_ok());
    assert!(compile(&chain(84)).unwrap_err().message.contains("500 characters"));
    let deep = |n: usize| format!("{}true{}", "(".repeat(n), ")".repeat(n));
    assert!(compile(&deep(NESTING_MAX)).is_ok());
    assert!(compile(&deep(NESTING_MAX + 1)).unwrap_err().message.contains("nests at most"));
    assert!(compile(&format!("{}true", "!".repeat(400))).unwrap_err().message.contains("nests at most"));
}

#[test]
fn an_overflow_or_a_missing_fact_is_an_error_and_not_a_wrong_answer() {
    let guard = compile("facts.photos + 9223372036854775807 > 0").unwrap();
    assert_eq!(guard.holds(&facts(), &|_| 0), Err(EvalError::Overflow));
    assert_eq!(compile("--9223372036854775808 > 0").unwrap().holds(&facts(), &|_| 0), Err(EvalError::Overflow));
    let empty = Facts::of(&Parcel::VOCABULARY);
    assert_eq!(
        compile("facts.contacted").unwrap().holds(&empty, &|_| 0),
        Err(FactError::NotLoaded("contacted").into())
    );
    assert_eq!(compile("has(facts.weight)").unwrap().holds(&empty, &|_| 0), Err(FactError::NotLoaded("weight").into()));
    assert_eq!(compile("false && facts.contacted").unwrap().holds(&empty, &|_| 0), Ok(false));
}

#[test]
fn a_guard_knows_which_facts_and_counts_it_reads() {
    let guard = compile("facts.photos > counts.modify && has(facts.weight) && facts.weight > counts.modify").unwrap();
    assert_eq!(guard.facts().collect::<Vec<_>>(), [Parcel::photos.index(), Parcel::weight.index()]);
    assert_eq!(guard.counts(), ["modify"]);
}

fn expr(node: ExprNode) -> Expr {
    Expr { node, at: 0 }
}

fn trees() -> impl Strategy<Value = Expr> {
    let name = || prop::sample::select(vec!["contacted", "photos", "in_stock", "x1"]).prop_map(str::to_owned);
    let leaf = prop_oneof![
        any::<bool>().prop_map(ExprNode::Bool),
        any::<i64>().prop_map(ExprNode::Int),
        "[a-z'\"\\\\ 中]{0,4}".prop_map(ExprNode::Text),
        name().prop_map(ExprNode::Fact),
        name().prop_map(ExprNode::Has),
        name().prop_map(|n| ExprNode::Count(format!("{n}.done"))),
    ]
    .prop_map(expr);
    leaf.prop_recursive(4, 12, 3, |inner| {
        let operator = prop::sample::select(vec![
            Operator::Or,
            Operator::And,
            Operator::Equal,
            Operator::Unequal,
            Operator::Less,
            Operator::LessOrEqual,
            Operator::Greater,
            Operator::GreaterOrEqual,
            Operator::In,
            Operator::Plus,
            Operator::Minus,
        ]);
        prop_oneof![
            inner.clone().prop_map(|e| expr(ExprNode::Not(Box::new(e)))),
            // A negated literal is a literal, so only other things are negated.
            inner.clone().prop_map(|e| if matches!(e.node, ExprNode::Int(_)) {
                e
            } else {
                expr(ExprNode::Negate(Box::new(e)))
            }),
            prop::collection::vec(inner.clone(), 0..3).prop_map(|items| expr(ExprNode::List(items))),
            (operator, inner.clone(), inner).prop_map(|(o, a, b)| expr(ExprNode::Binary(o, Box::new(a), Box::new(b)))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_as_the_same_tree(tree in trees()) {
        let text = tree.to_string();
        prop_assume!(text.chars().count() <= CHARS_MAX);
        prop_assert_eq!(parse(&text).unwrap(), tree, "{}", text);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        let _ = compile(&text);
    }

    #[test]
    fn no_sequence_of_tokens_makes_reading_or_asking_panic(words in prop::collection::vec(prop::sample::select(vec![
        "facts.photos", "facts.contacted", "facts.tracking", "has(facts.weight)", "facts.weight", "counts.modify", "'moving'", "1",
        "9223372036854775807", "9223372036854775808", "-", "+", "&&", "||", "!", "==", "<", ">=", "in", "(", ")", "[", "]", ",", ".", "'", "\\",
    ]), 0..14)) {
        if let Ok(guard) = compile(&words.join(" ")) {
            let _ = guard.holds(&facts(), &|_| 1);
            prop_assert!(guard.holds(&facts(), &|_| 1).is_ok() || words.iter().any(|w| w.starts_with("9223")));
        }
    }
}
