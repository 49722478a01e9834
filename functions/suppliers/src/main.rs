//! The simulated suppliers, as a Lambda or as a local process.
fn main() {}
