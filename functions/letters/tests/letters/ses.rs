//! A server that stands for SES: it takes letters, or answers with whatever it is told to.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::SdkConfig;
use aws_types::region::Region;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use holdfast_core::email::Email;
use holdfast_kit::https::Https;
use holdfast_kit::later::Later;
use holdfast_letters::post::Post;
use holdfast_letters::settings::asked_once;
use tokio::sync::Semaphore;

/// How SES answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It takes the letter.
    Takes,
    /// It takes the letter, and its answer is lost.
    TakesSilently,
    /// It takes the letter when it is let go on.
    TakesLater,
    /// It does not take the letter, for this reason.
    Error(u16, &'static str),
}

/// A letter that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// The server.
#[derive(Clone)]
pub(crate) struct Ses {
    url: String,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    answers: Mutex<VecDeque<Answer>>,
    taken: Mutex<Vec<Taken>>,
    asked: Semaphore,
    goes_on: Semaphore,
}

impl Ses {
    pub(crate) async fn start() -> Self {
        let inner = Arc::new(Inner {
            answers: Mutex::default(),
            taken: Mutex::default(),
            asked: Semaphore::new(0),
            goes_on: Semaphore::new(0),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/", post(take))
            .with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inner }
    }

    /// The next letters are answered like this; those behind them are taken.
    pub(crate) fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.inner.answers.lock().unwrap().extend(answers);
    }

    /// Until a letter has arrived.
    pub(crate) async fn is_asked(&self) {
        self.inner.asked.acquire().await.unwrap().forget();
    }

    /// Lets a letter that waits be taken.
    pub(crate) fn goes_on(&self) {
        self.inner.goes_on.add_permits(1);
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.inner.taken.lock().unwrap().clone()
    }

    pub(crate) fn post(&self, from: Email) -> Post {
        post_to(&self.url, from)
    }
}

/// Sends to this address, with the client that is deployed.
pub(crate) fn post_to(url: &str, from: Email) -> Post {
    let url = url.to_owned();
    let ses = Later::new(move || asked_once(&config(&url)));
    Post { ses, from }
}

fn config(url: &str) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "test");
    let timeouts = aws_sdk_ses::config::timeout::TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(5))
        .build();
    SdkConfig::builder()
        .behavior_version(aws_sdk_ses::config::BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .timeout_config(timeouts)
        .http_client(Https::default())
        .build()
}

/// Talks to SQS at this address.
pub(crate) fn sqs(url: &str) -> aws_sdk_sqs::Client {
    aws_sdk_sqs::Client::new(&config(url))
}

async fn take(State(inner): State<Arc<Inner>>, body: String) -> Response {
    let form: Uri = format!("/?{body}").parse().unwrap();
    let Query(asked): Query<HashMap<String, String>> = Query::try_from_uri(&form).unwrap();
    inner.asked.add_permits(1);
    let answer = inner.answers.lock().unwrap().pop_front();
    let answer = answer.unwrap_or(Answer::Takes);
    match answer {
        Answer::Error(status, code) => return error(status, code),
        Answer::TakesLater => inner.goes_on.acquire().await.unwrap().forget(),
        Answer::Takes | Answer::TakesSilently => {}
    }
    let field = |name: &str| asked.get(name).cloned().unwrap_or_default();
    assert_eq!(field("Action"), "SendEmail");
    let number = {
        let mut taken = inner.taken.lock().unwrap();
        taken.push(Taken {
            from: field("Source"),
            to: field("Destination.ToAddresses.member.1"),
            subject: field("Message.Subject.Data"),
            text: field("Message.Body.Text.Data"),
            html: field("Message.Body.Html.Data"),
        });
        taken.len()
    };
    if answer == Answer::TakesSilently {
        panic!("the connection breaks, as it should");
    }
    let body = format!(
        "<SendEmailResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><SendEmailResult>\
         <MessageId>m-{number}</MessageId></SendEmailResult></SendEmailResponse>"
    );
    xml(StatusCode::OK, body)
}

fn error(status: u16, code: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    xml(
        status,
        format!(
            "<ErrorResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><Error><Type>Sender</Type>\
         <Code>{code}</Code><Message>ana@example.com is at fault</Message></Error></ErrorResponse>"
        ),
    )
}

fn xml(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/xml")], body).into_response()
}
