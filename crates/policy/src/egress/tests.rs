//! What a skill may send, in permitted and refused pairs.
#![allow(clippy::unwrap_used)]

mod attacks;
mod grants;
mod mends;
mod narrowing;

use hotcell_package::{Digest, Manifest};

use crate::config::Config;
use crate::egress::{
    Closed, CredentialDecision, Egress, EgressRule, GrantId, SkillIdentity, Standing, egress,
};

/// Asks for two requests at one server, both with the credential `crm`.
const MANIFEST: &str = r#"
[skill]
version = "1.2.0"
[[http]]
id = "read"
origin = "https://crm.example"
methods = ["GET", "HEAD"]
path = "/v1/contacts/{id}"
[[http]]
id = "write"
origin = "https://crm.example"
methods = ["POST", "DELETE"]
path = "/v1/contacts"
[[credential]]
name = "crm"
on = ["read", "write"]
scopes = ["contacts"]
"#;

/// Six lines; what follows begins in line 7.
const SECRET: &str = r#"[secret.token]
source = "vault:token"
kind = "bearer"
origins = ["https://crm.example"]
scopes = ["contacts", "deals"]

"#;

/// One package, one file, and what was said beside it.
struct Scene {
    name: &'static str,
    digest: Digest,
    manifest: Manifest,
    standing: Standing,
}

impl Scene {
    fn new(manifest: &str) -> Scene {
        Scene {
            name: "crm",
            digest: Digest::of_bytes(b"crm"),
            manifest: Manifest::parse(manifest).unwrap(),
            standing: Standing::default(),
        }
    }

    fn approved(mut self) -> Scene {
        self.standing.approved.insert(self.digest);
        self
    }

    fn suspended(mut self, grant: &str) -> Scene {
        self.standing.suspended.insert(GrantId::new(grant));
        self
    }

    fn skill(&self) -> SkillIdentity<'_> {
        SkillIdentity {
            name: self.name,
            digest: &self.digest,
            manifest: &self.manifest,
        }
    }

    fn decide(&self, config: &str) -> Egress {
        let config = Config::parse("hotcell.toml", config).unwrap_or_else(|found| {
            panic!("{config}\n{found:?}");
        });
        egress(&config, self.skill(), &self.standing)
    }

    /// Asserts each rule's code in the manifest's order; `open` for one that is.
    fn check(&self, config: &str, expected: &[&str]) -> Egress {
        let egress = self.decide(config);
        let codes: Vec<&str> = egress.rules.iter().map(code).collect();
        assert_eq!(codes, expected, "{config}\n{egress:?}");
        for rule in &egress.rules {
            let is_closed = rule.closed.is_some();
            assert_eq!(rule.origins.is_empty(), is_closed, "{rule:?}");
            assert_eq!(rule.grants.is_empty(), is_closed, "{rule:?}");
            assert!(!is_closed || rule.credentials.is_empty(), "{rule:?}");
        }
        egress
    }

    /// The file with the secret, and one grant of it by digest.
    fn granted(&self) -> String {
        let skill = format!("{}@{}", self.name, self.digest);
        grant(&skill, "")
    }
}

/// The file with the secret and one grant, in line 7; `more` is its last lines.
fn grant(skill: &str, more: &str) -> String {
    format!(
        "{SECRET}[[grant]]\nskill = \"{skill}\"\ncredential = \"crm\"\nsecret = \"token\"\n{more}"
    )
}

fn code(rule: &EgressRule) -> &'static str {
    rule.closed.as_ref().map_or("open", |closed| closed.code)
}

fn closed(egress: &Egress) -> &Closed {
    egress.rules[0].closed.as_ref().unwrap()
}

fn credential<'e>(egress: &'e Egress, name: &str) -> &'e str {
    match &egress.credentials[name] {
        CredentialDecision::Granted { secret, .. } => secret,
        CredentialDecision::Closed(closed) => closed.code,
    }
}

fn origins(rule: &EgressRule) -> Vec<String> {
    rule.origins.iter().map(ToString::to_string).collect()
}
