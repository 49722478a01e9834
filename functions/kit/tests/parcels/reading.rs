//! What is found, listed and overdue.

use std::time::Duration;

use futures_util::future::join_all;
use holdfast_core::ids::SagaId;
use holdfast_kit::table::{Claim, Place, Written};
use serde_json::json;

use crate::parcel::{Packed, Status};
use crate::rows::Parcels;
use crate::{Depot, at};

#[tokio::test]
async fn a_parcel_that_is_not_there_is_named() {
    let depot = Depot::new().await;
    depot.store.ping().await.expect("the table");
    let id: SagaId = "nowhere".parse().unwrap();
    assert_eq!(depot.store.find(&id).await.unwrap(), None);
    let missing = depot.store.load(&id).await.unwrap_err();
    assert_eq!(missing.to_string(), "there is no parcel nowhere");
    assert_eq!(missing.name(), "Conflict");
    assert!(depot.store.history(&id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_parcel_is_overdue_from_its_deadline_until_it_is_delivered() {
    let depot = Depot::new().await;
    let early = depot.send("early", at("08:00:00")).await;
    let late = depot.send("late", at("08:30:00")).await;
    let overdue = async |time| {
        let ids = depot.store.overdue(Status::Travelling, at(time)).await;
        ids.unwrap()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(overdue("09:00:00").await, [""; 0], "the hour is not over");
    assert_eq!(overdue("09:00:01").await, ["early"]);
    assert_eq!(overdue("10:00:00").await, ["early", "late"]);
    let deliver = |packed: &Packed| Ok(packed.deliver("ana", at("10:00:00")));
    depot.store.change(early, deliver).await.unwrap();
    assert_eq!(overdue("10:00:00").await, ["late"]);
    depot.store.change(late, deliver).await.unwrap();
    assert_eq!(overdue("10:00:00").await, [""; 0]);
    let delivered = depot.store.overdue(Status::Delivered, at("23:00:00")).await;
    assert_eq!(delivered.unwrap(), []);
}

#[tokio::test]
async fn the_parcels_of_a_customer_are_listed_from_the_newest_page_by_page() {
    let depot = Depot::new().await;
    for (id, time) in [("b", "08:00:00"), ("c", "09:00:00"), ("a", "10:00:00")] {
        depot.send(id, at(time)).await;
    }
    let other = Packed::new("other", "cus_2", at("11:00:00"));
    let sent = depot.store.write(&other.sent()).await;
    assert_eq!(sent.unwrap(), Written::Applied);
    let customer = "cus_1".parse().unwrap();
    let (mut after, mut listed) = (None, Vec::new());
    loop {
        let page = depot
            .store
            .list(&customer, after.as_ref(), 2)
            .await
            .unwrap();
        assert!(page.views.len() <= 2, "{page:?}");
        listed.extend(page.views.iter().map(|packed| packed.id().to_string()));
        let Some(next) = page.next else { break };
        after = Some(read_back(&next));
    }
    assert_eq!(listed, ["a", "c", "b"]);
}

#[tokio::test]
async fn what_is_due_comes_the_earliest_first_from_a_time_on() {
    let depot = Depot::new().await;
    for (id, time) in [
        ("late", "09:00:00"),
        ("early", "08:00:00"),
        ("same", "08:00:00"),
    ] {
        depot.send(id, at(time)).await;
    }
    let due = async |from, most| {
        let due = depot.store.due(Status::Travelling, from, most).await;
        let mut due: Vec<_> = due.unwrap().into_iter().collect();
        due.sort_by_key(|(id, due)| (*due, id.to_string()));
        let told = due.iter().map(|(id, due)| (id.to_string(), *due));
        told.collect::<Vec<_>>()
    };
    let of = |id: &str, time| (id.to_owned(), at(time));
    let (early, same) = (of("early", "09:00:00"), of("same", "09:00:00"));
    let late = of("late", "10:00:00");
    assert_eq!(due(None, 10).await, [early, same, late.clone()]);
    assert_eq!(due(None, 2).await.len(), 2);
    let alone = [late];
    assert_eq!(due(Some(at("09:00:00.001")), 10).await, alone);
    assert_eq!(due(Some(at("10:00:00")), 10).await, alone);
    let delivered = depot.store.due(Status::Delivered, None, 10).await;
    assert_eq!(delivered.unwrap(), []);
}

#[tokio::test]
async fn parcels_that_began_since_a_time_are_read_from_the_newest_up_to_a_number() {
    let depot = Depot::new().await;
    for (id, time) in [("b", "08:00:00"), ("c", "09:00:00"), ("a", "10:00:00")] {
        depot.send(id, at(time)).await;
    }
    let begun = async |from, most| {
        let begun = depot
            .store
            .begun("travelling", at(from), most)
            .await
            .unwrap();
        let ids = begun.places.iter().map(|place| place.id.to_string());
        (ids.collect::<Vec<_>>(), begun.is_complete)
    };
    let told = |ids: &[&str], is_complete| {
        let ids = ids.iter().map(|id| (*id).to_owned());
        (ids.collect::<Vec<_>>(), is_complete)
    };
    assert_eq!(begun("08:00:00", 10).await, told(&["a", "c", "b"], true));
    assert_eq!(begun("08:00:01", 10).await, told(&["a", "c"], true));
    assert_eq!(begun("08:00:00", 2).await, told(&["a", "c"], false));
    assert_eq!(begun("10:00:01", 10).await, told(&[], true));
}

/// The place as a client sends it back.
fn read_back(place: &Place<Parcels>) -> Place<Parcels> {
    let json = serde_json::to_value(place).unwrap();
    let named = json!({"parcel_id": place.id, "created": place.created});
    assert_eq!(json, named);
    let read = serde_json::from_value(json).unwrap();
    assert_eq!(place, &read);
    read
}

#[tokio::test]
async fn a_message_that_was_received_is_known_again() {
    let depot = Depot::new().await;
    assert!(!depot.store.has_received("msg_1").await.unwrap());
    let noted = depot.store.note_received("msg_1", at("08:00:00"));
    noted.await.unwrap();
    assert!(depot.store.has_received("msg_1").await.unwrap());
    assert!(!depot.store.has_received("msg_2").await.unwrap());
    let [item] = &depot.items().await[..] else {
        panic!("the message alone")
    };
    assert_eq!(item["pk"].as_s().unwrap(), "INBOX#msg_1");
    assert!(item.contains_key("expires"), "{item:?}");
}

fn claim(time: &str, until: &str) -> Claim {
    Claim {
        name: "look",
        generation: 1,
        at: at(time),
        until: at(until),
        patience: Duration::from_secs(25),
        again: false,
    }
}

#[tokio::test]
async fn of_many_that_make_a_claim_one_is_granted_it_until_it_comes_back_or_is_late() {
    let depot = Depot::new().await;
    let packed = depot.send("claimed", at("08:00:00")).await;
    let claims = async |claim: Claim| depot.store.claim(packed.id(), &claim).await.unwrap();
    let first = claim("09:00:00", "09:00:30");
    let all = join_all((0..10).map(|_| claims(first))).await;
    assert_eq!(all.into_iter().filter(|granted| *granted).count(), 1);
    let again = Claim {
        again: true,
        ..first
    };
    assert!(claims(again).await, "it may have been cut off");
    assert!(!claims(claim("09:00:10", "09:00:40")).await, "another's");
    assert!(claims(claim("09:00:30", "09:01:00")).await, "its own");
    assert!(!claims(claim("09:01:25", "09:01:55")).await, "hardly late");
    assert!(claims(claim("09:01:26", "09:01:56")).await, "lost");
    let newer = Claim {
        generation: 2,
        ..claim("09:01:27", "09:01:57")
    };
    assert!(claims(newer).await, "for another deadline");
    let other = Claim {
        name: "other",
        ..first
    };
    assert!(claims(other).await, "of another name");
    assert_eq!(depot.parcel(&packed).await, packed, "no part of the parcel");
    let items = depot.items().await;
    let watch = items
        .iter()
        .find(|item| item["sk"].as_s().unwrap() == "WATCH");
    assert!(watch.unwrap().contains_key("expires"), "{watch:?}");
}
