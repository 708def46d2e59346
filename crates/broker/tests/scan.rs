//! The scan for secret values: everything usual is found, everywhere, and honest text passes.

#![allow(clippy::unwrap_used)]

#[path = "scan/dice.rs"]
mod dice;
#[path = "scan/encode.rs"]
mod encode;
#[path = "scan/found.rs"]
mod found;
#[path = "scan/keys.rs"]
mod keys;
#[path = "scan/passes.rs"]
mod passes;
#[path = "scan/reference.rs"]
mod reference;
#[path = "scan/stream.rs"]
mod stream;

use std::sync::Arc;

use hotcell_broker::scan::Needles;
use hotcell_broker::secrets::SecretValue;

/// A value of the shape that most tokens have.
pub(crate) const CANARY: &[u8] = b"hc_Zq3-Vt8_LmX0pYw7KdRnB2sQfJ5uGe9A";

pub(crate) fn needles<V: AsRef<[u8]>>(values: &[V]) -> Arc<Needles> {
    let value = |value: &V| SecretValue::new(value.as_ref().to_vec());
    Arc::new(Needles::new(&values.iter().map(value).collect::<Vec<_>>()))
}
