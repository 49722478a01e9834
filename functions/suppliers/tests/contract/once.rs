//! Invariant 4: once. However often and however simultaneously a call arrives.

use std::future::Future;

use serde_json::json;

use crate::shop::{FLIGHT, KINDS, Reply, Shop};

const AT_ONCE: usize = 10;

/// The one answer that all of them get.
async fn simultaneously<F: Future<Output = Reply> + Send>(call: impl Fn() -> F) -> Reply {
    let mut all: Vec<_> = (0..AT_ONCE).map(|_| Box::pin(call())).collect();
    let mut replies: Vec<Option<Reply>> = vec![None; AT_ONCE];
    std::future::poll_fn(|context| {
        let mut waiting = false;
        for (call, reply) in all.iter_mut().zip(&mut replies) {
            if reply.is_none() {
                match call.as_mut().poll(context) {
                    std::task::Poll::Ready(done) => *reply = Some(done),
                    std::task::Poll::Pending => waiting = true,
                }
            }
        }
        if waiting {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    let first = replies[0].clone().unwrap();
    for reply in replies {
        assert_eq!(reply, Some(first.clone()));
    }
    first
}

#[tokio::test]
async fn ten_identical_calls_for_a_leg_act_once_and_get_one_answer() {
    let shop = Shop::open().await;
    for kind in KINDS {
        for (action, status, alive) in [
            ("hold", "held", 1),
            ("confirm", "confirmed", 1),
            ("release", "released", 0),
        ] {
            let reply = simultaneously(|| shop.leg(kind, kind, action, json!({}))).await;
            assert_eq!(reply.expect(200)["status"], status, "{kind} {action}");
            let audit = shop.audit(&format!("?booking={kind}")).await;
            assert_eq!(audit.len(), alive, "{kind} {action}: {audit:?}");
        }
    }
    assert_eq!(shop.taken(FLIGHT).await, 0);
}

#[tokio::test]
async fn ten_identical_holds_take_their_places_once() {
    let shop = Shop::open().await;
    simultaneously(|| shop.flight("b1", "hold"))
        .await
        .expect(200);
    assert_eq!(shop.taken(FLIGHT).await, 2);
    simultaneously(|| shop.flight("b1", "confirm"))
        .await
        .expect(200);
    assert_eq!(shop.taken(FLIGHT).await, 2);
}

#[tokio::test]
async fn ten_identical_calls_for_money_act_once_and_get_one_answer() {
    let shop = Shop::open().await;
    for (booking, action, status) in [
        ("b1", "authorize", "authorized"),
        ("b1", "capture", "captured"),
        ("b1", "refund", "refunded"),
        ("b2", "authorize", "authorized"),
        ("b2", "void", "voided"),
    ] {
        let reply = simultaneously(|| shop.pay(booking, action, json!({}))).await;
        assert_eq!(reply.expect(200)["status"], status, "{booking} {action}");
    }
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn ten_identical_calls_for_an_order_act_once_and_get_one_answer() {
    let shop = Shop::open().await;
    for (asked, status, alive) in [
        (("credit", "check"), "approved", 0),
        (("payment", "authorize"), "authorized", 1),
        (("carrier", "book"), "booked", 2),
        (("carrier", "cancel"), "cancelled", 1),
        (("payment", "void"), "voided", 0),
    ] {
        let reply = simultaneously(|| shop.order("o1", asked, json!({}))).await;
        assert_eq!(reply.expect(200)["status"], status, "{asked:?}");
        let audit = shop.audit("?booking=o1").await;
        assert_eq!(audit.len(), alive, "{asked:?}: {audit:?}");
    }
}

#[tokio::test]
async fn ten_simultaneous_bookings_under_keys_of_their_own_are_one_shipment() {
    let shop = Shop::open().await;
    let bookings = (0..AT_ONCE).map(|n| {
        let shop = shop.clone();
        let (key, body) = (format!("k{n}"), crate::shop::shipment("o1"));
        tokio::spawn(async move { shop.post("/carrier/book", &key, &body).await.status })
    });
    let bookings: Vec<_> = bookings.collect();
    let mut booked = 0;
    for booking in bookings {
        match booking.await.unwrap() {
            200 => booked += 1,
            status => assert_eq!(status, 409),
        }
    }
    assert_eq!(booked, 1);
    assert_eq!(shop.audit("").await, ["o1 carrier booked"]);
}

#[tokio::test]
async fn a_refusal_is_given_again_too() {
    let shop = Shop::open().await;
    let refused = simultaneously(|| shop.flight("b1", "confirm")).await;
    refused.problem(409, "refused");
    shop.flight("b1", "hold").await.expect(200);
    assert_eq!(shop.flight("b1", "confirm").await, refused);
}

#[tokio::test]
async fn holds_of_many_bookings_at_once_never_take_more_than_there_is() {
    let shop = Shop::with_capacity(7).await;
    let bookings: Vec<String> = (0..8).map(|n| format!("b{n}")).collect();
    let holds = bookings.iter().map(|booking| {
        let shop = shop.clone();
        let booking = booking.clone();
        tokio::spawn(async move { shop.flight(&booking, "hold").await.status })
    });
    let holds: Vec<_> = holds.collect();
    let mut held = 0;
    for hold in holds {
        match hold.await.unwrap() {
            200 => held += 1,
            status => assert_eq!(status, 409),
        }
    }
    assert_eq!(held, 3);
    assert_eq!(shop.taken(FLIGHT).await, 6);
}

#[tokio::test]
async fn a_key_that_comes_back_with_another_request_is_a_mistake() {
    let shop = Shop::open().await;
    shop.flight("b1", "hold").await.expect(200);
    let other =
        json!({ "spec": { "from": "GRU", "to": "OPO", "date": "2027-03-01", "passengers": 2 } });
    let message = shop
        .leg("flight", "b1", "hold", other)
        .await
        .problem(422, "invalid");
    assert!(message.contains("Idempotency-Key"), "{message}");
}
