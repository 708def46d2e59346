//! Pages of the web that reach for this machine, and callers without a token.

use serde_json::json;

use super::note;
use crate::place::Place;
use crate::serve::{Answer, Served, message};

fn list(served: &Served, headers: &[(&str, &str)]) -> Answer {
    let all = [&[("Mcp-Method", "tools/list")], headers].concat();
    served.post(&all, &message("tools/list", json!({})))
}

#[test]
fn attack_36_foreign_host_and_origin() {
    let place = Place::with_intruder("", "");
    let served = place.serve(&["--origin", "http://app.example:8080"]);
    let port = served.address.port();
    let own = [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        "localhost".to_owned(),
    ];
    for host in &own {
        assert_eq!(list(&served, &[("Host", host)]).status, 200, "{host}");
    }
    let right = list(&served, &[("Origin", "http://app.example:8080")]);
    assert_eq!(right.status, 200, "{right:?}");
    let foreign = [
        ("Host", "evil.example"),
        ("Host", "evil.example:80"),
        ("Host", "localhost.evil.example"),
        ("Host", "127.0.0.1.evil.example"),
        ("Host", "evil.example@127.0.0.1"),
        ("Host", "0.0.0.0"),
        ("Host", "localhost\r\nHost: evil.example"),
        ("Host", "localhost, evil.example"),
        ("Origin", "http://evil.example"),
        ("Origin", "https://app.example:8080"),
        ("Origin", "http://app.example"),
        ("Origin", "http://app.example:8080.evil.example"),
        ("Origin", "http://sub.app.example:8080"),
        ("Origin", "null"),
        ("Origin", "file://"),
    ];
    for header in foreign {
        let answer = list(&served, &[header]);
        assert!(
            [400, 403].contains(&answer.status),
            "{header:?}: {answer:?}"
        );
        assert!(!answer.body.contains("call_tool"), "{header:?}: {answer:?}");
    }
    for plain in [("Origin", "http://evil.example"), ("Host", "evil.example")] {
        assert_eq!(list(&served, &[plain]).status, 403, "{plain:?}");
    }
    let tried = "names of others, look-alikes, other ports and schemes, `null`; the server's own \
        names and the operator's origins pass";
    note(36, "foreign Host and Origin", tried, foreign.len());
}

#[test]
fn attack_37_no_token_and_wrong_ones() {
    let place = Place::with_intruder(&super::callers::config(), "");
    let served = place.serve(&[]);
    let right = list(&served, &[("Authorization", "Bearer ann-token")]);
    assert_eq!(right.status, 200, "{right:?}");
    let by_hash = format!("Bearer {}", super::callers::hash("ann-token"));
    let wrong = [
        "",
        "Bearer ",
        "Bearer ann-toke",
        "Bearer ann-token2",
        "Bearer ANN-TOKEN",
        "Basic YW5uOmFubi10b2tlbg==",
        "ann-token",
        "Bearer ann-token, Bearer bob-token",
        "Bearer \u{e4}nn-token",
        // What the operator's file holds opens nothing.
        &by_hash,
    ];
    for value in wrong {
        let answer = list(&served, &[("Authorization", value)]);
        assert_eq!(answer.status, 401, "{value}: {answer:?}");
        let challenge = answer.header("WWW-Authenticate").unwrap_or_default();
        assert!(challenge.starts_with("Bearer"), "{value}: {answer:?}");
        assert!(!answer.body.contains("ann"), "{value}: {answer:?}");
    }
    let tried = "none, cut, longer, in other case, another scheme, two at once, bytes beyond ASCII, \
        and the hash that the operator's file holds";
    note(37, "no token, or a wrong one", tried, wrong.len());
}
