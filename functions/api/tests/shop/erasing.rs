//! The end of a customer: nothing in any table tells who they were, wherever the erasure was interrupted.

use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_order_rules::action::StepName;
use holdfast_order_rules::order::OrderStatus;
use serde_json::{Value, json};

use crate::items::Fixture;
use crate::stage::{Answer, Guest, Stage, goods};

const PASSWORD: &str = "correct horse battery";
const PATH: &str = "/customers/me/erasure";
/// The hash of the password, made by the rules of this house.
static HASH: LazyLock<String> = LazyLock::new(|| {
    use argon2::password_hash::PasswordHasher;
    let parameters = argon2::Params::new(19 * 1024, 2, 1, None).unwrap();
    let argon2 = argon2::Argon2::new(
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        parameters,
    );
    argon2
        .hash_password_with_salt(PASSWORD.as_bytes(), b"a salt of 16 by.")
        .unwrap()
        .to_string()
});
/// What tells who Ana is.
const PERSONAL: [&str; 5] = [
    "ana@example.com",
    "Ana Silva",
    "Bo Silva",
    "Vila Velha",
    "29100-010",
];
const TABLES: [&str; 8] = [
    "customers",
    "letters",
    "bookings",
    "orders",
    "invoices",
    "accounts",
    "stock",
    "suppliers",
];

/// Ana, of whom every table knows something.
async fn with_ana() -> (Stage, Guest) {
    let stage = Stage::new().await;
    let ana = stage.customer_with("ana", &HASH).await;
    stage.sign_in("ana@example.com", PASSWORD, "curl").await;
    let wished = json!({"language": "pt-BR", "bookings": false, "orders": true});
    stage
        .ask(&ana, "PUT", "/preferences", &[], Some(&wished))
        .await
        .expect(200);
    let mut order = goods(json!({}));
    order["deliver_to"] = json!({"name": "Ana Silva", "postcode": "29100-010",
        "city": "Vila Velha", "country": "BR"});
    let placed = stage.place(&ana, "key", &order).await.expect(202);
    let id = placed["order_id"].as_str().unwrap().to_owned();
    let ended = stage.machine(&id).goes_on(StepName::CheckCredit).await;
    assert_eq!(ended, OrderStatus::Completed);
    let olga = stage.operator("olga").await;
    let account = json!({"account_id": "card-1", "customer_id": ana.id, "balances": {"FOOD": 1}});
    stage.post(&olga, "/accounts", &account).await.expect(201);
    booked(&stage, "booked", &ana).await;
    letter(&stage, &ana).await;
    stage.bench.pass(Duration::from_secs(120));
    (stage, ana)
}

/// A booking of Ana's that was stored in a state, with the names of those who travel.
async fn booked(stage: &Stage, state: &str, ana: &Guest) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../booking/tests/fixtures");
    let text = std::fs::read_to_string(folder.join(format!("{state}.json"))).unwrap();
    let text = text.replace("traveller@example.com", "ana@example.com");
    let mut fixture = Fixture::parse(&text.replace("\"cus_1\"", &format!("\"{}\"", ana.id)));
    let names = ["Ana Silva", "Bo Silva"].map(|name| AttributeValue::S(name.to_owned()));
    for item in fixture.tables.get_mut("bookings").unwrap() {
        if item["sk"].as_s().unwrap() == "BOOKING" {
            item.insert("passengers".to_owned(), AttributeValue::L(names.to_vec()));
        }
        if item.contains_key("name") && item["name"].as_s().is_ok_and(|name| name == "booked") {
            let customer = json!({"id": ana.id, "email": "ana@example.com"});
            let ended = json!({"customer": customer, "payment": "captured",
                "passengers": ["Ana Silva", "Bo Silva"]});
            item.insert(
                "ended".to_owned(),
                serde_dynamo::to_attribute_value(ended).unwrap(),
            );
        }
    }
    fixture.put(client(stage)).await;
}

/// A letter that was sent to Ana.
async fn letter(stage: &Stage, ana: &Guest) {
    let item = json!({
        "pk": "LETTER#o-1/order.5", "sk": "LETTER", "customer_id": ana.id, "version": 2, "status": "sent",
        "claims": 1, "created": "2027-01-10T12:00:00.000Z", "updated": "2027-01-10T12:00:00.000Z",
        "request": {"id": "o-1/order.5", "kind": "password_changed", "data": {"at": "2027-01-10T12:00:00.000Z"},
            "to": {"customer": {"id": ana.id, "email": "ana@example.com"}}},
    });
    let put = client(stage).put_item().table_name("letters");
    let put = put.set_item(Some(serde_dynamo::to_item(item).unwrap()));
    put.send().await.unwrap();
}

