//! What operators look over: the sagas of a customer, breakers, timers, and the figures of an hour.

use std::time::Duration;

use holdfast_core::breaker::{Breaker, Run};
use holdfast_kit::table::breaker::KeptBreaker;
use serde_json::{Value, json};

use crate::operators::{pages, stored};
use crate::stage::{Guest, Stage};

#[tokio::test]
async fn the_sagas_of_a_customer_come_over_all_kinds_each_once() {
    let stage = Stage::new().await;
    let (ana, olga) = (stage.customer("1").await, stage.operator("olga").await);
    let eve = stage.customer("eve").await;
    // All of cus_1, who is signed in as Ana: with legs and payments, of which none may come.
    for state in ["booked", "cancelled", "holding", "needs_attention_leg"] {
        stored(&stage, state).await;
    }
    let mut orders = Vec::new();
    for key in ["1", "2", "3"] {
        orders.push(stage.orders(&ana, key, json!({})).await);
    }
    let hers = stage.orders(&eve, "1", json!({})).await;
    let mut all = pages(&stage, &olga, "&customer=cus_1").await;
    all.sort();
    let bookings = ["booked", "cancelled", "holding", "needs_attention_leg"];
    let mut expected: Vec<_> = bookings.map(str::to_owned).into();
    expected.extend(orders.clone());
    expected.sort();
    assert_eq!(all, expected);
    assert_eq!(pages(&stage, &olga, "&customer=cus_eve").await, [hers]);
    let mut placed = pages(&stage, &olga, "&customer=cus_1&kind=order").await;
    placed.sort();
    orders.sort();
    assert_eq!(placed, orders);
    let none: [&str; 0] = [];
    assert_eq!(pages(&stage, &olga, "&customer=cus_none").await, none);
}

#[tokio::test]
async fn a_page_of_a_customers_sagas_of_one_status_is_filled() {
    let stage = Stage::new().await;
    let (ana, olga) = (stage.customer("1").await, stage.operator("olga").await);
    stored(&stage, "booked").await;
    for key in ["1", "2", "3", "4", "5"] {
        stage.orders(&ana, key, json!({})).await;
    }
    // The bookings are from before the orders, and come behind them all.
    let path = "/sagas?customer=cus_1&status=booked&limit=1";
    let page = stage.get(&olga, path).await.expect(200);
    assert_eq!(page["sagas"][0]["saga_id"], "booked", "{page}");
    assert_eq!(page["next"], json!(null), "{page}");
    let pending = pages(&stage, &olga, "&customer=cus_1&status=pending").await;
    assert_eq!(pending.len(), 5, "{pending:?}");
}

#[tokio::test]
async fn a_customer_with_no_name_of_a_customers_is_refused() {
    let stage = Stage::new().await;
    let olga = stage.operator("olga").await;
    let refused = stage.get(&olga, "/sagas?customer=Ana%20Souza").await;
    let refused = refused.problem(422, "invalid-fields");
    assert_eq!(refused["errors"][0]["field"], "customer");
}

#[tokio::test]
async fn breakers_tell_which_suppliers_are_left_alone() {
    let stage = Stage::new().await;
    let olga = stage.operator("olga").await;
    let now = stage.bench.clock().now();
    let (until, last) = (now + Duration::from_secs(30), now - Duration::from_secs(60));
    let new = KeptBreaker::default();
    let run = Some(Run { failures: 2, last });
    let (bookings, orders) = (stage.bookings.items(), stage.bench.store.items());
    for (items, supplier, breaker) in [
        (bookings, "hotel", Breaker::Open { until }),
        (bookings, "account", Breaker::HalfOpen { lease_ends: until }),
        (orders, "payment", Breaker::Closed { run }),
    ] {
        let written = items.change_breaker(supplier, &new, breaker).await;
        written.unwrap();
    }
    let breakers = async || stage.get(&olga, "/breakers").await.expect(200);
    let body = breakers().await;
    let all = body["breakers"].as_array().unwrap();
    let names = all
        .iter()
        .map(|one| format!("{}/{}", one["service"], one["supplier"]));
    let names = names.map(|name| name.replace('"', ""));
    assert_eq!(
        names.collect::<Vec<_>>(),
        [
            "booking/flight",
            "booking/hotel",
            "booking/car",
            "booking/insurance",
            "booking/train",
            "booking/payment",
            "booking/account",
            "order/credit",
            "order/payment",
            "order/account",
            "order/carrier",
        ]
    );
    let line = |body: &Value, service: &str, supplier: &str| {
        let all = body["breakers"].as_array().unwrap().iter();
        let mut found = all.filter(|one| one["service"] == service && one["supplier"] == supplier);
        found.next().unwrap().clone()
    };
    let told = |of: (&str, &str), state: &str, failures: u32, last: Option<String>| {
        let until = (state != "closed").then(|| until.to_string());
        json!({"service": of.0, "supplier": of.1, "state": state, "failures": failures,
            "last_failure": last, "until": until})
    };
    let check = |body: &Value, of: (&str, &str), state, failures, last| {
        assert_eq!(line(body, of.0, of.1), told(of, state, failures, last));
    };
    check(&body, ("order", "credit"), "closed", 0, None);
    check(&body, ("booking", "payment"), "closed", 0, None);
    check(&body, ("booking", "hotel"), "open", 0, None);
    check(&body, ("booking", "account"), "half_open", 0, None);
    let last = Some(last.to_string());
    check(&body, ("order", "payment"), "closed", 2, last.clone());
    stage.bench.pass(Duration::from_secs(1));
    let body = breakers().await;
    check(&body, ("order", "payment"), "closed", 0, last);
}

