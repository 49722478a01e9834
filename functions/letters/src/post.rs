//! SES, and what its answers mean. Only one question matters: may the letter have been sent? What surely
//! was not sent may be tried again; anything else never is by itself.
//!
//! SES's own texts name addresses, so only its words for errors are told.

use aws_sdk_ses::Client;
use aws_sdk_ses::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ses::operation::send_email::SendEmailError;
use aws_sdk_ses::types::{Body, Content, Destination, Message};
use holdfast_core::email::Email;
use holdfast_kit::https::never_connected;
use holdfast_kit::later::Later;

use crate::rules::Outcome;
use crate::writing::Written;

/// What SES says of a letter, or of a sender, that will never do.
const NEVER: &[&str] = &[
    "InvalidParameterCombination",
    "InvalidParameterValue",
    "MailFromDomainNotVerified",
    "MailFromDomainNotVerifiedException",
    "MessageRejected",
    "MissingParameter",
    "ValidationError",
];
const UTF_8: &str = "UTF-8";

/// Sends letters.
#[derive(Clone, Debug)]
pub struct Post {
    /// Talks to SES, and never asks twice.
    pub ses: Later<Client>,
    /// The sender.
    pub from: Email,
}

impl Post {
    /// Hands a letter to SES.
    pub async fn send(&self, to: &str, written: &Written) -> Outcome {
        if Email::read(to).is_err() {
            return Outcome::Refused("the address is none".to_owned());
        }
        let Ok(message) = message(written) else {
            return Outcome::Refused("the letter is incomplete".to_owned());
        };
        let sent = self
            .ses
            .send_email()
            .source(self.from.as_str())
            .destination(Destination::builder().to_addresses(to).build())
            .message(message)
            .send()
            .await;
        match sent {
            Ok(answer) => Outcome::Sent(answer.message_id),
            Err(error) => outcome(&error),
        }
    }
}

fn message(written: &Written) -> Result<Message, aws_sdk_ses::error::BuildError> {
    let content = |data: &str| Content::builder().charset(UTF_8).data(data).build();
    let body = Body::builder()
        .text(content(&written.text)?)
        .html(content(&written.html)?);
    let subject = content(&written.subject)?;
    let message = Message::builder().subject(subject).body(body.build());
    Ok(message.build())
}

fn outcome(error: &SdkError<SendEmailError>) -> Outcome {
    match error {
        SdkError::ConstructionFailure(_) => Outcome::Refused("it cannot be asked for".to_owned()),
        SdkError::DispatchFailure(_) if never_connected(error) => {
            Outcome::NotNow("SES cannot be reached".to_owned())
        }
        SdkError::ServiceError(answer) => {
            let code = answer.err().code().unwrap_or("an error without a name");
            refused(answer.raw().status().as_u16(), code)
        }
        _ => Outcome::Unclear("SES did not answer".to_owned()),
    }
}

/// What SES means by an error. It takes a letter before it answers with a server's error; one that says that
/// it is overloaded has not looked at it.
fn refused(status: u16, code: &str) -> Outcome {
    let why = format!("SES: {code}");
    match status {
        400..=499 if NEVER.contains(&code) => Outcome::Refused(why),
        400..=499 | 503 => Outcome::NotNow(why),
        _ => Outcome::Unclear(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_surely_was_not_sent_is_told_from_what_may_have_been() {
        let said = |status, code: &str| refused(status, code);
        assert!(matches!(said(400, "Throttling"), Outcome::NotNow(_)));
        assert!(matches!(said(403, "ExpiredToken"), Outcome::NotNow(_)));
        assert!(matches!(
            said(503, "ServiceUnavailable"),
            Outcome::NotNow(_)
        ));
        assert!(matches!(said(400, "MessageRejected"), Outcome::Refused(_)));
        assert!(matches!(said(500, "InternalFailure"), Outcome::Unclear(_)));
        assert!(matches!(said(504, "Throttling"), Outcome::Unclear(_)));
    }
}
