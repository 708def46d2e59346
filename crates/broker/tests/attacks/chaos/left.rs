//! A guest that leaves in the middle.

use http_body_util::BodyExt;

use hotcell_package::Effect;
use hotcell_testkit::servers::behaviours::broken::{Break, broken};
use hotcell_testkit::servers::behaviours::{broken, desync, endless};
use hotcell_testkit::servers::{Answer, Server};

use crate::chaos::Stage;
use crate::world::{World, answer, code, get};

fn url(world: &World) -> String {
    format!("{}/v1/x", world.origin)
}

#[test]
fn a_body_that_is_dropped_in_the_middle_closes_its_socket() {
    let stage = Stage::new();
    let identity = stage.authority.issue(&["api.test"]);
    let server = stage
        .servers
        .block_on(Server::tls(&identity, endless::chunks()));
    let world = stage.world(&server, "concurrent = 1");
    stage.client.block_on(async {
        let session = world.session(Effect::Read);
        for _ in 0..3 {
            let mut response = session.send(get(&url(&world))).await.unwrap();
            let first = response.body_mut().frame().await.unwrap().unwrap();
            assert!(!first.into_data().unwrap().is_empty());
            assert_eq!(server.counts().open, 1);
            drop(response);
            server.wait_closed().await;
            stage.no_task_left("dropped body").await;
        }
    });
    assert_eq!(server.counts().accepted, 3);
    assert_eq!(
        world.records.all().len(),
        6,
        "each was recorded at its head and its end"
    );
}

#[test]
fn a_request_that_is_dropped_closes_its_socket_at_every_stage() {
    let stage = Stage::new();
    for at in broken::Stage::ALL {
        let identity = stage.authority.issue(&["api.test"]);
        let server = stage
            .servers
            .block_on(broken(&identity, at, Break::Stall))
            .unwrap();
        let world = stage.world(&server, "");
        stage.client.block_on(async {
            let session = world.session(Effect::Read);
            let whole = answer(&session, get(&url(&world)));
            tokio::select! {
                got = whole => panic!("{at:?}: {got:?}"),
                () = arrived(&server, at) => {}
            }
            server.wait_closed().await;
            stage.no_task_left(&format!("{at:?}")).await;
        });
        assert!(!world.records.all().is_empty(), "{at:?} was recorded");
    }
}

/// Waits until an exchange has come as far as it will.
async fn arrived(server: &Server, at: broken::Stage) {
    use broken::Stage::{Accepted, ClientHello, Handshake};
    match at {
        Accepted | ClientHello | Handshake => server.wait_for_connections(1).await,
        _ => server.wait_for_requests(1).await,
    }
}

/// Kept connections end with the call.
#[test]
fn a_call_that_ends_closes_what_it_kept() {
    let stage = Stage::new();
    let honest = |_: &hotcell_testkit::servers::Request| Answer::new(200).body("ok");
    let behaviour = hotcell_testkit::servers::Behaviour::answering(honest);
    let identity = stage.authority.issue(&["api.test"]);
    let server = stage.servers.block_on(Server::tls(&identity, behaviour));
    let world = stage.world(&server, "");
    stage.client.block_on(async {
        let session = world.session(Effect::Read);
        assert_eq!(code(&answer(&session, get(&url(&world))).await), "ok");
        assert_eq!(server.counts().open, 1);
        drop(session);
        server.wait_closed().await;
        stage.no_task_left("kept").await;
    });
}

/// What comes on a kept connection before it was asked for is nobody's answer.
#[test]
fn bytes_behind_a_response_are_no_answer() {
    let stage = Stage::new();
    let forged = Answer::new(200).body("forged");
    let behaviour = desync::ahead(Answer::new(200).body("first"), forged);
    let identity = stage.authority.issue(&["api.test"]);
    let server = stage.servers.block_on(Server::tls(&identity, behaviour));
    let world = stage.world(&server, "");
    stage.client.block_on(async {
        let session = world.session(Effect::Read);
        for _ in 0..5 {
            match answer(&session, get(&url(&world))).await {
                Ok(got) => assert_eq!(got.body, b"first"),
                Err(error) => panic!("{error}"),
            }
        }
        drop(session);
        server.wait_closed().await;
        stage.no_task_left("ahead").await;
    });
}
