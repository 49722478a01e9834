//! The pages in a real browser: what travellers, shoppers and operators see there, and do.
//!
//! - `person`: somebody who is signed in, in a browser
//! - `travelling`, `countdown`, `shopping`, `desk`: what people come for
//! - `trouble`: what the API cannot do, and what is typed meanwhile
//! - `looks`: every page for everybody, in light and dark, in both languages; `keys`: without a mouse
//! - `push`: fifty pages that are open at once, and connections that are cut
//! - `pictures`: those of the READMEs
//! - `weight`: what a page brings with it
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod countdown;
mod desk;
mod keys;
mod looks;
mod person;
mod pictures;
mod push;
mod shopping;
mod travelling;
mod trouble;
mod weight;
