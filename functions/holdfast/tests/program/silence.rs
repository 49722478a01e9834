//! What is missing, down, broken or nonsense: one line each, and a code.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::fake::{Fake, problem};
use crate::program::Program;

#[tokio::test]
async fn without_settings_the_remedy_is_named() {
    let program = Program::without_settings();
    let told = program.run("show b-1").await;
    assert_eq!(
        told.complaint(2),
        "HOLDFAST_API_URL is not set: run `make up` and then `source .local/env`, or set it for a \
         stack on AWS"
    );
    std::fs::create_dir_all(program.state().join("../../.local")).unwrap();
    program.file(".local/env", "");
    let told = program.run("list").await;
    assert_eq!(
        told.complaint(2),
        "HOLDFAST_API_URL is not set: run `source .local/env` in the checkout"
    );
    let told = program
        .run_with("list", &[("HOLDFAST_API_URL", "example.com")])
        .await;
    assert!(told.complaint(2).contains("https://example.com/v1"));
}

#[tokio::test]
async fn a_stack_that_is_down_is_told_at_once() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let began = Instant::now();
    let told = Program::of(&address).run("list").await;
    let line = format!(
        "nothing answers at {address}: start the stack with `make up`, or see `make status`"
    );
    assert_eq!(told.complaint(1), line);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_file_that_is_missing_or_broken_is_named() {
    let program = Program::of("http://127.0.0.1:9");
    let told = program.run("book no.json").await;
    assert!(
        told.complaint(2)
            .starts_with("no.json: there is no such file")
    );
    program.file("trip.json", "{\"legs\": [,]}");
    let told = program.run("book trip.json").await;
    assert!(
        told.complaint(2)
            .starts_with("trip.json, line 1, column 11: not JSON")
    );
    program.file("leg.json", "[]");
    let told = program.run("add b-1 leg.json").await;
    assert!(
        told.complaint(2)
            .starts_with("leg.json, line 1: this is no leg; a leg is {")
    );
}

#[tokio::test]
async fn answers_that_make_no_sense_are_told_in_one_line() {
    for (status, body) in [
        (200, json!("<html>\nhello")),
        (200, json!({"booking_id": 7})),
        (200, Value::Null),
        (500, json!("Internal Server Error\n\n")),
        (403, json!({"message": "Missing Authentication Token"})),
    ] {
        let fake = Fake::answering(move |asked| match asked.path.as_str() {
            "/sessions" => (200, Value::Null),
            _ => (status, body.clone()),
        });
        let fake = fake.await;
        let told = Program::of(&fake.address).run("show b-1").await;
        told.complaint(1);
    }
}

#[tokio::test]
async fn a_stack_that_stays_busy_is_asked_a_few_times() {
    let fake = Fake::answering(|asked| match asked.path.as_str() {
        "/sessions" if asked.before == 0 => problem(503, "unavailable", "try again"),
        "/sessions" => (200, Value::Null),
        _ => problem(503, "unavailable", "try again"),
    });
    let fake = fake.await;
    let told = Program::of(&fake.address).run("show b-1").await;
    assert_eq!(told.complaint(1), "No: try again (trace t)");
    assert_eq!(fake.asked().len(), 4);
}

#[tokio::test]
async fn an_api_that_is_gone_is_told_apart_from_a_booking_that_is_not_there() {
    let gone = Fake::answering(|_| (404, json!({"message": "no such API"}))).await;
    let told = Program::of(&gone.address).run("show b-1").await;
    assert!(told.complaint(2).contains("`source .local/env` again"));
    let fake = Fake::answering(|asked| match asked.path.as_str() {
        "/sessions" => (200, Value::Null),
        _ => problem(
            404,
            "not-found",
            "there is nothing here, or it is not yours",
        ),
    });
    let fake = fake.await;
    let told = Program::of(&fake.address).run("show b-1").await;
    assert_eq!(
        told.complaint(2),
        "there is no booking b-1, or it is another customer's; holdfast list shows yours"
    );
}

#[tokio::test]
async fn wrong_usage_is_one_line_that_names_the_help() {
    let program = Program::without_settings();
    for (line, help) in [
        ("", "`holdfast help`"),
        ("dance", "`holdfast help`"),
        ("book", "`holdfast help book`"),
        ("desk resolve b-1", "`holdfast help desk`"),
    ] {
        let told = program.run(line).await;
        assert!(told.complaint(2).ends_with(help), "{line}: {told:?}");
    }
    let told = program.run("help").await;
    assert_eq!(told.code, Some(0));
    assert!(told.out.contains("Exit status:"));
}
