//! A download that streams takes the same memory however long it is.
#![allow(clippy::unwrap_used)]

#[path = "attacks/world.rs"]
#[allow(dead_code)]
mod world;

use hotcell_package::Effect;
use hotcell_testkit::servers::behaviours::sized;
use hotcell_testkit::servers::{Authority, Server};
use http_body_util::BodyExt;
use peak_alloc::PeakAlloc;

use crate::world::{Setup, World, get};

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;

const MIB: u64 = 1 << 20;

/// More than the whole exchange may take, server and client together.
const BYTES_MAX: usize = 4 << 20;

#[tokio::test]
async fn a_long_download_takes_no_more_memory_than_a_short_one() {
    let authority = Authority::new();
    let identity = authority.issue(&["api.test"]);
    let setup = Setup {
        limits: "response_bytes = 1073741824".to_owned(),
        ..Setup::default()
    };
    let server = Server::tls(&identity, sized::download(MIB)).await;
    let world = World::new(&authority, &server, setup);
    let short = peak_of(&world, MIB).await;
    server.behave(sized::download(256 * MIB));
    let long = peak_of(&world, 256 * MIB).await;
    assert!(
        long < BYTES_MAX,
        "{long} bytes for 256 MiB, {short} for one"
    );
    server.wait_closed().await;
}

/// Downloads, and returns the most bytes that were allocated beyond what was before.
async fn peak_of(world: &World, bytes: u64) -> usize {
    let before = PEAK.current_usage();
    PEAK.reset_peak_usage();
    let session = world.session(Effect::Read);
    let url = format!("{}/v1/x", world.origin);
    let mut response = session.send(get(&url)).await.unwrap();
    let mut received = 0;
    while let Some(frame) = response.body_mut().frame().await {
        received += frame.unwrap().into_data().unwrap().len() as u64;
    }
    assert_eq!(received, bytes);
    PEAK.peak_usage().saturating_sub(before)
}
