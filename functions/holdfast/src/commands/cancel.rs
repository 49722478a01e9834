//! `holdfast cancel`: gives a trip back, or some legs of one that is booked.

use std::io::{self, BufRead, IsTerminal, Write};

use holdfast_booking_rules::booking::BookingStatus;
use holdfast_booking_rules::cancelling::Quote;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::money::Money;
use lexopt::prelude::*;
use serde_json::json;

use super::change::Change;
use super::help::Topic;
use crate::answers::{Booking, Verdict};
use crate::arguments::{Misuse, Patience, booking, leg, named, wait};
use crate::client::{Api, Request, key, read};
use crate::exit::Exit;
use crate::follow::{self, Until};
use crate::output::{columns, money};
use crate::problem::Problem;
use crate::telling::Reader;

pub(super) const TOPIC: Topic = Topic {
    name: "cancel",
    about: "gives a trip back, or some legs of a booked one",
    help: "\
Cancels a trip. One that is not paid yet is given back as it is. For a booked one it shows what each
supplier gives back, asks, and cancels for that amount and no other; some of its legs may be named.

Usage: holdfast cancel ID [LEG…] [OPTIONS]

Options:
  --yes            does not ask; needed where no person can answer
  --no-follow      returns as soon as it is accepted
  --wait SECONDS   follows no longer than this (default: 300)
  --json           prints JSON; while following, one object a line
  -h, --help       this text

Examples:
  holdfast cancel b-0123abcd
  holdfast cancel b-0123abcd hotel car --yes",
};

/// What is asked.
#[derive(Debug)]
pub(crate) struct Asked {
    id: BookingId,
    legs: Vec<LegId>,
    yes: bool,
    patience: Patience,
    json: bool,
}

impl Asked {
    pub(super) fn read(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        let (mut id, mut legs, mut yes, mut json) = (None, Vec::new(), false, false);
        let mut patience = Patience::following(true);
        while let Some(argument) = parser.next()? {
            match argument {
                Value(word) if id.is_none() => id = Some(booking(word)?),
                Value(word) => legs.push(leg(word)?),
                Short('h') | Long("help") => return Err(Misuse::Told(TOPIC.text())),
                Short('y') | Long("yes") => yes = true,
                Long("follow") => patience.follow = true,
                Long("no-follow") => patience.follow = false,
                Long("wait") => patience.wait = wait(&mut parser)?,
                Long("json") => json = true,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Self {
            id: named(id, "a booking; `holdfast list` shows yours")?,
            legs,
            yes,
            patience,
            json,
        })
    }

    pub(super) async fn run(self) -> Result<Exit, Problem> {
        let mut api = Api::from_env()?;
        let (_, now) = follow::booking(&mut api, &self.id).await?;
        if now.status == BookingStatus::Booked {
            self.cancel_booked(&mut api).await
        } else if self.legs.is_empty() {
            let request = Request::delete(format!("/bookings/{}", self.id));
            self.make(&mut api, request, Until::Ended).await
        } else {
            let id = &self.id;
            Err(Problem::Usage(format!(
                "{id} is not booked, it is {}: use holdfast drop {id} LEG",
                now.status.as_str()
            )))
        }
    }

    async fn cancel_booked(&self, api: &mut Api) -> Result<Exit, Problem> {
        let terms = self.terms(api).await?;
        if !self.json {
            eprintln!("{}", told(&terms));
        }
        self.agree(&terms)?;
        let request = Request::post(format!("/bookings/{}/cancellation", self.id));
        let mut body = json!({"refund": terms.refund});
        if !self.legs.is_empty() {
            body["legs"] = json!(self.legs);
        }
        let request = request.keyed(key()?).json(body);
        let made = self.make(api, request, Until::GivenBack(self.legs.clone()));
        match made.await {
            Err(Problem::Refused(refusal)) if refusal.is_conflict() => {
                let id = &self.id;
                Err(Problem::NotAgreed(format!(
                    "{refusal}; see what comes back now: holdfast cancel {id}"
                )))
            }
            other => other,
        }
    }

    /// What comes back.
    async fn terms(&self, api: &mut Api) -> Result<Quote, Problem> {
        let mut path = format!("/bookings/{}/cancellation", self.id);
        if !self.legs.is_empty() {
            let legs: Vec<_> = self.legs.iter().map(LegId::as_str).collect();
            path = format!("{path}?legs={}", legs.join(","));
        }
        let request = Request::get(path);
        read(&request.to_string(), api.ask(&request).await?)
    }

    /// Goes on only if the person at the terminal, or `--yes`, agrees.
    fn agree(&self, terms: &Quote) -> Result<(), Problem> {
        if self.yes {
            return Ok(());
        }
        let back = amount(&terms.refund);
        let id = &self.id;
        if !io::stdin().is_terminal() {
            return Err(Problem::Usage(format!(
                "nothing is cancelled: to cancel {id} for {back}, say --yes"
            )));
        }
        eprint!("Cancel it for {back}? [y/N] ");
        io::stderr().flush()?;
        let mut said = String::new();
        io::stdin().lock().read_line(&mut said)?;
        match said.trim().to_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Problem::NotAgreed("nothing is cancelled".to_owned())),
        }
    }

    async fn make(&self, api: &mut Api, request: Request, until: Until) -> Result<Exit, Problem> {
        let change = Change {
            id: &self.id,
            request,
            until,
            patience: &self.patience,
            reader: Reader::of(self.json),
        };
        let booking = change.make(api).await?;
        Ok(booking.map_or(Exit::Done, |booking| ended(&booking)))
    }
}

/// A trip that is cancelled is what was asked for.
fn ended(booking: &Booking) -> Exit {
    match booking.verdict() {
        Verdict::Undone if booking.status == BookingStatus::Cancelled => Exit::Done,
        _ => follow::exit(booking),
    }
}

fn told(terms: &Quote) -> String {
    let rows = terms.legs.iter().map(|leg| {
        let refund = amount(&leg.refund);
        vec![format!("  {}", leg.id), refund]
    });
    let all = vec!["  in all".to_owned(), amount(&terms.refund)];
    let lines = columns(rows.chain([all])).join("\n");
    format!("Its suppliers give back:\n{lines}")
}

fn amount(refund: &Money) -> String {
    match refund.amount {
        0 => "nothing".to_owned(),
        _ => money(refund),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::tests::booking;

    #[test]
    fn what_comes_back_is_told_leg_by_leg_and_in_all() {
        let terms: Result<Quote, _> = serde_json::from_value(json!({
            "legs": [{"id": "out", "refund": {"amount": 138_336, "currency": "BRL"}},
                {"id": "insurance", "refund": {"amount": 0, "currency": "BRL"}}],
            "refund": {"amount": 138_336, "currency": "BRL"},
        }));
        assert_eq!(
            told(&terms.unwrap()),
            "Its suppliers give back:\n  out        BRL 1,383.36\n  insurance  nothing\n  \
             in all     BRL 1,383.36"
        );
    }

    #[test]
    fn a_trip_that_is_cancelled_is_what_was_asked_for() {
        let exit = |status| ended(&booking(status, "released", "none"));
        assert_eq!(exit("cancelled"), Exit::Done);
        assert_eq!(exit("booked"), Exit::Done, "less the legs that were named");
        assert_eq!(exit("expired"), Exit::Undone);
        assert_eq!(exit("needs_attention"), Exit::NeedsAttention);
    }
}
