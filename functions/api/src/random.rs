//! Text that cannot be guessed: names of customers, bookings and orders, secrets, traces.

use holdfast_core::failure::Failure;
use holdfast_core::hex::hex;
use holdfast_core::ids::{BookingId, CustomerId, OrderId};
use holdfast_core::trace::TraceId;
use ring::rand::{SecureRandom, SystemRandom};

/// Sixteen bytes.
pub(crate) fn bytes() -> Result<[u8; 16], Failure> {
    let mut bytes = [0; 16];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Failure::Unavailable("no random numbers".to_owned()))?;
    Ok(bytes)
}

/// A name for a new customer.
pub(crate) fn customer() -> Result<CustomerId, Failure> {
    named("cus_")
}

/// A name for a new booking.
pub(crate) fn booking() -> Result<BookingId, Failure> {
    named("b-")
}

/// A name for a new order.
pub(crate) fn order() -> Result<OrderId, Failure> {
    named("o-")
}

/// A trace that begins here. Should there be no random numbers it is one that says so.
pub(crate) fn trace() -> TraceId {
    let random = bytes().ok().and_then(TraceId::of);
    random.unwrap_or_else(TraceId::none)
}

fn named<T: std::str::FromStr>(prefix: &str) -> Result<T, Failure> {
    let name = format!("{prefix}{}", hex(&bytes()?));
    name.parse()
        .map_err(|_| Failure::Unavailable(format!("{prefix} makes no id")))
}
