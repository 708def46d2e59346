//! `hotcell secret`: what is in the vault, and what of all secrets is known but their values.

mod list;
mod value;

use std::io::{self, BufRead, IsTerminal, Write};
use std::time::SystemTime;

use clap::{Args, Subcommand};
use hotcell_host::broker::secrets::vault::{Stored, Vault};
use hotcell_host::broker::secrets::{SecretError, SecretFault, Secrets, is_secret_name};
use hotcell_host::journal::Kind;
use hotcell_package::Diagnostic;
use hotcell_policy::config::{Config, SecretSource};
use serde_json::json;

use crate::config::{Places, PlacesArguments};
use crate::record::Record;
use crate::recorded::Trouble;
use crate::{exit, house, print, secrets};

const EXAMPLES: &str = "Examples:
  hotcell secret set crm-token
  hotcell secret set crm-token < token.txt
  hotcell secret list
  hotcell secret rotate crm-token
  hotcell secret rotate crm-token --back
  hotcell secret rm crm-token

A value is typed or comes from stdin, and is never an argument. Where [vault] key is
\"passphrase\", it is asked for, or taken from the environment: HOTCELL_VAULT_PASSPHRASE.";

/// What `hotcell secret` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Keep a new secret in the vault
    Set(Named),
    /// List all secrets, never their values
    List(list::Arguments),
    /// Remove a secret from the vault, with all its versions
    Rm(Remove),
    /// Give a secret of the vault a new value; the one before is kept
    Rotate(Rotate),
}

/// A secret of the vault.
#[derive(Debug, Args)]
struct Named {
    /// The secret's name in the vault
    name: String,
    /// Nothing may stand here: it would be a value, for all to see
    #[arg(hide = true, allow_hyphen_values = true)]
    more: Vec<std::ffi::OsString>,
    #[command(flatten)]
    places: PlacesArguments,
}

#[derive(Debug, Args)]
struct Remove {
    #[command(flatten)]
    named: Named,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
struct Rotate {
    #[command(flatten)]
    named: Named,
    /// Go back to the version before
    #[arg(long)]
    back: bool,
}

/// Why a command ended.
enum Stop {
    /// The operator's file cannot be read.
    Config(Vec<Diagnostic>),
    /// A secret or the vault.
    Secret(SecretError),
    /// Wrong usage, and the mend.
    Usage(String, &'static str),
    /// A person said no, or nobody was there to say yes.
    Unconfirmed(&'static str),
    /// The record.
    Trouble(Trouble),
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let ended = match &arguments.action {
        Action::Set(named) => set(named),
        Action::List(arguments) => list::run(arguments),
        Action::Rm(remove) => rm(remove),
        Action::Rotate(rotate) => self::rotate(rotate),
    };
    match ended {
        Ok(()) => exit::OK,
        Err(stop) => stop.tell(),
    }
}

fn set(named: &Named) -> Result<(), Stop> {
    let opened = Opened::new(named)?;
    let name = &named.name;
    // Before anything is typed.
    if opened.has(name)? {
        let mend = "give it a new value with `hotcell secret rotate`, or choose another name";
        let message = format!("the vault has a secret named `{name}`");
        return Err(Stop::Usage(message, mend));
    }
    let value = value::of_person_or_stdin(name)?;
    opened.vault()?.check(name, &value)?;
    let stored = opened.on_record(name, "set", || {
        let stored = opened.vault()?.set(name, &value, SystemTime::now())?;
        Ok((Some(stored.version), stored))
    })?;
    opened.tell_stored(name, &stored)?;
    if !opened.tables_of(name).is_empty() {
        return Ok(());
    }
    print::note(&format!(
        "to use it, write into {} and grant it to a skill:",
        opened.places.config.display()
    ));
    print::result(&format!(
        "[secret.{}]\n\
         source = \"vault:{name}\"\n\
         kind = \"bearer\" # how it is sent: basic, header, query, json, hmac, sigv4, jwt, …\n\
         origins = [\"https://api.example.com\"] # the servers that may get it",
        toml_key(name)
    ));
    Ok(())
}

fn rotate(rotate: &Rotate) -> Result<(), Stop> {
    let opened = Opened::new(&rotate.named)?;
    let name = &rotate.named.name;
    opened.must_have(name)?;
    let vault = opened.vault()?;
    let stored = match rotate.back {
        true => opened.on_record(name, "back", || {
            let stored = vault.back(name)?;
            Ok((Some(stored.version), stored))
        })?,
        false => {
            let value = value::of_person_or_stdin(name)?;
            vault.check(name, &value)?;
            opened.on_record(name, "rotated", || {
                let stored = vault.rotate(name, &value, SystemTime::now())?;
                Ok((Some(stored.version), stored))
            })?
        }
    };
    opened.tell_stored(name, &stored)
}

fn rm(remove: &Remove) -> Result<(), Stop> {
    let opened = Opened::new(&remove.named)?;
    let name = &remove.named.name;
    opened.must_have(name)?;
    if !remove.yes {
        confirm(name)?;
    }
    opened.on_record(name, "removed", || {
        opened.vault()?.remove(name)?;
        Ok((None, ()))
    })?;
    print::note(&format!("removed `{name}` with all its versions"));
    for table in opened.tables_of(name) {
        print::note(&format!(
            "{} still names it, in [secret.{table}]",
            opened.places.config.display()
        ));
    }
    Ok(())
}

/// Asks a person.
fn confirm(name: &str) -> Result<(), Stop> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Stop::Unconfirmed("nobody is here to confirm it"));
    }
    let question = format!("Remove `{name}` with all its versions, for good? [y/N] ");
    let _ = write!(io::stderr().lock(), "{question}");
    let mut answer = String::new();
    let _ = io::stdin().lock().read_line(&mut answer);
    match answer.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Stop::Unconfirmed("nothing was removed")),
    }
}

