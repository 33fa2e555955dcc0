#![allow(clippy::unwrap_used)]

use super::{to_mermaid, to_svg};
use crate::fixture::book;
use crate::model::Rulebook;
use std::collections::BTreeMap;
use xr_base::locale::Locale;

fn loan() -> Rulebook {
    book("xiaoer-default").book().clone()
}

/// Attribute `key` of an element as written.
fn attribute<'s>(element: &'s str, key: &str) -> &'s str {
    let rest = element.split_once(&format!(" {key}=\"")).unwrap_or_else(|| panic!("{key} in {element}")).1;
    rest.split_once('"').unwrap().0
}

#[test]
fn mermaid_names_every_state_and_every_way_with_length_and_rule() {
    let text = to_mermaid(&loan(), Locale::En);
    assert!(text.starts_with("stateDiagram-v2\n"), "{text}");
    for line in [
        "    state \"Waiting for the lender\" as s_requested",
        "    [*] --> s_requested",
        "    s_requested --> s_lent: ⏱ Approved by silence 48h / 2d · L-1",
        "    s_requested --> s_lent: Approve (Lender)",
        "    s_fined --> s_closed: Refund ended (System)",
        "    s_closed --> [*]",
        "    class s_requested merchant",
        "    class s_closed ended",
    ] {
        assert!(text.lines().any(|l| l == line), "{line} is missing in\n{text}");
    }
}

#[test]
fn both_pictures_speak_the_asked_language() {
    assert!(to_mermaid(&loan(), Locale::ZhCn).contains("state \"待答复\" as s_requested"));
    let (zh, en) = (to_svg(&loan(), Locale::ZhCn), to_svg(&loan(), Locale::En));
    assert!(zh.contains(">● 待答复<") || zh.contains("● 待答复"), "{zh}");
    assert!(en.contains("Waiting for the lender") && !en.contains("待答复"));
}

#[test]
fn texts_cannot_break_out_of_the_pictures() {
    let mut loan = loan();
    loan.states["lent"].label.en = "<script>\"&'; x --> y: z".to_owned();
    loan.states["requested"].on["withdraw"][0].when = Some("1 < 2 && 'a' == \"b\"".to_owned());
    let svg = to_svg(&loan, Locale::En);
    assert!(!svg.contains("<script") && svg.contains("&lt;script&gt;&quot;&amp;&#39;"));
    assert!(svg.contains("<title>1 &lt; 2 &amp;&amp; &#39;a&#39; == &quot;b&quot;</title>"));
    let mermaid = to_mermaid(&loan, Locale::En);
    assert!(mermaid.contains("state \"#60;script#62;#34;#38;'#59; x --#62; y#58; z\" as s_lent"), "{mermaid}");
}

#[test]
fn clocks_are_dashed_and_acts_are_solid() {
    let svg = to_svg(&loan(), Locale::En);
    let dashed = svg.matches("stroke-dasharray").count();
    // silent_approve, give_up, fine leave their states; escalate stays.
    assert_eq!(dashed, 3, "{svg}");
}

#[test]
fn no_text_lies_on_another_and_all_lie_inside() {
    for locale in [Locale::ZhCn, Locale::En] {
        let svg = to_svg(&loan(), locale);
        let (width, height): (u32, u32) =
            (attribute(&svg, "width").parse().unwrap(), attribute(&svg, "height").parse().unwrap());
        let mut rows: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for element in svg.split("<text").skip(1).filter(|e| !e.contains("text-anchor")) {
            let (x, y): (u32, u32) =
                (attribute(element, "x").parse().unwrap(), attribute(element, "y").parse().unwrap());
            assert!(x < width && y < height, "{element}");
            rows.entry(y).or_default().push(x);
        }
        let ways: Vec<u32> = rows.iter().filter(|(y, _)| **y > 90).map(|(y, _)| *y).collect();
        assert!(ways.windows(2).all(|w| w[1] - w[0] >= 20), "{ways:?}");
        assert!(rows.iter().filter(|(y, _)| **y > 90).all(|(_, xs)| xs.len() == 1), "{rows:?}");
    }
}

#[test]
fn states_are_drawn_from_the_start_to_the_ends() {
    let svg = to_svg(&loan(), Locale::En);
    let place = |label: &str| svg.find(&format!("{label}</text>")).unwrap();
    assert!(place("● Waiting for the lender") < place("Lent"));
    assert!(place("Being fined") < place("Closed"));
}

#[test]
fn a_state_that_nothing_leads_to_is_still_drawn() {
    let mut loan = loan();
    let lent = loan.states["lent"].clone();
    loan.states.insert("attic".to_owned(), lent);
    assert!(to_svg(&loan, Locale::En).contains("<title>attic</title>"));
}

#[test]
fn words_that_are_built_in_have_a_label_in_both_languages() {
    for locale in [Locale::ZhCn, Locale::En] {
        for word in ["system", "clock"] {
            assert_ne!(super::actor(&loan(), word, locale), word, "{locale:?}");
        }
    }
    assert_eq!(super::actor(&loan(), "ghost", Locale::En), "ghost");
}
