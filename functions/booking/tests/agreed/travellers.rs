//! Those who travel: their names go to the suppliers of the legs, and are kept in the booking's own row.

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::view::BookingView;
use serde_json::{Value, json};

use crate::support::{Bench, TOKEN, flight_and_hotel, table};

#[tokio::test]
async fn names_go_to_the_suppliers_with_each_hold_and_nowhere_else() {
    let bench = Bench::new().await;
    let (bench, asked) = bench.noting().await;
    let names = json!(["Ana Xylographa", "Rui Xylographa"]);
    let more = json!({ "passengers": names });
    let opened = bench.open_saying("b1", flight_and_hotel(), more).await;
    let id = opened.booking_id;
    bench.all_legs(&id, Action::Hold).await.expect("holds");
    bench.waits(&id, "1").await.expect("it waits");
    let car = json!({"id": "car", "kind": "car",
        "spec": {"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"}});
    bench.says(&id, "add_leg", car).await.expect("it is taken");
    bench.all_legs(&id, Action::Hold).await.expect("holds");
    bench.waits(&id, "2").await.expect("it waits");
    bench
        .says(&id, "pay", json!(null))
        .await
        .expect("it is taken");
    bench.authorize(&id, 1, TOKEN).await.expect("authorized");
    bench
        .all_legs(&id, Action::Confirm)
        .await
        .expect("confirmed");
    let view: BookingView = bench.settle(&id).await.expect("booked");
    assert!(
        !json!(view).to_string().contains("Xylographa"),
        "the execution's output"
    );
    for (path, body) in asked.lock().unwrap().iter() {
        match path.ends_with("/hold") {
            true => assert_eq!(body["passengers"], names, "{path}"),
            false => assert!(body.get("passengers").is_none(), "{path}: {body}"),
        }
    }
    let is_hold = |(path, _): &&(String, Value)| path.ends_with("/hold");
    let holds = asked.lock().unwrap().iter().filter(is_hold).count();
    assert_eq!(holds, 3);
    for event in bench.history(&id).await {
        let told = event.ended.as_ref().map(|ended| json!(ended.passengers));
        assert_eq!(told, event.ended.is_some().then(|| names.clone()));
        let mut others = event;
        others.ended = None;
        assert!(
            !json!(others).to_string().contains("Xylographa"),
            "{others:?}"
        );
    }
    rows_with_names(&bench).await;
}

/// The booking's own row, and the event for the letter that confirms it.
async fn rows_with_names(bench: &Bench) {
    let scan = bench.client.scan().table_name(table::BOOKINGS);
    let items = scan.send().await.unwrap().items.unwrap();
    let named = items
        .iter()
        .filter(|item| format!("{item:?}").contains("Xylographa"));
    let mut rows: Vec<_> = named
        .map(|item| item["sk"].as_s().unwrap().split('#').next().unwrap())
        .collect();
    rows.sort_unstable();
    assert_eq!(rows, ["BOOKING", "EVENT"]);
    let suppliers = bench.client.scan().table_name(table::SUPPLIERS);
    let kept = format!("{:?}", suppliers.send().await.unwrap().items);
    assert!(!kept.contains("Xylographa"), "{kept}");
}

#[tokio::test]
async fn suppliers_of_a_booking_without_names_are_told_none() {
    let bench = Bench::new().await;
    let (bench, asked) = bench.noting().await;
    let id = bench.held("b1").await;
    assert!(bench.snapshot(&id).await.legs.iter().all(|leg| !leg.named));
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 2);
    assert!(
        asked
            .iter()
            .all(|(_, body)| body.get("passengers").is_none())
    );
}
