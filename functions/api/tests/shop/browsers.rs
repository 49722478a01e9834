//! Sessions of browsers: their cookie, and who may not send it.

use std::time::Duration;

use serde_json::json;

use crate::stage::{ANA, Answer, PASSWORD, Stage};

const PAGE: (&str, &str) = ("holdfast-page", "1");

async fn asks(stage: &Stage, path: &str, headers: &[(&str, &str)]) -> Answer {
    let body = json!({"email": ANA, "password": PASSWORD});
    let path = format!("/sessions/browser{path}");
    let body = path.ends_with("browser").then_some(&body);
    stage
        .ask(&Stage::nobody(), "POST", &path, headers, body)
        .await
}

fn set_cookie(answer: &Answer) -> String {
    answer.headers["set-cookie"].to_str().unwrap().to_owned()
}

/// What the browser sends back of a cookie.
fn sent(answer: &Answer) -> String {
    set_cookie(answer).split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_refresh_token_is_in_a_cookie_that_no_script_reads() {
    let stage = Stage::with_ana().await;
    let signed_in = asks(&stage, "", &[PAGE]).await;
    let cookie = set_cookie(&signed_in);
    assert!(cookie.starts_with("__Host-holdfast=rt_"), "{cookie}");
    for word in [
        "Path=/",
        "Secure",
        "HttpOnly",
        "SameSite=Strict",
        "Max-Age=2592000",
    ] {
        assert!(cookie.contains(word), "{word} in {cookie}");
    }
    assert!(!signed_in.text.contains("rt_"), "{}", signed_in.text);
    let cookie = sent(&signed_in);
    let on = asks(
        &stage,
        "/refresh",
        &[PAGE, ("cookie", &format!("a=b; {cookie}"))],
    )
    .await;
    assert_ne!(sent(&on), cookie);
    let session = on.expect(200);
    assert!(session["access_token"].is_string());
    assert_eq!(session["role"], "customer");
}

#[tokio::test]
async fn no_other_site_can_use_the_cookie() {
    let stage = Stage::with_ana().await;
    let cookie = sent(&asks(&stage, "", &[PAGE]).await);
    for headers in [
        vec![],
        vec![PAGE, ("sec-fetch-site", "cross-site")],
        vec![PAGE, ("sec-fetch-site", "same-site")],
    ] {
        for path in ["", "/refresh", "/end"] {
            let mut headers = headers.clone();
            headers.push(("cookie", &cookie));
            let asked = asks(&stage, path, &headers).await;
            assert!(!asked.headers.contains_key("set-cookie"));
            asked.problem(403, "forbidden");
        }
    }
    let own = [PAGE, ("sec-fetch-site", "same-origin"), ("cookie", &cookie)];
    asks(&stage, "/refresh", &own).await.expect(200);
}

#[tokio::test]
async fn a_page_that_is_left_before_the_answer_goes_on_and_a_thief_does_not() {
    let stage = Stage::with_ana().await;
    let first = sent(&asks(&stage, "", &[PAGE]).await);
    let headers = [PAGE, ("cookie", first.as_str())];
    asks(&stage, "/refresh", &headers).await.expect(200);
    let again = asks(&stage, "/refresh", &headers).await;
    let second = sent(&again);
    again.expect(200);
    stage.bench.pass(Duration::from_secs(11));
    let late = asks(&stage, "/refresh", &headers).await;
    assert!(set_cookie(&late).contains("Max-Age=0"));
    late.problem(401, "unauthorized");
    let own = asks(&stage, "/refresh", &[PAGE, ("cookie", &second)]).await;
    own.problem(401, "unauthorized");
}

#[tokio::test]
async fn signing_out_ends_the_session_and_takes_the_cookie() {
    let stage = Stage::with_ana().await;
    let cookie = sent(&asks(&stage, "", &[PAGE]).await);
    let headers = [PAGE, ("cookie", cookie.as_str())];
    let ended = asks(&stage, "/end", &headers).await;
    assert_eq!(ended.status, 204);
    assert!(set_cookie(&ended).contains("Max-Age=0"));
    let gone = asks(&stage, "/refresh", &headers).await;
    gone.problem(401, "unauthorized");
    assert_eq!(asks(&stage, "/end", &[PAGE]).await.status, 204);
}
