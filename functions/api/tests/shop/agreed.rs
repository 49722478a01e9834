//! The price that was agreed, and those who travel, over HTTP.

use std::time::Duration;

use holdfast_booking::store::Written;
use holdfast_booking_rules::opening::{Execution, open};
use holdfast_booking_rules::request::BookingRequest;
use holdfast_booking_rules::transition::Transition;
use serde_json::{Value, json};

use crate::operators::stored;
use crate::stage::{Guest, Stage};

/// A booking that was stored waits for its traveller, `cus_1`, and costs this.
const WAITS: &str = "awaiting_payment";
const TOTAL: u64 = 487_200;

fn brl(amount: u64) -> Value {
    json!({"amount": amount, "currency": "BRL"})
}

/// Books, while time goes on and no execution writes anything.
async fn books(stage: &Stage, guest: &Guest, trip: &Value) -> Value {
    stage.nothing_is_written();
    let headers = [("idempotency-key", "key")];
    let time = async {
        loop {
            tokio::time::sleep(Duration::from_millis(10)).await;
            stage.bench.pass(Duration::from_secs(1));
        }
    };
    let booked = tokio::select! {
        booked = stage.ask(guest, "POST", "/bookings", &headers, Some(trip)) => booked,
        () = time => unreachable!("time goes on"),
    };
    booked.expect(202)
}

#[tokio::test]
async fn an_offer_has_an_id_and_a_time_until_which_its_price_holds() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    let question = "/offers?kind=flight&from=GRU&date=2027-03-01&passengers=2";
    let offers = stage.get(&ana, question).await.expect(200);
    let offers = offers["offers"].as_array().unwrap();
    assert!(offers.len() > 5);
    for offer in offers {
        let id = offer["id"].as_str().unwrap();
        assert!(
            id.starts_with(&format!("BRL.{}.", offer["price"]["amount"])),
            "{offer}"
        );
        assert!(id.len() <= 160);
        assert!(
            offer["price_until"].as_str().unwrap().ends_with("Z"),
            "{offer}"
        );
    }
}

#[tokio::test]
async fn a_booking_shows_what_was_agreed_and_who_travels() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    let trip = json!({
        "legs": [{"id": "out", "kind": "flight", "offer": "BRL.172920.1800000000.6f1c",
            "spec": {"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}}],
        "max_total": brl(700_000),
        "passengers": ["Ana Souza", "Rui Souza"],
    });
    let booked = books(&stage, &ana, &trip).await;
    let path = format!("/bookings/{}", booked["booking_id"].as_str().unwrap());
    let shown = stage.get(&ana, &path).await.expect(200);
    for body in [booked, shown] {
        assert_eq!(body["max_total"], trip["max_total"]);
        assert_eq!(body["passengers"], trip["passengers"]);
        assert_eq!(body["legs"][0]["offer"], trip["legs"][0]["offer"]);
    }
    let bea = stage.customer("bea").await;
    stage.get(&bea, &path).await.problem(404, "not-found");
}

#[tokio::test]
async fn another_amount_is_a_conflict_and_the_right_one_is_taken() {
    let stage = Stage::new().await;
    stored(&stage, WAITS).await;
    let ana = stage.customer("1").await;
    let path = format!("/bookings/{WAITS}/payment");
    for amount in [TOTAL - 1, TOTAL + 1] {
        let card = json!({"token": "tok_visa", "amount": brl(amount)});
        let refused = stage.post(&ana, &path, &card).await;
        let refused = refused.problem(409, "booking-conflict");
        let detail = refused["detail"].as_str().unwrap();
        assert!(
            detail.contains("the trip costs BRL 4,872.00, not "),
            "{detail}"
        );
        assert!(detail.contains("nothing is paid"), "{detail}");
        let standing = &refused["booking"];
        assert_eq!(standing["status"], "awaiting_payment", "{refused}");
        assert_eq!(standing["actions"][0], "pay", "{refused}");
        assert_eq!(standing["under_way"], Value::Null, "{refused}");
    }
    let card = json!({"token": "tok_visa", "amount": brl(TOTAL)});
    let taken = stage.post(&ana, &path, &card).await.expect(202);
    assert_eq!(taken["under_way"], "pay");
}

/// Opens a booking of `cus_ana`, as its execution does.
async fn opened(stage: &Stage, name: &str, more: &Value) {
    let mut input = json!({
        "customer": {"id": "cus_ana", "email": "ana@example.com"},
        "legs": [{"id": "out", "kind": "flight",
            "spec": {"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}}],
    });
    for (field, value) in more.as_object().unwrap() {
        input[field] = value.clone();
    }
    let now = stage.bench.clock().now();
    let asked = BookingRequest::read(&input, now).unwrap();
    let execution = Execution {
        name,
        arn: name,
        definition: "test",
    };
    let new = open(execution, &asked, now).unwrap();
    let opening = Transition::opening(&new, "open");
    let written = stage.bookings.write(&opening).await.expect("an answer");
    assert_eq!(written, Written::Applied);
}

#[tokio::test]
async fn owners_and_operators_see_who_travels_and_no_history_tells() {
    let stage = Stage::new().await;
    let (ana, olga) = (stage.customer("ana").await, stage.operator("olga").await);
    let names = json!({"passengers": ["Ana Xylographa", "Rui Xylographa"]});
    opened(&stage, "b-1", &names).await;
    let own = stage.get(&ana, "/bookings/b-1").await.expect(200);
    assert_eq!(own["passengers"], names["passengers"]);
    let saga = stage.get(&olga, "/sagas/b-1").await.expect(200);
    assert_eq!(saga["steps"][0]["data"]["passengers"], names["passengers"]);
    assert!(!saga["events"].to_string().contains("Xylographa"), "{saga}");
    let events = stage.get(&ana, "/bookings/b-1/events").await;
    assert!(!events.text.contains("Xylographa"), "{}", events.text);
    let bea = stage.customer("bea").await;
    stage
        .get(&bea, "/bookings/b-1")
        .await
        .problem(404, "not-found");
}
