//! Cursors: places in a list, opaque to the client that sends them back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

const LONGEST: usize = 4096;

/// A place as text.
pub(crate) fn write<T: Serialize>(place: &T) -> String {
    BASE64.encode(serde_json::to_vec(place).unwrap_or_default())
}

/// A place as it came back in the parameter `after`; an empty text is the beginning.
pub(crate) fn read<T: DeserializeOwned>(after: Option<&str>) -> Result<Option<T>, Problem> {
    let Some(text) = after.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let place = Some(text)
        .filter(|text| text.len() <= LONGEST)
        .and_then(|text| BASE64.decode(text).ok())
        .and_then(|json| serde_json::from_slice(&json).ok());
    let problem = || Problem::field("after", "is no cursor; send `next` of an answer as it is");
    place.map(Some).ok_or_else(problem)
}
