//! What pay, add, drop and cancel have in common: one request that changes a booking, and what comes of it.

use holdfast_core::ids::BookingId;

use crate::answers::Booking;
use crate::arguments::Patience;
use crate::client::{Api, Request, read};
use crate::follow::{Follow, Until, end_of_history};
use crate::output::line;
use crate::problem::Problem;
use crate::telling::Reader;

/// A change of a booking.
pub(super) struct Change<'a> {
    pub(super) id: &'a BookingId,
    pub(super) request: Request,
    pub(super) until: Until,
    pub(super) patience: &'a Patience,
    pub(super) reader: Reader,
}

impl Change<'_> {
    /// Asks for it and follows it; answers with the booking afterwards, where it was followed.
    pub(super) async fn make(self, api: &mut Api) -> Result<Option<Booking>, Problem> {
        let after = match self.patience.follow {
            true => end_of_history(api, self.id).await?,
            false => String::new(),
        };
        let raw = api.ask(&self.request).await?;
        if !self.patience.follow {
            let booking: Booking = read(&self.request.to_string(), raw.clone())?;
            line(&self.reader.booking(&raw, &booking))?;
            return Ok(None);
        }
        let follow = Follow {
            id: self.id.clone(),
            after,
            until: self.until,
            wait: self.patience.wait,
            reader: self.reader,
        };
        follow.run(api).await.map(Some)
    }
}
