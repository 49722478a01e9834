//! The rules of invoices. Nothing in here waits, reads a clock, or knows AWS: data in, decision out.
//!
//! - [`number`]: series, and the numbers in them
//! - [`request`]: what is asked, and whether its amounts agree
//! - [`record`]: what is known of an order's invoice
//! - [`event`]: the answers, and the history that they make
//! - [`decide`](mod@decide): what a request makes of what is known

pub mod decide;
pub mod event;
pub mod number;
pub mod record;
pub mod request;

pub use decide::{Case, Transition, decide};
pub use event::{Event, EventName};
pub use number::{Document, Number, Series};
pub use record::{Invoice, Record, State};
pub use request::{Message, RequestId};
