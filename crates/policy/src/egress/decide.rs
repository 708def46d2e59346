//! The decision: each credential first, then each request with all that is placed into it.

use std::collections::BTreeMap;

use hotcell_package::{CredentialAsk, HttpAsk};

use crate::config::{Config, GrantSubject, GrantTable, SecretTable};
use crate::egress::select::{Wanted, naming};
use crate::egress::{
    Closed, CredentialDecision, CredentialUse, Egress, EgressRule, SkillIdentity, Standing, closed,
    narrow,
};

/// What the decision is made from.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) config: &'a Config,
    pub(super) skill: SkillIdentity<'a>,
    pub(super) standing: &'a Standing,
}

/// A credential that a grant gives.
#[derive(Clone, Copy)]
pub(super) struct Placed<'a> {
    pub(super) grant: &'a GrantTable,
    pub(super) name: &'a str,
    pub(super) secret: &'a SecretTable,
}

/// What came of one request's table.
enum Ruling {
    Open,
    /// Something that it needs is not granted.
    Withheld,
    /// All is granted, and what each part allows has nothing in common.
    Nothing(Closed),
}

/// See [`crate::egress::egress`].
pub(super) fn decide(config: &Config, skill: SkillIdentity<'_>, standing: &Standing) -> Egress {
    let case = Case {
        config,
        skill,
        standing,
    };
    let asks = &skill.manifest.credentials;
    let placed: BTreeMap<&str, Result<Placed<'_>, Closed>> = asks
        .iter()
        .map(|ask| (ask.name.as_str(), place(case, ask)))
        .collect();
    let mut rulings = BTreeMap::new();
    let rules = skill.manifest.http.iter().map(|ask| {
        let (rule, ruling) = rule(case, ask, &placed);
        rulings.insert(ask.id.as_str(), ruling);
        rule
    });
    let rules = rules.collect();
    let credentials = asks.iter().map(|ask| {
        let decision = tell(ask, &placed[ask.name.as_str()], &rulings);
        (ask.name.clone(), decision)
    });
    let credentials = credentials.collect();
    Egress { rules, credentials }
}

/// Finds the one grant that gives what is wanted, and gives it now.
pub(super) fn grant<'a>(case: Case<'a>, wanted: Wanted<'_>) -> Result<&'a GrantTable, Closed> {
    let named = naming(case.config, case.skill, wanted);
    let fits: Vec<_> = named
        .iter()
        .copied()
        .filter(|grant| grant.is_for(case.skill))
        .collect();
    let grant = match fits.as_slice() {
        [] => return Err(closed::not_granted(case, wanted, &named)),
        [one] => *one,
        _ => return Err(closed::ambiguous(case, wanted, &fits)),
    };
    if grant.needs_approval() && !case.standing.approved.contains(case.skill.digest) {
        return Err(closed::not_approved(case, grant));
    }
    match case.standing.suspended.contains(&grant.id()) {
        true => Err(closed::suspended(case, grant)),
        false => Ok(grant),
    }
}

fn place<'a>(case: Case<'a>, ask: &CredentialAsk) -> Result<Placed<'a>, Closed> {
    let wanted = Wanted::Credential(ask);
    let grant = grant(case, wanted)?;
    let GrantSubject::Credential { secret: name, .. } = &grant.subject else {
        return Err(closed::not_granted(case, wanted, &[]));
    };
    let Some(secret) = case.config.secrets.get(name) else {
        return Err(closed::not_granted(case, wanted, &[]));
    };
    let placed = Placed {
        grant,
        name,
        secret,
    };
    match ask.scopes.iter().all(|scope| secret.scopes.contains(scope)) {
        true => Ok(placed),
        false => Err(closed::scope_missing(case, ask, placed)),
    }
}

fn rule(
    case: Case<'_>,
    ask: &HttpAsk,
    placed: &BTreeMap<&str, Result<Placed<'_>, Closed>>,
) -> (EgressRule, Ruling) {
    let on = case.skill.manifest.credentials.iter();
    let on: Vec<_> = on
        .filter(|credential| credential.on.contains(&ask.id))
        .collect();
    let mut uses = Vec::new();
    let mut missing = Vec::new();
    for credential in &on {
        match &placed[credential.name.as_str()] {
            Ok(placed) => uses.push((credential.name.as_str(), *placed)),
            Err(closed) => missing.push(closed.clone()),
        }
    }
    if let Some(closed) = closed::merge(missing) {
        return (closed_rule(ask, closed), Ruling::Withheld);
    }
    let grants = match uses.as_slice() {
        [] => match grant(case, Wanted::Http(ask)) {
            Ok(grant) => vec![grant],
            Err(closed) => return (closed_rule(ask, closed), Ruling::Withheld),
        },
        uses => uses.iter().map(|(_, placed)| placed.grant).collect(),
    };
    let secrets: Vec<_> = uses.iter().map(|(_, placed)| *placed).collect();
    match narrow::narrow(case, ask, &grants, &secrets) {
        Ok((origins, methods)) => (
            open_rule(ask, origins, methods, &grants, &uses),
            Ruling::Open,
        ),
        Err(closed) => (closed_rule(ask, closed.clone()), Ruling::Nothing(closed)),
    }
}

fn open_rule(
    ask: &HttpAsk,
    origins: Vec<hotcell_package::Origin>,
    methods: Vec<String>,
    grants: &[&GrantTable],
    uses: &[(&str, Placed<'_>)],
) -> EgressRule {
    let credentials = uses.iter().map(|(credential, placed)| CredentialUse {
        credential: (*credential).to_owned(),
        secret: placed.name.to_owned(),
        grant: placed.grant.id(),
    });
    let of_secrets = uses.iter().map(|(_, placed)| placed.secret.place.line);
    let of_grants = grants.iter().map(|grant| grant.place.line);
    let mut lines: Vec<u32> = of_grants.chain(of_secrets).collect();
    lines.sort_unstable();
    lines.dedup();
    EgressRule {
        id: ask.id.clone(),
        origins,
        methods,
        path: ask.path.clone(),
        credentials: credentials.collect(),
        grants: grants
            .iter()
            .map(|grant| (grant.id(), grant.rate))
            .collect(),
        lines,
        closed: None,
    }
}

fn closed_rule(ask: &HttpAsk, closed: Closed) -> EgressRule {
    EgressRule {
        id: ask.id.clone(),
        origins: Vec::new(),
        methods: ask.methods.clone(),
        path: ask.path.clone(),
        credentials: Vec::new(),
        grants: Vec::new(),
        lines: Vec::new(),
        closed: Some(closed),
    }
}

/// A credential that is granted, and that no request could carry, is not given.
fn tell(
    ask: &CredentialAsk,
    placed: &Result<Placed<'_>, Closed>,
    rulings: &BTreeMap<&str, Ruling>,
) -> CredentialDecision {
    let placed = match placed {
        Ok(placed) => placed,
        Err(closed) => return CredentialDecision::Closed(closed.clone()),
    };
    let mut nothing = None;
    for ruling in ask.on.iter().filter_map(|id| rulings.get(id.as_str())) {
        match ruling {
            Ruling::Nothing(closed) => nothing = nothing.or(Some(closed)),
            Ruling::Open | Ruling::Withheld => {
                return CredentialDecision::Granted {
                    secret: placed.name.to_owned(),
                    grant: placed.grant.id(),
                    line: placed.grant.place.line,
                };
            }
        }
    }
    match nothing {
        Some(closed) => CredentialDecision::Closed(closed.clone()),
        None => CredentialDecision::Closed(closed::on_nothing(ask)),
    }
}
