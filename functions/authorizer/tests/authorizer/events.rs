//! Approved purchases on the bus, as the table's stream brings their lines.

use std::collections::BTreeSet;
use std::time::Duration;

use holdfast_authorizer::account_events::AccountEvents;
use holdfast_authorizer::openings::{Made, Opening, Openings};
use holdfast_authorizer_rules::movement::Line;
use holdfast_core::email::Email;
use holdfast_core::ids::AccountId;
use holdfast_kit::batch::Changed;
use holdfast_kit::outbox::{Published, Tells, Untold};
use holdfast_kit::table::Item;
use serde_json::{Value, json};

use crate::bank::{Bank, TABLE, body};

const TEMPLATE: &str = include_str!("../../../../template.yaml");

fn openings(bank: &Bank) -> Openings {
    Openings::new(bank.client.clone(), TABLE)
}

/// An account that was opened as operators do.
async fn opened(bank: &Bank, name: &str, owner: &str) -> AccountId {
    let id: AccountId = name.parse().unwrap();
    let opening = Opening {
        customer_id: owner.parse().unwrap(),
        email: Email::read("ana@example.com").unwrap(),
        balances: [("CASH".parse().unwrap(), "10.00".parse().unwrap())].into(),
    };
    let made = openings(bank).open(&id, &opening, bank.now()).await;
    assert_eq!(made.unwrap(), Made::Now);
    id
}

async fn items(bank: &Bank) -> Vec<Item> {
    let all = bank.client.scan().table_name(TABLE).send().await;
    all.unwrap().items.unwrap()
}

async fn tell(bank: &Bank, item: Item) -> Result<Published, Untold> {
    let openings = openings(bank);
    let changed = Changed {
        new_image: serde_dynamo::Item::from(item),
        ..Changed::default()
    };
    AccountEvents { openings }.tell(&changed).await
}

/// What the table's items are as events.
async fn told(bank: &Bank) -> Vec<Value> {
    let mut told = Vec::new();
    for item in items(bank).await {
        match tell(bank, item).await {
            Ok(event) => {
                assert_eq!(event.detail_type, "purchase_approved");
                told.push(event.detail);
            }
            Err(Untold::NoEvent(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    told
}

/// Purchases that end in all ways: approved, insufficient, refused, and given back.
async fn purchases(bank: &Bank, account: &AccountId) {
    for (id, amount) in [("t-1", 600), ("t-2", 600), ("t-3", 0), ("t-1", 601)] {
        let asked = body(
            id,
            account,
            amount,
            "5411",
            "PADARIA DO ZE     SAO PAULO BR",
        );
        bank.authorizer.ask(&asked).await;
    }
    let asked = body("t-4", account, 100, "5411", "A");
    let (worker, wire) = bank.behind_a_wire().await;
    let worker = worker.with_patience(Duration::from_secs(5));
    wire.one(2, crate::wire::Fate::Lost);
    assert_eq!(wire.alive(worker.ask(&asked)).await, None);
    bank.later(60);
    bank.settle(account).await;
}

#[tokio::test]
async fn each_approved_purchase_is_an_event_and_nothing_else_is() {
    let bank = Bank::new().await;
    let account = opened(&bank, "123", "cus_1").await;
    purchases(&bank, &account).await;
    let lines = bank.check(&account).await;
    let codes: BTreeSet<_> = lines.iter().map(|line| line.code.as_str()).collect();
    assert_eq!(codes, BTreeSet::from(["00", "07", "51"]), "{lines:?}");
    assert!(lines.iter().any(|line| line.given_back), "{lines:?}");
    let told = told(&bank).await;
    let line = |id: &str| lines.iter().find(|line| line.id.as_deref() == Some(id));
    let line: &Line = line("t-1").unwrap();
    let event = json!({
        "id": format!("123/purchase.{}", line.key),
        "name": "purchase_approved",
        "at": line.at,
        "account_id": "123",
        "customer_id": "cus_1",
        "email": "ana@example.com",
        "category": "CASH",
        "amount": {"amount": 600, "currency": "BRL"},
        "merchant": "PADARIA DO ZE     SAO PAULO BR",
        "transaction": "t-1",
    });
    assert_eq!(told, [event]);
}

#[tokio::test]
async fn an_account_of_which_no_address_is_known_is_told_without_one() {
    let bank = Bank::new().await;
    let account = bank.open("124", &[("CASH", 1_000)]).await;
    let asked = body("t-1", &account, 600, "5411", "A");
    bank.authorizer.ask(&asked).await;
    let told = told(&bank).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].get("email").is_none(), "{told:?}");
}

#[tokio::test]
async fn a_purchase_whose_address_cannot_be_read_now_comes_again() {
    let bank = Bank::new().await;
    let account = opened(&bank, "123", "cus_1").await;
    let asked = body("t-1", &account, 600, "5411", "A");
    bank.authorizer.ask(&asked).await;
    let openings = Openings::new(bank.client.clone(), "no such table");
    for item in items(&bank).await {
        let changed = Changed {
            new_image: serde_dynamo::Item::from(item),
            ..Changed::default()
        };
        let events = AccountEvents {
            openings: openings.clone(),
        };
        let told = events.tell(&changed).await;
        let is_purchase = tell(&bank, items_of(&changed)).await.is_ok();
        assert_eq!(matches!(told, Err(Untold::NotNow(_))), is_purchase);
    }
}

fn items_of(changed: &Changed) -> Item {
    changed.new_image.clone().into()
}

/// The filter of the template's stream, as Lambda applies it.
fn passes(filter: &Value, record: &Value) -> bool {
    match filter {
        Value::Object(fields) => fields
            .iter()
            .all(|(name, filter)| passes(filter, &record[name])),
        Value::Array(rules) => rules.iter().any(|rule| match rule["prefix"].as_str() {
            Some(prefix) => record.as_str().is_some_and(|text| text.starts_with(prefix)),
            None => rule == record,
        }),
        _ => false,
    }
}

#[tokio::test]
async fn the_stream_brings_approved_purchases_and_nothing_else() {
    let bank = Bank::new().await;
    let account = opened(&bank, "123", "cus_1").await;
    purchases(&bank, &account).await;
    let (_, function) = TEMPLATE.split_once("\n  AccountEventsFunction:").unwrap();
    let (_, pattern) = function.split_once("Pattern: '").unwrap();
    let (pattern, _) = pattern.split_once('\'').unwrap();
    let pattern: Value = serde_json::from_str(pattern).unwrap();
    let mut brought = 0;
    for item in items(&bank).await {
        let image: serde_dynamo::Item = item.clone().into();
        let image = serde_json::to_value(image).unwrap();
        let keys = json!({"pk": image["pk"], "sk": image["sk"]});
        let record = json!({"eventName": "INSERT", "dynamodb": {"Keys": keys, "NewImage": image}});
        let is_event = tell(&bank, item).await.is_ok();
        assert_eq!(passes(&pattern, &record), is_event, "{record}");
        brought += usize::from(is_event);
    }
    assert_eq!(brought, 1);
}
