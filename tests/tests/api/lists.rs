//! Pages, and waiting for what comes next.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use holdfast_tests::{Stack, eventually};
use serde_json::{Value, json};

use holdfast_tests::guest::{Guest, car_leg, flight};

fn ids(page: &Value) -> Vec<String> {
    let bookings = page["bookings"].as_array().unwrap().iter();
    let id = |booking: &Value| booking["booking_id"].as_str().unwrap().to_owned();
    bookings.map(id).collect()
}

#[tokio::test]
async fn bookings_come_page_by_page_the_newest_first_and_each_once() {
    let ana = Guest::arrives("pages").await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(ana.books(&flight()).await);
    }
    made.reverse();
    let all = eventually("all are listed", Duration::from_secs(20), async || {
        let page = ana.get("/bookings").await.expect(200);
        (ids(&page).len() == made.len()).then_some(page)
    })
    .await;
    assert_eq!(ids(&all), made);
    let mut seen = Vec::new();
    let mut path = "/bookings?limit=2".to_owned();
    for _ in 0..4 {
        let page = ana.get(&path).await.expect(200);
        seen.extend(ids(&page));
        match page["next"].as_str() {
            Some(next) => path = format!("/bookings?limit=2&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn the_history_tells_all_that_happened_and_nothing_twice() {
    let stack = Stack::connect().await;
    let ana = Guest::arrives("history").await;
    let mut trip = flight();
    trip["payment"] = json!({"token": "tok_visa"});
    let id = ana.books(&trip).await;
    let mut after = String::new();
    let mut told: Vec<Value> = Vec::new();
    loop {
        let path = format!("/bookings/{id}/events?wait=20&after={after}");
        let answer = ana.get(&path).await.expect(200);
        told.extend(answer["events"].as_array().unwrap().iter().cloned());
        after = answer["next"].as_str().unwrap().to_owned();
        if answer["ended"] == true {
            assert_eq!(answer["status"], "booked");
            break;
        }
    }
    let names: Vec<_> = told
        .iter()
        .map(|event| event["name"].as_str().unwrap())
        .collect();
    assert_eq!(names.first(), Some(&"booking_opened"), "{names:?}");
    assert_eq!(names.last(), Some(&"booked"), "{names:?}");
    let mut known: Vec<_> = told.iter().map(|event| event["id"].to_string()).collect();
    known.sort();
    known.dedup();
    assert_eq!(known.len(), stack.history(&id).await.len());
    assert_eq!(known.len(), told.len(), "{names:?}");
}

#[tokio::test]
async fn who_follows_a_booking_hears_at_once_and_otherwise_waits() {
    let ana = Guest::arrives("follows").await;
    let id = ana.holds(&flight()).await;
    let events = format!("/bookings/{id}/events");
    let so_far = ana.get(&events).await.expect(200);
    let next = so_far["next"].as_str().unwrap().to_owned();
    let began = Instant::now();
    let quiet = ana
        .get(&format!("{events}?wait=2&after={next}"))
        .await
        .expect(200);
    assert!(
        began.elapsed() >= Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(quiet["events"], json!([]));
    assert_eq!(
        (&quiet["ended"], &quiet["next"]),
        (&json!(false), &so_far["next"])
    );
    let following = format!("{events}?wait=20&after={next}");
    let change = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        ana.post(&format!("/bookings/{id}/legs"), &car_leg("car"))
            .await
            .expect(202)
    };
    let began = Instant::now();
    let (heard, _) = tokio::join!(ana.get(&following), change);
    assert!(
        began.elapsed() < Duration::from_secs(15),
        "{:?}",
        began.elapsed()
    );
    let heard = heard.expect(200);
    assert_eq!(heard["events"][0]["name"], "command_taken", "{heard}");
    assert_eq!(heard["events"][0]["actor"], "traveller");
}

#[tokio::test]
async fn several_may_follow_at_one_time() {
    let ana = Guest::arrives("several").await;
    let id = ana.books(&flight()).await;
    let path = format!("/bookings/{id}/events?wait=10");
    let answers = join_all((0..3).map(|_| ana.get(&path))).await;
    for answer in answers {
        assert_eq!(answer.expect(200)["events"][0]["name"], "booking_opened");
    }
}
