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
use hotcell_testkit::servers::{Authority, Server};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};

/// The value that must never be seen outside of the broker.
pub const CANARY: &str = "cnry-7Hq2/xW+9vLz&4bT=kPe%0fR-s1";

/// What is set up for one test.
pub struct Setup {
    /// `[secret.s]` without its origins, and whatever other tables a test wants.
    pub secret: String,
    /// Lines of `[egress.limits]`.
    pub limits: String,
    /// Lines of the grant.
    pub grant: String,
    /// The methods of the manifest's ask.
    pub methods: &'static str,
    /// The path of the manifest's ask.
    pub path: &'static str,
    /// The tool's effect.
    pub effect: Effect,
    /// Values of `env:` sources besides `CANARY` in `S`.
    pub environment: Vec<(&'static str, Vec<u8>)>,
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
        }
    }
}

/// Everything around a skill's requests.
pub struct World {
    pub broker: Broker,
    pub egress: Egress,
    pub names: Arc<Names>,
    pub suspended: Arc<Suspended>,
    pub records: Arc<Records>,
    /// `https://api.test:PORT`.
    pub origin: String,
    _data: tempfile::TempDir,
}

impl World {
    /// A skill that may reach `server` as `api.test`, with the secret of `setup`.
    pub fn new(authority: &Authority, server: &Server, setup: Setup) -> Self {
        let origin = server.origin("api.test");
        let skill = digest();
        let Setup { secret, limits, grant, methods, path, .. } = &setup;
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
    pub fn of_texts(
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
        let egress = egress(&config, identity, &Standing::default());
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
            _data: data,
        }
    }

    /// Begins a call of the skill's tool.
    pub fn session(&self, effect: Effect) -> Session {
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
    pub async fn send(&self, request: Request<Body>) -> Result<Answered, SendError> {
        answer(&self.session(Effect::Write), request).await
    }

    /// Sends a GET for a path.
    pub async fn get(&self, path: &str) -> Result<Answered, SendError> {
        self.send(get(&format!("{}{path}", self.origin))).await
    }
}

/// A response as a guest has it.
#[derive(Debug)]
pub struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub trailers: Option<HeaderMap>,
}

/// Sends, and reads all of the response; what came before an error is returned by no test.
pub async fn answer(session: &Session, request: Request<Body>) -> Result<Answered, SendError> {
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

/// A GET as a guest makes it.
pub fn get(url: &str) -> Request<Body> {
    request("GET", url, &[], b"")
}

/// Any request as a guest makes it.
pub fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = Full::new(Bytes::copy_from_slice(body)).map_err(|never| match never {});
    request.body(body.boxed_unsync()).unwrap()
}

/// The code of a refusal, or `ok`.
pub fn code<T>(result: &Result<T, SendError>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn digest() -> Digest {
    Digest::of_tree(&FileTree::default())
}

fn secret(bytes: &[u8]) -> SecretValue {
    SecretValue::new(bytes.to_vec())
}

/// A resolver that answers what a test says, in turn; the last answer stays.
#[derive(Default)]
pub struct Names(Mutex<HashMap<String, Vec<Vec<IpAddr>>>>);

impl Names {
    /// From now on, `name` has these addresses.
    pub fn set(&self, name: &str, addresses: &[&str]) {
        self.in_turn(name, &[addresses]);
    }

    /// From now on, `name` has another answer each time.
    pub fn in_turn(&self, name: &str, answers: &[&[&str]]) {
        let parse = |all: &&[&str]| all.iter().map(|ip| ip.parse().unwrap()).collect();
        let answers = answers.iter().map(parse).collect();
        self.0.lock().unwrap().insert(name.to_owned(), answers);
    }
}

#[async_trait::async_trait]
impl Resolve for Names {
    async fn resolve(&self, host: &str) -> std::io::Result<Vec<IpAddr>> {
        let mut names = self.0.lock().unwrap();
        let Some(answers) = names.get_mut(host) else {
            return Ok(Vec::new());
        };
        Ok(match answers.len() {
            1 => answers[0].clone(),
            _ => answers.remove(0),
        })
    }
}

/// The grants that were suspended.
#[derive(Default)]
pub struct Suspended(Mutex<Vec<String>>);

impl Suspended {
    pub fn all(&self) -> Vec<String> {
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
pub struct Records(Mutex<Vec<Exchange>>);

impl Records {
    pub fn all(&self) -> Vec<Exchange> {
        self.0.lock().unwrap().clone()
    }
}

impl Record for Records {
    fn record(&self, exchange: &Exchange) {
        self.0.lock().unwrap().push(exchange.clone());
    }
}
