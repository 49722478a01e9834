//! Registering, signing in, staying signed in.

use holdfast_tests::fresh_name;
use serde_json::{Value, json};

use holdfast_tests::client::{Answer, ask};
use holdfast_tests::guest::Guest;

async fn sign_in(email: &str, password: &str) -> Answer {
    let credentials = json!({"email": email, "password": password});
    ask("POST", "/sessions").json(&credentials).send().await
}

async fn refresh(token: &str) -> Answer {
    let body = json!({"refresh_token": token});
    ask("POST", "/sessions/refresh").json(&body).send().await
}

fn text(json: &Value, field: &str) -> String {
    json[field].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_address_is_registered_once_in_whatever_case() {
    let ana = Guest::arrives("once").await;
    let again = json!({"email": ana.email.to_uppercase(), "password": "another password"});
    let again = ask("POST", "/customers").json(&again).send().await;
    again.problem(409, "email-taken");
    sign_in(&ana.email.to_uppercase(), &ana.password)
        .await
        .expect(200);
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_get_the_same_answer() {
    let ana = Guest::arrives("same").await;
    let wrong = sign_in(&ana.email, "not the password").await;
    let unknown = sign_in("nobody@example.com", "not the password").await;
    assert_eq!(
        wrong.headers.get("www-authenticate"),
        unknown.headers.get("www-authenticate")
    );
    let without_trace = |answer: Answer| {
        let mut problem = answer.problem(401, "wrong-credentials");
        problem["trace_id"].take();
        problem
    };
    assert_eq!(without_trace(wrong), without_trace(unknown));
}

#[tokio::test]
async fn who_tries_too_often_has_to_wait_even_with_the_right_password() {
    let ana = Guest::arrives("often").await;
    let guesses = (0..10).map(|guess| {
        let (email, guess) = (ana.email.clone(), format!("wrong password {guess}"));
        async move { sign_in(&email, &guess).await }
    });
    for answer in futures_util::future::join_all(guesses).await {
        answer.problem(401, "wrong-credentials");
    }
    let refused = sign_in(&ana.email, &ana.password).await;
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=901).contains(&wait), "{wait}");
    refused.problem(429, "too-many-requests");
    let other = Guest::arrives("another").await;
    sign_in(&other.email, &other.password).await.expect(200);
}

#[tokio::test]
async fn addresses_of_nobody_are_limited_as_well() {
    let email = format!("{}@example.com", fresh_name("nobody"));
    let guesses = (0..11).map(|_| sign_in(&email, "some password"));
    let answers = futures_util::future::join_all(guesses).await;
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!(refused, 1, "{answers:?}");
}

#[tokio::test]
async fn signing_in_forgets_the_attempts_that_failed() {
    let ana = Guest::arrives("forgets").await;
    for _ in 0..2 {
        for _ in 0..6 {
            sign_in(&ana.email, "not the password")
                .await
                .problem(401, "wrong-credentials");
        }
        sign_in(&ana.email, &ana.password).await.expect(200);
    }
}

#[tokio::test]
async fn a_refresh_token_is_good_once() {
    let ana = Guest::arrives("refresh").await;
    let first = refresh(&ana.refresh).await.expect(200);
    assert_ne!(text(&first, "refresh_token"), ana.refresh);
    let listed = ask("GET", "/bookings").token(&text(&first, "access_token"));
    listed.send().await.expect(200);
    let second = refresh(&text(&first, "refresh_token")).await.expect(200);
    assert_eq!(second["customer_id"], ana.id);
}

#[tokio::test]
async fn a_refresh_token_that_is_used_again_ends_its_session() {
    let ana = Guest::arrives("stolen").await;
    let next = refresh(&ana.refresh).await.expect(200);
    refresh(&ana.refresh).await.problem(401, "unauthorized");
    let victim = refresh(&text(&next, "refresh_token")).await;
    victim.problem(401, "unauthorized");
    let other = sign_in(&ana.email, &ana.password).await.expect(200);
    refresh(&text(&other, "refresh_token")).await.expect(200);
}

#[tokio::test]
async fn of_many_refreshes_at_once_one_is_done() {
    let ana = Guest::arrives("refreshes").await;
    let many = (0..4).map(|_| refresh(&ana.refresh));
    let answers = futures_util::future::join_all(many).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(done, 1, "{answers:?}");
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused() {
    let never = format!("rt_{}", "0".repeat(64));
    for token in ["", "rt_", "x", &never] {
        refresh(token).await.problem(401, "unauthorized");
    }
}
