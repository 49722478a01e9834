//! Customers' accounts: sessions and their end, passwords, one-time links.

use std::time::Duration;

use serde_json::{Value, json};

use crate::stage::{ANA, Guest, PASSWORD, Stage, goods};

const OTHER: &str = "tulip engine harvest nine";

async fn refresh(stage: &Stage, session: &Value) -> u16 {
    let token = json!({"refresh_token": session["refresh_token"]});
    let nobody = Stage::nobody();
    let asked = stage.post(&nobody, "/sessions/refresh", &token);
    asked.await.status
}

async fn can_sign_in(stage: &Stage, password: &str) -> bool {
    let who = json!({"email": ANA, "password": password});
    stage.post(&Stage::nobody(), "/sessions", &who).await.status == 200
}

fn shown(sessions: &Value) -> Vec<(String, bool)> {
    let all = sessions["sessions"].as_array().unwrap().iter();
    let one = |session: &Value| {
        let client = session["client"].as_str().unwrap_or("-").to_owned();
        (client, session["current"].as_bool().unwrap())
    };
    all.map(one).collect()
}

async fn change(stage: &Stage, ana: &Guest, from: &str, to: &str) -> crate::stage::Answer {
    let body = json!({"password": from, "new_password": to});
    stage
        .ask(ana, "PUT", "/customers/me/password", &[], Some(&body))
        .await
}

/// Asks for another password; the token of the letter, if one is on its way.
async fn forgotten(stage: &Stage, email: &str) -> Option<String> {
    stage.letters();
    let asked = json!({"email": email});
    let asked = stage
        .post(&Stage::nobody(), "/passwords/forgotten", &asked)
        .await;
    assert_eq!((asked.status, asked.text.as_str()), (202, ""));
    let sent = stage.letters();
    assert_eq!(sent.len(), 1, "one message, whoever asks");
    (sent[0]["detail-type"] == "letter_requested").then(|| Stage::token(&sent[0]))
}

async fn reset(stage: &Stage, token: &str, password: &str) -> crate::stage::Answer {
    let body = json!({"token": token, "new_password": password});
    stage
        .post(&Stage::nobody(), "/passwords/reset", &body)
        .await
}

#[tokio::test]
async fn sessions_are_listed_and_end_one_by_one() {
    let stage = Stage::with_ana().await;
    let (first, _) = stage.sign_in(ANA, PASSWORD, "Telephone\t <b>").await;
    stage.bench.pass(Duration::from_secs(60));
    let (second, ana) = stage.sign_in(ANA, PASSWORD, "curl/8").await;
    let listed = stage.get(&ana, "/sessions").await.expect(200);
    assert_eq!(
        shown(&listed),
        [
            ("curl/8".to_owned(), true),
            ("Telephone b".to_owned(), false)
        ]
    );
    assert_eq!(
        listed["sessions"][0]["begun"],
        listed["sessions"][0]["last_used"]
    );
    let id = listed["sessions"][1]["session_id"].as_str().unwrap();
    let bo = stage.customer("bo").await;
    stage
        .delete(&bo, &format!("/sessions/{id}"))
        .await
        .problem(404, "not-found");
    stage
        .delete(&ana, &format!("/sessions/{id}"))
        .await
        .expect(204);
    stage
        .delete(&ana, &format!("/sessions/{id}"))
        .await
        .expect(204);
    assert_eq!(refresh(&stage, &first).await, 401);
    assert_eq!(
        shown(&stage.get(&ana, "/sessions").await.expect(200)).len(),
        1
    );
    stage.delete(&ana, "/sessions/current").await.expect(204);
    assert_eq!(refresh(&stage, &second).await, 401);
}

#[tokio::test]
async fn a_session_tells_when_it_was_used_last() {
    let stage = Stage::with_ana().await;
    let (session, _) = stage.sign_in(ANA, PASSWORD, "").await;
    stage.bench.pass(Duration::from_secs(600));
    let token = json!({"refresh_token": session["refresh_token"]});
    let again = stage
        .post(&Stage::nobody(), "/sessions/refresh", &token)
        .await;
    let ana = Guest::of(&again.expect(200));
    let listed = stage.get(&ana, "/sessions").await.expect(200);
    let (begun, used) = (
        &listed["sessions"][0]["begun"],
        &listed["sessions"][0]["last_used"],
    );
    assert_ne!(begun, used);
    assert_eq!(shown(&listed), [("-".to_owned(), true)]);
}

