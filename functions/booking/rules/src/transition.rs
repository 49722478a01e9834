//! What a change consists of: records, each one version further, and the event that tells it.

use std::collections::BTreeMap;

use crate::booking::{
    Booking, BookingState, BookingStatus, Leg, LegState, Payment, PaymentState, Snapshot,
};
use crate::event::{Change, Ended, Event, EventName, Part};
use holdfast_core::cause::bounded;
use holdfast_core::change::Stamp;
use holdfast_core::ids::BookingId;
use holdfast_core::time::Timestamp;

/// A change of a booking, to be written as a whole or not at all.
#[derive(Clone, Debug)]
pub struct Transition {
    /// What happened.
    pub event: Event,
    /// The booking itself, where it changes.
    pub booking: Option<Booking>,
    /// The legs that change or come in.
    pub legs: Vec<Leg>,
    /// The payment, where it changes.
    pub payment: Option<Payment>,
}

impl Transition {
    /// A change that does nothing yet.
    pub fn new(
        booking: &BookingId,
        name: EventName,
        actor: &str,
        trace_id: &str,
        at: Timestamp,
    ) -> Self {
        let event = Event {
            booking_id: booking.clone(),
            name,
            at,
            actor: actor.to_owned(),
            trace_id: trace_id.to_owned(),
            note: None,
            booking: None,
            legs: BTreeMap::new(),
            payment: None,
            about: Vec::new(),
            ended: None,
        };
        Self {
            event,
            booking: None,
            legs: Vec::new(),
            payment: None,
        }
    }

    /// A change of this booking that does nothing yet.
    pub fn of(snapshot: &Snapshot, name: EventName, stamp: Stamp<'_>) -> Self {
        let booking = &snapshot.booking;
        let (id, trace_id) = (&booking.booking_id, &booking.trace_id);
        Self::new(id, name, stamp.actor, trace_id, stamp.at)
    }

    /// The opening of a booking: everything in it is new, at version 1.
    pub fn opening(new: &Snapshot, actor: &str) -> Self {
        let booking = &new.booking;
        let mut opening = Self::new(
            &booking.booking_id,
            EventName::BookingOpened,
            actor,
            &booking.trace_id,
            booking.created,
        );
        opening.event.booking = Some(Change::born(&booking.state));
        opening.event.payment = Some(Change::born(&new.payment.state));
        for leg in &new.legs {
            opening
                .event
                .legs
                .insert(leg.id.clone(), Change::born(&leg.state));
        }
        opening.booking = Some(booking.clone());
        opening.legs.clone_from(&new.legs);
        opening.payment = Some(new.payment.clone());
        opening
    }

    /// Whether it changes no record.
    pub fn is_empty(&self) -> bool {
        self.booking.is_none() && self.legs.is_empty() && self.payment.is_none()
    }

    /// Says why.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.event.note = Some(bounded(note.into()));
        self
    }

    /// It is about these parts, though it changes none of them.
    #[must_use]
    pub fn about(mut self, parts: &[String]) -> Self {
        self.event.about = parts.to_vec();
        self
    }

    /// The booking gets another state.
    #[must_use]
    pub fn booking(mut self, from: &Booking, to: BookingState) -> Self {
        self.event.booking = Some(Change::step(from.version, &from.state, &to));
        let version = from.version + 1;
        self.booking = Some(Booking {
            version,
            state: to,
            updated: self.event.at,
            ..from.clone()
        });
        self
    }

    /// A leg gets another state.
    #[must_use]
    pub fn leg(mut self, from: &Leg, to: LegState) -> Self {
        self.event.legs.insert(
            from.id.clone(),
            Change::step(from.version, &from.state, &to),
        );
        self.legs.push(Leg {
            version: from.version + 1,
            state: to,
            ..from.clone()
        });
        self
    }

    /// A leg comes in.
    #[must_use]
    pub fn add_leg(mut self, new: Leg) -> Self {
        self.event
            .legs
            .insert(new.id.clone(), Change::born(&new.state));
        self.legs.push(new);
        self
    }

    /// The payment gets another state.
    #[must_use]
    pub fn payment(mut self, from: &Payment, to: PaymentState) -> Self {
        self.event.payment = Some(Change::step(from.version, &from.state, &to));
        self.payment = Some(Payment {
            version: from.version + 1,
            state: to,
            ..from.clone()
        });
        self
    }

    /// Tells how the booking ended, if it is this change that ends it, or brings it to the desk.
    #[must_use]
    pub fn ending(mut self, from: &Snapshot) -> Self {
        let status = self.booking.as_ref().map(|booking| booking.state.status);
        let changed = status.filter(|status| *status != from.booking.state.status);
        self.event.ended = changed.filter(|status| status.has_ended()).map(|status| {
            let payment = self.payment.as_ref().unwrap_or(&from.payment);
            let cancelling = from.booking.state.cancelling();
            let is_booked = status == BookingStatus::Booked;
            let trip = from.trip().filter(|_| is_booked);
            let passengers = from.booking.passengers.iter().filter(|_| is_booked);
            Ended {
                customer: from.booking.customer.clone(),
                payment: payment.state.status,
                trip: trip.map(Part::from).collect(),
                passengers: passengers.cloned().collect(),
                refund: cancelling.and_then(|cancellation| cancellation.refund.clone()),
            }
        });
        self
    }
}

impl From<&Leg> for Part {
    fn from(leg: &Leg) -> Self {
        Self {
            kind: leg.kind,
            reference: leg.state.reference.clone(),
            price: leg.state.price.clone(),
        }
    }
}
