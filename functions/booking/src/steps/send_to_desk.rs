//! Hands over to the desk what could not be done: a message with all that is needed to do it again,
//! and a mark on the booking. The message goes first, so that a mark never stands for nothing.

use std::time::Duration;

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{Leg, Snapshot};
use holdfast_booking_rules::desk;
use holdfast_booking_rules::leg::Of;
use holdfast_booking_rules::transition::Transition;
use holdfast_booking_rules::unwinding::{Participant, Work};
use holdfast_core::cause::Cause;
use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use serde::Deserialize;

use crate::desk::DeskItem;
use crate::store::{LegRows, Store};
use holdfast_kit::causes::unwrapped;
use holdfast_kit::clock::Clock;
use holdfast_kit::queue::Queue;

/// Where undos that failed are handed over.
#[derive(Clone)]
pub struct Desk {
    /// The bookings.
    pub store: Store,
    /// The queue `saga-errors`.
    pub queue: Queue,
    /// The time.
    pub clock: Clock,
}

/// What the state machine asks.
#[derive(Clone, Debug, Deserialize)]
pub struct DeskRequest {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// Follows the booking.
    #[serde(default)]
    pub trace_id: String,
    /// What could not be done.
    pub work: Work,
    /// Why.
    #[serde(default)]
    pub cause: Cause,
}

impl Desk {
    /// Hands one piece of work over.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] to be tried again.
    pub async fn hand_over(&self, request: &DeskRequest) -> Result<DeskItem, Failure> {
        let item = DeskItem {
            id: request.booking_id.clone(),
            trace_id: request.trace_id.clone(),
            work: request.work.clone(),
            cause: unwrapped(request.cause.clone()),
            since: self.clock.now(),
        };
        let doing = "handing over to the desk";
        self.queue.send(&item, Duration::ZERO, doing).await?;
        self.mark(&item).await?;
        Ok(item)
    }

    async fn mark(&self, item: &DeskItem) -> Result<(), Failure> {
        let why = item.cause.reason();
        match (item.work.kind, item.work.action) {
            (Participant::Leg(_), _) => self.mark_leg(item, &why).await,
            (Participant::Payment, Action::Capture) => {
                self.mark_payment(item, |snapshot| {
                    desk::capture_handed_over(snapshot, &why, self.stamp())
                })
                .await
            }
            (Participant::Payment, _) => {
                self.mark_payment(item, |snapshot| {
                    desk::payment_handed_over(snapshot, &why, self.stamp())
                })
                .await
            }
        }
    }

    async fn mark_leg(&self, item: &DeskItem, why: &str) -> Result<(), Failure> {
        let (order, id) = (item.work.order, &item.work.leg);
        let Some(leg) = self.store.leg(&item.id, order, id).await? else {
            return Ok(());
        };
        let of = Of {
            why: None,
            booking: &item.id,
            trace_id: &item.trace_id,
        };
        let mark = |leg: &Leg| Ok(desk::leg_handed_over(leg, of, why, self.stamp()));
        self.store.change(leg, mark).await.map(drop)
    }

    async fn mark_payment(
        &self,
        item: &DeskItem,
        mark: impl Fn(&Snapshot) -> Option<Transition>,
    ) -> Result<(), Failure> {
        let snapshot = self.store.load(&item.id).await?;
        let marked = self.store.change(snapshot, |snapshot| Ok(mark(snapshot)));
        marked.await.map(drop)
    }

    fn stamp(&self) -> Stamp<'static> {
        self.clock.stamp("desk")
    }
}