fn client(stage: &Stage) -> &Client {
    stage.bookings.items().client()
}

/// What is left in any table of what tells who Ana is.
async fn left(stage: &Stage) -> Vec<String> {
    let mut left = Vec::new();
    for table in TABLES {
        let items = client(stage)
            .scan()
            .table_name(table)
            .into_paginator()
            .items()
            .send();
        let items: Vec<_> = items.collect::<Result<_, _>>().await.unwrap();
        for item in items {
            let shown: Value = serde_dynamo::from_item(item).unwrap();
            let text = shown.to_string();
            let found = PERSONAL
                .into_iter()
                .find(|personal| text.contains(personal));
            left.extend(found.map(|personal| format!("{table}: {personal} in {text}")));
        }
    }
    left
}

async fn erase(stage: &Stage, ana: &Guest) -> Answer {
    stage.post(ana, PATH, &json!({"password": PASSWORD})).await
}

#[tokio::test]
async fn nothing_in_any_table_tells_who_an_erased_customer_was() {
    let (stage, ana) = with_ana().await;
    let before = left(&stage).await;
    for table in [
        "customers",
        "letters",
        "bookings",
        "orders",
        "invoices",
        "accounts",
    ] {
        let is_known = before.iter().any(|found| found.starts_with(table));
        assert!(is_known, "{table} knows Ana: {before:?}");
    }
    let wrong = json!({"password": "wrong horse battery"});
    stage
        .post(&ana, PATH, &wrong)
        .await
        .problem(401, "wrong-credentials");
    erase(&stage, &ana).await.expect(204);
    assert_eq!(left(&stage).await, Vec::<String>::new());
    erase(&stage, &ana).await.expect(204);
}

/// All parts of an export, by kind.
async fn export(stage: &Stage, ana: &Guest) -> Vec<(String, Value)> {
    let (mut all, mut path) = (Vec::new(), "/customers/me/export".to_owned());
    for _ in 0..40 {
        let part = stage.get(ana, &path).await.expect(200);
        for item in part["items"].as_array().unwrap() {
            all.push((
                item["kind"].as_str().unwrap().to_owned(),
                item["data"].clone(),
            ));
        }
        let Some(next) = part["next"].as_str() else {
            return all;
        };
        path = format!("/customers/me/export?after={next}");
    }
    panic!("there is no end to the export");
}

#[tokio::test]
async fn an_export_tells_all_that_is_stored_about_a_customer_and_nothing_of_others() {
    let (stage, ana) = with_ana().await;
    let bo = stage.customer("bo").await;
    stage.orders(&bo, "key", json!({})).await;
    for state in ["cancelled", "expired", "failed"] {
        booked(&stage, state, &ana).await;
    }
    for number in 0..7 {
        let key = format!("order-{number}");
        let id = stage.orders(&ana, &key, json!({})).await;
        stage.machine(&id).goes_on(StepName::CheckCredit).await;
    }
    let exported = export(&stage, &ana).await;
    let of = |kind: &str| {
        let of_kind = exported.iter().filter(|(known, _)| known == kind);
        of_kind.map(|(_, data)| data.clone()).collect::<Vec<_>>()
    };
    assert_eq!(of("customer")[0]["email"], "ana@example.com");
    assert_eq!(of("preferences")[0]["language"], "pt-BR");
    assert_eq!(of("session")[0]["client"], "curl");
    assert_eq!(of("booking").len(), 4);
    assert_eq!(of("order").len(), 8);
    assert_eq!((of("card_account").len(), of("statement").len()), (1, 1));
    assert_eq!(
        of("statement")[0]["lines"][0]["transaction"],
        "opening-FOOD"
    );
    assert_eq!(of("letter").len(), 1);
    let text = format!("{exported:?}");
    for personal in PERSONAL {
        assert!(text.contains(personal), "{personal}");
    }
    for secret in ["bo@example.com", "argon2id", "task_token", "\"waiting\""] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(text.contains("order_filled"), "with its history");
}

