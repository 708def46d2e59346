//! What a host is made from, and the skills that it has loaded.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use hotcell_journal::Journal;
use hotcell_package::{Digest, FileTree};
use hotcell_policy::config::Config;
use hotcell_policy::egress::GrantId;
use hotcell_policy::{CallerGrant, Policy, Reference, Refusal, is_tool_visible, may_call};
use hotcell_policy::{rate_limited, too_many_calls};
use hotcell_sandbox::{ReadTree, Sandbox};

use crate::Skill;
use crate::fault::Fault;
use crate::invoke::{Ask, Ready};
use crate::load::read_tree;
use crate::menu::ShownCache;
use crate::offers::Offers;
use crate::outside::Operator;
use crate::presence::InUse;
use crate::record::{RecordOptions, Recorder};
use crate::registry::{Registry, SkillKind};

/// Skills that are kept loaded; the one that was not called for longest goes first.
const LOADED_MAX: usize = 256;

/// What a host is made from.
#[derive(Debug)]
pub struct HostOptions {
    /// Where components run.
    pub sandbox: Sandbox,
    /// How far a call may go.
    pub policy: Policy,
    /// What the operator allows outside; without it, no request leaves a skill.
    pub operator: Option<Operator>,
    /// The record and the registry; without them, a host runs the packages that it is handed.
    pub record: Option<RecordOptions>,
    /// The time of day, for what guests see of it.
    pub clock: fn() -> SystemTime,
}

/// Runs skills. Share it behind an `Arc`.
#[derive(Debug)]
pub struct Host {
    pub(crate) options: HostOptions,
    /// What a guest sees at `/in` where the caller passed nothing.
    pub(crate) no_input: Arc<ReadTree>,
    record: Option<Arc<Recorder>>,
    loaded: Mutex<Loaded>,
    pub(crate) offers: Offers,
    pub(crate) shown_cache: ShownCache,
    _in_use: Option<InUse>,
}

/// The loaded skills by digest, each with the number of the call that last took it.
#[derive(Debug, Default)]
struct Loaded {
    skills: BTreeMap<String, (u64, Arc<Skill>)>,
    calls: u64,
}

/// A place among the calls under way; it is free again when this goes.
pub(crate) struct Turn {
    _turns: Vec<Arc<()>>,
}

impl Host {
    /// Makes a host.
    pub fn new(mut options: HostOptions) -> Host {
        let config = options.operator.as_ref().map(|operator| &operator.config);
        let record = options.record.take();
        let record = record.map(|record| Recorder::new(record, config, options.clock));
        Host {
            options,
            no_input: Arc::new(read_tree(&FileTree::default())),
            record: record.map(Arc::new),
            loaded: Mutex::default(),
            offers: Offers::default(),
            shown_cache: ShownCache::default(),
            _in_use: None,
        }
    }

    /// Holds the data folder for as long as the host is there.
    #[must_use]
    pub fn holding(mut self, in_use: InUse) -> Host {
        self._in_use = Some(in_use);
        self
    }

    /// Returns the registry of a host with a record.
    ///
    /// # Errors
    ///
    /// Fails where it has none.
    pub fn registry(&self) -> Result<Registry, Fault> {
        Ok(self.record()?.options.registry.clone())
    }

    /// Returns the record of a host that keeps one.
    ///
    /// # Errors
    ///
    /// Fails where it keeps none.
    pub fn journal(&self) -> Result<Arc<dyn Journal>, Fault> {
        Ok(Arc::clone(self.record()?.journal()))
    }

    /// Waits until all that was told is on record. A program that ends calls this last.
    pub async fn flush(&self) {
        if let Some(record) = &self.record {
            record.flush().await;
        }
    }

    pub(crate) fn record(&self) -> Result<Arc<Recorder>, Fault> {
        let mend = "make it with a record, or run a package with Host::invoke";
        let record = self.record.as_ref();
        record
            .map(Arc::clone)
            .ok_or_else(|| Fault::new("this host keeps no record", mend))
    }