/// The operator's file and the vault, for one command.
struct Opened {
    places: Places,
    config: Config,
    secrets: Secrets,
}

impl Opened {
    /// Checks the arguments before anything is asked or read.
    fn new(named: &Named) -> Result<Self, Stop> {
        if !named.more.is_empty() {
            return Err(Stop::Usage(
                "a value is never an argument: others see it in the list of processes, and the \
                 shell keeps it"
                    .to_owned(),
                "leave it out and type it when asked, or give it on stdin: `hotcell secret set \
                 NAME < FILE`; and get a new one, this one was seen",
            ));
        }
        if !is_secret_name(&named.name) {
            // It may be the value. It is not repeated.
            return Err(Stop::Usage(
                "what stands in the place of the name can be no secret's name".to_owned(),
                "begin with a small letter; then small letters, digits, `_`, `.`, `-`; at most 64",
            ));
        }
        Self::of(&named.places)
    }

    fn of(places: &PlacesArguments) -> Result<Self, Stop> {
        let places = places.places().map_err(Stop::Config)?;
        let config = places.read_config().map_err(Stop::Config)?;
        let secrets = secrets::with_vault(&config, &places).map_err(|error| {
            let mend = "type it in a terminal, or set HOTCELL_VAULT_PASSPHRASE";
            Stop::Usage(format!("no passphrase: {error}"), mend)
        })?;
        Ok(Self {
            places,
            config,
            secrets,
        })
    }

    fn vault(&self) -> Result<&Vault, Stop> {
        Ok(self.secrets.vault()?)
    }

    /// Does something to a secret and writes that down, with the version that it has then; never
    /// a value. Nothing is done where the record cannot be opened.
    fn on_record<T>(
        &self,
        name: &str,
        action: &str,
        work: impl FnOnce() -> Result<(Option<u64>, T), Stop>,
    ) -> Result<T, Stop> {
        let runtime = house::runtime().map_err(Trouble::from)?;
        runtime.block_on(async {
            let record = Record::open(&self.places, &self.config).await;
            let record = record.map_err(Stop::Config)?;
            let (version, done) = work()?;
            let body = json!({ "secret": name, "action": action, "version": version });
            let written = record.act(Kind::Secret, body).await;
            written.map_err(Trouble::from)?;
            record.close().await.map_err(Trouble::from)?;
            Ok(done)
        })
    }

    fn has(&self, name: &str) -> Result<bool, Stop> {
        let entries = self.vault()?.list()?;
        Ok(entries.iter().any(|entry| entry.name == name))
    }

    fn must_have(&self, name: &str) -> Result<(), Stop> {
        match self.has(name)? {
            true => Ok(()),
            false => Err(Stop::Usage(
                format!("the vault has no secret named `{name}`"),
                "`hotcell secret list` shows what there is; `hotcell secret set` makes a new one",
            )),
        }
    }

    /// Returns the names of the tables that take this secret of the vault.
    fn tables_of(&self, name: &str) -> Vec<&str> {
        let tables = self.config.secrets.iter();
        tables
            .filter(|(_, table)| table.source == SecretSource::Vault(name.to_owned()))
            .map(|(table, _)| table.as_str())
            .collect()
    }

    fn tell_stored(&self, name: &str, stored: &Stored) -> Result<(), Stop> {
        print::note(&format!(
            "`{name}` is version {} now, in {}",
            stored.version,
            self.vault()?.path().display()
        ));
        if let Some(key) = &stored.new_key {
            print::note(&format!(
                "made the key of the vault, {}: keep a copy in another place, for without it \
                 the vault cannot be opened",
                key.display()
            ));
        }
        Ok(())
    }
}

/// Returns a name as a key of TOML, which a dot would part.
fn toml_key(name: &str) -> String {
    match name.contains('.') {
        true => format!("\"{name}\""),
        false => name.to_owned(),
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Stop::Trouble(trouble)
    }
}

impl From<SecretError> for Stop {
    fn from(error: SecretError) -> Self {
        Stop::Secret(error)
    }
}

impl Stop {
    fn tell(self) -> u8 {
        match self {
            Stop::Config(found) => {
                print::diagnostics(&found);
                exit::USAGE
            }
            Stop::Secret(error) => {
                print::error(&error.to_string(), Some(error.mend()));
                exit_code(error.fault())
            }
            Stop::Usage(message, mend) => {
                print::error(&message, Some(mend));
                exit::USAGE
            }
            Stop::Trouble(trouble) => trouble.tell(false),
            Stop::Unconfirmed(why) => {
                print::error(why, Some("to remove it without a question, add --yes"));
                exit::REFUSED
            }
        }
    }
}

fn exit_code(fault: SecretFault) -> u8 {
    match fault {
        SecretFault::Failed => exit::FAULT,
        SecretFault::Full => exit::LIMIT,
        SecretFault::Exists => exit::REFUSED,
        SecretFault::Unknown
        | SecretFault::Missing
        | SecretFault::Unsafe
        | SecretFault::TooShort
        | SecretFault::TooLong
        | SecretFault::Malformed
        | SecretFault::BadName
        | SecretFault::ReadOnly
        | SecretFault::Key
        | SecretFault::Damaged
        | SecretFault::NotBuilt => exit::USAGE,
    }
}
