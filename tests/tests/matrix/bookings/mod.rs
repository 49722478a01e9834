//! Bookings.
//!
//! - `faults`: every step, every fault
//! - `zombies`: each step given up, and acting after each later one; `stories`: the bookings it does so in

mod cancellations;
mod faults;
mod stories;
mod zombies;
