//! A leg's life: hold, confirm, release, and what comes in the wrong order.

use serde_json::json;

use crate::shop::{KINDS, Shop, spec};

#[tokio::test]
async fn every_kind_is_held_confirmed_and_released() {
    let shop = Shop::open().await;
    for (kind, prefix) in KINDS.iter().zip(["FL-", "HO-", "CA-", "IN-", "TR-"]) {
        let held = shop.leg(kind, kind, "hold", json!({})).await.expect(200);
        assert_eq!(held["status"], "held");
        assert!(
            held["reference"].as_str().unwrap().starts_with(prefix),
            "{held}"
        );
        assert_eq!(held["price"]["currency"], "BRL");
        assert!(held["price"]["amount"].as_u64().unwrap() > 0);
        assert_eq!(held["expires_at"], "2027-01-10T12:15:00.000Z");
        let confirmed = shop.leg(kind, kind, "confirm", json!({})).await.expect(200);
        assert_eq!(confirmed["status"], "confirmed");
        assert_eq!(confirmed["reference"], held["reference"]);
        let released = shop.leg(kind, kind, "release", json!({})).await;
        assert_eq!(released.expect(200), json!({ "status": "released" }));
    }
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn a_release_leaves_a_tombstone_that_refuses_the_late_hold() {
    let shop = Shop::open().await;
    for kind in KINDS {
        shop.leg(kind, kind, "release", json!({})).await.expect(200);
        let message = shop
            .leg(kind, kind, "hold", json!({}))
            .await
            .problem(409, "refused");
        assert!(message.contains("released"), "{message}");
    }
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn what_is_not_held_or_was_released_cannot_be_confirmed() {
    let shop = Shop::open().await;
    shop.flight("b1", "confirm").await.problem(409, "refused");
    shop.flight("b2", "hold").await.expect(200);
    shop.flight("b2", "release").await.expect(200);
    shop.flight("b2", "confirm").await.problem(409, "refused");
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn a_second_hold_under_another_key_is_refused_and_takes_nothing() {
    let shop = Shop::open().await;
    shop.flight("b1", "hold").await.expect(200);
    let body = json!({ "booking": "b1", "leg": "leg-1", "spec": spec("flight") });
    shop.post("/flight/hold", "another", &body)
        .await
        .problem(409, "refused");
    assert_eq!(shop.taken(crate::shop::FLIGHT).await, 2);
}

#[tokio::test]
async fn an_undo_or_a_confirmation_under_another_key_finds_it_done() {
    let shop = Shop::open().await;
    shop.flight("b1", "hold").await.expect(200);
    let body = json!({ "booking": "b1", "leg": "leg-1" });
    for action in ["confirm", "release"] {
        let first = shop.flight("b1", action).await.expect(200);
        let again = shop
            .post(
                &format!("/flight/{action}"),
                &format!("other-{action}"),
                &body,
            )
            .await;
        assert_eq!(again.expect(200), first, "{action}");
    }
    assert_eq!(shop.taken(crate::shop::FLIGHT).await, 0);
}

#[tokio::test]
async fn a_leg_of_one_kind_is_not_anothers() {
    let shop = Shop::open().await;
    shop.flight("b1", "hold").await.expect(200);
    let body = json!({ "booking": "b1", "leg": "leg-1" });
    shop.post("/hotel/release", "other", &body)
        .await
        .problem(409, "refused");
    assert_eq!(shop.audit("").await, ["b1 leg-1 held"]);
}

#[tokio::test]
async fn the_audit_shows_what_is_alive_and_nothing_else() {
    let shop = Shop::open().await;
    for booking in ["b1", "b2", "b3"] {
        shop.flight(booking, "hold").await.expect(200);
    }
    shop.flight("b2", "confirm").await.expect(200);
    shop.flight("b3", "release").await.expect(200);
    shop.pay("b1", "authorize", json!({})).await.expect(200);
    shop.pay("b2", "authorize", json!({})).await.expect(200);
    shop.pay("b2", "capture", json!({})).await.expect(200);
    let all = [
        "b1 leg-1 held",
        "b1 payment authorized",
        "b2 leg-1 confirmed",
        "b2 payment captured",
    ];
    assert_eq!(shop.audit("").await, all);
    assert_eq!(shop.audit("?booking=b2").await, all[2..]);
    assert!(shop.audit("?booking=b3").await.is_empty());
    assert!(shop.audit("?booking=nobody").await.is_empty());
    for booking in ["b1", "b2"] {
        shop.flight(booking, "release").await.expect(200);
    }
    shop.pay("b1", "void", json!({})).await.expect(200);
    shop.pay("b2", "refund", json!({})).await.expect(200);
    assert!(shop.audit("").await.is_empty());
}
