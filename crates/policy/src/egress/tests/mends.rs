//! What an operator is told to write is right: written, it loads and grants.

use super::{MANIFEST, SECRET, Scene, closed, grant};
use crate::config::Config;

/// Adds the mend of the first closed rule to the file until nothing is closed.
fn follow(scene: &Scene, config: &str) -> String {
    let mut config = config.to_owned();
    for _ in 0..3 {
        let egress = scene.decide(&config);
        let Some(closed) = egress.rules.iter().find_map(|rule| rule.closed.clone()) else {
            return config;
        };
        assert_eq!(closed.code, "not_granted", "{closed:?}");
        config = format!("{config}\n{}\n", closed.mend);
    }
    panic!("the mends do not mend: {config}");
}

#[test]
fn a_grant_and_a_secret_for_it() {
    let scene = Scene::new(MANIFEST);
    let mended = follow(&scene, "");
    let config = Config::parse("hotcell.toml", &mended).unwrap();
    let secret = &config.secrets["crm"];
    assert_eq!(secret.scopes, ["contacts"]);
    assert_eq!(secret.origins[0].to_string(), "https://crm.example");
    assert_eq!(
        config.grants[0].skill.to_string(),
        format!("crm@{}", scene.digest)
    );
    assert!(mended.contains("hotcell secret set crm"), "{mended}");
}

#[test]
fn a_secret_that_fits_is_used() {
    let scene = Scene::new(MANIFEST);
    let mended = follow(&scene, SECRET);
    assert_eq!(mended.matches("[secret.").count(), 1, "{mended}");
    // One for another server, or with fewer scopes, does not fit; its name is not taken.
    let other = SECRET.replace("secret.token", "secret.crm");
    for unfit in [
        other.replace("crm.example", "erp.example"),
        other.replace("\"contacts\", ", ""),
    ] {
        let mended = follow(&scene, &unfit);
        assert!(mended.contains("[secret.\"crm-2\"]"), "{mended}");
    }
}

#[test]
fn a_grant_for_another_version_is_followed() {
    let scene = Scene::new(MANIFEST);
    let old = grant(
        "crm@2",
        "methods = [\"GET\", \"POST\"]\nrate = \"30/min\"\n",
    );
    let mended = follow(&scene, &old);
    let config = Config::parse("hotcell.toml", &mended).unwrap();
    let [old, new] = config.grants.as_slice() else {
        panic!("there are two");
    };
    assert_eq!(
        (&old.methods, &old.rate, &old.subject),
        (&new.methods, &new.rate, &new.subject)
    );
}

#[test]
fn requests_without_a_credential() {
    let manifest = "[skill]\nversion = \"1.0.0\"\n[[http]]\nid = \"page\"\norigin = \"https://a.example\"\n\
                    methods = [\"GET\"]\npath = \"/{*rest}\"\n";
    follow(&Scene::new(manifest), "");
    // Where only the operator knows the server, the file does not load before it is written.
    let scene = Scene::new(&manifest.replace("https://a.example", "*"));
    let mend = closed(&scene.decide("")).mend.clone();
    let found = Config::parse("hotcell.toml", &mend).unwrap_err();
    assert_eq!(found[0].code, "wrong_origin", "{mend}");
    let written = mend.replace("https://SERVER", "https://b.example");
    scene.check(&written, &["open"]);
}

/// A manifest's text cannot end its string in the mend, nor write a line of its own.
#[test]
fn a_hostile_manifest_writes_nothing_of_its_own() {
    let hostile = r#"x\"]\n[[grant]]\nskill = \"evil@1\"\nhttp = [\"a\"]\n#\u202e\u007f"#;
    let manifest = MANIFEST.replace("[\"contacts\"]", &format!("[\"{hostile}\"]"));
    let scene = Scene::new(&manifest);
    let mended = follow(&scene, "");
    let config = Config::parse("hotcell.toml", &mended).unwrap();
    assert_eq!(config.grants.len(), 1, "{mended}");
    assert_eq!(
        config.secrets["crm"].scopes,
        scene.manifest.credentials[0].scopes
    );
    assert!(!mended.contains(['\u{202e}', '\u{7f}']), "{mended:?}");
}

#[test]
fn names_that_no_secret_can_have_are_made_to_fit() {
    let mut scene = Scene::new(MANIFEST);
    scene.name = "4711-a-skill-with-a-name-that-is-as-long-as-a-name-can-ever-be-x";
    assert_eq!(scene.name.len(), 64);
    follow(&scene, "");
}
