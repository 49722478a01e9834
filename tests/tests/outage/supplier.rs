//! A supplier that is really down.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use aws_sdk_sfn::types::ExecutionStatus;
use futures_util::FutureExt;
use futures_util::future::join_all;
use holdfast_booking::desk::{Clerk, Errand};
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_booking_rules::spec::Kind;
use holdfast_booking_rules::unwinding::Participant;
use holdfast_core::breaker::Breaker;
use holdfast_kit::clock::Clock;
use holdfast_kit::https::Https;
use holdfast_kit::suppliers::Endpoint;
use holdfast_tests::{Ended, Stack, Trip, eventually, fresh_name, output};

use crate::alone;

const SUPPLIER: &str = "insurance";
/// The first try and as many more as the template's `RetryMaxAttempts`.
const TRIES: u64 = 6;
/// The local stack's `BreakerOpenSeconds`.
const OPEN: Duration = Duration::from_secs(5);
const SECONDS_TO_OPEN: Duration = Duration::from_secs(20);
/// How many bookings with the supplier come at once.
const CROWD: usize = 4;

async fn breaker(stack: &Stack) -> Breaker {
    let supplier = Participant::Leg(Kind::Insurance);
    let kept = stack.store.items().breaker(supplier.as_str()).await;
    kept.unwrap().breaker
}

async fn start(stack: &Stack, trip: &Trip) -> Vec<String> {
    let starts = (0..CROWD).map(|_| async {
        let name = fresh_name("outage");
        stack.start(&name, &trip.0).await
    });
    join_all(starts).await
}

async fn ends(stack: &Stack, arns: &[String]) -> Vec<Ended> {
    join_all(arns.iter().map(|arn| stack.end_of(arn))).await
}

/// Nothing could be done, and the supplier that is down cannot even say that it has nothing. Tells
/// whether the breaker said so in the end, or else the supplier itself, to the probe.
async fn failed_by_the_breaker(stack: &Stack, ended: &Ended) -> bool {
    assert_eq!(ended.status, ExecutionStatus::Failed, "{ended:?}");
    assert_eq!(ended.error, "NeedsAttention", "{ended:?}");
    let left = stack.audit(&ended.name).await;
    assert!(left.is_empty(), "the suppliers still have {left:?}");
    let reason = stack.booking(&ended.name).await.booking.state.reason;
    let reason = reason.unwrap_or_default();
    let told = ["SupplierDown", "Unavailable"].map(|error| format!("hold cover: {error}"));
    let is_told = told.iter().any(|told| reason.contains(told));
    assert!(is_told, "{reason}");
    reason.contains("the insurance supplier keeps failing")
}

/// While the supplier is down: what calls it gets, and how the bookings end, with it and without.
async fn while_it_is_down(stack: &Stack) -> Vec<Ended> {
    let began = Instant::now();
    let first = start(stack, &Trip::flight().insured()).await;
    eventually("the breaker to open", SECONDS_TO_OPEN, async || {
        matches!(breaker(stack).await, Breaker::Open { .. }).then_some(())
    })
    .await;
    println!("calls stop after {:?}", began.elapsed());
    // For the calls that were under way.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (stopped, before) = (
        Instant::now(),
        stack.asked_in_outage(SUPPLIER, "hold").await,
    );

    let second = start(stack, &Trip::flight().insured()).await;
    let without = start(stack, &Trip::sample()).await;
    for ended in ends(stack, &without).await {
        assert_eq!(ended.output["status"], "booked", "{ended:?}");
    }
    println!(
        "bookings without it are booked after {:?}",
        stopped.elapsed()
    );

    let crowd = ends(stack, &[first, second].concat()).await;
    let asked = stack.asked_in_outage(SUPPLIER, "hold").await - before;
    let probes = stopped.elapsed().as_secs() / OPEN.as_secs() + 1;
    println!(
        "{before} holds asked before, {asked} since, in {:?}",
        stopped.elapsed()
    );
    assert!(asked <= probes, "{asked} calls, {probes} probes at most");
    let released = stack.asked_in_outage(SUPPLIER, "release").await;
    let undos = u64::try_from(crowd.len()).unwrap() * TRIES;
    assert!(
        released >= undos,
        "{released} of {undos} undos were let through"
    );
    let failed = join_all(
        crowd
            .iter()
            .map(|ended| failed_by_the_breaker(stack, ended)),
    )
    .await;
    let by_probes = failed.iter().filter(|by_breaker| !**by_breaker).count();
    assert!(
        u64::try_from(by_probes).unwrap() <= asked,
        "{by_probes} probes"
    );
    crowd
}

/// When it works again one call finds out, and all goes on.
async fn when_it_works_again(stack: &Stack) {
    tokio::time::sleep(OPEN).await;
    let probe = stack.book("probe", &Trip::flight().insured()).await;
    assert_eq!(probe.output["status"], "booked", "{probe:?}");
    assert!(matches!(breaker(stack).await, Breaker::Closed { .. }));
    for ended in ends(stack, &start(stack, &Trip::flight().insured()).await).await {
        assert_eq!(ended.output["status"], "booked", "{ended:?}");
    }
}

/// What the supplier could not be told meanwhile it is told now, as an operator would.
async fn redrive(stack: &Stack, ended: &Ended) {
    let clerk = Clerk {
        store: stack.store.clone(),
        clock: Clock::system(),
        name: "tester".to_owned(),
    };
    let errand = Errand {
        reason: Some("the supplier works again".to_owned()),
        ..Errand::all_of(ended.name.parse().unwrap())
    };
    let supplier = Endpoint::new(
        Https::default(),
        &output("SUPPLIERS_URL"),
        Duration::from_secs(10),
    );
    let what = format!("the proper end of {}", ended.name);
    eventually(&what, Duration::from_secs(30), async || {
        // The automatic redrive may be at it, too.
        clerk.redrive(&errand, &supplier).await.ok();
        let status = stack.booking(&ended.name).await.booking.state.status;
        (status == BookingStatus::Failed).then_some(())
    })
    .await;
}

#[tokio::test]
async fn calls_to_a_supplier_that_is_down_stop_and_bookings_without_it_are_untouched() {
    let _alone = alone().await;
    let stack = Stack::connect().await;
    if breaker(&stack).await != Breaker::CLOSED {
        // A run of this test that was cut short has left it so.
        when_it_works_again(&stack).await;
    }
    stack.begin_outage(SUPPLIER).await;
    let down = AssertUnwindSafe(while_it_is_down(&stack)).catch_unwind();
    let down = down.await;
    stack.end_outage(SUPPLIER).await;
    let crowd = down.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    when_it_works_again(&stack).await;
    for ended in &crowd {
        redrive(&stack, ended).await;
    }
}
