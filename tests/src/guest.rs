//! A customer who is signed in, and what they book.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Answer, Asking, ask};
use crate::{eventually, fresh_name};

const SOON: Duration = Duration::from_secs(90);

/// A customer who is signed in.
#[derive(Clone, Debug)]
pub struct Guest {
    /// Their id.
    pub id: String,
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// Their access token.
    pub access: String,
    /// Their refresh token.
    pub refresh: String,
}

impl Guest {
    /// Registers a new customer and signs them in.
    pub async fn arrives(what: &str) -> Self {
        let email = format!("{}@example.com", fresh_name(what));
        let password = fresh_name("a password of");
        let credentials = json!({"email": email, "password": password});
        let registered = ask("POST", "/customers").json(&credentials).send().await;
        let customer = registered.expect(201);
        let session = ask("POST", "/sessions").json(&credentials).send().await;
        let session = session.expect(200);
        let text = |json: &Value, field: &str| json[field].as_str().unwrap().to_owned();
        assert_eq!(session["customer_id"], customer["customer_id"]);
        Self {
            id: text(&session, "customer_id"),
            access: text(&session, "access_token"),
            refresh: text(&session, "refresh_token"),
            email,
            password,
        }
    }

    /// Begins a request of theirs.
    pub fn ask(&self, method: &str, path: &str) -> Asking {
        ask(method, path).token(&self.access)
    }

    /// Gets something.
    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path).send().await
    }

    /// Posts something.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path).json(body).send().await
    }

    /// Deletes something.
    pub async fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path).send().await
    }

    /// Asks for a booking, under a key.
    pub async fn book_as(&self, key: &str, trip: &Value) -> Answer {
        let asking = self.ask("POST", "/bookings").json(trip);
        asking.header("idempotency-key", key).send().await
    }

    /// Books, and tells the booking's id.
    pub async fn books(&self, trip: &Value) -> String {
        let booked = self.book_as(&fresh_name("key"), trip).await.expect(202);
        booked["booking_id"].as_str().unwrap().to_owned()
    }

    /// Books something that then waits to be paid; tells the booking's id.
    pub async fn holds(&self, trip: &Value) -> String {
        let id = self.books(trip).await;
        self.waits(&id).await;
        id
    }

    /// Asks for an order, under a key.
    pub async fn order_as(&self, key: &str, order: &Value) -> Answer {
        let asking = self.ask("POST", "/orders").json(order);
        asking.header("idempotency-key", key).send().await
    }

    /// Places an order, and tells its id.
    pub async fn orders(&self, order: &Value) -> String {
        let placed = self.order_as(&fresh_name("key"), order).await.expect(202);
        placed["order_id"].as_str().unwrap().to_owned()
    }

    /// Looks at an order until it has come this far.
    pub async fn order_comes_to(&self, id: &str, status: &str) -> Value {
        let path = format!("/orders/{id}");
        self.sees_at(&path, status, |order| order["status"] == status)
            .await
    }

    /// Looks at a booking until it is as it should be.
    pub async fn sees(&self, id: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        self.sees_at(&format!("/bookings/{id}"), what, is).await
    }

    async fn sees_at(&self, path: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        eventually(&format!("{path}: {what}"), SOON, async || {
            let seen = self.get(path).await.expect(200);
            is(&seen).then_some(seen)
        })
        .await
    }

    /// Looks at a booking until something can be done with it.
    pub async fn waits(&self, id: &str) -> Value {
        let idle = |booking: &Value| booking["actions"].as_array().is_some_and(|a| !a.is_empty());
        self.sees(id, "something can be done with it", idle).await
    }

    /// Looks at a booking until it has come this far.
    pub async fn comes_to(&self, id: &str, status: &str) -> Value {
        self.sees(id, status, |booking| booking["status"] == status)
            .await
    }
}

/// A trip of one flight.
pub fn flight() -> Value {
    json!({"legs": [flight_leg("out")]})
}

/// A flight.
pub fn flight_leg(id: &str) -> Value {
    json!({"id": id, "kind": "flight",
        "spec": {"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}})
}

/// A car.
pub fn car_leg(id: &str) -> Value {
    json!({"id": id, "kind": "car",
        "spec": {"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"}})
}

/// Two books and a mug, with this script.
pub fn goods(simulate: &Value) -> Value {
    json!({
        "items": [{"sku": "BOOK-001", "quantity": 2}, {"sku": "MUG-001", "quantity": 1}],
        "deliver_to": {"name": "Example Buyer", "postcode": "01310-100", "city": "São Paulo", "country": "BR"},
        "payment": {"token": "tok_visa"},
        "simulate": simulate,
    })
}
