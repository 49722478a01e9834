//! Fifty travellers at once, for a minute: none meets any error but being too late or too often, and
//! whatever they leave behind holds together.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::{FutureExt, StreamExt, stream};
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_tests::audit::what_was_said;
use holdfast_tests::client::Answer;
use holdfast_tests::guest::{Guest, car_leg, flight};
use holdfast_tests::{Stack, fresh_name};
use serde_json::{Value, json};

use crate::turn;

const TRAVELLERS: usize = 50;
const LONG: Duration = Duration::from_secs(60);
const ARRIVING_AT_ONCE: usize = 4;
const AUDITED_AT_ONCE: usize = 8;
/// How often a traveller looks whether something has happened.
const GLANCE: Duration = Duration::from_secs(1);
/// No traveller waits longer than this for something to happen.
const AT_MOST: Duration = Duration::from_secs(90);

/// What one traveller has seen.
#[derive(Default)]
struct Log {
    bookings: Vec<String>,
    answers: BTreeMap<u16, usize>,
    took: Vec<Duration>,
    trouble: Vec<String>,
}

/// A traveller, and what they see.
struct Traveller<'a> {
    guest: &'a Guest,
    log: Log,
}

impl Traveller<'_> {
    /// Notes an answer; it must be as it should, or one of those that are no fault of anybody's.
    async fn hears(&mut self, what: &str, asking: impl Future<Output = Answer>) -> Value {
        let began = Instant::now();
        let answer = asking.await;
        self.log.took.push(began.elapsed());
        *self.log.answers.entry(answer.status).or_default() += 1;
        if !matches!(answer.status, 200..=299 | 409 | 429) {
            let (status, text) = (answer.status, &answer.text);
            self.log.trouble.push(format!("{what}: {status} {text}"));
        }
        answer.json
    }

    async fn says(&mut self, what: &str, path: &str, body: &Value) -> Value {
        let guest = self.guest;
        self.hears(what, guest.post(path, body)).await
    }

    /// Looks at a booking until it has ended, or something can be done with it.
    async fn follows(&mut self, id: &str) -> Option<Value> {
        let guest = self.guest;
        let until = Instant::now() + AT_MOST;
        while Instant::now() < until {
            let path = format!("/bookings/{id}");
            let booking = self.hears("looking", guest.get(&path)).await;
            let idle = booking["actions"].as_array().is_some_and(|a| !a.is_empty());
            if idle {
                return Some(booking);
            }
            let status = serde_json::from_value::<BookingStatus>(booking["status"].clone());
            if status.is_ok_and(BookingStatus::has_ended) {
                return None;
            }
            tokio::time::sleep(GLANCE).await;
        }
        self.log.trouble.push(format!("{id}: nothing happens"));
        None
    }

    /// Chooses a flight, then a car; tries a bad card now and then; pays twice at once; or cancels.
    async fn travels(&mut self) {
        let guest = self.guest;
        let offers = "/offers?kind=car&city=LIS&pick_up=2027-03-01&drop_off=2027-03-15";
        self.hears("offers", guest.get(offers)).await;
        let (key, trip) = (fresh_name("key"), flight());
        let booked = guest.book_as(&key, &trip);
        let booked = self.hears("booking", booked).await;
        let Some(id) = booked["booking_id"].as_str().map(str::to_owned) else {
            return;
        };
        self.log.bookings.push(id.clone());
        if self.follows(&id).await.is_none() {
            return;
        }
        let legs = format!("/bookings/{id}/legs");
        self.says("adding", &legs, &car_leg("car")).await;
        if self.follows(&id).await.is_none() {
            return;
        }
        self.ends(&id).await;
        self.follows(&id).await;
    }

    async fn ends(&mut self, id: &str) {
        let guest = self.guest;
        let payment = format!("/bookings/{id}/payment");
        let good = json!({"token": "tok_visa"});
        match fastrand::u8(0..10) {
            0 => {
                let path = format!("/bookings/{id}");
                self.hears("cancelling", guest.delete(&path)).await;
            }
            1 => {
                let bad = json!({"token": "tok_declined"});
                self.says("paying badly", &payment, &bad).await;
                if self.follows(id).await.is_some() {
                    self.says("paying", &payment, &good).await;
                }
            }
            2 => {
                let both = [0, 1].map(|_| guest.post(&payment, &good));
                for answer in join_all(both).await {
                    self.hears("paying twice", std::future::ready(answer)).await;
                }
            }
            _ => drop(self.says("paying", &payment, &good).await),
        }
    }
}

async fn travel_until(guest: &Guest, end: Instant) -> Log {
    let log = Log::default();
    let mut traveller = Traveller { guest, log };
    while Instant::now() < end {
        let journey = AssertUnwindSafe(traveller.travels()).catch_unwind();
        if let Err(panic) = journey.await {
            traveller.log.trouble.push(what_was_said(&*panic));
        }
    }
    traveller.log
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_travellers_for_a_minute_meet_no_error_and_leave_nothing_behind() {
    let _turn = turn().await;
    let stack = Stack::connect().await;
    let guests: Vec<_> = stream::iter(0..TRAVELLERS)
        .map(|_| Guest::arrives("fifty"))
        .buffer_unordered(ARRIVING_AT_ONCE)
        .collect()
        .await;
    let end = Instant::now() + LONG;
    let logs = join_all(guests.iter().map(|guest| travel_until(guest, end))).await;
    let bookings: Vec<_> = logs.iter().flat_map(|log| &log.bookings).collect();
    let audited: Vec<_> = stream::iter(&bookings)
        .map(|name| stack.look_from_all_sides(name))
        .buffer_unordered(AUDITED_AT_ONCE)
        .collect()
        .await;
    tell(&logs, audited.iter().filter_map(|booking| booking.status));
    let trouble: Vec<_> = logs.iter().flat_map(|log| &log.trouble).collect();
    let violations = audited.iter().flat_map(|booking| &booking.violations);
    let violations: Vec<_> = violations.collect();
    assert!(
        bookings.len() >= TRAVELLERS,
        "each gets through at least once"
    );
    assert!(trouble.is_empty(), "{trouble:#?}");
    assert!(violations.is_empty(), "{violations:#?}");
}

fn tell(logs: &[Log], ends: impl Iterator<Item = BookingStatus>) {
    let mut took: Vec<_> = logs.iter().flat_map(|log| log.took.clone()).collect();
    took.sort_unstable();
    let at = |share: usize| took[(took.len() * share).div_ceil(100).max(1) - 1].as_millis();
    let mut answers = BTreeMap::<u16, usize>::new();
    for (status, count) in logs.iter().flat_map(|log| &log.answers) {
        *answers.entry(*status).or_default() += count;
    }
    let mut outcomes = BTreeMap::<&str, usize>::new();
    for status in ends {
        *outcomes.entry(status.as_str()).or_default() += 1;
    }
    println!(
        "{} travellers: {} answers ({answers:?}), p50 {} ms, p99 {} ms; bookings: {outcomes:?}",
        logs.len(),
        took.len(),
        at(50),
        at(99),
    );
}
