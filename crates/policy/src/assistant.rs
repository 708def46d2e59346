//! Which assistant a caller may use, and which version of a skill it has.
//!
//! An assistant narrows and never widens: a caller that uses one sees the skills that it has, as
//! far as the caller may use them itself. One that the caller may not use looks absent.

use hotcell_package::{near_name, printable};

use crate::config::{AssistantTable, Config};
use crate::{Reference, Refusal};

/// Returns an assistant that a caller may use.
///
/// # Errors
/// Refuses one that is not there, and one that is not for this caller as if it were not there.
pub fn use_assistant<'c>(
    config: &'c Config,
    caller: &str,
    name: &str,
) -> Result<&'c AssistantTable, Refusal> {
    let assistant = config.assistants.get(name);
    let is_for = |one: &AssistantTable| {
        let callers = one.callers.as_ref();
        callers.is_none_or(|callers| callers.iter().any(|one| one == caller))
    };
    assistant.filter(|one| is_for(one)).ok_or_else(|| {
        let all = config.assistants.iter();
        let visible = all.filter(|(_, one)| is_for(one));
        unknown_assistant(name, visible.map(|(name, _)| name.as_str()))
    })
}

/// Returns the pin of a skill that an assistant has; none where it has none of that name.
pub fn attachment<'a>(assistant: &'a AssistantTable, skill: &str) -> Option<&'a Reference> {
    let mut skills = assistant.skills.iter().map(|one| &one.pin);
    skills.find(|pin| pin.name == skill)
}

/// Returns the refusal of an assistant that is absent, or not for the caller. `visible` are the
/// names of which the caller may know.
pub fn unknown_assistant<'n>(name: &str, visible: impl IntoIterator<Item = &'n str>) -> Refusal {
    let message = format!("there is no assistant `{}`", printable(name));
    let hint = match near_name(name, visible) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "the operator can add a table `[assistant.NAME]`".to_owned(),
    };
    Refusal::new("unknown_assistant", message).hint(hint)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const TEXT: &str = "[caller.ann]\n[caller.bob]\n\
        [assistant.sales]\nskills = [\"crm@1\", \"tax-check\"]\ncallers = [\"ann\"]\n\
        [assistant.desk]\nskills = [\"crm@2.0.0\"]\n";

    #[test]
    fn an_assistant_that_is_not_for_a_caller_looks_absent() {
        let config = Config::parse("hotcell.toml", TEXT).unwrap();
        assert!(use_assistant(&config, "ann", "sales").is_ok());
        assert!(use_assistant(&config, "bob", "desk").is_ok());
        let hidden = use_assistant(&config, "bob", "sales").unwrap_err();
        assert_eq!(hidden.code, "unknown_assistant");
        assert_eq!(hidden, unknown_assistant("sales", ["desk"]));
        let near = use_assistant(&config, "ann", "salse").unwrap_err();
        assert_eq!(near.hint.unwrap(), "did you mean `sales`?");
    }

    #[test]
    fn an_assistant_has_its_own_version() {
        let config = Config::parse("hotcell.toml", TEXT).unwrap();
        let pin = |name: &str, skill: &str| {
            let pin = attachment(&config.assistants[name], skill);
            pin.map(ToString::to_string)
        };
        assert_eq!(pin("sales", "crm").unwrap(), "crm@^1");
        assert_eq!(pin("desk", "crm").unwrap(), "crm@2.0.0");
        assert_eq!(pin("desk", "tax-check"), None);
    }
}
