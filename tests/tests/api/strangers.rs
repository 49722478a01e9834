//! What belongs to others is not there.

use holdfast_tests::{Stack, Trip};
use serde_json::json;

use holdfast_tests::guest::{Guest, car_leg, flight};

#[tokio::test]
async fn the_booking_of_another_is_not_there_on_any_route() {
    let (ana, eve) = tokio::join!(Guest::arrives("ana"), Guest::arrives("eve"));
    let id = ana.holds(&flight()).await;
    let at = |rest: &str| format!("/bookings/{id}{rest}");
    let answers = [
        eve.get(&at("")).await,
        eve.get(&at("/events")).await,
        eve.get(&at("/events?wait=1")).await,
        eve.delete(&at("")).await,
        eve.delete(&at("/legs/out")).await,
        eve.post(&at("/legs"), &car_leg("car")).await,
        eve.post(&at("/payment"), &json!({"token": "tok_visa"}))
            .await,
    ];
    let nothing = eve.get("/bookings/b-no-such-booking").await;
    let nothing = nothing.problem(404, "not-found");
    for answer in answers {
        let mut problem = answer.problem(404, "not-found");
        problem["trace_id"] = nothing["trace_id"].clone();
        assert_eq!(problem, nothing, "it looks the same as one that nobody has");
    }
    assert_eq!(
        eve.get("/bookings").await.expect(200)["bookings"],
        json!([])
    );
    let booking = ana.get(&at("")).await.expect(200);
    assert_eq!(
        booking["status"], "awaiting_payment",
        "nothing was done to it"
    );
    assert_eq!(booking["legs"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_booking_that_was_started_without_the_api_belongs_to_nobody_there() {
    let stack = Stack::connect().await;
    let ended = stack.book("elsewhere", &Trip::flight()).await;
    let eve = Guest::arrives("eve").await;
    let seen = eve.get(&format!("/bookings/{}", ended.name)).await;
    seen.problem(404, "not-found");
}

#[tokio::test]
async fn who_books_is_who_is_signed_in_whatever_the_body_says() {
    let eve = Guest::arrives("eve").await;
    let mut trip = flight();
    trip["customer"] = json!({"id": "cus_1", "email": "ana@example.com"});
    let refused = eve.book_as("as-somebody-else", &trip).await;
    let problem = refused.problem(422, "invalid-fields");
    assert!(
        problem["detail"].as_str().unwrap().contains("customer"),
        "{problem}"
    );
}
