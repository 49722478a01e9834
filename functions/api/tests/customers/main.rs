//! Customers and their sessions as the code of commit eeacec4 has stored them: this code reads them,
//! goes on with them, and stores the same.
//!
//! The file beside this one was written by that code and stays as it is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../../booking/tests/fixtures/items.rs"]
mod items;

use std::path::PathBuf;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use holdfast_api::customers::{
    Customers, Made, Profile, RefreshToken, Registered, Request, Rotated,
};
use holdfast_api::rules::account::{MOST_ATTEMPTS, Role};
use holdfast_core::email::Email;
use holdfast_core::ids::CustomerId;
use holdfast_core::time::Timestamp;

use items::Fixture;

const TABLE: &str = "customers";
const PASSWORD: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$Rdescudvgn0mJ8Y0D5s2mw";
const KEY: &str = "order-17";

async fn table() -> Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let database = dynoxide::Database::memory().unwrap();
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(address)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    let client = Client::from_conf(config.build());
    let mut create = client
        .create_table()
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest);
    for (name, kind) in [("pk", KeyType::Hash), ("sk", KeyType::Range)] {
        let key = KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind);
        let attribute = AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S);
        create = create
            .key_schema(key.build().unwrap())
            .attribute_definitions(attribute.build().unwrap());
    }
    create.send().await.expect("the customers' table");
    client
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/customers/stored.json")
}

fn stored() -> Fixture {
    Fixture::parse(&std::fs::read_to_string(file()).expect("the file"))
}

/// The customers that were stored, and the time by then.
async fn resumed() -> (Customers, Timestamp) {
    let (client, fixture) = (table().await, stored());
    fixture.put(&client).await;
    (
        Customers::new(client, TABLE),
        fixture.clock.parse().unwrap(),
    )
}

fn later(seconds: u64) -> Timestamp {
    let begin: Timestamp = "2027-01-10T12:00:00Z".parse().unwrap();
    begin + Duration::from_secs(seconds)
}

fn ana() -> Profile {
    Profile::new(
        "cus_ana".parse().unwrap(),
        Email::read("ana@example.com").unwrap(),
        Role::Customer,
        later(0),
    )
}

fn bo() -> Profile {
    Profile::new(
        "cus_bo".parse().unwrap(),
        Email::read("bo@example.com").unwrap(),
        Role::Operator,
        later(1),
    )
}

/// The first token of a session, and the one after it.
fn tokens(session: u8) -> (RefreshToken, RefreshToken) {
    let first = RefreshToken::new([session; 16], [0x10; 16]);
    let second = first.next([0x20; 16]);
    (first, second)
}

fn request() -> Request {
    Request::new(
        r#"{"offers":["o1"]}"#,
        Made::Booking("b-17".parse().unwrap()),
    )
}

fn id(profile: &Profile) -> &CustomerId {
    &profile.customer_id
}

/// Two customers; a session that has gone on, one that was ended; attempts to sign in; a request.
async fn play(customers: &Customers) -> Timestamp {
    for profile in [ana(), bo()] {
        let registered = customers.register(&profile, PASSWORD.to_owned()).await;
        assert_eq!(registered, Ok(Registered::Done));
    }
    for seconds in [2, 3] {
        let counted = customers.count_attempt(&bo().email, later(seconds)).await;
        counted.unwrap().expect("not too many");
    }
    for session in [1, 2] {
        let (first, _) = tokens(session);
        let begun = customers
            .begin_session((id(&ana()), 0), &first, None, later(4))
            .await;
        begun.expect("a session");
    }
    let (first, second) = tokens(1);
    let rotated = customers
        .rotate(&first, &second, later(5), Duration::ZERO)
        .await;
    assert_eq!(rotated, Ok(Rotated::Done(ana().customer_id)));
    let revoked = customers.revoke(&tokens(2).0, later(6)).await;
    revoked.expect("ended");
    let known = customers
        .remember(id(&ana()), KEY, &request(), later(7))
        .await;
    assert_eq!(known, Ok(None));
    later(7)
}

async fn played() -> String {
    let client = table().await;
    let clock = play(&Customers::new(client.clone(), TABLE)).await;
    let fixture = Fixture::take(&client, clock.to_string(), &[TABLE]).await;
    fixture.render()
}

/// That code did not keep when a session was refreshed last.
fn without_use(stored: &str) -> String {
    let lines = stored.lines();
    let kept: Vec<_> = lines
        .filter(|line| !line.starts_with("\"used\":"))
        .collect();
    kept.join("\n").replace("},\n}", "}\n}") + "\n"
}

#[tokio::test]
async fn what_is_stored_today_is_what_was_stored_then_and_the_last_use_of_a_session() {
    let today = played().await;
    assert!(today.contains(r#""used":{"S":"2027-01-10T12:00:05.000Z"}"#));
    assert_eq!(
        without_use(&today),
        std::fs::read_to_string(file()).unwrap()
    );
}

#[tokio::test]
async fn customers_that_were_stored_sign_in_and_are_who_they_were() {
    let (customers, now) = resumed().await;
    for profile in [ana(), bo()] {
        let login = customers
            .login(&profile.email)
            .await
            .unwrap()
            .expect("a login");
        assert_eq!(
            (&login.customer_id, &*login.password),
            (id(&profile), PASSWORD)
        );
        let found = customers.profile(id(&profile)).await.unwrap();
        assert_eq!(found.as_ref(), Some(&profile));
        let again = customers.register(&profile, String::new()).await;
        assert_eq!(again, Ok(Registered::Taken));
    }
    let mut counted = 0;
    while customers
        .count_attempt(&bo().email, now)
        .await
        .unwrap()
        .is_ok()
    {
        counted += 1;
    }
    assert_eq!(counted, MOST_ATTEMPTS - 2);
    customers
        .forget_attempts(&bo().email)
        .await
        .expect("forgotten");
    let anew = customers.count_attempt(&bo().email, now).await.unwrap();
    anew.expect("counted anew");
}

#[tokio::test]
async fn sessions_that_were_stored_go_on_or_are_over() {
    let (customers, now) = resumed().await;
    let (first, second) = tokens(1);
    let third = second.next([0x30; 16]);
    let rotated = customers.rotate(&second, &third, now, Duration::ZERO).await;
    assert_eq!(rotated, Ok(Rotated::Done(ana().customer_id)));
    let (over, next) = tokens(2);
    assert_eq!(
        customers.rotate(&over, &next, now, Duration::ZERO).await,
        Ok(Rotated::Unknown)
    );
    assert_eq!(
        customers.rotate(&first, &third, now, Duration::ZERO).await,
        Ok(Rotated::Reused)
    );
    let (customers, _) = resumed().await;
    let much_later = now + Duration::from_secs(31 * 86_400);
    let ended = customers
        .rotate(&second, &third, much_later, Duration::ZERO)
        .await;
    assert_eq!(ended, Ok(Rotated::Unknown));
}

#[tokio::test]
async fn a_request_that_was_stored_is_remembered() {
    let (customers, now) = resumed().await;
    let other = Request::new("{}", Made::Order("o-18".parse().unwrap()));
    let known = customers.remember(id(&ana()), KEY, &other, now).await;
    assert_eq!(known, Ok(Some(request())));
    let of_bo = customers.remember(id(&bo()), KEY, &other, now).await;
    assert_eq!(of_bo, Ok(None));
}
