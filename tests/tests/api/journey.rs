//! The whole way: register, sign in, choose, hold one leg after another, pay, be booked.

use holdfast_tests::Stack;
use serde_json::{Value, json};

use holdfast_tests::guest::{Guest, flight};

#[tokio::test]
async fn a_traveller_chooses_one_leg_at_a_time_tries_two_cards_and_is_booked() {
    let stack = Stack::connect().await;
    let ana = Guest::arrives("journey").await;

    let query = "/offers?kind=flight&from=GRU&to=LIS&date=2027-03-01&passengers=2";
    let offers = ana.get(query).await.expect(200);
    let offer = &offers["offers"][0];
    let leg = json!({"id": "out", "kind": offer["kind"], "spec": offer["spec"]});
    let id = ana.books(&json!({"legs": [leg]})).await;
    let booking = ana.waits(&id).await;
    assert_eq!(booking["status"], "awaiting_payment", "{booking}");
    assert_eq!(booking["legs"][0]["status"], "held");
    assert_eq!(booking["legs"][0]["price"], offer["price"]);
    assert_eq!(booking["total"], offer["price"]);
    let left = booking["seconds_left"].as_u64().unwrap();
    assert!((600..=900).contains(&left), "{left} seconds left");

    add_a_hotel_and_a_car(&ana, &id).await;
    let dropped = ana.delete(&format!("/bookings/{id}/legs/car")).await;
    assert_eq!(dropped.expect(202)["under_way"], "drop_leg car");
    let booking = ana.waits(&id).await;
    assert_eq!(statuses(&booking), ["held", "held", "released"]);

    pay(&ana, &id, "tok_declined").await;
    let declined = |booking: &Value| {
        booking["payment"]["status"] == "declined" && booking["actions"][0] == "pay"
    };
    let booking = ana.sees(&id, "the card is declined", declined).await;
    assert_eq!(booking["status"], "awaiting_payment");
    pay(&ana, &id, "tok_visa").await;
    let booking = ana.comes_to(&id, "booked").await;

    assert_eq!(statuses(&booking), ["confirmed", "confirmed", "released"]);
    assert_eq!(booking["payment"]["status"], "captured");
    assert_eq!(booking["payment"]["attempts"], 2);
    assert_eq!(booking["actions"], json!(["cancel"]));
    assert_eq!(booking["seconds_left"], Value::Null);
    let snapshot = stack.booking(&id).await;
    assert_eq!(snapshot.booking.customer.id.as_str(), ana.id);
    assert_eq!(snapshot.booking.customer.email, ana.email);
    assert_eq!(stack.audit(&id).await.len(), 3, "two legs and the money");
}

async fn add_a_hotel_and_a_car(ana: &Guest, id: &str) {
    let days = "check_in=2027-03-01&check_out=2027-03-15";
    let hotels = ana
        .get(&format!("/offers?kind=hotel&{days}&guests=2"))
        .await;
    let hotels = hotels.expect(200);
    let cars = "/offers?kind=car&city=LIS&pick_up=2027-03-01&drop_off=2027-03-15";
    let cars = ana.get(cars).await.expect(200);
    for (name, offers) in [("hotel", hotels), ("car", cars)] {
        let offer = &offers["offers"][0];
        let leg = json!({"id": name, "kind": offer["kind"], "spec": offer["spec"]});
        let added = ana.post(&format!("/bookings/{id}/legs"), &leg).await;
        let added = added.expect(202);
        assert_eq!(added["under_way"], format!("add_leg {name}"), "{added}");
        let booking = ana.waits(id).await;
        let held = booking["legs"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(
            (&held["id"], &held["status"]),
            (&json!(name), &json!("held"))
        );
        assert_eq!(
            held["price"], offer["price"],
            "the price is the one that was offered"
        );
    }
}

async fn pay(ana: &Guest, id: &str, token: &str) {
    let card = json!({"token": token});
    let paid = ana.post(&format!("/bookings/{id}/payment"), &card).await;
    paid.expect(202);
}

fn statuses(booking: &Value) -> Vec<&str> {
    let legs = booking["legs"].as_array().unwrap().iter();
    legs.map(|leg| leg["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_traveller_who_pays_up_front_need_not_wait() {
    let ana = Guest::arrives("up-front").await;
    let mut trip = flight();
    trip["payment"] = json!({"token": "tok_visa"});
    let id = ana.books(&trip).await;
    let booking = ana.comes_to(&id, "booked").await;
    assert!(booking["legs"][0]["reference"].is_string(), "{booking}");
}

#[tokio::test]
async fn a_traveller_who_cancels_gets_everything_given_back() {
    let stack = Stack::connect().await;
    let ana = Guest::arrives("cancels").await;
    let id = ana.holds(&flight()).await;
    ana.delete(&format!("/bookings/{id}")).await.expect(202);
    ana.comes_to(&id, "cancelled").await;
    assert!(stack.audit(&id).await.is_empty());
    let again = ana.delete(&format!("/bookings/{id}")).await;
    let problem = again.problem(409, "booking-conflict");
    assert_eq!(problem["booking"]["status"], "cancelled");
}

#[tokio::test]
async fn a_traveller_who_is_too_late_hears_so() {
    let ana = Guest::arrives("late").await;
    let mut trip = flight();
    trip["hold_seconds"] = json!(3);
    let id = ana.books(&trip).await;
    ana.comes_to(&id, "expired").await;
    let card = json!({"token": "tok_visa"});
    let paid = ana.post(&format!("/bookings/{id}/payment"), &card).await;
    let problem = paid.problem(409, "booking-conflict");
    assert_eq!(problem["booking"]["status"], "expired");
}
