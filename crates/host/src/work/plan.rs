//! Whether a call gets a host folder, before it runs.

use hotcell_package::Effect;
use hotcell_policy::Refusal;
use hotcell_policy::egress::WorkDecision;

use super::{Consent, WorkPlan};
use crate::invoke::Ask;
use crate::offers::void;
use crate::{Host, Skill};

impl Host {
    /// Decides which folder a call works in; none where its tool sees none.
    pub(crate) fn plan_work(
        &self,
        skill: &Skill,
        ask: &Ask,
        is_job: bool,
    ) -> Result<Option<WorkPlan>, Refusal> {
        let package = &skill.package;
        let effect = package.manifest.tool(&ask.invocation.tool).effect;
        if package.manifest.files.is_none() || effect == Effect::None {
            return match ask.consent {
                Consent::AsGranted | Consent::Any | Consent::Offer | Consent::Declined(_) => {
                    Ok(None)
                }
                Consent::Preview | Consent::To(_) => Err(nothing_to_preview()),
                Consent::Accepted(_) => Err(void()),
            };
        }
        let decision = match &self.options.operator {
            Some(operator) => operator.work(package)?,
            None => None,
        };
        let allowed = match decision {
            Some(WorkDecision::Granted(allowed)) => allowed,
            Some(WorkDecision::Closed(closed)) => return Err(not_granted(closed.code)),
            None => return Err(not_granted("not_granted")),
        };
        let Some(access) = allowed.for_effect(effect) else {
            return Ok(None);
        };
        let plan = WorkPlan {
            allowed,
            access,
            consent: ask.consent.clone(),
        };
        match is_job && (plan.is_preview() || !ask.consent.is_as_granted()) {
            true => Err(no_preview_of_a_job()),
            false => Ok(Some(plan)),
        }
    }
}

fn not_granted(code: &str) -> Refusal {
    let message = format!("this skill works in a folder at /work, and has none: {code}");
    let hint = "the operator grants one; `hotcell check-config SKILL` says what to write";
    Refusal::new("work_not_granted", message).hint(hint)
}

fn nothing_to_preview() -> Refusal {
    let message = "this tool changes no folder, so that there is nothing to preview";
    Refusal::new("nothing_to_preview", message).hint("call it without --preview and --apply")
}

fn no_preview_of_a_job() -> Refusal {
    let message = "a job's changes cannot be previewed: nobody waits for it";
    let hint = "call the tool at once, or let the operator grant the folder without `preview`";
    Refusal::new("no_preview_of_a_job", message).hint(hint)
}
