//! Puts approved purchases on the bus. Their lines in the statement are the events: nothing is written
//! for them besides. The stream delivers a line when it is inserted, so a line that is changed later is
//! told once.

use holdfast_authorizer_rules::event::PurchaseApproved;
use holdfast_authorizer_rules::movement::Line;
use holdfast_kit::batch::Changed;
use holdfast_kit::outbox::{NoEvent, Published, Tells, Untold};

use crate::openings::Openings;

/// Tells approved purchases.
#[derive(Clone, Debug)]
pub struct AccountEvents {
    /// Where the owners of accounts are written to.
    pub openings: Openings,
}

impl Tells for AccountEvents {
    async fn tell(&self, changed: &Changed) -> Result<Published, Untold> {
        let line: Line = serde_dynamo::from_item(changed.new_image.clone())
            .map_err(|problem| NoEvent(problem.to_string()))?;
        let no_event = || NoEvent("the line is no approved purchase".to_owned());
        let event = PurchaseApproved::of(line).ok_or_else(no_event)?;
        let opening = self.openings.find(&event.account_id).await?;
        let event = PurchaseApproved {
            email: opening
                .filter(|opening| opening.customer_id == event.customer_id)
                .map(|opening| opening.email)
                .filter(|email| !email.is_erased()),
            ..event
        };
        let detail = serde_json::to_value(event).map_err(|problem| NoEvent(problem.to_string()))?;
        Ok(Published {
            detail_type: PurchaseApproved::NAME.to_owned(),
            detail,
        })
    }
}
