//! What befalls a worker between two of its requests: its process stands still for a while, or is killed.
//!
//! The connection to DynamoDB knows where: just before it sends the request that is named. There the
//! whole worker is no longer polled, timers and all, as a process that is frozen; or it is dropped.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::Poll;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use holdfast_kit::https::Https;

/// What happens to a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// It stands still for so long.
    Paused(Duration),
    /// It is gone.
    Killed,
}

/// Where it happens: before this request to DynamoDB, such as `PutItem`.
pub(crate) type Before = &'static str;

const ARMED: u8 = 0;
const STRUCK: u8 = 1;
const OVER: u8 = 2;

#[derive(Debug)]
struct Script {
    before: Before,
    state: AtomicU8,
}

impl Script {
    fn is(&self, state: u8) -> bool {
        self.state.load(Ordering::SeqCst) == state
    }

    fn becomes(&self, state: u8) {
        self.state.store(state, Ordering::SeqCst);
    }
}

tokio::task_local! {
    static SCRIPT: Arc<Script>;
}

/// Lets a mishap befall a worker; nothing is what a killed one answers. One that sends no such request
/// is spared.
pub(crate) async fn befall<T>(
    mishap: Mishap,
    before: Before,
    worker: impl Future<Output = T>,
) -> Option<T> {
    let state = AtomicU8::new(ARMED);
    let script = Arc::new(Script { before, state });
    let mut worker = pin!(SCRIPT.scope(Arc::clone(&script), worker));
    let up_to_there = poll_fn(|context| match worker.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending if script.is(STRUCK) => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    });
    if let Some(answer) = up_to_there.await {
        return Some(answer);
    }
    match mishap {
        Mishap::Killed => None,
        Mishap::Paused(time) => {
            tokio::time::sleep(time).await;
            script.becomes(OVER);
            Some(worker.await)
        }
    }
}

/// A client of DynamoDB's connection that knows scripts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scripted(Https);

impl HttpClient for Scripted {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Scripted {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Some(script) = SCRIPT
            .try_with(Arc::clone)
            .ok()
            .filter(|script| script.is_for(&request))
        else {
            return self.0.call(request);
        };
        script.becomes(STRUCK);
        let https = self.0.clone();
        HttpConnectorFuture::new(async move {
            // The one that lets it go on polls it then.
            poll_fn(|_| {
                if script.is(OVER) {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
            https.call(request).await
        })
    }
}

impl Script {
    fn is_for(&self, request: &HttpRequest) -> bool {
        let target = request.headers().get("x-amz-target");
        let operation = target.and_then(|target| target.rsplit('.').next());
        self.is(ARMED) && operation == Some(self.before)
    }
}
