//! When a token is renewed, and which are watched for.

use super::*;

#[tokio::test]
async fn a_token_is_used_until_a_minute_before_its_end() {
    let fake = Fake::new(vec![grant("one", HOUR), grant("two", HOUR)]);
    let tokens = fake.tokens();
    let check = async |pass: u64, expected: &str| {
        fake.pass(pass);
        let found = ask(&tokens, &credentials(), "s-CANARY-CANARY").await;
        assert_eq!(found.unwrap(), expected);
    };
    check(0, "one-CANARY-CANARY").await;
    check(3_539, "one-CANARY-CANARY").await;
    check(1, "two-CANARY-CANARY").await;
    check(3_539, "two-CANARY-CANARY").await;
    assert_eq!(fake.requests(), 2);
}

#[tokio::test]
async fn a_short_token_is_renewed_a_tenth_before_its_end() {
    let short = r#","expires_in":100"#;
    let fake = Fake::new(vec![grant("one", short), grant("two", short)]);
    let tokens = fake.tokens();
    for (pass, expected) in [
        (0, "one-CANARY-CANARY"),
        (89, "one-CANARY-CANARY"),
        (1, "two-CANARY-CANARY"),
    ] {
        fake.pass(pass);
        let found = ask(&tokens, &credentials(), "s-CANARY-CANARY").await;
        assert_eq!(found.unwrap(), expected);
    }
}

/// While one caller renews a token that is still valid, the others use it.
#[tokio::test]
async fn early_renewal_holds_nobody_up() {
    let fake = Fake::new(vec![grant("one", HOUR), grant("two", HOUR)]);
    let tokens = fake.tokens();
    ask(&tokens, &credentials(), "s-CANARY-CANARY")
        .await
        .unwrap();
    fake.pass(3_550);
    fake.gate.forget_permits(1_000);
    let first = tokio::spawn({
        let tokens = tokens.clone();
        async move { ask(&tokens, &credentials(), "s-CANARY-CANARY").await }
    });
    while fake.requests() == 1 {
        tokio::task::yield_now().await;
    }
    let found = ask(&tokens, &credentials(), "s-CANARY-CANARY").await;
    assert_eq!(found, Ok("one-CANARY-CANARY".to_owned()));
    fake.gate.add_permits(1);
    assert_eq!(first.await.unwrap(), Ok("two-CANARY-CANARY".to_owned()));
}

#[tokio::test]
async fn a_renewal_that_fails_leaves_the_valid_token() {
    let fake = Fake::new(vec![grant("one", HOUR), Ok((503, "CANARY".to_owned()))]);
    let tokens = fake.tokens();
    ask(&tokens, &credentials(), "s-CANARY-CANARY")
        .await
        .unwrap();
    fake.pass(3_550);
    for _ in 0..3 {
        let found = ask(&tokens, &credentials(), "s-CANARY-CANARY").await;
        assert_eq!(found, Ok("one-CANARY-CANARY".to_owned()));
    }
    assert_eq!(fake.requests(), 2);
}

#[tokio::test]
async fn a_token_that_was_not_accepted_is_renewed_once_a_minute() {
    let fake = Fake::new(vec![
        grant("one", HOUR),
        grant("two", HOUR),
        grant("three", HOUR),
    ]);
    let tokens = fake.tokens();
    let token = async || {
        value(
            &ask(&tokens, &credentials(), "s-CANARY-CANARY")
                .await
                .unwrap(),
        )
    };
    let one = token().await;
    assert!(!tokens.forget("api", &value("another-CANARY-CANARY")));
    assert!(tokens.forget("api", &one));
    let two = token().await;
    assert_eq!(two.expose(), b"two-CANARY-CANARY");
    // A late 401 of the first token, and one of the second too soon.
    assert!(!tokens.forget("api", &one));
    assert!(!tokens.forget("api", &two));
    assert_eq!(token().await.expose(), b"two-CANARY-CANARY");
    fake.pass(60);
    assert!(tokens.forget("api", &two));
    assert_eq!(token().await.expose(), b"three-CANARY-CANARY");
    assert_eq!(fake.requests(), 3);
    // All three are valid still, and none may be shown.
    for token in [
        "one-CANARY-CANARY",
        "two-CANARY-CANARY",
        "three-CANARY-CANARY",
    ] {
        assert!(live(&tokens).contains(&token.to_owned()));
    }
}

