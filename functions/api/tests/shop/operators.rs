//! What operators see and do: any saga in one view, and one desk.

use std::path::PathBuf;
use std::time::Duration;

use holdfast_order_rules::action::StepName;
use holdfast_order_rules::order::OrderStatus;
use serde_json::{Value, json};

use crate::items::Fixture;
use crate::stage::{Guest, Stage};

/// Puts a booking that was stored in a state into the table.
pub(crate) async fn stored(stage: &Stage, state: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../booking/tests/fixtures");
    let text = std::fs::read_to_string(folder.join(format!("{state}.json"))).unwrap();
    let fixture = Fixture::parse(&text);
    fixture.put(stage.bookings.items().client()).await;
}

fn ids(page: &Value) -> Vec<String> {
    let sagas = page["sagas"].as_array().unwrap().iter();
    let id = |saga: &Value| saga["saga_id"].as_str().unwrap().to_owned();
    sagas.map(id).collect()
}

/// All pages of a list.
pub(crate) async fn pages(stage: &Stage, olga: &Guest, query: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut path = format!("/sagas?limit=2{query}");
    for _ in 0..20 {
        let page = stage.get(olga, &path).await.expect(200);
        all.extend(ids(&page));
        let Some(next) = page["next"].as_str() else {
            return all;
        };
        path = format!("/sagas?limit=2{query}&after={next}");
    }
    panic!("there is no end to {query}: {all:?}");
}

/// An order that waits at the desk: its shipment cannot be cancelled.
async fn stuck(stage: &Stage, guest: &Guest, key: &str) -> String {
    let script = json!({"capture_payment": "refuse", "cancel_shipment": "refuse"});
    let id = stage.orders(guest, key, script).await;
    let ended = stage.machine(&id).goes_on(StepName::CheckCredit).await;
    assert_eq!(ended, OrderStatus::NeedsAttention);
    id
}

#[tokio::test]
async fn sagas_and_the_desk_are_for_operators_only() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    let id = stage.orders(&ana, "key", json!({})).await;
    let one = format!("/sagas/{id}");
    let its_path = format!("{one}/path");
    for path in [
        "/sagas",
        &one,
        &its_path,
        "/desk",
        "/breakers",
        "/timers",
        "/figures",
    ] {
        stage.get(&ana, path).await.problem(403, "forbidden");
    }
}

#[tokio::test]
async fn the_desk_with_a_slash_is_the_page_that_shows_it() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    let answer = stage.get(&ana, "/desk/").await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.headers["location"], "../app/desk/");
    let answer = stage.get(&ana, "/app/").await;
    assert_eq!(answer.headers["location"], "index.html");
}

#[tokio::test]
async fn sagas_of_all_kinds_come_page_by_page_the_newest_first_and_each_once() {
    let stage = Stage::new().await;
    let (ana, olga) = (stage.customer("ana").await, stage.operator("olga").await);
    // In the same instant as others, and of either kind.
    for state in ["booked", "cancelled", "holding"] {
        stored(&stage, state).await;
    }
    let mut made = Vec::new();
    for key in ["1", "2", "3", "4", "5"] {
        made.push(stage.orders(&ana, key, json!({})).await);
    }
    stage.bench.pass(Duration::from_secs(60));
    let last = stage.orders(&ana, "6", json!({})).await;
    let mut all = pages(&stage, &olga, "").await;
    assert_eq!(all.remove(0), last, "the newest");
    assert_eq!(all.len(), 8, "each once: {all:?}");
    let mut orders = pages(&stage, &olga, "&kind=order").await;
    assert_eq!(orders.remove(0), last);
    orders.sort();
    made.sort();
    assert_eq!(orders, made);
    let mut bookings = pages(&stage, &olga, "&kind=booking").await;
    bookings.sort();
    assert_eq!(bookings, ["booked", "cancelled", "holding"]);
    assert_eq!(pages(&stage, &olga, "&status=booked").await, ["booked"]);
    stage
        .delete(&ana, &format!("/orders/{last}"))
        .await
        .expect(202);
    assert_eq!(pages(&stage, &olga, "&status=cancelling").await, [last]);
    assert_eq!(pages(&stage, &olga, "&status=pending").await.len(), 5);
}

