//! A reflection suspends the grants that can place what was found, until an operator lifts them.

use hotcell_policy::egress::Egress;

use crate::broker::Inner;
use crate::error::SendError;
use crate::live::Live;
use crate::response::reflected;
use crate::scan::Hit;

/// Suspends the grants of a skill by which the secret that was found is placed; returns the
/// error that ends the exchange.
pub(crate) fn suspend(broker: &Inner, egress: &Egress, live: &Live, hit: Hit) -> SendError {
    let secret = live.secret(hit);
    let uses = egress.rules.iter().flat_map(|rule| &rule.credentials);
    for used in uses {
        if secret.is_none_or(|secret| secret == used.secret) {
            let why = format!("a response held the value of the secret {}", used.secret);
            broker.suspend(&used.grant, &why);
        }
    }
    reflected()
}
