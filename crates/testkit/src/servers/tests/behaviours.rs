//! Each behaviour shows on the wire what its name says.

use std::time::Duration;

use super::{ASK, NAME, ask, fetch, start};
use crate::servers::behaviours::echo::{Place, What, echo};
use crate::servers::behaviours::{
    coding, desync, endless, foreign, framing, heads, range, redirect, sized, slow, store,
};
use crate::servers::probe::Probe;
use crate::servers::{Answer, Behaviour, encodings, probe};

const CANARY: &str = "canary-0123456789";

async fn check(behaviour: Behaviour, expected: &str) {
    let response = ask(behaviour).await;
    assert!(response.contains(expected), "{expected}: {response}");
}

#[tokio::test]
async fn an_echo_is_where_it_is_wanted() {
    for (place, expected) in [
        (Place::Body, r"\r\n\r\ncanary-0123456789"),
        (
            Place::Chunks(16),
            r"\r\n10\r\ncanary-012345678\r\n1\r\n9\r\n0\r\n",
        ),
        (Place::ErrorPage(418), "HTTP/1.1 418 "),
        (Place::Header, r"\r\nx-echo: canary-0123456789\r\n"),
        (Place::HeaderName, r"\r\nxcanary-0123456789: echo\r\n"),
        (Place::Cookie, r"\r\nset-cookie: echo=canary-0123456789\r\n"),
        (Place::Location, "?echo=canary-0123456789"),
        (Place::Trailer, r"0\r\nx-echo: canary-0123456789\r\n\r\n"),
        (Place::ChunkExtension, r"1;echo=canary-0123456789\r\nx\r\n"),
        (Place::Reason, r"HTTP/1.1 200 canary-0123456789\r\n"),
    ] {
        check(echo(What::Credential, encodings::raw, place), expected).await;
    }
    for place in Place::ALL {
        let response = ask(echo(What::Credential, encodings::hex, place)).await;
        let spread = matches!(place, Place::Chunks(_));
        assert_eq!(response.contains("63616e6172792d"), !spread, "{place:?}");
    }
}

#[tokio::test]
async fn an_echo_is_of_what_is_wanted() {
    for (what, expected) in [
        (
            What::Head,
            r"\r\n\r\nGET /v1/a?b=c HTTP/1.1\r\nhost: crm.test\r\nauth",
        ),
        (
            What::Headers,
            r"\r\n\r\nhost: crm.test\r\nauthorization: Bearer canary",
        ),
        (What::Header("Host"), r"\r\n\r\ncrm.test"),
        (What::Target, r"\r\n\r\n/v1/a?b=c"),
        (What::Body, r"content-length: 0\r\n\r\n"),
        (What::Everything, r"connection: close\r\n\r\n"),
    ] {
        check(echo(what, encodings::raw, Place::Body), expected).await;
    }
}

#[test]
fn encodings_are_what_they_are_called() {
    let text = b"k\xc3\xa9y\"<";
    for (encoding, expected) in [
        (encodings::percent as encodings::Encoding, "k%C3%A9y%22%3C"),
        (encodings::percent_lower, "k%c3%a9y%22%3c"),
        (encodings::percent_all, "%6B%C3%A9%79%22%3C"),
        (encodings::percent_twice, "k%25C3%25A9y%2522%253C"),
        (encodings::base64, "a8OpeSI8"),
        (encodings::base64_at_1, "eGvDqXkiPA=="),
        (encodings::base64url_no_pad, "a8OpeSI8"),
        (encodings::hex, "6bc3a979223c"),
        (encodings::hex_upper, "6BC3A979223C"),
        (encodings::json, "\"k\u{e9}y\\\"<\""),
        (
            encodings::json_all,
            "\"\\u006b\\u00e9\\u0079\\u0022\\u003c\"",
        ),
        (encodings::html, "k\u{e9}y&quot;&lt;"),
        (encodings::html_all, "&#107;&#233;&#121;&#34;&#60;"),
        (encodings::utf16_le, "k\0\u{fffd}\0y\0\"\0<\0"),
    ] {
        assert_eq!(String::from_utf8_lossy(&encoding(text)), expected);
    }
    let different: std::collections::BTreeSet<_> = encodings::TEXTS
        .iter()
        .chain(&encodings::CODINGS)
        .map(|(_, encoding)| encoding(b"a?>\xc3\xbf~/ canary7?>\xc3\xbf"))
        .collect();
    assert_eq!(different.len(), 25);
}

#[tokio::test]
async fn redirects_go_where_they_are_told() {
    for status in redirect::STATUSES {
        let behaviour = redirect::to(status, "https://evil.test/");
        check(behaviour, r"\r\nlocation: https://evil.test/\r\n").await;
    }
    check(redirect::in_circles(), r"\r\nlocation: /v1/a?b=c\r\n").await;
    check(
        redirect::by_page("https://evil.test/"),
        "refresh: 0; url=https://evil",
    )
    .await;
}

#[tokio::test]
async fn codings_hide_what_they_hold() {
    for (name, encoding) in encodings::CODINGS {
        let response = ask(coding::echo_coded(What::Credential, name, encoding)).await;
        assert!(response.contains(&format!("content-encoding: {name}")));
        // Brotli stores a text that is this short as it is.
        assert!(name == "br" || !response.contains(CANARY), "{name}");
    }
    check(coding::echo_as_accepted(What::Credential), CANARY).await;
    check(coding::unknown("rot13"), "content-encoding: rot13").await;
    check(coding::false_name(), "this is no gzip").await;
    for hiding in [
        coding::echo_twice(What::Credential),
        coding::echo_hidden(What::Credential),
        coding::half(),
    ] {
        check(hiding, r"\x1f\x8b").await;
    }
    let bomb = ask(coding::bomb(10_000_000)).await;
    assert!(bomb.len() < 100_000, "{}", bomb.len());
}

