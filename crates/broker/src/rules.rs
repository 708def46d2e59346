//! Step 2: which rule a request fits.

use hotcell_package::Effect;
use hotcell_policy::egress::{Egress, EgressRule};
use http::Method;

use crate::canonical::Target;
use crate::error::Denial;

/// Returns the rule that allows a request. The rules of a manifest do not overlap, so at most
/// one fits.
pub(crate) fn matching<'a>(
    egress: &'a Egress,
    effect: Effect,
    method: &Method,
    target: &Target,
) -> Result<&'a EgressRule, Denial> {
    check_effect(effect, method)?;
    let fits = |rule: &&EgressRule| {
        rule.closed.is_none()
            && rule.origins.contains(&target.origin)
            && rule
                .methods
                .iter()
                .any(|allowed| allowed == method.as_str())
            && rule.path.matches(&target.path)
    };
    match egress.rules.iter().find(fits) {
        Some(rule) => Ok(rule),
        None => Err(refusal(egress, target)),
    }
}

/// The effect that a tool declares bounds it, whatever is granted to its skill.
fn check_effect(effect: Effect, method: &Method) -> Result<(), Denial> {
    let (code, allowed) = match effect {
        Effect::None => ("effect_none", false),
        Effect::Read => (
            "effect_read",
            *method == Method::GET || *method == Method::HEAD,
        ),
        Effect::Write => ("effect_write", true),
    };
    match allowed {
        true => Ok(()),
        false => Err(Denial::new(
            code,
            "the tool's effect in skill.toml does not allow this method; `read` allows GET and \
             HEAD, `write` all that is granted",
        )),
    }
}

/// Tells the guest `egress_denied` for whatever its manifest does not ask for, and the reason of
/// a closed rule where the request fits what was asked and nothing of it is open.
fn refusal(egress: &Egress, target: &Target) -> Denial {
    let asked = egress.rules.iter().find_map(|rule| {
        rule.closed
            .as_ref()
            .filter(|_| rule.path.matches(&target.path))
    });
    match asked {
        Some(closed) => {
            // TOML begins on a line of its own, so that a person can copy it.
            let lines = closed.mend.lines().count();
            let between = if lines > 1 { "; write:\n" } else { "; " };
            let (why, mend) = (&closed.why, &closed.mend);
            Denial::new(closed.code, format!("{why}{between}{mend}"))
        }
        None => Denial::new(
            "egress_denied",
            format!(
                "a request to {} fits nothing that is both asked for in skill.toml and granted; \
                 `hotcell check-config PACKAGE` lists both",
                target.origin
            ),
        ),
    }
}
