//! A broker with an operator's file, a lying resolver and a skill, in one line of a test.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use bytes::Bytes;
use hotcell_broker::meter::Meter;
use hotcell_broker::secrets::{SecretValue, Secrets, SecretsOptions};
use hotcell_broker::{
    Body, Broker, BrokerOptions, CallIdentity, Record, Resolve, Roots, SendError, Session, Suspend,
};
use hotcell_package::{Digest, Effect, FileTree, Manifest};
use hotcell_policy::Exchange;
use hotcell_policy::config::Config;
use hotcell_policy::egress::{Egress, GrantId, SkillIdentity, Standing, egress};
use hotcell_testkit::servers::{Answer, Authority, Behaviour, Request as Seen, Server, probe};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};

/// The value that must never be seen outside of the broker.
pub(crate) const CANARY: &str = "cnry-7Hq2/xW+9vLz&4bT=kPe%0fR-s1";

/// What is set up for one test.
pub(crate) struct Setup {
    /// `[secret.s]` without its origins, and whatever other tables a test wants.
    pub(crate) secret: String,
    /// Lines of `[egress.limits]`.
    pub(crate) limits: String,
    /// Lines of the grant.
    pub(crate) grant: String,
    /// The methods of the manifest's ask.
    pub(crate) methods: &'static str,
    /// The path of the manifest's ask.
    pub(crate) path: &'static str,
    /// The tool's effect.
    pub(crate) effect: Effect,
    /// Values of `env:` sources; `S` is `CANARY` where it is not here.
    pub(crate) environment: Vec<(&'static str, Vec<u8>)>,
    /// What the operator approved and suspended.
    pub(crate) standing: Standing,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            secret: "kind = \"bearer\"".to_owned(),
            limits: String::new(),
            grant: String::new(),
            methods: r#"["GET", "POST", "PUT", "DELETE"]"#,
            path: "/v1/{*rest}",
            effect: Effect::Write,
            environment: Vec::new(),
            standing: Standing::default(),
        }
    }
}

/// Everything around a skill's requests.
pub(crate) struct World {
    pub(crate) broker: Broker,
    pub(crate) egress: Egress,
    pub(crate) names: Arc<Names>,
    pub(crate) suspended: Arc<Suspended>,
    pub(crate) records: Arc<Records>,
    /// `https://api.test:PORT`.
    pub(crate) origin: String,
    effect: Effect,
    _data: tempfile::TempDir,
}

impl World {
    /// A skill that may reach `server` as `api.test`, with the secret of `setup`.
    pub(crate) fn new(authority: &Authority, server: &Server, setup: Setup) -> Self {
        let origin = server.origin("api.test");
        let skill = digest();
        let Setup {
            secret,
            limits,
            grant,
            methods,
            path,
            ..
        } = &setup;
        let mut file = format!(
            "[secret.s]\nsource = \"env:S\"\norigins = [\"{origin}\"]\n{secret}\n\
             [[grant]]\nskill = \"probe@{skill}\"\ncredential = \"c\"\nsecret = \"s\"\n{grant}\n\
             [egress]\nprivate = [\"{}\"]\n",
            server.address()
        );
        if !server.is_tls() {
            writeln!(file, "plain_http = [\"{origin}\"]").unwrap();
        }
        writeln!(file, "[egress.limits]\n{limits}").unwrap();
        let manifest = format!(
            "[skill]\nversion = \"1.0.0\"\n[[http]]\nid = \"api\"\norigin = \"{origin}\"\n\
             methods = {methods}\npath = \"{path}\"\n[[credential]]\nname = \"c\"\non = [\"api\"]\n"
        );
        Self::of_texts(authority, &file, &manifest, &setup, origin)
    }

