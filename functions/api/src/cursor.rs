//! Cursors: places in a list, opaque to the client that sends them back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

const LONGEST: usize = 4096;

/// A place as text.
pub(crate) fn write<T: Serialize>(place: &T) -> String {
    BASE64.encode(serde_json::to_vec(place).unwrap_or_default())
}

/// A place as it came back; an empty text is the beginning.
pub(crate) fn read<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    let place = Some(text)
        .filter(|text| text.len() <= LONGEST)
        .and_then(|text| BASE64.decode(text).ok())
        .and_then(|json| serde_json::from_slice(&json).ok());
    let problem = || serde::de::Error::custom("is no cursor; send `next` of an answer as it is");
    place.map(Some).ok_or_else(problem)
}
