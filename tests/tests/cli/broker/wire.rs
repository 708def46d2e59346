//! What the host adds to a request, and by which way it goes.

use std::io;
use std::net::TcpListener;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::world::{SEARCH, World};
use crate::room::example;

const KEY: &str = "order-4711-of-the-caller";

/// Creates Anna Weber by a whole invocation, and returns the Outcome.
fn create(world: &World, key: &str, correlation_id: Option<&str>) -> Value {
    let mut invocation = json!({
        "tool": "create_contact",
        "input": {"name": "Anna Weber", "email": "anna.weber@example.com"},
        "idempotency_key": key,
    });
    if let Some(id) = correlation_id {
        invocation["correlation_id"] = id.into();
    }
    let input = invocation.to_string();
    world
        .hotcell(&["run", &example("crm"), "--json", "--input", &input], "")
        .json()
}

/// Returns the one value of a header in each request that the server got.
fn headers(world: &World, name: &str) -> Vec<String> {
    let requests = world.server.requests();
    let one = |request: &hotcell_testkit::servers::Request| {
        let values: Vec<_> = request.headers_named(name).collect();
        assert_eq!(values.len(), 1, "{name} in {request:?}");
        values[0].to_owned()
    };
    requests.iter().map(one).collect()
}

#[test]
fn an_idempotency_key_goes_upstream_as_the_hosts_own() {
    let world = World::granted();
    let before = world.crm.contact_count();
    let first = create(&world, KEY, None);
    let again = create(&world, KEY, None);
    assert_eq!(first["status"], "ok", "{first}");
    assert_eq!(first["output"], again["output"], "{again}");
    assert_eq!(world.crm.contact_count(), before + 1);
    let other = create(&world, "order-4712", None);
    assert_eq!(other["error"]["code"], "CONFLICT", "{other}");
    let keys = headers(&world, "idempotency-key");
    assert_eq!(keys.len(), 3);
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[0], keys[2]);
    assert!(!world.server.received(KEY));
}

#[test]
fn requests_are_traced_by_the_correlation_id() {
    let world = World::granted();
    let given = "0123456789abcdef0123456789abcdef";
    let hash = Sha256::digest("ticket-17");
    let hash: String = hash[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let made = create(&world, KEY, None);
    create(&world, KEY, Some(given));
    create(&world, KEY, Some("ticket-17"));
    let made = made["correlation_id"].as_str().unwrap();
    let made = made.strip_prefix("cor-").unwrap();
    let parents = headers(&world, "traceparent");
    let ids: Vec<_> = parents
        .iter()
        .map(|parent| parent.split('-').collect::<Vec<_>>())
        .inspect(|parts| assert_eq!((parts.len(), parts[0], parts[2].len()), (4, "00", 16)))
        .map(|parts| parts[1])
        .collect();
    assert_eq!(ids, [made, given, &hash]);
}

#[test]
fn a_proxy_of_the_environment_is_not_used() {
    let world = World::granted();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let mut command =
        world
            .room
            .command(&["run", &example("crm"), "search_contacts", "--input", SEARCH]);
    for name in ["http_proxy", "https_proxy", "all_proxy", "ftp_proxy"] {
        command.env(name, &proxy).env(name.to_uppercase(), &proxy);
    }
    command.env("NO_PROXY", "").env("no_proxy", "");
    let ran = world.room.run_command(command, b"");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(world.server.counts().requests, 1);
    // A connection that was made would wait here.
    let came = listener.accept().map_err(|error| error.kind());
    assert_eq!(came.unwrap_err(), io::ErrorKind::WouldBlock);
}
