//! What each route does.

pub(crate) mod bookings;
pub(crate) mod customers;
pub(crate) mod desk;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod intake;
pub(crate) mod offers;
pub(crate) mod webhooks;