#[tokio::test]
async fn what_is_left_of_an_erased_customer_can_be_read_and_the_customer_is_gone() {
    let (stage, ana) = with_ana().await;
    let olga = Guest::clone(&stage.operator("otto").await);
    erase(&stage, &ana).await.expect(204);
    let orders = stage.get(&olga, "/sagas?kind=order").await.expect(200);
    let order = orders["sagas"][0]["saga_id"].as_str().unwrap().to_owned();
    for id in [order.as_str(), "booked"] {
        stage.get(&olga, &format!("/sagas/{id}")).await.expect(200);
    }
    stage
        .get(&ana, "/customers/me")
        .await
        .problem(401, "unauthorized");
    let wished = json!({"language": "en", "bookings": true, "orders": true});
    let refused = stage
        .ask(&ana, "PUT", "/preferences", &[], Some(&wished))
        .await;
    refused.problem(401, "unauthorized");
    stage
        .place(&ana, "another", &goods(json!({})))
        .await
        .problem(401, "unauthorized");
    let who = json!({"email": "ana@example.com", "password": PASSWORD});
    let nobody = Stage::nobody();
    stage
        .post(&nobody, "/sessions", &who)
        .await
        .problem(401, "wrong-credentials");
    let again = stage.post(&nobody, "/customers", &who).await.expect(201);
    assert_ne!(again["customer_id"], ana.id.as_str());
}

#[tokio::test]
async fn an_erasure_that_was_interrupted_at_any_write_is_finished_by_asking_again() {
    for writes in 0.. {
        let (mut stage, ana) = with_ana().await;
        let cut = stage.cut();
        cut.after(Some(writes));
        let answer = erase(&stage, &ana).await;
        let is_over = !cut.has_cut() || answer.status == 204;
        assert!(is_over || answer.status == 503, "{writes}: {}", answer.text);
        cut.after(None);
        erase(&stage, &ana).await.expect(204);
        assert_eq!(
            left(&stage).await,
            Vec::<String>::new(),
            "stopped after {writes} writes"
        );
        if is_over {
            println!("{writes} writes");
            assert!(writes > 10, "{writes} writes");
            return;
        }
    }
}

#[tokio::test]
async fn a_customer_whose_booking_or_order_is_unfinished_is_not_erased() {
    let (stage, ana) = with_ana().await;
    booked(&stage, "awaiting_payment", &ana).await;
    let refused = erase(&stage, &ana).await.problem(409, "customer-conflict");
    let detail = refused["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("booking awaiting_payment is awaiting_payment; "),
        "{detail}"
    );
    let (stage, ana) = with_ana().await;
    let id = stage.orders(&ana, "another", json!({})).await;
    let before = left(&stage).await;
    let refused = erase(&stage, &ana).await.problem(409, "customer-conflict");
    assert!(
        refused["detail"].as_str().unwrap().contains(&id),
        "{refused}"
    );
    assert_eq!(left(&stage).await, before, "a refusal changes nothing");
    stage.orders(&ana, "third", json!({})).await;
}

#[tokio::test]
async fn while_a_booking_may_still_begin_its_customer_is_not_erased() {
    let (stage, ana) = with_ana().await;
    let begun = json!({"pk": format!("CUSTOMER#{}", ana.id), "sk": "REQUEST#1", "fingerprint": "1",
        "order_id": "o-late", "expires": stage.bench.clock().now().as_seconds() + 86_400});
    let put = client(&stage).put_item().table_name("customers");
    let put = put.set_item(Some(serde_dynamo::to_item(begun).unwrap()));
    put.send().await.unwrap();
    let refused = erase(&stage, &ana).await.problem(409, "customer-conflict");
    let detail = refused["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("order o-late is just beginning; "),
        "{detail}"
    );
    stage.bench.pass(Duration::from_secs(60));
    erase(&stage, &ana).await.expect(204);
}

#[tokio::test]
async fn a_customer_who_is_being_erased_begins_nothing() {
    let (mut stage, ana) = with_ana().await;
    let cut = stage.cut();
    // The attempt is counted and forgotten, the mark is set.
    cut.after(Some(3));
    erase(&stage, &ana).await.problem(503, "unavailable");
    cut.after(None);
    let executions = stage.executions();
    let refused = stage.place(&ana, "another", &goods(json!({}))).await;
    refused.problem(409, "customer-conflict");
    assert_eq!(stage.executions(), executions);
    stage.bench.pass(Duration::from_secs(60));
    erase(&stage, &ana).await.expect(204);
}
