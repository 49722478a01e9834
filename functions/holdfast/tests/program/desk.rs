//! The operator's commands, without a stack: what is missing, and what is down.

use std::time::{Duration, Instant};

use crate::program::Program;

const TABLES: [(&str, &str); 2] = [
    ("HOLDFAST_BOOKINGS_TABLE", "bookings"),
    ("HOLDFAST_ORDERS_TABLE", "orders"),
];
const AWS: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "test"),
    ("AWS_SECRET_ACCESS_KEY", "test"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
];

fn with(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let all = TABLES.iter().chain(&AWS).chain(more);
    all.copied().collect()
}

#[tokio::test]
async fn without_settings_or_credentials_the_desk_names_the_remedy() {
    let program = Program::without_settings();
    let told = program.run("desk list").await;
    assert!(
        told.complaint(2)
            .starts_with("the bookings' table is not known: run `source")
    );
    let region = [
        ("AWS_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    let settings: Vec<_> = TABLES.iter().chain(&region).copied().collect();
    let told = program.run_with("desk list", &settings).await;
    assert!(
        told.complaint(2)
            .starts_with("there are no AWS credentials: run `source")
    );
    let told = program.run_with("desk letters", &[]).await;
    assert!(
        told.complaint(2)
            .starts_with("the letters' table is not known")
    );
}

#[tokio::test]
async fn a_dry_run_needs_no_name_and_an_act_does() {
    let program = Program::without_settings();
    let act = "desk redrive --kind hotel --suppliers-url http://127.0.0.1:9";
    let told = program.run_with(act, &with(&[])).await;
    assert!(told.complaint(2).starts_with("your name is not known"));
    let down = [("AWS_ENDPOINT_URL", "http://127.0.0.1:9")];
    let dry = format!("{act} --dry-run");
    let told = program.run_with(&dry, &with(&down)).await;
    assert!(
        told.complaint(1).starts_with("nothing answers at"),
        "{told:?}"
    );
}

#[tokio::test]
async fn tables_that_are_down_are_told_at_once() {
    let began = Instant::now();
    let down = [("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")];
    let program = Program::without_settings();
    let told = program.run_with("desk show b-1", &with(&down)).await;
    assert_eq!(
        told.complaint(1),
        "nothing answers at http://127.0.0.1:9: start the stack with `make up`, or see `make status`"
    );
    assert!(began.elapsed() < Duration::from_secs(2));
}
