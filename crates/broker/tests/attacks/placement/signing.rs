//! A guest that has the host sign what it was not granted.

use hotcell_testkit::servers::Authority;
use ring::hmac;

use crate::ledger::Tally;
use crate::world::{CANARY, Setup, World, get, honest, request};

const HMAC: &str = "kind = \"hmac\"\nsign = \"{timestamp}\\n{method}\\n{host}\\n{path}\\n{query}\\n{body}\"\n\
                    header = \"x-signature\"\nvalue = \"v1={signature}\"\ntimestamp_header = \"x-timestamp\"";
const SIGV4: &str = "kind = \"sigv4\"\naccess_key_id = \"AKIAEXAMPLE\"\nregion = \"eu-central-1\"\nservice = \"execute-api\"";

fn kind(text: &str) -> Setup {
    Setup {
        secret: text.to_owned(),
        ..Setup::default()
    }
}

#[tokio::test]
async fn attack_16_signing_oracle() {
    let mut tally = Tally::default();
    signed_text(&mut tally).await;
    open_templates(&mut tally).await;
    aws(&mut tally).await;
    tally.note(16, "signing oracle", "the signed headers set by the guest, separators inside of fields, templates whose parts could be told apart in two ways, presigned queries");
}

async fn signed_text(tally: &mut Tally) {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let world = World::new(&authority, &server, kind(HMAC));
    let url = format!("{}/v1/x?a=b", world.origin);
    for name in [
        "x-signature",
        "X_Signature",
        "x_signature",
        "x-timestamp",
        "x_timestamp",
    ] {
        let sent = world
            .send(request("POST", &url, &[(name, "1")], b"hello"))
            .await;
        tally.refused(name, &sent, "placement_conflict");
    }
    for path in [
        "/v1/x%0aPOST%0a",
        "/v1/x%0A",
        "/v1/x%0d",
        "/admin",
        "/v1/../admin",
    ] {
        let sent = world
            .send(request(
                "POST",
                &format!("{}{path}", world.origin),
                &[],
                b"",
            ))
            .await;
        let wanted = if path == "/admin" {
            "egress_denied"
        } else {
            "url_denied"
        };
        tally.refused(path, &sent, wanted);
    }
    assert_eq!(server.counts().accepted, 0);
    // A body that goes on like another request is signed as the body that it is.
    for body in [
        "hello",
        "\nPOST\n/admin\n\n{}",
        "1\nDELETE\napi.test\n/admin\n\n",
        "",
    ] {
        world
            .send(request("POST", &url, &[], body.as_bytes()))
            .await
            .unwrap();
        let seen = server.requests().pop().unwrap();
        let time = seen.header("x-timestamp").unwrap();
        let host = seen.header("host").unwrap();
        let text = format!("{time}\nPOST\n{host}\n/v1/x\na=b\n{body}");
        let key = hmac::Key::new(hmac::HMAC_SHA256, CANARY.as_bytes());
        let tag = hmac::sign(&key, text.as_bytes());
        let hex: String = tag
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        tally.without_effect(
            body,
            seen.header("x-signature") == Some(&format!("v1={hex}")),
        );
    }
    assert!(!server.received(CANARY), "the key itself is never sent");
}

/// Templates without separators: a request whose text could be that of another one is refused.
async fn open_templates(tally: &mut Tally) {
    let authority = Authority::new();
    for (template, good, bad) in [
        (
            "{method}{path}{body}",
            "{\"a\":1}",
            &["dmin", "/admin", "a", "%41", "-"][..],
        ),
        ("{path}{query}{body}", "{}", &["x", "&a=b", "/"]),
        ("{timestamp}{body}", "{}", &["0", "12"]),
        ("{method}{body}", "hello", &["ED", "X"]),
    ] {
        let server = honest(&authority, &["api.test"]).await;
        let text = format!("kind = \"hmac\"\nsign = \"{template}\"\nheader = \"x-signature\"");
        let world = World::new(&authority, &server, kind(&text));
        let url = format!("{}/v1/x", world.origin);
        for body in bad {
            let sent = world
                .send(request("POST", &url, &[], body.as_bytes()))
                .await;
            tally.refused(&format!("{template} with {body}"), &sent, "placement_body");
        }
        assert_eq!(server.counts().accepted, 0);
        world
            .send(request("POST", &url, &[], good.as_bytes()))
            .await
            .unwrap();
        assert!(server.requests()[0].header("x-signature").is_some());
    }
}

async fn aws(tally: &mut Tally) {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let world = World::new(&authority, &server, kind(SIGV4));
    let url = format!("{}/v1/x", world.origin);
    for name in [
        "x-amz-date",
        "x_amz_date",
        "x-amz-content-sha256",
        "x-amz-copy-source",
        "x-amz-copy-source-range",
        "x-amz-decoded-content-length",
        "x-amz-trailer",
        "x-amz-s3session-token",
    ] {
        let sent = world
            .send(request("PUT", &url, &[(name, "20130524T000000Z")], b"x"))
            .await;
        tally.refused(name, &sent, "placement_conflict");
    }
    for name in [
        "authorization",
        "x-amz-security-token",
        "x_amz_security_token",
    ] {
        let sent = world.send(request("PUT", &url, &[(name, "x")], b"x")).await;
        tally.refused(name, &sent, "header_denied");
    }
    for query in [
        "X-Amz-Signature=a",
        "x-amz-signature=a",
        "X-Amz-Credential=a",
        "X-Amz-Expires=604800",
        "X-Amz-SignedHeaders=host",
        "%58-Amz-Date=a",
        "X%2DAmz-Date=a",
        "a=b&X-Amz-Security-Token=c",
        "+x-amz-date=a",
        "%2558-Amz-Date=a",
    ] {
        let sent = world.send(get(&format!("{url}?{query}"))).await;
        tally.refused(query, &sent, "placement_conflict");
    }
    assert_eq!(server.counts().accepted, 0);
    world
        .send(request(
            "PUT",
            &format!("{url}?b=2&a=1"),
            &[("x-note", "n")],
            b"x",
        ))
        .await
        .unwrap();
    let seen = server.requests().pop().unwrap();
    let signed = seen.header("authorization").unwrap();
    assert!(
        signed.starts_with("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/"),
        "{signed}"
    );
    assert!(
        signed.contains("SignedHeaders=") && signed.contains("x-note"),
        "the guest's headers are covered"
    );
    assert!(!server.received(CANARY), "the key itself is never sent");
}
