//! What a token request holds, and how many there are.

use super::*;

/// Makes one request; returns it.
async fn request(kind: SecretKind, secret: &str, client_secret: Option<&str>) -> String {
    let fake = Fake::new(vec![grant("one", HOUR)]);
    let client_secret = client_secret.map(value);
    let ask = TokenAsk {
        secret: "api",
        kind: &kind,
        value: &value(secret),
        client_secret: client_secret.as_ref(),
    };
    fake.tokens().bearer(ask).await.unwrap();
    fake.log.lock().unwrap().remove(0)
}

#[tokio::test]
async fn the_client_authenticates_as_the_operator_says() {
    // RFC 6749, 2.3.1: id and secret are escaped before they are joined.
    let pair = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, "client%3A1:s%26CANARY");
    assert_eq!(
        request(credentials(), "s&CANARY", None).await,
        format!(
            "POST https://id.example.com/oauth/token?tenant=1 Basic {pair} \
             grant_type=client_credentials&scope=read%20write%3Aall"
        )
    );
    let mut in_body = oauth();
    in_body.in_body = true;
    in_body.scopes.clear();
    in_body.audience = Some("https://api".to_owned());
    assert_eq!(
        request(
            SecretKind::OauthClientCredentials(in_body),
            "s&CANARY",
            None
        )
        .await,
        "POST https://id.example.com/oauth/token?tenant=1 - grant_type=client_credentials\
         &audience=https%3A%2F%2Fapi&client_id=client%3A1&client_secret=s%26CANARY"
    );
}

#[tokio::test]
async fn a_refresh_token_goes_into_the_form() {
    let mut kind = oauth();
    kind.scopes.clear();
    assert_eq!(
        request(SecretKind::OauthRefresh(kind.clone()), "r+CANARY", None).await,
        "POST https://id.example.com/oauth/token?tenant=1 - grant_type=refresh_token\
         &refresh_token=r%2BCANARY&client_id=client%3A1"
    );
    kind.client_secret = Some("other".to_owned());
    let pair = base64::Engine::encode(
        &base64::prelude::BASE64_STANDARD,
        "client%3A1:c-CANARY-CANARY",
    );
    assert_eq!(
        request(
            SecretKind::OauthRefresh(kind),
            "r+CANARY",
            Some("c-CANARY-CANARY")
        )
        .await,
        format!(
            "POST https://id.example.com/oauth/token?tenant=1 Basic {pair} \
             grant_type=refresh_token&refresh_token=r%2BCANARY"
        )
    );
}

/// Attack 29: the endpoint is the operator's, and spoken to by TLS only.
#[tokio::test]
async fn a_token_url_that_is_not_its_origins_is_refused() {
    let check = async |url: &str, origin: &str, expected: &str| {
        let fake = Fake::new(vec![grant("one", HOUR)]);
        let mut kind = oauth();
        kind.token_url = url.to_owned();
        kind.token_origin = Origin::parse(origin).unwrap();
        let kind = SecretKind::OauthClientCredentials(kind);
        let found = ask(&fake.tokens(), &kind, "CANARY").await;
        assert_eq!(
            found.map_or_else(|refused| refused.0, |_| "ok"),
            expected,
            "{url}"
        );
        assert_eq!(fake.requests(), usize::from(expected == "ok"));
    };
    check("https://id.example.com/t", "https://id.example.com", "ok").await;
    check("https://id.example.com", "https://id.example.com", "ok").await;
    check(
        "https://evil.example/t",
        "https://id.example.com",
        "secret_unusable",
    )
    .await;
    check(
        "https://id.example.com.evil/t",
        "https://id.example.com",
        "secret_unusable",
    )
    .await;
    check(
        "https://id.example.com@evil/t",
        "https://id.example.com",
        "secret_unusable",
    )
    .await;
    check(
        "http://id.example.com/t",
        "http://id.example.com",
        "secret_unusable",
    )
    .await;
}

#[tokio::test]
async fn a_kind_without_a_token_is_refused() {
    let fake = Fake::new(Vec::new());
    let found = ask(&fake.tokens(), &SecretKind::Bearer, "CANARY").await;
    assert_eq!(found.unwrap_err().0, "secret_unusable");
    let mut kind = oauth();
    kind.client_secret = Some("other".to_owned());
    let found = ask(&fake.tokens(), &SecretKind::OauthRefresh(kind), "CANARY").await;
    assert_eq!(found.unwrap_err().0, "secret_unusable");
    assert_eq!(fake.requests(), 0);
}

/// Sixty-four callers at once wait behind a closed gate; one request is made for all.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_callers_make_one_request() {
    let fake = Fake::new(vec![grant("one", HOUR)]);
    let found = sixty_four(&fake).await;
    assert_eq!(found, vec![Ok("one-CANARY-CANARY".to_owned()); 64]);
    assert_eq!(fake.requests(), 1);
}

/// A call that is cancelled while its request is under way does not lose what comes of it.
#[tokio::test]
async fn a_cancelled_call_loses_no_refresh_token() {
    let fake = Fake::new(vec![grant(
        "one",
        r#","refresh_token":"second-CANARY-CANARY""#,
    )]);
    fake.gate.forget_permits(1_000);
    let tokens = fake.tokens();
    let caller = tokio::spawn({
        let tokens = tokens.clone();
        async move { ask(&tokens, &refresh(), "first-CANARY-CANARY").await }
    });
    while fake.requests() == 0 {
        tokio::task::yield_now().await;
    }
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    fake.gate.add_permits(1);
    let found = ask(&tokens, &refresh(), "second-CANARY-CANARY").await;
    assert_eq!(found, Ok("one-CANARY-CANARY".to_owned()));
    assert_eq!(fake.requests(), 1);
    assert!(
        fake.log
            .lock()
            .unwrap()
            .contains(&"STORE api second-CANARY-CANARY".to_owned())
    );
}

#[tokio::test]
async fn secrets_do_not_share_a_token() {
    let fake = Fake::new(vec![grant("one", HOUR), grant("two", HOUR)]);
    let tokens = fake.tokens();
    let (kind, secret) = (credentials(), value("s-CANARY-CANARY"));
    for (name, expected) in [
        ("a", "one-CANARY-CANARY"),
        ("b", "two-CANARY-CANARY"),
        ("a", "one-CANARY-CANARY"),
    ] {
        let ask = TokenAsk {
            secret: name,
            kind: &kind,
            value: &secret,
            client_secret: None,
        };
        assert_eq!(
            tokens.bearer(ask).await.unwrap().expose(),
            expected.as_bytes()
        );
    }
    assert_eq!(format!("{tokens:?}"), "Tokens");
}
