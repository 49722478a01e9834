//! The suppliers' circuit breakers, which all functions share: one item each, changed on the
//! condition of its version like everything else. Not there means closed.

use aws_sdk_dynamodb::error::DisplayErrorContext;
use holdfast_core::breaker::Breaker;
use holdfast_core::failure::Failure;
use serde::{Deserialize, Serialize};

use super::item::{Condition, alone};
use super::items::{Items, Put};

/// The sort key of a breaker, which has a partition of its own.
const BREAKER: &str = "BREAKER";

/// A breaker as it lies in the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptBreaker {
    /// Counts the changes; 0 if there was none yet.
    pub version: u64,
    /// How it stands.
    #[serde(flatten)]
    pub breaker: Breaker,
}

/// Why a breaker was not changed.
#[derive(Clone, Debug)]
pub enum Overtaken {
    /// Another writer was first: decide again, upon this.
    Race(KeptBreaker),
    /// The table did not answer.
    Down(Failure),
}

impl From<Failure> for Overtaken {
    fn from(failure: Failure) -> Self {
        Self::Down(failure)
    }
}

impl Items {
    /// The breaker of a supplier, as of a moment ago: that costs half the price, and a change that is
    /// decided on what is outdated is refused.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn breaker(&self, supplier: &str) -> Result<KeptBreaker, Failure> {
        let asked = self.client().get_item().table_name(self.table());
        let asked = asked.set_key(Some(alone(BREAKER, supplier)));
        let answer = asked.consistent_read(false).send().await;
        let answer = answer
            .map_err(|error| self.unavailable("reading a breaker", DisplayErrorContext(error)))?;
        let kept = answer.item.map(|item| self.read(item)).transpose()?;
        Ok(kept.unwrap_or_default())
    }

    /// Changes a breaker, if it still is what it was.
    ///
    /// # Errors
    /// [`Overtaken`]: a race, with the breaker as it is now, or no answer.
    pub async fn change_breaker(
        &self,
        supplier: &str,
        before: &KeptBreaker,
        to: Breaker,
    ) -> Result<KeptBreaker, Overtaken> {
        let version = before.version + 1;
        let after = KeptBreaker {
            version,
            breaker: to,
        };
        let item = self.item(alone(BREAKER, supplier), after)?;
        let condition = Condition::before(version);
        match self.put("writing a breaker", item, &condition).await? {
            Put::Done => Ok(after),
            Put::Refused(found) => {
                let current = found.map(|item| self.read(item)).transpose()?;
                Err(Overtaken::Race(current.unwrap_or_default()))
            }
        }
    }
}
