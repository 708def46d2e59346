//! From TOML to JSON.

use hotcell_package::table::Reader;
use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::DeValue;

/// Returns a TOML value as JSON. A date has no like in JSON: it is an error, and so is a number
/// that JSON does not have.
pub(super) fn json(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Value> {
    Some(match value.get_ref() {
        DeValue::String(text) => Value::String(text.as_ref().to_owned()),
        DeValue::Boolean(is) => Value::Bool(*is),
        DeValue::Integer(number) => {
            let read = i64::from_str_radix(number.as_str(), number.radix());
            match read {
                Ok(read) => Value::Number(read.into()),
                Err(_) => return wrong(reader, value, "a number that JSON cannot hold"),
            }
        }
        DeValue::Float(number) => {
            let read = number.as_str().parse().ok().and_then(Number::from_f64);
            match read {
                Some(read) => Value::Number(read),
                None => return wrong(reader, value, "a number that JSON cannot hold"),
            }
        }
        DeValue::Datetime(_) => return wrong(reader, value, "a date, which JSON does not have"),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| json(reader, item));
            Value::Array(items.collect::<Option<_>>()?)
        }
        DeValue::Table(table) => {
            let mut members = Map::new();
            for (key, member) in table {
                members.insert(key.get_ref().as_ref().to_owned(), json(reader, member)?);
            }
            Value::Object(members)
        }
    })
}

fn wrong(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>, what: &str) -> Option<Value> {
    let hint = "write it as text, in quotes";
    reader.error("wrong_type", &value.span(), format!("this is {what}"), hint);
    None
}
