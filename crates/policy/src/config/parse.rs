//! The grammar of `hotcell.toml`, from its tables down.

mod assistant;
mod caller;
mod egress;
mod grant;
mod hmac;
mod jobs;
mod kind;
mod oauth;
mod record;
mod secret;
mod server;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;

use hotcell_package::table::{Reader, Table, read_document};
use hotcell_package::{ASKS_MAX, Diagnostic, is_skill_name};

use crate::config::{CONFIG_BYTES_MAX, Config, VaultKey};
use words::{file_path, no_such};

const ROOT_KEYS: &[&str] = &[
    "secret",
    "grant",
    "egress",
    "vault",
    "settings",
    "caller",
    "assistant",
    "record",
    "jobs",
    "registry",
    "server",
];
/// Most `[settings.SKILL]` tables.
const SETTINGS_MAX: usize = 256;
/// Most bytes of one setting's value: 64 KiB.
const SETTING_BYTES_MAX: usize = 64 << 10;

/// Parses the text of a `hotcell.toml`; see [`Config::parse`].
pub(super) fn parse(file: &str, text: &str) -> Result<Config, Vec<Diagnostic>> {
    if text.len() > CONFIG_BYTES_MAX {
        let message = format!("the file is larger than {CONFIG_BYTES_MAX} bytes");
        let found = Diagnostic::error("too_large", file, message);
        return Err(vec![
            found.hint("no honest configuration is; is it the right file?"),
        ]);
    }
    let read = read_document(file, text, |reader, root| {
        reader.allow_keys(root, ROOT_KEYS);
        let egress = egress::read_egress(reader, root);
        let secrets = secret::read_secrets(reader, root, &egress.plain_http);
        let grants = grant::read_grants(reader, root, &egress.plain_http);
        let jobs = jobs::read_jobs(reader, root, &egress.plain_http, &secrets);
        let callers = caller::read_callers(reader, root);
        Config {
            file: file.to_owned(),
            secrets,
            grants,
            egress,
            vault: read_vault(reader, root),
            settings: read_settings(reader, root),
            assistants: assistant::read_assistants(reader, root, &callers),
            callers,
            record: record::read_record(reader, root),
            jobs,
            package_folders: read_folders(reader, root),
            server: server::read_server(reader, root),
        }
    });
    read.map_err(|mut found| {
        found.sort_by_key(|one| (one.line, one.column));
        found
    })
}

fn read_vault(reader: &mut Reader<'_>, root: &Table<'_>) -> VaultKey {
    let Some(table) = reader.table(root, "vault") else {
        return VaultKey::default();
    };
    reader.allow_keys(&table, &["key"]);
    let Some(text) = reader.optional_string(&table, "key") else {
        return VaultKey::default();
    };
    match (text.text, text.text.strip_prefix("file:")) {
        ("passphrase", _) => VaultKey::Passphrase,
        ("keyring", _) => VaultKey::Keyring,
        (_, Some(path)) => {
            file_path(reader, &text, path).map_or(VaultKey::default(), VaultKey::File)
        }
        _ => {
            let message = "`key` does not say what opens the vault";
            let hint = "write \"passphrase\", \"keyring\" or \"file:PATH\"; leave it out for a key \
                        file beside the vault. A key itself never stands in this file";
            reader.error("wrong_value", &text.span, message, hint);
            VaultKey::default()
        }
    }
}

/// Reads `[registry] folders`.
fn read_folders(reader: &mut Reader<'_>, root: &Table<'_>) -> Vec<PathBuf> {
    let Some(table) = reader.table(root, "registry") else {
        return Vec::new();
    };
    reader.allow_keys(&table, &["folders"]);
    let texts = reader.strings(&table, "folders").unwrap_or_default();
    let paths = texts
        .iter()
        .filter_map(|text| file_path(reader, text, text.text));
    paths.collect()
}

fn read_settings(
    reader: &mut Reader<'_>,
    root: &Table<'_>,
) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut settings = BTreeMap::new();
    for (skill, table) in reader.named_tables(root, "settings", SETTINGS_MAX) {
        if !is_skill_name(skill.text) {
            no_such(
                reader,
                &skill,
                "a skill's name",
                "small letters, digits and hyphens",
            );
            continue;
        }
        settings.insert(skill.text.to_owned(), read_values(reader, &table));
    }
    settings
}

fn read_values(reader: &mut Reader<'_>, table: &Table<'_>) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    if table.values.len() > ASKS_MAX {
        let message = format!("{} has more than {ASKS_MAX} settings", table.name);
        reader.error(
            "too_many",
            &table.span,
            message,
            "no manifest asks for more",
        );
        return values;
    }
    for key in table.values.keys() {
        let name = hotcell_package::table::Text {
            text: key.get_ref(),
            span: key.span(),
        };
        let name = reader.name(&name, "key");
        let value = reader.string(table, key.get_ref());
        let (Some(name), Some(value)) = (name, value) else {
            continue;
        };
        if value.text.len() > SETTING_BYTES_MAX {
            let message = format!("`{name}` is longer than {SETTING_BYTES_MAX} bytes");
            reader.error("too_large", &value.span, message, "shorten it");
        }
        values.insert(name, value.text.to_owned());
    }
    values
}
