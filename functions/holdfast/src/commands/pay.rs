//! `holdfast pay`: pays for a trip that is held.

use holdfast_core::ids::BookingId;
use holdfast_core::money::Money;
use lexopt::prelude::*;
use serde_json::{Value as Json, json};

use super::change::Change;
use super::help::Topic;
use crate::answers::Verdict;
use crate::arguments::{Misuse, Patience, booking, named, to_amount, wait};
use crate::client::{Api, Request, key};
use crate::exit::Exit;
use crate::follow::{Until, exit};
use crate::problem::Problem;
use crate::telling::Reader;

pub(super) const TOPIC: Topic = Topic {
    name: "pay",
    about: "pays for a trip that is held",
    help: "\
Pays for a trip that is held, and follows it until it is booked, or until another card may be tried
(exit status 1). While a bank decides about one card, another may be tried; the first is voided then.

Usage: holdfast pay ID TOKEN [OPTIONS]

TOKEN is a token of the payment supplier, never a card's number. The simulated one knows tok_visa,
tok_declined, tok_insufficient_funds and tok_pending. acct_NAME pays from an account.

Options:
  --amount AMOUNT  pays only if the trip costs this, such as BRL6601.20; if not, nothing is paid
  --no-follow      returns as soon as the payment is accepted
  --wait SECONDS   follows no longer than this (default: 300)
  --json           prints JSON; while following, one object a line
  -h, --help       this text

Examples:
  holdfast pay b-0123abcd tok_visa
  holdfast pay b-0123abcd tok_visa --amount BRL6601.20
  holdfast pay b-0123abcd acct_demo --json",
};

/// What is asked.
#[derive(Debug)]
pub(crate) struct Asked {
    id: BookingId,
    token: String,
    amount: Option<Money>,
    patience: Patience,
    json: bool,
}

impl Asked {
    pub(super) fn read(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        let (mut id, mut token, mut amount, mut json) = (None, None, None, false);
        let mut patience = Patience::following(true);
        while let Some(argument) = parser.next()? {
            match argument {
                Value(word) if id.is_none() => id = Some(booking(word)?),
                Value(word) if token.is_none() => token = Some(word.string()?),
                Short('h') | Long("help") => return Err(Misuse::Told(TOPIC.text())),
                Long("amount") => amount = Some(to_amount(&mut parser)?),
                Long("follow") => patience.follow = true,
                Long("no-follow") => patience.follow = false,
                Long("wait") => patience.wait = wait(&mut parser)?,
                Long("json") => json = true,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Self {
            id: named(id, "a booking; `holdfast list` shows yours")?,
            token: named(token, "a payment token, such as tok_visa")?,
            amount,
            patience,
            json,
        })
    }

    fn payment(&self) -> Json {
        let mut payment = json!({"token": self.token});
        if let Some(amount) = &self.amount {
            payment["amount"] = json!(amount);
        }
        payment
    }

    pub(super) async fn run(self) -> Result<Exit, Problem> {
        let mut api = Api::from_env()?;
        let request = Request::post(format!("/bookings/{}/payment", self.id));
        let change = Change {
            id: &self.id,
            request: request.keyed(key()?).json(self.payment()),
            until: Until::Still,
            patience: &self.patience,
            reader: Reader::of(self.json),
        };
        Ok(match change.make(&mut api).await? {
            // It was not paid, or it would be booked.
            Some(booking) if booking.verdict() == Verdict::Waits => Exit::Failed,
            Some(booking) => exit(&booking),
            None => Exit::Done,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payment(line: &str) -> Json {
        let words = line.split(' ').map(str::to_owned);
        let asked = Asked::read(lexopt::Parser::from_iter(words));
        asked.unwrap().payment()
    }

    #[test]
    fn the_amount_that_is_agreed_to_goes_with_the_payment() {
        assert_eq!(payment("pay b-1 tok_visa"), json!({"token": "tok_visa"}));
        let agreed = json!({"token": "tok_visa", "amount": {"amount": 660_120, "currency": "BRL"}});
        assert_eq!(payment("pay b-1 tok_visa --amount BRL6,601.20"), agreed);
    }
}
