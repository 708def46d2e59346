//! Compresses what it was told not to, under true names and false ones.

use crate::servers::answer::Answer;
use crate::servers::behaviour::Behaviour;
use crate::servers::behaviours::echo::What;
use crate::servers::encodings::{Encoding, gzip};

/// Hands `what` back in a content coding, whatever the client accepts.
pub fn echo_coded(what: What, name: &'static str, encoding: Encoding) -> Behaviour {
    Behaviour::answering(move |request| {
        let body = encoding(&what.of(request));
        Answer::new(200).header("content-encoding", name).body(body)
    })
}

/// Hands `what` back in gzip if the client accepts that, and as it is if not.
pub fn echo_as_accepted(what: What) -> Behaviour {
    Behaviour::answering(move |request| {
        let body = what.of(request);
        let accepted = request
            .headers_named("accept-encoding")
            .any(|value| value.contains("gzip"));
        match accepted {
            true => coded("gzip", gzip(&body)),
            false => Answer::new(200).body(body),
        }
    })
}

/// Hands `what` back in gzip and keeps silent about it.
pub fn echo_hidden(what: What) -> Behaviour {
    Behaviour::answering(move |request| Answer::new(200).body(gzip(&what.of(request))))
}

/// Hands `what` back in gzip within gzip.
pub fn echo_twice(what: What) -> Behaviour {
    Behaviour::answering(move |request| coded("gzip, gzip", gzip(&gzip(&what.of(request)))))
}

/// Says a content coding that nobody knows.
pub fn unknown(name: &'static str) -> Behaviour {
    Behaviour::answering(move |_| coded(name, b"hello".to_vec()))
}

/// Sends a gzip of `bytes` zeros: about a thousandth of that on the wire.
pub fn bomb(bytes: usize) -> Behaviour {
    let small = gzip(&vec![0; bytes]);
    Behaviour::answering(move |_| coded("gzip", small.clone()))
}

/// Sends the first half of a gzip.
pub fn half() -> Behaviour {
    let whole = gzip(&[b'a'; 10_000]);
    let half = whole[..whole.len() / 2].to_vec();
    Behaviour::answering(move |_| coded("gzip", half.clone()))
}

/// Calls gzip what is none.
pub fn false_name() -> Behaviour {
    Behaviour::answering(|_| coded("gzip", b"this is no gzip".to_vec()))
}

fn coded(name: &str, body: Vec<u8>) -> Answer {
    Answer::new(200).header("content-encoding", name).body(body)
}
