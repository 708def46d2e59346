//! What a skill's responses are scanned for: every live value that its grants can place.
//!
//! Not only the values of the request at hand: a skill could store a value at a server with one
//! request and fetch it with the next.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use hotcell_policy::egress::Egress;

use crate::scan::{Hit, Needles};
use crate::secrets::SecretValue;

/// Sets of values for which a scan is kept ready.
const PREPARED_MAX: usize = 64;

/// A scan for some values, and whose they are.
pub(crate) struct Live {
    pub(crate) needles: Arc<Needles>,
    /// By the needle's index.
    secrets: Vec<String>,
    values: Vec<(String, SecretValue)>,
}

impl Live {
    /// Returns the name of the secret that was found.
    pub(crate) fn secret(&self, hit: Hit) -> Option<&str> {
        self.secrets.get(hit.needle).map(String::as_str)
    }
}

/// Keeps scans for the values of the last calls: making one costs more than a small exchange.
#[derive(Default)]
pub(crate) struct Prepared(Mutex<Vec<Arc<Live>>>);

impl Prepared {
    /// Returns a scan for `values`, which stand with their secret's name, and for what `derived`
    /// makes of them.
    pub(crate) fn scan(
        &self,
        values: Vec<(&str, SecretValue)>,
        derived: impl Fn(&str, &SecretValue) -> Option<SecretValue>,
    ) -> Arc<Live> {
        let mut prepared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(live) = prepared.iter().find(|live| same(&live.values, &values)) {
            return Arc::clone(live);
        }
        let mut bare: Vec<SecretValue> = values.iter().map(|(_, value)| value.clone()).collect();
        let mut secrets: Vec<String> = values.iter().map(|(name, _)| (*name).to_owned()).collect();
        for (name, value) in &values {
            if let Some(more) = derived(name, value) {
                bare.push(more);
                secrets.push((*name).to_owned());
            }
        }
        let live = Arc::new(Live {
            needles: Arc::new(Needles::new(&bare)),
            values: values
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            secrets,
        });
        if prepared.len() >= PREPARED_MAX {
            prepared.remove(0);
        }
        prepared.push(Arc::clone(&live));
        live
    }
}

fn same(a: &[(String, SecretValue)], b: &[(&str, SecretValue)]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|((name_a, a), (name_b, b))| name_a == name_b && a.is_same(b))
}

/// Returns the names of the secrets that the open rules of `egress` can place.
pub(crate) fn secrets_of(egress: &Egress) -> BTreeSet<String> {
    let open = egress.rules.iter().filter(|rule| rule.closed.is_none());
    open.flat_map(|rule| rule.credentials.iter().map(|used| used.secret.clone()))
        .collect()
}
