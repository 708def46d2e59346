//! `kind = "oauth-…"`: where and as whom a token is got.

use hotcell_package::table::{Reader, Table, Text};
use hotcell_package::{Origin, PathTemplate, Segment};

use crate::config::OauthKind;
use crate::config::parse::words::{optional_text, refuse_plain, text};

/// Where the client secret goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum ClientAuth {
    /// An `Authorization: Basic` header.
    #[default]
    Basic,
    /// The form.
    Body,
}

/// Reads either kind: which keys each may have is checked before.
pub(super) fn read_oauth(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    scopes: &[String],
    plain_http: &[Origin],
) -> Option<OauthKind> {
    let ways = [("basic", ClientAuth::Basic), ("body", ClientAuth::Body)];
    let auth = reader.choice(table, "client_auth", &ways);
    let url = reader.string(table, "token_url");
    let url = url.and_then(|url| Some((read_url(reader, &url, plain_http)?, url)));
    let client_id = text(reader, table, "client_id");
    let client_secret = reader.optional_string(table, "client_secret");
    let audience = optional_text(reader, table, "audience");
    let (token_origin, url) = url?;
    Some(OauthKind {
        token_url: url.text.to_owned(),
        token_origin,
        client_id: client_id?,
        client_secret: client_secret.map(|text| text.text.to_owned()),
        in_body: auth == ClientAuth::Body,
        scopes: scopes.to_vec(),
        audience,
    })
}

/// Reads an origin and a path in their one spelling.
fn read_url(reader: &mut Reader<'_>, url: &Text<'_>, plain_http: &[Origin]) -> Option<Origin> {
    let path_at = url.text.find("://").and_then(|at| {
        let host_at = at + 3;
        url.text[host_at..].find('/').map(|slash| host_at + slash)
    });
    let (origin, path) = url.text.split_at(path_at.unwrap_or(url.text.len()));
    let literal = |segment: &Segment| matches!(segment, Segment::Literal(_));
    let parsed = Origin::parse(origin).and_then(|origin| match PathTemplate::parse(path) {
        Ok(path) if path.segments().iter().all(literal) => Ok(origin),
        Ok(_) => Err("the path holds a character that is not allowed"),
        Err(_) if path.contains(['?', '#']) => Err("it must end after the path"),
        Err(fault) => Err(fault),
    });
    match parsed {
        Ok(origin) => {
            refuse_plain(reader, url, &origin, plain_http);
            Some(origin)
        }
        Err(fault) => {
            let message = format!("`token_url` is not a plain URL: {fault}");
            let hint = "write one such as \"https://auth.example.com/oauth/token\"";
            reader.error("wrong_url", &url.span, message, hint);
            None
        }
    }
}
