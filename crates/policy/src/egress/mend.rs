//! What an operator would write: TOML that can be added to the file as it is.
//!
//! Names and servers in it are the manifest's, and so an author's; that is why a person adds it
//! and no command does. All of them are quoted, so that none can end its string.

use std::fmt::Write as _;

use hotcell_package::{AskedOrigin, CredentialAsk, FilesAsk, HttpAsk, Origin, is_invisible};

use crate::config::{Config, GrantSubject, GrantTable, SecretTable};
use crate::egress::decide::Case;
use crate::egress::select::Wanted;

/// Stands where only the operator knows the server. It is no origin, so a file in which it was
/// forgotten does not load.
const SERVER: &str = "https://SERVER";

/// Returns a complete `[[grant]]` for this very package; before it a `[secret.NAME]`, if no
/// secret fits. A grant for another version is followed in all else.
pub(super) fn grant(case: Case<'_>, wanted: Wanted<'_>, named: &[&GrantTable]) -> String {
    let mut text = String::new();
    let model = named.last();
    let (subject, origins) = match wanted {
        Wanted::Credential(ask) => {
            let asks = requests(case, ask);
            let secret = match model.map(|grant| &grant.subject) {
                Some(GrantSubject::Credential { secret, .. }) => secret.clone(),
                _ => secret(case, ask, &asks, &mut text),
            };
            let record = case.config.secrets.get(&secret);
            let origins = asks.iter().any(|ask| ask.origin == AskedOrigin::Operators);
            let known = record
                .map(|record| record.origins.clone())
                .unwrap_or_default();
            let credential = toml_string(&ask.name);
            let subject = format!(
                "credential = {credential}\nsecret = {}\n",
                toml_string(&secret)
            );
            (subject, origins.then_some(known))
        }
        Wanted::Http(ask) => {
            let origins = (ask.origin == AskedOrigin::Operators).then(Vec::new);
            (format!("http = [{}]\n", toml_string(&ask.id)), origins)
        }
        Wanted::Work(ask) => (folder(ask, model), None),
    };
    let skill = format!("{}@{}", case.skill.name, case.skill.digest);
    write(&mut text, "[[grant]]\nskill = ", &toml_string(&skill));
    text += &subject;
    match (model, origins) {
        (Some(model), _) => text += &narrowings(model),
        (None, Some(known)) => write(&mut text, "origins = ", &origin_list(&known)),
        (None, None) => {}
    }
    text.trim_end().to_owned()
}

/// Returns the keys of a grant of a folder. An empty path does not load, so that it cannot be
/// forgotten.
fn folder(ask: &FilesAsk, model: Option<&&GrantTable>) -> String {
    let folder = match model.map(|grant| &grant.subject) {
        Some(GrantSubject::Work(work)) => toml_string(&work.folder.display().to_string()),
        _ => "\"\"  # the path of the folder".to_owned(),
    };
    let access = ask.work.as_str();
    format!("work = {folder}\naccess = \"{access}\"\n")
}

/// Returns the line that a grant lacks where the manifest leaves the server to the operator.
pub(super) fn origins_line(case: Case<'_>, grant: &GrantTable) -> String {
    let known = match &grant.subject {
        GrantSubject::Credential { secret, .. } => case.config.secrets.get(secret),
        GrantSubject::Http(_) | GrantSubject::Work(_) => None,
    };
    let known = known
        .map(|secret| secret.origins.as_slice())
        .unwrap_or_default();
    format!(
        "add to the grant in line {}: origins = {}",
        grant.place.line,
        origin_list(known)
    )
}

/// Writes a list of strings.
pub(super) fn toml_list<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = items.map(toml_string).collect();
    format!("[{}]", quoted.join(", "))
}

/// Writes a basic string (TOML 1.0), with every character escaped that is not seen.
pub(super) fn toml_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() || is_invisible(c) => {
                write!(out, "\\U{:08x}", u32::from(c)).expect("writing to a String cannot fail");
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Returns the name of a secret that fits; where there is none, writes a table for one.
fn secret(case: Case<'_>, ask: &CredentialAsk, asks: &[&HttpAsk], text: &mut String) -> String {
    let fits = |secret: &SecretTable| {
        asks.iter().all(|http| match &http.origin {
            AskedOrigin::Exact(origin) => secret.origins.contains(origin),
            AskedOrigin::Operators => true,
        }) && ask.scopes.iter().all(|scope| secret.scopes.contains(scope))
    };
    let fitting = case.config.secrets.iter().find(|(_, secret)| fits(secret));
    if let Some((name, _)) = fitting {
        return name.clone();
    }
    let name = free_name(case.config, case.skill.name, &ask.name);
    let mut origins: Vec<Origin> = Vec::new();
    for http in asks {
        match &http.origin {
            AskedOrigin::Exact(origin) if !origins.contains(origin) => origins.push(origin.clone()),
            _ => {}
        }
    }
    writeln!(text, "[secret.{}]", toml_string(&name)).expect("writing to a String cannot fail");
    let source = toml_string(&format!("vault:{name}"));
    write(
        text,
        "source = ",
        &format!("{source}  # then: hotcell secret set {name}"),
    );
    write(text, "kind = ", "\"bearer\"  # or what the service wants");
    write(text, "origins = ", &origin_list(&origins));
    if !ask.scopes.is_empty() {
        let scopes = toml_list(ask.scopes.iter().map(String::as_str));
        write(text, "scopes = ", &scopes);
    }
    text.push('\n');
    name
}

/// Returns a name that no secret has: of the skill and its credential, and a secret's by form.
fn free_name(config: &Config, skill: &str, credential: &str) -> String {
    let mut base = match skill == credential {
        true => skill.to_owned(),
        false => format!("{skill}-{credential}"),
    };
    if !base.starts_with(|c: char| c.is_ascii_lowercase()) {
        base.insert_str(0, "s-");
    }
    base.truncate(60);
    let mut name = base.clone();
    let mut number = 2;
    while config.secrets.contains_key(&name) {
        name = format!("{base}-{number}");
        number += 1;
    }
    name
}

/// Returns the requests that carry a credential.
fn requests<'a>(case: Case<'a>, ask: &CredentialAsk) -> Vec<&'a HttpAsk> {
    let all = case.skill.manifest.http.iter();
    all.filter(|http| ask.on.contains(&http.id)).collect()
}

fn narrowings(model: &GrantTable) -> String {
    let mut text = String::new();
    if !model.origins.is_empty() {
        write(&mut text, "origins = ", &origin_list(&model.origins));
    }
    if !model.methods.is_empty() {
        let methods = toml_list(model.methods.iter().map(String::as_str));
        write(&mut text, "methods = ", &methods);
    }
    if let Some(rate) = model.rate {
        write(&mut text, "rate = ", &toml_string(&rate.to_string()));
    }
    text
}

fn origin_list(origins: &[Origin]) -> String {
    match origins {
        [] => format!("[{}]  # write the server for SERVER", toml_string(SERVER)),
        origins => {
            let texts: Vec<String> = origins.iter().map(ToString::to_string).collect();
            toml_list(texts.iter().map(String::as_str))
        }
    }
}

fn write(text: &mut String, key: &str, value: &str) {
    writeln!(text, "{key}{value}").expect("writing to a String cannot fail");
}
