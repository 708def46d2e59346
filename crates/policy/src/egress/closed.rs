//! Why something is not given, in words for the operator, with the lines of the file.

use std::fmt::Display;

use hotcell_package::{CredentialAsk, Origin, printable};

use crate::config::GrantTable;
use crate::egress::decide::{Case, Placed};
use crate::egress::select::Wanted;
use crate::egress::{Closed, mend};

/// No grant is for this very package.
pub(super) fn not_granted(case: Case<'_>, wanted: Wanted<'_>, named: &[&GrantTable]) -> Closed {
    let what = what(wanted);
    let file = file(case);
    let (skill, version) = (case.skill.name, &case.skill.manifest.version);
    let mut why = match named {
        [] => format!("no grant in {file} gives `{skill}` {what}"),
        [one] => format!(
            "{} gives {what} to {}, not to {skill} {version} with the digest {}",
            at(case, one.place.line),
            one.skill,
            case.skill.digest
        ),
        many => format!(
            "the grants in {} give {what} to other versions than {skill} {version} with \
             the digest {}",
            lines(case, many),
            case.skill.digest
        ),
    };
    if let Wanted::Credential(ask) = wanted {
        why += &useless_http(case, ask);
    }
    Closed {
        code: "not_granted",
        why,
        mend: mend::grant(case, wanted, named),
    }
}

/// Says of a grant of requests that it does not help: these requests carry a credential.
fn useless_http(case: Case<'_>, ask: &CredentialAsk) -> String {
    let bare = case.config.grants.iter().find(|grant| {
        grant.is_for(case.skill)
            && matches!(&grant.subject, crate::config::GrantSubject::Http(ids)
                if ids.iter().any(|id| ask.on.contains(id)))
    });
    match bare {
        Some(bare) => format!(
            "; {} allows requests without a credential, and these carry one",
            at(case, bare.place.line)
        ),
        None => String::new(),
    }
}

/// Two grants are for this very package, and which rate or secret holds is anybody's guess.
pub(super) fn ambiguous(case: Case<'_>, wanted: Wanted<'_>, fits: &[&GrantTable]) -> Closed {
    Closed {
        code: "ambiguous_grant",
        why: format!(
            "the grants in {} both give {}",
            lines(case, fits),
            what(wanted)
        ),
        mend: "remove one of them, or make their versions differ".to_owned(),
    }
}

/// A range holds the version; nobody has looked at this digest.
pub(super) fn not_approved(case: Case<'_>, grant: &GrantTable) -> Closed {
    let why = format!(
        "{} is for {}, and the digest {} waits for approval",
        at(case, grant.place.line),
        grant.skill,
        case.skill.digest
    );
    Closed {
        code: "not_approved",
        why,
        mend: "hotcell approve PACKAGE".to_owned(),
    }
}

/// The grant was suspended.
pub(super) fn suspended(case: Case<'_>, grant: &GrantTable) -> Closed {
    let id = grant.id();
    Closed {
        code: "suspended",
        why: format!(
            "the grant `{id}` ({}) is suspended",
            at(case, grant.place.line)
        ),
        mend: format!("find out why, then: hotcell lift {id}"),
    }
}

/// The secret has fewer scopes than the skill asks for.
pub(super) fn scope_missing(case: Case<'_>, ask: &CredentialAsk, placed: Placed<'_>) -> Closed {
    let missing: Vec<_> = ask
        .scopes
        .iter()
        .filter(|scope| !placed.secret.scopes.contains(scope))
        .collect();
    let all: Vec<_> = placed
        .secret
        .scopes
        .iter()
        .chain(missing.iter().copied())
        .collect();
    let quoted: Vec<_> = missing
        .iter()
        .map(|scope| format!("`{}`", printable(scope)))
        .collect();
    let name = placed.name;
    Closed {
        code: "scope_missing",
        why: format!(
            "the skill asks for the scope {}, which the secret `{name}` ({}) is not said to have",
            quoted.join(", "),
            at(case, placed.secret.place.line)
        ),
        mend: format!(
            "if the service gave it to this secret, write in [secret.{name}]: scopes = {}",
            mend::toml_list(all.iter().map(|scope| scope.as_str()))
        ),
    }
}

/// Nothing is left of what was asked.
pub(super) fn nothing_left(
    case: Case<'_>,
    line: u32,
    ask: &str,
    why: &str,
    mend: String,
) -> Closed {
    Closed {
        code: "nothing_left",
        why: format!("of `{ask}` nothing is left: {why} ({})", at(case, line)),
        mend,
    }
}

/// The manifest leaves the server to the operator, who names none.
pub(super) fn server_unsaid(case: Case<'_>, grant: &GrantTable, ask: &str, mend: String) -> Closed {
    let why = format!(
        "the skill leaves the server of `{ask}` to you, and {} names none",
        at(case, grant.place.line)
    );
    Closed {
        code: "not_granted",
        why,
        mend,
    }
}

/// All servers that are left are spoken to without TLS.
pub(super) fn unencrypted(ask: &str, origins: &str, opened: &[Origin]) -> Closed {
    let opened = opened.iter().map(ToString::to_string);
    let mut all: Vec<String> = opened.collect();
    all.extend(origins.split(", ").map(str::to_owned));
    Closed {
        code: "nothing_left",
        why: format!("`{ask}` goes to {origins}, which is not encrypted"),
        mend: format!(
            "if that may be, write below [egress]: plain_http = {}",
            mend::toml_list(all.iter().map(String::as_str))
        ),
    }
}

/// A credential on no request at all: no manifest that was parsed has one.
pub(super) fn on_nothing(ask: &CredentialAsk) -> Closed {
    Closed {
        code: "nothing_left",
        why: format!("the credential `{}` is on no request", ask.name),
        mend: "its author has to say in skill.toml which requests carry it".to_owned(),
    }
}

/// Makes one of all reasons: the code of the first, the words of each.
pub(super) fn merge(all: Vec<Closed>) -> Option<Closed> {
    all.into_iter().reduce(|first, next| Closed {
        code: first.code,
        why: format!("{}; {}", first.why, next.why),
        mend: format!("{}\n\n{}", first.mend, next.mend),
    })
}

/// Returns `a, b, c`.
pub(super) fn list<T: Display>(items: &[T]) -> String {
    let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

fn what(wanted: Wanted<'_>) -> String {
    match wanted {
        Wanted::Credential(ask) => format!("the credential `{}`", ask.name),
        Wanted::Http(ask) => format!("the requests `{}`", ask.id),
        Wanted::Work(_) => "a folder at /work".to_owned(),
    }
}

/// Returns `hotcell.toml:12`, as editors know it.
fn at(case: Case<'_>, line: u32) -> String {
    format!("{}:{line}", file(case))
}

fn lines(case: Case<'_>, grants: &[&GrantTable]) -> String {
    let lines: Vec<u32> = grants.iter().map(|grant| grant.place.line).collect();
    format!("{}, lines {}", file(case), list(&lines))
}

fn file(case: Case<'_>) -> String {
    match case.config.file.as_str() {
        "" => crate::config::CONFIG_FILE.to_owned(),
        file => printable(file).into_owned(),
    }
}
