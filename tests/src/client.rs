//! HTTP, as a front end speaks it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::missing_panics_doc
)]

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::HeaderMap;
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::output;

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
    /// The body, where it is JSON.
    pub json: Value,
}

/// A request that is being put together.
#[derive(Clone, Debug)]
pub struct Asking {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

/// Begins a request.
pub fn ask(method: &str, path: &str) -> Asking {
    Asking {
        method: method.parse().unwrap(),
        path: path.to_owned(),
        headers: Vec::new(),
        body: None,
    }
}

impl Asking {
    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With an access token.
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(&body.to_string())
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self
    }

    /// Sends it.
    pub async fn send(self) -> Answer {
        let what = format!("{} {}", self.method, self.path);
        let mut request = Request::builder().method(self.method).uri(format!(
            "{}{}",
            output("API_URL"),
            self.path
        ));
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let body = Full::new(Bytes::from(self.body.unwrap_or_default()));
        let http: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let sent = http.request(request.body(body).expect("a request")).await;
        let answer = sent.unwrap_or_else(|problem| panic!("{what}: {problem}"));
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.expect("the answer comes whole");
        let text = String::from_utf8(body.to_bytes().to_vec()).expect("text");
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            json: serde_json::from_str(&text).unwrap_or_default(),
            text,
        }
    }
}

impl Answer {
    /// A header of the answer; empty if it has none of that name.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("a plain header"))
    }

    /// The body, if the status is as expected.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json
    }

    /// The body of a problem with this status and this name.
    #[track_caller]
    pub fn problem(self, status: u16, name: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let trace_id = self.header("trace-id").to_owned();
        let problem = self.json;
        assert_eq!(
            problem["type"],
            format!("urn:holdfast:problem:{name}"),
            "{problem}"
        );
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(problem["trace_id"], trace_id, "{problem}");
        for field in ["title", "detail"] {
            assert!(problem[field].is_string(), "{field} of {problem}");
        }
        problem
    }
}
