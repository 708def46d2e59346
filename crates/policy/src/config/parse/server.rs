//! `[server]`: where it listens, and who may reach for it by which name.

use hotcell_package::table::{Reader, Table, Text};

use crate::config::ServerTable;
use crate::config::parse::words::no_such;

/// Most names of either kind.
const NAMES_MAX: usize = 64;
/// Most bytes of one.
const NAME_BYTES_MAX: usize = 256;

/// Reads `[server]`, which may be absent.
pub(super) fn read_server(reader: &mut Reader<'_>, root: &Table<'_>) -> ServerTable {
    let mut server = ServerTable::standard();
    let Some(table) = reader.table(root, "server") else {
        return server;
    };
    reader.allow_keys(&table, &["listen", "hosts", "origins"]);
    if let Some(text) = reader.optional_string(&table, "listen") {
        match text.text.parse() {
            Ok(listen) => server.listen = listen,
            Err(_) => no_such(
                reader,
                &text,
                "an address to listen at",
                "an IP address and a port, such as \"127.0.0.1:7411\" or \"[::1]:7411\"",
            ),
        }
    }
    if let Some(hosts) = names(reader, &table, "hosts", is_host, "\"mcp.example.com\"") {
        server.hosts.extend(hosts);
    }
    let shape = "\"https://app.example.com:443\", or \"http://localhost:*\" for any port";
    server.origins = names(reader, &table, "origins", is_origin, shape).unwrap_or_default();
    server
}

fn names(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    key: &str,
    fits: fn(&str) -> bool,
    shape: &str,
) -> Option<Vec<String>> {
    let texts: Vec<Text<'_>> = reader.strings(table, key)?;
    if texts.len() > NAMES_MAX {
        let message = format!("`{key}` has more than {NAMES_MAX} entries");
        reader.error("too_many", &table.value_span(key), message, "remove some");
    }
    let mut names = Vec::new();
    for text in &texts {
        match text.text.len() <= NAME_BYTES_MAX && fits(text.text) {
            true => names.push(text.text.to_owned()),
            false => no_such(reader, text, &format!("a name for `{key}`"), shape),
        }
    }
    Some(names)
}

/// Returns whether a text may be a host's name or address, with or without a port.
fn is_host(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b);
    !text.is_empty() && text.bytes().all(allowed)
}

/// Returns whether a text is an origin with its port: one without would mean any today, and its
/// scheme's own tomorrow.
fn is_origin(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let Some((host, port)) = rest.and_then(|rest| rest.rsplit_once(':')) else {
        return false;
    };
    let is_port = port == "*" || port.parse::<u16>().is_ok_and(|port| port > 0);
    is_port && is_host(host) && !host.ends_with(':')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::config::Config;

    fn check(table: &str, expected: Result<&str, &str>) {
        let parsed = Config::parse("hotcell.toml", &format!("[server]\n{table}"));
        let got = match &parsed {
            Ok(config) => Ok(format!("{:?}", config.server)),
            Err(found) => Err(found[0].code.to_string()),
        };
        match expected {
            Ok(part) => assert!(
                got.as_ref().is_ok_and(|told| told.contains(part)),
                "{got:?}"
            ),
            Err(code) => assert_eq!(got, Err(code.to_owned()), "{table}"),
        }
    }

    #[test]
    fn addresses_and_names_are_checked() {
        check("", Ok("127.0.0.1:7411"));
        check("listen = \"[::1]:80\"", Ok("[::1]:80"));
        check("listen = \"localhost:80\"", Err("wrong_value"));
        check(
            "hosts = [\"mcp.example.com\"]",
            Ok("\"127.0.0.1\", \"::1\", \"mcp.example.com\""),
        );
        check("hosts = [\"http://a\"]", Err("wrong_value"));
        check(
            "origins = [\"https://app.example.com:443\"]",
            Ok("app.example.com:443"),
        );
        check(
            "origins = [\"http://localhost:*\"]",
            Ok("http://localhost:*"),
        );
        check(
            "origins = [\"https://app.example.com\"]",
            Err("wrong_value"),
        );
        check("origins = [\"*\"]", Err("wrong_value"));
        check("port = 80", Err("unknown_key"));
    }
}
