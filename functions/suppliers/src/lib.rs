//! The simulated suppliers.
