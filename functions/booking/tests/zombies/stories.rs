//! Bookings, step by step, and their ends.

use holdfast_booking_rules::booking::BookingStatus;
use serde_json::Value;

use crate::steps::Step::{
    self, Authorize, Await, Close, Confirm, Hold, Release, Says, Settle, Unwind, Void, Wait,
    Withdraw,
};
use crate::support::{TOKEN, flight_and_hotel};

/// A booking of a flight and a hotel.
pub(crate) struct Story {
    pub(crate) name: &'static str,
    pub(crate) steps: &'static [Step],
    /// The steps that fail, by their places.
    fails: &'static [usize],
    pub(crate) end: BookingStatus,
    /// What the suppliers have in the end.
    pub(crate) left: &'static [&'static str],
}

impl Story {
    pub(crate) fn goes_well(&self, place: usize) -> bool {
        !self.fails.contains(&place)
    }
}

pub(crate) fn legs() -> Value {
    flight_and_hotel()
}

const PAID: &[&str] = &["hotel confirmed", "out confirmed", "payment captured"];

pub(crate) const ALL: &[Story] = &[
    Story {
        name: "paid-up-front",
        steps: &[
            Hold("out"),
            Hold("hotel"),
            Authorize(1, TOKEN),
            // Nobody wants this leg to be released.
            Release("hotel"),
            Confirm("out"),
            Confirm("hotel"),
            Settle,
        ],
        fails: &[3],
        end: BookingStatus::Booked,
        left: PAID,
    },
    Story {
        name: "chosen",
        steps: &[
            Hold("out"),
            Hold("hotel"),
            Wait("1"),
            Says("add_leg", "car"),
            Hold("car"),
            Wait("2"),
            Says("drop_leg", "hotel"),
            Release("hotel"),
            Wait("3"),
            Says("pay", ""),
            Authorize(1, TOKEN),
            Confirm("out"),
            Confirm("car"),
            Settle,
        ],
        fails: &[],
        end: BookingStatus::Booked,
        left: &["car confirmed", "out confirmed", "payment captured"],
    },
    Story {
        name: "without-the-extra",
        steps: &[
            Hold("out"),
            Hold("hotel"),
            Wait("1"),
            Says("add_leg", "car that cannot be held"),
            Hold("car"),
            Release("car"),
            Wait("2"),
            Says("pay", ""),
            Authorize(1, TOKEN),
            Confirm("out"),
            Confirm("hotel"),
            Settle,
        ],
        fails: &[4],
        end: BookingStatus::Booked,
        left: PAID,
    },
    Story {
        name: "second-card",
        steps: &[
            Hold("out"),
            Hold("hotel"),
            Wait("1"),
            Says("pay", ""),
            Authorize(1, "tok_declined"),
            Wait("2"),
            Says("pay", ""),
            Authorize(2, TOKEN),
            Confirm("out"),
            Confirm("hotel"),
            Settle,
        ],
        fails: &[4],
        end: BookingStatus::Booked,
        left: PAID,
    },
    Story {
        name: "second-thoughts",
        steps: &[
            Hold("out"),
            Hold("hotel"),
            Wait("1"),
            Says("pay", ""),
            Authorize(1, "tok_pending"),
            Await(1, "2"),
            Says("pay", ""),
            Withdraw(1),
            Authorize(2, TOKEN),
            Confirm("out"),
            Confirm("hotel"),
            Settle,
        ],
        fails: &[4],
        end: BookingStatus::Booked,
        left: PAID,
    },
    Story {
        name: "pending-and-cancelled",
        steps: &[
            Hold("out"),
            Hold("hotel"),
            Authorize(1, "tok_pending"),
            Await(1, "1"),
            Says("cancel", ""),
            Unwind("Cancelled"),
            Release("hotel"),
            Release("out"),
            Void,
            Close,
        ],
        fails: &[2],
        end: BookingStatus::Cancelled,
        left: &[],
    },
    Story {
        name: "half-confirmed",
        steps: &[
            Hold("out"),
            Hold("hotel"),
            Authorize(1, TOKEN),
            Confirm("out"),
            Unwind("Refused"),
            Release("hotel"),
            Release("out"),
            Void,
            Close,
        ],
        fails: &[],
        end: BookingStatus::Failed,
        left: &[],
    },
    Story {
        name: "cancelled",
        steps: &[
            Hold("out"),
            Hold("hotel"),
            Wait("1"),
            Says("cancel", ""),
            Unwind("Cancelled"),
            Release("hotel"),
            Release("out"),
            Close,
        ],
        fails: &[],
        end: BookingStatus::Cancelled,
        left: &[],
    },
];
