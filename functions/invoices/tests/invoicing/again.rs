//! Requests that come again, late, or in another order than they were sent.

use holdfast_core::time::Timestamp;
use holdfast_invoices::requests::Requests;
use holdfast_invoices::rules::{EventName, Message, State};
use holdfast_kit::clock::Clock;
use holdfast_kit::rehearsal::Simulation;
use serde_json::json;

use crate::stage::{Stage, delivered, said, unwants, wanted, wants};

fn answer(name: EventName, number: &str, credit_note: &str) -> (EventName, String, String) {
    (name, number.to_owned(), credit_note.to_owned())
}

#[tokio::test]
async fn an_invoice_keeps_what_was_asked_and_gets_a_number() {
    let stage = Stage::new().await;
    stage.deliver(&wants("o-1", "order.5")).await;
    let record = stage.record("o-1").await.unwrap();
    let contents = serde_json::to_value(&record.contents).unwrap();
    assert_eq!(contents, wanted());
    let items = stage.items().await;
    let item = items
        .iter()
        .find(|item| item["sk"].as_s().unwrap() == "INVOICE");
    let item = item.unwrap();
    assert_eq!(item["pk"].as_s().unwrap(), "ORDER#o-1");
    assert_eq!(item["number"].as_s().unwrap(), "2027-000001");
    assert_eq!(item["status"].as_s().unwrap(), "issued");
    let told = stage.last_answer("o-1").await;
    assert_eq!(told.request_id.to_string(), "o-1/order.5");
    let issued = answer(EventName::InvoiceIssued, "2027-000001", "");
    assert_eq!(said(&told), issued);

    stage.deliver(&unwants("o-1", "order.9")).await;
    let cancelled = answer(EventName::InvoiceCancelled, "2027-000001", "2027-C-000001");
    assert_eq!(said(&stage.last_answer("o-1").await), cancelled);
    let invoice = holdfast_invoices::invoice(&stage.store, &"o-1".parse().unwrap()).await;
    let invoice = invoice.unwrap().expect("the invoice");
    assert_eq!(
        invoice.credit_note.unwrap().number.to_string(),
        "2027-C-000001"
    );
    assert_eq!(serde_json::to_value(&invoice.contents).unwrap(), wanted());
}

#[tokio::test]
async fn the_same_request_again_changes_and_answers_nothing() {
    let stage = Stage::new().await;
    for message in [wants("o-1", "order.5"), unwants("o-1", "order.9")] {
        stage.deliver(&message).await;
        let stored = stage.items().await;
        for _ in 0..10 {
            stage.deliver(&message).await;
        }
        assert_eq!(stage.items().await, stored);
    }
    // Nor does the first one, late.
    let stored = stage.items().await;
    stage.deliver(&wants("o-1", "order.5")).await;
    assert_eq!(stage.items().await, stored);
}

#[tokio::test]
async fn another_request_is_told_what_is_recorded_without_a_new_number() {
    let stage = Stage::new().await;
    stage.deliver(&wants("o-1", "order.5")).await;
    stage.deliver(&wants("o-1", "order.6")).await;
    let told = stage.last_answer("o-1").await;
    assert_eq!(told.request_id.to_string(), "o-1/order.6");
    assert_eq!(
        said(&told),
        answer(EventName::InvoiceIssued, "2027-000001", "")
    );
    stage.deliver(&unwants("o-1", "order.9")).await;
    stage.deliver(&unwants("o-1", "order.10")).await;
    let told = stage.last_answer("o-1").await;
    assert_eq!(told.request_id.to_string(), "o-1/order.10");
    let cancelled = answer(EventName::InvoiceCancelled, "2027-000001", "2027-C-000001");
    assert_eq!(said(&told), cancelled);
    let given = stage.given().await;
    assert_eq!(
        (&given["2027"][..], &given["2027-C"][..]),
        (&[1][..], &[1][..])
    );
}

#[tokio::test]
async fn a_request_that_comes_after_its_cancelling_is_refused() {
    let stage = Stage::new().await;
    stage.deliver(&unwants("o-1", "order.9")).await;
    assert_eq!(stage.state("o-1").await, State::NeverIssued);
    let cancelled = answer(EventName::InvoiceCancelled, "", "");
    assert_eq!(said(&stage.last_answer("o-1").await), cancelled);
    stage.deliver(&wants("o-1", "order.5")).await;
    let late = stage.last_answer("o-1").await;
    assert_eq!(late.name, EventName::InvoiceRefused);
    let reason = late.reason.unwrap();
    assert!(reason.contains("before it was issued"), "{reason}");
    stage.deliver(&unwants("o-1", "order.10")).await;
    assert_eq!(said(&stage.last_answer("o-1").await), cancelled);
    assert!(stage.given().await.is_empty());

    // After a credit note, too: no second invoice.
    stage.deliver(&wants("o-2", "order.5")).await;
    stage.deliver(&unwants("o-2", "order.9")).await;
    stage.deliver(&wants("o-2", "order.6")).await;
    let late = stage.last_answer("o-2").await;
    assert_eq!(late.name, EventName::InvoiceRefused);
    let reason = late.reason.unwrap();
    assert!(reason.contains("2027-C-000001"), "{reason}");
    assert_eq!(stage.given().await["2027"], [1]);
}

#[tokio::test]
async fn amounts_that_do_not_agree_are_refused_and_take_no_number() {
    let stage = Stage::new().await;
    let mut request = wanted();
    request["total"]["amount"] = json!(12_481);
    let json = delivered("invoice_requested", "o-1", "order.5", &request);
    let message: Message = serde_json::from_value(json).unwrap();
    stage.deliver(&message).await;
    let refused = stage.last_answer("o-1").await;
    assert_eq!(refused.name, EventName::InvoiceRefused);
    let reason = refused.reason.unwrap();
    assert_eq!(reason, "the lines do not add up to the total");
    // It stays refused: an order does not change what it sells.
    stage.deliver(&wants("o-1", "order.6")).await;
    assert_eq!(stage.last_answer("o-1").await.reason, Some(reason));
    stage.deliver(&unwants("o-1", "order.9")).await;
    let nothing = answer(EventName::InvoiceCancelled, "", "");
    assert_eq!(said(&stage.last_answer("o-1").await), nothing);
    stage.deliver(&wants("o-2", "order.5")).await;
    assert_eq!(stage.given().await["2027"], [1]);
}

#[tokio::test]
async fn each_year_counts_from_one() {
    let stage = Stage::new().await;
    stage.deliver(&wants("o-1", "order.5")).await;
    let new_year: Timestamp = "2028-01-01T00:00:00Z".parse().unwrap();
    let clock = Clock::from_fn(move || new_year);
    let next = Requests::new(stage.store.clone(), clock, Simulation::default());
    next.answer(&wants("o-2", "order.5"), 1).await.unwrap();
    next.answer(&unwants("o-1", "order.9"), 1).await.unwrap();
    let given = stage.given().await;
    let series: Vec<_> = given.keys().map(String::as_str).collect();
    assert_eq!(series, ["2027", "2028", "2028-C"]);
    assert!(given.values().all(|places| *places == [1]), "{given:?}");
}
