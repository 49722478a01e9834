//! Many changes at one time: of one booking one wins, of different bookings all do.

use futures_util::future::join_all;
use holdfast_tests::Stack;
use serde_json::json;

use holdfast_tests::guest::{Guest, car_leg, flight};

/// A car that takes so long to be held that all others come meanwhile.
fn slow_car(id: &str) -> serde_json::Value {
    let mut car = car_leg(id);
    car["simulate"] = json!({"hold": "slow:3500"});
    car
}

#[tokio::test]
async fn of_five_changes_of_one_booking_one_is_taken_and_four_are_conflicts() {
    let stack = Stack::connect().await;
    let ana = Guest::arrives("five").await;
    let id = ana.holds(&flight()).await;
    let path = format!("/bookings/{id}/legs");
    let cars: Vec<_> = (1..=5)
        .map(|number| slow_car(&format!("car{number}")))
        .collect();
    let answers = join_all(cars.iter().map(|car| ana.post(&path, car))).await;
    let (taken, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 202);
    assert_eq!((taken.len(), refused.len()), (1, 4), "{refused:?}");
    let winner = taken.into_iter().next().unwrap().expect(202)["under_way"].clone();
    for answer in refused {
        let problem = answer.problem(409, "booking-conflict");
        assert_eq!(problem["booking"]["booking_id"], *id);
        assert_eq!(problem["booking"]["status"], "awaiting_payment");
        assert_eq!(problem["booking"]["under_way"], winner, "{problem}");
    }
    let booking = ana.waits(&id).await;
    assert_eq!(booking["legs"].as_array().unwrap().len(), 2, "{booking}");
    stack.booking(&id).await;
}

#[tokio::test]
async fn of_five_different_wishes_for_one_booking_one_is_granted() {
    let stack = Stack::connect().await;
    let ana = Guest::arrives("wishes").await;
    let id = ana.holds(&flight()).await;
    let pay = json!({"token": "tok_visa", "simulate": {"authorize": "slow:2500"}});
    let (legs, payment, whole) = (
        format!("/bookings/{id}/legs"),
        format!("/bookings/{id}/payment"),
        format!("/bookings/{id}"),
    );
    let (one, two) = (slow_car("one"), slow_car("two"));
    let drop = format!("{legs}/out");
    let (a, b, c, d, e) = tokio::join!(
        ana.post(&legs, &one),
        ana.post(&legs, &two),
        ana.post(&payment, &pay),
        ana.delete(&drop),
        ana.delete(&whole),
    );
    let answers = [a, b, c, d, e];
    let taken = answers.iter().filter(|answer| answer.status == 202).count();
    let refused = answers.iter().filter(|answer| answer.status == 409).count();
    // Dropping a leg and cancelling are over soon: another command may come after them, with nothing to change.
    assert!(taken >= 1 && taken + refused == 5, "{answers:?}");
    stack.booking(&id).await;
}

#[tokio::test]
async fn changes_of_four_bookings_at_one_time_are_all_taken() {
    let ana = Guest::arrives("four").await;
    let trip = flight();
    let ids = join_all((0..4).map(|_| ana.holds(&trip))).await;
    let car = car_leg("car");
    let changes = ids.iter().map(|id| {
        let (path, ana, car) = (format!("/bookings/{id}/legs"), &ana, &car);
        async move { ana.post(&path, car).await }
    });
    for answer in join_all(changes).await {
        answer.expect(202);
    }
    for id in &ids {
        let booking = ana.waits(id).await;
        assert_eq!(booking["legs"][1]["status"], "held", "{booking}");
    }
}

#[tokio::test]
async fn of_two_cards_at_one_time_one_is_charged() {
    let stack = Stack::connect().await;
    let ana = Guest::arrives("cards").await;
    let id = ana.holds(&flight()).await;
    let path = format!("/bookings/{id}/payment");
    let card = json!({"token": "tok_visa"});
    let answers = join_all((0..3).map(|_| ana.post(&path, &card))).await;
    assert!(
        answers.iter().any(|answer| answer.status == 202),
        "{answers:?}"
    );
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer.status, 202 | 409)),
        "{answers:?}"
    );
    ana.comes_to(&id, "booked").await;
    let audit = stack.audit(&id).await;
    let captured = audit.iter().filter(|item| item["status"] == "captured");
    assert_eq!(captured.count(), 1, "{audit:?}");
}
