//! The simulated suppliers, as a Lambda behind API Gateway or as a local process.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use axum::http::uri::PathAndQuery;
use holdfast_kit::settings::Environment;
use holdfast_suppliers::config::Config;
use holdfast_suppliers::{Reporter, Secret, Supplies, router};
use lambda_http::{RequestExt, Service};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// How long AWS may take to answer one request.
const AWS_PATIENCE: Duration = Duration::from_millis(1_500);

type Error = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("holdfast suppliers: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let config = Config::from_env()?;
    let environment = Environment::load()?.with_patience(AWS_PATIENCE);
    let mut supplies = Supplies::new(environment.dynamodb(), config.table, config.settings);
    if let Some(id) = config.webhook_secret {
        let secrets = environment.client(aws_sdk_secretsmanager::Client::new);
        let reporter = Reporter::new(environment.https().clone(), Secret::Kept(secrets, id));
        supplies = supplies.with_reporter(if in_lambda() {
            reporter
        } else {
            reporter.to_this_machine()
        });
    }
    let router = router(supplies);
    if in_lambda() {
        serve_lambda(router).await
    } else {
        serve_locally(router, config.port).await
    }
}

fn in_lambda() -> bool {
    std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some()
}

async fn serve_lambda(router: Router) -> Result<(), Error> {
    let service = lambda_http::service_fn(move |request: lambda_http::Request| {
        let mut router = router.clone();
        async move { Service::call(&mut router, without_stage(request)).await as Result<_, Infallible> }
    });
    lambda_http::run(service).await
}

/// The stage that API Gateway serves this under is no part of the suppliers' addresses.
fn without_stage(mut request: lambda_http::Request) -> lambda_http::Request {
    let path = match request.uri().query() {
        Some(query) => format!("{}?{query}", request.raw_http_path()),
        None => request.raw_http_path().to_owned(),
    };
    let mut parts = request.uri().clone().into_parts();
    if let Ok(path) = path.parse::<PathAndQuery>() {
        parts.path_and_query = Some(path);
        if let Ok(uri) = axum::http::Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

async fn serve_locally(router: Router, port: u16) -> Result<(), Error> {
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
