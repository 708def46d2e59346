//! Hands back what it was sent in slices, each too short to be recognised.

use crate::servers::answer::Answer;
use crate::servers::behaviour::Behaviour;
use crate::servers::behaviours::echo::What;

/// Takes part of the request for its resource, and honours `Range`.
pub fn honoured(what: What) -> Behaviour {
    Behaviour::answering(move |request| {
        let whole = what.of(request);
        match request.header("range").and_then(parse) {
            Some((first, last)) => slice(&whole, first, last),
            None => Answer::new(200)
                .header("accept-ranges", "bytes")
                .body(whole),
        }
    })
}

/// Answers with 206 and the first `bytes` alone, which nobody asked for.
pub fn unasked(what: What, bytes: usize) -> Behaviour {
    Behaviour::answering(move |request| slice(&what.of(request), 0, bytes.saturating_sub(1)))
}

/// Answers with 200 and the slice that the path names: `/FIRST-LAST`. It colludes with the skill.
pub fn by_path(what: What) -> Behaviour {
    Behaviour::answering(move |request| {
        let range = request.path().trim_start_matches('/');
        let Some((first, last)) = parse(&format!("bytes={range}")) else {
            return Answer::new(404);
        };
        let whole = what.of(request);
        Answer::new(200).body(cut(&whole, first, last))
    })
}

fn slice(whole: &[u8], first: usize, last: usize) -> Answer {
    let part = cut(whole, first, last);
    if part.is_empty() {
        return Answer::new(416);
    }
    let range = format!("bytes {first}-{}/{}", first + part.len() - 1, whole.len());
    Answer::new(206).header("content-range", range).body(part)
}

fn cut(whole: &[u8], first: usize, last: usize) -> &[u8] {
    let end = last.saturating_add(1).min(whole.len());
    whole.get(first..end).unwrap_or_default()
}

fn parse(range: &str) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    Some((first.parse().ok()?, last.parse().unwrap_or(usize::MAX)))
}
