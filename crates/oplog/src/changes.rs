//! What an entry says of before and after: fields, and the words on either side. Pure.

use serde_json::{Map, Value};

/// One field on both sides; a side without words had nothing there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) field: String,
    pub(crate) before: Vec<String>,
    pub(crate) after: Vec<String>,
}

impl Change {
    pub(crate) fn is_changed(&self) -> bool {
        self.before != self.after
    }
}

/// Keys that are told as changes, or that say how the record is kept.
const TOLD: [&str; 8] = ["before", "after", "from", "to", "version", "taken_as", "parent", "is_renamed"];

/// Fields of an entry's body on both sides, in their order. A case's transition is a change of its state; a clock's other time one
/// of its due.
pub(crate) fn changes(body: &Value) -> Vec<Change> {
    if body.get("before").is_some() || body.get("after").is_some() {
        return of_objects(side(body, "before").as_ref(), side(body, "after").as_ref());
    }
    if body.get("to").is_none() {
        return Vec::new();
    }
    let field = if body.get("version").is_some() { "state" } else { "due" };
    let words_of = |name| body.get(name).map(words).unwrap_or_default();
    vec![Change { field: field.to_owned(), before: words_of("from"), after: words_of("to") }]
}

fn side(body: &Value, name: &str) -> Option<Map<String, Value>> {
    let mut side = body.get(name).and_then(Value::as_object)?.clone();
    // A role that the organisation made is told by its name, in the place of the word that all of them share.
    side.remove("own_role");
    if let Some(name) = side.remove("own_role_name").filter(Value::is_string) {
        side.insert("role".to_owned(), name);
    }
    Some(side)
}

fn of_objects(before: Option<&Map<String, Value>>, after: Option<&Map<String, Value>>) -> Vec<Change> {
    let keys = before.into_iter().chain(after).flat_map(Map::keys);
    let mut fields: Vec<&String> = Vec::new();
    for key in keys {
        if !fields.contains(&key) {
            fields.push(key);
        }
    }
    let of =
        |side: Option<&Map<String, Value>>, key: &str| side.and_then(|s| s.get(key)).map(words).unwrap_or_default();
    let change = |key: &String| Change { field: key.clone(), before: of(before, key), after: of(after, key) };
    fields.into_iter().map(change).filter(|change| !(change.before.is_empty() && change.after.is_empty())).collect()
}

/// What else an entry says: names and words that are neither change nor book-keeping.
pub(crate) fn facts(body: &Value) -> Vec<(String, Vec<String>)> {
    let fields = body.as_object().into_iter().flatten().filter(|(key, _)| !TOLD.contains(&key.as_str()));
    fields.map(|(key, value)| (key.clone(), words(value))).filter(|(_, words)| !words.is_empty()).collect()
}

/// The words of a value: one of a text, a number or a truth, as many as a list has, those of an object each with its name.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(words).collect(),
        Value::Object(fields) => fields.values().flat_map(words).collect(),
        Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(body: &Value) -> Vec<(String, String, String)> {
        let told = |c: Change| (c.field, c.before.join("+"), c.after.join("+"));
        changes(body).into_iter().map(told).collect()
    }

    fn row(field: &str, before: &str, after: &str) -> (String, String, String) {
        (field.to_owned(), before.to_owned(), after.to_owned())
    }

    #[test]
    fn both_sides_are_told_field_by_field_changed_or_not() {
        let body = json!({
            "user": "usr_1", "before": { "role": "merchant", "own_role": null, "own_role_name": null, "is_disabled": false },
            "after": { "role": "custom", "own_role": "rol_2", "own_role_name": "夜班", "is_disabled": false },
        });
        assert_eq!(told(&body), [row("role", "merchant", "夜班"), row("is_disabled", "false", "false")]);
        assert_eq!(changes(&body).iter().filter(|c| c.is_changed()).count(), 1);
        assert_eq!(facts(&body), [("user".to_owned(), vec!["usr_1".to_owned()])]);
    }

    #[test]
    fn what_was_made_or_deleted_has_one_side() {
        let made = json!({ "before": null, "after": { "name": "夜班", "permissions": ["a.b", "c.d"] } });
        assert_eq!(told(&made), [row("name", "", "夜班"), row("permissions", "", "a.b+c.d")]);
        let gone = json!({ "before": { "name": "夜班" }, "after": null });
        assert_eq!(told(&gone), [row("name", "夜班", "")]);
    }

    #[test]
    fn a_transition_is_a_change_of_state_and_a_moved_clock_one_of_its_due() {
        let moved = json!({ "from": "paid", "to": "shipped", "version": 4, "taken_as": "ship", "rule": "XD-1" });
        assert_eq!(told(&moved), [row("state", "paid", "shipped")]);
        assert_eq!(facts(&moved), [("rule".to_owned(), vec!["XD-1".to_owned()])]);
        let opened = json!({ "to": "pending_payment", "version": 1, "parent": null });
        assert_eq!(told(&opened), [row("state", "", "pending_payment")]);
        let clock =
            json!({ "clock": "ship", "from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "blocked": null });
        assert_eq!(told(&clock), [row("due", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")]);
    }

    #[test]
    fn a_body_of_another_shape_says_what_it_can() {
        assert_eq!(changes(&json!(null)), []);
        assert_eq!(changes(&json!({ "before": 3, "after": [1] })), []);
        assert_eq!(facts(&json!([1, 2])), []);
    }
}
