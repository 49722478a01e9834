//! Who looks after an aggregate: a small item beside it, with claims that writers make on a condition.
//! Of all that want the same claim one gets it, and the others learn that they are not needed.
//!
//! A claim is made for a moment and holds until another one, which is when its owner comes back. It
//! passes on to its owner then, and to anybody once its owner has not come for a while. So a chain
//! of messages, each of which sends the next, stays one chain however often a message is doubled;
//! and a chain that is lost can be begun again.

use std::time::Duration;

use aws_sdk_dynamodb::error::DisplayErrorContext;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use super::item::number;
use super::{Aggregate, Table};

/// The sort key of the item.
pub(super) const WATCH: &str = "WATCH";
/// How long the item is kept after its last claim has ended.
const REMEMBERED: Duration = Duration::from_secs(7 * 24 * 3600);

/// A wish to look after an aggregate for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What it is about: claims of other names do not matter to it.
    pub name: &'static str,
    /// Replaces the claims of older generations.
    pub generation: u32,
    /// The moment that it is made for.
    pub at: Timestamp,
    /// When its owner comes back.
    pub until: Timestamp,
    /// How much later than it should the owner of the present claim may come back.
    pub patience: Duration,
    /// Whether its maker may have made it before, and been cut off then.
    pub again: bool,
}

impl<A: Aggregate> Table<A> {
    /// Makes a claim; tells whether it was granted.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn claim(&self, id: &A::Id, claim: &Claim) -> Result<bool, Failure> {
        let attribute = |part: &str| format!("{}_{part}", claim.name);
        let millis = |moment: Timestamp| number(moment.as_millis());
        let mut condition = "attribute_not_exists(#until) OR #until = :at OR #until < :lapsed \
                             OR #generation < :generation"
            .to_owned();
        if claim.again {
            condition.push_str(" OR #at = :at");
        }
        let made = self
            .items
            .client()
            .update_item()
            .table_name(self.items.table())
            .set_key(Some(Self::key(id, WATCH)))
            .condition_expression(condition)
            .update_expression(
                "SET #at = :at, #until = :until, #generation = :generation, #expires = :expires",
            )
            .expression_attribute_names("#at", attribute("at"))
            .expression_attribute_names("#until", attribute("until"))
            .expression_attribute_names("#generation", attribute("generation"))
            .expression_attribute_names("#expires", "expires")
            .expression_attribute_values(":at", millis(claim.at))
            .expression_attribute_values(":until", millis(claim.until))
            .expression_attribute_values(":lapsed", millis(claim.at - claim.patience))
            .expression_attribute_values(":generation", number(claim.generation))
            .expression_attribute_values(":expires", {
                number((claim.until + REMEMBERED).as_seconds())
            })
            .send()
            .await;
        let Err(error) = made else { return Ok(true) };
        let was_refused = error
            .as_service_error()
            .is_some_and(|error| error.is_conditional_check_failed_exception());
        if was_refused {
            return Ok(false);
        }
        let error = DisplayErrorContext(error);
        Err(self.items.unavailable("claiming", error))
    }
}
