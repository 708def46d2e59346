//! Looks for the values that a skill's grants can place, in what it sends and in what it gets.
//!
//! A hit suspends the grants that place the value, until an operator lifts them. In a response it
//! is a reflection. In a request it is a guess that was right, or a value that leaked: without the
//! suspension a skill that knows a value's beginning could guess the rest byte by byte.

use std::sync::Arc;

use hotcell_policy::egress::Egress;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::broker::Inner;
use crate::error::{Denial, SendError};
use crate::headers::size;
use crate::live::Live;
use crate::scan::{Hit, Scan, is_plain};

/// The values that are looked for, and what a hit does.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) live: Arc<Live>,
    pub(crate) broker: Arc<Inner>,
    pub(crate) egress: Arc<Egress>,
}

impl Watch {
    /// Begins to look through a body.
    pub(crate) fn stream(&self) -> Scan {
        self.live.needles.stream()
    }

    /// Looks through one text.
    pub(crate) fn find(&self, text: &[u8]) -> Option<Hit> {
        self.live.needles.find(text)
    }

    /// Looks through headers or trailers: each name, each value, and the whole as one text, so
    /// that a value that was cut over several of them is seen as well.
    pub(crate) fn find_in(&self, headers: &HeaderMap) -> Option<Hit> {
        let mut all = Vec::with_capacity(usize::try_from(size(headers)).unwrap_or_default());
        for (name, _) in headers {
            all.extend_from_slice(name.as_str().as_bytes());
        }
        let names = all.len();
        for value in headers.values() {
            all.extend_from_slice(value.as_bytes());
        }
        if is_plain(&all) {
            // Each of them stands in it as it is.
            return self.find(&all);
        }
        let each = |(name, value): (&HeaderName, &HeaderValue)| {
            let hit = self.find(name.as_str().as_bytes());
            hit.or_else(|| self.find(value.as_bytes()))
        };
        let hit = headers.iter().find_map(each);
        hit.or_else(|| self.find(&all[names..]))
    }

    /// The guest sends a value that it cannot know.
    pub(crate) fn in_request(&self, hit: Hit) -> SendError {
        self.suspend(hit, "a request held the value of the secret");
        let why = "the request holds the value of a secret, which no skill can know; find out how \
                   it got there, and rotate the secret; the grant is suspended until `hotcell lift`";
        Denial::new("secret_in_request", why).into()
    }

    /// The response holds a value. It is stopped rather than masked: a mask would tell whoever
    /// guesses whether the guess was right, again and again.
    pub(crate) fn in_response(&self, hit: Hit) -> SendError {
        self.suspend(hit, "a response held the value of the secret");
        let why = "the response holds the value of a secret that this skill's grants can place; it \
                   was stopped, and the grant is suspended until `hotcell lift`";
        Denial::new("secret_reflected", why).into()
    }

    /// Suspends the grants by which the secret that was found is placed.
    fn suspend(&self, hit: Hit, what: &str) {
        let secret = self.live.secret(hit);
        let uses = self.egress.rules.iter().flat_map(|rule| &rule.credentials);
        for used in uses {
            if secret.is_none_or(|secret| secret == used.secret) {
                self.broker
                    .suspend(&used.grant, &format!("{what} {}", used.secret));
            }
        }
    }
}
