//! `holdfast add`: adds a leg to a trip that is held.

use holdfast_core::ids::{BookingId, OfferId};
use lexopt::prelude::*;
use serde_json::{Map, Value as Json};

use super::change::Change;
use super::help::Topic;
use crate::answers::{Booking, Verdict};
use crate::arguments::{Misuse, Patience, booking, named, to_offer, wait};
use crate::client::{Api, Request, key};
use crate::exit::Exit;
use crate::follow::{Until, exit};
use crate::problem::Problem;
use crate::telling::Reader;
use crate::trip::Source;

pub(super) const TOPIC: Topic = Topic {
    name: "add",
    about: "adds a leg to a trip that is held",
    help: "\
Adds a leg to a trip that is held, and follows it until its supplier holds it, or does not
(exit status 1).

Usage: holdfast add ID FILE [OPTIONS]

FILE is a leg in JSON; - reads it from the standard input:
  {\"id\": \"car\", \"kind\": \"car\",
   \"spec\": {\"city\": \"LIS\", \"pick_up\": \"2027-03-01\", \"drop_off\": \"2027-03-15\"}}

Options:
  --offer OFFER    holds it at the price of this offer, whatever the file says
  --no-follow      returns as soon as the leg is accepted
  --wait SECONDS   follows no longer than this (default: 300)
  --json           prints JSON; while following, one object a line
  -h, --help       this text

Examples:
  holdfast add b-0123abcd leg.json
  holdfast offers car --city LIS --pick-up 2027-03-01 --drop-off 2027-03-15 --leg car |
    holdfast add b-0123abcd -
  holdfast add b-0123abcd leg.json --offer BRL.172920.1800000000.6f1c0d2a9b8e4f7350412c6d8e9fa0b1",
};

/// What is asked.
#[derive(Debug)]
pub(crate) struct Asked {
    id: BookingId,
    file: String,
    offer: Option<OfferId>,
    patience: Patience,
    json: bool,
}

impl Asked {
    pub(super) fn read(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        let (mut id, mut file, mut offer, mut json) = (None, None, None, false);
        let mut patience = Patience::following(true);
        while let Some(argument) = parser.next()? {
            match argument {
                Value(word) if id.is_none() => id = Some(booking(word)?),
                Value(word) if file.is_none() => file = Some(word.string()?),
                Short('h') | Long("help") => return Err(Misuse::Told(TOPIC.text())),
                Long("offer") => offer = Some(to_offer(parser.value()?)?),
                Long("follow") => patience.follow = true,
                Long("no-follow") => patience.follow = false,
                Long("wait") => patience.wait = wait(&mut parser)?,
                Long("json") => json = true,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Self {
            id: named(id, "a booking; `holdfast list` shows yours")?,
            file: named(file, "a leg's file, such as leg.json")?,
            offer,
            patience,
            json,
        })
    }

    pub(super) async fn run(self) -> Result<Exit, Problem> {
        let source = Source::read(&self.file)?;
        let mut leg = source.leg()?;
        if let Some(offer) = &self.offer {
            leg.insert("offer".to_owned(), offer.as_str().into());
        }
        let mut api = Api::from_env()?;
        let request = Request::post(format!("/bookings/{}/legs", self.id));
        let change = Change {
            id: &self.id,
            request: request.keyed(key()?).json(Json::Object(leg.clone())),
            until: Until::Still,
            patience: &self.patience,
            reader: Reader::of(self.json),
        };
        let made = change.make(&mut api).await;
        match made.map_err(|problem| source.blame(problem))? {
            Some(booking) => Ok(ended(&booking, &leg)),
            None => Ok(Exit::Done),
        }
    }
}

/// A leg that its supplier does not hold was not added.
fn ended(booking: &Booking, leg: &Map<String, Json>) -> Exit {
    let id = leg.get("id").and_then(Json::as_str).unwrap_or_default();
    let added = booking.legs.iter().find(|leg| leg.id.as_str() == id);
    let is_gone = added.is_none_or(|leg| leg.status.is_gone());
    match booking.verdict() {
        Verdict::Waits if is_gone => Exit::Failed,
        _ => exit(booking),
    }
}
