//! Asks for a page and follows where it moved.

use std::io::Read;

use hotcell_sdk::http;
use url::Url;

use crate::address;
use crate::charset;
use crate::failure::WebError;

/// Redirects that are followed.
const REDIRECTS_MAX: usize = 5;
/// Bytes of a page that are read; what is behind them is cut off.
pub(crate) const PAGE_BYTES_MAX: usize = 3 << 20;
/// Characters of a media type that are told.
const TYPE_CHARS_MAX: usize = 100;

/// A page as it came.
#[derive(Debug)]
pub(crate) struct Page {
    /// Where it was in the end.
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) kind: Kind,
    pub(crate) text: String,
    /// Whether it was longer than is read.
    pub(crate) cut: bool,
}

/// What a page is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Html,
    Plain,
}

/// Fetches the page at `address`. Each redirect is a new request, which the host decides anew.
pub(crate) fn fetch(address: &str) -> Result<Page, WebError> {
    let mut url = address::parse(address)?;
    let mut seen = Vec::new();
    loop {
        let asked = http::get(url.as_str())
            .header(
                "accept",
                "text/html, application/xhtml+xml, text/plain;q=0.8",
            )
            .send();
        let response = match asked {
            Err(error)
                if matches!(error.kind(), http::ErrorKind::Denied { .. }) && !seen.is_empty() =>
            {
                let why = "the host refused to follow it";
                return Err(WebError::Redirected(url.into(), why));
            }
            asked => asked?,
        };
        let Some(next) = moved(&response, &url)? else {
            return read(response, url);
        };
        seen.push(std::mem::replace(&mut url, next));
        if seen.contains(&url) {
            return Err(WebError::Redirected(url.into(), "it leads in a circle"));
        }
        if seen.len() > REDIRECTS_MAX {
            return Err(WebError::Redirected(url.into(), "it moved too often"));
        }
    }
}

/// Returns where the page moved, where it did.
fn moved(response: &http::Response, url: &Url) -> Result<Option<Url>, WebError> {
    if !matches!(response.status(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = response.header("location").unwrap_or_default();
    match address::join(url, location) {
        Some(next) if !location.is_empty() => Ok(Some(next)),
        _ => {
            let why = "its new address is none that can be read";
            Err(WebError::Redirected(url.as_str().to_owned(), why))
        }
    }
}

fn read(response: http::Response, url: Url) -> Result<Page, WebError> {
    let status = response.status();
    match status {
        200..300 => {}
        404 | 410 => return Err(WebError::NotFound),
        429 => return Err(WebError::RateLimited(response.retry_after_ms())),
        500.. => return Err(WebError::Upstream(format!("status_{status}"))),
        _ => return Err(WebError::Permanent(format!("status_{status}"))),
    }
    let content_type = response
        .header("content-type")
        .unwrap_or_default()
        .to_owned();
    let kind = kind(&content_type)?;
    let mut bytes = Vec::new();
    let mut body = response.into_body().take(PAGE_BYTES_MAX as u64 + 1);
    if let Err(error) = body.read_to_end(&mut bytes) {
        return Err(match error.downcast::<http::Error>() {
            Ok(error) => error.into(),
            Err(_) => WebError::Permanent("body".to_owned()),
        });
    }
    let cut = bytes.len() > PAGE_BYTES_MAX;
    bytes.truncate(PAGE_BYTES_MAX);
    let text = charset::decode(&bytes, &content_type, kind);
    Ok(Page {
        url,
        status,
        kind,
        text,
        cut,
    })
}

/// Reads the media type; a page that says none is taken for HTML, as browsers do.
fn kind(content_type: &str) -> Result<Kind, WebError> {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    match media_type.to_ascii_lowercase().as_str() {
        "" | "text/html" | "application/xhtml+xml" => Ok(Kind::Html),
        "text/plain" | "text/markdown" => Ok(Kind::Plain),
        other => {
            let plain = |c: &char| c.is_ascii_alphanumeric() || "/.+-".contains(*c);
            let told = other.chars().filter(plain).take(TYPE_CHARS_MAX);
            Err(WebError::Type(told.collect()))
        }
    }
}
