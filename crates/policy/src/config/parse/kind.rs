//! The kinds of secrets, each with its own keys.

use hotcell_package::Origin;
use hotcell_package::table::{Reader, Table};

use crate::config::parse::words::{
    TEXT_BYTES_MAX, file_path, header, optional_ascii, optional_text, parameter, pointer, text,
};
use crate::config::parse::{hmac, oauth};
use crate::config::{JwtAlgorithm, JwtKind, SecretKind};

/// The kinds by name, each with the keys that are its own.
pub(super) const KINDS: &[(&str, &[&str])] = &[
    ("bearer", &[]),
    ("basic", &["user"]),
    ("header", &["header", "prefix"]),
    ("query", &["parameter"]),
    ("json", &["pointer"]),
    (
        "hmac",
        &[
            "sign",
            "header",
            "value",
            "algorithm",
            "encoding",
            "timestamp_header",
        ],
    ),
    ("sigv4", &["access_key_id", "region", "service"]),
    (
        "jwt",
        &[
            "algorithm",
            "key_id",
            "issuer",
            "subject",
            "audience",
            "lifetime_s",
            "claims",
        ],
    ),
    (
        "oauth-client-credentials",
        &["token_url", "client_id", "client_auth", "audience"],
    ),
    (
        "oauth-refresh",
        &["token_url", "client_id", "client_secret", "client_auth"],
    ),
    ("mtls", &["certificate"]),
];

/// Seconds from `iat` to `exp` where the operator says nothing.
const LIFETIME_S: u64 = 300;
/// Most of it: an hour.
const LIFETIME_S_MAX: u64 = 3_600;
/// Claims that have keys of their own, or that the broker makes.
const OWN_CLAIMS: &[&str] = &["iss", "sub", "aud", "iat", "exp", "nbf", "jti"];
/// Most claims of an operator's own.
const CLAIMS_MAX: usize = 32;

impl SecretKind {
    /// Returns whether the value itself is what is placed.
    pub(super) fn is_plain(&self) -> bool {
        matches!(
            self,
            Self::Bearer
                | Self::Basic { .. }
                | Self::Header { .. }
                | Self::Query { .. }
                | Self::Json { .. }
        )
    }
}

/// Reads the keys of the kind `name`, one of [`KINDS`].
pub(super) fn read_kind(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    name: &str,
    scopes: &[String],
    plain_http: &[Origin],
) -> Option<SecretKind> {
    match name {
        "basic" => read_basic(reader, table),
        "header" => {
            let prefix = optional_ascii(reader, table, "prefix").unwrap_or_default();
            let name = header(reader, table, "header")?;
            Some(SecretKind::Header { name, prefix })
        }
        "query" => parameter(reader, table).map(|name| SecretKind::Query { name }),
        "json" => read_pointer(reader, table),
        "hmac" => hmac::read_hmac(reader, table).map(SecretKind::Hmac),
        "sigv4" => read_sigv4(reader, table),
        "jwt" => Some(SecretKind::Jwt(read_jwt(reader, table))),
        "oauth-client-credentials" => oauth::read_oauth(reader, table, scopes, plain_http)
            .map(SecretKind::OauthClientCredentials),
        "oauth-refresh" => {
            oauth::read_oauth(reader, table, scopes, plain_http).map(SecretKind::OauthRefresh)
        }
        "mtls" => {
            let text = reader.string(table, "certificate")?;
            let certificate = file_path(reader, &text, text.text)?;
            Some(SecretKind::Mtls { certificate })
        }
        _ => Some(SecretKind::Bearer),
    }
}

fn read_basic(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<SecretKind> {
    let user = text(reader, table, "user")?;
    if user.contains(':') {
        let span = table.value_span("user");
        let message = "`user` has a colon, which ends a user's name (RFC 7617)";
        let hint = "write the user alone; the secret's value is the password";
        reader.error("wrong_value", &span, message, hint);
        return None;
    }
    Some(SecretKind::Basic { user })
}

fn read_pointer(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<SecretKind> {
    let text = reader.string(table, "pointer")?;
    let pointer = pointer(reader, &text)?;
    Some(SecretKind::Json { pointer })
}

fn read_sigv4(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<SecretKind> {
    let id = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let mut part = |key: &str, allowed: &dyn Fn(u8) -> bool, example: &str| {
        let text = reader.string(table, key)?;
        if text.text.len() <= 128 && text.text.bytes().all(allowed) {
            return Some(text.text.to_owned());
        }
        let message = format!("`{key}` has a character that none has");
        reader.error(
            "wrong_value",
            &text.span,
            message,
            format!("write one such as {example}"),
        );
        None
    };
    let access_key_id = part("access_key_id", &id, "\"AKIAIOSFODNN7EXAMPLE\"");
    let region = part("region", &name, "\"eu-central-1\"");
    let service = part("service", &name, "\"s3\"");
    Some(SecretKind::SigV4 {
        access_key_id: access_key_id?,
        region: region?,
        service: service?,
    })
}

fn read_jwt(reader: &mut Reader<'_>, table: &Table<'_>) -> JwtKind {
    let algorithms = [
        ("RS256", JwtAlgorithm::Rs256),
        ("ES256", JwtAlgorithm::Es256),
        ("EdDSA", JwtAlgorithm::EdDsa),
        ("HS256", JwtAlgorithm::Hs256),
    ];
    let algorithm = reader.choice(table, "algorithm", &algorithms);
    let lifetime_s = reader.count(table, "lifetime_s").unwrap_or(LIFETIME_S);
    if lifetime_s > LIFETIME_S_MAX {
        let message = format!("`lifetime_s` is more than {LIFETIME_S_MAX}, an hour");
        let hint = "a new token is made for each request; write 300";
        reader.error("too_large", &table.value_span("lifetime_s"), message, hint);
    }
    JwtKind {
        algorithm,
        key_id: optional_text(reader, table, "key_id"),
        issuer: optional_text(reader, table, "issuer"),
        subject: optional_text(reader, table, "subject"),
        audience: optional_text(reader, table, "audience"),
        lifetime_s,
        claims: read_claims(reader, table),
    }
}

fn read_claims(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
) -> std::collections::BTreeMap<String, String> {
    let mut read = std::collections::BTreeMap::new();
    let Some(mut claims) = reader.table(table, "claims") else {
        return read;
    };
    claims.name = format!("{}.claims", table.name.trim_end_matches(']')) + "]";
    if claims.values.len() > CLAIMS_MAX {
        let message = format!("more than {CLAIMS_MAX} claims");
        reader.error("too_many", &claims.span, message, "write fewer");
        return read;
    }
    for key in claims.values.keys() {
        let name: &str = key.get_ref();
        if OWN_CLAIMS.contains(&name) {
            let message = format!("the claim `{name}` is not one of your own");
            let hint = "iss, sub and aud are `issuer`, `subject` and `audience`; the broker \
                        makes the others";
            reader.error("reserved_claim", &key.span(), message, hint);
        } else if name.is_empty() || name.len() > TEXT_BYTES_MAX {
            reader.error(
                "wrong_name",
                &key.span(),
                "this cannot be a claim",
                "rename it",
            );
        } else if let Some(value) = optional_text(reader, &claims, name) {
            read.insert(name.to_owned(), value);
        }
    }
    read
}
