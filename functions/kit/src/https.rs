//! The one HTTPS client: the AWS SDK and the calls to suppliers share its connections. Its trust
//! anchors are compiled in, because reading the system's certificates is most of a program's start.

use std::error::Error as StdError;
use std::time::Duration;

use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{
    CaptureConnection, HttpConnector as TcpConnector, capture_connection,
};
use hyper_util::rt::{TokioExecutor, TokioTimer};

pub use hyper_util::client::legacy::Error;

/// How long an unused connection is kept. Servers and what lies between close it after a
/// minute or so, and a function that was frozen meanwhile does not see it. One that is dead all the
/// same is given up like any call without an answer: the SDK asks again, a supplier is asked what
/// became of the call.
const KEPT_IDLE: Duration = Duration::from_secs(50);
/// How long a connection may take to come about.
const CONNECT_WITHIN: Duration = Duration::from_millis(3_100);

/// An HTTPS client, and the connections that it keeps. A clone shares them.
#[derive(Clone, Debug)]
pub struct Https(Client<HttpsConnector<TcpConnector>, SdkBody>);

impl Default for Https {
    fn default() -> Self {
        let mut tcp = TcpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_WITHIN));
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(KEPT_IDLE)
            .build(connector);
        Self(client)
    }
}

impl Https {
    /// Sends one request.
    ///
    /// # Errors
    /// What hyper says where no answer comes.
    pub async fn send(&self, request: Request<SdkBody>) -> Result<Response<Incoming>, Error> {
        self.0.request(request).await
    }

    /// Opens a connection to this address, and keeps it for the next request.
    ///
    /// # Errors
    /// What hyper says where no answer comes, or that the address is none.
    pub async fn connect(&self, url: &str) -> Result<(), Box<dyn StdError + Send + Sync>> {
        let request = Request::get(url).body(SdkBody::empty())?;
        let answer = self.send(request).await?;
        // A connection is free for the next request when its answer has been read to the end.
        answer.into_body().collect().await?;
        Ok(())
    }
}

impl HttpClient for Https {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Https {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(problem) => {
                let problem = ConnectorError::user(problem.into());
                return HttpConnectorFuture::ready(Err(problem));
            }
        };
        let connection = capture_connection(&mut request);
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            capture.set_connection_retriever(move || metadata(&connection));
        }
        let answer = self.0.request(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await.map_err(classified)?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|problem| ConnectorError::other(problem.into(), None))
        })
    }
}

/// Whether a call without an answer never reached its server: no connection came about.
pub fn never_connected(problem: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(problem);
    while let Some(error) = cause {
        if error.downcast_ref::<Error>().is_some_and(Error::is_connect) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// What the SDK needs to give up a connection that has gone bad.
fn metadata(captured: &CaptureConnection) -> Option<ConnectionMetadata> {
    let proxied = captured.connection_metadata().as_ref()?.is_proxied();
    let captured = captured.clone();
    let poison = move || {
        if let Some(connected) = captured.connection_metadata().as_ref() {
            connected.poison();
        }
    };
    let metadata = ConnectionMetadata::builder().proxied(proxied);
    Some(metadata.poison_fn(poison).build())
}

/// Why no answer came, in the SDK's words: it tries again where the connection is to blame.
fn classified(problem: Error) -> ConnectorError {
    let mut broken = problem.is_connect();
    let mut cut_off = false;
    let mut cause: Option<&(dyn StdError + 'static)> = Some(&problem);
    while let Some(error) = cause {
        broken |= error.is::<std::io::Error>();
        if let Some(hyper) = error.downcast_ref::<hyper::Error>() {
            broken |= hyper.is_closed() || hyper.is_canceled();
            cut_off |= hyper.is_incomplete_message();
        }
        cause = error.source();
    }
    if broken {
        return ConnectorError::io(problem.into());
    }
    ConnectorError::other(problem.into(), cut_off.then_some(ErrorKind::TransientError))
}
