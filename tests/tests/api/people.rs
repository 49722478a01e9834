//! Customers' accounts: sessions, passwords, one-time links, export and erasure.

use holdfast_tests::client::ask;
use holdfast_tests::guest::Guest;
use holdfast_tests::mailbox::{letter_to, link_to};
use serde_json::json;

const NEW: &str = "tulip engine harvest nine";

async fn signs_in(ana: &Guest, password: &str) -> u16 {
    let who = json!({"email": ana.email, "password": password});
    ask("POST", "/sessions").json(&who).send().await.status
}

#[tokio::test]
async fn a_customer_confirms_the_address_and_replaces_a_forgotten_password_by_letters() {
    let ana = Guest::arrives("forgetful").await;
    let me = ana.get("/customers/me").await.expect(200);
    assert_eq!(me["confirmed"], false);
    let token = link_to(&ana.email, "Confirm your e-mail address").await;
    let confirm = json!({"token": token});
    let confirmed = ask("POST", "/customers/confirmation").json(&confirm).send();
    confirmed.await.expect(204);
    let me = ana.get("/customers/me").await.expect(200);
    assert_eq!(me["confirmed"], true);
    let forgotten = json!({"email": ana.email});
    let asked = ask("POST", "/passwords/forgotten").json(&forgotten).send();
    asked.await.expect(202);
    let token = link_to(&ana.email, "Choose a new password").await;
    let reset = json!({"token": token, "new_password": NEW});
    let answer = ask("POST", "/passwords/reset").json(&reset).send().await;
    answer.expect(204);
    let again = ask("POST", "/passwords/reset").json(&reset).send().await;
    again.problem(410, "link-over");
    assert_eq!(signs_in(&ana, &ana.password).await, 401);
    assert_eq!(signs_in(&ana, NEW).await, 200);
    ana.get("/customers/me").await.problem(401, "unauthorized");
    assert_eq!(
        letter_to(&ana.email).await.subject,
        "Your password was changed"
    );
}

#[tokio::test]
async fn a_customer_signs_out_everywhere() {
    let ana = Guest::arrives("leaving").await;
    let sessions = ana.get("/sessions").await.expect(200);
    assert_eq!(sessions["sessions"][0]["current"], true);
    ana.delete("/sessions").await.expect(204);
    ana.get("/sessions").await.problem(401, "unauthorized");
    let refresh = json!({"refresh_token": ana.refresh});
    let refused = ask("POST", "/sessions/refresh").json(&refresh).send().await;
    refused.problem(401, "unauthorized");
}

#[tokio::test]
async fn a_customer_exports_what_is_stored_and_is_erased() {
    let ana = Guest::arrives("going").await;
    let part = ana.get("/customers/me/export").await.expect(200);
    assert_eq!(part["items"][0]["data"]["email"], ana.email.as_str());
    let next = part["next"].as_str().unwrap();
    let path = format!("/customers/me/export?after={next}");
    ana.get(&path).await.expect(200);
    let erase = json!({"password": ana.password});
    ana.post("/customers/me/erasure", &erase).await.expect(204);
    ana.post("/customers/me/erasure", &erase).await.expect(204);
    ana.get("/customers/me").await.problem(401, "unauthorized");
    assert_eq!(signs_in(&ana, &ana.password).await, 401);
}
