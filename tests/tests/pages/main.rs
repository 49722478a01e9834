//! The pages in a real browser: what travellers, shoppers and operators see there, and do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod looks;
