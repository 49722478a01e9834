//! What operators look over: a customer's sagas, breakers, timers, the figures of an hour, and paths.

use std::time::Duration;

use holdfast_tests::eventually;
use holdfast_tests::guest::{Guest, flight, goods};
use serde_json::{Value, json};

use crate::desk::operator;

const SOON: Duration = Duration::from_secs(30);
/// The figures are read anew after ten seconds.
const FIGURES_SOON: Duration = Duration::from_secs(60);

fn named<'a>(list: &'a Value, id: &str) -> Option<&'a Value> {
    let mut all = list.as_array()?.iter();
    all.find(|one| one["saga_id"] == id)
}

#[tokio::test]
async fn the_sagas_of_a_customer_are_listed_over_all_kinds_and_those_of_no_other() {
    let (ana, eve, olga) = tokio::join!(
        Guest::arrives("ana"),
        Guest::arrives("eve"),
        operator("olga")
    );
    let (order, booking) = (
        ana.orders(&goods(&json!({}))).await,
        ana.holds(&flight()).await,
    );
    eve.holds(&flight()).await;
    let path = format!("/sagas?customer={}&limit=25", ana.id);
    let page = eventually("both sagas of a customer", SOON, async || {
        let page = olga.get(&path).await.expect(200);
        let has_both = [&order, &booking].map(|id| named(&page["sagas"], id).is_some());
        (has_both == [true, true]).then_some(page)
    })
    .await;
    assert_eq!(page["sagas"].as_array().unwrap().len(), 2, "{page}");
    let path = format!("/sagas?customer={}&status=awaiting_payment", ana.id);
    let waiting = olga.get(&path).await.expect(200);
    assert!(named(&waiting["sagas"], &booking).is_some(), "{waiting}");
    assert!(named(&waiting["sagas"], &order).is_none(), "{waiting}");
    ana.get(&path).await.problem(403, "forbidden");
}

#[tokio::test]
async fn every_supplier_has_a_breaker_that_operators_see() {
    let olga = operator("olga").await;
    let body = olga.get("/breakers").await.expect(200);
    let breakers = body["breakers"].as_array().unwrap();
    for (service, supplier) in [("booking", "flight"), ("order", "carrier")] {
        let is_it = |one: &&Value| one["service"] == service && one["supplier"] == supplier;
        let found = breakers.iter().find(is_it);
        let state = found.expect("a breaker")["state"].as_str().unwrap();
        assert!(["closed", "open", "half_open"].contains(&state), "{body}");
    }
}

/// The timer of a saga, wherever in the list it is.
async fn timer(olga: &Guest, id: &str) -> Option<Value> {
    let mut path = "/timers?kind=booking&limit=25".to_owned();
    loop {
        let page = olga.get(&path).await.expect(200);
        if let Some(timer) = named(&page["timers"], id) {
            return Some(timer.clone());
        }
        let next = page["next"].as_str()?;
        path = format!("/timers?kind=booking&limit=25&after={next}");
    }
}

#[tokio::test]
async fn a_timer_is_listed_as_long_as_it_can_fire() {
    let (ana, olga) = tokio::join!(Guest::arrives("ana"), operator("olga"));
    let id = ana.holds(&flight()).await;
    let listed = eventually("the timer", SOON, async || timer(&olga, &id).await).await;
    let booking = ana.get(&format!("/bookings/{id}")).await.expect(200);
    assert_eq!(listed["deadline"], booking["deadline"]);
    assert_eq!(
        (&listed["state"], &listed["lease_until"]),
        (&json!("running"), &Value::Null)
    );
    ana.delete(&format!("/bookings/{id}")).await.expect(202);
    ana.comes_to(&id, "cancelled").await;
    eventually("the end of the timer", SOON, async || {
        timer(&olga, &id).await.is_none().then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_figures_count_what_began_within_the_hour() {
    let (ana, olga) = tokio::join!(Guest::arrives("ana"), operator("olga"));
    let id = ana.orders(&goods(&json!({}))).await;
    ana.order_comes_to(&id, "completed").await;
    let orders = eventually("an order among the figures", FIGURES_SOON, async || {
        let figures = olga.get("/figures").await.expect(200);
        let mut kinds = figures["kinds"].as_array().unwrap().iter();
        let orders = kinds.find(|kind| kind["kind"] == "order")?.clone();
        (orders["statuses"]["completed"].as_u64() > Some(0)).then_some(orders)
    })
    .await;
    let sum = |counts: Vec<&Value>| {
        let counts = counts.into_iter().filter_map(Value::as_u64);
        counts.sum::<u64>()
    };
    let minutes: Vec<_> = orders["per_minute"].as_array().unwrap().iter().collect();
    assert_eq!(minutes.len(), 60);
    assert_eq!(Some(sum(minutes)), orders["begun"].as_u64());
    let statuses = orders["statuses"].as_object().unwrap().values().collect();
    assert_eq!(Some(sum(statuses)), orders["begun"].as_u64());
}

#[tokio::test]
async fn a_path_tells_the_states_of_the_machine_and_what_is_within() {
    let (ana, olga) = tokio::join!(Guest::arrives("ana"), operator("olga"));
    let id = ana.holds(&flight()).await;
    let waits = eventually("an execution that waits", SOON, async || {
        let path = olga.get(&format!("/sagas/{id}/path")).await.expect(200);
        let states = path["executions"][0]["states"].as_array()?.clone();
        let last = states.last()?;
        let is_there = last["name"] == "Await traveller" && last["left"].is_null();
        is_there.then_some((path, states))
    })
    .await;
    let (path, states) = waits;
    assert_eq!(path["executions"][0]["name"], id, "{path}");
    assert_eq!(path["executions"][0]["status"], "running");
    let names: Vec<_> = states.iter().map(|state| state["name"].as_str()).collect();
    let first = ["Open", "Hold legs", "Hold"].map(Some);
    assert_eq!(names[..3], first, "{path}");
    assert_eq!(states[2]["within"], "Hold legs");
    assert!(states[2]["left"].is_string(), "{path}");
    let none = olga.get("/sagas/b-none/path").await;
    none.problem(404, "not-found");
}