    /// A skill and an operator's file as they are written.
    pub(crate) fn of_texts(
        authority: &Authority,
        file: &str,
        manifest: &str,
        setup: &Setup,
        origin: String,
    ) -> Self {
        let config = Config::parse("hotcell.toml", file).unwrap_or_else(|all| panic!("{all:#?}"));
        let manifest = Manifest::parse(manifest).unwrap_or_else(|all| panic!("{all:#?}"));
        let digest = digest();
        let identity = SkillIdentity {
            name: "probe",
            digest: &digest,
            manifest: &manifest,
        };
        let egress = egress(&config, identity, &setup.standing);
        let data = tempfile::tempdir().unwrap();
        let mut environment = BTreeMap::from([("S".to_owned(), secret(CANARY.as_bytes()))]);
        for (name, value) in &setup.environment {
            environment.insert((*name).to_owned(), secret(value));
        }
        let mut roots = Roots::of_platform([]);
        roots.add_pem(authority.pem().as_bytes()).unwrap();
        let names = Arc::new(Names::default());
        names.set("api.test", &["127.0.0.1"]);
        let suspended = Arc::new(Suspended::default());
        let broker = Broker::new(BrokerOptions {
            egress: config.egress.clone(),
            secrets: Secrets::new(SecretsOptions {
                tables: config.secrets.clone(),
                environment,
                vault: None,
                data: data.path().to_owned(),
                clock: SystemTime::now,
            }),
            meter: Meter::new(data.path().join("rates")),
            roots,
            resolver: Arc::clone(&names) as Arc<dyn Resolve>,
            suspend: Arc::clone(&suspended) as Arc<dyn Suspend>,
            host_key: secret(b"the host's own key, 32 bytes long"),
            clock: SystemTime::now,
        });
        Self {
            broker,
            egress,
            names,
            suspended,
            records: Arc::default(),
            origin,
            effect: setup.effect,
            _data: data,
        }
    }

    /// Begins a call of the skill's tool.
    pub(crate) fn session(&self, effect: Effect) -> Session {
        let call = CallIdentity {
            caller: "tester".to_owned(),
            skill: "probe".to_owned(),
            digest: digest().to_string(),
            tool: "probe".to_owned(),
            effect,
            correlation_id: "cor-1".to_owned(),
            idempotency_key: Some("key-1".to_owned()),
        };
        let record = Arc::clone(&self.records) as Arc<dyn Record>;
        self.broker.session(self.egress.clone(), call, record)
    }

    /// Sends one request of a call of its own, and reads its whole response.
    pub(crate) async fn send(&self, request: Request<Body>) -> Result<Answered, SendError> {
        answer(&self.session(self.effect), request).await
    }

    /// Checks that no record holds the secret, or any of `marks`.
    #[track_caller]
    pub(crate) fn records_hold_none(&self, marks: &[&str]) {
        let all = self.records.all();
        let told = format!("{all:?}{}", serde_json::to_string(&all).unwrap());
        assert!(!all.is_empty() && !told.contains(CANARY));
        for mark in marks {
            assert!(!told.contains(mark), "{mark} was recorded");
        }
    }

    /// Sends a GET for a path.
    pub(crate) async fn get(&self, path: &str) -> Result<Answered, SendError> {
        self.send(get(&format!("{}{path}", self.origin))).await
    }
}

/// A response as a guest has it.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: Option<HeaderMap>,
}

/// Sends, and reads all of the response; what came before an error is returned by no test.
pub(crate) async fn answer(
    session: &Session,
    request: Request<Body>,
) -> Result<Answered, SendError> {
    let (head, body) = session.send(request).await?.into_parts();
    let body = body.collect().await;
    let body = body.map_err(|error| *error.downcast::<SendError>().expect("the broker's own"))?;
    Ok(Answered {
        status: head.status,
        headers: head.headers,
        trailers: body.trailers().cloned(),
        body: body.to_bytes().to_vec(),
    })
}

/// An honest server, whose certificate has these names.
pub(crate) async fn honest(authority: &Authority, names: &[&str]) -> Server {
    let answer = |_: &Seen| Answer::new(200).body("ok");
    Server::tls(&authority.issue(names), Behaviour::answering(answer)).await
}

