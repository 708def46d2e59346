//! What an operator wrote for a skill that the skill does not ask for: most often a misspelling.

use hotcell_package::{Diagnostic, near_name};

use crate::config::{Config, GrantSubject};
use crate::egress::SkillIdentity;

/// Returns a warning for each grant that is for this very package and names what its manifest
/// does not ask for. Such a grant gives nothing.
pub fn stray_grants(config: &Config, skill: SkillIdentity<'_>) -> Vec<Diagnostic> {
    let manifest = skill.manifest;
    let mut found = Vec::new();
    for grant in config.grants.iter().filter(|grant| grant.is_for(skill)) {
        let (names, known): (&[String], Vec<&str>) = match &grant.subject {
            GrantSubject::Credential { credential, .. } => (
                std::slice::from_ref(credential),
                manifest
                    .credentials
                    .iter()
                    .map(|ask| ask.name.as_str())
                    .collect(),
            ),
            GrantSubject::Http(ids) => (
                ids,
                manifest.http.iter().map(|ask| ask.id.as_str()).collect(),
            ),
            GrantSubject::Work(_) => {
                if manifest.files.is_none() {
                    let message = format!("`{}` does not ask for a folder at /work", skill.name);
                    let warning = Diagnostic::warning("stray_grant", &config.file, message);
                    found.push(warning.at(grant.place).hint("remove it"));
                }
                continue;
            }
        };
        for name in names.iter().filter(|name| !known.contains(&name.as_str())) {
            let message = format!("`{}` does not ask for `{name}`", skill.name);
            let warning = Diagnostic::warning("stray_grant", &config.file, message);
            found.push(warning.at(grant.place).hint(mend(name, &known)));
        }
    }
    found
}

/// Returns a warning for each setting of the skill that its manifest does not ask for. The
/// skill does not see it.
pub fn stray_settings(config: &Config, skill: SkillIdentity<'_>) -> Vec<Diagnostic> {
    let known: Vec<&str> = skill
        .manifest
        .config
        .iter()
        .map(|ask| ask.key.as_str())
        .collect();
    let values = config.settings.get(skill.name).into_iter().flatten();
    let stray = values.filter(|(key, _)| !known.contains(&key.as_str()));
    let warnings = stray.map(|(key, _)| {
        let message = format!("`{}` does not ask for the setting `{key}`", skill.name);
        Diagnostic::warning("stray_setting", &config.file, message).hint(mend(key, &known))
    });
    warnings.collect()
}

fn mend(name: &str, known: &[&str]) -> String {
    match near_name(name, known.iter().copied()) {
        Some(near) => format!("write `{near}`"),
        None => "remove it".to_owned(),
    }
}