#[tokio::test]
async fn an_order_is_told_by_its_events() {
    let stage = Stage::new().await;
    let (ana, olga) = (stage.customer("ana").await, stage.operator("olga").await);
    let id = stage.orders(&ana, "key", json!({})).await;
    stage.machine(&id).goes_on(StepName::CheckCredit).await;
    let saga = stage.get(&olga, &format!("/sagas/{id}")).await.expect(200);
    assert_eq!(saga["saga_name"], "order");
    assert_eq!(
        (&saga["saga_id"], &saga["status"]),
        (&json!(id), &json!("completed"))
    );
    let shown = stage.get(&ana, &format!("/orders/{id}")).await.expect(200);
    assert_eq!(saga["steps"], shown["steps"]);
    let events = saga["events"].as_array().unwrap();
    assert_eq!(events[0]["name"], "order_filled");
    let last = &events.last().unwrap()["changes"];
    let done = json!({"of": "order", "before": "shipped", "after": "completed"});
    assert_eq!(last[0], done);
    let none = stage.get(&olga, "/sagas/o-none").await;
    none.problem(404, "not-found");
}

#[tokio::test]
async fn a_booking_is_told_by_its_events_in_the_same_words() {
    let stage = Stage::new().await;
    let olga = stage.operator("olga").await;
    for state in ["booked", "needs_attention_leg", "cancelled"] {
        stored(&stage, state).await;
    }
    let show = async |id: &str| stage.get(&olga, &format!("/sagas/{id}")).await.expect(200);
    let booked = show("booked").await;
    assert_eq!(
        (&booked["saga_name"], &booked["status"]),
        (&json!("booking"), &json!("booked"))
    );
    let steps = booked["steps"].as_array().unwrap();
    let of = |name: &str| steps.iter().find(|step| step["name"] == name).unwrap();
    assert_eq!(
        (&of("hotel")["topic"], &of("hotel")["status"]),
        (&json!("hotel"), &json!("success"))
    );
    assert_eq!(of("hotel")["data"]["status"], "confirmed");
    assert_eq!(of("payment")["status"], "success");
    assert_eq!(booked["events"][0]["name"], "booking_opened");
    let stuck = show("needs_attention_leg").await;
    let failed = stuck["steps"].as_array().unwrap().iter();
    let failed = failed.filter(|step| step["type"] == "compensate" && step["status"] == "failed");
    assert_eq!(failed.count(), 1, "{stuck}");
    let cancelled = show("cancelled").await;
    for step in cancelled["steps"].as_array().unwrap() {
        let status = step["status"].as_str().unwrap();
        assert!(["compensated", "skipped"].contains(&status), "{step}");
    }
}

#[tokio::test]
async fn a_history_that_lacks_an_event_is_not_taken_for_one() {
    let stage = Stage::new().await;
    let (ana, olga) = (stage.customer("ana").await, stage.operator("olga").await);
    let id = stage.orders(&ana, "key", json!({})).await;
    stage.machine(&id).goes_on(StepName::CheckCredit).await;
    let events = stage.bench.history(&id.parse().unwrap()).await;
    let (at, unique) = (events[3].at, events[3].unique());
    let text = |text: String| aws_sdk_dynamodb::types::AttributeValue::S(text);
    let deleted = stage.bookings.items().client().delete_item();
    let deleted = deleted
        .table_name("orders")
        .key("pk", text(format!("ORDER#{id}")))
        .key("sk", text(format!("EVENT#{at}#{unique}")));
    deleted.send().await.unwrap();
    let broken = stage.get(&olga, &format!("/sagas/{id}")).await;
    let broken = broken.problem(409, "saga-conflict");
    assert!(
        broken["detail"]
            .as_str()
            .unwrap()
            .contains("do not hold together"),
        "{broken}"
    );
}

#[tokio::test]
async fn two_sagas_of_one_name_are_told_apart_by_their_kind() {
    let stage = Stage::new().await;
    let olga = stage.operator("olga").await;
    stored(&stage, "booked").await;
    let input = crate::support::order(json!({}));
    let mut namesake = crate::support::Machine::new(&stage.bench, "booked", input);
    namesake.places().await.unwrap();
    let both = stage.get(&olga, "/sagas/booked").await;
    both.problem(409, "saga-conflict");
    for kind in ["booking", "order"] {
        let one = stage
            .get(&olga, &format!("/sagas/booked?kind={kind}"))
            .await;
        assert_eq!(one.expect(200)["saga_name"], kind);
    }
    let reason = json!({"reason": "why not"});
    let both = stage.post(&olga, "/desk/booked/abandon", &reason).await;
    both.problem(409, "saga-conflict");
}