#[tokio::test]
async fn after_signing_out_everywhere_no_session_goes_on_and_no_order_is_taken() {
    let stage = Stage::with_ana().await;
    let (first, other) = stage.sign_in(ANA, PASSWORD, "").await;
    let (second, ana) = stage.sign_in(ANA, PASSWORD, "").await;
    stage.delete(&ana, "/sessions").await.expect(204);
    for session in [&first, &second] {
        assert_eq!(refresh(&stage, session).await, 401);
    }
    for guest in [&ana, &other] {
        stage
            .get(guest, "/customers/me")
            .await
            .problem(401, "unauthorized");
        let ordered = stage.place(guest, "key", &goods(json!({}))).await;
        ordered.problem(401, "unauthorized");
    }
    assert_eq!(stage.executions(), 0);
    let (third, ana) = stage.sign_in(ANA, PASSWORD, "").await;
    assert_eq!(
        shown(&stage.get(&ana, "/sessions").await.expect(200)).len(),
        1
    );
    assert_eq!(refresh(&stage, &third).await, 200);
}

#[tokio::test]
async fn an_operator_who_signed_out_everywhere_does_nothing_more_at_the_desk() {
    let stage = Stage::new().await;
    let olga = stage.operator("olga").await;
    stage.get(&olga, "/desk").await.expect(200);
    stage.delete(&olga, "/sessions").await.expect(204);
    stage.get(&olga, "/desk").await.problem(401, "unauthorized");
}

#[tokio::test]
async fn another_password_ends_the_other_sessions_and_a_letter_tells_of_it() {
    let stage = Stage::with_ana().await;
    let (other, _) = stage.sign_in(ANA, PASSWORD, "").await;
    let (own, ana) = stage.sign_in(ANA, PASSWORD, "").await;
    stage.letters();
    change(&stage, &ana, "wrong horse battery", OTHER)
        .await
        .problem(401, "wrong-credentials");
    assert_eq!(stage.letters(), Vec::<Value>::new());
    let changed = change(&stage, &ana, PASSWORD, OTHER).await.expect(200);
    assert_eq!(refresh(&stage, &other).await, 401);
    assert_eq!(refresh(&stage, &own).await, 200);
    stage
        .get(&ana, "/customers/me")
        .await
        .problem(401, "unauthorized");
    stage
        .get(&Guest::of(&changed), "/customers/me")
        .await
        .expect(200);
    let letters = stage.letters();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0]["detail"]["kind"], "password_changed");
    assert!(!can_sign_in(&stage, PASSWORD).await);
    assert!(can_sign_in(&stage, OTHER).await);
}

#[tokio::test]
async fn a_session_that_is_over_changes_no_password() {
    let stage = Stage::with_ana().await;
    let (_, ana) = stage.sign_in(ANA, PASSWORD, "").await;
    stage.delete(&ana, "/sessions/current").await.expect(204);
    change(&stage, &ana, PASSWORD, OTHER)
        .await
        .problem(409, "customer-conflict");
    assert!(can_sign_in(&stage, PASSWORD).await);
}

#[tokio::test]
async fn a_password_is_guessed_ten_times_and_no_more() {
    let stage = Stage::with_ana().await;
    let (_, ana) = stage.sign_in(ANA, PASSWORD, "").await;
    for _ in 0..10 {
        change(&stage, &ana, "wrong horse battery", OTHER)
            .await
            .problem(401, "wrong-credentials");
    }
    change(&stage, &ana, PASSWORD, OTHER)
        .await
        .problem(429, "too-many-requests");
}

