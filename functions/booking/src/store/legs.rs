//! One leg, without the rest of its booking: what a leg's step reads, decides upon and changes.

use holdfast_booking_rules::booking::Leg;
use holdfast_booking_rules::passenger::Passenger;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_kit::table::View;

use super::row::{self, Row};
use super::{Bookings, Store};

/// What the bookings' table says of single legs. A leg is changed like a booking, by
/// [`Store::change`](holdfast_kit::table::Table::change).
pub trait LegRows {
    /// One leg, or nothing where there is none.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    fn leg(
        &self,
        booking: &BookingId,
        order: u32,
        id: &str,
    ) -> impl Future<Output = Result<Option<Leg>, Failure>> + Send;

    /// Those who travel, as the booking itself names them.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    fn passengers(
        &self,
        booking: &BookingId,
    ) -> impl Future<Output = Result<Vec<Passenger>, Failure>> + Send;

    /// Notes a try that came to nothing. The leg's state stays as it is, so there is no event.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    fn note_attempt(
        &self,
        booking: &BookingId,
        leg: &Leg,
        problem: &str,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

impl LegRows for Store {
    async fn leg(&self, booking: &BookingId, order: u32, id: &str) -> Result<Option<Leg>, Failure> {
        match self.row(booking, &row::leg(order, id)).await? {
            Some(Row::Leg(leg)) => Ok(Some(leg)),
            _ => Ok(None),
        }
    }

    async fn passengers(&self, booking: &BookingId) -> Result<Vec<Passenger>, Failure> {
        match self.row(booking, row::BOOKING).await? {
            Some(Row::Booking(booking)) => Ok(booking.passengers),
            _ => Ok(Vec::new()),
        }
    }

    async fn note_attempt(
        &self,
        booking: &BookingId,
        leg: &Leg,
        problem: &str,
    ) -> Result<(), Failure> {
        let sort = row::leg(leg.order, leg.id.as_str());
        self.count_attempt(booking, &sort, problem).await
    }
}

impl View<Bookings> for Leg {
    fn absorb(&mut self, rows: Vec<Row>) {
        for row in rows {
            match row {
                Row::Leg(leg) if leg.id == self.id => *self = leg,
                _ => {}
            }
        }
    }
}
