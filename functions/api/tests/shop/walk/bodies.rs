//! What the API is sent in bodies.

use holdfast_booking_rules::request::BookingRequest;
use holdfast_order_rules::request::OrderRequest;
use serde_json::{Value, json};

use super::nonsense::changes;
use super::payloads::{now, trip};
use super::{Came, Walk};
use crate::operators::stored;
use crate::stage::{Guest, Stage, goods};

/// A route, and a body that it takes.
struct Route {
    method: &'static str,
    path: String,
    good: Value,
}

impl Route {
    fn new(method: &'static str, path: impl Into<String>, good: Value) -> Self {
        let path = path.into();
        Self { method, path, good }
    }

    async fn walk(&self, stage: &Stage, guest: &Guest, walk: &mut Walk) {
        let input = format!("{} {}", self.method, self.path);
        for (number, changed) in changes(&self.good).into_iter().enumerate() {
            let key = format!("key-{number}");
            let headers = [("idempotency-key", key.as_str())];
            let answer = stage.ask(
                guest,
                self.method,
                &self.path,
                &headers,
                Some(&changed.json),
            );
            let came = Came::answered(&answer.await);
            walk.count(&input, &changed.path, &changed.nonsense, came);
        }
    }
}

#[tokio::test]
async fn bodies_that_the_api_reads_are_told_what_is_wrong_in_plain_words() {
    let stage = Stage::new().await;
    let olga = stage.operator("olga").await;
    let order = stage.orders(&olga, "key", json!({})).await;
    let who = json!({"email": "ana@example.com", "password": "correct horse"});
    let account = json!({"account_id": "card-1", "customer_id": olga.id,
        "balances": {"FOOD": 1, "CASH": 2}});
    stage.post(&olga, "/accounts", &account).await.expect(201);
    let act = json!({"part": "carrier", "reason": "by telephone", "dry_run": true});
    let given_up = json!({"reason": "no more", "dry_run": true});
    let mut walk = Walk::default();
    for route in [
        Route::new("POST", "/customers", who.clone()),
        Route::new("POST", "/sessions", who),
        Route::new(
            "POST",
            "/sessions/refresh",
            json!({"refresh_token": "rt_1"}),
        ),
        Route::new(
            "POST",
            "/passwords/forgotten",
            json!({"email": "ana@example.com"}),
        ),
        Route::new(
            "POST",
            "/passwords/reset",
            json!({"token": "lt_1", "new_password": "correct horse"}),
        ),
        Route::new(
            "POST",
            "/customers/me/erasure",
            json!({"password": "correct horse"}),
        ),
        Route::new("POST", "/customers/confirmation", json!({"token": "lt_1"})),
        Route::new(
            "PUT",
            "/customers/me/password",
            json!({"password": "correct horse", "new_password": "tulip engine harvest"}),
        ),
        Route::new(
            "PUT",
            "/preferences",
            json!({"language": "en", "bookings": true, "orders": true}),
        ),
        Route::new("POST", "/tickets", json!({})),
        Route::new("POST", "/accounts", account),
        Route::new(
            "POST",
            "/accounts/card-1/credits",
            json!({"id": "salary-1", "category": "MEAL", "amount": 5000}),
        ),
        Route::new("POST", format!("/desk/{order}/redrive"), act.clone()),
        Route::new("POST", format!("/desk/{order}/resolve"), act),
        Route::new("POST", format!("/desk/{order}/abandon"), given_up),
    ] {
        route.walk(&stage, &olga, &mut walk).await;
    }
    walk.tell("bodies");
}

#[tokio::test]
async fn commands_of_a_traveller_are_told_what_is_wrong_in_plain_words() {
    let stage = Stage::new().await;
    stored(&stage, "awaiting_payment").await;
    let ana = stage.customer("1").await;
    let trip = trip();
    let (mut leg, id) = (trip["legs"][1].clone(), "awaiting_payment");
    leg["id"] = json!("another");
    let given_back = json!({"legs": ["hotel"], "refund": {"amount": 1, "currency": "BRL"}});
    let mut walk = Walk::default();
    for route in [
        Route::new("POST", format!("/bookings/{id}/cancellation"), given_back),
        Route::new("POST", format!("/bookings/{id}/legs"), leg),
        Route::new(
            "POST",
            format!("/bookings/{id}/payment"),
            trip["payment"].clone(),
        ),
    ] {
        route.walk(&stage, &ana, &mut walk).await;
    }
    walk.tell("commands");
}

/// What a reader takes begins a booking or an order, which is none of the walk's business.
#[tokio::test]
async fn trips_and_orders_are_told_what_is_wrong_in_plain_words() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    let mut new = trip();
    for of_the_api in ["customer", "trace_id"] {
        new.as_object_mut().unwrap().remove(of_the_api);
    }
    let order = goods(json!({"ship_order": "lost:1"}));
    let is_taken = |path: &str, json: &Value| {
        let mut input = json.clone();
        let Some(fields) = input.as_object_mut() else {
            return false;
        };
        fields.insert("customer".into(), trip()["customer"].clone());
        match path {
            "/bookings" => BookingRequest::read(&input, now()).is_ok(),
            _ => OrderRequest::read(&input).is_ok(),
        }
    };
    let mut walk = Walk::default();
    for (path, good) in [("/bookings", new), ("/orders", order)] {
        for changed in changes(&good) {
            if is_taken(path, &changed.json) {
                continue;
            }
            let headers = [("idempotency-key", "key")];
            let answer = stage.ask(&ana, "POST", path, &headers, Some(&changed.json));
            let came = Came::answered(&answer.await);
            walk.count(path, &changed.path, &changed.nonsense, came);
        }
    }
    walk.tell("trips and orders");
    assert_eq!(stage.executions(), 0);
}
