//! `hotcell approve`: a new version of a skill is looked at, and may use what its grants give.

use std::io::{self, BufRead, IsTerminal, Read};
use std::path::PathBuf;

use clap::Args;
use hotcell_host::journal::Kind;
use hotcell_host::{Approval, Reference, RegistryError, StateError};
use hotcell_package::{Diagnostic, Package};
use hotcell_policy::config::{Config, GrantTable};
use hotcell_policy::egress::SkillIdentity;
use serde_json::json;

use super::check_config::tell_unreadable;
use crate::config::{Places, PlacesArguments};
use crate::installed::{self, Which};
use crate::record::{OPERATOR, Record};
use crate::recorded::Trouble;
use crate::{exit, house, print};

const EXAMPLES: &str = "Examples:
  hotcell approve crm.zip
  hotcell approve crm.zip --yes
  hotcell approve crm@1.2.0
  hotcell approve crm.zip --config /etc/hotcell/hotcell.toml --data /var/lib/hotcell

A grant on a range of versions, such as crm@1, gives a package nothing before its digest is
approved. Shown is what it asks for that the version approved last did not ask for. An installed
version that waits for approval, or was disabled, can be called then.

Exit code: 0 approved · 2 something cannot be read · 3 not approved";

/// What `hotcell approve` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A package, a folder or a zip; or an installed one: NAME, NAME@1.2.0 or NAME@sha256:…
    package: PathBuf,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    places: PlacesArguments,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// What is to be approved, beside what was.
struct Review {
    package: Package,
    last: Option<Approval>,
    is_approved: bool,
    grants: Vec<GrantTable>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let read = arguments.places.places().and_then(|places| {
        let review = review(arguments, &places)?;
        Ok((places, review))
    });
    let (places, review) = match read {
        Ok(read) => read,
        Err(found) => return tell_unreadable(&found, arguments.json),
    };
    if !arguments.json {
        print::result(review.as_text().trim_end());
    }
    let refusal = match review.is_approved {
        true => on_record(&review, &places),
        false => decide(arguments, &review, &places),
    };
    if arguments.json {
        print::json(&review.as_json(refusal.is_none()));
    }
    match refusal {
        None => exit::OK,
        Some(NotApproved::Declined) => {
            print::note("not approved");
            exit::REFUSED
        }
        Some(NotApproved::NobodyThere) => {
            let message = "nobody is there to be asked, so nothing is approved";
            print::error(
                message,
                Some("look at what it asks for; then run it with --yes"),
            );
            exit::REFUSED
        }
        // What can be printed as JSON was.
        Some(NotApproved::Trouble(trouble)) => trouble.tell(false),
    }
}

/// Why a package is not approved.
enum NotApproved {
    Declined,
    NobodyThere,
    Trouble(Trouble),
}

fn review(arguments: &Arguments, places: &Places) -> Result<Review, Vec<Diagnostic>> {
    let config = places.read_config()?;
    let package = installed::package(&arguments.package, &arguments.places, Which::Newest)?;
    let state = places.state();
    let unreadable = |error: StateError| {
        let error = Diagnostic::error("state_unreadable", &package.name, error.to_string());
        vec![error.hint("choose another folder with --data DIR")]
    };
    let standing = state.standing(&package.name).map_err(unreadable)?;
    Ok(Review {
        last: state.last_approved(&package.name).map_err(unreadable)?,
        is_approved: standing.approved.contains(&package.digest),
        grants: waiting(&config, &package),
        package,
    })
}

/// Returns the grants that wait for this package's approval.
fn waiting(config: &Config, package: &Package) -> Vec<GrantTable> {
    let skill = SkillIdentity {
        name: &package.name,
        digest: &package.digest,
        manifest: &package.manifest,
    };
    let all = config.grants.iter();
    let waiting = all.filter(|grant| grant.needs_approval() && grant.is_for(skill));
    waiting.cloned().collect()
}

fn decide(arguments: &Arguments, review: &Review, places: &Places) -> Option<NotApproved> {
    if !arguments.yes {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Some(NotApproved::NobodyThere);
        }
        if !ask(&review.package) {
            return Some(NotApproved::Declined);
        }
    }
    on_record(review, places)
}

