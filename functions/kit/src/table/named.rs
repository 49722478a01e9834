//! Records that hold an aggregate's id, under the name that it has there: `booking_id`.

use serde::de::{DeserializeOwned, Error as _};
use serde::ser::{Error as _, SerializeMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::Aggregate;

/// Writes the id and the rest as one record.
pub(crate) fn write<A: Aggregate, S: Serializer>(
    id: &A::Id,
    rest: &impl Serialize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let rest = serde_json::to_value(rest).map_err(S::Error::custom)?;
    let mut record = serializer.serialize_map(None)?;
    record.serialize_entry(A::ID_FIELD, id)?;
    for (name, value) in rest.as_object().into_iter().flatten() {
        record.serialize_entry(name, value)?;
    }
    record.end()
}

/// Reads a record as the id and the rest.
pub(crate) fn read<'de, A: Aggregate, R: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<(A::Id, R), D::Error> {
    let mut record = Map::deserialize(deserializer)?;
    let id = record.remove(A::ID_FIELD);
    let id = id.ok_or_else(|| D::Error::missing_field(A::ID_FIELD))?;
    let id = serde_json::from_value(id).map_err(D::Error::custom)?;
    let rest = serde_json::from_value(Value::Object(record)).map_err(D::Error::custom)?;
    Ok((id, rest))
}
