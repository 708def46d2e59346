//! The shape of a request's path: `/v1/repos/{owner}/{repo}/runs`.
//!
//! A template matches whole segments only, and never a query or a fragment. Which paths may be
//! matched at all is the broker's rule: it refuses what two servers could read in two ways.

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
    /// `{*name}`, only at the end: any segments that are left, or none.
    Rest(String),
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
            if matches!(segment, Segment::Rest(_)) && at != last {
                return Err("a `{*name}` stands at the end");
            }
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
        let (mut a, mut b) = (self.segments.as_slice(), other.segments.as_slice());
        loop {
            match (a, b) {
                ([], []) | ([Segment::Rest(_)], [_, ..]) | ([_, ..], [Segment::Rest(_)]) => {
                    return true;
                }
                ([x, rest_a @ ..], [y, rest_b @ ..]) if x.overlaps(y) => (a, b) = (rest_a, rest_b),
                _ => return false,
            }
        }
    }

    /// Returns whether the template matches `path`, which begins with `/` and has no query. It
    /// compares text: the caller has refused every path that has another spelling.
    pub fn matches(&self, path: &str) -> bool {
        let Some(rest) = path.strip_prefix('/') else {
            return false;
        };
        let mut parts = rest.split('/');
        for segment in &self.segments {
            let fits = match (segment, parts.next()) {
                (Segment::Rest(_), Some(_)) => return true,
                (Segment::Literal(text), Some(part)) => text == part,
                (Segment::Parameter(_), Some(part)) => !part.is_empty(),
                (_, None) => false,
            };
            if !fits {
                return false;
            }
        }
        parts.next().is_none()
    }
}

impl Segment {
    /// Returns whether one segment could match both, neither of which is a rest.
    fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (Segment::Literal(a), Segment::Literal(b)) => a == b,
            (Segment::Literal(text), _) | (_, Segment::Literal(text)) => !text.is_empty(),
            _ => true,
        }
    }
}

fn parse_segment(part: &str) -> Result<Segment, &'static str> {
    if let Some(name) = part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
        let (name, is_rest) = match name.strip_prefix('*') {
            Some(name) => (name, true),
            None => (name, false),
        };
        let first = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let rest = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        return match first && rest {
            true if is_rest => Ok(Segment::Rest(name.to_owned())),
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
            Segment::Rest(name) => write!(f, "/{{*{name}}}"),
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
        for text in [
            "/",
            "/v1/repos/{owner}/{repo}/runs",
            "/a/",
            "/a:b@c",
            "/{*rest}",
            "/a/{b}/{*c}",
        ] {
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
            "/{*a}/b",
            "/{*}",
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
        check("/{*r}", "/a/b", true);
        check("/{*r}", "/", true);
        check("/a/{*r}", "/a", false);
        check("/a/{*r}", "/b/{*r}", false);
        check("/a/{*r}", "/a/{x}/c", true);
    }

    #[test]
    fn matches() {
        let check = |template, path, expected| {
            let template = PathTemplate::parse(template).unwrap();
            assert_eq!(template.matches(path), expected, "{template} {path}");
        };
        check("/a/{x}", "/a/b", true);
        check("/a/{x}", "/a/", false);
        check("/a/{x}", "/a/b/c", false);
        check("/a/{x}", "/a/b/", false);
        check("/a/{x}", "/A/b", false);
        check("/a/", "/a/", true);
        check("/a/", "/a", false);
        check("/", "/", true);
        check("/{*r}", "/", true);
        check("/{*r}", "/a/b/c", true);
        check("/a/{*r}", "/a", false);
        check("/a/{*r}", "/b/c", false);
        check("/a/{x}", "a/b", false);
    }
}