#[tokio::test]
async fn the_desk_serves_orders_and_bookings() {
    let stage = Stage::new().await;
    let (ana, olga) = (stage.customer("ana").await, stage.operator("olga").await);
    stored(&stage, "needs_attention_leg").await;
    let id = stuck(&stage, &ana, "key").await;
    let desk = stage.get(&olga, "/desk").await.expect(200);
    let waiting = desk["waiting"].as_array().unwrap();
    assert_eq!(waiting.len(), 2, "{desk}");
    assert_eq!(waiting[0]["booking_id"], "needs_attention_leg");
    assert_eq!(
        (&waiting[1]["order_id"], &waiting[1]["saga_name"]),
        (&json!(id), &json!("order"))
    );
    assert_eq!(waiting[1]["left"][0]["action"], "cancel_shipment");
    assert_eq!(waiting[1]["customer"], ana.id);

    let path = |act: &str| format!("/desk/{id}/{act}");
    let part = json!({"part": "carrier"});
    let redriven = stage.post(&olga, &path("redrive"), &part).await.expect(200);
    assert!(
        redriven["did"][0]["outcome"]["failed"].is_string(),
        "{redriven}"
    );
    let saga = stage.get(&olga, &format!("/sagas/{id}")).await.expect(200);
    let tried: Vec<_> = saga["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| {
            ["desk_redriven", "desk_try_failed"].contains(&event["name"].as_str().unwrap())
        })
        .map(|event| event["parts"].clone())
        .collect();
    assert_eq!(tried, [json!(["ship_order"]), json!(["ship_order"])]);
    let bad = stage
        .post(&olga, &path("redrive"), &json!({"part": "hotel"}))
        .await;
    let bad = bad.problem(422, "invalid-fields");
    assert_eq!(bad["errors"][0]["field"], "part");
    let reason = json!({"reason": "the parcel came back"});
    let resolved = stage
        .post(&olga, &path("resolve"), &reason)
        .await
        .expect(200);
    assert_eq!(
        (&resolved["before"], &resolved["after"]),
        (&json!("needs_attention"), &json!("failed"))
    );
    let order = stage.get(&ana, &format!("/orders/{id}")).await.expect(200);
    assert_eq!(order["payment"]["status"], "voided");
    let again = stage.post(&olga, &path("resolve"), &reason).await;
    again.problem(409, "order-conflict");
    let events = stage
        .get(&ana, &format!("/orders/{id}/events"))
        .await
        .expect(200);
    assert!(
        !events.to_string().contains(&olga.id),
        "who works at the desk is not told"
    );
    let missing = stage.post(&olga, "/desk/o-none/abandon", &reason).await;
    missing.problem(404, "not-found");
}

/// The sagas that a list of the desk shows, and where it goes on.
async fn listed(stage: &Stage, olga: &Guest, query: &str) -> (Vec<String>, Option<String>) {
    let page = stage.get(olga, &format!("/desk{query}")).await.expect(200);
    let waiting = page["waiting"].as_array().unwrap().iter();
    let id = |waits: &Value| {
        let id = waits.get("booking_id").or(waits.get("order_id"));
        id.unwrap().as_str().unwrap().to_owned()
    };
    let next = page["next"].as_str().map(str::to_owned);
    (waiting.map(id).collect(), next)
}

#[tokio::test]
async fn the_desk_is_filtered_and_shown_page_by_page() {
    let stage = Stage::new().await;
    let (ana, olga) = (stage.customer("ana").await, stage.operator("olga").await);
    stored(&stage, "needs_attention_leg").await;
    stored(&stage, "needs_attention_payment").await;
    let order = stuck(&stage, &ana, "key").await;
    let (all, next) = listed(&stage, &olga, "").await;
    assert_eq!((all.len(), next), (3, None));
    let mut pages = Vec::new();
    let mut query = "?limit=1".to_owned();
    loop {
        let (page, next) = listed(&stage, &olga, &query).await;
        pages.extend(page);
        let Some(next) = next else { break };
        query = format!("?limit=1&after={next}");
    }
    assert_eq!(pages, all);
    let of_ana = format!("?customer={}", ana.id);
    let one = format!("?saga={order}");
    for query in ["?kind=order", "?participant=carrier", &of_ana, &one] {
        let (found, _) = listed(&stage, &olga, query).await;
        assert_eq!(found, [order.as_str()], "{query}");
    }
    let (bookings, _) = listed(&stage, &olga, "?kind=booking&status=needs_attention").await;
    assert_eq!(bookings.len(), 2, "{bookings:?}");
    for (query, field) in [
        ("?kind=trip", "kind"),
        ("?status=lost", "status"),
        ("?participant=yacht", "participant"),
        ("?limit=26", "limit"),
        ("?after=nonsense", "after"),
        ("?older=1h", "older"),
    ] {
        let refused = stage.get(&olga, &format!("/desk{query}")).await;
        let refused = refused.problem(422, "invalid-fields");
        assert_eq!(refused["errors"][0]["field"], field, "{query}");
    }
}
