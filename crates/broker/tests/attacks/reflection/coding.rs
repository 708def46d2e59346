//! A server that compresses, so that a scan of the bytes would be blind.

use hotcell_testkit::servers::behaviours::coding;
use hotcell_testkit::servers::behaviours::echo::What;
use hotcell_testkit::servers::encodings::{Encoding, brotli, deflate, gzip, raw, zlib};
use hotcell_testkit::servers::{Answer, Behaviour};

use crate::ledger::Tally;
use crate::reflection::{Site, take};
use crate::world::{CANARY, Setup, request};
use hotcell_package::Effect;

const REFLECTED: &str = "secret_reflected";
const CODING: &str = "response_coding";

fn echo_as(name: &'static str, encoding: Encoding) -> Behaviour {
    coding::echo_coded(What::Credential, name, encoding)
}

/// Two headers, or two in one; each alone would be decoded.
fn twice_said() -> Behaviour {
    Behaviour::answering(|request| {
        let answer = Answer::new(200).header("content-encoding", "gzip");
        let body = gzip(&gzip(&What::Credential.of(request)));
        answer.header("content-encoding", "gzip").body(body)
    })
}

/// The coding of the transfer rather than of the content.
fn in_transfer(coding: &'static str) -> Behaviour {
    Behaviour::answering(move |request| {
        let body = gzip(&What::Credential.of(request));
        let framed = [
            format!("{:x}\r\n", body.len()).as_bytes(),
            &body,
            b"\r\n0\r\n\r\n",
        ]
        .concat();
        Answer::new(200)
            .header("transfer-encoding", coding)
            .unframed()
            .body(framed)
    })
}

/// A gzip that ends, and the secret behind its end.
fn behind(name: &'static str, encoding: Encoding) -> Behaviour {
    Behaviour::answering(move |request| {
        let body = [encoding(b"hello"), What::Credential.of(request)].concat();
        Answer::new(200).header("content-encoding", name).body(body)
    })
}

/// Two gzip members, with the secret over the edge.
fn members() -> Behaviour {
    Behaviour::answering(|request| {
        let secret = What::Credential.of(request);
        let (first, second) = secret.split_at(secret.len() / 2);
        let body = [gzip(first), gzip(second)].concat();
        Answer::new(200)
            .header("content-encoding", "gzip")
            .body(body)
    })
}

#[tokio::test]
async fn attack_19_compression() {
    let site = Site::new().await;
    let mut tally = Tally::default();
    for (what, behaviour, code) in [
        ("gzip", echo_as("gzip", gzip), REFLECTED),
        ("GZIP", echo_as("GZIP", gzip), REFLECTED),
        ("x-gzip", echo_as("x-gzip", gzip), REFLECTED),
        ("deflate", echo_as("deflate", zlib), REFLECTED),
        ("called identity", echo_as("identity", raw), REFLECTED),
        ("two members", members(), REFLECTED),
        (
            "bare deflate",
            echo_as("deflate", deflate),
            "response_malformed",
        ),
        ("br", echo_as("br", brotli), CODING),
        ("zstd", echo_as("zstd", raw), CODING),
        ("gzip in gzip", coding::echo_twice(What::Credential), CODING),
        ("gzip said twice", twice_said(), CODING),
        ("identity and gzip", echo_as("identity, gzip", gzip), CODING),
        ("unknown", coding::unknown("rot13"), CODING),
        ("empty", coding::unknown(""), CODING),
        ("transfer gzip", in_transfer("gzip, chunked"), CODING),
        ("transfer gzip, odd", in_transfer("gzip,chunked"), CODING),
        ("half of a gzip", coding::half(), "response_malformed"),
        ("no gzip", coding::false_name(), "response_malformed"),
        ("behind gzip", behind("gzip", gzip), "response_malformed"),
        ("behind zlib", behind("deflate", zlib), "response_malformed"),
    ] {
        let got = site.ask(behaviour, what).await;
        tally.refused(what, &got.end, code);
    }
    bomb(&site, &mut tally).await;
    asked_by_the_guest(&site, &mut tally).await;
    tally.note(
        19,
        "compression that hides the secret",
        "gzip, deflate and br by the guest's Accept-Encoding and unasked, twice, in the \
         transfer, in members, cut, under false names, and bombs",
    );
}

async fn bomb(site: &Site, tally: &mut Tally) {
    for bytes in [200_000, 64 << 20] {
        site.server.behave(coding::bomb(bytes));
        let setup = Setup {
            limits: "response_bytes = 100000".to_owned(),
            ..Setup::default()
        };
        let world = site.world_of(setup);
        let got = world.get("/v1/x").await;
        tally.refused("a bomb", &got, "response_too_large");
    }
}

/// The guest says what it takes; the server never hears of it.
async fn asked_by_the_guest(site: &Site, tally: &mut Tally) {
    for accepted in ["gzip", "gzip, deflate, br", "*", "br;q=1.0", "identity;q=0"] {
        site.server
            .behave(coding::echo_as_accepted(What::Credential));
        let world = site.world();
        let headers = [("accept-encoding", accepted)];
        let asked = request("GET", &site.url("/v1/x"), &headers, b"");
        let got = take(&world.session(Effect::Read), asked).await;
        tally.refused(accepted, &got.end, REFLECTED);
        let seen = site.server.requests().pop().unwrap();
        let codings: Vec<&str> = seen.headers_named("accept-encoding").collect();
        assert_eq!(codings, ["identity"]);
    }
}

#[tokio::test]
async fn honest_compression_is_decoded() {
    let site = Site::new().await;
    let innocent: String = CANARY.chars().rev().collect();
    for (name, encoding) in [
        ("gzip", gzip as Encoding),
        ("deflate", zlib),
        ("identity", raw),
    ] {
        let text = innocent.clone();
        let behaviour = Behaviour::answering(move |_| {
            let body = encoding(text.as_bytes());
            Answer::new(200).header("content-encoding", name).body(body)
        });
        let got = site.ask(behaviour, name).await;
        assert_eq!(
            (got.code().as_str(), got.body.as_slice()),
            ("ok", innocent.as_bytes())
        );
    }
}
