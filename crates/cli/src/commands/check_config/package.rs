//! What a package gets of what it asks for.

use hotcell_package::{Diagnostic, HttpAsk, Package, printable};
use hotcell_policy::config::{Approver, Config};
use hotcell_policy::egress::{
    Closed, CredentialDecision, Egress, EgressRule, SkillIdentity, Standing, WorkDecision, egress,
    stray_grants, stray_settings, work,
};
use serde_json::{Value, json};

/// The decision on one package, for a person to read.
pub(super) struct Report<'a> {
    config: &'a Config,
    package: &'a Package,
    egress: Egress,
    work: Option<WorkDecision>,
    stray: Vec<Diagnostic>,
}

impl<'a> Report<'a> {
    pub(super) fn new(config: &'a Config, package: &'a Package, standing: &Standing) -> Self {
        let skill = SkillIdentity {
            name: &package.name,
            digest: &package.digest,
            manifest: &package.manifest,
        };
        let mut stray = stray_grants(config, skill);
        stray.extend(stray_settings(config, skill));
        let work = work(config, skill, standing);
        if let Some(WorkDecision::Granted(given)) = &work
            && !given.folder.is_dir()
        {
            let message = format!("{} is not a folder", given.folder.display());
            let missing = Diagnostic::warning("folder_missing", &config.file, message);
            stray.push(missing.hint(format!("make it, or correct line {}", given.line)));
        }
        Report {
            work,
            config,
            package,
            egress: egress(config, skill, standing),
            stray,
        }
    }

    /// Returns whether the package gets all that it asks for.
    pub(super) fn is_complete(&self) -> bool {
        let credentials = self.egress.credentials.values();
        self.egress.rules.iter().all(|rule| rule.closed.is_none())
            && credentials
                .into_iter()
                .all(|decision| closed(decision).is_none())
            && !matches!(self.work, Some(WorkDecision::Closed(_)))
            && self.settings().all(|setting| setting.from.is_some())
    }

    fn settings(&self) -> impl Iterator<Item = Setting<'_>> {
        let set = self.config.settings.get(&self.package.name);
        self.package.manifest.config.iter().map(move |ask| Setting {
            key: &ask.key,
            description: &ask.description,
            from: match (
                set.is_some_and(|set| set.contains_key(&ask.key)),
                &ask.default,
            ) {
                (true, _) => Some("hotcell.toml"),
                (false, Some(_)) => Some("skill.toml"),
                (false, None) => None,
            },
        })
    }

    fn asks(&self) -> impl Iterator<Item = (&HttpAsk, &EgressRule)> {
        self.package.manifest.http.iter().zip(&self.egress.rules)
    }

    pub(super) fn as_json(&self) -> Value {
        let http: Vec<_> = self
            .asks()
            .map(|(ask, rule)| rule_json(ask, rule))
            .collect();
        let credentials = self.egress.credentials.iter();
        let credentials: Vec<_> = credentials.map(credential_json).collect();
        let settings = self.settings().map(|setting| {
            json!({
                "key": setting.key,
                "from": setting.from,
                "mend": setting.mend(&self.package.name),
            })
        });
        json!({
            "file": self.config.file,
            "skill": self.package.name,
            "version": self.package.manifest.version,
            "digest": self.package.digest,
            "granted": self.is_complete(),
            "http": http,
            "credentials": credentials,
            "work": self.work.as_ref().map(work_json),
            "settings": settings.collect::<Vec<_>>(),
            "diagnostics": self.stray,
        })
    }

    pub(super) fn as_text(&self) -> String {
        let (name, version) = (&self.package.name, &self.package.manifest.version);
        let mut text = format!(
            "{name} {version}  {}\nby {}\n",
            self.package.digest, self.config.file
        );
        let before = text.len();
        for (name, decision) in &self.egress.credentials {
            text += &self.credential_text(name, decision);
        }
        for (ask, rule) in self.asks() {
            text += &self.rule_text(ask, rule);
        }
        text += &self.work.as_ref().map_or(String::new(), work_text);
        for setting in self.settings() {
            text += &setting.text(&self.package.name);
        }
        if text.len() == before {
            text += "\nIt asks for nothing: no network, no credential, no folder, no setting.\n";
        }
        for stray in &self.stray {
            text += &format!("\n{stray}\n");
        }
        text
    }

    fn credential_text(&self, name: &str, decision: &CredentialDecision) -> String {
        match decision {
            CredentialDecision::Granted { secret, line, .. } => {
                format!("\ngranted  credential {name}: the secret {secret}, line {line}\n")
            }
            CredentialDecision::Closed(closed) => {
                format!(
                    "\nCLOSED   credential {name}: {}\n{}",
                    closed.code,
                    explain(closed)
                )
            }
        }
    }

    fn rule_text(&self, ask: &HttpAsk, rule: &EgressRule) -> String {
        let id = &rule.id;
        if let Some(closed) = &rule.closed {
            let asked = format!("{} {}{}", ask.methods.join(", "), ask.origin, ask.path);
            let head = format!("\nCLOSED   http {id}: {}\n         {asked}\n", closed.code);
            return match self.told_with(closed) {
                Some(credential) => {
                    format!("{head}         for want of the credential {credential}\n")
                }
                None => head + &explain(closed),
            };
        }
        let methods = rule.methods.join(", ");
        let mut text = format!("\ngranted  http {id}: {methods}\n");
        for origin in &rule.origins {
            text += &format!("         {origin}{}\n", rule.path);
        }
        for placed in &rule.credentials {
            text += &format!("         with the credential {}\n", placed.credential);
        }
        for (grant, rate) in &rule.grants {
            let rate = rate.map_or(String::new(), |rate| format!(", at most {rate}"));
            text += &format!("         by the grant {grant}{rate}\n");
        }
        let lines: Vec<String> = rule.lines.iter().map(ToString::to_string).collect();
        text + &format!("         lines {}\n", lines.join(", "))
    }

    /// Returns the credential whose closing explains this one, word for word.
    fn told_with(&self, of_rule: &Closed) -> Option<&str> {
        let mut all = self.egress.credentials.iter();
        let same = all.find(|(_, decision)| closed(decision) == Some(of_rule))?;
        Some(same.0)
    }
}

