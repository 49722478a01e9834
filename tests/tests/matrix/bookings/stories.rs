//! Bookings in which each step may be a zombie, and their ends.

use holdfast_booking_rules::booking::{BookingStatus, PaymentStatus, Snapshot};
use holdfast_tests::{Trip, waits};
use serde_json::{Value, json};

/// What an execution that waits is told.
pub(crate) enum Word {
    /// The traveller says what to do next.
    Command(fn() -> Value),
    /// The traveller says it while the payment is pending.
    Instead(fn() -> Value),
    /// The bank approves the payment.
    Approve,
}

/// What the suppliers have in the end.
pub(crate) enum Left {
    Nothing,
    These(&'static [&'static str]),
}

/// A booking.
pub(crate) struct Story {
    pub(crate) name: &'static str,
    trip: fn() -> Trip,
    /// What is said, one after another.
    pub(crate) words: &'static [Word],
    pub(crate) end: BookingStatus,
    pub(crate) left: Left,
}

impl Story {
    pub(crate) fn trip(&self) -> Trip {
        (self.trip)()
    }
}

impl Word {
    /// Whether a booking waits for this word, and has not been told another.
    pub(crate) fn is_waited_for(&self, snapshot: &Snapshot) -> bool {
        let waiting = snapshot.booking.waiting.as_ref();
        let for_it = waiting.is_some_and(|waiting| match self {
            Self::Command(_) => waiting.taken.is_none(),
            Self::Instead(_) => waiting.decision.is_some() && waiting.taken.is_none(),
            Self::Approve => waiting.decision.is_some(),
        });
        for_it
            && match self {
                Self::Command(_) => waits(snapshot),
                Self::Instead(_) | Self::Approve => {
                    snapshot.payment.state.status == PaymentStatus::Pending
                }
            }
    }
}

const WHOLE: Left = Left::These(&["back", "car", "hotel", "out", "payment"]);

pub(crate) const ALL: &[Story] = &[
    Story {
        name: "booked",
        trip: Trip::sample,
        words: &[],
        end: BookingStatus::Booked,
        left: WHOLE,
    },
    Story {
        name: "refused",
        trip: || Trip::sample().simulate("car", "confirm", "refuse"),
        words: &[],
        end: BookingStatus::Failed,
        left: Left::Nothing,
    },
    Story {
        name: "pending",
        trip: || Trip::sample().paid_with("tok_pending"),
        words: &[Word::Approve],
        end: BookingStatus::Booked,
        left: WHOLE,
    },
    Story {
        name: "second-thoughts",
        trip: || Trip::sample().paid_with("tok_pending"),
        words: &[Word::Instead(
            || json!({"command": "pay", "payment": {"token": "tok_visa"}}),
        )],
        end: BookingStatus::Booked,
        left: WHOLE,
    },
    Story {
        name: "pending-cancelled",
        trip: || Trip::sample().paid_with("tok_pending"),
        words: &[Word::Instead(|| json!({"command": "cancel"}))],
        end: BookingStatus::Cancelled,
        left: Left::Nothing,
    },
    Story {
        name: "chosen",
        trip: || Trip::sample().unpaid(),
        words: &[
            Word::Command(|| {
                json!({"command": "add_leg", "leg": {"id": "car2", "kind": "car",
                "spec": {"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"}}})
            }),
            Word::Command(|| json!({"command": "drop_leg", "leg": "hotel"})),
            Word::Command(|| json!({"command": "pay", "payment": {"token": "tok_visa"}})),
        ],
        end: BookingStatus::Booked,
        left: Left::These(&["back", "car", "car2", "out", "payment"]),
    },
    Story {
        name: "cancelled",
        trip: || Trip::sample().unpaid(),
        words: &[Word::Command(|| json!({"command": "cancel"}))],
        end: BookingStatus::Cancelled,
        left: Left::Nothing,
    },
];
