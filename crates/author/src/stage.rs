//! A skill on a stage: the real host, sandbox and broker, an operator who grants exactly what the
//! manifest asks for, made-up credentials, and scripted servers.

mod credentials;
mod operator;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use hotcell_host::{Ask, Consent, Host, HostOptions, LoadError, Reply, Sandbox, Skill, deliver};
use hotcell_package::{FileTree, Idempotency, Origin, Package};
use hotcell_policy::{Invocation, Policy};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) use credentials::Credentials;

use crate::cases::{Case, ScriptedExchange};
use crate::upstream::Upstream;

/// What an operator says to a skill in one case.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Setting {
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) withhold: Vec<String>,
    /// The servers that a `*` of the manifest may reach.
    pub(crate) origins: BTreeSet<Origin>,
    /// What stands at `/work`.
    pub(crate) work: FileTree,
}

/// A call on the stage.
#[derive(Debug, Clone)]
pub(crate) struct StageCall {
    pub(crate) tool: String,
    pub(crate) input: Value,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) files: FileTree,
}

/// The folder at `/work`, in the stage's own.
pub(crate) const WORK: &str = "work";

/// The stage.
pub(crate) struct Stage {
    pub(crate) skill: Arc<Skill>,
    pub(crate) upstream: Upstream,
    pub(crate) credentials: Credentials,
    host: Host,
    /// Where approvals and uses would be kept.
    _folder: TempDir,
}

/// Why there is no stage.
#[derive(Debug)]
pub enum StageError {
    /// The component cannot be run.
    Load(LoadError),
    /// A folder for the time of the test cannot be made.
    Folder(io::Error),
}

impl Stage {
    /// Sets the stage for one case, or for several that share what the operator says.
    pub(crate) async fn set(
        sandbox: &Sandbox,
        package: &Package,
        setting: &Setting,
    ) -> Result<Stage, StageError> {
        let folder = tempfile::tempdir().map_err(StageError::Folder)?;
        let work = folder.path().join(WORK);
        std::fs::create_dir(&work).map_err(StageError::Folder)?;
        let opened = Dir::open_ambient_dir(&work, ambient_authority());
        let opened = opened.map_err(StageError::Folder)?;
        deliver(&opened, &setting.work)
            .map_err(|error| StageError::Folder(io::Error::other(error.to_string())))?;
        let upstream = Upstream::new();
        let credentials = Credentials::of(&package.manifest, &setting.withhold);
        let operator = operator::operator(package, setting, &credentials, &upstream, folder.path());
        let host = Host::new(HostOptions {
            sandbox: sandbox.clone(),
            policy: Policy::standard(),
            operator: Some(operator),
            record: None,
            clock: SystemTime::now,
        });
        let skill = host.load(package.clone()).await;
        Ok(Stage {
            skill: skill.map_err(StageError::Load)?,
            upstream,
            credentials,
            host,
            _folder: folder,
        })
    }

    /// Returns a script whose answers hold the made-up credentials that they name.
    pub(crate) fn filled(&self, script: &[ScriptedExchange]) -> Vec<ScriptedExchange> {
        let mut script = script.to_vec();
        for exchange in &mut script {
            let answer = &mut exchange.answer;
            for (name, credential) in self.credentials.iter() {
                let named = format!("{{{{credential:{name}}}}}");
                for (_, header) in &mut answer.headers {
                    *header = header.replace(&named, &credential.value);
                }
                if let Ok(body) = std::str::from_utf8(&answer.body)
                    && body.contains(&named)
                {
                    answer.body = body.replace(&named, &credential.value).into_bytes();
                }
            }
        }
        script
    }

    /// Calls a tool.
    pub(crate) async fn call(&self, call: StageCall) -> Reply {
        let invocation = Invocation {
            idempotency_key: call.idempotency_key,
            ..Invocation::new(call.tool, call.input)
        };
        let ask = Ask {
            input: call.files,
            consent: Consent::Any,
            ..Ask::new(invocation)
        };
        self.host.invoke(&self.skill, ask).await
    }
}

impl Setting {
    /// Returns what the operator says in a case. Its servers are those of the script, and those
    /// that a setting names, so that a request beside the script is heard.
    pub(crate) fn of(case: &Case) -> Setting {
        let scripted = case.script.iter().map(|exchange| exchange.origin.clone());
        let named = case.settings.values().filter_map(|value| origin_of(value));
        Setting {
            settings: case.settings.clone(),
            withhold: case.withhold.clone(),
            origins: scripted.chain(named).collect(),
            work: case.work.clone(),
        }
    }
}

impl StageCall {
    pub(crate) fn of(case: &Case) -> StageCall {
        StageCall {
            tool: case.tool.clone(),
            input: case.input.clone(),
            idempotency_key: case.idempotency_key.clone(),
            files: case.files.clone(),
        }
    }

    /// Gives the call a key where its tool cannot be called without one.
    pub(crate) fn keyed(mut self, package: &Package, key: &str) -> StageCall {
        let asked = package.manifest.tool(&self.tool).idempotency;
        if self.idempotency_key.is_none() && asked != Idempotency::None {
            self.idempotency_key = Some(key.to_owned());
        }
        self
    }
}

fn origin_of(value: &str) -> Option<Origin> {
    let (scheme, rest) = value.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    Origin::parse(&format!("{scheme}://{authority}")).ok()
}
