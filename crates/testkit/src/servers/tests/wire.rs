//! Certificates, connections, counts and what is kept of a request.

use std::io;

use bytes::Bytes;

use super::{ASK, NAME, start};
use crate::servers::probe::{self, Probe};
use crate::servers::{Answer, Authority, Behaviour, Counts, Identity, Listen, Server};

fn hello() -> Behaviour {
    Behaviour::answering(|_| Answer::new(200).body("hello"))
}

/// Returns how a client that trusts `authority` fails to shake hands with a server.
async fn refused_by_client(identity: &Identity, authority: &Authority) -> String {
    let server = Server::tls(identity, hello()).await;
    let outcome = Probe::connect(&server, authority, NAME).await;
    let error = outcome.err().unwrap().to_string();
    server.wait_closed().await;
    assert_eq!(server.counts().handshakes_failed, 1, "{error}");
    error
}

#[tokio::test]
async fn a_certificate_is_trusted_or_not() {
    let authority = Authority::new();
    let names = [NAME];
    let expired = authority.issue_expired(&names);
    for (identity, word) in [
        (expired, "expired"),
        (authority.issue_future(&names), "not valid yet"),
        (authority.issue(&["other.test"]), "not valid for name"),
        (Identity::self_signed(&names), "UnknownIssuer"),
        (Authority::new().issue(&names), "BadSignature"),
        (authority.issue_client(NAME), "does not allow"),
    ] {
        let error = refused_by_client(&identity, &authority).await;
        assert!(error.contains(word), "{word}: {error}");
    }
    let server = Server::tls(&authority.issue(&names), hello()).await;
    let response = probe::ask(&server, &authority, NAME, ASK).await.unwrap();
    assert!(response.ends_with(b"hello"));
    assert!(authority.pem().starts_with("-----BEGIN CERTIFICATE-----"));
}