/// Checks that nobody has connected to `server`: connections are taken in the order in which
/// they come, and the one that is made here is the first.
pub(crate) async fn untouched(server: &Server, authority: &Authority, name: &str) {
    let ask = "GET /last HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n\r\n";
    probe::ask(server, authority, name, ask).await.unwrap();
    assert_eq!(server.counts().accepted, 1, "{name} was reached");
    assert_eq!(server.counts().requests, 1, "{name} was asked");
}

/// Checks that `server` has seen one request alone, with the secret in its one place.
pub(crate) fn saw_one(server: &Server) {
    assert_eq!(server.counts().accepted, 1);
    assert_eq!(server.requests().len(), 1);
    let bearer = format!("Bearer {CANARY}");
    assert_eq!(
        server.requests()[0].header("authorization"),
        Some(bearer.as_str())
    );
}

/// A GET as a guest makes it.
pub(crate) fn get(url: &str) -> Request<Body> {
    request("GET", url, &[], b"")
}

/// Any request as a guest makes it.
pub(crate) fn request(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = Full::new(Bytes::copy_from_slice(body)).map_err(|never| match never {});
    request.body(body.boxed_unsync()).unwrap()
}

/// The code of a refusal, or `ok`.
pub(crate) fn code<T>(result: &Result<T, SendError>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// The digest of the skill, whatever its manifest says.
pub(crate) fn digest() -> Digest {
    Digest::of_tree(&FileTree::default())
}

fn secret(bytes: &[u8]) -> SecretValue {
    SecretValue::new(bytes.to_vec())
}

/// A resolver that answers what a test says, in turn; the last answer stays.
#[derive(Default)]
pub(crate) struct Names {
    answers: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    asked: Mutex<Vec<String>>,
}

impl Names {
    /// From now on, `name` has these addresses.
    pub(crate) fn set(&self, name: &str, addresses: &[&str]) {
        self.in_turn(name, &[addresses]);
    }

    /// From now on, `name` has another answer each time; without any, none ever comes.
    pub(crate) fn in_turn(&self, name: &str, answers: &[&[&str]]) {
        let parse = |all: &&[&str]| all.iter().map(|ip| ip.parse().unwrap()).collect();
        let answers = answers.iter().map(parse).collect();
        self.answers
            .lock()
            .unwrap()
            .insert(name.to_owned(), answers);
    }

    /// Returns the next answer for a name; none where no answer ever comes.
    fn next(&self, host: &str) -> Option<Vec<IpAddr>> {
        let mut names = self.answers.lock().unwrap();
        let Some(answers) = names.get_mut(host) else {
            return Some(Vec::new());
        };
        match answers.len() {
            0 => None,
            1 => Some(answers[0].clone()),
            _ => Some(answers.remove(0)),
        }
    }

    /// Returns the names that were asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait::async_trait]
impl Resolve for Names {
    async fn resolve(&self, host: &str) -> std::io::Result<Vec<IpAddr>> {
        self.asked.lock().unwrap().push(host.to_owned());
        match self.next(host) {
            Some(answer) => Ok(answer),
            None => std::future::pending().await,
        }
    }
}

/// The grants that were suspended.
#[derive(Default)]
pub(crate) struct Suspended(Mutex<Vec<String>>);

impl Suspended {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Suspend for Suspended {
    fn suspend(&self, grant: &GrantId, _why: &str) -> Result<(), String> {
        self.0.lock().unwrap().push(grant.to_string());
        Ok(())
    }
}

/// What was recorded, in order.
#[derive(Default)]
pub(crate) struct Records(Mutex<Vec<Exchange>>);

impl Records {
    pub(crate) fn all(&self) -> Vec<Exchange> {
        self.0.lock().unwrap().clone()
    }
}

impl Record for Records {
    fn record(&self, exchange: &Exchange) {
        self.0.lock().unwrap().push(exchange.clone());
    }
}
