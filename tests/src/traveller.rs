//! What a traveller does: starts a trip without paying, and says what to do next.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

use std::time::Duration;

use holdfast_booking_rules::booking::{BookingStatus, PaymentStatus, Snapshot, Waiting};
use serde_json::{Value, json};

use crate::{InvokeError, Stack, Trip, eventually, fresh_name, output};

const SOON: Duration = Duration::from_secs(60);

impl Stack {
    /// Starts a trip and waits until the booking waits for its traveller, or has ended before that.
    /// Answers with name and ARN.
    pub async fn start_waiting(&self, what: &str, trip: &Trip) -> (String, String) {
        let name = fresh_name(what);
        let arn = self.start(&name, &trip.0).await;
        let seen =
            |snapshot: &Snapshot| waits(snapshot) || snapshot.booking.state.status.has_ended();
        self.until(&name, "it waits", seen).await;
        (name, arn)
    }

    /// Waits until a booking is as it should be.
    pub async fn until(&self, name: &str, what: &str, is: impl Fn(&Snapshot) -> bool) -> Snapshot {
        let id = name.parse().expect("a booking's name");
        eventually(&format!("{name}: {what}"), SOON, async || {
            let found = self.store.find(&id).await.expect("the table answers");
            found.filter(|snapshot| is(snapshot))
        })
        .await
    }

    /// Starts a trip that is paid with a card whose bank wants to ask first, and waits until it does.
    /// Answers with name and ARN.
    pub async fn start_pending(&self, what: &str, trip: Trip) -> (String, String) {
        let name = fresh_name(what);
        let arn = self.start(&name, &trip.paid_with("tok_pending").0).await;
        self.is_pending(&name).await;
        (name, arn)
    }

    /// Waits until the execution waits for a payment's decision.
    pub async fn is_pending(&self, name: &str) -> Snapshot {
        let attempt = |snapshot: &Snapshot| Some(snapshot.payment.state.attempts);
        self.until(name, "its payment is pending", |snapshot| {
            let waiting = snapshot.booking.waiting.as_ref();
            let for_it = waiting.is_some_and(|w| w.decision == attempt(snapshot));
            for_it && snapshot.payment.state.status == PaymentStatus::Pending
        })
        .await
    }

    /// Says what to do next.
    ///
    /// # Errors
    /// What the booking function refuses.
    pub async fn command(&self, name: &str, mut command: Value) -> Result<Value, InvokeError> {
        command["booking_id"] = json!(name);
        self.invoke("BookingFunction", &command).await
    }

    /// Sends a wake-up to the timer, as a schedule would.
    pub async fn fire(&self, wake_up: &Value) {
        let sent = self.sqs.send_message().queue_url(output("TIMER_QUEUE_URL"));
        sent.message_body(wake_up.to_string())
            .send()
            .await
            .expect("the timer queue takes it");
    }

    /// Pays.
    ///
    /// # Errors
    /// What the booking function refuses.
    pub async fn pay(&self, name: &str, token: &str) -> Result<Value, InvokeError> {
        self.command(name, json!({"command": "pay", "payment": {"token": token}}))
            .await
    }
}

/// Whether a booking waits for a command.
pub fn waits(snapshot: &Snapshot) -> bool {
    let waiting = snapshot.booking.waiting.as_ref();
    snapshot.booking.state.status == BookingStatus::AwaitingPayment
        && waiting.is_some_and(Waiting::is_for_a_command)
}