#[tokio::test]
async fn the_operators_new_value_voids_the_token() {
    let fake = Fake::new(vec![
        grant("one", HOUR),
        grant("two", HOUR),
        grant("three", HOUR),
    ]);
    let tokens = fake.tokens();
    let mut other = oauth();
    other.scopes.clear();
    let other = SecretKind::OauthClientCredentials(other);
    for (kind, secret, expected) in [
        (&credentials(), "s-CANARY-CANARY", "one-CANARY-CANARY"),
        (&credentials(), "t-CANARY-CANARY", "two-CANARY-CANARY"),
        (&other, "t-CANARY-CANARY", "three-CANARY-CANARY"),
        (&other, "t-CANARY-CANARY", "three-CANARY-CANARY"),
    ] {
        assert_eq!(ask(&tokens, kind, secret).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn live_values_are_all_that_a_response_could_show() {
    let rotated = r#","expires_in":3600,"refresh_token":"second-CANARY-CANARY""#;
    let fake = Fake::new(vec![grant("one", rotated), grant("two", HOUR)]);
    let tokens = fake.tokens();
    assert_eq!(live(&tokens), Vec::<String>::new());
    ask(&tokens, &refresh(), "first-CANARY-CANARY")
        .await
        .unwrap();
    let first = tokens.live("api");
    assert_eq!(
        live(&tokens),
        [
            "one-CANARY-CANARY",
            "first-CANARY-CANARY",
            "second-CANARY-CANARY"
        ]
    );
    let again = tokens.live("api");
    assert!(first.iter().zip(&again).all(|(a, b)| a.is_same(b)));
    // Ended, with the grace for clocks that differ, and with the next one.
    fake.pass(3_899);
    assert!(live(&tokens).contains(&"one-CANARY-CANARY".to_owned()));
    fake.pass(1);
    assert!(!live(&tokens).contains(&"one-CANARY-CANARY".to_owned()));
    ask(&tokens, &refresh(), "second-CANARY-CANARY")
        .await
        .unwrap();
    assert!(live(&tokens).contains(&"two-CANARY-CANARY".to_owned()));
    let fake = Fake::new(vec![grant("one", "")]);
    let tokens = fake.tokens();
    ask(&tokens, &credentials(), "s-CANARY-CANARY")
        .await
        .unwrap();
    let pair = base64::Engine::encode(
        &base64::prelude::BASE64_STANDARD,
        "client%3A1:s-CANARY-CANARY",
    );
    assert_eq!(live(&tokens), ["one-CANARY-CANARY".to_owned(), pair]);
    // Nobody knows its end.
    fake.pass(86_400);
    assert!(live(&tokens).contains(&"one-CANARY-CANARY".to_owned()));
}

#[tokio::test]
async fn a_jwt_is_kept_for_half_its_life_and_its_header_is_not_watched() {
    let fake = Fake::new(Vec::new());
    let tokens = fake.tokens();
    let kind = SecretKind::Jwt(JwtKind {
        algorithm: JwtAlgorithm::Hs256,
        key_id: None,
        issuer: None,
        subject: None,
        audience: None,
        lifetime_s: 300,
        claims: std::collections::BTreeMap::new(),
    });
    let key = "CANARY-CANARY-CANARY-CANARY-CANARY";
    let first = ask(&tokens, &kind, key).await.unwrap();
    fake.pass(149);
    assert_eq!(ask(&tokens, &kind, key).await.unwrap(), first);
    fake.pass(1);
    let second = ask(&tokens, &kind, key).await.unwrap();
    assert_ne!(second, first);
    let without_header = |token: &str| token.split_once('.').unwrap().1.to_owned();
    assert_eq!(
        live(&tokens),
        [without_header(&first), without_header(&second)]
    );
    let short = ask(&tokens, &kind, "too short").await.unwrap_err();
    assert_eq!(short.0, "secret_unusable");
}

/// A clock that is put back does not keep a token for longer.
#[tokio::test]
async fn a_clock_that_is_put_back_has_the_token_renewed() {
    let fake = Fake::new(vec![grant("one", HOUR), grant("two", HOUR)]);
    let tokens = fake.tokens();
    ask(&tokens, &credentials(), "s-CANARY-CANARY")
        .await
        .unwrap();
    fake.now_s.fetch_sub(86_400, Ordering::SeqCst);
    let found = ask(&tokens, &credentials(), "s-CANARY-CANARY").await;
    assert_eq!(found, Ok("two-CANARY-CANARY".to_owned()));
}
