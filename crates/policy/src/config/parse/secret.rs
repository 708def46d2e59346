//! `[secret.NAME]`: where a value comes from, how it is placed, where it may go.

use std::collections::BTreeMap;

use hotcell_package::table::{Reader, Table, Text};
use hotcell_package::{Origin, near_name};

use crate::config::parse::kind::{self, KINDS};
use crate::config::parse::words::{file_path, origins};
use crate::config::{SecretKind, SecretSource, SecretTable};

/// Most `[secret.NAME]` tables.
const SECRETS_MAX: usize = 256;
/// What every kind has.
const COMMON_KEYS: &[&str] = &["source", "kind", "origins", "scopes"];
/// Keys under which somebody might write the value itself.
const VALUE_KEYS: &[&str] = &[
    "value",
    "token",
    "password",
    "secret",
    "key",
    "api_key",
    "private_key",
];
const SOURCE_HINT: &str = "write \"env:NAME\", \"file:PATH\", \"keyring:SERVICE/USER\" or \
    \"vault:NAME\"; a value itself never stands in this file: `hotcell secret set NAME` takes it";

/// Reads every `[secret.NAME]`.
pub(super) fn read_secrets(
    reader: &mut Reader<'_>,
    root: &Table<'_>,
    plain_http: &[Origin],
) -> BTreeMap<String, SecretTable> {
    let tables = reader.named_tables(root, "secret", SECRETS_MAX);
    let mut secrets = BTreeMap::new();
    for (name, table) in &tables {
        let name = reader.name(name, "secret");
        let secret = read_secret(reader, table, plain_http);
        if let (Some(name), Some(secret)) = (name, secret) {
            secrets.insert(name, secret);
        }
    }
    for (name, table) in &tables {
        check_client_secret(reader, name.text, table, &tables, &secrets);
    }
    secrets
}

fn read_secret(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    plain_http: &[Origin],
) -> Option<SecretTable> {
    let kind = read_kind_name(reader, table);
    check_keys(reader, table, kind);
    let source = read_source(reader, table);
    if !table.values.contains_key("origins") {
        reader.missing(
            table,
            "origins",
            "a list such as [\"https://api.example.com\"]",
        );
    }
    let origins = origins(reader, table, "origins", plain_http);
    let scopes = reader.strings(table, "scopes").unwrap_or_default();
    let scopes: Vec<String> = scopes.iter().map(|text| text.text.to_owned()).collect();
    let kind = kind::read_kind(reader, table, kind?, &scopes, plain_http);
    let secret = SecretTable {
        source: source?,
        kind: kind?,
        origins: origins?,
        scopes,
        place: reader.place(&table.span),
    };
    check_fit(reader, table, &secret);
    Some(secret)
}

