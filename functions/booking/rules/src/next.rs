//! What the traveller may do next with a booking, and for how long.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::booking::{BookingStatus, Snapshot};
use crate::paying::check_held;
use crate::price;
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
        if self.booking.state.status == BookingStatus::Booked {
            let left = self.trip().next();
            return left.map(|_| Next::Cancel).into_iter().collect();
        }
        let listening = self.listening().filter(|waiting| waiting.taken.is_none());
        let (Some(waiting), Some(left)) = (listening, self.time_left(now)) else {
            return Vec::new();
        };
        let (pending, in_time) = (waiting.decision.is_some(), !left.is_zero());
        let changes = in_time && !pending;
        let possible = [
            (Next::Pay, in_time && self.is_payable()),
            (Next::AddLeg, changes && self.legs.len() < MOST_LEGS),
            (Next::DropLeg, changes && self.trip().next().is_some()),
            (Next::Cancel, in_time || pending),
        ];
        let possible = possible.into_iter().filter(|(_, possible)| *possible);
        possible.map(|(next, _)| next).collect()
    }

    fn is_payable(&self) -> bool {
        check_held(self).is_ok() && price::check(self, None).is_ok()
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
