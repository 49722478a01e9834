//! What goes on the bus.

use holdfast_invoices::store::Invoices;
use holdfast_kit::batch::Changed;
use holdfast_kit::outbox::published;
use serde_json::{Value, json};

use crate::stage::{Stage, TRACE, unwants, wants, wants_with};

/// The events as the publisher puts them on the bus: names and details.
async fn told(stage: &Stage) -> Vec<(String, Value)> {
    let items = stage.items().await.into_iter();
    let (events, others): (Vec<_>, Vec<_>) =
        items.partition(|item| item["sk"].as_s().unwrap().starts_with("EVENT#"));
    let record = |item| Changed {
        new_image: serde_dynamo::Item::from(item),
        ..Changed::default()
    };
    for item in others {
        let refused = published::<Invoices>(&record(item));
        assert!(refused.is_err(), "{refused:?}");
    }
    let told = events
        .into_iter()
        .map(|item| published::<Invoices>(&record(item)).unwrap());
    told.map(|event| (event.detail_type, event.detail))
        .collect()
}

#[tokio::test]
async fn answers_go_on_the_bus_with_the_request_and_the_numbers_and_no_personal_data() {
    let stage = Stage::new().await;
    stage.deliver(&wants("o-1", "order.5")).await;
    let told_first = told(&stage).await;
    let at = "2027-01-10T12:00:00.000Z";
    let issued = json!({"status": "issued", "number": "2027-000001", "issued_at": at});
    let detail = json!({
        "id": "o-1/invoice.1",
        "order_id": "o-1",
        "name": "invoice_issued",
        "at": at,
        "actor": "invoices",
        "trace_id": TRACE,
        "request_id": "o-1/order.5",
        "number": "2027-000001",
        "invoice": {"version": 1, "after": issued},
    });
    assert_eq!(told_first, [("invoice_issued".to_owned(), detail)]);

    stage.deliver(&unwants("o-1", "order.9")).await;
    let (name, cancelled) = &told(&stage).await[1];
    assert_eq!(name, "invoice_cancelled");
    assert_eq!(cancelled["id"], "o-1/invoice.2");
    assert_eq!(cancelled["number"], "2027-000001");
    assert_eq!(cancelled["credit_note"], "2027-C-000001");
    assert_eq!(cancelled["invoice"]["before"], issued);

    stage.deliver(&unwants("o-2", "order.9")).await;
    let (name, nothing) = &told(&stage).await[2];
    assert_eq!(name, "invoice_cancelled");
    assert!(nothing.get("number").is_none() && nothing.get("credit_note").is_none());

    stage.deliver(&wants_with("o-3", "order.5", "refuse")).await;
    let (name, refused) = &told(&stage).await[3];
    assert_eq!(name, "invoice_refused");
    assert_eq!(refused["reason"], "refused, as scripted");

    let all = serde_json::to_string(&told(&stage).await).unwrap();
    for personal in ["buyer@example.com", "Example Buyer", "01310-100"] {
        assert!(!all.contains(personal), "{all}");
    }
}
