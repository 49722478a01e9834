//! Hundreds of random trips, given back in random parts on random days, with random faults at releases
//! and refunds: what was captured less what was refunded is what the terms say, to the cent. There are
//! 100 of them, or `HOLDFAST_ROUNDS`.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use holdfast_booking::desk::{Clerk, Errand};
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::time::Timestamp;
use serde_json::{Value, json};

use crate::support::Bench;

const TRIPS: usize = 100;
const DAY: Duration = Duration::from_secs(86_400);
const FAULTS: &[&str] = &[
    "ok",
    "ok",
    "ok",
    "lost:1",
    "lost",
    "unavailable:2",
    "unavailable",
    "refuse",
];

/// The terms of each kind, as a traveller reads them in the suppliers' offers: the percentage, and how
/// many days before the beginning the last day is.
fn terms(kind: &str) -> (u64, Option<i64>) {
    match kind {
        "flight" => (80, Some(14)),
        "train" => (90, Some(1)),
        "hotel" => (100, Some(3)),
        "car" => (100, Some(1)),
        _ => (0, None),
    }
}

fn random_leg(random: &mut fastrand::Rng, number: usize) -> Value {
    let kind = random
        .choice(["flight", "train", "hotel", "car", "insurance"])
        .unwrap();
    let (start, days) = (random.i64(20..60), random.i64(1..9));
    let day = |after: i64| {
        let base = jiff::civil::date(2027, 1, 10);
        base.checked_add(jiff::Span::new().days(after))
            .unwrap()
            .to_string()
    };
    let (from, to) = (day(start), day(start + days));
    let persons = random.u32(1..=4);
    let spec = match kind {
        "flight" | "train" => {
            json!({"from": "GRU", "to": "LIS", "date": from, "passengers": persons})
        }
        "hotel" => json!({"city": "LIS", "check_in": from, "check_out": to, "guests": persons}),
        "car" => json!({"city": "LIS", "pick_up": from, "drop_off": to}),
        _ => json!({"from": from, "to": to, "travellers": persons}),
    };
    let release = random.choice(FAULTS).unwrap();
    json!({"id": format!("leg-{number}"), "kind": kind, "spec": spec, "simulate": {"release": release}})
}

/// What the terms say comes back for a leg at a moment.
fn owed(leg: &Value, price: u64, now: Timestamp) -> u64 {
    let spec = &leg["spec"];
    let start = ["date", "check_in", "pick_up", "from"]
        .iter()
        .find_map(|field| spec[field].as_str()?.parse::<jiff::civil::Date>().ok());
    let (percent, Some(days)) = terms(leg["kind"].as_str().unwrap()) else {
        return 0;
    };
    let last = start
        .unwrap()
        .checked_sub(jiff::Span::new().days(days))
        .unwrap();
    // The day ends last where it is twelve hours earlier than at UTC.
    let over = last.checked_add(jiff::Span::new().days(1)).unwrap();
    let over: Timestamp = format!("{over}T12:00:00Z").parse().unwrap();
    if now < over { price * percent / 100 } else { 0 }
}

/// What must hold of a trip in the end.
struct Expected {
    id: BookingId,
    money: u64,
    legs: Vec<String>,
}

