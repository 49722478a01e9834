//! The authorizer.

fn main() {}
