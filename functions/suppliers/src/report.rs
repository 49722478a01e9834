//! Reports to the caller that asked for a payment: signed as Standard Webhooks has it, sent a few times.

use std::time::Duration;

use aws_sdk_secretsmanager::error::DisplayErrorContext;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use holdfast_core::time::Timestamp;
use holdfast_kit::https::Https;
use holdfast_kit::later::Later;
use hyper::Request;
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
    Kept(Later<aws_sdk_secretsmanager::Client>, String),
}

/// Sends reports.
#[derive(Clone, Debug)]
pub struct Reporter {
    https: Https,
    secret: Secret,
    to_this_machine: bool,
}

/// Why a report did not arrive.
#[derive(Debug, thiserror::Error)]
enum NotReported {
    #[error("only APIs behind API Gateway are reported to")]
    Elsewhere,
    #[error("the secret cannot be read: {0}")]
    NoSecret(String),
    #[error("it cannot be sent: {0}")]
    Unsendable(#[from] hyper::http::Error),
    #[error("no answer: {0}")]
    NoAnswer(#[from] holdfast_kit::https::Error),
    #[error("no answer within {PATIENCE:?}")]
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
    /// Sends by this client, and signs with this secret.
    pub fn new(https: Https, secret: Secret) -> Self {
        Self {
            https,
            secret,
            to_this_machine: false,
        }
    }

    /// The same, for receivers on this machine.
    #[must_use]
    pub fn to_this_machine(self) -> Self {
        Self {
            to_this_machine: true,
            ..self
        }
    }

    /// The caller says where to report to. Only APIs behind API Gateway are called.
    fn may_call(&self, address: &str) -> bool {
        let (https, http) = (
            address.strip_prefix("https://"),
            address.strip_prefix("http://"),
        );
        let host = |rest: &str| {
            rest.split(['/', '?', '#'])
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        let is_api = https.map(host).is_some_and(|host| {
            let mut labels = host.split('.').skip(1);
            let is_aws = [".amazonaws.com", ".amazonaws.com.cn"];
            labels.next() == Some("execute-api") && is_aws.iter().any(|end| host.ends_with(end))
        });
        let is_here = http
            .map(host)
            .is_some_and(|host| host.starts_with("127.0.0.1:"));
        is_api && address.ends_with("/webhooks/payments") || self.to_this_machine && is_here
    }

    async fn send(&self, to: &str, message: &Message) -> Result<(), NotReported> {
        if !self.may_call(to) {
            return Err(NotReported::Elsewhere);
        }
        let secret = self.secret.read().await?;
        let request = Request::post(to)
            .header("content-type", "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", message.seconds)
            .header("webhook-signature", message.signature(&secret))
            .body(message.body.clone().into())?;
        let answer = tokio::time::timeout(PATIENCE, self.https.send(request)).await;
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
        let (attempt, word) = (payment.attempt(), decision.outcome());
        let (owner, id) = (payment.owner.as_str(), payment.owner.id());
        let body = json!({
            "type": format!("payment.{word}"),
            "timestamp": now,
            "data": {owner: id, "attempt": attempt, "reference": payment.reference},
        });
        Self {
            id: format!("{id}.{attempt}.{word}"),
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

#[test]
fn nobody_is_called_but_an_api_or_locally_this_machine() {
    let remote = Reporter::new(Https::default(), Secret::Known(String::new()));
    let local = remote.clone().to_this_machine();
    let api = "https://abc123.execute-api.eu-west-1.amazonaws.com/v1/webhooks/payments";
    assert!(remote.may_call(api) && local.may_call(api));
    let here = "http://127.0.0.1:4566/_aws/execute-api/abc/v1/webhooks/payments";
    assert!(!remote.may_call(here) && local.may_call(here));
    for address in [
        "http://127.0.0.1:9001@example.com/webhooks/payments",
        "http://example.com/webhooks/payments",
        "https://example.com/.execute-api.eu-west-1.amazonaws.com/webhooks/payments",
        "https://x.execute-api.example.com/webhooks/payments",
        "https://abc123.execute-api.eu-west-1.amazonaws.com/v1/other",
        "http://169.254.169.254/webhooks/payments",
    ] {
        assert!(!remote.may_call(address), "{address}");
    }
}
