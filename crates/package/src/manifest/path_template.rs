//! The shape of a request's path: `/v1/repos/{owner}/{repo}/runs`.
//!
//! A template matches whole segments only, and never a query or a fragment. What a `{name}`
//! may match is the broker's rule, not said here; here stands what a template can be.

use std::fmt;

use serde::{Serialize, Serializer};

/// Longest template in bytes.
pub const TEMPLATE_BYTES_MAX: usize = 512;
/// Most segments in a template.
pub const TEMPLATE_SEGMENTS_MAX: usize = 32;

/// One part of a path between slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Exactly this text.
    Literal(String),
    /// Any one segment; the name is for people.
    Parameter(String),
}

/// A parsed path template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathTemplate {
    segments: Vec<Segment>,
}

impl PathTemplate {
    /// Parses a template.
    ///
    /// # Errors
    /// One sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > TEMPLATE_BYTES_MAX {
            return Err("the path is longer than 512 bytes");
        }
        let Some(rest) = text.strip_prefix('/') else {
            return Err("the path must begin with `/`");
        };
        let parts: Vec<&str> = rest.split('/').collect();
        if parts.len() > TEMPLATE_SEGMENTS_MAX {
            return Err("the path has more than 32 segments");
        }
        let last = parts.len() - 1;
        let mut segments = Vec::with_capacity(parts.len());
        for (at, part) in parts.into_iter().enumerate() {
            // `/` alone and a slash at the end are paths; an empty segment within is not.
            if part.is_empty() && at != last {
                return Err("the path has an empty segment");
            }
            let segment = parse_segment(part)?;
            if matches!(segment, Segment::Parameter(_)) && segments.contains(&segment) {
                return Err("the path names one parameter twice");
            }
            segments.push(segment);
        }
        Ok(Self { segments })
    }

    /// Returns the parts between slashes; the last is an empty literal for a path that ends
    /// with a slash.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns whether one path could match both templates.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (a, b) = (&self.segments, &other.segments);
        a.len() == b.len()
            && a.iter().zip(b).all(|pair| match pair {
                (Segment::Literal(a), Segment::Literal(b)) => a == b,
                (Segment::Literal(text), Segment::Parameter(_))
                | (Segment::Parameter(_), Segment::Literal(text)) => !text.is_empty(),
                (Segment::Parameter(_), Segment::Parameter(_)) => true,
            })
    }
}

fn parse_segment(part: &str) -> Result<Segment, &'static str> {
    if let Some(name) = part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
        let first = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let rest = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        return match first && rest {
            true => Ok(Segment::Parameter(name.to_owned())),
            false => Err("a parameter is written `{name}`, of letters, digits and `_`"),
        };
    }
    if matches!(part, "." | "..") {
        return Err("the path has a `.` or `..` segment");
    }
    // RFC 3986 `pchar` without `%`: a template is written decoded, and matched decoded.
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@".contains(c);
    if part.chars().all(allowed) {
        return Ok(Segment::Literal(part.to_owned()));
    }
    match part.contains(['{', '}']) {
        true => Err("a `{name}` must be a whole segment"),
        false => Err("the path holds a character that is not allowed (no `?`, `#`, `%`, spaces)"),
    }
}

impl fmt::Display for PathTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.segments.iter().try_for_each(|segment| match segment {
            Segment::Literal(text) => write!(f, "/{text}"),
            Segment::Parameter(name) => write!(f, "/{{{name}}}"),
        })
    }
}

impl Serialize for PathTemplate {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_that_parse_say_the_same_again() {
        for text in ["/", "/v1/repos/{owner}/{repo}/runs", "/a/", "/a:b@c"] {
            assert_eq!(PathTemplate::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn templates_that_are_refused() {
        for text in [
            "",
            "v1",
            "/a//b",
            "/a/../b",
            "/./a",
            "/a?b=c",
            "/a#b",
            "/a%2fb",
            "/a b",
            "/{}",
            "/{a}/{a}",
            "/x{a}",
            "/{a}.json",
            "/{a-b}",
            "/{1a}",
            "/ü",
        ] {
            assert!(PathTemplate::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn overlaps() {
        let check = |a, b, expected| {
            let (a, b) = (
                PathTemplate::parse(a).unwrap(),
                PathTemplate::parse(b).unwrap(),
            );
            assert_eq!(
                (a.overlaps(&b), b.overlaps(&a)),
                (expected, expected),
                "{a} {b}"
            );
        };
        check("/a/{x}", "/a/b", true);
        check("/a/{x}", "/{y}/b", true);
        check("/a/{x}", "/b/{x}", false);
        check("/a/{x}", "/a", false);
        check("/a/{x}", "/a/", false);
    }
}
