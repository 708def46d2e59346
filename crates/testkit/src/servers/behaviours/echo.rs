//! Hands back what it was sent.

use crate::servers::answer::Answer;
use crate::servers::behaviour::Behaviour;
use crate::servers::request::Request;

/// What of a request is handed back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The first line and all headers.
    Head,
    /// All headers, in their order.
    Headers,
    /// The value of one header.
    Header(&'static str),
    /// What follows the scheme in `authorization`: the secret itself.
    Credential,
    /// Path and query.
    Target,
    /// The body without its framing.
    Body,
    /// All of it.
    Everything,
}

/// Where it is handed back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the body, with a `content-length`.
    Body,
    /// In the body, in chunks of so many bytes, each written by itself.
    Chunks(usize),
    /// In the body of an answer with this status.
    ErrorPage(u16),
    /// In a header.
    Header,
    /// In a header's name.
    HeaderName,
    /// In `set-cookie`.
    Cookie,
    /// In `location`, with status 302.
    Location,
    /// In a trailer.
    Trailer,
    /// In an extension of each chunk.
    ChunkExtension,
    /// In the reason on the first line.
    Reason,
}

impl Place {
    /// One of each.
    pub const ALL: [Place; 11] = [
        Place::Body,
        Place::Chunks(1),
        Place::ErrorPage(401),
        Place::ErrorPage(500),
        Place::Header,
        Place::HeaderName,
        Place::Cookie,
        Place::Location,
        Place::Trailer,
        Place::ChunkExtension,
        Place::Reason,
    ];
}

/// Hands `what` back in `place`, as `encoding` writes it.
pub fn echo(
    what: What,
    encoding: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static,
    place: Place,
) -> Behaviour {
    Behaviour::answering(move |request| put(encoding(&what.of(request)), place))
}

/// Returns an answer that holds `text` in `place`.
pub fn put(text: impl Into<Vec<u8>>, place: Place) -> Answer {
    let text = text.into();
    let ok = Answer::new(200);
    match place {
        Place::Body => ok.body(text),
        Place::Chunks(bytes) => ok.body(text).chunked(bytes),
        Place::ErrorPage(status) => Answer::new(status).body(text),
        Place::Header => ok.header("x-echo", text),
        Place::HeaderName => ok.header(&token(&text), "echo"),
        Place::Cookie => ok.header("set-cookie", [b"echo=", text.as_slice()].concat()),
        Place::Location => {
            let location = [b"https://crm.test/?echo=", text.as_slice()].concat();
            Answer::new(302).header("location", location)
        }
        Place::Trailer => ok.body("x").chunked(1).trailer("x-echo", text),
        Place::ChunkExtension => {
            let extension = [b"echo=", text.as_slice()].concat();
            ok.body("xyz").chunked(1).chunk_extension(extension)
        }
        Place::Reason => ok.reason(text),
    }
}

impl What {
    /// Returns this part of a request.
    pub fn of(self, request: &Request) -> Vec<u8> {
        match self {
            What::Head => head(request).to_vec(),
            What::Headers => {
                let lines = head(request);
                let first = lines.iter().position(|byte| *byte == b'\n');
                lines[first.map_or(0, |place| place + 1)..].to_vec()
            }
            What::Header(name) => request.header(name).unwrap_or_default().into(),
            What::Credential => {
                let value = request.header("authorization").unwrap_or_default();
                let credential = value.split_once(' ').map_or(value, |(_, rest)| rest);
                credential.into()
            }
            What::Target => request.target.clone().into(),
            What::Body => request.body.clone(),
            What::Everything => request.raw.clone(),
        }
    }
}

fn head(request: &Request) -> &[u8] {
    let end = request.raw.windows(4).position(|end| end == b"\r\n\r\n");
    &request.raw[..end.unwrap_or(request.raw.len())]
}

/// Returns a header's name with these letters; what may not be in a name becomes `-`.
fn token(text: &[u8]) -> String {
    let letters = text.iter().map(|byte| match byte {
        b'%' | b'_' | b'.' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(*byte),
        _ => '-',
    });
    std::iter::once('x').chain(letters).collect()
}
