//! Which page of a list is meant.

use holdfast_core::reading::perhaps_whole;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;

use crate::cursor;
use crate::problem::Problem;

/// How many are on a page if the client does not say.
pub(crate) const USUAL_PAGE: u8 = 10;
const LARGEST_PAGE: u64 = 25;

/// Which page of a list is meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageOf {
    /// How many at most.
    #[param(minimum = 1, maximum = 25, default = 10)]
    #[serde(default, deserialize_with = "limit")]
    limit: Option<u8>,
    /// Where the last page ended: its `next`.
    #[param(pattern = "^[A-Za-z0-9_-]*$", max_length = 4096)]
    after: Option<String>,
}

impl PageOf {
    /// How many at most.
    pub(crate) fn limit(&self) -> u8 {
        self.limit.unwrap_or(USUAL_PAGE)
    }

    /// Where it begins; `None` at the beginning of the list.
    pub(crate) fn after<T: DeserializeOwned>(&self) -> Result<Option<T>, Problem> {
        cursor::read(self.after.as_deref())
    }
}

/// Reads how many there may be on a page.
pub(crate) fn limit<'de, D: Deserializer<'de>>(limit: D) -> Result<Option<u8>, D::Error> {
    perhaps_whole::<_, _, 1, LARGEST_PAGE>(limit)
}
