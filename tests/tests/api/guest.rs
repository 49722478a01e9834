//! Somebody who is signed in, and what they book.

use std::time::Duration;

use holdfast_tests::{eventually, fresh_name};
use serde_json::{Value, json};

use crate::client::{Answer, Asking, ask};

const SOON: Duration = Duration::from_secs(90);

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Guest {
    /// Registers somebody new and signs them in.
    pub(crate) async fn arrives(what: &str) -> Self {
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

    pub(crate) fn ask(&self, method: &str, path: &str) -> Asking {
        ask(method, path).token(&self.access)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path).json(body).send().await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path).send().await
    }

    /// Asks for a booking, under a key.
    pub(crate) async fn book_as(&self, key: &str, trip: &Value) -> Answer {
        let asking = self.ask("POST", "/bookings").json(trip);
        asking.header("idempotency-key", key).send().await
    }

    /// Books, and tells the booking's id.
    pub(crate) async fn books(&self, trip: &Value) -> String {
        let booked = self.book_as(&fresh_name("key"), trip).await.expect(202);
        booked["booking_id"].as_str().unwrap().to_owned()
    }

    /// Books something that then waits to be paid; tells the booking's id.
    pub(crate) async fn holds(&self, trip: &Value) -> String {
        let id = self.books(trip).await;
        self.waits(&id).await;
        id
    }

    /// Looks at a booking until it is as it should be.
    pub(crate) async fn sees(&self, id: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let path = format!("/bookings/{id}");
        eventually(&format!("{id}: {what}"), SOON, async || {
            let booking = self.get(&path).await.expect(200);
            is(&booking).then_some(booking)
        })
        .await
    }

    /// Looks at a booking until something can be done with it.
    pub(crate) async fn waits(&self, id: &str) -> Value {
        let idle = |booking: &Value| booking["actions"].as_array().is_some_and(|a| !a.is_empty());
        self.sees(id, "something can be done with it", idle).await
    }

    /// Looks at a booking until it has come this far.
    pub(crate) async fn comes_to(&self, id: &str, status: &str) -> Value {
        self.sees(id, status, |booking| booking["status"] == status)
            .await
    }
}

/// A trip of one flight.
pub(crate) fn flight() -> Value {
    json!({"legs": [flight_leg("out")]})
}

/// A flight.
pub(crate) fn flight_leg(id: &str) -> Value {
    json!({"id": id, "kind": "flight",
        "spec": {"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}})
}

/// A car.
pub(crate) fn car_leg(id: &str) -> Value {
    json!({"id": id, "kind": "car",
        "spec": {"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"}})
}
