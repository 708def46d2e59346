//! skill.toml: does the skill ask for what it needs, and no more.

use crate::diagnostic::Diagnostic;
use crate::lint::finding;
use crate::manifest::{
    AskedOrigin, Effect, HttpAsk, Idempotency, MANIFEST_FILE, Manifest, Segment, ToolAsk,
    WorkAccess,
};
use crate::package::Package;

/// What an operator will ask about: ten minutes, 1 GiB, 256 MiB.
const TIME_MS_ADVISED_MAX: u64 = 600_000;
const MEMORY_BYTES_ADVISED_MAX: u64 = 1 << 30;
const FILE_BYTES_ADVISED_MAX: u64 = 256 << 20;
/// Parts of names that secrets have.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "secret",
    "token",
    "api_key",
    "apikey",
    "private_key",
];

pub(super) fn lint(package: &Package) -> Vec<Diagnostic> {
    let manifest = &package.manifest;
    let mut found = Vec::new();
    for (name, ask) in &manifest.tools {
        tool(manifest, name, ask, &mut found);
    }
    for ask in &manifest.http {
        http(manifest, ask, &mut found);
        path(manifest, ask, &mut found);
    }
    open_servers(manifest, &mut found);
    for ask in &manifest.config {
        let key = ask.key.to_lowercase();
        if SECRET_WORDS.iter().any(|word| key.contains(word)) {
            let message = format!("the setting `{}` looks like a secret", ask.key);
            let hint = "ask for it as a `[[credential]]`";
            found.push(finding("secret_in_config", MANIFEST_FILE, message, hint).at(ask.place));
        }
    }
    work(manifest, &mut found);
    limits(manifest, &mut found);
    found
}

/// Whether some tool can use `/work` as far as the skill asks for it.
fn work(manifest: &Manifest, found: &mut Vec<Diagnostic>) {
    let Some(files) = &manifest.files else {
        return;
    };
    let mut effects = manifest.tools.values().map(|tool| tool.effect);
    let (is_used, word) = match files.work {
        WorkAccess::Read => (effects.any(|effect| effect != Effect::None), "read"),
        WorkAccess::Write => (effects.any(|effect| effect == Effect::Write), "write"),
    };
    if !is_used {
        let message =
            format!("`[files]` asks to {word} /work, and no tool has the effect `{word}`");
        let hint = "say the tool's effect, or ask for less";
        found.push(finding("unused_work", MANIFEST_FILE, message, hint).at(files.place));
    }
}

fn tool(manifest: &Manifest, name: &str, ask: &ToolAsk, found: &mut Vec<Diagnostic>) {
    let mut add = |code, message: String, hint| {
        let one = finding(code, MANIFEST_FILE, message, hint);
        found.push(match ask.place {
            Some(place) => one.at(place),
            None => one,
        });
    };
    if ask.effect == Effect::Write && ask.idempotency == Idempotency::None {
        let message = format!("the tool `{name}` writes and takes no idempotency key");
        add(
            "write_without_key",
            message,
            "add `idempotency = \"required\"`",
        );
    }
    if ask.effect == Effect::None && ask.idempotency != Idempotency::None {
        let message = format!("the tool `{name}` has no effect and asks for a key");
        add(
            "key_without_effect",
            message,
            "remove `idempotency`, or say the effect",
        );
    }
    if ask.effect != Effect::None && manifest.http.is_empty() && manifest.files.is_none() {
        let message = format!("the tool `{name}` has an effect, and there is no `[[http]]`");
        add(
            "effect_without_http",
            message,
            "add an `[[http]]` or `[files]`, or write `effect = \"none\"`",
        );
    }
}