/// Approves the package, unless it is, and lets installed versions with its digest be called.
fn on_record(review: &Review, places: &Places) -> Option<NotApproved> {
    let done = places.read_config().map_err(Trouble::from);
    let done = done.and_then(|config| {
        house::runtime()?.block_on(async {
            let record = Record::open(places, &config).await?;
            if !review.is_approved {
                approve(review, places, &record).await?;
            }
            let installed = Reference::digest(&review.package.name, review.package.digest);
            match record.registry.enable(&installed, true, OPERATOR).await {
                Ok(_) | Err(RegistryError::Absent(_)) => {}
                Err(error) => return Err(error.into()),
            }
            Ok(record.close().await?)
        })
    });
    done.err().map(NotApproved::Trouble)
}

async fn approve(review: &Review, places: &Places, record: &Record) -> Result<(), Trouble> {
    let package = &review.package;
    places.state().approve(package).map_err(|error| {
        Trouble::usage(error.to_string(), "choose another folder with --data DIR")
    })?;
    let body = json!({
        "skill": package.name,
        "version": package.manifest.version,
        "digest": package.digest,
        "asks": package.manifest.ask_lines(),
    });
    Ok(record.act(Kind::Approved, body).await?)
}

/// Asks; anything but a yes is a no.
fn ask(package: &Package) -> bool {
    let (name, version) = (&package.name, &package.manifest.version);
    print::note(&format!("Approve {name} {version}? [y/N]"));
    let mut answer = String::new();
    let read = io::stdin().lock().take(64).read_line(&mut answer);
    read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

impl Review {
    /// Returns what it asks for and the last approved version did not.
    fn added(&self) -> Vec<String> {
        let mut asks = self.package.manifest.ask_lines();
        asks.retain(|ask| !self.former().contains(ask));
        asks
    }

    /// Returns what the last approved version asked for and it does not.
    fn removed(&self) -> Vec<String> {
        let asks = self.package.manifest.ask_lines();
        let mut former = self.former().to_vec();
        former.retain(|ask| !asks.contains(ask));
        former
    }

    fn former(&self) -> &[String] {
        self.last.as_ref().map_or(&[], |last| &last.asks)
    }

    fn as_json(&self, approved: bool) -> serde_json::Value {
        let last = self.last.as_ref();
        let grants = self.grants.iter().map(|grant| {
            json!({ "grant": grant.id().as_str(), "skill": grant.skill.to_string(), "line": grant.place.line })
        });
        json!({
            "skill": self.package.name,
            "version": self.package.manifest.version,
            "digest": self.package.digest,
            "approved": approved,
            "was_approved": self.is_approved,
            "last": last.map(|last| json!({ "version": last.version, "digest": last.digest, "at_ms": last.at_ms })),
            "added": self.added(),
            "removed": self.removed(),
            "grants": grants.collect::<Vec<_>>(),
        })
    }

    fn as_text(&self) -> String {
        let (name, version) = (&self.package.name, &self.package.manifest.version);
        let mut text = format!("{name} {version}  {}\n", self.package.digest);
        if self.is_approved {
            return text + "is approved already\n";
        }
        text += &match &self.last {
            Some(last) => format!(
                "\nAsks anew, compared with {} ({})\n",
                last.version, last.digest
            ),
            None => "\nAsks for; no version of it was approved before\n".to_owned(),
        };
        text += &lines("+", &self.added());
        let removed = self.removed();
        if !removed.is_empty() {
            text += "\nAsks no longer\n";
            text += &lines("-", &removed);
        }
        text += "\nGrants that wait for it\n";
        for grant in &self.grants {
            text += &format!(
                "  line {}: {} of {}\n",
                grant.place.line,
                grant.id(),
                grant.skill
            );
        }
        if self.grants.is_empty() {
            text += "  none: its approval changes nothing today\n";
        }
        text
    }
}

fn lines(mark: &str, asks: &[String]) -> String {
    match asks {
        [] => "  nothing\n".to_owned(),
        asks => asks.iter().map(|ask| format!("  {mark} {ask}\n")).collect(),
    }
}
