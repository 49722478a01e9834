//! The traveller pays by something else than what the bank has not decided about: the pending attempt
//! is undone and refused for good, before another one begins.

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::withdrawing;
use holdfast_core::failure::Failure;

use super::Payments;
use super::capture::given_back;

impl Payments {
    /// Withdraws an attempt that the traveller has given up, whatever became of it at the supplier.
    pub(super) async fn withdraw(
        &self,
        snapshot: Snapshot,
        attempt: u32,
    ) -> Result<Snapshot, Failure> {
        if !withdrawing::is_to_do(&snapshot, attempt)? {
            return Ok(snapshot);
        }
        given_back(self.ask(&snapshot, Action::Withdraw, None).await)?;
        let withdrawn =
            |snapshot: &Snapshot| Ok(withdrawing::withdrawn(snapshot, attempt, self.stamp()));
        let after = self.store.change(snapshot, withdrawn).await?;
        withdrawing::is_to_do(&after, attempt).map(|_| after)
    }
}
