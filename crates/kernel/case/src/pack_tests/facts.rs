//! Facts as tests write them.

use crate::facts::FactValue;
use crate::vocabulary::{FactSpec, FactType};
use xr_base::Instant;

/// What a fact is when the test does not say: false, 0, the first word, absent; a moment that is never absent is the beginning.
pub(crate) fn start_value(spec: &FactSpec, now: Instant) -> FactValue {
    match spec.ty {
        _ if spec.may_be_absent => FactValue::Absent,
        FactType::Bool => FactValue::Bool(false),
        FactType::Int => FactValue::Int(0),
        FactType::Enum(words) => FactValue::Text(words.first().copied().unwrap_or_default().into()),
        FactType::Text => FactValue::Text("".into()),
        FactType::Instant => FactValue::Instant(now),
    }
}

/// A value of a tests file as one of the fact's type.
pub(super) fn fact_value(spec: &FactSpec, value: &toml::Value) -> Option<FactValue> {
    Some(match (spec.ty, value) {
        (FactType::Bool, toml::Value::Boolean(b)) => FactValue::Bool(*b),
        (FactType::Int, toml::Value::Integer(n)) => FactValue::Int(*n),
        (FactType::Instant, toml::Value::String(text)) => FactValue::Instant(Instant::parse(text).ok()?),
        (FactType::Enum(_) | FactType::Text, toml::Value::String(text)) => FactValue::Text(text.as_str().into()),
        _ => return None,
    })
}
