//! What one face showed of a case, made comparable.

use std::collections::BTreeMap;

use serde_json::Value;

/// The Outcome of a case and the files behind it.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) outcome: Value,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

impl Seen {
    /// Takes an Outcome as a face tells it, and the files that came with it.
    ///
    /// What differs from run to run is checked here and replaced by a mark:
    ///
    /// - `invocation_id` is `inv-` and 32 hex digits: `inv-*`;
    /// - so is `correlation_id` (`cor-*`), where `given` is none; else it is the one given;
    /// - in `usage`, `wall_ms` and every count that is not 0 become `*`. A fuel of null, where
    ///   a call did not run or the clock stopped it, and a count of 0 stay.
    pub(crate) fn new(
        mut outcome: Value,
        given: Option<&str>,
        files: BTreeMap<String, Vec<u8>>,
    ) -> Result<Seen, String> {
        replace_id(&mut outcome, "invocation_id", "inv-")?;
        match given {
            None => replace_id(&mut outcome, "correlation_id", "cor-")?,
            Some(given) if outcome["correlation_id"] == given => {}
            Some(given) => return Err(format!("the correlation id is not `{given}`")),
        }
        replace_usage(&mut outcome)?;
        crate::artifacts::check(&outcome, &files)?;
        Ok(Seen { outcome, files })
    }

    /// Returns the Outcome as it stands in `expected.json`.
    pub(crate) fn outcome_text(&self) -> String {
        let text = serde_json::to_string_pretty(&self.outcome).expect("a value serialises");
        text + "\n"
    }
}

fn replace_id(outcome: &mut Value, field: &str, prefix: &str) -> Result<(), String> {
    let id = outcome[field].as_str().unwrap_or_default();
    let is_id = id.strip_prefix(prefix).is_some_and(|digits| {
        digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    });
    if !is_id {
        return Err(format!(
            "`{field}` is `{id}`, not `{prefix}` and 32 hex digits"
        ));
    }
    outcome[field] = Value::from(format!("{prefix}*"));
    Ok(())
}

fn replace_usage(outcome: &mut Value) -> Result<(), String> {
    let usage = outcome["usage"]
        .as_object_mut()
        .ok_or("there is no usage")?;
    for (name, value) in usage {
        let counted = value.is_null() || value.is_u64();
        if !counted {
            return Err(format!("usage.{name} is {value}"));
        }
        if name == "wall_ms" || value.as_u64().is_some_and(|count| count > 0) {
            *value = Value::from("*");
        }
    }
    Ok(())
}
