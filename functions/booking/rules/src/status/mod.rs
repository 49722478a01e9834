//! The statuses of a booking, its legs and its payment, and what becomes of each when something
//! happens. The three functions `after` assign every status that there is: the rest of the rules
//! asks them, and the table in the service's README is checked against them.

mod booking;
mod leg;
mod payment;

pub use booking::{BookingStatus, Ending, Happened, Left};
pub use leg::{LegHappened, LegStatus, Obstacle, Standing};
pub use payment::{PaymentHappened, PaymentStatus};
