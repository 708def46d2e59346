//! What a server says on stderr besides its answers: Hotcell's own errors and warnings.
//!
//! Other libraries are not heard: what they log of a message may be its arguments. Hotcell's own
//! words never hold arguments or outputs.

use std::fmt::{Debug, Write as _};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::print;

/// What the targets of Hotcell's own crates begin with.
const OWN: &str = "hotcell";

/// Begins to print; a second time does nothing.
pub(crate) fn begin() {
    let _ = tracing::subscriber::set_global_default(Stderr);
}

/// Prints events, and knows no spans.
struct Stderr;

impl Subscriber for Stderr {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN && metadata.target().starts_with(OWN)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().as_str().to_ascii_lowercase());
        line.0.push(':');
        event.record(&mut line);
        print::note(&line.0);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

/// One event as a line.
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_words_are_heard() {
        tracing::subscriber::with_default(Stderr, || {
            let own = tracing::enabled!(target: "hotcell_server::mcp", Level::ERROR);
            assert!(own);
            let debug = tracing::enabled!(target: "hotcell_server::mcp", Level::DEBUG);
            assert!(!debug);
            let foreign = tracing::enabled!(target: "rmcp::service", Level::ERROR);
            assert!(!foreign);
        });
    }
}
