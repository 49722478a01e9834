//! The simulated suppliers: one for each kind of leg, one for payment, and for
//! orders a credit bureau and a carrier, behind one HTTP router.
//!
//! They keep what the participants rely on and real suppliers promise: a call under one
//! `Idempotency-Key` acts once however often it arrives, its answer is kept and given again, and an
//! undo that arrives before what it undoes refuses the latecomer. A fault can be scripted per call
//! (`simulate`) or left to chance (`CHAOS_RATE`), and a whole supplier put out of order
//! (`PUT /outage/{supplier}`).
//!
//! # Layout
//! - [`router`]: the HTTP contract; `request` reads a call, `answer` writes what comes back, `who` names who is asked for what
//! - [`account_payments`]: the same contract for payments from accounts; `account`: their rules; `account_sweep`: what is not captured in time
//! - `leg`, `payment`, `credit`, `carrier`, `catalogue`: the rules, pure: what is there, the call and the time in, a verdict out
//! - `offers`: what there is to choose from; `seal`: what an offer promises
//! - `pickup`: the carrier comes for a parcel
//! - `bank`: decides about payments that are pending; `report`: tells the caller that asked for them
//! - [`Supplies`]: carries a verdict out; `outage` and `faults` stand before it
//! - `store`: one DynamoDB table, everything by conditional writes
//! - [`config`]: the environment
//! - [`handlers`]: the Lambdas, which only wire; `serving`: a router as a Lambda or a process

mod account;
pub mod account_sweep;
mod answer;
mod bank;
mod carrier;
mod catalogue;
mod credit;
mod faults;
mod http;
mod leg;
mod offers;
mod outage;
mod payment;
mod pickup;
mod report;
mod request;
mod seal;
mod serving;
mod store;
mod supplies;
mod verdict;
mod who;

pub mod account_payments;
pub mod config;
pub mod handlers;
#[doc(hidden)]
pub mod testing;

pub use http::router;
pub use report::{Reporter, Secret};
pub use supplies::{AccountPayments, Settings, Supplies};
