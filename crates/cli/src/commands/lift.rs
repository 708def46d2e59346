//! `hotcell lift`: a grant that was suspended may be used again.

use std::collections::BTreeMap;

use clap::Args;
use hotcell_host::journal::Kind;
use hotcell_host::{State, StateError, Suspension};
use hotcell_package::near_name;
use hotcell_policy::egress::GrantId;
use serde_json::json;

use super::check_config::tell_unreadable;
use crate::config::{Places, PlacesArguments};
use crate::record::Record;
use crate::recorded::Trouble;
use crate::{exit, house, print};

const EXAMPLES: &str = "Examples:
  hotcell lift crm/crm
  hotcell lift
  hotcell lift web/http:page --data /var/lib/hotcell

A grant is suspended when a server's answer held a secret. Find out why before you lift it, and
rotate the secret.

Exit code: 0 lifted, or all suspended grants are listed · 2 no such grant is suspended";

/// What `hotcell lift` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The grant's name; without it, the suspended grants are listed
    grant: Option<String>,
    #[command(flatten)]
    places: PlacesArguments,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let places = match arguments.places.places() {
        Ok(places) => places,
        Err(found) => return tell_unreadable(&found, arguments.json),
    };
    let state = places.state();
    let Some(grant) = &arguments.grant else {
        return match state.suspended() {
            Ok(all) => {
                list(&all, arguments.json);
                exit::OK
            }
            Err(error) => unreadable(&error).tell(arguments.json),
        };
    };
    let done = lift(grant, &state, &places);
    match done {
        Ok(Ok(was)) => {
            tell(grant, &was, arguments.json);
            exit::OK
        }
        Ok(Err(suspended)) => unknown(grant, &suspended, arguments.json),
        Err(trouble) => trouble.tell(arguments.json),
    }
}

/// Lifts a suspension and writes that down. Returns what it was, or what is suspended instead.
fn lift(
    grant: &str,
    state: &State,
    places: &Places,
) -> Result<Result<Suspension, BTreeMap<GrantId, Suspension>>, Trouble> {
    let id = GrantId::new(grant);
    let suspended = state.suspended().map_err(|error| unreadable(&error))?;
    if !suspended.contains_key(&id) {
        return Ok(Err(suspended));
    }
    let config = places.read_config()?;
    house::runtime()?.block_on(async {
        let record = Record::open(places, &config).await?;
        let Some(was) = state.lift(&id).map_err(|error| unreadable(&error))? else {
            return Ok(Err(state
                .suspended()
                .map_err(|error| unreadable(&error))?));
        };
        let body = json!({ "grant": grant, "why": was.why });
        record.act(Kind::Lifted, body).await?;
        record.close().await?;
        Ok(Ok(was))
    })
}

fn unreadable(error: &StateError) -> Trouble {
    Trouble::usage(error.to_string(), "choose another folder with --data DIR")
}

fn tell(grant: &str, was: &Suspension, json: bool) {
    match json {
        true => print::json(&json!({ "grant": grant, "lifted": true, "was": was })),
        false => print::result(&format!("lifted {grant}, which was suspended: {}", was.why)),
    }
}

fn list(all: &BTreeMap<GrantId, Suspension>, json: bool) {
    if json {
        let all = all.iter().map(
            |(grant, why)| json!({ "grant": grant.as_str(), "why": why.why, "at_ms": why.at_ms }),
        );
        print::json(&json!({ "suspended": all.collect::<Vec<_>>() }));
        return;
    }
    for (grant, why) in all {
        print::result(&format!("{grant}: {}", why.why));
    }
    if all.is_empty() {
        print::note("no grant is suspended");
    }
}

fn unknown(grant: &str, suspended: &BTreeMap<GrantId, Suspension>, json: bool) -> u8 {
    let known: Vec<&str> = suspended.keys().map(GrantId::as_str).collect();
    let hint = match (near_name(grant, known.iter().copied()), known.as_slice()) {
        (Some(near), _) => format!("hotcell lift {near}"),
        (None, []) => "no grant is suspended".to_owned(),
        (None, known) => format!("suspended are {}", known.join(", ")),
    };
    let message = format!("the grant `{grant}` is not suspended");
    Trouble::usage(message, hint).tell(json)
}
