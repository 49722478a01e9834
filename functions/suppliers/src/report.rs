//! Reports to whoever asked for a payment: signed as Standard Webhooks has it, sent a few times.

use std::time::Duration;

use aws_sdk_secretsmanager::error::DisplayErrorContext;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use holdfast_domain::time::Timestamp;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use ring::hmac;
use serde_json::json;

use crate::Supplies;
use crate::bank::Decision;
use crate::payment::Payment;

const TRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// How long the receiver may take.
const PATIENCE: Duration = Duration::from_secs(4);

/// Where the secret is that reports are signed with.
#[derive(Clone, Debug)]
pub enum Secret {
    /// Here.
    Known(String),
    /// In Secrets Manager, under this name or ARN.
    Kept(aws_sdk_secretsmanager::Client, String),
}

/// Sends reports.
#[derive(Clone, Debug)]
pub struct Reporter {
    http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    secret: Secret,
}

/// Why a report did not arrive.
#[derive(Debug, thiserror::Error)]
enum NotReported {
    #[error("the secret cannot be read: {0}")]
    NoSecret(String),
    #[error("it cannot be sent: {0}")]
    Unsendable(#[from] hyper::http::Error),
    #[error("nobody answered: {0}")]
    NoAnswer(#[from] hyper_util::client::legacy::Error),
    #[error("nobody answered within {PATIENCE:?}")]
    TooSlow,
    #[error("it was answered with {0}")]
    Unwelcome(StatusCode),
}

/// A report, to the letter.
struct Message {
    id: String,
    seconds: i64,
    body: String,
}

impl Reporter {
    /// Signs with this secret.
    pub fn new(secret: Secret) -> Self {
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .build();
        let http = Client::builder(TokioExecutor::new()).build(connector);
        Self { http, secret }
    }

    async fn send(&self, to: &str, message: &Message) -> Result<(), NotReported> {
        let secret = self.secret.read().await?;
        let request = Request::post(to)
            .header("content-type", "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", message.seconds)
            .header("webhook-signature", message.signature(&secret))
            .body(Full::from(message.body.clone()))?;
        let answer = tokio::time::timeout(PATIENCE, self.http.request(request)).await;
        let status = answer.map_err(|_| NotReported::TooSlow)??.status();
        if status.is_success() {
            return Ok(());
        }
        Err(NotReported::Unwelcome(status))
    }
}

impl Secret {
    async fn read(&self) -> Result<String, NotReported> {
        let (secrets, id) = match self {
            Self::Known(secret) => return Ok(secret.clone()),
            Self::Kept(secrets, id) => (secrets, id),
        };
        let found = secrets.get_secret_value().secret_id(id).send().await;
        let found =
            found.map_err(|error| NotReported::NoSecret(DisplayErrorContext(error).to_string()))?;
        let missing = || NotReported::NoSecret("it has no text".to_owned());
        found.secret_string.ok_or_else(missing)
    }
}

impl Message {
    /// A report has the same id on every delivery.
    fn about(payment: &Payment, decision: Decision, now: Timestamp) -> Self {
        let (booking, attempt, word) = (&payment.booking, payment.attempt(), decision.outcome());
        let body = json!({
            "type": format!("payment.{word}"),
            "timestamp": now,
            "data": {"booking": booking, "attempt": attempt, "reference": payment.reference},
        });
        Self {
            id: format!("{booking}.{attempt}.{word}"),
            seconds: now.as_seconds(),
            body: body.to_string(),
        }
    }

    fn signature(&self, secret: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let signed = format!("{}.{}.{}", self.id, self.seconds, self.body);
        format!("v1,{}", BASE64.encode(hmac::sign(&key, signed.as_bytes())))
    }
}

impl Supplies {
    /// Reports what was decided about a payment; whether it was received.
    pub(crate) async fn report(&self, payment: &Payment, decision: Decision) -> bool {
        let (Some(reporter), Some(to)) = (&self.reporter, &payment.report_to) else {
            return false;
        };
        for attempt in 0..TRIES {
            if attempt > 0 {
                tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(attempt - 1)).await;
            }
            let message = Message::about(payment, decision, self.now());
            match reporter.send(to, &message).await {
                Ok(()) => return true,
                Err(problem) => tracing::warn!(%problem, id = message.id, "not reported"),
            }
        }
        false
    }
}
