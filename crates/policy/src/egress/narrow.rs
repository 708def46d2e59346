//! What a request may be, after everybody has taken away from it.

use hotcell_package::{AskedOrigin, HttpAsk, Origin};

use crate::config::GrantTable;
use crate::egress::closed::{list, nothing_left, server_unsaid, unencrypted};
use crate::egress::decide::{Case, Placed};
use crate::egress::{Closed, mend};

/// Returns the origins and the methods that the manifest, each grant and each secret have in
/// common; neither is empty.
pub(super) fn narrow(
    case: Case<'_>,
    ask: &HttpAsk,
    grants: &[&GrantTable],
    secrets: &[Placed<'_>],
) -> Result<(Vec<Origin>, Vec<String>), Closed> {
    let mut origins = asked_origins(case, ask, grants)?;
    for grant in grants.iter().filter(|grant| !grant.origins.is_empty()) {
        let before = list(&origins);
        origins.retain(|origin| grant.origins.contains(origin));
        if origins.is_empty() {
            let line = grant.place.line;
            let why = format!("the grant allows {}, not {before}", list(&grant.origins));
            let mend = format!(
                "if it may go there, add it to `origins` of the grant in line {line}, or remove \
                 `origins`"
            );
            return Err(nothing_left(case, line, &ask.id, &why, mend));
        }
    }
    for placed in secrets {
        let before = list(&origins);
        origins.retain(|origin| placed.secret.origins.contains(origin));
        if origins.is_empty() {
            let line = placed.secret.place.line;
            let (name, allowed) = (placed.name, list(&placed.secret.origins));
            let why = format!("the secret `{name}` may go to {allowed}, not to {before}");
            let mend = format!(
                "if that server may have this secret, add it to `origins` of [secret.{name}]"
            );
            return Err(nothing_left(case, line, &ask.id, &why, mend));
        }
    }
    let plain_http = &case.config.egress.plain_http;
    let plain = list(&origins);
    origins.retain(|origin| origin.is_https() || plain_http.contains(origin));
    if origins.is_empty() {
        return Err(unencrypted(&ask.id, &plain, plain_http));
    }
    Ok((origins, methods(case, ask, grants)?))
}

/// Returns the server that the manifest names; where it leaves that to the operator, the ones
/// that the grants name.
fn asked_origins(
    case: Case<'_>,
    ask: &HttpAsk,
    grants: &[&GrantTable],
) -> Result<Vec<Origin>, Closed> {
    if let AskedOrigin::Exact(origin) = &ask.origin {
        return Ok(vec![origin.clone()]);
    }
    // Each grant is a word of its own: one that names no server does not give every server
    // of another grant.
    if let Some(silent) = grants.iter().find(|grant| grant.origins.is_empty()) {
        let mend = mend::origins_line(case, silent);
        return Err(server_unsaid(case, silent, &ask.id, mend));
    }
    let first = grants.first().map(|grant| grant.origins.clone());
    Ok(first.unwrap_or_default())
}

fn methods(case: Case<'_>, ask: &HttpAsk, grants: &[&GrantTable]) -> Result<Vec<String>, Closed> {
    let mut methods = ask.methods.clone();
    for grant in grants.iter().filter(|grant| !grant.methods.is_empty()) {
        let before = methods.join(", ");
        methods.retain(|method| grant.methods.contains(method));
        if methods.is_empty() {
            let line = grant.place.line;
            let why = format!(
                "the grant allows {}, not {before}",
                grant.methods.join(", ")
            );
            let mend = format!(
                "if it may send that, add it to `methods` of the grant in line {line}, or remove \
                 `methods`"
            );
            return Err(nothing_left(case, line, &ask.id, &why, mend));
        }
    }
    Ok(methods)
}
