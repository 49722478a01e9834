//! What the traveller may do next with a booking, and for how long.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::booking::{BookingStatus, Snapshot, Waiting};
use crate::paying::check_held;
use crate::request::MOST_LEGS;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::State;

/// Something that the traveller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// Pay for all that is held.
    Pay,
    /// Hold one more leg.
    AddLeg,
    /// Give one leg back.
    DropLeg,
    /// Give everything back.
    Cancel,
}

impl Snapshot {
    /// What the traveller may do now. It is a hint: whether it can be done is decided when it is asked for.
    pub fn next(&self, now: Timestamp) -> Vec<Next> {
        let waits = self.booking.state.status == BookingStatus::AwaitingPayment
            && self
                .booking
                .waiting
                .as_ref()
                .is_some_and(Waiting::is_for_a_command);
        if self.booking.state.status == BookingStatus::Booked {
            let left = self.trip().next();
            return left.map(|_| Next::Cancel).into_iter().collect();
        }
        if !waits || self.time_left(now).is_none_or(|left| left.is_zero()) {
            return Vec::new();
        }
        let possible = [
            (Next::Pay, check_held(self).is_ok()),
            (Next::AddLeg, self.legs.len() < MOST_LEGS),
            (Next::DropLeg, self.trip().next().is_some()),
            (Next::Cancel, true),
        ];
        let possible = possible.into_iter().filter(|(_, possible)| *possible);
        possible.map(|(next, _)| next).collect()
    }

    /// How long the traveller still has to pay, as long as that is the question.
    pub fn time_left(&self, now: Timestamp) -> Option<Duration> {
        let state = &self.booking.state;
        match state.timer.state {
            State::Running | State::Paused { .. } if !state.status.has_ended() => {
                Some(now.until(state.timer.deadline))
            }
            _ => None,
        }
    }
}
