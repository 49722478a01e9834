//! Places are taken and given back once, and time gives them back too.

use holdfast_suppliers::Settings;
use serde_json::json;

use crate::shop::{FLIGHT, Shop};

#[tokio::test]
async fn what_is_sold_out_is_refused_until_somebody_gives_it_back() {
    let shop = Shop::with_capacity(3).await;
    shop.flight("b1", "hold").await.expect(200);
    let message = shop.flight("b2", "hold").await.problem(409, "refused");
    assert_eq!(message, "sold out: 1 of 2 seats left");
    shop.flight("b1", "release").await.expect(200);
    shop.flight("b2", "hold").await.problem(409, "refused");
    shop.flight("b3", "hold").await.expect(200);
    assert_eq!(shop.audit("").await, ["b3 leg-1 held"]);
}

#[tokio::test]
async fn the_well_known_place_is_always_sold_out() {
    let shop = Shop::open().await;
    let flight =
        json!({ "spec": { "from": "GRU", "to": "XXX", "date": "2027-03-01", "passengers": 1 } });
    shop.leg("flight", "b1", "hold", flight)
        .await
        .problem(409, "refused");
    let hotel = json!({ "spec": { "city": "XXX", "check_in": "2027-03-01", "check_out": "2027-03-02", "guests": 1 } });
    shop.leg("hotel", "b2", "hold", hotel)
        .await
        .problem(409, "refused");
}

#[tokio::test]
async fn an_expired_hold_cannot_be_confirmed_and_leaves_the_audit() {
    let shop = Shop::open().await;
    shop.flight("b1", "hold").await.expect(200);
    shop.wait(899);
    assert_eq!(shop.audit("").await, ["b1 leg-1 held"]);
    shop.wait(1);
    assert!(shop.audit("").await.is_empty());
    assert!(shop.audit("?booking=b1").await.is_empty());
    let message = shop.flight("b1", "confirm").await.problem(409, "refused");
    assert!(message.contains("expired"), "{message}");
}

#[tokio::test]
async fn a_hold_confirmed_in_time_does_not_expire() {
    let shop = Shop::with_capacity(2).await;
    shop.flight("b1", "hold").await.expect(200);
    shop.flight("b1", "confirm").await.expect(200);
    shop.wait(100_000);
    shop.flight("b2", "hold").await.problem(409, "refused");
    assert_eq!(shop.audit("").await, ["b1 leg-1 confirmed"]);
}

#[tokio::test]
async fn the_places_of_an_expired_hold_are_given_back_once() {
    let shop = Shop::with_capacity(2).await;
    shop.flight("b1", "hold").await.expect(200);
    shop.wait(900);
    shop.flight("b2", "hold").await.expect(200);
    assert_eq!(shop.taken(FLIGHT).await, 2);
    shop.flight("b1", "confirm").await.problem(409, "refused");
    shop.flight("b1", "release").await.expect(200);
    assert_eq!(
        shop.taken(FLIGHT).await,
        2,
        "given back by time and again by the release"
    );
    shop.flight("b3", "hold").await.problem(409, "refused");
    assert_eq!(shop.audit("").await, ["b2 leg-1 held"]);
}

#[tokio::test]
async fn a_release_after_the_time_gives_back_what_time_has_not() {
    let shop = Shop::with_capacity(2).await;
    shop.flight("b1", "hold").await.expect(200);
    shop.wait(900);
    shop.flight("b1", "release").await.expect(200);
    assert_eq!(shop.taken(FLIGHT).await, 0);
    shop.flight("b2", "hold").await.expect(200);
    shop.flight("b3", "hold").await.problem(409, "refused");
}

#[tokio::test]
async fn many_small_expired_holds_make_room_for_a_large_one() {
    let shop = Shop::with_capacity(9).await;
    let seats = |count: u32| json!({ "spec": { "from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": count } });
    for n in 0..9 {
        shop.leg("flight", &format!("b{n}"), "hold", seats(1))
            .await
            .expect(200);
    }
    shop.wait(900);
    shop.leg("flight", "large", "hold", seats(8))
        .await
        .expect(200);
    assert_eq!(shop.audit("").await, ["large leg-1 held"]);
    assert!(shop.taken(FLIGHT).await <= 9);
}

#[tokio::test]
async fn how_long_a_hold_lasts_is_a_setting() {
    let settings = Settings {
        hold: std::time::Duration::from_secs(5),
        ..Settings::default()
    };
    let shop = Shop::open_with(settings).await;
    shop.flight("b1", "hold").await.expect(200);
    shop.wait(5);
    shop.flight("b1", "confirm").await.problem(409, "refused");
}
