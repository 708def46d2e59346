//! Errors of a client tend to print the URL, and what the peer said.

use hotcell_package::Effect;
use hotcell_testkit::servers::behaviours::echo::{Place, What, echo};
use hotcell_testkit::servers::encodings::raw;
use hotcell_testkit::servers::{Answer, Behaviour, Server};

use crate::chaos::{Stage, all};
use crate::ledger::Tally;
use crate::reflection::take;
use crate::world::{CANARY, World, request};

/// What a guest, or a peer, wrote.
const MARKS: [&str; 6] = [
    "mark-path",
    "mark-query",
    "mark-header",
    "mark-body",
    "mark-peer",
    CANARY,
];

/// Asks with a mark in every part; checks that nothing that is told holds one of them.
async fn check(world: &World, tally: &mut Tally, what: &str, wanted: &str) {
    let url = format!("{}/v1/mark-path?q=mark-query", world.origin);
    let headers = [("x-note", "mark-header")];
    let asked = request("POST", &url, &headers, b"mark-body");
    let got = take(&world.session(Effect::Write), asked).await;
    tally.refused(what, &got.end, wanted);
    let error = got.end.unwrap_err();
    let told = format!("{error} {error:?} {error:#?}");
    assert!(std::error::Error::source(&error).is_none(), "{what}");
    for mark in MARKS {
        assert!(!told.contains(mark), "{what}: {told}");
    }
    world.records_hold_none(&MARKS);
}

#[test]
fn attack_22_errors_that_print() {
    let stage = Stage::new();
    let mut tally = Tally::default();
    for case in all() {
        let server = stage.servers.block_on(case.start(&stage.authority));
        let world = stage.world(&server, case.limits);
        let checked = check(&world, &mut tally, &case.what, case.wanted.code());
        stage.client.block_on(checked);
    }
    let identity = stage.authority.issue(&["api.test"]);
    for (what, behaviour, limits, code) in told_by_peers() {
        let server = stage.servers.block_on(Server::tls(&identity, behaviour));
        let world = stage.world(&server, limits);
        stage.client.block_on(check(&world, &mut tally, what, code));
    }
    tally.note(
        22,
        "error text that prints the URL or the peer",
        "every failure of the chaos table, and every refusal of a response, with marks in path, \
         query, header, body and the peer's text: none in an error, its Debug, or a record",
    );
}

fn told_by_peers() -> Vec<(&'static str, Behaviour, &'static str, &'static str)> {
    let bad = b"HTTP/1.1 200 mark-peer\r\nmark-peer: a\r\nmark peer\r\n\r\n";
    vec![
        (
            "a bad head",
            Behaviour::writing(*bad),
            "",
            "response_malformed",
        ),
        (
            "reflected",
            echo(What::Everything, raw, Place::Body),
            "",
            "secret_reflected",
        ),
        (
            "in a header",
            echo(What::Header("authorization"), raw, Place::Header),
            "",
            "secret_reflected",
        ),
        (
            "a coding's name",
            Behaviour::answering(|_| Answer::new(200).header("content-encoding", "mark-peer")),
            "",
            "response_coding",
        ),
        (
            "large",
            echo(What::Target, raw, Place::Body),
            "response_bytes = 1",
            "response_too_large",
        ),
        (
            "large requests",
            echo(What::Target, raw, Place::Body),
            "request_bytes = 1",
            "request_too_large",
        ),
        (
            "long URLs",
            echo(What::Target, raw, Place::Body),
            "url_bytes = 10",
            "url_denied",
        ),
        (
            "many headers",
            echo(What::Target, raw, Place::Body),
            "header_bytes = 5",
            "header_denied",
        ),
    ]
}