async fn one_trip(bench: &Bench, number: usize, mut random: fastrand::Rng) -> Expected {
    let legs: Vec<_> = (0..random.usize(1..=4))
        .map(|leg| random_leg(&mut random, leg))
        .collect();
    let refund = *random.choice(FAULTS).unwrap();
    let (id, name) = (json!(legs), format!("trip-{number}"));
    let id = bench.booked(&name, id, json!({ "refund": refund })).await;
    let mut left: BTreeMap<LegId, (Value, u64)> = BTreeMap::new();
    for (leg, known) in legs.iter().zip(bench.snapshot(&id).await.legs) {
        left.insert(known.id, (leg.clone(), known.state.price.unwrap().amount));
    }
    let mut money: u64 = left.values().map(|(_, price)| price).sum();
    while !left.is_empty() && random.u8(0..4) > 0 {
        let chosen: Vec<_> = left.keys().filter(|_| random.bool()).cloned().collect();
        let part = (!chosen.is_empty()).then_some(&chosen[..]);
        let chosen = part.map_or_else(|| left.keys().cloned().collect(), <[_]>::to_vec);
        let now = bench.clock().now();
        let owed: u64 = chosen
            .iter()
            .map(|id| owed(&left[id].0, left[id].1, now))
            .sum();
        let quote = bench.quote(&id, part).await.expect("a quote");
        assert_eq!(
            quote.refund.amount, owed,
            "{id}: {chosen:?} of {legs:?} at {now}"
        );
        bench
            .gives_back(&id, part, &quote.refund)
            .await
            .expect("begun");
        let view = bench.carries_out(&id).await;
        if view.status == BookingStatus::NeedsAttention {
            by_hand(bench, &id, &chosen, owed).await;
        }
        money -= owed;
        chosen.iter().for_each(|leg| drop(left.remove(leg)));
    }
    let legs = left.keys().map(ToString::to_string).collect();
    Expected { id, money, legs }
}

/// An operator goes to the suppliers' own counters, and says so.
async fn by_hand(bench: &Bench, id: &BookingId, legs: &[LegId], owed: u64) {
    let snapshot = bench.snapshot(id).await;
    for leg in legs {
        let kind = snapshot.leg(leg).unwrap().kind;
        let (path, body) = (
            format!("/{kind}/release"),
            json!({"booking": id, "leg": leg}),
        );
        let key = format!("{id}/{leg}/by-hand");
        assert_eq!(bench.tell_suppliers(&path, &key, body).await, 200);
    }
    let number = snapshot.booking.state.cancellation.unwrap().number;
    let is_refunded = snapshot.payment.state.was_refunded_for(number);
    if owed > 0 && !is_refunded {
        let amount = json!({"amount": owed, "currency": "BRL"});
        let body = json!({"booking": id, "attempt": 1, "amount": amount, "refund": number});
        let key = format!("{id}/refund/by-hand/{number}");
        assert_eq!(
            bench.tell_suppliers("/payment/refund", &key, body).await,
            200
        );
    }
    let clerk = Clerk {
        store: bench.store.clone(),
        clock: bench.clock(),
        name: "ana".to_owned(),
    };
    let mut errand = Errand::all_of(id.clone());
    errand.reason = Some("at the counter".to_owned());
    clerk.resolve(&errand).await.expect("resolved");
}

#[tokio::test]
async fn captured_less_refunded_is_what_the_terms_say_to_the_cent() {
    let seed = fastrand::u64(..);
    let rounds = std::env::var("HOLDFAST_ROUNDS").ok();
    let trips = rounds.map_or(TRIPS, |rounds| rounds.parse().unwrap());
    println!("seed {seed}, {trips} trips");
    let mut random = fastrand::Rng::with_seed(seed);
    let bench = Bench::new().await;
    let mut refunded = 0;
    // Trips on the same day run at once; each ten of them, two days go by.
    for batch in 0..trips / 10 {
        let ten = (0..10).map(|place| one_trip(&bench, batch * 10 + place, random.fork()));
        let ten: Vec<_> = stream::iter(ten).buffer_unordered(10).collect().await;
        for expected in ten {
            let Expected { id, money, legs } = expected;
            assert_eq!(bench.money_taken(&id).await, money, "{id}");
            assert_eq!(bench.legs_kept(&id).await, legs, "{id}");
            bench.history(&id).await;
            let state = bench.snapshot(&id).await;
            refunded += u32::from(state.payment.state.refunded.is_some());
            let is_gone = legs.is_empty();
            let is_cancelled = state.booking.state.status == BookingStatus::Cancelled;
            assert_eq!(is_cancelled, is_gone, "{id}");
        }
        if batch % 5 == 4 {
            bench.clock.advance(DAY * 2);
        }
    }
    println!("{trips} trips, {refunded} of them refunded: every cent is where it belongs");
    assert!(usize::try_from(refunded).unwrap() > trips / 5);
}
