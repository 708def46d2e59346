//! The tools as the host calls them, against scripted sites.
#![allow(clippy::unwrap_used)]

mod golden;
mod hostile;

use hotcell_sdk::serde_json::{Value, from_str, json};
use hotcell_sdk::stub::{Host, Reply, Sent};
use hotcell_sdk::{Context, Failure, Retry};

/// Calls a tool on a host whose sites answer by `server`.
fn call(
    tool: &str,
    input: &Value,
    server: impl FnMut(&Sent) -> Reply + 'static,
) -> (Result<Value, Failure>, Vec<Sent>) {
    let skill = crate::skill();
    let host = Host::new().http(server);
    let (answer, sent) = host.run(|| skill.call(tool, &input.to_string(), &Context::default()));
    (answer.map(|text| from_str(&text).unwrap()), sent)
}

fn read(reply: fn() -> Reply) -> Result<Value, Failure> {
    let input = json!({"url": "https://a.example/"});
    call("read_page", &input, move |_| reply()).0
}

fn page(html: &str) -> Reply {
    let reply = Reply::new(200).header("Content-Type", "text/html; charset=utf-8");
    reply.body(html)
}

fn moved(location: &str) -> Reply {
    Reply::new(302).header("location", location)
}

#[test]
fn schema_json_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
    hotcell_sdk::assert_schema_current(path, &crate::skill());
}

#[test]
fn redirects_are_followed_within_and_between_sites() {
    let server = |sent: &Sent| match sent.url.as_str() {
        "https://a.example/old" => moved("/new?x=1"),
        "https://a.example/new?x=1" => moved("https://b.example/"),
        "https://b.example/" => page("<title>B</title>here"),
        other => panic!("{other}"),
    };
    let (answer, sent) = call(
        "read_page",
        &json!({"url": "https://a.example/old#x"}),
        server,
    );
    let answer = answer.unwrap();
    assert_eq!(
        (&answer["url"], &answer["title"]),
        (&json!("https://b.example/"), &json!("B"))
    );
    assert_eq!(sent.len(), 3);
}

fn check_redirected(server: fn(&Sent) -> Reply, location: &str, requests: usize) {
    let (answer, sent) = call("list_links", &json!({"url": "https://a.example/1"}), server);
    let failure = answer.unwrap_err();
    assert_eq!(failure.code, "REDIRECTED");
    let details: Value = from_str(&failure.details.unwrap()).unwrap();
    assert_eq!(details, json!({"location": location}));
    assert_eq!(sent.len(), requests);
}

#[test]
fn redirects_that_lead_nowhere_end() {
    check_redirected(|_| moved("/1"), "https://a.example/1", 1);
    check_redirected(|_| moved("#part"), "https://a.example/1", 1);
    let circle = |sent: &Sent| moved(if sent.path() == "/1" { "/2" } else { "/1" });
    check_redirected(circle, "https://a.example/1", 2);
    let endless = |sent: &Sent| moved(&format!("{}x", sent.path()));
    check_redirected(endless, "https://a.example/1xxxxxx", 6);
    for odd in [
        "",
        "javascript:alert(1)",
        "https://u:p@b.example/",
        "file:///etc/passwd",
    ] {
        let failure = match odd {
            "" => read(|| Reply::new(301)),
            "javascript:alert(1)" => read(|| moved("javascript:alert(1)")),
            "https://u:p@b.example/" => read(|| moved("https://u:p@b.example/")),
            _ => read(|| moved("file:///etc/passwd")),
        };
        assert_eq!(failure.unwrap_err().code, "REDIRECTED", "{odd}");
    }
}

#[test]
fn a_redirect_to_a_site_without_a_grant_is_told() {
    let server = |sent: &Sent| match sent.url.as_str() {
        "https://a.example/1" => moved("https://b.example/x"),
        _ => Reply::denied("egress_denied", None),
    };
    check_redirected(server, "https://b.example/x", 2);
}

