//! A broker with one bearer secret that is granted to one skill, for one server.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use hotcell_broker::meter::Meter;
use hotcell_broker::secrets::{SecretValue, Secrets, SecretsOptions};
use hotcell_broker::{
    Body, Broker, BrokerOptions, CallIdentity, Record, Resolve, Roots, Session, Suspend,
};
use hotcell_package::{Digest, Effect, FileTree, Manifest};
use hotcell_policy::Exchange;
use hotcell_policy::config::Config;
use hotcell_policy::egress::{Egress, GrantId, SkillIdentity, Standing, egress};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Empty};

use crate::Result;
use crate::wire::{HOST, PATH, TOKEN, Wire};

/// The variable that a broker's one secret, [`TOKEN`], comes from.
pub(crate) const SECRET: &str = "S";

/// A skill that may send GET to the server.
pub(crate) struct Granted {
    broker: Broker,
    egress: Egress,
    uri: Uri,
    digest: String,
    _data: tempfile::TempDir,
}

impl Granted {
    pub(crate) fn new(wire: &Wire) -> Result<Granted> {
        let origin = wire.server.origin(HOST);
        let digest = Digest::of_tree(&FileTree::default());
        let (file, manifest) = texts(&origin, &digest, &wire.server.address().to_string());
        let config =
            Config::parse("hotcell.toml", &file).map_err(|all| format!("hotcell.toml: {all:?}"))?;
        let manifest = Manifest::parse(&manifest).map_err(|all| format!("skill.toml: {all:?}"))?;
        let skill = SkillIdentity {
            name: "probe",
            digest: &digest,
            manifest: &manifest,
        };
        let egress = egress(&config, skill, &Standing::default());
        let data = tempfile::tempdir()?;
        let broker = broker(&config, Some(wire), data.path())?;
        Ok(Granted {
            broker,
            egress,
            uri: format!("{origin}{PATH}").parse()?,
            digest: digest.to_string(),
            _data: data,
        })
    }

    /// Begins a call. Its record is kept nowhere: how it is kept is the host's.
    pub(crate) fn session(&self) -> Session {
        let call = CallIdentity {
            caller: "bench".to_owned(),
            skill: "probe".to_owned(),
            digest: self.digest.clone(),
            tool: "probe".to_owned(),
            effect: Effect::Read,
            correlation_id: "cor-0123456789abcdef0123456789abcdef".to_owned(),
            idempotency_key: None,
        };
        self.broker
            .session(self.egress.clone(), call, Arc::new(Nowhere))
    }

    /// Sends the request of the bench, and returns the response with its body yet to come.
    pub(crate) async fn send(&self, session: &Session) -> Result<Response<Body>> {
        let body = Empty::<Bytes>::new().map_err(|never| match never {});
        let request = Request::get(self.uri.clone())
            .header("accept", "application/json")
            .body(body.boxed_unsync())?;
        let response = session.send(request).await;
        response.map_err(|error| format!("the broker refused: {error}").into())
    }
}

/// Returns the operator's file and the skill's manifest.
fn texts(origin: &str, digest: &Digest, address: &str) -> (String, String) {
    let file = format!(
        "[secret.s]\nsource = \"env:{SECRET}\"\norigins = [\"{origin}\"]\nkind = \"bearer\"\n\
         [[grant]]\nskill = \"probe@{digest}\"\ncredential = \"c\"\nsecret = \"s\"\n\
         [egress]\nprivate = [\"{address}\"]\n\
         [egress.limits]\nrequests = 1000000\nresponse_bytes = 2147483648\n"
    );
    let manifest = format!(
        "[skill]\nversion = \"1.0.0\"\n[[http]]\nid = \"api\"\norigin = \"{origin}\"\n\
         methods = [\"GET\"]\npath = \"/v1/{{*rest}}\"\n[[credential]]\nname = \"c\"\non = [\"api\"]\n"
    );
    (file, manifest)
}

/// Returns a broker that trusts this server, and no other.
pub(crate) fn broker(config: &Config, wire: Option<&Wire>, data: &Path) -> Result<Broker> {
    let mut roots = Roots::of_platform([]);
    if let Some(wire) = wire {
        let added = roots.add_pem(wire.authority.pem().as_bytes());
        added.map_err(|error| error.to_string())?;
    }
    let secret = |text: &str| SecretValue::new(text.as_bytes().to_vec());
    Ok(Broker::new(BrokerOptions {
        egress: config.egress.clone(),
        secrets: Secrets::new(SecretsOptions {
            tables: config.secrets.clone(),
            environment: BTreeMap::from([(SECRET.to_owned(), secret(TOKEN))]),
            vault: None,
            data: data.to_owned(),
            clock: SystemTime::now,
        }),
        meter: Meter::new(data.join("rates")),
        roots,
        resolver: Arc::new(Loopback),
        suspend: Arc::new(Nowhere),
        host_key: secret("the host's own key, 32 bytes long"),
        clock: SystemTime::now,
    }))
}

/// Finds every name on this machine.
struct Loopback;

#[async_trait::async_trait]
impl Resolve for Loopback {
    async fn resolve(&self, _host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(vec![Ipv4Addr::LOCALHOST.into()])
    }
}

/// Keeps nothing.
struct Nowhere;

impl Record for Nowhere {
    fn record(&self, exchange: &Exchange) {
        std::hint::black_box(exchange);
    }
}

impl Suspend for Nowhere {
    fn suspend(&self, grant: &GrantId, why: &str) -> std::result::Result<(), String> {
        Err(format!("{grant}: {why}"))
    }
}
