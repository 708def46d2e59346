//! A response, written down to the byte.

/// A response in the making. What is not said otherwise is in order: one `content-length`, and
/// nothing that was not asked for.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    reason: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    framing: Framing,
}

#[derive(Debug, Clone)]
enum Framing {
    /// A `content-length` that is right.
    Length,
    /// Chunks of this size, one write each, with an extension on each and trailers at the end.
    Chunks {
        bytes: usize,
        extension: Vec<u8>,
        trailers: Vec<(String, Vec<u8>)>,
    },
    /// None at all: the headers are as they were given.
    Bare,
}

impl Answer {
    /// Begins a response with a status.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            reason: b"As Asked".to_vec(),
            headers: Vec::new(),
            body: Vec::new(),
            framing: Framing::Length,
        }
    }

    /// Says why, on the first line.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<Vec<u8>>) -> Self {
        self.reason = on_one_line(reason.into());
        self
    }

    /// Adds a header. A line break in its value becomes a space, so that one stays one.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        let value = on_one_line(value.into());
        self.headers.push((name.to_owned(), value));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Splits the body into chunks of `bytes`, each written by itself.
    #[must_use]
    pub fn chunked(mut self, bytes: usize) -> Self {
        self.framing = Framing::Chunks {
            bytes: bytes.max(1),
            extension: Vec::new(),
            trailers: Vec::new(),
        };
        self
    }

    /// Adds an extension to every chunk, such as `name=value`. Only after [`Answer::chunked`].
    #[must_use]
    pub fn chunk_extension(mut self, text: impl Into<Vec<u8>>) -> Self {
        if let Framing::Chunks { extension, .. } = &mut self.framing {
            *extension = on_one_line(text.into());
        }
        self
    }

    /// Adds a trailer. Only after [`Answer::chunked`].
    #[must_use]
    pub fn trailer(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        if let Framing::Chunks { trailers, .. } = &mut self.framing {
            trailers.push((name.to_owned(), on_one_line(value.into())));
        }
        self
    }

    /// Leaves out what frames the body: the headers say what they say.
    #[must_use]
    pub fn unframed(mut self) -> Self {
        self.framing = Framing::Bare;
        self
    }

    /// Returns the response as it goes on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.pieces().concat()
    }

    /// Returns what is written at once, in order: the head with a whole body, or chunk by chunk.
    pub fn pieces(&self) -> Vec<Vec<u8>> {
        let mut head = self.head();
        match &self.framing {
            Framing::Length | Framing::Bare => {
                head.extend_from_slice(&self.body);
                vec![head]
            }
            Framing::Chunks {
                bytes,
                extension,
                trailers,
            } => {
                let mut pieces = vec![head];
                pieces.extend(self.body.chunks(*bytes).map(|body| chunk(body, extension)));
                pieces.push(last_chunk(trailers));
                pieces
            }
        }
    }

    fn head(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} ", self.status).into_bytes();
        head.extend_from_slice(&self.reason);
        head.extend_from_slice(b"\r\n");
        for (name, value) in &self.headers {
            line(&mut head, name, value);
        }
        match &self.framing {
            Framing::Length => {
                let length = self.body.len().to_string();
                line(&mut head, "content-length", length.as_bytes());
            }
            Framing::Chunks { trailers, .. } => {
                line(&mut head, "transfer-encoding", b"chunked");
                for (name, _) in trailers {
                    line(&mut head, "trailer", name.as_bytes());
                }
            }
            Framing::Bare => {}
        }
        head.extend_from_slice(b"\r\n");
        head
    }
}

/// Returns one chunk with its framing.
pub(crate) fn chunk(body: &[u8], extension: &[u8]) -> Vec<u8> {
    let mut chunk = format!("{:x}", body.len()).into_bytes();
    if !extension.is_empty() {
        chunk.push(b';');
        chunk.extend_from_slice(extension);
    }
    chunk.extend_from_slice(b"\r\n");
    chunk.extend_from_slice(body);
    chunk.extend_from_slice(b"\r\n");
    chunk
}

fn last_chunk(trailers: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut last = b"0\r\n".to_vec();
    for (name, value) in trailers {
        line(&mut last, name, value);
    }
    last.extend_from_slice(b"\r\n");
    last
}

fn line(head: &mut Vec<u8>, name: &str, value: &[u8]) {
    head.extend_from_slice(name.as_bytes());
    head.extend_from_slice(b": ");
    head.extend_from_slice(value);
    head.extend_from_slice(b"\r\n");
}

fn on_one_line(mut text: Vec<u8>) -> Vec<u8> {
    for byte in &mut text {
        if matches!(byte, b'\r' | b'\n' | 0) {
            *byte = b' ';
        }
    }
    text
}