fn http(manifest: &Manifest, ask: &HttpAsk, found: &mut Vec<Diagnostic>) {
    let mut add = |code, message: String, hint| {
        found.push(finding(code, MANIFEST_FILE, message, hint).at(ask.place));
    };
    let effects = || manifest.tools.values().map(|tool| tool.effect);
    let id = &ask.id;
    if effects().all(|effect| effect == Effect::None) {
        let message = format!("no tool can send `{id}`: all have effect none");
        add(
            "unused_http",
            message,
            "add `effect` to the tool that sends it, or remove it",
        );
    } else if effects().all(|effect| effect != Effect::Write) {
        let above = ask
            .methods
            .iter()
            .find(|m| !matches!(m.as_str(), "GET" | "HEAD"));
        if let Some(method) = above {
            let message = format!("`{id}` asks for {method}, and no tool has effect write");
            add(
                "method_above_effect",
                message,
                "remove the method, or say `effect = \"write\"`",
            );
        }
    }
    if let AskedOrigin::Exact(origin) = &ask.origin
        && !origin.is_https()
        && origin.host() != "localhost"
        && !origin.host().starts_with("127.")
        && origin.host() != "[::1]"
    {
        add(
            "plain_http",
            format!("`{id}` is not encrypted"),
            "write `https://`",
        );
    }
}

/// Whether the path says enough. Reading any page of servers that the operator names is an
/// honest wish; writing there, or carrying a credential, is not one.
fn path(manifest: &Manifest, ask: &HttpAsk, found: &mut Vec<Diagnostic>) {
    let mut add = |code, message: String, hint| {
        found.push(finding(code, MANIFEST_FILE, message, hint).at(ask.place));
    };
    let id = &ask.id;
    let mut carried = manifest
        .credentials
        .iter()
        .filter(|one| one.on.contains(id));
    let is_open = ask.origin == AskedOrigin::Operators;
    let reads = ask
        .methods
        .iter()
        .all(|m| matches!(m.as_str(), "GET" | "HEAD"));
    let segments = ask.path.segments();
    let has_rest = segments
        .iter()
        .any(|segment| matches!(segment, Segment::Rest(_)));
    let is_wide = segments.iter().all(|s| !matches!(s, Segment::Literal(_)));
    match carried.next() {
        Some(credential) if is_open && has_rest => add(
            "credential_anywhere",
            format!(
                "`{id}` carries the credential `{}` to any path of any server that is granted",
                credential.name
            ),
            "write the paths that need it; read other pages by an `[[http]]` without it",
        ),
        None if is_open && reads && has_rest => add(
            "rest_path",
            format!("`{id}` reads any page below `{}`", ask.path),
            "write the paths, if the skill knows them",
        ),
        _ if is_wide => add(
            "wide_path",
            format!("the path of `{id}` names nothing"),
            "write the parts that never change",
        ),
        _ if has_rest => add(
            "rest_path",
            format!("`{id}` asks for everything below `{}`", ask.path),
            "write the paths that the skill uses",
        ),
        _ => {}
    }
}

fn open_servers(manifest: &Manifest, found: &mut Vec<Diagnostic>) {
    let open = manifest
        .http
        .iter()
        .filter(|ask| ask.origin == AskedOrigin::Operators);
    let open: Vec<&HttpAsk> = open.collect();
    if let Some(first) = open.first() {
        let ids: Vec<String> = open.iter().map(|ask| format!("`{}`", ask.id)).collect();
        let message = format!("the operator has to name the servers of {}", ids.join(", "));
        let hint =
            "write the server where every operator has the same; say in SKILL.md which are meant";
        found.push(finding("operators_origin", MANIFEST_FILE, message, hint).at(first.place));
    }
}

fn limits(manifest: &Manifest, found: &mut Vec<Diagnostic>) {
    let asks = &manifest.limits;
    let advised = [
        ("time_ms", asks.time_ms, TIME_MS_ADVISED_MAX),
        ("memory_bytes", asks.memory_bytes, MEMORY_BYTES_ADVISED_MAX),
        ("file_bytes", asks.file_bytes, FILE_BYTES_ADVISED_MAX),
    ];
    for (name, asked, advised) in advised {
        if let Some(asked) = asked.filter(|asked| *asked > advised) {
            let message = format!("`{name} = {asked}` is more than the advised {advised}");
            let hint = "ask for less, or say in SKILL.md why";
            found.push(finding("large_limit", MANIFEST_FILE, message, hint));
        }
    }
}
