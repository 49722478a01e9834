//! Invoices and credit notes. Other services ask for them over the bus, and are answered over the bus.
//!
//! # Layout
//! - [`rules`]: pure: what a request makes of an order's invoice, and which number it gets
//! - [`store`]: invoices in DynamoDB: what the kit's table is told of them, and reading one
//! - [`requests`]: takes requests from the queue, one after another
//! - [`mod@page`]: an invoice as a page that prints on one sheet
//! - [`settings`]: the parts above, made from environment variables
//! - [`handlers`]: one short file per Lambda, which only wires

pub mod handlers;
pub mod page;
pub mod requests;
pub mod rules;
pub mod settings;
pub mod store;

pub use page::{Language, page};
pub use rules::Invoice;
pub use store::{Store, invoice};
