//! How many requests are made, when, and what is stored before what.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use hotcell_package::Origin;
use hotcell_policy::Transport;
use hotcell_policy::config::{JwtAlgorithm, JwtKind, OauthKind};
use http::HeaderMap;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::*;

/// The time, a token endpoint with its answers in order, and a place for refresh tokens.
struct Fake {
    now_s: AtomicU64,
    answers: Mutex<Vec<Result<(u16, String), SendError>>>,
    /// Requests wait for a permit each.
    gate: Semaphore,
    /// What happened, in order.
    log: Mutex<Vec<String>>,
    /// What the source of the secret holds, where it can be read.
    stored: Mutex<Option<SecretValue>>,
    /// Whether storing works.
    broken: Mutex<Option<Denial>>,
}

#[async_trait]
impl TokenClient for Fake {
    async fn post_form(
        &self,
        origin: &Origin,
        path: &str,
        headers: HeaderMap,
        form: Zeroizing<String>,
    ) -> Result<TokenResponse, SendError> {
        let authorization = headers.get("authorization");
        assert!(authorization.is_none_or(http::HeaderValue::is_sensitive));
        assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
        let authorization = authorization.map(|value| value.to_str().unwrap());
        self.note(format!(
            "POST {origin}{path} {} {}",
            authorization.unwrap_or("-"),
            *form
        ));
        self.gate.acquire().await.unwrap().forget();
        let (status, body) = self.answers.lock().unwrap().remove(0)?;
        let body = Zeroizing::new(body.into_bytes());
        Ok(TokenResponse { status, body })
    }
}

#[async_trait]
impl RefreshStore for Fake {
    async fn replace(&self, secret: &str, value: SecretValue) -> Result<(), Denial> {
        let text = String::from_utf8(value.expose().to_vec()).unwrap();
        self.note(format!("STORE {secret} {text}"));
        match self.broken.lock().unwrap().clone() {
            Some(denial) => Err(denial),
            None => Ok(()),
        }
    }

    async fn current(&self, _: &str) -> Option<SecretValue> {
        self.stored.lock().unwrap().clone()
    }
}

impl Fake {
    fn new(answers: Vec<Result<(u16, String), SendError>>) -> Arc<Self> {
        Arc::new(Self {
            now_s: AtomicU64::new(1_700_000_000),
            answers: Mutex::new(answers),
            gate: Semaphore::new(1_000),
            log: Mutex::default(),
            stored: Mutex::default(),
            broken: Mutex::default(),
        })
    }

    fn tokens(self: &Arc<Self>) -> Arc<Tokens> {
        let fake = Arc::clone(self);
        Arc::new(Tokens::new(World {
            client: self.clone(),
            store: self.clone(),
            clock: Arc::new(move || {
                SystemTime::UNIX_EPOCH + Duration::from_secs(fake.now_s.load(Ordering::SeqCst))
            }),
        }))
    }

    fn pass(&self, seconds: u64) {
        self.now_s.fetch_add(seconds, Ordering::SeqCst);
    }

    fn note(&self, what: String) {
        self.log.lock().unwrap().push(what);
    }

    /// Returns how many requests were made.
    fn requests(&self) -> usize {
        let log = self.log.lock().unwrap();
        log.iter().filter(|what| what.starts_with("POST")).count()
    }
}

fn grant(token: &str, more: &str) -> Result<(u16, String), SendError> {
    let body = format!(r#"{{"access_token":"{token}-CANARY-CANARY","token_type":"Bearer"{more}}}"#);
    Ok((200, body))
}

fn refuse(code: &str) -> Result<(u16, String), SendError> {
    Ok((
        400,
        format!(r#"{{"error":"{code}","error_description":"CANARY"}}"#),
    ))
}

const HOUR: &str = r#","expires_in":3600"#;

fn oauth() -> OauthKind {
    OauthKind {
        token_url: "https://id.example.com/oauth/token?tenant=1".to_owned(),
        token_origin: Origin::parse("https://id.example.com").unwrap(),
        client_id: "client:1".to_owned(),
        client_secret: None,
        in_body: false,
        scopes: vec!["read".to_owned(), "write:all".to_owned()],
        audience: None,
    }
}

fn value(text: &str) -> SecretValue {
    SecretValue::new(text.as_bytes().to_vec())
}

/// Asks for a token; gives its text, or the refusal's code, explanation and wait.
async fn ask(
    tokens: &Tokens,
    kind: &SecretKind,
    secret: &str,
) -> Result<String, (&'static str, String, Option<u64>)> {
    let ask = TokenAsk {
        secret: "api",
        kind,
        value: &value(secret),
        client_secret: None,
    };
    match tokens.bearer(ask).await {
        Ok(token) => Ok(String::from_utf8(token.expose().to_vec()).unwrap()),
        Err(SendError::Denied(denial)) => {
            assert!(!format!("{denial:?}").contains("CANARY"), "{denial:?}");
            Err((denial.code, denial.explanation, denial.retry_after_ms))
        }
        Err(SendError::Failed(_)) => panic!("a failure on the way is told as token_failed"),
    }
}

/// Lets sixty-four callers ask at once: all wait behind a closed gate until one request is made.
async fn sixty_four(fake: &Arc<Fake>) -> Vec<Result<String, (&'static str, String, Option<u64>)>> {
    fake.gate.forget_permits(1_000);
    let tokens = fake.tokens();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let tokens = tokens.clone();
        callers.spawn(async move { ask(&tokens, &credentials(), "s-CANARY-CANARY").await });
    }
    while fake.requests() == 0 {
        tokio::task::yield_now().await;
    }
    fake.gate.add_permits(64);
    callers.join_all().await
}

fn credentials() -> SecretKind {
    SecretKind::OauthClientCredentials(oauth())
}

fn refresh() -> SecretKind {
    SecretKind::OauthRefresh(oauth())
}

fn live(tokens: &Tokens) -> Vec<String> {
    let live = tokens.live("api");
    let text = |value: &SecretValue| String::from_utf8(value.expose().to_vec()).unwrap();
    live.iter().map(text).collect()
}

mod failing;
mod renewing;
mod requesting;