fn read_kind_name(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<&'static str> {
    let text = reader.string(table, "kind")?;
    let names = || KINDS.iter().map(|(name, _)| *name);
    let known = names().find(|name| *name == text.text);
    if known.is_none() {
        let hint = match near_name(text.text, names()) {
            Some(near) => format!("write \"{near}\""),
            None => format!("write one of {}", names().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("no kind of secret is named `{}`", text.text);
        reader.error("wrong_value", &text.span, message, hint);
    }
    known
}

/// Records an error for each key that the kind does not have.
fn check_keys(reader: &mut Reader<'_>, table: &Table<'_>, kind: Option<&str>) {
    let own = KINDS
        .iter()
        .filter(|(name, _)| kind.is_none_or(|kind| kind == *name));
    let mut allowed: Vec<&str> = COMMON_KEYS.to_vec();
    allowed.extend(own.flat_map(|(_, keys)| keys.iter().copied()));
    let mut told: Vec<&str> = Vec::new();
    for key in table.values.keys() {
        let name: &str = key.get_ref();
        if allowed.contains(&name) {
            continue;
        }
        let others = KINDS.iter().filter(|(_, keys)| keys.contains(&name));
        let others: Vec<&str> = others.map(|(name, _)| *name).collect();
        if !others.is_empty() {
            let message = format!(
                "the kind `{}` has no key `{name}`",
                kind.unwrap_or_default()
            );
            let hint = format!("remove it, or write kind = \"{}\"", others.join("\" or \""));
            reader.error("unfit_key", &key.span(), message, hint);
            told.push(name);
        } else if VALUE_KEYS.contains(&name) {
            let message = format!("{} has no key `{name}`", table.name);
            reader.error("unknown_key", &key.span(), message, SOURCE_HINT);
            told.push(name);
        }
    }
    allowed.extend(told);
    reader.allow_keys(table, &allowed);
}

/// Reads `source`. Its text is shown in no message: it may be a value, written at the wrong place.
fn read_source(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<SecretSource> {
    let text = reader.string(table, "source")?;
    let source = match text.text.split_once(':') {
        Some(("env", name)) if is_variable(name) => Some(SecretSource::Env(name.to_owned())),
        Some(("file", path)) => return file_path(reader, &text, path).map(SecretSource::File),
        Some(("keyring", place)) => read_keyring(place),
        Some(("vault", name)) => return read_vault_name(reader, &text, name),
        _ => None,
    };
    if source.is_none() {
        let message = "`source` does not say where the value is";
        reader.error("wrong_source", &text.span, message, SOURCE_HINT);
    }
    source
}

fn is_variable(name: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (1..=128).contains(&name.len())
        && name.bytes().all(inner)
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

fn read_keyring(place: &str) -> Option<SecretSource> {
    let (service, user) = place.split_once('/')?;
    let fits =
        |part: &str| !part.is_empty() && part.len() <= 256 && !part.chars().any(char::is_control);
    (fits(service) && fits(user)).then(|| SecretSource::Keyring {
        service: service.to_owned(),
        user: user.to_owned(),
    })
}

fn read_vault_name(reader: &mut Reader<'_>, text: &Text<'_>, name: &str) -> Option<SecretSource> {
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.-".contains(&b);
    if starts && name.len() <= 64 && name.bytes().all(inner) {
        return Some(SecretSource::Vault(name.to_owned()));
    }
    let message = "`source` has no name that a secret in the vault can have";
    let hint = "begin with a small letter; then small letters, digits, `_`, `.`, `-`; at most 64";
    reader.error("wrong_source", &text.span, message, hint);
    None
}

/// Refuses what each for itself is right and together cannot work.
fn check_fit(reader: &mut Reader<'_>, table: &Table<'_>, secret: &SecretTable) {
    let source = table.value_span("source");
    if matches!(secret.kind, SecretKind::OauthRefresh(_))
        && matches!(secret.source, SecretSource::Env(_))
    {
        let message = "a refresh token is replaced when it is used, and an environment variable \
                       cannot be written";
        let hint = "put it into the vault: `hotcell secret set NAME`, and source = \"vault:NAME\"";
        reader.error("source_not_writable", &source, message, hint);
    }
    let plain = secret.origins.iter().find(|origin| !origin.is_https());
    if let (SecretKind::Mtls { .. }, Some(origin)) = (&secret.kind, plain) {
        let message = format!("a client certificate belongs to TLS, and `{origin}` has none");
        let span = table.value_span("origins");
        reader.error("plain_http", &span, message, "write `https://`");
    }
}

/// A client secret is a secret with destinations of its own: it must be there, be one that
/// is sent as it is, and be for the token endpoint.
fn check_client_secret(
    reader: &mut Reader<'_>,
    name: &str,
    table: &Table<'_>,
    tables: &[(Text<'_>, Table<'_>)],
    secrets: &BTreeMap<String, SecretTable>,
) {
    let Some(SecretKind::OauthRefresh(kind)) = secrets.get(name).map(|secret| &secret.kind) else {
        return;
    };
    let Some(wanted) = &kind.client_secret else {
        return;
    };
    let span = table.value_span("client_secret");
    if wanted == name {
        let message = "`client_secret` names its own table, which holds the refresh token";
        let hint = "put the client secret into a table of its own";
        return reader.error("unfit_secret", &span, message, hint);
    }
    if !tables.iter().any(|(known, _)| known.text == wanted) {
        let others = tables.iter().map(|(known, _)| known.text);
        let near = near_name(wanted, others.filter(|known| *known != name));
        return undefined_secret(reader, &span, wanted, near);
    }
    let Some(client) = secrets.get(wanted) else {
        return; // Its own mistakes are told.
    };
    if !client.kind.is_plain() {
        let message = format!(
            "`{wanted}` is of kind `{}`, no client secret",
            client.kind.name()
        );
        let hint = "name a secret of kind \"basic\" with the client's id as its user";
        reader.error("unfit_secret", &span, message, hint);
    }
    if !client.origins.contains(&kind.token_origin) {
        let message = format!("`{wanted}` may not go to `{}`", kind.token_origin);
        let hint = format!("add it to the origins of `[secret.{wanted}]`");
        reader.error("origin_not_allowed", &span, message, hint);
    }
}

/// Records that a secret is named and not there.
pub(super) fn undefined_secret(
    reader: &mut Reader<'_>,
    span: &std::ops::Range<usize>,
    wanted: &str,
    near: Option<&str>,
) {
    let hint = match near {
        Some(near) => format!("write \"{near}\""),
        None => format!("add a table `[secret.{wanted}]`"),
    };
    let message = format!("there is no table `[secret.{wanted}]`");
    reader.error("undefined_secret", span, message, hint);
}