/// All pages of the timers, in the order in which they come.
async fn timers(stage: &Stage, olga: &Guest, query: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut path = format!("/timers?limit=2{query}");
    for _ in 0..20 {
        let page = stage.get(olga, &path).await.expect(200);
        all.extend(page["timers"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else {
            return all;
        };
        path = format!("/timers?limit=2{query}&after={next}");
    }
    panic!("there is no end to {query}: {all:?}");
}

fn names(timers: &[Value]) -> Vec<&str> {
    let names = timers.iter().map(|timer| timer["saga_id"].as_str());
    names.map(Option::unwrap).collect()
}

#[tokio::test]
async fn timers_that_can_still_fire_come_the_earliest_first() {
    let stage = Stage::new().await;
    let (ana, olga) = (stage.customer("ana").await, stage.operator("olga").await);
    let waiting = [
        "awaiting_payment",
        "awaiting_payment_tightened",
        "holding",
        "paying",
    ];
    let over = [
        "booked",
        "confirming_committed",
        "expired",
        "needs_attention_leg",
        "unwinding",
    ];
    for state in waiting.iter().chain(&over) {
        stored(&stage, state).await;
    }
    let order = stage.orders(&ana, "1", json!({})).await;
    let all = timers(&stage, &olga, "").await;
    // The tightened one is the first, the three of the same instant come in any order.
    assert_eq!(names(&all[..1]), ["awaiting_payment_tightened"]);
    let mut three = names(&all[1..4]);
    three.sort_unstable();
    assert_eq!(three, ["awaiting_payment", "holding", "paying"]);
    assert_eq!(names(&all[4..]), [order.as_str()]);
    let running = json!({"saga_id": "holding", "saga_name": "booking", "status": "holding",
        "deadline": "2027-01-10T12:15:01.000Z", "state": "running", "generation": 1,
        "lease_until": null});
    assert!(all.contains(&running), "{all:?}");
    let paying = all.iter().find(|timer| timer["saga_id"] == "paying");
    assert_eq!(paying.unwrap()["state"], "paused");
    assert_eq!(paying.unwrap()["lease_until"], "2027-01-10T12:05:04.000Z");
    let orders = timers(&stage, &olga, "&kind=order").await;
    assert_eq!(names(&orders), [order.as_str()]);
    let bookings = timers(&stage, &olga, "&kind=booking").await;
    assert_eq!(names(&bookings).len(), 4, "{bookings:?}");
}

#[tokio::test]
async fn a_bad_parameter_of_the_timers_is_named() {
    let stage = Stage::new().await;
    let olga = stage.operator("olga").await;
    for (query, field) in [
        ("?kind=parcel", "kind"),
        ("?limit=26", "limit"),
        ("?after=nonsense", "after"),
        ("?status=holding", "status"),
    ] {
        let refused = stage.get(&olga, &format!("/timers{query}")).await;
        let refused = refused.problem(422, "invalid-fields");
        assert_eq!(refused["errors"][0]["field"], field, "{query}");
    }
}

/// What the figures tell of a kind.
fn of_kind(figures: &Value, kind: &str) -> Value {
    let kinds = figures["kinds"].as_array().unwrap().iter();
    let mut found = kinds.filter(|figures| figures["kind"] == kind);
    found.next().unwrap().clone()
}

/// How many began, minute by minute: where there are any, the place of the minute and the number.
fn minutes(figures: &Value) -> Vec<(usize, u64)> {
    let minutes = figures["per_minute"].as_array().unwrap();
    assert_eq!(minutes.len(), 60);
    let counts = minutes.iter().map(|count| count.as_u64().unwrap());
    counts.enumerate().filter(|(_, count)| *count > 0).collect()
}

#[tokio::test]
async fn the_figures_tell_how_many_sagas_began_and_how_they_stand() {
    let stage = Stage::new().await;
    let old = stage.customer("old").await;
    let old = stage.orders(&old, "1", json!({})).await;
    for state in ["booked", "expired", "holding"] {
        stored(&stage, state).await;
    }
    stage.bench.pass(Duration::from_secs(60 * 60));
    let (ana, olga) = (stage.customer("ana").await, stage.operator("olga").await);
    for key in ["1", "2"] {
        stage.orders(&ana, key, json!({})).await;
    }
    let figures = stage.get(&olga, "/figures").await.expect(200);
    assert_eq!(figures["from"], "2027-01-10T12:01:00.000Z");
    let now = stage.bench.clock().now().to_string();
    assert_eq!(figures["to"], now);
    let orders = of_kind(&figures, "order");
    assert_eq!(orders["begun"], 2, "{old} is older");
    assert_eq!(orders["statuses"], json!({"pending": 2}));
    assert_eq!(minutes(&orders), [(59, 2)]);
    assert_eq!(orders["is_complete"], true);
    let bookings = of_kind(&figures, "booking");
    assert_eq!(
        (&bookings["begun"], &bookings["statuses"]),
        (&json!(0), &json!({}))
    );
}

#[tokio::test]
async fn figures_are_read_anew_after_ten_seconds() {
    let stage = Stage::new().await;
    let olga = stage.operator("olga").await;
    for state in ["booked", "expired", "holding"] {
        stored(&stage, state).await;
    }
    stage.bench.pass(Duration::from_secs(5 * 60));
    let look = async || stage.get(&olga, "/figures").await;
    let first = look().await;
    let bookings = of_kind(&first.json, "booking");
    let statuses = json!({"booked": 1, "expired": 1, "holding": 1});
    assert_eq!(
        (&bookings["begun"], &bookings["statuses"]),
        (&json!(3), &statuses)
    );
    assert_eq!(minutes(&bookings), [(54, 3)]);
    stored(&stage, "cancelled").await;
    stage.bench.pass(Duration::from_millis(9_999));
    let same = look().await;
    assert_eq!(same.text, first.text);
    assert_eq!(same.header("etag"), first.header("etag"));
    stage.bench.pass(Duration::from_millis(1));
    let anew = look().await.expect(200);
    assert_eq!(of_kind(&anew, "booking")["begun"], 4);
}

#[tokio::test]
async fn the_path_of_a_saga_tells_the_states_that_its_execution_entered() {
    let stage = Stage::new().await;
    let (ana, olga) = (stage.customer("ana").await, stage.operator("olga").await);
    let id = stage.orders(&ana, "1", json!({})).await;
    let path = stage
        .get(&olga, &format!("/sagas/{id}/path"))
        .await
        .expect(200);
    let at = stage.bench.clock().now().to_string();
    let at = at.as_str();
    let state = |name: &str, left: Option<&str>, within: Option<&str>| json!({"name": name, "entered": at, "left": left, "within": within});
    let mut placed = state("Place order", Some(at), None);
    placed["failed"] = json!(true);
    let states = [
        placed,
        state("Unwind", None, None),
        state("Undo", None, Some("Unwind")),
    ];
    let execution = json!({"name": id, "status": "running", "started": at, "ended": null,
        "states": states, "is_complete": true});
    assert_eq!(path, json!({"executions": [execution]}));
}

#[tokio::test]
async fn a_saga_whose_executions_are_forgotten_has_no_path() {
    let stage = Stage::new().await;
    let olga = stage.operator("olga").await;
    stored(&stage, "booked").await;
    let path = stage.get(&olga, "/sagas/booked/path").await.expect(200);
    assert_eq!(path, json!({"executions": []}));
    let none = stage.get(&olga, "/sagas/b-none/path").await;
    none.problem(404, "not-found");
}
