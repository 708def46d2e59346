//! Addresses behind a name: private ones, ones that change, and impostors.

use hotcell_package::Effect;
use hotcell_testkit::servers::{Answer, Authority, Behaviour, Identity, Server};

use crate::ledger::Tally;
use crate::world::{Setup, World, answer, digest, get, honest, saw_one};

/// Addresses that are not public, in every family of them.
const PRIVATE: &[&str] = &[
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.2",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.254",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.254",
    "198.18.0.1",
    "198.19.255.254",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:93.184.216.34",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "ff05::2",
];

const PUBLIC: &str = "93.184.216.34";

#[tokio::test]
async fn attack_06_private_addresses_and_rebinding() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test", "127.0.0.1"]).await;
    let world = World::new(&authority, &server, Setup::default());
    let mut tally = Tally::default();
    for private in PRIVATE {
        let mixed: [&[&str]; 4] = [
            &[private],
            &[PUBLIC, private],
            &[private, PUBLIC],
            &["127.0.0.1", private],
        ];
        for addresses in mixed {
            world.names.set("api.test", addresses);
            let sent = world.get("/v1/x").await;
            tally.refused(&format!("{addresses:?}"), &sent, "address_denied");
        }
    }
    // Good when it is looked at first, private the next time: each connection asks once, and
    // what is dialled is what that answer held.
    for next in [
        &["127.0.0.2"][..],
        &["169.254.169.254"],
        &[PUBLIC, "10.0.0.1"],
        &["::ffff:127.0.0.1"],
    ] {
        let before = server.counts().accepted;
        world.names.in_turn("api.test", &[&["127.0.0.1"], next]);
        let asked = world.names.asked().len();
        let session = world.session(Effect::Read);
        let url = format!("{}/v1/x", world.origin);
        for _ in 0..2 {
            answer(&session, get(&url)).await.unwrap();
        }
        assert_eq!(
            world.names.asked().len(),
            asked + 1,
            "a kept connection asks nobody"
        );
        tally.refused("rebound", &world.get("/v1/x").await, "address_denied");
        assert_eq!(server.counts().accepted, before + 1);
    }
    another_port(&authority, &server, &mut tally).await;
    literals(&authority, &server, &mut tally).await;
    world.records_hold_none(&["/v1/x"]);
    tally.note(6, "private addresses, rebinding, NAT64, mapped", "every block that is not public, alone and mixed with public ones; answers that change; another port; addresses in the URL");
}

/// What an operator opens is one address and one port.
async fn another_port(authority: &Authority, server: &Server, tally: &mut Tally) {
    let other = honest(authority, &["api.test"]).await;
    let origin = server.origin("api.test");
    let (file, manifest) = texts(&origin, &other.address().to_string());
    let world = World::of_texts(authority, &file, &manifest, &Setup::default(), origin);
    let before = server.counts().accepted;
    tally.refused("another port", &world.get("/v1/x").await, "address_denied");
    assert_eq!(server.counts().accepted, before);
}

/// An address that stands in a URL is no way around.
async fn literals(authority: &Authority, server: &Server, tally: &mut Tally) {
    let port = server.port();
    for host in [
        "127.0.0.2",
        "169.254.169.254",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[fd00:ec2::254]",
    ] {
        let origin = format!("https://{host}:{port}");
        let (file, manifest) = texts(&origin, &server.address().to_string());
        let world = World::of_texts(authority, &file, &manifest, &Setup::default(), origin);
        tally.refused(host, &world.get("/v1/x").await, "address_denied");
    }
    let origin = format!("https://127.0.0.1:{port}");
    let (file, manifest) = texts(&origin, &server.address().to_string());
    let world = World::of_texts(authority, &file, &manifest, &Setup::default(), origin);
    world.get("/v1/x").await.unwrap();
    assert_eq!(world.names.asked(), [""; 0]);
}

fn texts(origin: &str, opened: &str) -> (String, String) {
    let file = format!(
        "[secret.s]\nsource = \"env:S\"\norigins = [\"{origin}\"]\nkind = \"bearer\"\n\
         [[grant]]\nskill = \"probe@{}\"\ncredential = \"c\"\nsecret = \"s\"\n\
         [egress]\nprivate = [\"{opened}\"]\n",
        digest()
    );
    let manifest = format!(
        "[skill]\nversion = \"1.0.0\"\n[[http]]\nid = \"api\"\norigin = \"{origin}\"\n\
         methods = [\"GET\"]\npath = \"/v1/x\"\n[[credential]]\nname = \"c\"\non = [\"api\"]\n"
    );
    (file, manifest)
}

/// Whoever takes over an address or a name still has to show its certificate.
#[tokio::test]
async fn an_impostor_at_the_address_gets_nothing() {
    let authority = Authority::new();
    let stranger = Authority::new();
    for (what, identity) in [
        ("another authority", stranger.issue(&["api.test"])),
        ("no authority", Identity::self_signed(&["api.test"])),
        ("another name", authority.issue(&["evil.test"])),
        ("a name below", authority.issue(&["x.api.test"])),
        ("a wildcard beside", authority.issue(&["*.api.test"])),
        ("expired", authority.issue_expired(&["api.test"])),
        ("not yet", authority.issue_future(&["api.test"])),
        ("a client's", authority.issue_client("api.test")),
    ] {
        let answer = Behaviour::answering(|_| Answer::new(200));
        let server = Server::tls(&identity, answer).await;
        let world = World::new(&authority, &server, Setup::default());
        let sent = world.get("/v1/x").await;
        assert_eq!(crate::world::code(&sent), "tls_certificate", "{what}");
        server.wait_closed().await;
        assert_eq!(server.counts().requests, 0, "{what}");
    }
    let server = honest(&authority, &["api.test"]).await;
    World::new(&authority, &server, Setup::default())
        .get("/v1/x")
        .await
        .unwrap();
    saw_one(&server);
}
