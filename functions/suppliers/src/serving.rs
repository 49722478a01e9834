//! A router as a Lambda behind API Gateway, or as a process on this machine.

use std::convert::Infallible;
use std::net::Ipv4Addr;

use axum::Router;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::response::Response;
use lambda_http::{RequestExt, Service};
use lambda_runtime::Error;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Whether this process is a Lambda.
pub fn in_lambda() -> bool {
    std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some()
}

/// A router for API Gateway. `base` is where the API has it; it is empty or begins with a slash.
pub(crate) fn behind_gateway(
    router: Router,
    base: &'static str,
) -> impl Service<
    lambda_http::Request,
    Response = Response,
    Error = Infallible,
    Future: Future<Output = Result<Response, Infallible>> + Send,
> {
    lambda_http::service_fn(move |request: lambda_http::Request| {
        let mut router = router.clone();
        let request = within(request, base);
        async move { Service::call(&mut router, request).await as Result<_, Infallible> }
    })
}

/// The stage and the path that API Gateway serves a router under are no part of its addresses.
fn within(mut request: lambda_http::Request, base: &str) -> lambda_http::Request {
    let path = request.raw_http_path();
    let path = path.strip_prefix(base).unwrap_or(path);
    let path = match request.uri().query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = request.uri().clone().into_parts();
    if let Ok(path) = path.parse::<PathAndQuery>() {
        parts.path_and_query = Some(path);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// Serves the loopback interface until the process is told to end.
pub(crate) async fn serve_locally(router: Router, port: u16) -> Result<(), Error> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let listener = listener.map_err(|error| format!("cannot listen on PORT {port}: {error}"))?;
    let address = listener.local_addr()?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tracing::info!(%address, "listening");
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The address that a router sees of what API Gateway passes on.
    fn seen(url: &str, path: &str, base: &str) -> String {
        let request = lambda_http::Request::default().with_raw_http_path(path);
        let (mut parts, body) = request.into_parts();
        parts.uri = url.parse().unwrap();
        let request = lambda_http::Request::from_parts(parts, body);
        within(request, base).uri().to_string()
    }

    #[test]
    fn a_router_sees_its_own_addresses_only() {
        let api = "https://abc.execute-api.eu-west-1.amazonaws.com";
        for (base, path, query) in [
            ("", "/payment/void", ""),
            ("/account-payments", "/account-payments/payment/void", ""),
            (
                "/account-payments",
                "/account-payments/payment/void",
                "?a=b%20c&d=e",
            ),
        ] {
            let url = format!("{api}/v1{path}{query}");
            assert_eq!(seen(&url, path, base), format!("{api}/payment/void{query}"));
        }
    }
}
