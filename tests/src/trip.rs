//! Trips to book.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// A trip, as an execution's input.
#[derive(Clone, Debug)]
pub struct Trip(pub Value);

impl Trip {
    /// The sample of the README: two flights, a hotel, a car, paid up front.
    ///
    /// # Panics
    /// If the sample is not JSON.
    #[allow(clippy::expect_used)]
    pub fn sample() -> Self {
        Self(
            serde_json::from_str(include_str!("../trips/sample.json")).expect("the sample is JSON"),
        )
    }

    /// One flight, paid up front.
    pub fn flight() -> Self {
        let mut trip = Self::sample();
        trip.0["legs"] = json!([trip.0["legs"][0]]);
        trip
    }

    /// The same with insurance for two weeks.
    #[must_use]
    pub fn insured(mut self) -> Self {
        let cover = json!({"id": "cover", "kind": "insurance",
            "spec": {"from": "2027-03-01", "to": "2027-03-15", "travellers": 2}});
        if let Some(legs) = self.0["legs"].as_array_mut() {
            legs.push(cover);
        }
        self
    }

    /// The same without a payment: the execution waits for the traveller.
    #[must_use]
    pub fn unpaid(mut self) -> Self {
        if let Some(fields) = self.0.as_object_mut() {
            fields.remove("payment");
        }
        self
    }

    /// The same, paid with another token.
    #[must_use]
    pub fn paid_with(mut self, token: &str) -> Self {
        self.0["payment"]["token"] = json!(token);
        self
    }

    /// The same with this long to pay.
    #[must_use]
    pub fn held_for(mut self, seconds: u32) -> Self {
        self.0["hold_seconds"] = json!(seconds);
        self
    }

    /// The same with a scripted fault of a leg, of `payment`, or of the `booking`'s own steps.
    #[must_use]
    pub fn simulate(mut self, part: &str, action: &str, fault: &str) -> Self {
        let place = match part {
            "booking" => Some(&mut self.0),
            "payment" => Some(&mut self.0["payment"]),
            leg => self.0["legs"]
                .as_array_mut()
                .and_then(|legs| legs.iter_mut().find(|l| l["id"] == leg)),
        };
        if let Some(place) = place {
            place["simulate"][action] = json!(fault);
        }
        self
    }

    /// The ids of its legs, in order.
    pub fn leg_ids(&self) -> Vec<String> {
        let legs = self.0["legs"].as_array().into_iter().flatten();
        legs.filter_map(|leg| leg["id"].as_str().map(str::to_owned))
            .collect()
    }
}

/// A booking's name that no other run has used.
pub fn fresh_name(what: &str) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    format!("{what}-{:x}-{:04x}", now.as_millis(), fastrand::u16(..))
}
