//! Orders.
//!
//! - `faults`: every step, every fault; `ends`: what becomes of it; `checks`: whether it did
//! - `zombies`: each step given up, and acting after each later one; `stories`: the orders it does so in
//! - `broker`: each kind of event, and what a broker may do to it; `relay`: a broker that does so

mod broker;
mod checks;
mod ends;
mod faults;
mod relay;
mod stories;
mod zombies;
