//! The file as it is read. It names secrets and where they are; a value it does not have.

use std::fmt::Display;

use hotcell_package::printable;
use hotcell_policy::config::{
    Approver, Config, EgressTable, GrantSubject, GrantTable, SecretTable, VaultKey,
};
use serde_json::{Value, json};

use super::tables;
use crate::config::Places;

pub(super) fn as_json(config: &Config, places: &Places) -> Value {
    let secrets: Vec<_> = config.secrets.iter().map(secret_json).collect();
    let grants: Vec<_> = config.grants.iter().map(grant_json).collect();
    let settings: serde_json::Map<_, _> = config
        .settings
        .iter()
        .map(|(skill, values)| (skill.clone(), json!(values.keys().collect::<Vec<_>>())))
        .collect();
    let EgressTable {
        ca_files,
        private,
        plain_http,
        limits,
    } = &config.egress;
    json!({
        "file": config.file,
        "found": places.has_config(),
        "data": places.data,
        "secrets": secrets,
        "grants": grants,
        "egress": {
            "ca_files": ca_files,
            "private": private,
            "plain_http": plain_http,
            "limits": {
                "requests": limits.requests,
                "concurrent": limits.concurrent,
                "url_bytes": limits.url_bytes,
                "header_bytes": limits.header_bytes,
                "headers": limits.headers,
                "request_bytes": limits.request_bytes,
                "signed_bytes": limits.signed_bytes,
                "response_bytes": limits.response_bytes,
                "resolve_ms": limits.resolve_ms,
                "connect_ms": limits.connect_ms,
                "tls_ms": limits.tls_ms,
                "head_ms": limits.head_ms,
                "idle_ms": limits.idle_ms,
                "exchange_ms": limits.exchange_ms,
            },
        },
        "vault": vault_word(&config.vault),
        "callers": tables::callers_json(config),
        "assistants": tables::assistants_json(config),
        "record": tables::record_json(&config.record),
        "jobs": tables::jobs_json(&config.jobs),
        "registry": { "folders": config.package_folders },
        "settings": settings,
    })
}

fn secret_json((name, secret): (&String, &SecretTable)) -> Value {
    json!({
        "name": name,
        "source": secret.source.scheme(),
        "kind": secret.kind.name(),
        "origins": secret.origins,
        "scopes": secret.scopes,
        "line": secret.place.line,
    })
}

fn grant_json(grant: &GrantTable) -> Value {
    let (credential, secret, http, work) = match &grant.subject {
        GrantSubject::Credential { credential, secret } => {
            (Some(credential), Some(secret), None, None)
        }
        GrantSubject::Http(ids) => (None, None, Some(ids), None),
        GrantSubject::Work(work) => (None, None, None, Some(work)),
    };
    json!({
        "id": grant.id().as_str(),
        "skill": grant.skill.to_string(),
        "credential": credential,
        "secret": secret,
        "http": http,
        "work": work.map(|work| &work.folder),
        "access": work.map(|work| work.access),
        "preview": work.map(|work| work.preview),
        "approval": work.map(|work| work.approval.as_str()),
        "origins": grant.origins,
        "methods": grant.methods,
        "rate": grant.rate.map(|rate| rate.to_string()),
        "line": grant.place.line,
    })
}

pub(super) fn as_text(config: &Config, places: &Places) -> String {
    if !places.has_config() {
        return format!("{} is not there: nothing is granted", config.file);
    }
    let mut text = format!("{}\n\nSecrets\n", config.file);
    for (name, secret) in &config.secrets {
        text += &secret_text(name, secret);
    }
    text += if config.secrets.is_empty() {
        "  none\n"
    } else {
        ""
    };
    text += "\nGrants\n";
    for grant in &config.grants {
        text += &grant_text(grant);
    }
    text += if config.grants.is_empty() {
        "  none\n"
    } else {
        ""
    };
    text += &egress_text(&config.egress);
    text += &format!("\nVault\n  opened by {}\n", vault(&config.vault));
    text += &tables::as_text(config);
    for (skill, values) in &config.settings {
        let keys: Vec<_> = values.keys().collect();
        text += &format!("\nSettings of {skill}\n  {}\n", list(&keys));
    }
    text
}

fn secret_text(name: &str, secret: &SecretTable) -> String {
    let (kind, source) = (secret.kind.name(), secret.source.scheme());
    let mut text = format!(
        "  line {}: {name}, {kind} from {source}, for {}\n",
        secret.place.line,
        list(&secret.origins)
    );
    if !secret.scopes.is_empty() {
        text += &format!("      scopes {}\n", printable(&secret.scopes.join(", ")));
    }
    text
}

fn grant_text(grant: &GrantTable) -> String {
    let what = match &grant.subject {
        GrantSubject::Credential { credential, secret } => {
            format!("the credential {credential} by the secret {secret}")
        }
        GrantSubject::Http(ids) => format!("the requests {}", ids.join(", ")),
        GrantSubject::Work(work) => {
            let preview = match (work.preview, work.approval) {
                (false, _) => "",
                (true, Approver::Operator) => ", with a preview of each call's changes",
                (true, Approver::Client) => {
                    ", with a preview of each call's changes, to which its client may say yes"
                }
            };
            let (folder, access) = (work.folder.display(), work.access.as_str());
            format!("the folder {folder} at /work, to {access}{preview}")
        }
    };
    let mut text = format!("  line {}: {} gets {what}\n", grant.place.line, grant.skill);
    let mut narrowings = Vec::new();
    if !grant.methods.is_empty() {
        narrowings.push(format!("only {}", grant.methods.join(", ")));
    }
    if !grant.origins.is_empty() {
        narrowings.push(format!("only to {}", list(&grant.origins)));
    }
    narrowings.extend(grant.rate.map(|rate| format!("at most {rate}")));
    if !narrowings.is_empty() {
        text += &format!("      {}\n", narrowings.join(", "));
    }
    text
}

fn egress_text(egress: &EgressTable) -> String {
    let mut text = String::new();
    for file in &egress.ca_files {
        text += &format!("  trusts {}\n", file.display());
    }
    for address in &egress.private {
        text += &format!("  opens {address}\n");
    }
    for origin in &egress.plain_http {
        text += &format!("  opens {origin} without TLS\n");
    }
    match text.is_empty() {
        true => text,
        false => format!("\nEgress\n{text}"),
    }
}

fn vault_word(key: &VaultKey) -> &'static str {
    match key {
        VaultKey::BesideVault => "beside",
        VaultKey::File(_) => "file",
        VaultKey::Passphrase => "passphrase",
        VaultKey::Keyring => "keyring",
    }
}

fn vault(key: &VaultKey) -> &'static str {
    match key {
        VaultKey::BesideVault => "a key file beside it",
        VaultKey::File(_) => "a key file elsewhere",
        VaultKey::Passphrase => "a passphrase",
        VaultKey::Keyring => "the platform's keyring",
    }
}

fn list<T: Display>(items: &[T]) -> String {
    let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
    texts.join(", ")
}
