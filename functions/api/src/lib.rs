//! The customers' API: register, choose, hold, pay, order, follow.
//!
//! # Layout
//! - [`router`]: all routes, and what surrounds each request: `front`, `etag`, `problem`, `body`
//! - `routes`: one file for each group of routes
//! - `kinds`: what bookings and orders have in common: begun once, listed, followed
//! - [`rules`]: who may sign in, and what an access token says; pure
//! - [`customers`]: the customers' table; `passwords`, [`tokens`], `keys`: the secrets of signing in
//! - `mail`: letters about accounts, and their one-time links
//! - `auth`: who is speaking; `signature`: whether a report is its supplier's
//! - [`push`]: tickets for those who want to hear of changes
//! - `views`: what a traveller sees of a booking; `cursor`, `paging`: places in a list
//! - [`openapi`]: the description of it all; `schemas`: what no type describes by itself
//! - [`settings`]: the parts above, made from environment variables

mod auth;
mod body;
mod cursor;
pub mod customers;
mod etag;
mod front;
mod keys;
mod kinds;
mod mail;
pub mod openapi;
mod paging;
mod passwords;
mod problem;
pub mod push;
mod random;
mod reach;
mod routes;
pub mod rules;
mod schemas;
pub mod settings;
pub mod shop;
mod signature;
pub mod tokens;
mod views;

pub use keys::KeyRing;
pub use mail::Mail;
pub use push::Push;
pub use routes::figures::LastFigures;
pub use shop::Shop;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderValue;
use axum::middleware::{from_fn, from_fn_with_state};

use crate::customers::Customers;
use holdfast_authorizer::openings::Openings;
use holdfast_booking::commands::Commands;
use holdfast_booking::steps::Decisions;
use holdfast_booking::store::Store;
use holdfast_kit::clock::Clock;
use holdfast_kit::executions::Executions;
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::suppliers::Endpoint;
use holdfast_kit::task_tokens::TaskTokens;
use problem::{Problem, ProblemKind};

/// All that the API needs.
#[derive(Clone)]
pub struct Api {
    /// The bookings.
    pub bookings: Store,
    /// The customers.
    pub customers: Customers,
    /// The letters, for what customers wish of them.
    pub letters: holdfast_letters::Store,
    /// What travellers say to bookings that wait.
    pub commands: Commands,
    /// Where bookings begin.
    pub executions: Executions,
    /// What there is to choose from.
    pub suppliers: Endpoint,
    /// Sends letters about accounts.
    pub mail: Mail,
    /// What tokens are signed with.
    pub keys: KeyRing,
    /// The orders, and what they are about.
    pub shop: Shop,
    /// The accounts, and what they were opened with.
    pub openings: Openings,
    /// Where pages hear of changes.
    pub push: Push,
    /// The figures of the last hour, as they were told last.
    pub figures: LastFigures,
    /// What learns of decisions about payments.
    pub decisions: Decisions<TaskTokens>,
    /// What suppliers sign their reports with.
    pub webhook_keys: KeyRing,
    /// Whether mishaps may be scripted.
    pub simulation: Simulation,
    /// The time.
    pub clock: Clock,
    /// The origin whose pages may use the API; `None` for no origin.
    pub cors_origin: Option<HeaderValue>,
}

/// All routes. The stage is no part of them.
pub fn router(api: Api) -> Router {
    routes::all()
        .fallback(nothing_here)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(body::LARGEST_BODY))
        .layer(from_fn(etag::tag))
        .layer(from_fn_with_state(api.clone(), front::surround))
        .with_state(api)
}

async fn nothing_here() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "there is no such address; see openapi.json",
    )
}

async fn no_such_method() -> Problem {
    Problem::new(
        ProblemKind::MethodNotAllowed,
        "see the header Allow, or openapi.json",
    )
}
