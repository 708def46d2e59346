//! The token endpoint answers as RFC 6749 says, or as it is told.

use bytes::Bytes;
use serde_json::Value;

use super::{NAME, start};
use crate::servers::oauth::{Mode, TokenEndpoint};
use crate::servers::{Authority, Server, probe};

const GRANT: &str =
    "grant_type=client_credentials&scope=a+b&client_id=hotcell&client_secret=s%26cret";

async fn ask(server: &Server, authority: &Authority, basic: &str, form: &str) -> (u16, Value) {
    let mut request = http::Request::post("/token");
    if !basic.is_empty() {
        request = request.header("authorization", format!("Basic {basic}"));
    }
    let request = request.body(Bytes::from(form.to_owned())).unwrap();
    let response = probe::fetch(server, authority, NAME, request)
        .await
        .unwrap();
    let body = serde_json::from_slice(response.body()).unwrap_or_default();
    (response.status().as_u16(), body)
}

#[tokio::test]
async fn tokens_are_issued_to_the_client_alone() {
    let endpoint = TokenEndpoint::new("hotcell", "s&cret");
    let (server, authority) = start(endpoint.behaviour()).await;
    endpoint.set_lifetime(60);
    let (status, answer) = ask(&server, &authority, "", GRANT).await;
    assert_eq!(
        (status, &answer["token_type"], &answer["expires_in"]),
        (200, &"Bearer".into(), &60.into())
    );
    assert_eq!(
        endpoint.issued(),
        [answer["access_token"].as_str().unwrap()]
    );
    assert_eq!(endpoint.scopes(), ["a b"]);

    // hotcell:s%26cret, and the same with another secret.
    let form = "grant_type=client_credentials";
    let (status, _) = ask(&server, &authority, "aG90Y2VsbDpzJTI2Y3JldA==", form).await;
    assert_eq!(status, 200);
    let (status, answer) = ask(&server, &authority, "aG90Y2VsbDpvdGhlcg==", form).await;
    assert_eq!((status, &answer["error"]), (401, &"invalid_client".into()));
    let (status, answer) = ask(
        &server,
        &authority,
        "",
        &GRANT.replace("client_credentials", "password"),
    )
    .await;
    assert_eq!(
        (status, &answer["error"]),
        (400, &"unsupported_grant_type".into())
    );
    assert_eq!((endpoint.calls(), endpoint.issued().len()), (4, 2));
}

#[tokio::test]
async fn a_refresh_token_is_good_once() {
    let endpoint = TokenEndpoint::new("hotcell", "s&cret");
    let (server, authority) = start(endpoint.behaviour()).await;
    let first = endpoint.refresh_token();
    let form = GRANT.replace("client_credentials", "refresh_token");
    let form = format!("{form}&refresh_token={first}");
    let (status, answer) = ask(&server, &authority, "", &form).await;
    assert_eq!(
        (status, answer["refresh_token"].as_str()),
        (200, Some(endpoint.refresh_token().as_str()))
    );
    assert_ne!(first, endpoint.refresh_token());
    let (status, answer) = ask(&server, &authority, "", &form).await;
    assert_eq!((status, &answer["error"]), (400, &"invalid_grant".into()));
}

#[tokio::test]
async fn it_fails_as_it_is_told() {
    let endpoint = TokenEndpoint::new("hotcell", "s&cret");
    let (server, authority) = start(endpoint.behaviour()).await;
    for (mode, expected) in [
        (Mode::InvalidClient, 401),
        (Mode::Broken(500), 500),
        (Mode::Says("{}".to_owned()), 200),
        (Mode::Ok, 200),
    ] {
        endpoint.set_mode(mode.clone());
        let (status, answer) = ask(&server, &authority, "", GRANT).await;
        assert_eq!(status, expected, "{mode:?}");
        assert_eq!(answer.get("access_token").is_some(), mode == Mode::Ok);
    }
}

#[tokio::test]
async fn it_keeps_waiting_until_it_is_released() {
    let endpoint = TokenEndpoint::new("hotcell", "s&cret");
    let (server, authority) = start(endpoint.behaviour()).await;
    endpoint.set_mode(Mode::Waits);
    let asking = ask(&server, &authority, "", GRANT);
    tokio::pin!(asking);
    tokio::select! {
        answer = &mut asking => panic!("{answer:?}"),
        () = server.wait_for_requests(1) => endpoint.release(),
    }
    assert_eq!(asking.await.0, 200);
}
