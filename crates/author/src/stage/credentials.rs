//! Made-up credentials: a new value each time, for each that the manifest declares.

use std::collections::BTreeMap;

use hotcell_host::broker::scan::Needles;
use hotcell_host::broker::secrets::SecretValue;
use hotcell_package::{Manifest, Origin};
use hotcell_policy::config::SecretKind;

use crate::upstream::Received;

/// The made-up credentials of one stage.
pub(crate) struct Credentials {
    by_name: BTreeMap<String, Credential>,
    needles: Needles,
}

/// One of them.
pub(crate) struct Credential {
    pub(crate) value: String,
    /// How the broker places it.
    pub(crate) kind: SecretKind,
}

impl Credentials {
    /// Makes up all that a manifest declares, without those that are withheld.
    pub(crate) fn of(manifest: &Manifest, withhold: &[String]) -> Credentials {
        let mut by_name = BTreeMap::new();
        for (index, ask) in manifest.credentials.iter().enumerate() {
            if withhold.contains(&ask.name) {
                continue;
            }
            let mut random = [0; 24];
            getrandom::fill(&mut random).expect("the system has randomness");
            let hex: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
            let before = &manifest.credentials[..index];
            let shares = |id: &String| before.iter().any(|other| other.on.contains(id));
            // A request carries one `Authorization` only.
            let kind = match ask.on.iter().any(shares) {
                false => SecretKind::Bearer,
                true => SecretKind::Header {
                    name: format!("x-credential-{index}"),
                    prefix: String::new(),
                },
            };
            let value = format!("made-up-{hex}");
            by_name.insert(ask.name.clone(), Credential { value, kind });
        }
        let values: Vec<SecretValue> = by_name.values().map(Credential::secret).collect();
        Credentials {
            needles: Needles::new(&values),
            by_name,
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Credential)> {
        self.by_name.iter()
    }

    /// Returns the name of one whose value, or a part of it, is in `text`, in any usual form.
    pub(crate) fn find(&self, text: &[u8]) -> Option<&str> {
        let hit = self.needles.find(text)?;
        self.by_name.keys().nth(hit.needle).map(String::as_str)
    }

    /// Says of each credential that a request should carry and does not, and of each that it
    /// carries and should not.
    pub(crate) fn check(&self, manifest: &Manifest, request: &Received) -> Vec<String> {
        let path = request.target.split('?').next().unwrap_or_default();
        let ask = manifest.http.iter().find(|ask| {
            let exact = match &ask.origin {
                hotcell_package::AskedOrigin::Exact(origin) => *origin == request.origin,
                hotcell_package::AskedOrigin::Operators => true,
            };
            exact && ask.methods.contains(&request.method) && ask.path.matches(path)
        });
        let mut found = Vec::new();
        for (name, credential) in &self.by_name {
            let mut asks = manifest.credentials.iter();
            let declared = asks.find(|declared| declared.name == *name);
            let expected = match (ask, declared) {
                (Some(ask), Some(declared)) => declared.on.contains(&ask.id),
                _ => false,
            };
            let value = credential.value.as_bytes();
            let holds = |bytes: &[u8]| bytes.windows(value.len()).any(|window| window == value);
            let mut headers = request.headers.values();
            let carries = headers.any(|header| holds(header.as_bytes()))
                || holds(request.target.as_bytes())
                || holds(&request.body);
            match (expected, carries) {
                (true, false) => found.push(format!("does not carry the credential `{name}`")),
                (false, true) => found.push(format!("carries the credential `{name}`")),
                _ => {}
            }
        }
        found
    }
}

impl Credential {
    pub(crate) fn secret(&self) -> SecretValue {
        SecretValue::copy_of(self.value.as_bytes())
    }
}

/// Returns the origins that a manifest names exactly.
pub(crate) fn exact_origins(manifest: &Manifest) -> impl Iterator<Item = Origin> {
    manifest.http.iter().filter_map(|ask| match &ask.origin {
        hotcell_package::AskedOrigin::Exact(origin) => Some(origin.clone()),
        hotcell_package::AskedOrigin::Operators => None,
    })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use http::HeaderMap;

    use super::*;

    const MANIFEST: &str = r#"
[skill]
version = "1.0.0"
[[http]]
id = "orders"
origin = "https://a.example"
methods = ["GET"]
path = "/orders"
[[http]]
id = "open"
origin = "https://a.example"
methods = ["GET"]
path = "/open"
[[credential]]
name = "shop"
on = ["orders"]
[[credential]]
name = "extra"
on = ["orders"]
"#;

    fn request(path: &str, headers: HeaderMap) -> Received {
        Received {
            method: "GET".to_owned(),
            origin: Origin::parse("https://a.example").unwrap(),
            target: path.to_owned(),
            headers,
            body: bytes::Bytes::new(),
            used: None,
        }
    }

    #[test]
    fn a_value_is_found_in_whatever_form_it_leaks() {
        let manifest = Manifest::parse(MANIFEST).unwrap();
        let credentials = Credentials::of(&manifest, &[]);
        let value = &credentials.by_name["shop"].value;
        for text in [
            format!("the token is {value}."),
            value[10..40].to_owned(),
            STANDARD.encode(value),
            value.to_uppercase(),
            value.replace('a', "\\u0061"),
        ] {
            assert_eq!(credentials.find(text.as_bytes()), Some("shop"), "{text}");
        }
        assert_eq!(credentials.find(b"made-up words, and nothing else"), None);
        let other = Credentials::of(&manifest, &[]);
        assert_eq!(other.find(value.as_bytes()), None, "each run has its own");
    }

    #[test]
    fn a_credential_is_where_the_manifest_says() {
        let manifest = Manifest::parse(MANIFEST).unwrap();
        let credentials = Credentials::of(&manifest, &["extra".to_owned()]);
        let mut carrying = HeaderMap::new();
        let header = format!("Bearer {}", credentials.by_name["shop"].value);
        carrying.insert("authorization", header.parse().unwrap());
        let check = |path: &str, headers: &HeaderMap, expected: &[&str]| {
            let found = credentials.check(&manifest, &request(path, headers.clone()));
            assert_eq!(found, expected, "{path}");
        };
        check("/orders?page=1", &carrying, &[]);
        check(
            "/orders",
            &HeaderMap::new(),
            &["does not carry the credential `shop`"],
        );
        check("/open", &HeaderMap::new(), &[]);
        check("/open", &carrying, &["carries the credential `shop`"]);
    }
}
