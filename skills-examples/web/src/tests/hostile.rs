//! Pages that mean harm: to the reader's time and memory, and to who reads the text.

use std::time::{Duration, Instant};

use super::{call, page};
use hotcell_sdk::serde_json::{Value, json};

use crate::fetch::PAGE_BYTES_MAX;

/// Large enough that what is not linear takes hours.
const BYTES: usize = 512 << 10;
/// Far more than any of them takes, natively and without optimisation.
const TIME_MAX: Duration = Duration::from_secs(20);

fn read(html: String) -> Value {
    let input = json!({"url": "https://a.example/"});
    let began = Instant::now();
    let answer = call("read_page", &input, move |_| page(&html)).0.unwrap();
    assert!(began.elapsed() < TIME_MAX, "{:?}", began.elapsed());
    answer
}

fn text(html: &str) -> String {
    read(html.to_owned())["text"].as_str().unwrap().to_owned()
}

#[test]
fn no_page_is_slow() {
    let fill = |piece: &str| piece.repeat(BYTES / piece.len());
    for piece in [
        "<div>",
        "<b><a href=x>",
        "<p hidden><nav>",
        "</div>",
        "<",
        "&",
        "&ampx",
        "<!--",
        "<!-- -- ",
        "<a href=",
        "<x y=z ",
        "<table><tr><td>",
        "<script>",
        "<title>",
        "<a href=/../../../../../x?y#z>t</a>",
        "<pre>\n",
        " ",
    ] {
        read(fill(piece));
    }
    let attributes: String = (0..40_000).map(|n| format!(" a{n}=1")).collect();
    read(format!("<p{attributes}>text"));
    read(format!("<a href=\"{}\">text</a>", "x".repeat(BYTES)));
    let links: String = (0..40_000).map(|n| format!("<a href=/{n}>t</a>")).collect();
    let answer = read(links);
    assert_eq!(answer["links"].as_array().unwrap().len(), 200);
    assert_eq!(answer["truncated"], true);
}

#[test]
fn a_page_is_cut_at_its_bound() {
    let filler = "x".repeat(PAGE_BYTES_MAX);
    let answer = read(format!("<p>first</p><!--{filler}--><p>last</p>"));
    assert_eq!(
        (&answer["text"], &answer["truncated"]),
        (&json!("first"), &json!(true))
    );
}

#[test]
fn deep_nesting_loses_no_text() {
    let deep = "<div><section><ul><li>".repeat(100_000);
    assert_eq!(text(&format!("{deep}<b>here</b>")), "- here");
}

#[test]
fn what_readers_do_not_see_is_not_read() {
    for hidden in [
        "<script>bad</script>",
        "<style>bad</style>",
        "<noscript>bad</noscript>",
        "<template><p>bad</p></template>",
        "<!-- bad -->",
        "<p hidden>bad</p>",
        "<p hidden>bad",
        "<div style='display: none'><div>bad</div>bad</div>",
        "<span style=\"font-size:0\">bad</span>",
        "<div aria-hidden=true>bad</div>",
        "<svg><title>bad</title><text>bad</text></svg>",
        "<textarea>bad</textarea>",
        "<iframe>bad</iframe>",
        "<p title=bad alt=bad data-x=bad></p>",
        "<input hidden value=bad>",
        "<script><!--<script>bad</script>bad--></script>",
    ] {
        let found = text(&format!("<p>before</p>{hidden}<p>behind</p>"));
        let found: Vec<_> = found.split_whitespace().collect();
        assert_eq!(found, ["before", "behind"], "{hidden}");
    }
}

#[test]
fn an_element_that_never_ends_hides_no_whole_page() {
    assert_eq!(text("<ul><li hidden>bad</ul><p>behind</p>"), "behind");
    assert_eq!(text("<nav><p>only a menu"), "only a menu");
    assert_eq!(text("<nav>menu<main>inside</main>"), "menu\n\ninside");
}

#[test]
fn markup_in_text_stays_text() {
    assert_eq!(
        text("&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;"),
        "<script>alert(1)</script> &amp;"
    );
}
