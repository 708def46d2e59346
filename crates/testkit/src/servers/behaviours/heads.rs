//! Heads that are too large in one way or another.

use crate::servers::answer::Answer;
use crate::servers::behaviour::Behaviour;

/// Sends this many short headers.
pub fn many(count: usize) -> Behaviour {
    Behaviour::answering(move |_| {
        let answer = Answer::new(200).body("hello");
        (0..count).fold(answer, |answer, at| answer.header(&format!("x-{at}"), "a"))
    })
}

/// Sends one header with a value of this many bytes.
pub fn large(bytes: usize) -> Behaviour {
    Behaviour::answering(move |_| {
        let value = vec![b'a'; bytes];
        Answer::new(200).header("x-large", value).body("hello")
    })
}

/// Sends a reason of this many bytes.
pub fn long_reason(bytes: usize) -> Behaviour {
    Behaviour::answering(move |_| Answer::new(200).reason(vec![b'a'; bytes]).body("hello"))
}

/// Sends this many trailers behind a small body.
pub fn many_trailers(count: usize) -> Behaviour {
    Behaviour::answering(move |_| {
        let answer = Answer::new(200).body("hello").chunked(5);
        (0..count).fold(answer, |answer, at| answer.trailer(&format!("x-{at}"), "a"))
    })
}
