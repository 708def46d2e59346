//! Where a skill is called: a host whose operator grants what the skill asks for.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use hotcell_host::{Host, HostOptions, Operator, State};
use hotcell_package::Package;
use hotcell_policy::Policy;
use hotcell_policy::config::Config;
use tempfile::TempDir;

use super::works::{Reach, Work};
use crate::Result;
use crate::granted::{SECRET, broker};
use crate::house::sandbox;
use crate::wire::{TOKEN, Wire};

/// The name by which programs find the server too, without a resolver.
const LOOPBACK: &str = "127.0.0.1";
/// Notes of the host folder, beside the one that is edited, and the lines of each.
const NOTES: usize = 50;
const LINES: usize = 40;

/// A host, and the server or the folder that its skill reaches.
pub(super) struct Place {
    pub(super) host: Host,
    wire: Option<Wire>,
    folder: TempDir,
    has_notes: bool,
}

impl Place {
    /// Makes the place of a work. It starts the server, so it is called outside of any runtime.
    pub(super) fn new(work: &Work, package: &Package, cache: &Path) -> Result<Place> {
        let folder = tempfile::tempdir()?;
        let wire = match work.reach {
            Reach::Server(behaviour) => Some(Wire::new(behaviour())?),
            Reach::Nothing | Reach::Notes => None,
        };
        let has_notes = matches!(work.reach, Reach::Notes);
        if has_notes {
            write_notes(folder.path())?;
        }
        let grant = match &wire {
            Some(wire) => Some(grant_server(package, wire)),
            None => has_notes.then(|| grant_notes(package, folder.path())),
        };
        let operator = grant.map(|text| operator(&text, wire.as_ref(), folder.path()));
        let host = Host::new(HostOptions {
            sandbox: sandbox(cache)?,
            policy: Policy::standard(),
            operator: operator.transpose()?,
            record: None,
            clock: SystemTime::now,
        });
        Ok(Place {
            host,
            wire,
            folder,
            has_notes,
        })
    }

    /// Returns where the server is.
    pub(super) fn origin(&self) -> String {
        let wire = self.wire.as_ref();
        wire.map_or_else(String::new, |wire| wire.server.origin(LOOPBACK))
    }

    /// Undoes what the call before changed.
    pub(super) fn restore(&self) -> Result<()> {
        match self.has_notes {
            true => write_edited(self.folder.path()),
            false => Ok(()),
        }
    }

    /// Returns what a program without a broker is given: the server's place, its authority, and
    /// the credential itself.
    pub(super) fn environment(&self) -> Result<Vec<(&'static str, String)>> {
        let Some(wire) = &self.wire else {
            return Ok(Vec::new());
        };
        let authority = self.folder.path().join("ca.pem");
        fs::write(&authority, wire.authority.pem())?;
        Ok(vec![
            ("BASE_URL", self.origin()),
            ("TOKEN", TOKEN.to_owned()),
            ("SSL_CERT_FILE", authority.display().to_string()),
        ])
    }
}

/// Returns the operator's file of a skill that asks a server.
fn grant_server(package: &Package, wire: &Wire) -> String {
    let (name, manifest) = (&package.name, &package.manifest);
    let (origin, address) = (wire.server.origin(LOOPBACK), wire.server.address());
    let grant = format!(
        "[egress]\nprivate = [\"{address}\"]\n\
         [[grant]]\nskill = \"{name}@{}\"\norigins = [\"{origin}\"]\n",
        package.digest
    );
    match manifest.credentials.first() {
        Some(ask) => format!(
            "{grant}credential = \"{}\"\nsecret = \"s\"\n\
             [settings.{name}]\nbase_url = \"{origin}\"\n\
             [secret.s]\nsource = \"env:{SECRET}\"\nkind = \"bearer\"\norigins = [\"{origin}\"]\n\
             scopes = {:?}\n",
            ask.name, ask.scopes
        ),
        None => {
            let ids: Vec<_> = manifest.http.iter().map(|ask| &ask.id).collect();
            format!("{grant}http = {ids:?}\n")
        }
    }
}

/// The same of a skill that works in the folder of notes.
fn grant_notes(package: &Package, folder: &Path) -> String {
    format!(
        "[[grant]]\nskill = \"{}@{}\"\nwork = \"{}\"\naccess = \"write\"\n",
        package.name,
        package.digest,
        folder.join("work").display()
    )
}

fn operator(text: &str, wire: Option<&Wire>, data: &Path) -> Result<Operator> {
    let config = Config::parse("hotcell.toml", text);
    let config = config.map_err(|all| format!("hotcell.toml: {all:?}"))?;
    Ok(Operator {
        broker: broker(&config, wire, data)?,
        state: Arc::new(State::new(data.join("state"), SystemTime::now)),
        config,
    })
}

fn write_notes(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("work/notes"))?;
    let line = "Called the supplier, who sends the offer again; nothing is to be done before.\n";
    for note in 0..NOTES {
        let text = format!("# Note {note}\n\n{}", line.repeat(LINES));
        fs::write(folder.join(format!("work/notes/{note}.md")), text)?;
    }
    write_edited(folder)
}

fn write_edited(folder: &Path) -> Result<()> {
    let text = "# May\n\nThe invoice of the supplier is due on 3 May.\n";
    Ok(fs::write(folder.join("work/notes/may.md"), text)?)
}
