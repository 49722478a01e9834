//! Which page of a list is meant.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::cursor;
use crate::problem::Problem;

const USUAL_PAGE: u8 = 10;
const LARGEST_PAGE: u8 = 25;

/// Which page of a list is meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageOf {
    /// How many at most.
    #[param(minimum = 1, maximum = 25, default = 10)]
    limit: Option<u8>,
    /// Where the last page ended: its `next`.
    #[param(pattern = "^[A-Za-z0-9_-]*$", max_length = 4096)]
    after: Option<String>,
}

impl PageOf {
    /// How many at most.
    pub(crate) fn limit(&self) -> Result<u8, Problem> {
        limit(self.limit)
    }

    /// Where it begins; `None` at the beginning of the list.
    pub(crate) fn after<T: DeserializeOwned>(&self) -> Result<Option<T>, Problem> {
        cursor::read(self.after.as_deref())
    }
}

/// How many are on a page.
pub(crate) fn limit(given: Option<u8>) -> Result<u8, Problem> {
    let limit = given.unwrap_or(USUAL_PAGE);
    if (1..=LARGEST_PAGE).contains(&limit) {
        return Ok(limit);
    }
    let problem = format!("must be 1 to {LARGEST_PAGE}");
    Err(Problem::field("limit", problem))
}
