//! Cases beside the package that they are of: one that names what the package does not have can never
//! pass, and says so before anything runs.

use hotcell_package::{Diagnostic, MANIFEST_FILE, Package, near_name};

use super::{Case, ExpectedEnd};

/// The host's code for a tool that is not there; a case may be about that.
const UNKNOWN_TOOL: &str = "unknown_tool";

/// Returns an error for each tool, declared failure and setting that a case names and the package does
/// not have.
pub fn misfits(package: &Package, cases: &[Case]) -> Vec<Diagnostic> {
    cases
        .iter()
        .flat_map(|case| of_case(package, case))
        .collect()
}

fn of_case(package: &Package, case: &Case) -> Vec<Diagnostic> {
    let is_about_it = case.expected.end == ExpectedEnd::Refused(UNKNOWN_TOOL.to_owned());
    let tools = || package.contract.tools.iter().map(|tool| tool.name.as_str());
    let Some(tool) = package.contract.tool(&case.tool) else {
        if is_about_it {
            return Vec::new();
        }
        let message = format!("the skill `{}` has no tool `{}`", package.name, case.tool);
        let found = Diagnostic::error("unknown_tool", &case.file, message).at(case.tool_place);
        return vec![found.hint(one_of(&case.tool, tools()))];
    };
    let mut found = Vec::new();
    if let ExpectedEnd::Failure { code, .. } = &case.expected.end
        && is_skills_own(code)
        && tool.error(code).is_none()
    {
        let message = format!("the tool `{}` declares no error `{code}`", tool.name);
        let codes = tool.errors.iter().map(|error| error.code.as_str());
        let error = Diagnostic::error("unknown_failure", &case.file, message);
        found.push(error.at(case.expected.place).hint(one_of(code, codes)));
    }
    let keys = || package.manifest.config.iter().map(|ask| ask.key.as_str());
    for key in case.settings.keys() {
        if !keys().any(|known| known == key) {
            let message = format!("{MANIFEST_FILE} asks for no setting `{key}`");
            let error = Diagnostic::error("unknown_setting", &case.file, message);
            found.push(error.at(case.place).hint(one_of(key, keys())));
        }
    }
    found
}

/// Whether a code is one that a skill declares: the host's own, such as `trap`, are in small letters.
fn is_skills_own(code: &str) -> bool {
    code.starts_with(|c: char| c.is_ascii_uppercase())
}

fn one_of<'n>(name: &str, known: impl Iterator<Item = &'n str> + Clone) -> String {
    if let Some(near) = near_name(name, known.clone()) {
        return format!("write `{near}`");
    }
    let known: Vec<_> = known.map(|name| format!("`{name}`")).collect();
    match known.is_empty() {
        true => "remove it: there is none".to_owned(),
        false => format!("write one of {}", known.join(", ")),
    }
}
