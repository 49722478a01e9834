//! A traveller's way to a price: offers, a trip of them, prices that rise meanwhile, and the amount agreed.
//! At the place `ZZZ` the simulated suppliers' prices rise by a cent each second.

use std::time::Duration;

use serde_json::{Value, json};

use holdfast_tests::guest::{Guest, car_leg, flight};
use holdfast_tests::mailbox::letter_to;
use holdfast_tests::{Stack, eventually};

const FLIGHT: &str = "kind=flight&from=GRU&to=ZZZ&date=2027-03-01&passengers=2";
const HOTEL: &str = "kind=hotel&city=ZZZ&check_in=2027-03-01&check_out=2027-03-15&guests=2";
const CAR: &str = "kind=car&city=ZZZ&pick_up=2027-03-01&drop_off=2027-03-15";

async fn offer(guest: &Guest, question: &str) -> Value {
    let offers = guest.get(&format!("/offers?{question}")).await.expect(200);
    offers["offers"][0].clone()
}

/// The leg that an offer makes.
fn leg(id: &str, offer: &Value) -> Value {
    json!({"id": id, "kind": offer["kind"], "spec": offer["spec"], "offer": offer["id"]})
}

fn amount(offer: &Value) -> u64 {
    offer["price"]["amount"].as_u64().unwrap()
}

fn brl(amount: u64) -> Value {
    json!({"amount": amount, "currency": "BRL"})
}

/// Waits until something costs another amount than was offered.
async fn price_changes(guest: &Guest, question: &str, offered: &Value) {
    eventually("the price changes", Duration::from_secs(30), async || {
        let now = offer(guest, question).await;
        (now["price"] != offered["price"]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_traveller_pays_the_amount_agreed_though_prices_have_risen_since() {
    let stack = Stack::connect().await;
    let ana = Guest::arrives("agreed").await;
    let (out, hotel) = (offer(&ana, FLIGHT).await, offer(&ana, HOTEL).await);
    let total = amount(&out) + amount(&hotel);
    price_changes(&ana, FLIGHT, &out).await;
    let trip = json!({
        "legs": [leg("out", &out), leg("hotel", &hotel)],
        "max_total": brl(total),
        "passengers": ["Ana Souza", "Rui O'Neill"],
    });
    let id = ana.holds(&trip).await;
    let booking = ana.get(&format!("/bookings/{id}")).await.expect(200);
    assert_eq!(booking["total"], brl(total), "{booking}");
    assert_eq!(booking["max_total"], brl(total));
    assert_eq!(booking["passengers"], trip["passengers"]);

    let pay = format!("/bookings/{id}/payment");
    let other = json!({"token": "tok_visa", "amount": brl(total + 1)});
    let refused = ana.post(&pay, &other).await;
    let refused = refused.problem(409, "booking-conflict");
    assert_eq!(
        refused["booking"]["status"], "awaiting_payment",
        "{refused}"
    );
    assert_eq!(refused["booking"]["actions"][0], "pay", "{refused}");

    let agreed = json!({"token": "tok_visa", "amount": brl(total)});
    ana.post(&pay, &agreed).await.expect(202);
    ana.comes_to(&id, "booked").await;
    let audit = stack.audit(&id).await;
    let paid = audit.iter().find(|item| item["status"] == "captured");
    assert_eq!(paid.unwrap()["amount"], brl(total), "{audit:?}");
    let letter = letter_to(&ana.email).await;
    let names = "Passengers: Ana Souza; Rui O'Neill";
    assert!(letter.text.contains(names), "{letter:?}");
}

#[tokio::test]
async fn a_leg_that_is_added_has_the_price_of_its_offer() {
    let ana = Guest::arrives("added").await;
    let id = ana.holds(&flight()).await;
    let car = offer(&ana, CAR).await;
    price_changes(&ana, CAR, &car).await;
    let legs = format!("/bookings/{id}/legs");
    ana.post(&legs, &leg("car", &car)).await.expect(202);
    let booking = ana.waits(&id).await;
    assert_eq!(booking["legs"][1]["price"], car["price"], "{booking}");
    // Without an offer a leg costs what it costs today.
    let mut plain = leg("plain", &car);
    plain.as_object_mut().unwrap().remove("offer");
    ana.post(&legs, &plain).await.expect(202);
    let booking = ana.waits(&id).await;
    assert_ne!(booking["legs"][2]["price"], car["price"], "{booking}");
}

#[tokio::test]
async fn an_offer_of_something_else_is_refused_with_a_reason_in_words() {
    let stack = Stack::connect().await;
    let ana = Guest::arrives("forged").await;
    let mut out = leg("out", &offer(&ana, FLIGHT).await);
    out["spec"]["passengers"] = json!(3);
    let id = ana.books(&json!({"legs": [out]})).await;
    let failed = ana.comes_to(&id, "failed").await;
    let reason = failed["legs"][0]["reason"].as_str().unwrap();
    assert_eq!(
        reason,
        "this offer is not for this flight; ask for offers again"
    );
    assert!(stack.audit(&id).await.is_empty());
}

#[tokio::test]
async fn a_trip_beyond_its_bound_waits_until_a_leg_is_dropped() {
    let ana = Guest::arrives("bound").await;
    let out = flight()["legs"][0].clone();
    let price = offer(
        &ana,
        "kind=flight&from=GRU&to=LIS&date=2027-03-01&passengers=2",
    )
    .await;
    let trip = json!({"legs": [out, car_leg("car")], "max_total": price["price"]});
    let id = ana.holds(&trip).await;
    let booking = ana.get(&format!("/bookings/{id}")).await.expect(200);
    assert_eq!(booking["actions"], json!(["add_leg", "drop_leg", "cancel"]));
    let pay = format!("/bookings/{id}/payment");
    let card = json!({"token": "tok_visa"});
    let refused = ana.post(&pay, &card).await.problem(409, "booking-conflict");
    let detail = refused["detail"].as_str().unwrap();
    assert!(
        detail.contains("max_total") && detail.contains("drop"),
        "{detail}"
    );
    let dropped = ana.delete(&format!("/bookings/{id}/legs/car")).await;
    dropped.expect(202);
    ana.waits(&id).await;
    ana.post(&pay, &card).await.expect(202);
    ana.comes_to(&id, "booked").await;
}
