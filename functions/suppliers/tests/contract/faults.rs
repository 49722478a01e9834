//! Scripted faults, and faults by chance.

use std::time::{Duration, Instant};

use holdfast_suppliers::Settings;
use serde_json::json;

use crate::shop::{FLIGHT, OF_ORDERS, Shop};

#[tokio::test]
async fn an_unavailable_supplier_does_nothing_so_many_times() {
    let shop = Shop::open().await;
    let script = || json!({ "simulate": "unavailable:2" });
    for _ in 0..2 {
        shop.leg("flight", "b1", "hold", script())
            .await
            .problem(503, "unavailable");
        assert!(shop.audit("").await.is_empty());
        shop.get("/operations?key=b1/leg-1/hold")
            .await
            .problem(404, "unknown_key");
    }
    shop.leg("flight", "b1", "hold", script()).await.expect(200);
    shop.leg("flight", "b2", "hold", script())
        .await
        .problem(503, "unavailable");
}

#[tokio::test]
async fn an_unavailable_supplier_without_a_number_stays_so() {
    let shop = Shop::open().await;
    for _ in 0..4 {
        let script = json!({ "simulate": "unavailable" });
        shop.leg("flight", "b1", "release", script)
            .await
            .problem(503, "unavailable");
    }
}

#[tokio::test]
async fn a_lost_answer_was_done_and_the_replay_tells() {
    let shop = Shop::open().await;
    let script = || json!({ "simulate": "lost:1" });
    assert!(shop.leg("flight", "b1", "hold", script()).await.is_lost());
    assert_eq!(shop.audit("").await, ["b1 leg-1 held"]);
    let inspected = shop
        .get("/operations?key=b1%2Fleg-1%2Fhold")
        .await
        .expect(200);
    let replayed = shop.leg("flight", "b1", "hold", script()).await.expect(200);
    assert_eq!(inspected, json!({ "http_status": 200, "body": replayed }));
    assert_eq!(shop.taken(FLIGHT).await, 2);
}

#[tokio::test]
async fn an_answer_lost_without_a_number_is_always_lost_but_can_be_asked_for() {
    let shop = Shop::open().await;
    for _ in 0..3 {
        let script = json!({ "simulate": "lost" });
        assert!(shop.pay("b1", "authorize", script).await.is_lost());
    }
    let inspected = shop
        .get("/operations?key=b1/payment/authorize")
        .await
        .expect(200);
    assert_eq!(inspected["body"]["status"], "authorized");
    assert_eq!(shop.audit("").await, ["b1 payment authorized"]);
}

