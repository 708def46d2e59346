//! A data folder with one installed skill, and hosts made from it: as many as one likes, in as
//! many processes.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use hotcell_host::broker::meter::Meter;
use hotcell_host::broker::secrets::{Secrets, SecretsOptions, host_key};
use hotcell_host::broker::{Broker, BrokerOptions, Roots, SystemResolver};
use hotcell_host::journal::{Journal, Sqlite, SqliteOptions};
use hotcell_host::{
    CompileLimits, Compiler, Host, HostOptions, Operator, RecordOptions, Registry, Sandbox,
    SandboxOptions, State, SuspendInState, WorkerCommand, log_signer,
};
use hotcell_package::{Package, ReadLimits};
use hotcell_policy::Policy;
use hotcell_policy::config::Config;
use hotcell_testkit::components::effects::effects;

/// What goes wrong here is the machine's fault, and told in its words.
pub type Failed = Box<dyn Error + Send + Sync>;

/// The skill's name, which its package's folder has.
pub const SKILL: &str = "effects";
/// Steps of its job.
pub const STEPS: u32 = 3;

const FILES: [(&str, &str); 3] = [
    ("SKILL.md", include_str!("../../packages/effects/SKILL.md")),
    (
        "skill.toml",
        include_str!("../../packages/effects/skill.toml"),
    ),
    (
        "schema.json",
        include_str!("../../packages/effects/schema.json"),
    ),
];

/// A folder with all that a host needs.
#[derive(Debug, Clone)]
pub struct Place {
    folder: PathBuf,
    /// The program whose processes there are: `hotcell-soak`, or one like it.
    program: PathBuf,
}

/// What a place is furnished with.
#[derive(Debug)]
pub struct Furniture<'a> {
    /// Where the server of the skill is.
    pub server: SocketAddr,
    /// The certificate of the authority that answers for it, in PEM.
    pub authority: &'a str,
    /// The lines of `[jobs]` in the operator's file.
    pub jobs: &'a str,
}

impl Place {
    /// Returns the place in `folder`, furnished or not.
    pub fn at(folder: &Path, program: &Path) -> Place {
        Place {
            folder: folder.to_owned(),
            program: program.to_owned(),
        }
    }

    /// Returns the folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the program.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Returns the operator's file.
    pub fn config(&self) -> PathBuf {
        self.folder.join("hotcell.toml")
    }

    /// Returns the data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Returns the folder of compiled code.
    pub fn cache(&self) -> PathBuf {
        self.folder.join("cache")
    }

    /// Writes the operator's file, and installs the skill.
    ///
    /// # Errors
    ///
    /// Fails where something cannot be written.
    pub async fn furnish(&self, furniture: &Furniture<'_>) -> Result<(), Failed> {
        let origin = format!("https://{}", furniture.server);
        let package = self.folder.join(SKILL);
        fs::create_dir_all(&package)?;
        fs::create_dir_all(self.data())?;
        for (name, text) in FILES {
            fs::write(package.join(name), text.replace("ORIGIN", &origin))?;
        }
        let component = effects(&furniture.server.to_string(), STEPS).to_bytes();
        fs::write(package.join("skill.wasm"), component)?;
        let package = Package::read(&package, &ReadLimits::STANDARD)
            .map_err(|error| format!("{:?}", error.diagnostics()))?;
        fs::write(self.folder.join("ca.pem"), furniture.authority)?;
        let (digest, server, jobs) = (package.digest, furniture.server, furniture.jobs);
        let text = format!(
            "[egress]\nca_files = [\"ca.pem\"]\nprivate = [\"{server}\"]\n[jobs]\n{jobs}\n\
             [[grant]]\nskill = \"{SKILL}@{digest}\"\nhttp = [\"keyed\", \"plain\"]\n"
        );
        fs::write(self.config(), text)?;
        let host = self.host("furnish")?;
        host.registry()?.add(&package, false, "soak").await?;
        host.load(package)
            .await
            .map_err(|error| format!("{error:?}"))?;
        Ok(())
    }

    /// Opens the record.
    ///
    /// # Errors
    ///
    /// Fails where it cannot be used.
    pub fn journal(&self) -> Result<Sqlite, Failed> {
        let file = self.data().join("record.db");
        Ok(Sqlite::open(SqliteOptions::new(file, SystemTime::now))?)
    }

    /// Makes a host on the machine's clock, as `hotcell` does.
    ///
    /// # Errors
    ///
    /// Fails where a file cannot be used.
    pub fn host(&self, owner: &str) -> Result<Host, Failed> {
        self.host_on(owner, Arc::new(self.journal()?))
    }

    /// Makes a host on a record that was opened otherwise.
    ///
    /// # Errors
    ///
    /// Fails where a file cannot be used.
    pub fn host_on(&self, owner: &str, journal: Arc<dyn Journal>) -> Result<Host, Failed> {
        let data = self.data();
        let registry = Registry::new(data.join("packages"), Arc::clone(&journal));
        let key = host_key(&data).map_err(|error| error.to_string())?;
        let sandbox = Sandbox::new(SandboxOptions {
            compiler: Compiler::Worker(WorkerCommand {
                program: self.program.clone(),
                arguments: vec!["compile-worker".into()],
            }),
            compile_limits: CompileLimits::STANDARD,
            cache: self.cache(),
        })?;
        Ok(Host::new(HostOptions {
            sandbox,
            policy: Policy::standard(),
            operator: Some(self.operator()?),
            record: Some(RecordOptions {
                registry,
                journal,
                owner: owner.to_owned(),
                meter: Meter::new(data.join("rates")),
                signer: log_signer(&key),
                seal: None,
            }),
            clock: SystemTime::now,
        }))
    }

    fn operator(&self) -> Result<Operator, Failed> {
        let text = fs::read_to_string(self.config())?;
        let config = Config::parse("hotcell.toml", &text).map_err(|all| format!("{all:?}"))?;
        let data = self.data();
        let state = Arc::new(State::new(data.clone(), SystemTime::now));
        let mut roots = Roots::of_platform([]);
        let added = roots.add_pem(&fs::read(self.folder.join("ca.pem"))?);
        added.map_err(|error| error.to_string())?;
        let broker = Broker::new(BrokerOptions {
            egress: config.egress.clone(),
            secrets: Secrets::new(SecretsOptions {
                tables: config.secrets.clone(),
                environment: BTreeMap::new(),
                vault: None,
                data: data.clone(),
                clock: SystemTime::now,
            }),
            meter: Meter::new(data.join("rates")),
            roots,
            resolver: Arc::new(SystemResolver),
            suspend: Arc::new(SuspendInState(Arc::clone(&state))),
            host_key: host_key(&data).map_err(|error| error.to_string())?,
            clock: SystemTime::now,
        });
        Ok(Operator {
            config,
            broker,
            state,
        })
    }
}
