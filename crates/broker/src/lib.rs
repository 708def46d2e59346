//! The broker: the only crate that dials, and the only one that sees a secret's value.
//!
//! A skill asks for a request; the broker decides by the rules that the policy made of manifest,
//! grant and secret record, checks the address, places the secret, sends, looks through what comes
//! back, writes it down, and hands it on. It never widens a grant, follows no redirect, reads no
//! environment, and knows no wasmtime.
//!
//! Read `session.rs` first: it is the way of one request, top to bottom, and each step is a file:
//!
//! 1. `canonical.rs`: one reading of the URL, for matching and for the wire;
//! 2. `rules.rs`, `meter.rs`: which rule it fits, and how often;
//! 3. `headers.rs`: what a guest may not set;
//! 4. `scan.rs`, `request_body.rs`: no secret leaves by the guest's hand;
//! 5. `dial.rs`: a checked and kept address, TLS;
//! 6. `placing.rs`, `place.rs`, `tokens.rs`: the secret, where its own record says;
//! 7. `session.rs`, `pool.rs`, `enrich.rs`: one exchange by HTTP/1.1;
//! 8. `response.rs`, `decode.rs`, `delivery.rs`, `watch.rs`: what of the response the guest may see;
//! 9. `record.rs`: written down before it is handed on.
//!
//! What stays open is said in `docs/attacks.md`.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod body;
mod broker;
mod callback;
mod canonical;
mod decode;
mod delivery;
mod dial;
mod enrich;
mod error;
mod headers;
mod live;
pub mod meter;
mod place;
mod placing;
mod pool;
mod record;
mod request_body;
mod response;
mod rules;
pub mod scan;
pub mod secrets;
mod session;
mod token_client;
mod tokens;
mod watch;

pub use body::{Body, BodyError};
pub use broker::{Broker, BrokerOptions, InProcessOptions, Suspend};
pub use callback::CallbackDelivery;
pub use dial::{Resolve, Roots, RootsError, Servers, SystemResolver, Wire};
pub use enrich::CallIdentity;
pub use error::{Denial, SendError};
pub use record::Record;
pub use session::{CredentialState, Session};
