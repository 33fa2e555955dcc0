//! What a message says: a `CloudEvents` 1.0 envelope in JSON.

use serde_json::{Value, json};
use xr_base::Instant;
use xr_store::events::Event;

/// First part of every type; the last one is the version of its data.
const TYPE_START: &str = "cn.xiaoer";
const VERSION: &str = "v1";
/// Kind of the message that only tries an endpoint.
pub(crate) const PING: &str = "webhook.ping";

/// The type of a kind of event, e.g. `cn.xiaoer.order.paid.v1`.
pub(crate) fn type_of(kind: &str) -> String {
    format!("{TYPE_START}.{kind}.{VERSION}")
}

/// The message of an event. It is the same whenever it is sent: an event never changes.
pub(crate) fn of_event(source: &str, event: &Event) -> Value {
    // What a body holds is ids, words and amounts; personal data never enters events.
    let facts: Value = serde_json::from_str(&event.body).unwrap_or(Value::Null);
    let data = json!({
        "case": event.case_id, "shop": event.shop_id, "actor": event.actor, "party": event.party, "seq": event.seq, "facts": facts,
    });
    envelope((source, &event.id.to_string(), &event.kind), event.at, event.case_id.map(|id| id.to_string()), &data)
}

/// The message that only tries an endpoint.
pub(crate) fn of_ping(source: &str, id: &str, at: Instant) -> Value {
    envelope((source, id, PING), at, None, &json!({}))
}

fn envelope((source, id, kind): (&str, &str, &str), at: Instant, subject: Option<String>, data: &Value) -> Value {
    let mut message = json!({
        "specversion": "1.0", "id": id, "source": source, "type": type_of(kind), "time": at, "datacontenttype": "application/json",
        "data": data,
    });
    if let (Some(subject), Some(fields)) = (subject, message.as_object_mut()) {
        fields.insert("subject".to_owned(), subject.into());
    }
    message
}

/// Whether an endpoint that asked for `wanted` (kinds, or first parts of them; empty: everything) is told of this kind.
pub(crate) fn is_wanted(wanted: &[String], kind: &str) -> bool {
    let group = kind.split('.').next().unwrap_or_default();
    wanted.is_empty() || wanted.iter().any(|one| one == kind || one == group)
}

/// Whether this can be the name of a kind of event or of a group.
pub(crate) fn is_kind(text: &str) -> bool {
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    text.len() <= 64 && text.split('.').count() <= 2 && text.split('.').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use xr_base::{CaseId, EventId, Party};

    #[test]
    fn an_event_becomes_a_cloud_event() {
        let event = Event {
            seq: 7,
            id: EventId(1),
            at: Instant(0),
            kind: "order.paid".to_owned(),
            case_id: Some(CaseId(2)),
            shop_id: None,
            actor: "system".to_owned(),
            party: Party::System,
            body: r#"{"version":3}"#.to_owned(),
        };
        let message = of_event("https://shop.example", &event);
        let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        assert_eq!((text("specversion"), text("type")), ("1.0".to_owned(), "cn.xiaoer.order.paid.v1".to_owned()));
        assert_eq!((text("id"), text("subject")), (EventId(1).to_string(), CaseId(2).to_string()));
        assert!(text("time").starts_with("1970-01-01T"), "{message}");
        assert_eq!((&message["data"]["facts"]["version"], &message["data"]["seq"]), (&json!(3), &json!(7)));
        assert_eq!(of_ping("x", "whd_1", Instant(0)).get("subject"), None);
    }

    #[test]
    fn an_endpoint_is_told_what_it_asked_for() {
        let wanted = |words: &[&str], kind| is_wanted(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>(), kind);
        assert!(wanted(&[], "order.paid") && wanted(&["order"], "order.paid") && wanted(&["order.paid"], "order.paid"));
        assert!(!wanted(&["order.shipped", "ord"], "order.paid"));
    }

    #[test]
    fn names_of_kinds_are_words_with_one_dot_at_most() {
        assert!(is_kind("order") && is_kind("refund_only.approved"));
        for bad in ["", ".", "order.", "Order", "a.b.c", "a-b", "a b"] {
            assert!(!is_kind(bad), "{bad}");
        }
    }
}
