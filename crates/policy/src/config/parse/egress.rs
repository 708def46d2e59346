//! `[egress]`: what holds for every request.

use std::net::SocketAddr;

use hotcell_package::Origin;
use hotcell_package::table::{Reader, Table, Text};

use crate::config::parse::words::{file_path, measure};
use crate::config::{EgressLimits, EgressTable};
use crate::limits::Unit;

type Slot = fn(&mut EgressLimits) -> &mut u64;

/// Every limit: its name, its unit, the most that an operator may write, and its place. The
/// most is what still can be counted, held or waited for; none of it is advice.
const LIMITS: [(&str, Unit, u64, Slot); 14] = [
    ("requests", Unit::Count, 1_000_000, |l| &mut l.requests),
    ("concurrent", Unit::Count, 1_024, |l| &mut l.concurrent),
    ("url_bytes", Unit::Bytes, 60 << 10, |l| &mut l.url_bytes),
    ("header_bytes", Unit::Bytes, 1 << 20, |l| {
        &mut l.header_bytes
    }),
    ("headers", Unit::Count, 1_000, |l| &mut l.headers),
    ("request_bytes", Unit::Bytes, 1 << 40, |l| {
        &mut l.request_bytes
    }),
    ("signed_bytes", Unit::Bytes, 1 << 30, |l| {
        &mut l.signed_bytes
    }),
    ("response_bytes", Unit::Bytes, 1 << 40, |l| {
        &mut l.response_bytes
    }),
    ("resolve_ms", Unit::Milliseconds, DAY_MS, |l| {
        &mut l.resolve_ms
    }),
    ("connect_ms", Unit::Milliseconds, DAY_MS, |l| {
        &mut l.connect_ms
    }),
    ("tls_ms", Unit::Milliseconds, DAY_MS, |l| &mut l.tls_ms),
    ("head_ms", Unit::Milliseconds, DAY_MS, |l| &mut l.head_ms),
    ("idle_ms", Unit::Milliseconds, DAY_MS, |l| &mut l.idle_ms),
    ("exchange_ms", Unit::Milliseconds, DAY_MS, |l| {
        &mut l.exchange_ms
    }),
];
const DAY_MS: u64 = 86_400_000;

/// Reads `[egress]`, which may be absent.
pub(super) fn read_egress(reader: &mut Reader<'_>, root: &Table<'_>) -> EgressTable {
    let Some(table) = reader.table(root, "egress") else {
        return EgressTable::default();
    };
    reader.allow_keys(&table, &["ca_files", "private", "plain_http", "limits"]);
    let files = reader.strings(&table, "ca_files").unwrap_or_default();
    let files = files
        .iter()
        .filter_map(|text| file_path(reader, text, text.text));
    let ca_files = files.collect();
    let addresses = reader.strings(&table, "private").unwrap_or_default();
    let addresses = addresses
        .iter()
        .filter_map(|text| read_address(reader, text));
    let private = addresses.collect();
    let plain = reader.strings(&table, "plain_http").unwrap_or_default();
    let plain = plain.iter().filter_map(|text| read_plain(reader, text));
    EgressTable {
        ca_files,
        private,
        plain_http: plain.collect(),
        limits: read_limits(reader, &table),
    }
}

/// Reads one exact address and port, in its one spelling.
fn read_address(reader: &mut Reader<'_>, text: &Text<'_>) -> Option<SocketAddr> {
    let address = text.text.parse::<SocketAddr>().ok();
    let address = address.filter(|address| {
        let ip = address.ip();
        address.to_string() == text.text
            && address.port() > 0
            && !ip.is_unspecified()
            && !ip.is_multicast()
    });
    if address.is_none() {
        let message = format!("`{}` is not one address and port", text.text);
        let hint = "write both, such as \"10.0.0.5:8443\" or \"[fd00::5]:8443\"; a network or a \
                    name cannot be opened";
        reader.error("wrong_address", &text.span, message, hint);
    }
    address
}

fn read_plain(reader: &mut Reader<'_>, text: &Text<'_>) -> Option<Origin> {
    let origin = reader.origin(text, "")?;
    if origin.is_https() {
        let message = format!("`{origin}` is encrypted and needs no opening");
        reader.error(
            "wrong_origin",
            &text.span,
            message,
            "remove it, or write `http://`",
        );
        return None;
    }
    Some(origin)
}

fn read_limits(reader: &mut Reader<'_>, egress: &Table<'_>) -> EgressLimits {
    let mut limits = EgressLimits::STANDARD;
    let Some(mut table) = reader.table(egress, "limits") else {
        return limits;
    };
    table.name = "[egress.limits]".to_owned();
    reader.allow_keys(&table, &LIMITS.map(|(name, ..)| name));
    for (name, unit, most, slot) in LIMITS {
        if let Some(number) = measure(reader, &table, name, unit, most) {
            *slot(&mut limits) = number;
        }
    }
    limits
}
