//! Cursors: places in a list, opaque to whoever sends them back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

const LONGEST: usize = 4096;

/// A place in a list, as it came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor<T>(pub(crate) T);

/// A place as text.
pub(crate) fn write<T: Serialize>(place: &T) -> String {
    BASE64.encode(serde_json::to_vec(place).unwrap_or_default())
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Cursor<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let place = Some(text)
            .filter(|text| text.len() <= LONGEST)
            .and_then(|text| BASE64.decode(text).ok())
            .and_then(|json| serde_json::from_slice(&json).ok());
        let problem =
            || serde::de::Error::custom("is no cursor; send `next` of an answer as it is");
        place.map(Self).ok_or_else(problem)
    }
}
