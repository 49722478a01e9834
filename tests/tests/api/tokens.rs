//! Whom the API believes, and whom not.

use std::time::Duration;

use holdfast_api::rules::account::Role;
use holdfast_api::rules::claims::Claims;
use holdfast_api::tokens::{Key, sign};
use holdfast_kit::clock::Clock;
use holdfast_tests::{aws, eventually, output};

use holdfast_tests::client::{Answer, ask};
use holdfast_tests::guest::Guest;

async fn secrets() -> aws_sdk_secretsmanager::Client {
    aws_sdk_secretsmanager::Client::new(&aws().await)
}

async fn real_key() -> Key {
    let secrets = secrets().await;
    let found = secrets.get_secret_value().secret_id(output("SIGNING_KEY"));
    let found = found.send().await.expect("the signing key");
    let secret = found.secret_string().expect("a text").as_bytes();
    Key::new(found.version_id().expect("a name"), secret).expect("a good key")
}

fn claims(guest: &Guest) -> Claims {
    let now = Clock::system().now();
    Claims::new(guest.id.parse().unwrap(), Role::Customer, now)
}

async fn list_with(token: &str) -> Answer {
    ask("GET", "/bookings").token(token).send().await
}

/// The parts of a token with another of them.
fn with_part(token: &str, index: usize, part: &str) -> String {
    let mut parts: Vec<&str> = token.split('.').collect();
    parts[index] = part;
    parts.join(".")
}

#[tokio::test]
async fn without_a_token_nothing_private_is_told_or_done() {
    for (method, path) in [
        ("GET", "/bookings"),
        ("POST", "/bookings"),
        ("GET", "/bookings/b-1"),
        ("DELETE", "/bookings/b-1"),
        ("POST", "/bookings/b-1/legs"),
        ("DELETE", "/bookings/b-1/legs/out"),
        ("POST", "/bookings/b-1/payment"),
        ("GET", "/bookings/b-1/events"),
        ("GET", "/offers?kind=flight"),
        ("POST", "/tickets"),
        ("GET", "/desk"),
        ("POST", "/desk/b-1/redrive"),
        ("POST", "/desk/b-1/resolve"),
        ("POST", "/desk/b-1/abandon"),
    ] {
        for header in ["", "Basic YTpi", "Bearer", "Bearer "] {
            let mut asking = ask(method, path);
            if !header.is_empty() {
                asking = asking.header("authorization", header);
            }
            let answer = asking.send().await;
            assert_eq!(
                answer.header("www-authenticate"),
                r#"Bearer realm="holdfast""#
            );
            answer.problem(401, "unauthorized");
        }
    }
}

#[tokio::test]
async fn a_token_that_has_expired_is_not_believed() {
    let ana = Guest::arrives("expired").await;
    let key = real_key().await;
    let mut claims = claims(&ana);
    // Another test may just have rotated the keys; they are looked at again after two seconds.
    let good = sign(&claims, &key);
    eventually("the key is known", Duration::from_secs(10), async || {
        (list_with(&good).await.status == 200).then_some(())
    })
    .await;
    claims.iat -= 1000;
    claims.exp = claims.iat + 900;
    let answer = list_with(&sign(&claims, &key)).await;
    let challenge = r#"Bearer realm="holdfast", error="invalid_token""#;
    assert_eq!(answer.header("www-authenticate"), challenge);
    answer.problem(401, "unauthorized");
}

#[tokio::test]
async fn a_token_that_another_key_signed_is_not_believed() {
    let ana = Guest::arrives("forged").await;
    let real = real_key().await;
    let secret = [7; 64];
    for id in [real.id(), "another", ""] {
        let key = Key::new(id, &secret).unwrap();
        let answer = list_with(&sign(&claims(&ana), &key)).await;
        answer.problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_token_that_names_no_algorithm_or_another_is_not_believed() {
    let ana = Guest::arrives("none").await;
    // {"alg":"none"}, {"alg":"none","typ":"JWT"}, {"alg":"HS512","typ":"JWT"}
    for header in [
        "eyJhbGciOiJub25lIn0",
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0",
        "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9",
    ] {
        let token = with_part(&ana.access, 0, header);
        list_with(&token).await.problem(401, "unauthorized");
        list_with(&with_part(&token, 2, ""))
            .await
            .problem(401, "unauthorized");
    }
    list_with(&with_part(&ana.access, 2, ""))
        .await
        .problem(401, "unauthorized");
}

#[tokio::test]
async fn a_role_cannot_be_written_into_a_token() {
    let ana = Guest::arrives("role").await;
    let key = Key::new("any", &[7; 64]).unwrap();
    let mut tampered = claims(&ana);
    tampered.role = Role::Operator;
    let forged = sign(&tampered, &key);
    let part = forged.split('.').nth(1).unwrap();
    let tampered = with_part(&ana.access, 1, part);
    let desk = |token: String| async move { ask("GET", "/desk").token(&token).send().await };
    desk(tampered.clone()).await.problem(401, "unauthorized");
    list_with(&tampered).await.problem(401, "unauthorized");
    desk(ana.access.clone()).await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_rotation_of_the_key_signs_nobody_out() {
    let ana = Guest::arrives("rotation").await;
    let before = real_key().await;
    let secrets = secrets().await;
    let new: String = (0..64).map(|_| fastrand::alphanumeric()).collect();
    let put = secrets.put_secret_value().secret_id(output("SIGNING_KEY"));
    put.secret_string(new).send().await.expect("a new version");
    let after = real_key().await;
    assert_ne!(before.id(), after.id());
    // Functions look again for a key they do not know, but not all the time.
    tokio::time::sleep(Duration::from_secs(3)).await;
    list_with(&sign(&claims(&ana), &after)).await.expect(200);
    list_with(&ana.access).await.expect(200);
}
