//! The CRM's contacts and deals, and the rules on them.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::servers::crm::records;

/// Fields that a request may set.
const FIELDS: [&str; 4] = ["name", "email", "company", "note"];

/// Why a request is refused: status, code and message.
pub(crate) type Refusal = (u16, &'static str, &'static str);

/// An answer that is kept for its idempotency key, with the request that had it.
struct Kept {
    request: Vec<u8>,
    answer: (u16, Value),
}

pub(crate) struct Book {
    contacts: Vec<Value>,
    deals: Vec<Value>,
    kept: HashMap<String, Kept>,
}

impl Book {
    pub(crate) fn seeded() -> Self {
        Self {
            contacts: records::contacts(),
            deals: records::deals(),
            kept: HashMap::new(),
        }
    }

    /// Returns the contacts that have all words of `query` in name, e-mail address or company.
    pub(crate) fn contacts(&self, query: &str) -> Vec<Value> {
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        let fits = |contact: &&Value| {
            let text = ["name", "email", "company"]
                .map(|field| contact[field].as_str().unwrap_or_default().to_lowercase())
                .join("\n");
            words.iter().all(|word| text.contains(word))
        };
        self.contacts.iter().filter(fits).cloned().collect()
    }

    pub(crate) fn contact(&self, id: &str) -> Option<&Value> {
        self.contacts.iter().find(|contact| contact["id"] == id)
    }

    /// Returns the deals of a contact, or all.
    pub(crate) fn deals(&self, contact: Option<&str>) -> Vec<Value> {
        let fits = |deal: &&Value| contact.is_none_or(|id| deal["contact_id"] == id);
        self.deals.iter().filter(fits).cloned().collect()
    }

    pub(crate) fn create(&mut self, body: &[u8]) -> Result<Value, Refusal> {
        let given = read(body)?;
        for field in ["name", "email"] {
            if !given.contains_key(field) {
                return Err((422, "missing_field", "name and email are required"));
            }
        }
        self.check_email(&given, None)?;
        let mut contact = json!({
            "id": format!("c-{}", 101 + self.contacts.len()),
            "name": null, "email": null, "company": null, "note": null,
        });
        set(&mut contact, given);
        self.contacts.push(contact.clone());
        Ok(contact)
    }

    pub(crate) fn update(&mut self, id: &str, body: &[u8]) -> Result<Value, Refusal> {
        let unknown = (404, "not_found", "no such contact");
        self.contact(id).ok_or(unknown)?;
        let given = read(body)?;
        self.check_email(&given, Some(id))?;
        let known = |contact: &&mut Value| contact["id"] == id;
        let contact = self.contacts.iter_mut().find(known).ok_or(unknown)?;
        set(contact, given);
        Ok(contact.clone())
    }

    /// Returns the answer that this key had before; `request` is all that tells two apart.
    pub(crate) fn recall(
        &self,
        key: &str,
        request: &[u8],
    ) -> Option<Result<(u16, Value), Refusal>> {
        let kept = self.kept.get(key)?;
        Some(match kept.request == request {
            true => Ok(kept.answer.clone()),
            false => Err((409, "idempotency_key_reused", "the key had another request")),
        })
    }

    pub(crate) fn keep(&mut self, key: &str, request: Vec<u8>, answer: (u16, Value)) {
        self.kept.insert(key.to_owned(), Kept { request, answer });
    }

    fn check_email(&self, given: &Map<String, Value>, of: Option<&str>) -> Result<(), Refusal> {
        let Some(email) = given.get("email").and_then(Value::as_str) else {
            return Ok(());
        };
        let email = email.to_lowercase();
        let taken = self.contacts.iter().any(|contact| {
            let theirs = contact["email"].as_str().map(str::to_lowercase);
            theirs.as_deref() == Some(&email) && contact["id"].as_str() != of
        });
        match taken {
            true => Err((
                409,
                "email_taken",
                "another contact has this e-mail address",
            )),
            false => Ok(()),
        }
    }
}

fn set(contact: &mut Value, given: Map<String, Value>) {
    for (field, value) in given {
        contact[field] = value;
    }
}

/// Reads fields of a contact; each is a text that fits, and the note may be null.
fn read(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let Ok(Value::Object(given)) = serde_json::from_slice(body) else {
        return Err((400, "no_json", "the body is no JSON object"));
    };
    if given.is_empty() {
        return Err((422, "empty", "at least one field is required"));
    }
    for (field, value) in &given {
        if !FIELDS.contains(&field.as_str()) {
            return Err((
                422,
                "unknown_field",
                "only name, email, company and note can be set",
            ));
        }
        let fits = match (field.as_str(), value) {
            ("name", Value::String(text)) => !text.trim().is_empty() && text.len() <= 200,
            ("email", Value::String(text)) => is_email(text),
            ("company" | "note", Value::String(text)) => text.len() <= 4_000,
            ("company" | "note", Value::Null) => true,
            _ => false,
        };
        if !fits {
            return Err((
                422,
                "invalid_field",
                "a field has a value that it cannot have",
            ));
        }
    }
    Ok(given)
}

fn is_email(text: &str) -> bool {
    let plain = !text.contains(char::is_whitespace) && text.len() <= 254;
    plain
        && text.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
        })
}
