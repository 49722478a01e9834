//! Gives back what accounts reserved for payments that nobody captured in time. Each payment changes by
//! one conditional transaction, so a sweep may run twice, and of a capture and a sweep one wins.

use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_kit::subject::Subject;
use serde::Serialize;
use tracing::{Span, info_span};

use crate::Supplies;
use crate::account;
use crate::payment::{Payment, State};
use crate::store::{Address, Store};

/// What the log lines of a sweep are about.
#[derive(Clone, Copy, Debug)]
pub enum Reservations {}

impl Subject for Reservations {
    const ID_FIELD: &'static str = "account_id";

    fn span(id: &str, trace_id: Option<&str>) -> Span {
        info_span!("reservation", account_id = id, trace_id)
    }

    fn invalid(field: String, problem: String) -> Failure {
        Failure::unavailable(field, problem)
    }
}

/// What a sweep has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// How many reservations are given back.
    pub given_back: u32,
}

impl Supplies {
    /// Gives back all reservations whose time is over.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table cannot be read, or some cannot be given back yet: the next
    /// sweep finds them.
    pub async fn sweep(&self) -> Result<Swept, Failure> {
        let now = self.now();
        let (mut swept, mut failed) = (Swept::default(), 0_u32);
        for shard in Store::due_shards() {
            let mut start = None;
            loop {
                let due = self.store.due(&shard, now, start).await;
                let due =
                    due.map_err(|error| Failure::unavailable("reading what is due", error))?;
                for payment in &due.payments {
                    match self.expire(payment, now).await {
                        Some(given_back) => swept.given_back += u32::from(given_back),
                        None => failed += 1,
                    }
                }
                start = due.next;
                if start.is_none() {
                    break;
                }
            }
        }
        tracing::info!(given_back = swept.given_back, failed, "swept");
        if failed > 0 {
            let problem = format!("{failed} reservations could not be given back yet");
            return Err(Failure::Unavailable(problem));
        }
        Ok(swept)
    }

    /// Gives one back; whether it was still there. `None` if the table did not answer.
    async fn expire(&self, address: &Address, now: Timestamp) -> Option<bool> {
        let turn = |current: Option<Payment>, _| account::expire(current, now);
        match self.switch(address, turn).await {
            Ok(Ok(payment)) => Some(payment.state == State::Expired),
            Ok(Err(_)) => Some(false),
            Err(trouble) => {
                tracing::warn!(%trouble, payment = address.pk, "not given back yet");
                None
            }
        }
    }
}
