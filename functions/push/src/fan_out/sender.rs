//! One message to one connection: a signed request to API Gateway, over the kit's own HTTPS client. The
//! SDK's client for it would be a second way to sign in the program, and more to do at its start.

use std::time::{Duration, SystemTime};

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use aws_types::region::Region;
use holdfast_kit::https::Https;
use holdfast_kit::later::Later;
use hyper::{Request, StatusCode};

use crate::rules::ConnectionId;

/// How long API Gateway may take: a message that is late is of no more use than the page's next question.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a message is tried.
const TRIES: u32 = 2;
/// The name that requests to connections are signed for.
const SERVICE: &str = "execute-api";

/// Sends messages.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The client.
    pub https: Https,
    /// Signs.
    pub signer: Later<Signer>,
    /// Where the connections are: the API's address with its stage, and `https:`.
    pub url: String,
}

/// Signs requests with the function's own credentials.
#[derive(Clone, Debug)]
pub struct Signer {
    credentials: Option<SharedCredentialsProvider>,
    region: Option<Region>,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// API Gateway has taken it.
    Done,
    /// The connection is gone.
    Gone,
    /// It is lost. The page finds out by its next question.
    Lost(String),
}

/// A request that cannot be signed or made.
type Unsigned = Box<dyn std::error::Error + Send + Sync>;

impl Signer {
    /// Signs as this function.
    pub fn new(aws: &SdkConfig) -> Self {
        Self {
            credentials: aws.credentials_provider(),
            region: aws.region().cloned(),
        }
    }

    async fn post(&self, address: &str, body: &str) -> Result<Request<SdkBody>, Unsigned> {
        let provider = self.credentials.as_ref().ok_or("no credentials")?;
        let identity = provider.provide_credentials().await?.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region.as_ref().map_or("", Region::as_ref))
            .name(SERVICE)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let bytes = SignableBody::Bytes(body.as_bytes());
        let signable = SignableRequest::new("POST", address, std::iter::empty(), bytes)?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let mut request = Request::post(address).body(SdkBody::from(body))?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

impl Sender {
    /// Sends a message, and once more if it is lost.
    pub async fn send(&self, to: &ConnectionId, message: &str) -> Sent {
        let mut sent = Sent::Lost(String::new());
        for _ in 0..TRIES {
            sent = self.send_once(to, message).await;
            if !matches!(sent, Sent::Lost(_)) {
                break;
            }
        }
        sent
    }

    async fn send_once(&self, to: &ConnectionId, message: &str) -> Sent {
        let request = match self.signer.post(&self.address(to), message).await {
            Ok(request) => request,
            Err(problem) => return Sent::Lost(problem.to_string()),
        };
        match tokio::time::timeout(PATIENCE, self.https.send(request)).await {
            Ok(Ok(answer)) => understood(answer.status()),
            Ok(Err(problem)) => Sent::Lost(problem.to_string()),
            Err(_) => Sent::Lost("API Gateway did not answer in time".to_owned()),
        }
    }

    /// The address of a connection. Of what its id may have, only `=` is written otherwise in an address.
    fn address(&self, to: &ConnectionId) -> String {
        let id = to.as_str().replace('=', "%3D");
        format!("{}/@connections/{id}", self.url.trim_end_matches('/'))
    }
}

fn understood(status: StatusCode) -> Sent {
    match status {
        StatusCode::GONE => Sent::Gone,
        status if status.is_success() => Sent::Done,
        status => Sent::Lost(format!("API Gateway: {status}")),
    }
}
