//! `hotcell lift`: a grant that was suspended may be used again.

use std::collections::BTreeMap;

use clap::Args;
use hotcell_host::{StateError, Suspension};
use hotcell_package::near_name;
use hotcell_policy::egress::GrantId;
use serde_json::json;

use super::check_config::tell_unreadable;
use crate::config::PlacesArguments;
use crate::{exit, print};

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
    let done = match &arguments.grant {
        None => state.suspended().map(|all| {
            list(&all, arguments.json);
            exit::OK
        }),
        Some(grant) => state
            .lift(&GrantId::new(grant))
            .and_then(|lifted| match lifted {
                Some(was) => {
                    tell(grant, &was, arguments.json);
                    Ok(exit::OK)
                }
                None => {
                    let suspended = state.suspended()?;
                    Ok(unknown(grant, &suspended, arguments.json))
                }
            }),
    };
    done.unwrap_or_else(|error: StateError| {
        fail(
            &error.to_string(),
            "choose another folder with --data DIR",
            arguments.json,
        )
    })
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
    fail(
        &format!("the grant `{grant}` is not suspended"),
        &hint,
        json,
    )
}

fn fail(message: &str, hint: &str, json: bool) -> u8 {
    match json {
        true => print::json(&json!({ "error": { "message": message, "hint": hint } })),
        false => print::error(message, Some(hint)),
    }
    exit::USAGE
}
