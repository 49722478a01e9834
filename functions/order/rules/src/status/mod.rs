//! The statuses of an order, its steps, its payment, its invoice and its shipment. The two functions
//! `after` assign every status of an order and of a step; the others are read off the steps.

mod invoice;
mod order;
mod payment;
mod shipment;
mod step;

pub use invoice::InvoiceStatus;
pub use order::{Ending, Happened, OrderStatus};
pub use payment::PaymentStatus;
pub use shipment::ShipmentStatus;
pub use step::{Progress, StepHappened};
