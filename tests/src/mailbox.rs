//! LocalStack's mailbox: the letters that SES has taken, instead of sending them.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

use http_body_util::Full;
use hyper::Request;
use serde_json::Value;

use crate::suppliers::send;

/// A letter that SES has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// Its HTML.
    pub html: String,
}

/// The letters to an address, the oldest first.
pub async fn letters_to(address: &str) -> Vec<Letter> {
    let endpoint = std::env::var("AWS_ENDPOINT_URL").expect("AWS_ENDPOINT_URL");
    let request = Request::get(format!("{endpoint}/_aws/ses"));
    let (status, mailbox) = send(request.body(Full::default()).expect("a request")).await;
    assert!(status.is_success(), "the mailbox: {status}");
    let messages = mailbox["messages"].as_array().into_iter().flatten();
    let is_to = |letter: &&Value| letter["Destination"]["ToAddresses"][0] == address;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let letters = messages.filter(is_to).map(|letter| Letter {
        subject: text(&letter["Subject"]),
        text: text(&letter["Body"]["text_part"]),
        html: text(&letter["Body"]["html_part"]),
    });
    letters.collect()
}