#[tokio::test]
async fn a_scripted_refusal_is_kept_like_a_real_one() {
    let shop = Shop::open().await;
    let script = || json!({ "simulate": "refuse" });
    let refused = shop.leg("flight", "b1", "hold", script()).await;
    refused.problem(409, "refused");
    assert_eq!(shop.flight("b1", "hold").await, refused);
    let declined = shop
        .pay("b1", "authorize", json!({ "simulate": "decline" }))
        .await;
    declined.problem(402, "declined");
    assert_eq!(shop.pay("b1", "authorize", json!({})).await, declined);
    let inspected = shop.get("/operations?key=b1/leg-1/hold").await.expect(200);
    assert_eq!(
        inspected,
        json!({ "http_status": 409, "body": refused.json() })
    );
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn a_refused_undo_leaves_what_it_was_to_undo() {
    let shop = Shop::open().await;
    shop.flight("b1", "hold").await.expect(200);
    let script = json!({ "simulate": "refuse" });
    shop.leg("flight", "b1", "release", script)
        .await
        .problem(409, "refused");
    assert_eq!(shop.audit("").await, ["b1 leg-1 held"]);
}

#[tokio::test]
async fn the_suppliers_of_orders_follow_scripts_too() {
    let shop = Shop::open().await;
    for asked in OF_ORDERS {
        let (supplier, action) = asked;
        let of = |id: &str| format!("{supplier}-{id}");
        let script = || json!({ "simulate": "unavailable:2" });
        for _ in 0..2 {
            let reply = shop.order(&of("down"), asked, script()).await;
            reply.problem(503, "unavailable");
        }
        shop.order(&of("down"), asked, script()).await.expect(200);
        let script = || json!({ "simulate": "lost:1" });
        let lost = shop.order(&of("lost"), asked, script()).await;
        assert!(lost.is_lost(), "{lost:?}");
        let key = format!("{}/{supplier}/{action}", of("lost"));
        let kept = shop
            .get(&format!("/operations?key={key}"))
            .await
            .expect(200);
        let replayed = shop.order(&of("lost"), asked, script()).await;
        assert_eq!(kept["body"], replayed.expect(200));
        let refuse = json!({ "simulate": "refuse" });
        let refused = shop.order(&of("refused"), asked, refuse).await;
        let (status, error) = match supplier {
            "payment" => (402, "declined"),
            _ => (409, "refused"),
        };
        refused.problem(status, error);
        let again = shop.order(&of("refused"), asked, json!({})).await;
        assert_eq!(again, refused);
        let refused = shop.audit(&format!("?booking={}", of("refused"))).await;
        assert!(refused.is_empty(), "{refused:?}");
    }
}

#[tokio::test]
async fn a_refused_cancellation_leaves_the_shipment() {
    let shop = Shop::open().await;
    shop.carrier("o1", "book", json!({})).await.expect(200);
    let script = json!({ "simulate": "refuse" });
    let refused = shop.carrier("o1", "cancel", script).await;
    refused.problem(409, "refused");
    assert_eq!(shop.audit("").await, ["o1 carrier booked"]);
}

#[tokio::test]
async fn whatever_chance_does_the_carrier_tells_the_truth_about_it() {
    let shop = chaotic().await;
    for n in 0..20 {
        let order = format!("o{n}");
        let reply = shop.carrier(&order, "book", json!({})).await;
        let booked = shop.audit(&format!("?booking={order}")).await.len() == 1;
        match reply.status {
            503 => assert!(!booked, "{reply:?}"),
            504 => assert!(booked && reply.is_lost(), "{reply:?}"),
            status => assert!(booked && status == 200, "{reply:?}"),
        }
    }
}

#[tokio::test]
async fn a_slow_supplier_waits_before_it_does_anything() {
    let shop = Shop::open().await;
    let started = Instant::now();
    let slow = shop.leg("flight", "b1", "hold", json!({ "simulate": "slow:150" }));
    let impatient = tokio::time::timeout(Duration::from_millis(20), slow).await;
    assert!(impatient.is_err(), "answered at once");
    assert!(shop.audit("").await.is_empty(), "did it before the wait");
    let patient = shop
        .leg("flight", "b1", "hold", json!({ "simulate": "slow:60" }))
        .await;
    patient.expect(200);
    assert!(started.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn a_slow_supplier_goes_through_with_it_though_the_caller_hangs_up() {
    let shop = Shop::open().await;
    let slow = shop.leg("flight", "b1", "hold", json!({ "simulate": "slow:100" }));
    let impatient = tokio::time::timeout(Duration::from_millis(20), slow).await;
    assert!(impatient.is_err(), "answered at once");
    let until = Instant::now() + Duration::from_secs(10);
    while shop.audit("").await.is_empty() {
        assert!(Instant::now() < until, "was never done");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(shop.audit("").await, ["b1 leg-1 held"]);
}

#[tokio::test]
async fn chance_never_strikes_where_something_is_scripted() {
    let shop = chaotic().await;
    for n in 0..10 {
        let script = json!({ "simulate": "ok" });
        shop.leg("flight", &format!("b{n}"), "hold", script)
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn whatever_chance_does_the_supplier_tells_the_truth_about_it() {
    let shop = chaotic().await;
    for n in 0..20 {
        let booking = format!("b{n}");
        let reply = shop.flight(&booking, "hold").await;
        let held = shop.audit(&format!("?booking={booking}")).await.len() == 1;
        match reply.status {
            503 => assert!(!held, "{reply:?}"),
            504 => assert!(held && reply.is_lost(), "{reply:?}"),
            status => assert!(held && status == 200, "{reply:?}"),
        }
    }
}

async fn chaotic() -> Shop {
    Shop::open_with(Settings {
        chaos: 1.0,
        ..Settings::default()
    })
    .await
}
