//! A bench with a bank, executions that wait, and a listener that hears what they are told.

use std::sync::{Arc, Mutex};

use holdfast_booking::steps::{Decisions, PaymentDone, PaymentStep};
use holdfast_booking_rules::action::Action;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_kit::task_tokens::{Heard, Tells, Word};
use serde_json::json;

use crate::support::{Bench, LEASE, payment_step};

/// A card whose bank wants to ask the traveller first.
pub(crate) const PENDING_CARD: &str = "tok_pending";

/// Notes what executions were told, as `token: word`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    pub(crate) fn words(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Tells for Told {
    async fn tell(&self, token: &str, word: Word) -> Result<Heard, Failure> {
        let word = match word {
            Word::Success(output) => {
                let word = output["status"].as_str().or(output["command"].as_str());
                format!("{token}: {}", word.unwrap())
            }
            Word::Failure(failure) => format!("{token}: {}", failure.name()),
        };
        self.0.lock().unwrap().push(word);
        Ok(Heard::Now)
    }
}

/// A bench, and those around it.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) bench: Bench,
    pub(crate) told: Told,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self {
            bench: Bench::new().await,
            told: Told::default(),
        }
    }

    pub(crate) fn decisions(&self) -> Decisions<Told> {
        Decisions {
            payments: self.bench.payments(),
            lease: LEASE,
            task_tokens: self.told.clone(),
        }
    }

    /// A booking that is held, and whose payment its bank has not decided about.
    pub(crate) async fn pending(&self, id: &str) -> BookingId {
        let id = self.bench.held(id).await;
        let paid = self.bench.authorize(&id, 1, PENDING_CARD).await;
        assert!(matches!(paid, Err(Failure::Pending(_))), "{paid:?}");
        id
    }

    /// The execution waits for the decision, with this token.
    pub(crate) async fn waits(&self, id: &BookingId, token: &str) -> Result<PaymentDone, Failure> {
        let step = PaymentStep {
            token: Some(token.to_owned()),
            ..payment_step(id, Action::Await, 1, None)
        };
        let decisions = self.decisions();
        let rehearsed = self.bench.rehearsed();
        rehearsed.payment(&step, || decisions.wait(&step)).await
    }

    /// A report says that the bank has decided.
    pub(crate) async fn learns(&self, id: &BookingId, attempt: u32) {
        let learnt = self.decisions().learn(id, attempt).await;
        learnt.expect("a report is taken");
    }

    /// The bank decides; the status of its answer.
    pub(crate) async fn bank(&self, id: &BookingId, decision: &str) -> u16 {
        let path = format!("/bank/{id}/{decision}");
        self.bench.tell_suppliers(&path, "none", json!({})).await
    }
}