#[tokio::test]
async fn passwords_that_anybody_would_guess_are_not_taken() {
    let stage = Stage::with_ana().await;
    let (_, ana) = stage.sign_in(ANA, PASSWORD, "").await;
    let token = forgotten(&stage, ANA).await.unwrap();
    for weak in [
        "Password123!",
        "ana@example.com",
        "1234567890",
        "xy!xy!xy!xy!",
    ] {
        let new = json!({"email": "bo@example.com", "password": weak});
        if weak != "ana@example.com" {
            let refused = stage.post(&Stage::nobody(), "/customers", &new).await;
            let refused = refused.problem(422, "invalid-fields");
            assert_eq!(refused["errors"][0]["field"], "password", "{weak}");
        }
        let refused = change(&stage, &ana, PASSWORD, weak)
            .await
            .problem(422, "invalid-fields");
        assert_eq!(refused["errors"][0]["field"], "new_password", "{weak}");
        let refused = reset(&stage, &token, weak)
            .await
            .problem(422, "invalid-fields");
        let problem = refused["errors"][0]["problem"].as_str().unwrap();
        assert!(problem.starts_with("must not be "), "{problem}");
    }
    reset(&stage, &token, OTHER).await.expect(204);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_link_that_works_once() {
    let stage = Stage::with_ana().await;
    let (session, ana) = stage.sign_in(ANA, PASSWORD, "").await;
    let token = forgotten(&stage, "Ana@Example.com").await.unwrap();
    let mut forged = token.clone().into_bytes();
    let last = forged.len() - 1;
    forged[last] = if forged[last] == b'0' { b'1' } else { b'0' };
    let forged = String::from_utf8(forged).unwrap();
    for wrong in ["", "lt_1", &forged] {
        reset(&stage, wrong, OTHER).await.problem(410, "link-over");
    }
    let confirm = json!({"token": token});
    let confirmed = stage
        .post(&Stage::nobody(), "/customers/confirmation", &confirm)
        .await;
    confirmed.problem(410, "link-over");
    reset(&stage, &token, OTHER).await.expect(204);
    assert_eq!(stage.letters()[0]["detail"]["kind"], "password_changed");
    reset(&stage, &token, PASSWORD)
        .await
        .problem(410, "link-over");
    assert!(can_sign_in(&stage, OTHER).await);
    assert!(!can_sign_in(&stage, PASSWORD).await);
    assert_eq!(refresh(&stage, &session).await, 401);
    stage
        .get(&ana, "/customers/me")
        .await
        .problem(401, "unauthorized");
    let (_, ana) = stage.sign_in(ANA, OTHER, "").await;
    let me = stage.get(&ana, "/customers/me").await.expect(200);
    assert_eq!(me["confirmed"], true, "the letter came to the address");
}

#[tokio::test]
async fn of_two_links_only_one_changes_the_password_at_the_same_time_and_both_end() {
    let stage = Stage::with_ana().await;
    let token = forgotten(&stage, ANA).await.unwrap();
    let (one, two) = tokio::join!(
        reset(&stage, &token, OTHER),
        reset(&stage, &token, PASSWORD)
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 410]);
    let late = forgotten(&stage, ANA).await.unwrap();
    stage.bench.pass(Duration::from_secs(30 * 60));
    reset(&stage, &late, OTHER).await.problem(410, "link-over");
}

#[tokio::test]
async fn nobody_learns_from_a_forgotten_password_who_is_a_customer() {
    let stage = Stage::with_ana().await;
    assert_eq!(forgotten(&stage, "stranger@example.com").await, None);
    for email in [ANA, "stranger2@example.com"] {
        for _ in 0..3 {
            forgotten(&stage, email).await;
        }
        let asked = json!({"email": email});
        let refused = stage
            .post(&Stage::nobody(), "/passwords/forgotten", &asked)
            .await;
        assert!(!refused.header("retry-after").is_empty());
        refused.problem(429, "too-many-requests");
    }
}

#[tokio::test]
async fn one_source_asks_for_so_many_letters_and_no_more() {
    let stage = Stage::with_ana().await;
    for number in 0..30 {
        forgotten(&stage, &format!("stranger{number}@example.com")).await;
    }
    let asked = json!({"email": ANA});
    let refused = stage
        .post(&Stage::nobody(), "/passwords/forgotten", &asked)
        .await;
    refused.problem(429, "too-many-requests");
    stage.bench.pass(Duration::from_secs(15 * 60));
    assert!(forgotten(&stage, ANA).await.is_some());
}

#[tokio::test]
async fn an_address_is_confirmed_by_the_letter_that_registering_sends() {
    let stage = Stage::with_ana().await;
    let letters = stage.letters();
    let (_, ana) = stage.sign_in(ANA, PASSWORD, "").await;
    let me = stage.get(&ana, "/customers/me").await.expect(200);
    assert_eq!(me["confirmed"], false);
    stage
        .place(&ana, "key", &goods(json!({})))
        .await
        .expect(202);
    let confirm = json!({"token": Stage::token(&letters[0])});
    let nobody = Stage::nobody();
    for status in [204, 410] {
        let answer = stage.post(&nobody, "/customers/confirmation", &confirm);
        assert_eq!(answer.await.status, status);
    }
    let me = stage.get(&ana, "/customers/me").await.expect(200);
    assert_eq!(me["confirmed"], true);
    let path = "/customers/me/confirmation";
    stage.ask(&ana, "POST", path, &[], None).await.expect(202);
    assert_eq!(
        stage.letters(),
        Vec::<Value>::new(),
        "there is nothing to confirm any more"
    );
}

#[tokio::test]
async fn what_is_kept_of_a_link_opens_nothing() {
    let stage = Stage::with_ana().await;
    let token = forgotten(&stage, ANA).await.unwrap();
    let client = stage.bookings.items().client();
    let kept = client.scan().table_name("customers").send().await.unwrap();
    let kept = format!("{:?}", kept.items());
    let (id, secret) = token["lt_".len()..].split_at(32);
    assert!(kept.contains(id), "its link is there");
    assert!(!kept.contains(secret), "its secret is not");
}
