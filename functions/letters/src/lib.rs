//! Letters to customers and operators, by e-mail. Other services say what has happened over the bus; one
//! letter is sent for it, however often the bus tells.
//!
//! # Layout
//! - [`rules`]: pure: which letter is due, who wishes it, what becomes of it
//! - [`kinds`]: the kinds of letters, and what each says in each language; [`writing`]: as text and as HTML
//! - [`delivery`]: takes messages from the queue, claims each letter, sends it
//! - [`links`]: one-time links, and their tokens
//! - [`post`]: SES, and what its answers mean
//! - [`store`]: letters and preferences in DynamoDB
//! - [`desk`]: what waits for an operator
//! - [`settings`]: the parts above, made from environment variables

pub mod delivery;
pub mod desk;
pub mod kinds;
pub mod links;
pub mod post;
pub mod rules;
pub mod settings;
pub mod store;
pub mod writing;

pub use rules::Preferences;
pub use store::Store;
