//! Any saga in one view, and one desk, for operators.

use std::time::Duration;

use holdfast_tests::eventually;
use holdfast_tests::guest::{Guest, flight, goods};
use serde_json::{Value, json};

use crate::desk::operator;

const SOON: Duration = Duration::from_secs(30);

/// Looks at the first page of a list until a saga is on it.
async fn listed(olga: &Guest, query: &str, id: &str) -> Value {
    let path = format!("/sagas?limit=25{query}");
    eventually(&format!("{id} in {path}"), SOON, async || {
        let page = olga.get(&path).await.expect(200);
        let sagas = page["sagas"].as_array().unwrap();
        sagas.iter().find(|saga| saga["saga_id"] == id).cloned()
    })
    .await
}

#[tokio::test]
async fn an_order_and_a_booking_are_seen_in_the_same_words() {
    let (ana, olga) = tokio::join!(Guest::arrives("ana"), operator("olga"));
    let (order, booking) = (
        ana.orders(&goods(&json!({}))).await,
        ana.holds(&flight()).await,
    );
    ana.order_comes_to(&order, "completed").await;
    for (kind, id, status, step) in [
        ("order", &order, "completed", "capture_payment"),
        ("booking", &booking, "awaiting_payment", "out"),
    ] {
        let line = listed(&olga, &format!("&kind={kind}&status={status}"), id).await;
        assert_eq!(
            (&line["saga_name"], &line["status"]),
            (&json!(kind), &json!(status))
        );
        let saga = olga.get(&format!("/sagas/{id}")).await.expect(200);
        assert_eq!(
            (&saga["saga_name"], &saga["status"]),
            (&json!(kind), &json!(status))
        );
        let mut steps = saga["steps"].as_array().unwrap().iter();
        assert!(steps.any(|it| it["name"] == step), "{saga}");
        assert!(!saga["events"].as_array().unwrap().is_empty());
    }
    let seen = ana.get(&format!("/sagas/{order}")).await;
    seen.problem(403, "forbidden");
    ana.get("/sagas").await.problem(403, "forbidden");
    let none = olga.get("/sagas/o-none").await;
    none.problem(404, "not-found");
}

#[tokio::test]
async fn an_order_that_waits_at_the_desk_is_resolved_there() {
    let (ana, olga) = tokio::join!(Guest::arrives("ana"), operator("olga"));
    let script = json!({"capture_payment": "refuse", "cancel_shipment": "refuse"});
    let id = ana.orders(&goods(&script)).await;
    ana.order_comes_to(&id, "needs_attention").await;
    let desk = format!("/desk?customer={}", ana.id);
    let desk = olga.get(&desk).await.expect(200);
    let mut waiting = desk["waiting"].as_array().unwrap().iter();
    let waits = waiting.find(|waiting| waiting["order_id"] == *id).unwrap();
    assert_eq!(waits["left"][0]["action"], "cancel_shipment", "{waits}");
    let path = format!("/desk/{id}/resolve");
    let reason = json!({"reason": "the parcel came back"});
    let resolved = olga.post(&path, &reason).await.expect(200);
    assert_eq!(resolved["after"], "failed", "{resolved}");
    let order = ana.order_comes_to(&id, "failed").await;
    assert_eq!(order["payment"]["status"], "voided", "{order}");
}
