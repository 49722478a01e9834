//! Events on the bus, and the wake-ups of timers.

use std::io::Write;
use std::sync::{Arc, Mutex};

use holdfast_kit::batch::Changed;
use holdfast_kit::logging::about;
use holdfast_kit::outbox::published;
use holdfast_kit::schedules::WakeUp;
use holdfast_kit::table::Item;
use serde_json::{Value, json};

use crate::parcel::{Event, Packed};
use crate::rows::Parcels;
use crate::{Depot, at};

/// The record of an item, as the table's stream has it.
fn record(item: Item) -> Changed {
    Changed {
        new_image: serde_dynamo::Item::from(item),
        ..Changed::default()
    }
}

#[tokio::test]
async fn every_event_is_published_under_a_name_of_its_own() {
    let depot = Depot::new().await;
    let sent = depot.send("told", at("08:00:00")).await;
    let pack = |packed: &Packed| Ok(packed.pack("lamp", at("09:00:00")));
    let packed = depot.store.change(sent, pack).await.unwrap();
    let deliver = |packed: &Packed| Ok(packed.deliver("ana", at("10:00:00")));
    depot.store.change(packed.clone(), deliver).await.unwrap();
    let is_event = |item: &Item| item["sk"].as_s().unwrap().starts_with("EVENT#");
    let (events, others): (Vec<_>, Vec<_>) = depot.items().await.into_iter().partition(is_event);
    let told = events
        .into_iter()
        .map(|item| published::<Parcels>(&record(item)).unwrap());
    let told: Vec<_> = told.collect();
    let names: Vec<_> = told.iter().map(|one| one.detail_type.as_str()).collect();
    assert_eq!(names, ["sent", "packed", "delivered"]);
    let ids: Vec<_> = told.iter().map(|one| &one.detail["id"]).collect();
    assert_eq!(ids, ["told/parcel.1", "told/load.2", "told/parcel.2"]);
    let history = depot.store.history(packed.id()).await.unwrap();
    let details = told.into_iter().map(|one| one.detail);
    assert_eq!(details.map(without_id).collect::<Vec<_>>(), history);
    assert_eq!(others.len(), 3, "the parcel, its load and the lamp");
    for item in others {
        let refused = published::<Parcels>(&record(item));
        assert!(refused.is_err(), "{refused:?}");
    }
}

fn without_id(mut detail: Value) -> Event {
    detail.as_object_mut().unwrap().remove("id");
    serde_json::from_value(detail).unwrap()
}

#[test]
fn a_wake_up_names_the_aggregate_by_its_own_word() {
    let wake_up = WakeUp::<Parcels> {
        id: "late".parse().unwrap(),
        generation: 2,
        due: at("09:00:00"),
        trace_id: Some("0af7651916cd43dd8448eb211c80319c".to_owned()),
    };
    let message = json!({
        "parcel_id": "late",
        "generation": 2,
        "due": "2027-01-10T09:00:00.000Z",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
    });
    assert_eq!(serde_json::to_value(&wake_up).unwrap(), message);
    let read: WakeUp<Parcels> = serde_json::from_value(message).unwrap();
    assert_eq!(read, wake_up);
    let untraced = WakeUp {
        trace_id: None,
        ..wake_up
    };
    let text = serde_json::to_string(&untraced).unwrap();
    assert!(!text.contains("trace_id"), "{text}");
    assert_eq!(
        serde_json::from_str::<WakeUp<Parcels>>(&text).unwrap(),
        untraced
    );
}

#[test]
fn a_wake_up_that_makes_no_sense_is_refused_by_what_is_wrong_with_it() {
    let due = "2027-01-10T09:00:00.000Z";
    for (message, problem) in [
        (
            json!({"generation": 1, "due": due}),
            "missing field `parcel_id`",
        ),
        (
            json!({"parcel_id": "a b", "generation": 1, "due": due}),
            "letters",
        ),
        (
            json!({"parcel_id": "a", "due": due}),
            "missing field `generation`",
        ),
        (
            json!({"parcel_id": "a", "generation": 1, "due": due, "more": 1}),
            "unknown field `more`",
        ),
        (json!("a"), "map"),
    ] {
        let refused = serde_json::from_value::<WakeUp<Parcels>>(message).unwrap_err();
        assert!(refused.to_string().contains(problem), "{refused}");
    }
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(line)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_log_line_names_the_aggregate_by_its_own_word() {
    let log = Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt()
        .json()
        .with_writer(move || writer.clone());
    let trace = "0af7651916cd43dd8448eb211c80319c";
    tracing::subscriber::with_default(lines.finish(), || {
        let payload = json!({"parcel_id": "late", "trace_id": trace});
        about::<Parcels>(&payload).in_scope(|| tracing::info!("here"));
    });
    let line: Value = serde_json::from_slice(&log.0.lock().unwrap()).unwrap();
    let span = json!({"name": "parcel", "parcel_id": "late", "trace_id": trace});
    assert_eq!(line["span"], span);
}