/// One setting that the manifest asks for.
struct Setting<'a> {
    key: &'a str,
    description: &'a str,
    /// Who says it; none where nobody does.
    from: Option<&'static str>,
}

impl Setting<'_> {
    fn mend(&self, skill: &str) -> Option<String> {
        match self.from {
            Some(_) => None,
            None => Some(format!("[settings.{skill}]\n\"{}\" = \"…\"", self.key)),
        }
    }

    fn text(&self, skill: &str) -> String {
        let key = self.key;
        match (self.from, self.mend(skill)) {
            (Some(from), _) => format!("\nset      setting {key}, in {from}\n"),
            (None, mend) => format!(
                "\nUNSET    setting {key}: {}\n  mend:\n{}",
                printable(self.description),
                indented(&mend.unwrap_or_default())
            ),
        }
    }
}

fn closed(decision: &CredentialDecision) -> Option<&Closed> {
    match decision {
        CredentialDecision::Granted { .. } => None,
        CredentialDecision::Closed(closed) => Some(closed),
    }
}

fn explain(closed: &Closed) -> String {
    format!(
        "  why: {}\n  mend:\n{}",
        printable(&closed.why),
        indented(&closed.mend)
    )
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

fn rule_json(ask: &HttpAsk, rule: &EgressRule) -> Value {
    let grants = rule.grants.iter().map(|(grant, rate)| {
        json!({ "grant": grant.as_str(), "rate": rate.map(|rate| rate.to_string()) })
    });
    let credentials = rule
        .credentials
        .iter()
        .map(|placed| json!({ "credential": placed.credential, "secret": placed.secret }));
    json!({
        "id": rule.id,
        "asked": { "origin": ask.origin, "methods": ask.methods, "path": ask.path },
        "granted": rule.closed.is_none(),
        "origins": rule.origins,
        "methods": if rule.closed.is_none() { rule.methods.as_slice() } else { &[] },
        "credentials": credentials.collect::<Vec<_>>(),
        "grants": grants.collect::<Vec<_>>(),
        "lines": rule.lines,
        "closed": rule.closed.as_ref().map(closed_json),
    })
}

fn credential_json((name, decision): (&String, &CredentialDecision)) -> Value {
    match decision {
        CredentialDecision::Granted {
            secret,
            grant,
            line,
        } => json!({
            "name": name,
            "granted": true,
            "secret": secret,
            "grant": grant.as_str(),
            "line": line,
            "closed": null,
        }),
        CredentialDecision::Closed(closed) => json!({
            "name": name,
            "granted": false,
            "secret": null,
            "grant": null,
            "line": null,
            "closed": closed_json(closed),
        }),
    }
}

fn work_text(decision: &WorkDecision) -> String {
    match decision {
        WorkDecision::Granted(given) => {
            let preview = match (given.preview, given.approval) {
                (false, _) => "",
                (true, Approver::Operator) => "\n         each call's changes wait for a yes",
                (true, Approver::Client) => {
                    "\n         each call's changes wait for a yes, which its client may say"
                }
            };
            let (folder, access) = (given.folder.display(), given.access.as_str());
            let line = given.line;
            format!("\ngranted  folder /work: {access}, {folder}, line {line}{preview}\n")
        }
        WorkDecision::Closed(closed) => {
            format!(
                "\nCLOSED   folder /work: {}\n{}",
                closed.code,
                explain(closed)
            )
        }
    }
}

fn work_json(decision: &WorkDecision) -> Value {
    match decision {
        WorkDecision::Granted(given) => json!({
            "granted": true,
            "folder": given.folder,
            "access": given.access,
            "preview": given.preview,
            "approval": given.approval.as_str(),
            "line": given.line,
            "closed": null,
        }),
        WorkDecision::Closed(closed) => json!({ "granted": false, "closed": closed_json(closed) }),
    }
}

fn closed_json(closed: &Closed) -> Value {
    json!({ "code": closed.code, "why": closed.why, "mend": closed.mend })
}
