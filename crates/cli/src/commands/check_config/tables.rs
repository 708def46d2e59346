//! What the file says of callers, the record, jobs and folders of packages.

use std::fmt::Write as _;

use hotcell_package::printable;
use hotcell_policy::config::{
    AssistantTable, CallerTable, Capture, Config, JobsTable, RecordTable, ToolListing,
};
use serde_json::{Value, json};

pub(super) fn callers_json(config: &Config) -> Value {
    let callers = config.callers.iter().map(|(name, caller)| {
        let caps = caller.caps.iter();
        let per_skill = caller.per_skill.iter().map(|(skill, own)| {
            json!({
                "skill": skill,
                "rate": own.rate.map(|rate| rate.to_string()),
                "at_once": own.at_once,
            })
        });
        json!({
            "name": name,
            "skills": skills(caller),
            "caps": caps.map(|cap| json!({ "limit": cap.name.to_string(), "value": cap.value })).collect::<Vec<_>>(),
            "rate": caller.rate.map(|rate| rate.to_string()),
            "at_once": caller.at_once,
            "per_skill": per_skill.collect::<Vec<_>>(),
            "has_token": caller.token.is_some(),
            "line": caller.place.line,
        })
    });
    callers.collect()
}

pub(super) fn assistants_json(config: &Config) -> Value {
    let assistants = config.assistants.iter().map(|(name, assistant)| {
        let skills = assistant.skills.iter().map(|one| one.pin.to_string());
        json!({
            "name": name,
            "skills": skills.collect::<Vec<_>>(),
            "tools": assistant.tools.as_str(),
            "callers": assistant.callers,
            "line": assistant.place.line,
        })
    });
    assistants.collect()
}

pub(super) fn record_json(record: &RecordTable) -> Value {
    let tools = record.tools.iter();
    let tools: serde_json::Map<_, _> = tools
        .map(|(tool, capture)| (tool.clone(), capture_json(capture)))
        .collect();
    json!({
        "capture": capture_json(&record.capture),
        "tools": tools,
        "sample_percent": record.sample_percent,
        "keep_days": record.keep_days,
        "keep_keys_days": record.keep_keys_days,
        "encrypt": record.encrypt,
        "response_bytes": record.response_bytes,
    })
}

pub(super) fn jobs_json(jobs: &JobsTable) -> Value {
    json!({
        "workers": jobs.workers,
        "attempts": jobs.attempts,
        "backoff_ms": jobs.backoff_ms,
        "backoff_max_ms": jobs.backoff_max_ms,
        "lease_ms": jobs.lease_ms,
        "callback_origins": jobs.callback_origins,
        "callback_attempts": jobs.callback_attempts,
        "callback_secret": jobs.callback_secret,
    })
}

/// Returns what `skills` says; none where it says nothing, and all are meant.
fn skills(caller: &CallerTable) -> Option<Vec<String>> {
    let skills = caller.skills.as_ref()?;
    Some(skills.iter().map(ToString::to_string).collect())
}

fn capture_json(capture: &Capture) -> Value {
    match capture {
        Capture::Full => json!("full"),
        Capture::Redacted(pointers) => json!({ "redacted": pointers }),
        Capture::Digest => json!("digest"),
    }
}

pub(super) fn as_text(config: &Config) -> String {
    let mut text = "\nCallers\n".to_owned();
    for (name, caller) in &config.callers {
        text += &caller_text(name, caller);
    }
    if config.callers.is_empty() {
        text += "  none is named: every caller may use every skill\n";
    }
    if !config.assistants.is_empty() {
        text += "\nAssistants\n";
    }
    for (name, assistant) in &config.assistants {
        text += &assistant_text(name, assistant);
    }
    text += &record_text(&config.record);
    text += &jobs_text(&config.jobs);
    if !config.package_folders.is_empty() {
        text += "\nFolders of packages\n";
        for folder in &config.package_folders {
            let folder = folder.display().to_string();
            writeln!(text, "  {}", printable(&folder)).expect("a String takes all");
        }
    }
    text
}

fn caller_text(name: &str, caller: &CallerTable) -> String {
    let may = match skills(caller) {
        None => "every skill".to_owned(),
        Some(none) if none.is_empty() => "nothing".to_owned(),
        Some(skills) => skills.join(", "),
    };
    let mut text = format!("  line {}: {name} may use {may}\n", caller.place.line);
    let mut bounds = Vec::new();
    bounds.extend(caller.rate.map(|rate| format!("at most {rate}")));
    bounds.extend(
        caller
            .at_once
            .map(|at_once| format!("{at_once} at one time")),
    );
    let caps = caller.caps.iter();
    bounds.extend(caps.map(|cap| format!("{} at most {}", cap.name, cap.value)));
    for (skill, own) in &caller.per_skill {
        bounds.extend(own.rate.map(|rate| format!("{skill} at most {rate}")));
        bounds.extend(
            own.at_once
                .map(|at_once| format!("{skill} {at_once} at one time")),
        );
    }
    if !bounds.is_empty() {
        text += &format!("      {}\n", bounds.join(", "));
    }
    text
}

fn assistant_text(name: &str, assistant: &AssistantTable) -> String {
    let skills = assistant.skills.iter().map(|one| one.pin.to_string());
    let skills = skills.collect::<Vec<_>>().join(", ");
    let line = assistant.place.line;
    let mut text = format!("  line {line}: {name} has {skills}\n");
    if assistant.tools == ToolListing::Direct {
        text += "      their tools are listed at once\n";
    }
    if let Some(callers) = &assistant.callers {
        text += &format!("      for {}\n", callers.join(", "));
    }
    text
}

fn record_text(record: &RecordTable) -> String {
    let mut text = format!(
        "\nRecord\n  keeps {} for {} days, keys for {}\n",
        capture_text(&record.capture),
        record.keep_days,
        record.keep_keys_days
    );
    for (tool, capture) in &record.tools {
        text += &format!("  of {}: {}\n", printable(tool), capture_text(capture));
    }
    if record.sample_percent < 100 {
        text += &format!(
            "  of calls without key and effect, of {} in a hundred\n",
            record.sample_percent
        );
    }
    if record.encrypt {
        text += "  encrypted, with a key of the vault\n";
    }
    text
}

fn capture_text(capture: &Capture) -> String {
    match capture {
        Capture::Full => "payloads whole".to_owned(),
        Capture::Redacted(pointers) => {
            format!("payloads without {}", printable(&pointers.join(", ")))
        }
        Capture::Digest => "digests of payloads".to_owned(),
    }
}

fn jobs_text(jobs: &JobsTable) -> String {
    let mut text = format!(
        "\nJobs\n  {} at one time in a process, {} attempts each\n",
        jobs.workers, jobs.attempts
    );
    for origin in &jobs.callback_origins {
        text += &format!("  may tell {origin} of their end\n");
    }
    text
}
