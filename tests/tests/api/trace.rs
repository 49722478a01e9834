//! One id follows a request through everything; and the logs that carry it keep secrets.

use std::path::{Path, PathBuf};
use std::time::Duration;

use holdfast_tests::{Stack, eventually, fresh_name};
use serde_json::json;

use holdfast_tests::client::ask;
use holdfast_tests::guest::{Guest, flight};

fn logs() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.local/log");
    let files = std::fs::read_dir(folder).expect("the logs of the local stack");
    let files = files.map(|file| file.unwrap().path());
    let read = |path: PathBuf| {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        (path, text)
    };
    files.filter(|path| path.is_file()).map(read).collect()
}

fn trace() -> String {
    format!("{:032x}", fastrand::u128(1..))
}

#[tokio::test]
async fn one_id_goes_from_the_request_through_all_that_it_sets_off() {
    let stack = Stack::connect().await;
    let ana = Guest::arrives("trace").await;
    let trace = trace();
    let mut trip = flight();
    trip["payment"] = json!({"token": "tok_visa"});
    let asking = ana.ask("POST", "/bookings").json(&trip);
    let asking = asking.header("idempotency-key", &fresh_name("key"));
    let traceparent = format!("00-{trace}-00f067aa0ba902b7-01");
    let booked = asking.header("traceparent", &traceparent).send().await;
    assert_eq!(booked.header("trace-id"), trace);
    let booked = booked.expect(202);
    assert_eq!(booked["trace_id"], *trace);
    let id = booked["booking_id"].as_str().unwrap().to_owned();
    ana.comes_to(&id, "booked").await;
    for event in stack.history(&id).await {
        assert_eq!(event.trace_id, trace, "{event:?}");
    }
    // The API, the steps, the suppliers: each says so in a line of its own.
    eventually(
        "all lines are written",
        Duration::from_secs(10),
        async || {
            let lines: Vec<String> = logs()
                .into_iter()
                .flat_map(|(_, text)| text.lines().map(str::to_owned).collect::<Vec<_>>())
                .filter(|line| line.contains(&trace))
                .collect();
            let has = |word: &str| lines.iter().any(|line| line.contains(word));
            let all = [
                "answered",
                "a saga is asked for",
                "step done",
                "\"supplier\":\"flight\"",
            ];
            all.iter().all(|word| has(word)).then_some(())
        },
    )
    .await;
    for (path, text) in logs() {
        let about_it = text
            .lines()
            .filter(|line| line.contains(&id) && line.contains("\"level\""));
        for line in about_it {
            assert!(line.contains(&trace), "{}: {line}", path.display());
        }
    }
}

#[tokio::test]
async fn a_step_that_fails_says_of_which_trace_it_was() {
    let ana = Guest::arrives("fails").await;
    let mut trip = flight();
    trip["legs"][0]["simulate"] = json!({"hold": "refuse"});
    let id = ana.books(&trip).await;
    let booking = ana.comes_to(&id, "failed").await;
    let trace = booking["trace_id"].as_str().unwrap().to_owned();
    eventually(
        "both lines are written",
        Duration::from_secs(10),
        async || {
            let all: String = logs().into_iter().map(|(_, text)| text).collect();
            let ours: Vec<_> = all.lines().filter(|line| line.contains(&trace)).collect();
            let has = |word: &str| ours.iter().any(|line| line.contains(word));
            // Our own line, and the one that the runtime adds.
            (has("step failed") && has("Raised")).then_some(())
        },
    )
    .await;
}

#[tokio::test]
async fn a_trace_that_is_malformed_is_replaced_and_every_error_tells_its_own() {
    for traceparent in [
        "",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "nonsense",
    ] {
        let asked = ask("GET", "/bookings").header("traceparent", traceparent);
        let answer = asked.send().await;
        let made = answer.header("trace-id").to_owned();
        assert_eq!(made.len(), 32, "{answer:?}");
        assert_ne!(made, "0".repeat(32));
        assert_eq!(answer.problem(401, "unauthorized")["trace_id"], *made);
    }
    let trace = trace();
    let asked = ask("GET", "/nothing");
    let asked = asked.header("traceparent", &format!("00-{trace}-00f067aa0ba902b7-00"));
    assert_eq!(
        asked.send().await.problem(404, "not-found")["trace_id"],
        *trace
    );
}

#[tokio::test]
async fn nothing_personal_and_no_secret_is_in_any_log() {
    let ana = Guest::arrives("secret").await;
    let wrong = fresh_name("a wrong password");
    let credentials = |password: &str| json!({"email": ana.email, "password": password});
    ask("POST", "/sessions")
        .json(&credentials(&wrong))
        .send()
        .await;
    ask("POST", "/customers")
        .json(&credentials(&ana.password))
        .send()
        .await;
    let unreadable = format!("{{\"email\": \"{}\", \"password\": \"{wrong}\"", ana.email);
    let asking = ask("POST", "/sessions").body(&unreadable);
    asking
        .header("content-type", "application/json")
        .send()
        .await;
    ask("GET", &format!("/customers/{}", ana.email))
        .send()
        .await;
    ask("GET", &format!("/bookings?after={}", ana.email))
        .token(&ana.access)
        .send()
        .await;
    let refreshed = json!({"refresh_token": ana.refresh});
    let session = ask("POST", "/sessions/refresh")
        .json(&refreshed)
        .send()
        .await;
    let session = session.expect(200);
    let id = ana.holds(&flight()).await;
    let card = json!({"token": "tok_declined"});
    let declined = ana.post(&format!("/bookings/{id}/payment"), &card).await;
    declined.expect(202);
    ana.waits(&id).await;
    let new = |field: &str| session[field].as_str().unwrap().to_owned();
    let secrets = [
        ana.email.clone(),
        ana.password.clone(),
        wrong,
        ana.access.clone(),
        ana.refresh.clone(),
        new("access_token"),
        new("refresh_token"),
    ];
    tokio::time::sleep(Duration::from_secs(1)).await;
    for (path, text) in logs() {
        for secret in &secrets {
            assert!(
                !text.contains(secret.as_str()),
                "{} has {secret}",
                path.display()
            );
        }
    }
}
