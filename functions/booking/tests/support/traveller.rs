//! The execution waits for its traveller, who says what to do.

use holdfast_booking::steps::WaitRequest;
use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::command::{self, Command};
use holdfast_booking_rules::request::{LegRequest, PaymentRequest};
use holdfast_booking_rules::waiting::Since;
use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::time::Timestamp;
use serde_json::{Value, json};

use super::{Bench, TOKEN};

impl Bench {
    /// The execution waits for its traveller, reached by `token`: the later it waits, the greater.
    pub(crate) async fn waits(&self, id: &BookingId, token: &str) -> Result<(), Failure> {
        let request = WaitRequest {
            booking_id: id.clone(),
            token: token.to_owned(),
            since: since(token),
        };
        self.wait_step().wait(&request).await
    }

    /// Takes a command, as the rules do, and tells nobody. What is said with it is a leg, or a payment.
    pub(crate) async fn says(
        &self,
        id: &BookingId,
        command: &str,
        leg: Value,
    ) -> Result<Snapshot, Failure> {
        let now = self.clock().now();
        let command = match command {
            "pay" if leg.is_object() => Command::Pay(PaymentRequest::read(&leg)?),
            "pay" => Command::Pay(PaymentRequest::read(&json!({"token": TOKEN}))?),
            "add_leg" => Command::AddLeg(Box::new(LegRequest::read("leg", &leg, now)?)),
            "drop_leg" => Command::DropLeg(leg.as_str().unwrap_or_default().parse().unwrap()),
            _ => Command::Cancel,
        };
        let take = |snapshot: &Snapshot| {
            let stamp = Stamp {
                actor: "traveller",
                at: self.clock().now(),
            };
            command::take(snapshot, &command, stamp)
        };
        self.store.change(self.snapshot(id).await, take).await
    }
}

/// The place of a token among those of an execution: `2.1` is of the second wait, tried once more.
pub(crate) fn since(token: &str) -> Since {
    let (wait, retry) = token.split_once('.').unwrap_or((token, "0"));
    let entered = wait.parse().ok();
    let entered = entered.map(|wait: i64| Timestamp::from_millis(1_000 * wait));
    Since {
        entered,
        retry: entered.and_then(|_| retry.parse().ok()),
    }
}
