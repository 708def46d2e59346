//! A request as it was on the wire.

/// The most headers that are read; more is no request.
const HEADERS_MAX: usize = 256;

/// What a server received.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// On which connection it came, from 1.
    pub connection: usize,
    /// The method, as written.
    pub method: String,
    /// The target, as written: path and query, or the whole URL, or anything.
    pub target: String,
    /// Names and values in their order, as written.
    pub headers: Vec<(String, String)>,
    /// The body without its framing; its first mebibyte.
    pub body: Vec<u8>,
    /// How long the whole body was.
    pub body_bytes: u64,
    /// Trailers of a chunked body, as written.
    pub trailers: Vec<(String, String)>,
    /// Head and framed body as they came; of the body about the first mebibyte.
    pub raw: Vec<u8>,
}

impl Request {
    /// Reads a head, with the empty line at its end. None where it is no HTTP/1 head.
    pub(crate) fn parse_head(raw: &[u8]) -> Option<Self> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut parsed = httparse::Request::new(&mut headers);
        parsed.parse(raw).ok()?.is_complete().then_some(())?;
        Some(Self {
            method: parsed.method?.to_owned(),
            target: parsed.path?.to_owned(),
            headers: owned(parsed.headers),
            raw: raw.to_vec(),
            ..Self::default()
        })
    }

    /// Returns the first header of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Returns every header of this name, whatever its case.
    pub fn headers_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Returns the path: the target up to `?`.
    pub fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(&self.target, |(path, _)| path)
    }

    /// Returns the query, without `?`.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// Returns whether these bytes are anywhere in what was received.
    pub fn holds(&self, bytes: impl AsRef<[u8]>) -> bool {
        let bytes = bytes.as_ref();
        [&self.raw, &self.body].iter().any(|text| {
            text.windows(bytes.len().max(1))
                .any(|window| window == bytes)
        })
    }

    /// Returns whether the peer will send nothing more on this connection.
    pub(crate) fn is_last(&self) -> bool {
        self.headers_named("connection")
            .any(|value| value.eq_ignore_ascii_case("close"))
    }
}

/// Shows the request as text, as it was on the wire.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.raw.escape_ascii())
    }
}

/// Reads trailers, which end with an empty line as headers do.
pub(crate) fn parse_trailers(raw: &[u8]) -> Option<Vec<(String, String)>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    match httparse::parse_headers(raw, &mut headers).ok()? {
        httparse::Status::Complete((_, headers)) => Some(owned(headers)),
        httparse::Status::Partial => None,
    }
}

fn owned(headers: &[httparse::Header<'_>]) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|header| {
            let value = String::from_utf8_lossy(header.value).into_owned();
            (header.name.to_owned(), value)
        })
        .collect()
}
