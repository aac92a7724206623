//! Event filter patterns, of the kinds that this project's template uses. Other kinds are refused at the start.

use serde_json::{Value, json};

/// An event filter pattern, of the kinds that this project's template uses.
#[derive(Debug, Clone)]
pub struct Filter(Value);

impl Filter {
    pub fn parse(pattern: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(pattern).map_err(|error| format!("filter pattern: {error}"))?;
        check(&value)?;
        Ok(Self(value))
    }

    /// Whether a record passes.
    #[must_use]
    pub fn matches(&self, record: &Value) -> bool {
        matches(&self.0, record)
    }
}

fn check(pattern: &Value) -> Result<(), String> {
    match pattern {
        Value::Object(fields) => fields.values().try_for_each(check),
        Value::Array(choices)
            if choices.iter().all(|choice| choice.is_string() || choice.is_number() || choice.is_null() || *choice == exists()) =>
        {
            Ok(())
        }
        other => Err(format!("the local stream does not support the filter {other}")),
    }
}

fn matches(pattern: &Value, value: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields.iter().all(|(name, pattern)| matches(pattern, &value[name])),
        Value::Array(choices) => choices.contains(value) || (choices.contains(&exists()) && !value.is_null() && !value.is_object()),
        _ => false,
    }
}

/// Matches a field that is present, whatever its value. As in Lambda, it does not match an object.
fn exists() -> Value {
    json!({ "exists": true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_look_into_the_record() {
        let filter =
            Filter::parse(r#"{"eventName": ["INSERT", "MODIFY"], "dynamodb": {"NewImage": {"kind": {"S": ["account"]}}}}"#).unwrap();
        let record = |name: &str, kind: &str| json!({ "eventName": name, "dynamodb": { "NewImage": { "kind": { "S": kind } } } });
        assert!(filter.matches(&record("MODIFY", "account")));
        assert!(!filter.matches(&record("REMOVE", "account")));
        assert!(!filter.matches(&record("INSERT", "session")));
        assert!(!filter.matches(&json!({ "eventName": "INSERT", "dynamodb": {} })));
        let there = Filter::parse(r#"{"a": {"S": [{"exists": true}]}}"#).unwrap();
        assert!(there.matches(&json!({ "a": { "S": "x" } })) && !there.matches(&json!({ "a": {} })) && !there.matches(&json!({})));
        assert!(Filter::parse(r#"{"a": [{"numeric": [">", 1]}]}"#).is_err());
        assert!(Filter::parse("{").is_err());
    }
}
