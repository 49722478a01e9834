//! What of a step that was given up comes late: all of it, its call to the supplier, or its write.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use holdfast_core::ids::BookingId;
use holdfast_kit::https::Https;
use holdfast_kit::suppliers::Endpoint;
use lambda_http::Service;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::steps::{Step, take};
use crate::support::gate::{Gate, Held};
use crate::support::{Bench, PATIENCE, serve};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Late {
    /// The step is delivered again.
    Delivery,
    /// The step has read and decided to ask its supplier.
    Call,
    /// The step has asked its supplier and decided what to write.
    Write,
}

impl Late {
    pub(crate) const ALL: [Self; 3] = [Self::Delivery, Self::Call, Self::Write];
}

/// A step that was given up and will act all the same.
pub(crate) enum Zombie {
    /// It is delivered again.
    Delivered(Box<Bench>, BookingId, Step),
    /// It is held up half-way.
    HeldUp(JoinHandle<()>, Arc<dyn Fn() + Send + Sync>),
}

impl Zombie {
    /// Gives a step up, as far as it has come.
    pub(crate) async fn of(bench: &Bench, id: &BookingId, step: Step, late: Late) -> Self {
        match late {
            Late::Delivery => Self::Delivered(Box::new(bench.clone()), id.clone(), step),
            Late::Call => {
                let (supplier, hold) = shut(&bench.suppliers).await;
                let reached = hold.clone();
                let zombie = begin(bench.with_supplier(supplier), id, step);
                let zombie = until(zombie, async move { reached.reached.notified().await }).await;
                Self::HeldUp(zombie, Arc::new(move || hold.opened.notify_one()))
            }
            Late::Write => {
                let (store, gate) = Gate::shut(&bench.address, Held::Request).await;
                let reached = gate.clone();
                let zombie = begin(bench.with_store(store), id, step);
                let zombie = until(zombie, async move { reached.reached().await }).await;
                Self::HeldUp(zombie, Arc::new(move || gate.open()))
            }
        }
    }

    /// Lets it act, to its end.
    pub(crate) async fn acts(self) {
        match self {
            Self::Delivered(bench, id, step) => drop(take(&bench, &id, step).await),
            Self::HeldUp(zombie, open) => {
                open();
                zombie.await.unwrap();
            }
        }
    }
}

/// Whatever it comes to is nobody's business: it was given up.
fn begin(bench: Bench, id: &BookingId, step: Step) -> JoinHandle<()> {
    let id = id.clone();
    tokio::spawn(async move { drop(take(&bench, &id, step).await) })
}

/// Waits until a step is held up, or over: not every step asks a supplier.
async fn until(mut step: JoinHandle<()>, held_up: impl Future<Output = ()>) -> JoinHandle<()> {
    tokio::select! {
        () = held_up => step,
        over = &mut step => {
            over.unwrap();
            tokio::spawn(async {})
        }
    }
}

/// Holds up the first call.
#[derive(Default)]
struct Hold {
    is_over: AtomicBool,
    reached: Notify,
    opened: Notify,
}

async fn shut(suppliers: &Router) -> (Endpoint, Arc<Hold>) {
    let (hold, suppliers) = (Arc::new(Hold::default()), suppliers.clone());
    let held = hold.clone();
    let pass = move |request: Request| {
        let (hold, mut suppliers) = (held.clone(), suppliers.clone());
        async move {
            if !hold.is_over.swap(true, Ordering::SeqCst) {
                hold.reached.notify_one();
                hold.opened.notified().await;
            }
            let answer: Response = Service::call(&mut suppliers, request).await.unwrap();
            answer
        }
    };
    let url = serve(Router::new().fallback(pass)).await;
    (Endpoint::new(Https::default(), &url, PATIENCE), hold)
}