    /// Picks the version that a call gets, and loads it.
    pub(crate) async fn pick(&self, ask: &Ask) -> Result<Result<Arc<Skill>, Refusal>, Fault> {
        let record = self.record()?;
        let named = ask.invocation.skill.as_deref().unwrap_or_default();
        let reference: Reference = match named.parse() {
            Ok(reference) => reference,
            Err(error) => {
                let refusal = Refusal::new("unknown_skill", format!("{error}"));
                return Ok(Err(refusal));
            }
        };
        let view = match self.view(&ask.caller, ask.assistant.as_deref()) {
            Ok(view) => view,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let registry = &record.options.registry;
        let release = registry.resolve(&reference, |release| view.shows(release));
        let release = match release.await? {
            Ok(release) => release,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Some(skill) = self.loaded().take(&release.digest) {
            return Ok(Ok(skill));
        }
        if registry.card(&release)?.kind == SkillKind::Documentation {
            return Ok(Err(no_tools(&release.name)));
        }
        Ok(Ok(self.skill(&release.digest).await?))
    }

    /// Returns an installed package, loaded.
    pub(crate) async fn skill(&self, digest: &str) -> Result<Arc<Skill>, Fault> {
        if let Some(skill) = self.loaded().take(digest) {
            return Ok(skill);
        }
        let record = self.record()?;
        let parsed: Digest = digest.parse().map_err(|error| {
            Fault::new(
                format!("{error}"),
                "`hotcell audit verify` tells what is damaged",
            )
        })?;
        let package = record.options.registry.package(parsed)?;
        let skill = self.load(package).await?;
        self.loaded().keep(digest, Arc::clone(&skill));
        Ok(skill)
    }

    /// Returns what the operator lets a caller have of a call.
    pub(crate) fn may_call(
        &self,
        caller: &str,
        skill: &str,
        tool: &str,
    ) -> Result<CallerGrant, Refusal> {
        match self.config() {
            Some(config) => may_call(config, caller, skill, tool),
            None => Ok(CallerGrant {
                caller: caller.to_owned(),
                ..CallerGrant::default()
            }),
        }
    }

    /// Returns whether a caller may know of a tool.
    pub(crate) fn shows_tool(&self, caller: &str, skill: &str, tool: &str) -> bool {
        let config = self.config();
        config.is_none_or(|config| is_tool_visible(config, caller, skill, tool))
    }

    /// Counts a call against what its caller may have at one time, and how often.
    pub(crate) fn admit(&self, ready: &Ready) -> Result<Turn, Refusal> {
        let Ok(record) = self.record() else {
            return Ok(Turn { _turns: Vec::new() });
        };
        let mut turns = Vec::new();
        for (key, at_once) in &ready.caller.at_once {
            let turn = record.take_turn(key, *at_once);
            turns.push(turn.ok_or_else(|| too_many_calls(*at_once))?);
        }
        let rates = &ready.caller.rates;
        let metered: Vec<_> = rates
            .iter()
            .map(|(key, rate)| (GrantId::new(key.clone()), Some(*rate)))
            .collect();
        let admitted = record.options.meter.admit(&metered, (self.options.clock)());
        admitted.map_err(|refused| {
            let used_up = rates.iter().find(|(key, _)| key == refused.grant.as_str());
            let (_, rate) = used_up.expect("it refuses what it was asked");
            rate_limited(*rate, refused.retry_after_ms)
        })?;
        Ok(Turn { _turns: turns })
    }

    pub(crate) fn config(&self) -> Option<&Config> {
        self.options
            .operator
            .as_ref()
            .map(|operator| &operator.config)
    }

    fn loaded(&self) -> std::sync::MutexGuard<'_, Loaded> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A skill without a component is read: there is nothing to call.
fn no_tools(name: &str) -> Refusal {
    let message = format!("the skill `{name}` has no tools: it has no component");
    Refusal::new("documentation_only", message).hint(format!(
        "load the skill `{name}` and follow its instructions with the tools that you have"
    ))
}

impl Loaded {
    fn take(&mut self, digest: &str) -> Option<Arc<Skill>> {
        self.calls += 1;
        let (last, skill) = self.skills.get_mut(digest)?;
        *last = self.calls;
        Some(Arc::clone(skill))
    }

    fn keep(&mut self, digest: &str, skill: Arc<Skill>) {
        if self.skills.len() >= LOADED_MAX {
            let oldest = self.skills.iter().min_by_key(|(_, (last, _))| *last);
            if let Some(oldest) = oldest.map(|(digest, _)| digest.clone()) {
                self.skills.remove(&oldest);
            }
        }
        self.skills.insert(digest.to_owned(), (self.calls, skill));
    }
}
