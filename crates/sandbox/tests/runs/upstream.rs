//! Two upstreams that answer the same: one in pieces, and when it likes; one whole and at once.

use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};

use bytes::Bytes;
use hotcell_policy::Transport;
use hotcell_sandbox::{
    Body, BodyError, CredentialStatus, Denial, Outbound, OutboundError, RequestNumber,
};
use http_body::Frame;
use http_body_util::BodyExt;
use tokio::sync::mpsc;

/// What a request is answered with.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// A body of so many bytes, and trailers where there are any.
    Whole { bytes: usize, trailers: bool },
    /// The same, cut short by an error.
    Cut { bytes: usize, error: OutboundError },
    /// No response.
    Refused(OutboundError),
}

/// Answers as [`Exact`], in pieces and after a while that both follow from a seed and the
/// runtime's mood.
pub(crate) struct Moody {
    pub(crate) answers: Vec<Answer>,
    pub(crate) sizes: Vec<usize>,
    pub(crate) random: Mutex<Random>,
}

/// Answers from the record: at once, and whole.
pub(crate) struct Exact(pub(crate) Vec<Answer>);

/// Numbers that follow from a seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(0x5851_f42d_4c95_7f2d)
            .wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 33) % end
    }
}

/// What a denial of the tests says.
pub(crate) fn denied() -> OutboundError {
    OutboundError::Denied(Denial {
        code: "rate_limited".into(),
        retry_after_ms: Some(77),
    })
}

/// What a failure of the tests says.
pub(crate) fn reset() -> OutboundError {
    OutboundError::Failed(Transport::Reset)
}

fn number(request: &http::Request<Body>) -> usize {
    let number = request.extensions().get::<RequestNumber>().unwrap();
    usize::try_from(number.0).unwrap()
}

fn bytes(number: usize, count: usize) -> Vec<u8> {
    let mut random = Random(number as u64);
    (0..count).map(|_| random.below(256) as u8).collect()
}

fn trailers() -> Frame<Bytes> {
    let mut map = http::HeaderMap::new();
    map.insert("x-sum", http::HeaderValue::from_static("7"));
    Frame::trailers(map)
}

/// The frames of an answer, in pieces of these sizes, one after the other and around again.
fn frames(number: usize, answer: &Answer, sizes: &[usize]) -> Vec<Result<Frame<Bytes>, BodyError>> {
    let (count, end) = match answer {
        Answer::Whole { bytes, trailers } => (*bytes, trailers.then(|| Ok(self::trailers()))),
        Answer::Cut { bytes, error } => (*bytes, Some(Err(error.clone().into()))),
        Answer::Refused(_) => (0, None),
    };
    let mut rest = Bytes::from(bytes(number, count));
    let mut frames = Vec::new();
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        frames.push(Ok(Frame::data(rest.split_to(rest.len().min(*size)))));
    }
    frames.extend(end);
    frames
}

/// A body whose frames come through a channel.
struct Fed(mpsc::UnboundedReceiver<Result<Frame<Bytes>, BodyError>>);

impl http_body::Body for Fed {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.0.poll_recv(context)
    }
}

async fn dawdle(turns: u64) {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}

#[async_trait::async_trait]
impl Outbound for Moody {
    async fn send(
        &self,
        mut request: http::Request<Body>,
    ) -> Result<http::Response<Body>, OutboundError> {
        let mut random = {
            let mut random = self.random.lock().unwrap();
            Random(random.below(u64::MAX))
        };
        let number = number(&request);
        // A part of the request, or all of it; what is left is dropped with it.
        for _ in 0..random.below(5) {
            dawdle(random.below(50)).await;
            if request.body_mut().frame().await.is_none() {
                break;
            }
        }
        dawdle(random.below(200)).await;
        let answer = &self.answers[number];
        if let Answer::Refused(error) = answer {
            return Err(error.clone());
        }
        let frames = frames(number, answer, &self.sizes);
        let (sender, receiver) = mpsc::unbounded_channel();
        let keeps_request = random.below(2) == 0;
        tokio::spawn(async move {
            let request = keeps_request.then_some(request);
            for frame in frames {
                dawdle(random.below(20)).await;
                let _ = sender.send(frame);
            }
            drop(request);
        });
        Ok(http::Response::new(Fed(receiver).boxed_unsync()))
    }

    fn credential(&self, _name: &str) -> Option<CredentialStatus> {
        Some(CredentialStatus::Suspended)
    }
}

#[async_trait::async_trait]
impl Outbound for Exact {
    async fn send(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, OutboundError> {
        let number = number(&request);
        let answer = &self.0[number];
        if let Answer::Refused(error) = answer {
            return Err(error.clone());
        }
        let (sender, receiver) = mpsc::unbounded_channel();
        for frame in frames(number, answer, &[usize::MAX]) {
            sender.send(frame).unwrap();
        }
        Ok(http::Response::new(Fed(receiver).boxed_unsync()))
    }

    fn credential(&self, _name: &str) -> Option<CredentialStatus> {
        None
    }
}

/// Never answers, and tells that it was asked.
#[derive(Default)]
pub(crate) struct Silent(pub(crate) tokio::sync::Notify);

#[async_trait::async_trait]
impl Outbound for Silent {
    async fn send(
        &self,
        _request: http::Request<Body>,
    ) -> Result<http::Response<Body>, OutboundError> {
        self.0.notify_one();
        std::future::pending().await
    }

    fn credential(&self, _name: &str) -> Option<CredentialStatus> {
        None
    }
}
