//! What of a step that was given up comes late: all of it, its call to the supplier, or its write.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use holdfast_kit::suppliers::Endpoint;
use lambda_http::Service;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::gate::{Gate, Held};
use super::{Bench, PATIENCE, serve};

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

type Act = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A step that was given up and will act all the same.
pub(crate) enum Zombie {
    /// It is delivered again.
    Delivered(Act),
    /// It is held up half-way.
    HeldUp(JoinHandle<()>, Box<dyn FnOnce() + Send>),
}

impl Zombie {
    /// Gives a step up, as far as it has come. No test looks at what it comes to.
    pub(crate) async fn of<F>(bench: &Bench, late: Late, step: impl FnOnce(Bench) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        match late {
            Late::Delivery => Self::Delivered(Box::pin(step(bench.clone()))),
            Late::Call => {
                let (supplier, hold) = shut(bench).await;
                let zombie = tokio::spawn(step(bench.with_supplier(supplier)));
                let zombie = until(zombie, hold.reached.notified()).await;
                Self::HeldUp(zombie, Box::new(move || hold.opened.notify_one()))
            }
            Late::Write => {
                let (store, gate) = Gate::shut(&bench.address, Held::Request).await;
                let zombie = tokio::spawn(step(bench.with_store(store)));
                let zombie = until(zombie, gate.reached()).await;
                Self::HeldUp(zombie, Box::new(move || gate.open()))
            }
        }
    }

    /// Lets it act, to its end.
    pub(crate) async fn acts(self) {
        match self {
            Self::Delivered(act) => act.await,
            Self::HeldUp(zombie, open) => {
                open();
                zombie.await.unwrap();
            }
        }
    }
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

async fn shut(bench: &Bench) -> (Endpoint, Arc<Hold>) {
    let (hold, suppliers) = (Arc::new(Hold::default()), bench.suppliers.clone());
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
    (Endpoint::new(bench.https.clone(), &url, PATIENCE), hold)
}
