//! Exchanges that break off: at each stage, in each way.

use std::io::ErrorKind;

use super::{ASK, NAME};
use crate::servers::behaviours::broken::{Break, Stage, broken};
use crate::servers::probe::Probe;
use crate::servers::{Authority, Server};

/// Talks with a server until it ends; returns what came, and how it ended.
async fn talk(server: &Server, authority: &Authority) -> (Vec<u8>, Result<(), ErrorKind>) {
    let mut probe = match Probe::connect(server, authority, NAME).await {
        Ok(probe) => probe,
        Err(error) => return (Vec::new(), Err(error.kind())),
    };
    let outcome = async {
        probe.send(ASK).await?;
        probe.read_to_end().await.map(drop)
    };
    let outcome = outcome.await.map_err(|error| error.kind());
    let came = probe.read_at_least(0).await.unwrap().to_vec();
    (came, outcome)
}

#[tokio::test]
async fn an_exchange_breaks_off_where_it_is_told() {
    let authority = Authority::new();
    let identity = authority.issue(&[NAME]);
    for stage in Stage::ALL {
        for how in [Break::Reset, Break::HalfClose] {
            let server = broken(&identity, stage, how).await.unwrap();
            let (came, outcome) = talk(&server, &authority).await;
            let expected = match how {
                Break::Reset => [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe],
                _ => [ErrorKind::UnexpectedEof; 2],
            };
            let kind = outcome.unwrap_err();
            assert!(expected.contains(&kind), "{stage:?} {how:?}: {kind}");
            let beyond = matches!(stage, Stage::ResponseHead | Stage::ResponseBody);
            assert!(beyond || came.is_empty(), "{stage:?} {how:?}");
            if how == Break::HalfClose {
                assert_eq!(came.ends_with(b"hello"), stage == Stage::ResponseBody);
                assert_eq!(came.is_empty(), !beyond, "{stage:?}");
            }
            server.wait_closed().await;
        }
    }
}

#[tokio::test]
async fn a_server_that_stalls_waits_for_its_peer() {
    let authority = Authority::new();
    let identity = authority.issue(&[NAME]);
    for stage in Stage::ALL {
        let server = broken(&identity, stage, Break::Stall).await.unwrap();
        let talking = talk(&server, &authority);
        tokio::select! {
            outcome = talking => panic!("{stage:?}: {outcome:?}"),
            () = reached(&server, stage) => {}
        }
        assert_eq!(server.counts().open, 1, "{stage:?}");
        // The peer's side was dropped with the lost race.
        server.wait_closed().await;
    }
}

async fn reached(server: &Server, stage: Stage) {
    server.wait_for_connections(1).await;
    if matches!(
        stage,
        Stage::RequestHead | Stage::ResponseHead | Stage::ResponseBody
    ) {
        server.wait_for_requests(1).await;
    }
}