#[test]
fn trouble_becomes_a_code() {
    let check = |reply: fn() -> Reply, code: &str| {
        assert_eq!(read(reply).unwrap_err().code, code);
    };
    check(|| Reply::denied("egress_denied", None), "NOT_GRANTED");
    check(|| page("half").stopped("secret_in_response"), "NOT_GRANTED");
    check(
        || Reply::denied("rate_limited", Some(9)),
        "TRANSIENT_RATE_LIMITED",
    );
    check(|| Reply::new(429), "TRANSIENT_RATE_LIMITED");
    check(|| Reply::new(404), "NOT_FOUND");
    check(|| Reply::new(410), "NOT_FOUND");
    check(|| Reply::new(403), "PERMANENT_FAILURE");
    check(|| Reply::new(304), "PERMANENT_FAILURE");
    check(|| Reply::new(503), "TRANSIENT_UPSTREAM");
    check(|| page("half").broken_off(), "TRANSIENT_UPSTREAM");
    check(|| Reply::transient("dns_timeout"), "TRANSIENT_UPSTREAM");
    check(
        || Reply::permanent("tls_certificate_error"),
        "PERMANENT_FAILURE",
    );
    let waits = read(|| Reply::new(429).header("retry-after", "2")).unwrap_err();
    assert_eq!(waits.retry, Retry::AfterMs(2_000));
}

#[test]
fn an_address_is_checked_before_it_is_asked_for() {
    for url in [
        "a.example/x",
        "file:///etc/passwd",
        "https://user:pw@a.example/",
    ] {
        let (answer, sent) = call("read_page", &json!({"url": url}), |_| Reply::new(200));
        assert_eq!(answer.unwrap_err().code, "ADDRESS_INVALID", "{url}");
        assert!(sent.is_empty());
    }
}

#[test]
fn only_text_is_read() {
    let typed = |media_type: &'static str| {
        let server = move |_: &Sent| {
            let reply = Reply::new(200).header("content-type", media_type);
            reply.body("a < b\n  c\u{200b}\n")
        };
        call("read_page", &json!({"url": "https://a.example/"}), server).0
    };
    assert_eq!(typed("text/plain").unwrap()["text"], "a < b\n  c");
    assert_eq!(
        typed("TEXT/Markdown; charset=utf-8").unwrap()["text"],
        "a < b\n  c"
    );
    assert_eq!(typed("text/html").unwrap()["text"], "a < b c");
    assert_eq!(typed("").unwrap()["text"], "a < b c");
    for (media_type, told) in [
        ("application/pdf", "application/pdf"),
        ("image/png; x", "image/png"),
        ("text/css", "text/css"),
        ("do <b>this</b>", "dobthis/b"),
    ] {
        let failure = typed(media_type).unwrap_err();
        assert_eq!(failure.code, "UNSUPPORTED_TYPE", "{media_type}");
        let details: Value = from_str(&failure.details.unwrap()).unwrap();
        assert_eq!(details, json!({"type": told}));
    }
}

#[test]
fn a_page_in_another_charset_is_read() {
    let latin = read(|| {
        let reply = Reply::new(200).header("content-type", "text/html; charset=iso-8859-1");
        reply.body(b"<title>\xdcber</title>\xe4".to_vec())
    });
    let latin = latin.unwrap();
    assert_eq!(
        (&latin["title"], &latin["text"]),
        (&json!("Über"), &json!("ä"))
    );
}

#[test]
fn a_bound_is_told() {
    let long = || page(&"word ".repeat(100));
    let server = move |_: &Sent| long();
    let input = json!({"url": "https://a.example/", "max_chars": 100});
    let cut = call("read_page", &input, server).0.unwrap();
    assert_eq!(cut["text"].as_str().unwrap().len(), 99);
    assert_eq!(cut["truncated"], true);
    assert_eq!(
        read(|| page(&"word ".repeat(100))).unwrap()["truncated"],
        false
    );
}

#[test]
fn many_pages_are_read_and_what_fails_is_told_beside_them() {
    let server = |sent: &Sent| match sent.path() {
        "/1" => page("<title>One</title>first"),
        "/2" => Reply::new(404),
        _ => page("third"),
    };
    let urls = [
        "https://a.example/1",
        "https://a.example/2",
        "https://a.example/3",
    ];
    let (answer, sent) = call("read_pages", &json!({ "urls": urls }), server);
    let answer = answer.unwrap();
    assert_eq!(answer["read"], 2);
    assert_eq!(answer["pages"][0]["title"], "One");
    assert_eq!(answer["pages"][1]["failure"], "NOT_FOUND");
    assert_eq!(answer["pages"][2]["text"], "third");
    assert_eq!(sent.len(), 3);
}

#[test]
fn a_site_that_asks_to_wait_makes_the_job_wait() {
    let server = |_: &Sent| Reply::new(429).header("retry-after", "3");
    let urls = ["https://a.example/1"];
    let (answer, _) = call("read_pages", &json!({ "urls": urls }), server);
    let failure = answer.unwrap_err();
    assert_eq!(failure.code, "TRANSIENT_RATE_LIMITED");
    assert_eq!(failure.retry, Retry::AfterMs(3_000));
}
