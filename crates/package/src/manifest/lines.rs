//! What a manifest asks for, as lines that can be compared from one version to the next.

use crate::manifest::{Effect, Idempotency, Manifest, Mode, WorkAccess};
use crate::printable::printable;

impl Manifest {
    /// Returns what the skill asks for, a line for each smallest part: one method of one
    /// request, one credential on one request, one scope. So a line that a former version did
    /// not have is power that nobody has looked at. Sorted; safe to print.
    pub fn ask_lines(&self) -> Vec<String> {
        let mut lines = self.http_lines();
        lines.extend(self.credential_lines());
        lines.extend(self.tool_lines());
        let settings = self.config.iter().map(|ask| format!("setting {}", ask.key));
        lines.extend(settings);
        lines.extend(self.work_lines());
        lines.extend(self.limit_lines());
        lines.sort_unstable();
        lines
    }

    fn http_lines(&self) -> Vec<String> {
        let asks = self.http.iter().flat_map(|ask| {
            let methods = ask.methods.iter();
            methods.map(move |m| format!("http {}: {m} {}{}", ask.id, ask.origin, ask.path))
        });
        asks.collect()
    }

    fn credential_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for ask in &self.credentials {
            let on = ask.on.iter();
            lines.extend(on.map(|id| format!("credential {} on {id}", ask.name)));
            let scopes = ask.scopes.iter().map(|scope| printable(scope));
            lines.extend(scopes.map(|scope| format!("credential {} scope {scope}", ask.name)));
        }
        lines
    }

    fn tool_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (name, ask) in &self.tools {
            let name = printable(name);
            match ask.effect {
                Effect::None => {}
                Effect::Read => lines.push(format!("tool {name}: reads")),
                Effect::Write if ask.idempotency == Idempotency::Required => {
                    lines.push(format!("tool {name}: writes"));
                }
                Effect::Write if ask.idempotency == Idempotency::Derived => {
                    lines.push(format!(
                        "tool {name}: writes with a key made of its request"
                    ));
                }
                Effect::Write => lines.push(format!("tool {name}: writes without a key")),
            }
            if ask.mode == Mode::Async {
                lines.push(format!("tool {name}: runs as a job"));
            }
        }
        lines
    }

    /// Who may write may read, so that a change from one to the other is one new line.
    fn work_lines(&self) -> Vec<String> {
        let line = |access: WorkAccess| format!("folder /work: {}", access.as_str());
        match self.files.as_ref().map(|files| files.work) {
            None => Vec::new(),
            Some(WorkAccess::Read) => vec![line(WorkAccess::Read)],
            Some(WorkAccess::Write) => vec![line(WorkAccess::Read), line(WorkAccess::Write)],
        }
    }

    fn limit_lines(&self) -> Vec<String> {
        let asks = &self.limits;
        let named = [
            ("fuel", asks.fuel),
            ("time_ms", asks.time_ms),
            ("memory_bytes", asks.memory_bytes),
            ("table_elements", asks.table_elements),
            ("input_bytes", asks.input_bytes),
            ("output_bytes", asks.output_bytes),
            ("log_bytes", asks.log_bytes),
            ("file_bytes", asks.file_bytes),
            ("files", asks.files),
            ("handles", asks.handles),
        ];
        let asked = named
            .into_iter()
            .filter_map(|(name, asked)| Some((name, asked?)));
        asked
            .map(|(name, asked)| format!("limit {name}={asked}"))
            .collect()
    }
}
