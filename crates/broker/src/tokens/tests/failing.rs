//! Failures: how they are told, how long they are remembered, and what becomes of a refresh token.

use super::*;

/// Quota burn (attack 30): a token endpoint that fails is left alone for a while.
#[tokio::test]
async fn a_failure_is_remembered_for_longer_each_time() {
    let down = || Err(SendError::Failed(Transport::ConnectRefused));
    let fake = Fake::new(vec![
        down(),
        Ok((503, "CANARY".to_owned())),
        down(),
        grant("one", HOUR),
    ]);
    let tokens = fake.tokens();
    let check = async |pass: u64, wait_ms: u64, requests: usize| {
        fake.pass(pass);
        let (code, why, wait) = ask(&tokens, &credentials(), "s-CANARY-CANARY")
            .await
            .unwrap_err();
        assert_eq!((code, wait), ("token_failed", Some(wait_ms)));
        assert!(why.contains("`api` from https://id.example.com: "), "{why}");
        assert_eq!(fake.requests(), requests);
    };
    check(0, 5_000, 1).await;
    check(4, 1_000, 1).await;
    check(1, 10_000, 2).await;
    check(9, 1_000, 2).await;
    check(1, 20_000, 3).await;
    fake.pass(20);
    let found = ask(&tokens, &credentials(), "s-CANARY-CANARY").await;
    assert_eq!(found, Ok("one-CANARY-CANARY".to_owned()));
}

#[tokio::test]
async fn what_only_the_operator_can_mend_is_told_so() {
    let fake = Fake::new(vec![refuse("invalid_client"), grant("one", HOUR)]);
    let tokens = fake.tokens();
    for _ in 0..3 {
        let (code, why, wait) = ask(&tokens, &credentials(), "s-CANARY-CANARY")
            .await
            .unwrap_err();
        assert_eq!((code, wait), ("token_failed", None));
        assert!(why.contains("`invalid_client`"), "{why}");
    }
    assert_eq!(fake.requests(), 1);
    // A new value is tried at once.
    let found = ask(&tokens, &credentials(), "t-CANARY-CANARY").await;
    assert_eq!(found, Ok("one-CANARY-CANARY".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_callers_make_one_request_that_fails() {
    let fake = Fake::new(vec![refuse("invalid_scope")]);
    let found = sixty_four(&fake).await;
    assert!(
        found
            .iter()
            .all(|one| one.as_ref().is_err_and(|why| why.0 == "token_failed"))
    );
    assert_eq!(fake.requests(), 1);
}

fn rotated(token: &str, refresh: &str) -> Result<(u16, String), SendError> {
    grant(
        token,
        &format!(r#","expires_in":100,"refresh_token":"{refresh}-CANARY-CANARY""#),
    )
}

/// The log without what is the same in every request.
fn log(fake: &Fake) -> Vec<String> {
    let log = fake.log.lock().unwrap();
    let short = |what: &String| match what.split_once("refresh_token=") {
        Some((_, rest)) => format!("POST {}", rest.split('&').next().unwrap()),
        None => what.clone(),
    };
    log.iter().map(short).collect()
}

#[tokio::test]
async fn a_new_refresh_token_is_stored_and_used_next() {
    let fake = Fake::new(vec![
        rotated("one", "second"),
        rotated("two", "third"),
        grant("three", HOUR),
    ]);
    let tokens = fake.tokens();
    // The second caller still comes with the value that it read before.
    for (secret, expected) in [
        ("first-CANARY-CANARY", "one-CANARY-CANARY"),
        ("first-CANARY-CANARY", "two-CANARY-CANARY"),
        ("third-CANARY-CANARY", "three-CANARY-CANARY"),
    ] {
        assert_eq!(ask(&tokens, &refresh(), secret).await.unwrap(), expected);
        fake.pass(100);
    }
    assert_eq!(
        log(&fake),
        [
            "POST first-CANARY-CANARY",
            "STORE api second-CANARY-CANARY",
            "POST second-CANARY-CANARY",
            "STORE api third-CANARY-CANARY",
            "POST third-CANARY-CANARY",
        ]
    );
}

#[tokio::test]
async fn no_token_is_used_before_its_refresh_token_is_stored() {
    let fake = Fake::new(vec![rotated("one", "second")]);
    let tokens = fake.tokens();
    *fake.broken.lock().unwrap() = Some(Denial::new("any", "the disk is full"));
    for _ in 0..2 {
        let (code, why, _) = ask(&tokens, &refresh(), "first-CANARY-CANARY")
            .await
            .unwrap_err();
        assert_eq!(code, "token_failed");
        assert!(
            why.contains("could not be stored: the disk is full"),
            "{why}"
        );
    }
    assert!(live(&tokens).contains(&"second-CANARY-CANARY".to_owned()));
    *fake.broken.lock().unwrap() = None;
    let found = ask(&tokens, &refresh(), "first-CANARY-CANARY").await;
    assert_eq!(found, Ok("one-CANARY-CANARY".to_owned()));
    assert_eq!(fake.requests(), 1);
}

/// Another process of this host may have used and replaced the refresh token.
#[tokio::test]
async fn a_refresh_token_that_another_process_replaced_is_read_again() {
    let fake = Fake::new(vec![refuse("invalid_grant"), grant("one", HOUR)]);
    let tokens = fake.tokens();
    *fake.stored.lock().unwrap() = Some(value("second-CANARY-CANARY"));
    let found = ask(&tokens, &refresh(), "first-CANARY-CANARY").await;
    assert_eq!(found, Ok("one-CANARY-CANARY".to_owned()));
    assert_eq!(
        log(&fake),
        ["POST first-CANARY-CANARY", "POST second-CANARY-CANARY"]
    );

    let fake = Fake::new(vec![refuse("invalid_grant")]);
    *fake.stored.lock().unwrap() = Some(value("first-CANARY-CANARY"));
    let (code, why, _) = ask(&fake.tokens(), &refresh(), "first-CANARY-CANARY")
        .await
        .unwrap_err();
    assert_eq!(code, "token_failed");
    assert!(why.contains("`invalid_grant`"), "{why}");
    assert_eq!(fake.requests(), 1);
}

/// An answer to client credentials has no business with refresh tokens (RFC 6749, 4.4.3).
#[tokio::test]
async fn client_credentials_store_no_refresh_token() {
    let fake = Fake::new(vec![rotated("one", "other")]);
    ask(&fake.tokens(), &credentials(), "s-CANARY-CANARY")
        .await
        .unwrap();
    assert_eq!(fake.log.lock().unwrap().len(), 1);
}
