//! Every step of a trip may die before or after its work, or be delivered three times: the trip
//! ends as it would have ended, and everything is done once.
//!
//! To die is to panic here, in a task of its own; what the state machine does about it is to try
//! the step again.
//!
//! - `player`: the state machine, which tries again
//! - `refused`: scripts that are refused
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod player;
mod refused;
#[path = "../support/mod.rs"]
mod support;

use holdfast_booking::steps::{Open, OpenRequest, Opened};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_core::failure::Failure;
use holdfast_core::fault::Mishap;
use holdfast_core::verb::Verb;
use holdfast_kit::rehearsal::Simulation;
use player::Player;
use serde_json::{Value, json};
use support::{Bench, TOKEN, flight_and_hotel};

/// The actions of a trip that is booked, and of one that is undone after it was confirmed.
const FORWARD: &[Action] = &[
    Action::Open,
    Action::Hold,
    Action::Authorize,
    Action::Confirm,
    Action::Settle,
    Action::Capture,
];
const BACK: &[Action] = &[Action::Unwind, Action::Release, Action::Void, Action::Close];

fn die() -> ! {
    panic!("dies, as scripted")
}

async fn stage() -> Bench {
    let simulation = Simulation::dying_by(die);
    Bench {
        simulation,
        ..Bench::new().await
    }
}

/// A request in which one mishap is scripted, wherever its action belongs.
fn trip(action: Action, mishap: Mishap) -> Value {
    let script = json!({ action.as_str(): mishap.as_str() });
    let mut trip = json!({
        "customer": {"id": "cus_1", "email": "traveller@example.com"},
        "legs": flight_and_hotel(),
        "payment": {"token": TOKEN},
    });
    if Action::OF_A_LEG.contains(&action) {
        trip["legs"][1]["simulate"] = script;
    } else if Action::OF_A_PAYMENT.contains(&action) {
        trip["payment"]["simulate"] = script;
    } else {
        trip["simulate"] = script;
    }
    trip
}

async fn open(bench: &Bench, request: &OpenRequest) -> Result<Opened, Failure> {
    let open = Open {
        store: bench.store.clone(),
        waker: bench.wakes.clone(),
        clock: bench.clock(),
        definition: "test",
    };
    let now = open.clock.now();
    bench
        .rehearsed()
        .open(request, now, || open.open(request))
        .await
}

fn deaths_of(mishap: Mishap) -> u32 {
    u32::from(mishap != Mishap::Twice)
}

#[tokio::test]
async fn whatever_dies_or_is_doubled_on_the_way_forward_the_trip_is_booked_once() {
    let bench = stage().await;
    for (action, mishap) in cases(FORWARD) {
        let told = format!("{action}-{mishap}");
        let mut player = Player::new(&bench, &told, trip(action, mishap));
        player.until_confirmed().await;
        player.settle().await;
        let paid = ["hotel confirmed", "out confirmed", "payment captured"];
        let deaths = deaths_of(mishap);
        player
            .check(&told, deaths, BookingStatus::Booked, &paid)
            .await;
    }
}

#[tokio::test]
async fn whatever_dies_or_is_doubled_on_the_way_back_nothing_is_left_behind() {
    let bench = stage().await;
    for (action, mishap) in cases(BACK) {
        let told = format!("{action}-{mishap}");
        let mut player = Player::new(&bench, &told, trip(action, mishap));
        player.until_confirmed().await;
        player.unwind_and_close().await;
        let deaths = deaths_of(mishap);
        player
            .check(&told, deaths, BookingStatus::Failed, &[])
            .await;
    }
}

fn cases(actions: &'static [Action]) -> impl Iterator<Item = (Action, Mishap)> {
    let mishaps = |action: Action| Mishap::ALL.iter().map(move |mishap| (action, *mishap));
    actions.iter().copied().flat_map(mishaps)
}