#[tokio::test]
async fn a_server_may_want_a_client_s_certificate() {
    let authority = Authority::new();
    let clients = Authority::new();
    let identity = authority.issue(&[NAME]);
    let shows = Behaviour::on_connection(|mut connection| async move {
        let certificate = connection.client_certificate().unwrap();
        connection.request().await?;
        connection.write(certificate.as_ref()).await
    });
    let listen = Listen::tls(identity.tls_for_clients_of(&clients));
    let server = Server::start(listen, shows).await.unwrap();

    let without = probe::ask(&server, &authority, NAME, ASK).await;
    assert!(without.is_err());

    let client = clients.issue_client("hotcell");
    let config = rustls::ClientConfig::builder_with_provider(std::sync::Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_root_certificates(authority.roots())
    .with_client_auth_cert(vec![client.certificate_der()], client.key_der())
    .unwrap();
    let mut probe = Probe::connect_as(&server, config, NAME).await.unwrap();
    probe.send(ASK).await.unwrap();
    assert_eq!(
        probe.read_to_end().await.unwrap(),
        client.certificate_der().as_ref()
    );
}

#[tokio::test]
async fn a_request_is_kept_as_it_was_on_the_wire() {
    let (server, authority) = start(hello()).await;
    let mut probe = Probe::connect(&server, &authority, NAME).await.unwrap();
    let first = "POST /a?b HTTP/1.1\r\nHost: crm.test\r\nX-b: 2\r\nx-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nend: 1\r\n\r\n";
    let second =
        "PUT /c HTTP/1.1\r\nhost: crm.test\r\ncontent-length: 3\r\nconnection: close\r\n\r\nfgh";
    probe.send(first).await.unwrap();
    probe.read_until(b"hello").await.unwrap();
    probe.send(second).await.unwrap();
    probe.read_to_end().await.unwrap();

    let requests = server.requests();
    let [one, two] = requests.as_slice() else {
        panic!("{requests:?}");
    };
    assert_eq!(one.raw, first.as_bytes());
    assert_eq!((one.method.as_str(), one.target.as_str()), ("POST", "/a?b"));
    assert_eq!((one.path(), one.query()), ("/a", Some("b")));
    let names: Vec<&str> = one.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Host", "X-b", "x-A", "Transfer-Encoding"]);
    assert_eq!(one.header("x-a"), Some("1"));
    assert_eq!(one.body, b"abcde");
    assert_eq!(one.trailers, [("end".to_owned(), "1".to_owned())]);
    assert_eq!(two.raw, second.as_bytes());
    assert_eq!((two.body_bytes, two.connection), (3, 1));
    assert!(server.received("fgh") && !server.received("hello"));
}

#[tokio::test]
async fn connections_are_counted_until_the_peer_has_closed() {
    let (server, authority) = start(hello()).await;
    let mut first = Probe::connect(&server, &authority, NAME).await.unwrap();
    let second = Probe::connect(&server, &authority, NAME).await.unwrap();
    server.wait_for_connections(2).await;
    first.send(ASK).await.unwrap();
    first.read_to_end().await.unwrap();
    server.wait_for_requests(1).await;
    // The server has said goodbye to the first; the peer still holds both.
    let expected = Counts {
        accepted: 2,
        open: 2,
        handshakes_failed: 0,
        requests: 1,
    };
    assert_eq!(server.counts(), expected);
    drop((first, second));
    server.wait_closed().await;
    assert_eq!(server.counts().open, 0);
}

#[tokio::test]
async fn a_shut_server_lets_go_of_everybody() {
    let (server, authority) = start(hello()).await;
    let address = server.address();
    let mut probe = Probe::connect(&server, &authority, NAME).await.unwrap();
    server.shutdown().await;
    // No goodbye of TLS, so a strict client calls it an error; the end it is in any case.
    assert!(probe.read_to_end().await.is_err());
    let again = tokio::net::TcpStream::connect(address).await;
    assert_eq!(
        again.err().unwrap().kind(),
        io::ErrorKind::ConnectionRefused
    );
}

#[tokio::test]
async fn behaviours_change_from_connection_to_connection() {
    let answer = |word: &'static str| Behaviour::answering(move |_| Answer::new(200).body(word));
    let (server, authority) = start(Behaviour::in_turn([answer("one"), answer("two")])).await;
    for word in ["one", "two", "two"] {
        let response = probe::ask(&server, &authority, NAME, ASK).await.unwrap();
        assert!(response.ends_with(word.as_bytes()), "{word}");
    }
    server.behave(answer("three"));
    let response = probe::ask(&server, &authority, NAME, ASK).await.unwrap();
    assert!(response.ends_with(b"three"));
}

#[tokio::test]
async fn hyper_answers_and_the_request_is_kept_all_the_same() {
    let echo = Behaviour::service(|request| http::Response::new(request.into_body()));
    let (server, authority) = start(echo).await;
    let request = http::Request::post("/v1?x=y")
        .header("x-one", "1")
        .body(Bytes::from_static(b"body"))
        .unwrap();
    let response = probe::fetch(&server, &authority, NAME, request).await;
    assert_eq!(response.unwrap().into_body(), "body");
    let requests = server.requests();
    assert_eq!(requests[0].target, "/v1?x=y");
    assert_eq!(requests[0].header("x-one"), Some("1"));
    assert_eq!(requests[0].body, b"body");
    assert!(requests[0].raw.ends_with(b"\r\n\r\nbody"));
    server.wait_closed().await;
}

#[tokio::test]
async fn there_are_servers_in_the_clear_and_on_ipv6() {
    let authority = Authority::new();
    let server = Server::plain(hello()).await;
    assert!(server.origin("a.test").starts_with("http://a.test:"));
    let response = probe::ask(&server, &authority, NAME, ASK).await.unwrap();
    assert!(response.ends_with(b"hello"));

    let tls = authority.issue(&["::1"]).tls();
    let server = Server::start(Listen::tls(tls).on_ipv6(), hello())
        .await
        .unwrap();
    assert!(server.address().is_ipv6());
    let response = probe::ask(&server, &authority, "::1", ASK).await.unwrap();
    assert!(response.ends_with(b"hello"));
}