#[tokio::test]
async fn framing_is_as_wrong_as_it_was_written() {
    for (name, answer) in framing::WRONG.iter().chain(&framing::ODD) {
        let response = ask(framing::writing(answer)).await;
        assert_eq!(response, answer.escape_ascii().to_string(), "{name}");
    }
    let response = ask(framing::short(100, 10)).await;
    assert!(response.ends_with(r"content-length: 100\r\n\r\naaaaaaaaaa"));
}

#[tokio::test]
async fn a_desync_answers_the_second_request_before_it_comes() {
    let forged = Answer::new(200).body("forged");
    for behaviour in [
        desync::ahead(Answer::new(200).body("honest"), forged.clone()),
        desync::as_body_of(204, forged.clone()),
        desync::as_body_of(304, forged),
    ] {
        check(behaviour, r"content-length: 6\r\n\r\nforged").await;
    }
}

#[tokio::test]
async fn slices_are_given_asked_and_unasked() {
    check(range::honoured(What::Credential), "accept-ranges: bytes").await;
    check(
        range::unasked(What::Credential, 4),
        r"content-length: 4\r\n\r\ncana",
    )
    .await;
    let (server, authority) = start(range::honoured(What::Credential)).await;
    let request = ASK.replace("host:", "range: bytes=7-9\r\nhost:");
    let response = probe::ask(&server, &authority, NAME, request)
        .await
        .unwrap();
    assert!(response.starts_with(b"HTTP/1.1 206 ") && response.ends_with(b"012"));
    server.behave(range::by_path(What::Credential));
    let request = ASK.replace("/v1/a?b=c", "/0-2");
    let response = probe::ask(&server, &authority, NAME, request)
        .await
        .unwrap();
    assert!(response.ends_with(b"\r\n\r\ncan"));
}

#[tokio::test]
async fn a_store_hands_one_request_to_the_next() {
    let (server, authority) = start(store::store()).await;
    let get = "GET /kept HTTP/1.1\r\nhost: crm.test\r\nconnection: close\r\n\r\n";
    let before = probe::ask(&server, &authority, NAME, get).await.unwrap();
    assert!(before.starts_with(b"HTTP/1.1 404"));
    let post = ASK.replace("GET /v1/a", "POST /kept");
    probe::ask(&server, &authority, NAME, post).await.unwrap();
    let after = probe::ask(&server, &authority, NAME, get).await.unwrap();
    assert!(String::from_utf8_lossy(&after).contains(CANARY));
}

#[tokio::test]
async fn heads_are_as_large_as_they_are_told() {
    let response = ask(heads::many(500)).await;
    assert_eq!(response.matches(r"\r\nx-").count(), 500);
    assert!(ask(heads::large(100_000)).await.len() > 100_000);
    assert!(ask(heads::long_reason(100_000)).await.len() > 100_000);
    let response = ask(heads::many_trailers(50)).await;
    assert_eq!(response.matches(r": a\r\n").count(), 50);
}

#[tokio::test]
async fn the_endless_ends_only_when_the_peer_closes() {
    for behaviour in [
        endless::body(),
        endless::chunks(),
        endless::headers(),
        endless::header(),
        endless::chunk_extension(),
        endless::trailers(),
        endless::interim(),
        slow::head(Duration::from_millis(1)),
        slow::body(Duration::from_millis(1)),
        slow::chunks(Duration::from_millis(1)),
    ] {
        let (server, authority) = start(behaviour).await;
        let mut probe = Probe::connect(&server, &authority, NAME).await.unwrap();
        probe.send(ASK).await.unwrap();
        assert!(probe.read_at_least(100).await.unwrap().len() >= 100);
        assert_eq!(server.counts().open, 1);
        drop(probe);
        server.wait_closed().await;
    }
    let honest = fetch(slow::honest("hello", Duration::from_millis(1))).await;
    assert_eq!(honest.unwrap().into_body(), "hello");
}

#[tokio::test]
async fn foreign_tongues_are_spoken() {
    check(foreign::http2(), r"\x00\x00\x00\x04\x00").await;
    check(foreign::http2_preface(), "PRI * HTTP/2.0").await;
    check(foreign::upgrade("websocket"), "101 Switching Protocols").await;
    let (server, authority) = start(foreign::greeting()).await;
    let mut probe = Probe::connect(&server, &authority, NAME).await.unwrap();
    assert_eq!(
        probe.read_at_least(4).await.unwrap(),
        b"220 mail.test ESMTP\r\n"
    );
    check(foreign::noise(), r"\x00\x01\x02").await;
    let response = ask(foreign::interim_first(3)).await;
    assert_eq!(response.matches("HTTP/1.1 103").count(), 3);
}

#[tokio::test]
async fn honest_servers_send_and_take_a_lot() {
    let bytes = 5 * 1024 * 1024;
    let response = fetch(sized::download(bytes)).await.unwrap();
    assert_eq!(response.body().len() as u64, bytes);

    let (server, authority) = start(sized::upload()).await;
    let body = bytes::Bytes::from(vec![b'b'; 5 * 1024 * 1024]);
    let request = http::Request::post("/").body(body).unwrap();
    let response = probe::fetch(&server, &authority, NAME, request).await;
    assert_eq!(response.unwrap().into_body(), bytes.to_string());
    let kept = &server.requests()[0];
    assert_eq!((kept.body_bytes, kept.body.len()), (bytes, 1024 * 1024));
}
