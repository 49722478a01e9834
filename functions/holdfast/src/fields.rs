//! Fields of JSON, in the order in which they stand in its text, and where in the text they are.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The fields of an object, in order.
#[derive(Debug)]
pub(crate) struct Fields<'a>(pub(crate) Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

/// A part of a JSON text, such as `offers.0.price`; nothing where there is none.
pub(crate) fn part<'a>(text: &'a str, path: &str) -> Option<&'a RawValue> {
    let whole = serde_json::from_str(text).ok()?;
    path.split('.').try_fold(whole, child)
}

/// A field of an object, or an element of a list.
pub(crate) fn child<'a>(value: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    if let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(value.get()) {
        return list.get(name.parse::<usize>().ok()?).copied();
    }
    let Fields(fields) = serde_json::from_str(value.get()).ok()?;
    let found = fields.into_iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value)
}

/// A value as people read it: a text without its quotes, anything else as it stands.
pub(crate) fn bare(value: &RawValue) -> String {
    serde_json::from_str(value.get()).unwrap_or_else(|_| value.get().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_by_its_path_and_stays_as_it_is_written() {
        let answer = r#"{"offers": [{"kind": "flight", "a": 1}], "next": null}"#;
        let found = |path| part(answer, path).map(RawValue::get);
        assert_eq!(found("offers.0"), Some(r#"{"kind": "flight", "a": 1}"#));
        assert_eq!(found("next"), Some("null"));
        for path in ["offers.1", "offers.x", "total", "next.total", ""] {
            assert_eq!(found(path), None, "{path}");
        }
        assert_eq!(bare(part(answer, "offers.0.kind").unwrap()), "flight");
        assert_eq!(bare(part(answer, "offers.0.a").unwrap()), "1");
    }
}
