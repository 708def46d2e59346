//! The operator of a stage: grants what the manifest asks for, but what the case withholds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use hotcell_host::broker::meter::Meter;
use hotcell_host::broker::secrets::{SecretValue, Secrets, SecretsOptions};
use hotcell_host::broker::{Broker, InProcessOptions};
use hotcell_host::{Operator, State, SuspendInState};
use hotcell_package::{AskedOrigin, Origin, Package, Place};
use hotcell_policy::config::{
    Approver, Config, EgressTable, GrantSubject, GrantTable, SecretSource, SecretTable,
    SkillSelector, VersionSelector, WorkGrant,
};

use super::credentials::{Credentials, exact_origins};
use super::{Setting, WORK};
use crate::upstream::Upstream;

/// What the made-up operator's file is called in messages.
const FILE: &str = "the operator of this case";
const NOWHERE: Place = Place { line: 1, column: 1 };

/// Makes the operator.
pub(super) fn operator(
    package: &Package,
    setting: &Setting,
    credentials: &Credentials,
    upstream: &Upstream,
    data: &Path,
) -> Operator {
    let origins: BTreeSet<Origin> = exact_origins(&package.manifest)
        .chain(setting.origins.iter().cloned())
        .collect();
    let config = config(package, setting, credentials, &origins, data);
    let state = Arc::new(State::new(data.to_owned(), SystemTime::now));
    let environment = credentials.iter();
    let environment = environment.map(|(name, one)| (name.clone(), one.secret()));
    let broker = Broker::in_process(InProcessOptions {
        egress: config.egress.clone(),
        secrets: Secrets::new(SecretsOptions {
            tables: config.secrets.clone(),
            environment: environment.collect(),
            vault: None,
            data: data.to_owned(),
            clock: SystemTime::now,
        }),
        meter: Meter::new(data.join("rates")),
        servers: Arc::new(upstream.clone()),
        suspend: Arc::new(SuspendInState(Arc::clone(&state))),
        // The same in every run, so that one key is one key.
        host_key: SecretValue::new(vec![7; 32]),
        clock: SystemTime::now,
    });
    Operator {
        config,
        broker,
        state,
    }
}

fn config(
    package: &Package,
    setting: &Setting,
    credentials: &Credentials,
    origins: &BTreeSet<Origin>,
    data: &Path,
) -> Config {
    let origins: Vec<Origin> = origins.iter().cloned().collect();
    let manifest = &package.manifest;
    let secrets = credentials.iter().map(|(name, credential)| {
        let asked = manifest.credentials.iter().find(|ask| ask.name == *name);
        let table = SecretTable {
            source: SecretSource::Env(name.clone()),
            kind: credential.kind.clone(),
            origins: origins.clone(),
            scopes: asked.map(|ask| ask.scopes.clone()).unwrap_or_default(),
            place: NOWHERE,
        };
        (name.clone(), table)
    });
    let plain_http = origins.iter().filter(|origin| !origin.is_https());
    Config {
        file: FILE.to_owned(),
        secrets: secrets.collect(),
        grants: grants(package, setting, credentials, &origins, data),
        egress: EgressTable {
            plain_http: plain_http.cloned().collect(),
            ..EgressTable::default()
        },
        settings: BTreeMap::from([(package.name.clone(), setting.settings.clone())]),
        ..Config::default()
    }
}

fn grants(
    package: &Package,
    setting: &Setting,
    credentials: &Credentials,
    origins: &[Origin],
    data: &Path,
) -> Vec<GrantTable> {
    let manifest = &package.manifest;
    let is_withheld = |name: &String| setting.withhold.contains(name);
    let granted = credentials.iter().map(|(name, _)| {
        let (credential, secret) = (name.clone(), name.clone());
        GrantSubject::Credential { credential, secret }
    });
    let is_bare = |id: &String| {
        let mut asks = manifest.credentials.iter();
        !asks.any(|ask| ask.on.contains(id))
    };
    let reaches = |origin: &AskedOrigin| match origin {
        AskedOrigin::Exact(_) => true,
        AskedOrigin::Operators => !setting.origins.is_empty(),
    };
    let bare = manifest.http.iter().filter(|ask| reaches(&ask.origin));
    let bare = bare.filter(|ask| is_bare(&ask.id) && !is_withheld(&ask.id));
    let bare = bare.map(|ask| GrantSubject::Http(vec![ask.id.clone()]));
    let work = manifest.files.as_ref().map(|files| {
        GrantSubject::Work(WorkGrant {
            folder: data.join(WORK),
            access: files.work,
            preview: false,
            approval: Approver::default(),
        })
    });
    let subjects = granted.chain(bare).chain(work);
    let tables = subjects.map(|subject| GrantTable {
        skill: SkillSelector {
            name: package.name.clone(),
            version: VersionSelector::Digest(package.digest),
        },
        subject,
        origins: origins.to_vec(),
        methods: Vec::new(),
        rate: None,
        place: NOWHERE,
    });
    tables.collect()
}
